"""Taking submissions in: which files there are, and reading them without trusting them.

Only regular files are opened, never through a symbolic link below the folder that was named, never a FIFO or a
device, never more than the size limit. Every entry of a folder ends up somewhere: as a submission (with a score, be it
0), or in the list of what was left aside. Nothing here parses.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecslab.grading.words import Notice

SUFFIX = ".ipynb"
DEPTH_MAX = 4
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


class NoSuchInput(Exception):  # noqa: N818 - the command says it in these words
    """A path that was named on the command line is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One file or folder that somebody handed in.

    Attributes:
        name: unique in the run; printable.
        content: the bytes, or None when it could not be taken.
        notice: why not.
    """

    name: str
    content: bytes | None = None
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Everything that was found, in order of names.

    Attributes:
        aside: entries that are nobody's submission: hidden files, and files beside a learner's notebooks.
    """

    taken: tuple[Taken, ...]
    aside: tuple[str, ...]


def take(paths: Sequence[Path], *, file_bytes: int) -> Intake:
    """Take in notebooks, and folders of notebooks or of learners' folders.

    In a named folder each file is a submission, and so is each notebook in a folder below it.

    Raises:
        NoSuchInput: a named path is not there.
    """
    taken: list[Taken] = []
    aside: list[str] = []
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise NoSuchInput(f"{path}: {error.strerror or 'cannot be read'}") from None
        if stat.S_ISDIR(mode):
            descriptor = os.open(path, _DIRECTORY)
            try:
                taken.extend(_folder(descriptor, "", file_bytes, aside, depth=0))
            finally:
                os.close(descriptor)
        else:
            parent = os.open(path.parent, _DIRECTORY)
            try:
                taken.append(_file(parent, path.name, printable(path.name), file_bytes))
            finally:
                os.close(parent)
    return Intake(taken=tuple(_unique(taken)), aside=tuple(sorted(aside)))


def printable(name: str) -> str:
    """A file name as text that can be shown anywhere: undecodable and control characters become escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def _folder(
    descriptor: int, prefix: str, file_bytes: int, aside: list[str], *, depth: int
) -> Iterator[Taken]:
    """The submissions in an open folder."""
    for entry in sorted(os.listdir(descriptor)):
        name = prefix + printable(entry)
        if entry.startswith("."):
            aside.append(name)
            continue
        mode = os.lstat(entry, dir_fd=descriptor).st_mode
        if stat.S_ISDIR(mode):
            yield from _learner(descriptor, entry, name, file_bytes, aside, depth=depth + 1)
        elif depth and not entry.endswith(SUFFIX):
            aside.append(name)
        else:
            yield _file(descriptor, entry, name, file_bytes)


def _learner(
    parent: int, entry: str, name: str, file_bytes: int, aside: list[str], *, depth: int
) -> Iterator[Taken]:
    """The notebooks in a learner's folder; a folder without one is a submission too, worth nothing."""
    if depth > DEPTH_MAX:
        yield Taken(name=name, notice=Notice("too-deep", {"depth": str(DEPTH_MAX)}))
        return
    try:
        descriptor = os.open(entry, _DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        yield Taken(name=name, notice=_why_not(error))
        return
    try:
        found = list(_folder(descriptor, f"{name}/", file_bytes, aside, depth=depth))
    finally:
        os.close(descriptor)
    yield from found
    if not found:
        yield Taken(name=name, notice=Notice("no-notebook"))


def _file(parent: int, entry: str, name: str, file_bytes: int) -> Taken:
    shown = name.removesuffix(SUFFIX)
    if not entry.endswith(SUFFIX):
        return Taken(name=name, notice=Notice("not-ipynb"))
    try:
        descriptor = os.open(entry, _FILE, dir_fd=parent)
    except OSError as error:
        return Taken(name=shown, notice=_why_not(error))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Taken(name=shown, notice=Notice("not-regular"))
        content = _read(descriptor, file_bytes + 1) if status.st_size <= file_bytes else None
        if content is None or len(content) > file_bytes:
            return Taken(name=shown, notice=Notice("too-large", {"limit": f"{file_bytes:,}"}))
    except OSError as error:
        return Taken(name=shown, notice=_why_not(error))
    finally:
        os.close(descriptor)
    return Taken(name=shown, content=content)


def _read(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _why_not(error: OSError) -> Notice:
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENOTDIR):
        return Notice("not-regular")
    return Notice("unreadable", {"why": error.strerror or type(error).__name__})


def _unique(taken: list[Taken]) -> Iterator[Taken]:
    """The same in order of names; a name that comes again gets a number."""
    used: dict[str, None] = {}
    for one in sorted(taken, key=lambda each: each.name):
        name, number = one.name, 2
        while name in used:
            name, number = f"{one.name}~{number}", number + 1
        used[name] = None
        yield Taken(name=name, content=one.content, notice=one.notice)
