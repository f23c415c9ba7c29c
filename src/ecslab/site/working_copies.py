"""The learner's own copies of the labs: made once, never overwritten without a backup."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from ecslab.site.words import LANGUAGES

FOLDER = "my-labs"
_RECORD = ".origins.json"
_BACKUPS = "backup"


@dataclass(slots=True, kw_only=True)
class Copied:
    """What happened, as paths below `my-labs`.

    Attributes:
        made: were not there before.
        renewed: had not been touched, and a newer version of the lab replaced them; the old file is in `backup`.
        kept: have been worked on, although the course now has a newer version of the lab.
    """

    made: list[str] = field(default_factory=list)
    renewed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def copy_labs(root: Path) -> Copied:
    """Give the learner a copy of every lab in both languages.

    Args:
        root: the project folder, with `labs/{en,ja}`.

    Raises:
        OSError: `my-labs` cannot be written.
    """
    mine = root / FOLDER
    mine.mkdir(exist_ok=True)
    record = mine / _RECORD
    origins: dict[str, str] = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    done = Copied()
    for lang in LANGUAGES:
        for lab in sorted((root / "labs" / lang).glob("*.ipynb")):
            name = f"{lang}/{lab.name}"
            _copy(lab, mine, name, origins, done)
    _write(record, (json.dumps(origins, indent=1, sort_keys=True) + "\n").encode())
    return done


def _copy(lab: Path, mine: Path, name: str, origins: dict[str, str], done: Copied) -> None:
    target, new = mine / name, lab.read_bytes()
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        _write(target, new)
        origins[name] = _digest(new)
        done.made.append(name)
        return
    old = target.read_bytes()
    if _digest(old) == _digest(new) or origins.get(name) == _digest(new):
        return
    if origins.get(name) == _digest(old):
        backup = mine / _BACKUPS / name
        backup = backup.with_name(f"{backup.stem}.{_digest(old)[:8]}.ipynb")
        backup.parent.mkdir(parents=True, exist_ok=True)
        _write(backup, old)
        _write(target, new)
        origins[name] = _digest(new)
        done.renewed.append(name)
    else:
        done.kept.append(name)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or the new one, never half of it."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content)
    partial.replace(path)
