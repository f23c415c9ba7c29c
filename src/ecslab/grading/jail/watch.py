"""What all processes of a jail use together, looked at again and again from outside.

A limit of the kernel's (rlimit) holds for one process or one user. Memory is counted over the whole tree of
processes: first the quick figure, in which memory that two processes share counts twice; only when that is too much
the exact one. Memory that belongs to no process cannot be had: `seccomp` refuses every way to it, and the scratch
folder has a size.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

EVERY_S: Final = 0.1
"""Seconds between two looks: at most what can be allocated within is overshoot."""
_SHARE: Final = 10
"""Looking may take one part in so many of the time."""
_DISK_EVERY: Final = 3
_DISK_ENTRIES_MAX: Final = 20_000
_BLOCK: Final = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """How much a jail may use in all.

    Attributes:
        memory_bytes: private and shared memory, without what is mapped from files.
        processes: how many at a time.
        disk_bytes: in `folders` together.
        folders: on the machine's disk, that the jail may write to.
    """

    memory_bytes: int
    processes: int
    disk_bytes: int
    folders: tuple[str, ...] = ()


class Watch:
    """Looks at one jail.

    Args:
        ceiling: what everything that this process has started may use.
    """

    def __init__(self, ceiling: Ceiling) -> None:
        self._ceiling = ceiling
        self._looks = 0
        self._next = time.monotonic() + EVERY_S

    def left_s(self) -> float:
        """Seconds until the next look."""
        return max(0.0, self._next - time.monotonic())

    def exceeded(self) -> str | None:
        """The name of a limit that does not hold any more ("memory", "processes", "disk"), or None."""
        if self.left_s() > 0:
            return None
        self._looks += 1
        before = time.process_time()
        found = self._look()
        self._next = time.monotonic() + max(EVERY_S, _SHARE * (time.process_time() - before))
        return found

    def _look(self) -> str | None:
        ceiling = self._ceiling
        processes = descendants(os.getpid())
        if len(processes) > ceiling.processes:
            return "processes"
        quick = sum(_unshared_at_most(pid) for pid in processes)
        if quick > ceiling.memory_bytes and sum(_exactly(pid) for pid in processes) > ceiling.memory_bytes:
            return "memory"
        if ceiling.folders and self._looks % _DISK_EVERY == 0:
            used = used_bytes(ceiling.folders)
            if used <= ceiling.disk_bytes:
                used += sum(_deleted(processes).values())
            if used > ceiling.disk_bytes:
                return "disk"
        return None


def descendants(first: int) -> list[int]:
    """All that a process started, and what that started, as far as they are there."""
    found: list[int] = []
    waiting = [first]
    while waiting:
        pid = waiting.pop()
        if pid != first:
            found.append(pid)
        try:
            with os.scandir(f"/proc/{pid}/task") as threads:
                for thread in threads:
                    children = _text(f"{thread.path}/children")
                    waiting += [int(child) for child in children.split()]
        except OSError:
            continue
    return found


def _unshared_at_most(pid: int) -> int:
    """Bytes of memory that are not a file's; what is shared with other processes counts in full."""
    found = 0
    for line in _text(f"/proc/{pid}/status").splitlines():
        if line.startswith(("RssAnon:", "RssShmem:")):
            found += int(line.split()[1]) * 1024
    return found


def _exactly(pid: int) -> int:
    """Bytes of memory, each page divided by the number of processes that share it."""
    found = None
    for line in _text(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
            found = (found or 0) + int(line.split()[1]) * 1024
    return _unshared_at_most(pid) if found is None else found


def _deleted(processes: Sequence[int]) -> dict[tuple[int, int], int]:
    """Bytes of files that have no name any more and are still open."""
    found: dict[tuple[int, int], int] = {}
    for pid in processes:
        try:
            numbers = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208
        except OSError:
            continue
        for number in numbers:
            try:
                about = os.stat(f"/proc/{pid}/fd/{number}")  # noqa: PTH116 - it is followed to no name
            except OSError:
                continue
            if stat.S_ISREG(about.st_mode) and about.st_nlink == 0:
                found[about.st_dev, about.st_ino] = about.st_blocks * _BLOCK
    return found


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="ascii", errors="replace")
    except (OSError, ValueError):
        return ""


def used_bytes(folders: Sequence[str]) -> int:
    """Bytes on the disk below folders; more entries than anybody needs count as endless."""
    found, entries, waiting = 0, 0, list(folders)
    while waiting:
        try:
            with os.scandir(waiting.pop()) as inside:
                for entry in inside:
                    entries += 1
                    if entries > _DISK_ENTRIES_MAX:
                        return 2**63
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    found += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
        except OSError:
            continue
    return found
