"""Temporary folders that do not outlive their owners, however these end.

A folder belongs to the process that holds the lock in it. The lock goes with the process, so whatever can be locked
was left behind by a grader that was killed, and is removed by the next one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "ecslab-"
_NEW, _LOCK = ".ecslab-new-", "lock"
_SOCKET_PATH_MAX = 60


class Scratch:
    """A private folder, and the lock that says that it is in use.

    Attributes:
        folder: it.
    """

    def __init__(self) -> None:
        parent = place()
        sweep(parent)
        made = Path(tempfile.mkdtemp(prefix=_NEW, dir=parent))
        self._lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.folder = made.rename(made.with_name(PREFIX + made.name.removeprefix(_NEW)))
        self._count = 0

    def next(self) -> Path:
        """A new folder in it."""
        self._count += 1
        made = self.folder / f"s{self._count}"
        made.mkdir(mode=0o700)
        return made

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)


def place() -> Path:
    """Where such folders are made: the paths of sockets in them must not get too long."""
    folder = tempfile.gettempdir()
    return Path(folder if len(folder) < _SOCKET_PATH_MAX else "/tmp")  # noqa: S108 - mkdtemp makes it private


def sweep(parent: Path) -> list[str]:
    """Remove the folders whose owners are gone; their names."""
    gone: list[str] = []
    for folder in sorted(parent.iterdir()):
        if not folder.name.startswith(PREFIX) or not _is_ours(folder):
            continue
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            continue  # it is another program's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
        finally:
            os.close(lock)
    return gone


def _is_ours(folder: Path) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return folder.is_dir() and not folder.is_symlink() and status.st_uid == os.geteuid()
