"""What a learner's kernel may read of this machine: Python, its packages, the system's libraries and programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

_SYSTEM: Final = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64",
    "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/share",
    "/usr/local/bin", "/usr/local/lib", "/usr/local/lib64", "/usr/local/share",
    "/nix/store",
    "/etc/ld.so.cache", "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/etc/alternatives", "/etc/localtime",
)  # fmt: skip
_OF_PYTHON: Final = ("bin", "lib", "lib64", "share", "pyvenv.cfg")
ONLY_ALONE: Final = ("/etc/hosts", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf")
"""Files of the machine that stand in for those that a jail with its own file system makes itself."""


class CourseInReach(RuntimeError):  # noqa: N818 - it says what is wrong
    """The course's solutions and checks lie where a learner's code could read them."""


def readable() -> tuple[str, ...]:
    """Folders, files and links, none of them below another, and parents before what hangs on them."""
    places = [Path(place) for place in _SYSTEM]
    for prefix in dict.fromkeys((sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)):
        for name in _OF_PYTHON:
            places += _both(Path(prefix, name))
    for entry in sys.path:
        if entry and Path(entry).is_absolute():
            places += _both(Path(entry))
    places += _both(Path(sys.executable))
    found: dict[Path, None] = {}
    for place in sorted(place for place in places if place.is_symlink() or place.exists()):
        if not any(above in found and not above.is_symlink() for above in place.parents):
            found[place] = None
    return tuple(str(place) for place in found)


def _both(place: Path) -> Iterable[Path]:
    """Where it is said to be, and where it really is."""
    return dict.fromkeys((place, place.resolve()))


def refuse_in_reach(root: Path, places: Sequence[str], more: Sequence[Path] = ()) -> None:
    """Nothing of the course's private folders may be readable.

    Args:
        root: the folder that holds the course.
        places: what `readable` says in an isolated interpreter, as the kernel's is.
        more: other private folders: the instructor's hidden checks and versions of labs.

    Raises:
        CourseInReach: says which folder, and what to do.
    """
    for private in (root / "course", root / "solutions", *more):
        folder = private.resolve()
        for place in places:
            if folder.is_relative_to(Path(place).resolve()):
                raise CourseInReach(
                    f"{folder} is below {place}, which learners' code may read: move it to another folder"
                )


def open_to_others() -> bool:
    """Any user of this machine could read what `readable` names: no folder above it is closed."""
    for place in readable():
        for folder in (Path(place).resolve(), *Path(place).resolve().parents):
            try:
                if folder.is_dir() and not folder.stat().st_mode & 0o001:
                    return False
            except OSError:
                return False
    return True
