"""Temporary folders that do not outlive their owners, however these end.

A folder belongs to the process that holds the lock in it. The lock goes with the process, so whatever can be locked
was left behind by a grader that was killed, and is removed by the next one. A folder that its owner had no time to
lock has a name of its own; who sweeps may take it from somebody who is just about to lock it, and that one makes
another.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "ecslab-"
_NEW, _LOCK = ".ecslab-new-", "lock"
_SOCKET_PATH_MAX = 60
_TRIES, _PAUSE_S = 20, 0.05


class Scratch:
    """A private folder, and the lock that says that it is in use.

    Attributes:
        folder: it.
    """

    def __init__(self) -> None:
        parent = place()
        sweep(parent)
        while (made := _made(parent)) is None:
            pass
        self.folder, self._lock = made
        self._count = 0

    def next(self) -> Path:
        """A new folder in it."""
        self._count += 1
        made = self.folder / f"s{self._count}"
        made.mkdir(mode=0o700)
        return made

    def close(self) -> None:
        """Remove the folder."""
        _remove(self.folder)
        os.close(self._lock)


def place() -> Path:
    """Where such folders are made: the paths of sockets in them must not get too long."""
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) < _SOCKET_PATH_MAX else "/tmp")  # noqa: S108 - mkdtemp makes it private


def _made(parent: Path) -> tuple[Path, int] | None:
    """A new folder and its lock; None when somebody swept it away before it was locked."""
    new = Path(tempfile.mkdtemp(prefix=_NEW, dir=parent))
    lock = None
    try:
        lock = os.open(new / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return new.rename(new.with_name(PREFIX + new.name.removeprefix(_NEW))), lock
    except (FileNotFoundError, BlockingIOError):
        if lock is not None:
            os.close(lock)
        return None


def sweep(parent: Path) -> list[str]:
    """Remove the folders whose owners are gone; their names."""
    gone: list[str] = []
    for folder in sorted(parent.iterdir()):
        if not folder.name.startswith((PREFIX, _NEW)) or not _is_ours(folder):
            continue
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            if folder.name.startswith(_NEW):  # its owner ended even before this
                with suppress(OSError):
                    folder.rmdir()
                    gone.append(folder.name)
            continue  # else it is another program's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            if _remove(folder):
                gone.append(folder.name)
        finally:
            os.close(lock)
    return gone


def _remove(folder: Path) -> bool:
    """Remove a folder, its lock last: what is not gone now the next grader finds. Whether all of it is gone.

    Processes of a grader that was killed may still be writing there in the moment in which they end.
    """
    for _ in range(_TRIES):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            elif path.name != _LOCK:
                path.unlink(missing_ok=True)
        if [path.name for path in folder.iterdir()] == [_LOCK]:
            (folder / _LOCK).unlink()
            folder.rmdir()
            return True
        time.sleep(_PAUSE_S)
    return False


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid()
