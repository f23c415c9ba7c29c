"""What a grade depends on, as hashes: as long as the key of a submission is the same, so is its result."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ecslab.grading.engine.work import Options, Work, recorded, sha256
from ecslab.grading.intake import Taken
from ecslab.grading.results import SubmissionResult

_NO_MATTER = ("root", "jobs", "audit", "versions", "hidden")
"""Options that change no result: where things lie (what lies there does), and how fast it goes."""
_PACKAGES = ("ecsim", "ecslab.course", "ecslab.lab", "ecslab.notebook", "ecslab.grading")
_DEPENDENCIES = ("moto", "boto3", "botocore", "awscli", "ipykernel", "nbval", "pytest")


def options_key(options: Options) -> dict[str, Any]:
    """The options that change results."""
    return {name: value for name, value in asdict(options).items() if name not in _NO_MATTER}


class Keys:
    """The keys of a run; each lab is read once.

    Attributes:
        labs: what the labs of the submissions were, by lab and version.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self.labs: dict[str, str] = {}

    def of(self, taken: Taken, prepared: Work | SubmissionResult) -> str:
        """What the result of a submission depends on: its record and bytes, its lab, the options, the program.

        What is known before it runs counts, too: what it was refused for, or that there is a newer version.
        """
        lab = self._lab(prepared) if isinstance(prepared, Work) else ""
        known = [asdict(notice) for notice in prepared.notices]
        parts = [program_key(), options_key(self._options), recorded(taken), sha256(taken), lab, known]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _lab(self, work: Work) -> str:
        """A lab's manifest, the files that set it up and check it, and the instructor's hidden checks."""
        edition = work.edition
        name = f"{edition.lab} v{edition.version}"
        if name not in self.labs:
            found = [(path.relative_to(edition.folder), path) for path in edition.files]
            found += [(Path("hidden") / path.name, path) for path in work.hidden.files]
            found.append((Path("manifest"), edition.manifest))
            self.labs[name] = _files(found)
        return self.labs[name]


@cache
def program_key() -> str:
    """The grader itself: its version, its source, what it runs on."""
    found = []
    for name in _PACKAGES:
        folder = Path(str(import_module(name).__file__)).parent
        found += [(Path(name) / path.relative_to(folder), path) for path in _sources(folder)]
    on = [f"{name} {version(name)}" for name in _DEPENDENCIES]
    text = json.dumps([platform.python_version_tuple()[:2], on, _files(found)])
    return f"{version('ecslab')}+{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _sources(folder: Path) -> list[Path]:
    hidden = ("__pycache__", ".")
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(hidden) for part in path.relative_to(folder).parts)
    ]


def _files(found: Iterable[tuple[Path, Path]]) -> str:
    total = hashlib.sha256()
    for name, path in sorted(found):
        total.update(f"{name.as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()
