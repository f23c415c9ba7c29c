"""A lab as it was in one of its versions, so that last week's notebook is graded as it was handed out last week.

The present version is `course/NN-slug` itself, with its manifest in `solutions/manifests`. An earlier one is kept
whole (`lab.md`, `setup.py`, `checks.py`, `messages.toml`, `manifest.json`) in `course/NN-slug/versions/<version>/`:
`ecslab bump` puts it there and counts the version up. A folder of the instructor's can hold more of them, as
`<folder>/NN-slug/<version>/`. Why so: design/0009-lab-versions.md.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ecslab.course.catalog import front_matter
from ecslab.course.manifest import Manifest, manifest_path
from ecslab.course.problem import CourseProblem

KEPT, MANIFEST = "versions", "manifest.json"
FILES = ("lab.md", "setup.py", "checks.py", "messages.toml")
"""What a version is graded by, beside its manifest."""
_VERSION = re.compile(r"^( {2}version: )(\d+)(.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Where one version of a lab is.

    Attributes:
        folder: with its `FILES`, and whatever else lies beside them.
        manifest: the file.
    """

    lab: str
    version: int
    folder: Path
    manifest: Path

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything in the folder that a grade may depend on; not the manifest, not other versions."""
        return tuple(
            path
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not _left_out(path.relative_to(self.folder).parts)
        )


def _left_out(parts: tuple[str, ...]) -> bool:
    return parts[0] in (KEPT, MANIFEST) or any(part.startswith((".", "__pycache__")) for part in parts)


def editions(root: Path, lab: str, more: Sequence[Path] = ()) -> dict[int, Edition]:
    """The versions of a lab that can be graded, by number.

    Args:
        root: the folder that holds `course/` and `solutions/`.
        lab: the lab.
        more: folders of the instructor's with further versions; where both have one, the course's own counts.
    """
    found: dict[int, Edition] = {}
    for parent in (*reversed(more), None):
        folder = root / "course" / lab / KEPT if parent is None else parent / lab
        for path in sorted(folder.glob("*")):
            if path.name.isdecimal() and all((path / name).is_file() for name in (*FILES, MANIFEST)):
                number = int(path.name)
                found[number] = Edition(lab=lab, version=number, folder=path, manifest=path / MANIFEST)
    here = root / "course" / lab
    if (here / "lab.md").is_file():
        number = int(front_matter(here / "lab.md").get("version", 0))
        path = manifest_path(root, lab, number)
        if path.is_file():
            found[number] = Edition(lab=lab, version=number, folder=here, manifest=path)
    return dict(sorted(found.items()))


def missing(root: Path, lab: str) -> list[int]:
    """The versions that were handed out once and are not kept."""
    newest = int(front_matter(root / "course" / lab / "lab.md").get("version", 0))
    kept = editions(root, lab)
    return [number for number in range(1, newest) if number not in kept]


def bump(root: Path, lab: str) -> Path:
    """Keep the present version of a lab, and count its version up in lab.md; returns where it is kept.

    Raises:
        CourseProblem: there is no such lab, it was not built, or the version is kept already.
    """
    here = root / "course" / lab
    head = front_matter(here / "lab.md")
    number = int(head["version"])
    manifest = manifest_path(root, lab, number)
    kept = here / KEPT / str(number)
    if kept.exists():
        raise CourseProblem(
            kept, f"version {number} is kept already", "Remove it if it is not the one to keep"
        )
    if Manifest.load(manifest).version != number:
        raise CourseProblem(manifest, f"is not of version {number}", f"Run `ecslab build {lab}`")
    text = (here / "lab.md").read_text(encoding="utf-8")
    front, mark, rest = text.partition("\n---\n")
    counted, changed = _VERSION.subn(lambda found: f"{found[1]}{number + 1}{found[3]}", front, count=1)
    if not mark or not changed:
        raise CourseProblem(here / "lab.md", "has no line `  version: N` in its front matter", "Write it so")
    for path in Edition(lab=lab, version=number, folder=here, manifest=manifest).files:
        target = kept / path.relative_to(here)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(manifest, kept / MANIFEST)
    (here / "lab.md").write_text(counted + mark + rest, encoding="utf-8")
    return kept
