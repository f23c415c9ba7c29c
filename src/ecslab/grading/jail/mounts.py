"""The file system that a jailed process sees: an empty one, with what it may read bound into it, read-only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ecslab.grading.jail.system import Refused, call, mount

_NOSUID, _NODEV, _NOEXEC = 0x2, 0x4, 0x8
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000
_ATTRIBUTES: Final = {"ro": 0x1, "nosuid": 0x2, "nodev": 0x4, "noexec": 0x8}
_HERE, _BELOW_TOO, _DETACH = -100, 0x8000, 2
_ROOT_SIZE: Final = "2m"
_INODES_PER_MIB: Final = 128
DEVICES: Final = ("null", "full", "random", "urandom")
"""Not `zero`: a shared map of it is memory that nobody counts."""
FILES: Final = {
    "etc/hosts": "127.0.0.1 localhost lab\n",
    "etc/passwd": "root:x:0:0::/nonexistent:/bin/false\nlearner:x:{uid}:{gid}::/home/learner:/bin/sh\n",
    "etc/group": "root:x:0:\nlearner:x:{gid}:\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
HOME: Final = "/home/learner"
SOCKETS: Final = "/run/sockets"


def build(
    root: str, readable: Sequence[str], sockets: str, scratch_bytes: int, owner: tuple[int, int]
) -> None:
    """Make `root` an empty file system with all that is granted, and make it the only one there is.

    Args:
        root: an empty folder of the grader's.
        readable: folders and files to be seen where they are.
        sockets: the folder that is to be `SOCKETS`, and can be written to.
        scratch_bytes: the size of the scratch folder `HOME`, which is memory and vanishes.
        owner: user and group of the scratch folder.

    Raises:
        Refused: the machine does not let this user mount.
    """
    mount(None, "/", None, _RECURSIVE | _PRIVATE)
    mount("tmpfs", root, "tmpfs", _NOSUID | _NODEV, f"size={_ROOT_SIZE},mode=755")
    base = Path(root)
    for place in readable:
        _bind(base, place, ("ro", "nosuid", "nodev"))
    for name in DEVICES:
        _bind(base, f"/dev/{name}", ("nosuid", "noexec"))
    for name, text in FILES.items():
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(text.format(uid=owner[0], gid=owner[1]), encoding="ascii")
    _bind(base, sockets, ("nosuid", "nodev", "noexec"), SOCKETS)
    _scratch(base, scratch_bytes, owner)
    _processes(base)
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", _DETACH)
    os.chdir("/")
    _restrict("/", ("ro", "nosuid", "nodev"), below=False)


def _bind(base: Path, place: str, attributes: Sequence[str], seen_at: str = "") -> None:
    """Show a folder, a file or a link of the machine below `base`, at the same place unless another is named."""
    source, target = Path(place), base / (seen_at or place).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        with contextlib.suppress(FileExistsError):
            target.symlink_to(source.readlink())
        return
    if not source.exists():
        return
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    mount(place, str(target), None, _BIND | _RECURSIVE)
    _restrict(str(target), attributes, below=True)


def _restrict(place: str, attributes: Sequence[str], *, below: bool) -> None:
    wanted = sum(_ATTRIBUTES[name] for name in attributes)
    attribute = struct.pack("QQQQ", wanted, 0, 0, 0)
    flags = _BELOW_TOO if below else 0
    call("mount_setattr", _HERE, place.encode(), flags, ctypes.c_char_p(attribute), len(attribute))


def _scratch(base: Path, size: int, owner: tuple[int, int]) -> None:
    target = base / HOME.lstrip("/")
    target.mkdir(parents=True)
    inodes = max(1024, size // 2**20 * _INODES_PER_MIB)
    mount("tmpfs", str(target), "tmpfs", _NOSUID | _NODEV, f"size={size},nr_inodes={inodes},mode=700")
    with contextlib.suppress(PermissionError):  # an ordinary user owns it already
        os.chown(target, *owner)
    with contextlib.suppress(FileExistsError):  # something readable lies below it
        (base / "tmp").symlink_to(f"{HOME}/tmp")  # noqa: S108 - the jail's own


def _processes(base: Path) -> None:
    """Only the jail's own processes. Where the machine hides parts of /proc it allows none: then there is none."""
    (base / "proc").mkdir()
    with contextlib.suppress(Refused):
        mount("proc", str(base / "proc"), "proc", _NOSUID | _NODEV | _NOEXEC)
