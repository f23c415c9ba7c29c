"""Reading a folder: only regular files, never through a symbolic link, never a FIFO or a device."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator

from ecslab.grading.intake.entries import DEPTH_MAX, Bounds, Entry, is_ignored, printable, too_large
from ecslab.grading.intake.shelf import Shelf
from ecslab.grading.words import Notice

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def entries(descriptor: int, bounds: Bounds, above: tuple[str, ...] = ()) -> Iterator[Entry]:
    """Everything in an open folder and below it, in order of names."""
    for name in sorted(os.listdir(descriptor)):
        parts = (*above, printable(name))
        if is_ignored(name):
            yield Entry(parts=parts, ignored=True)
        elif stat.S_ISDIR(os.lstat(name, dir_fd=descriptor).st_mode):
            yield from _below(descriptor, name, bounds, parts)
        else:
            limit = bounds.wanted(parts)
            yield Entry(parts=parts) if limit is None else read(descriptor, name, parts, limit, bounds.shelf)


def _below(parent: int, name: str, bounds: Bounds, parts: tuple[str, ...]) -> Iterator[Entry]:
    if len(parts) > DEPTH_MAX:
        yield Entry(parts=parts, folder=True, notice=Notice("too-deep", {"depth": str(DEPTH_MAX)}))
        return
    try:
        descriptor = os.open(name, DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        yield Entry(parts=parts, folder=True, notice=why_not(error))
        return
    try:
        yield Entry(parts=parts, folder=True)
        yield from entries(descriptor, bounds, parts)
    finally:
        os.close(descriptor)


def read(parent: int, name: str, parts: tuple[str, ...], limit: int, shelf: Shelf) -> Entry:
    """One file, if it is a regular one of at most `limit` bytes."""
    try:
        descriptor = os.open(name, FILE, dir_fd=parent)
    except OSError as error:
        return Entry(parts=parts, notice=why_not(error))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return Entry(parts=parts, notice=Notice("not-regular"))
        content = _read(descriptor, limit + 1) if status.st_size <= limit else None
        if content is None or len(content) > limit:
            return Entry(parts=parts, notice=too_large(limit))
    except OSError as error:
        return Entry(parts=parts, notice=why_not(error))
    finally:
        os.close(descriptor)
    return Entry(parts=parts, content=shelf.keep(content))


def why_not(error: OSError) -> Notice:
    """Why a file or folder could not be opened or read."""
    if error.errno in (errno.ELOOP, errno.ENXIO, errno.ENOTDIR):
        return Notice("not-regular")
    return Notice("unreadable", {"why": error.strerror or type(error).__name__})


def _read(descriptor: int, limit: int) -> bytes:
    parts: list[bytes] = []
    left = limit
    while left and (part := os.read(descriptor, min(left, 1 << 20))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
