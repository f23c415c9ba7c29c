"""Giving up rights: who the process is, what it may do as that, and how much it may take."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import struct
from pathlib import Path
from typing import Final

from ecslab.grading.jail.system import Refused, call, prctl

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_CHILD_SUBREAPER: Final = 36
_PR_DROP_BOUND, _PR_NO_NEW_PRIVILEGES, _PR_AMBIENT, _AMBIENT_CLEAR = 24, 38, 47, 4
_CAPABILITIES: Final = 64
_CAPABILITY_VERSION: Final = 0x20080522
NOBODY: Final = 65534
_OWN_USERS: Final = 0x7000_0000
"""From here on upwards: a user for each jail, so that no jail's limits count another's processes."""


def jail_user() -> tuple[int, int] | None:
    """User and group that root becomes in a jail: a number of its own, else nobody; None when not root."""
    if os.geteuid() != 0:
        return None
    own = _OWN_USERS + os.getpid()
    for user in (own, NOBODY):
        if _mapped(user):
            return user, user
    return None


def _mapped(user: int) -> bool:
    """The user exists in this user namespace."""
    try:
        lines = Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    ranges = [tuple(int(word) for word in line.split()) for line in lines]
    return any(first <= user < first + count for first, _outside, count in ranges)


def become(user: tuple[int, int] | None) -> None:
    """Be another user for good; nothing when None."""
    if user is not None:
        os.setgroups([])
        os.setresgid(user[1], user[1], user[1])
        os.setresuid(user[0], user[0], user[0])
        prctl(PR_SET_DUMPABLE, 1)  # else its own /proc would be root's


def drop_capabilities() -> None:
    """Have no capability, and never gain one: not by a program with set-user-id either."""
    for capability in range(_CAPABILITIES):
        with contextlib.suppress(Refused):
            prctl(_PR_DROP_BOUND, capability)
    with contextlib.suppress(Refused):
        prctl(_PR_AMBIENT, _AMBIENT_CLEAR)
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    call("capset", ctypes.c_char_p(header), ctypes.c_char_p(bytes(24)))
    prctl(_PR_NO_NEW_PRIVILEGES, 1)


def limit(memory_bytes: int, disk_bytes: int, processes: int | None, cpu_s: float) -> None:
    """Limits of each process; what all of them take together is counted elsewhere (`watch`).

    Args:
        memory_bytes: that may be used; as much again is for what is mapped and never touched (stacks, arenas).
        disk_bytes: of one file.
        processes: threads and processes of this user; None where others of the same user count.
        cpu_s: seconds of CPU of one process.
    """
    import signal

    with contextlib.suppress(OSError, ValueError):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # an error that can be read, instead of death
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) if _has_proc() else 0
    wanted: dict[int, int] = {
        resource.RLIMIT_AS: pages * resource.getpagesize() + 2 * memory_bytes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: max(1, int(cpu_s)),
        resource.RLIMIT_FSIZE: disk_bytes,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_NOFILE: 256,
    }
    if processes is not None:
        wanted[resource.RLIMIT_NPROC] = processes
    for name, value in wanted.items():
        most = resource.getrlimit(name)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)  # noqa: PLW2901
        resource.setrlimit(name, (value, value))


def _has_proc() -> bool:
    return Path("/proc/self/statm").exists()
