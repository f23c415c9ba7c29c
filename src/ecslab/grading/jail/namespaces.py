"""Namespaces: a process that sees no other process, no network but its own loopback, and its own mounts."""

from __future__ import annotations

import fcntl
import os
import socket
import struct
from pathlib import Path
from typing import Final

from ecslab.grading.jail.system import Refused, call

NEW_MOUNTS: Final = 0x00020000
NEW_UTS: Final = 0x04000000
NEW_IPC: Final = 0x08000000
NEW_USER: Final = 0x10000000
NEW_PIDS: Final = 0x20000000
NEW_NET: Final = 0x40000000
_ALL: Final = NEW_MOUNTS | NEW_UTS | NEW_IPC | NEW_PIDS | NEW_NET
_SET_INTERFACE_FLAGS: Final = 0x8914
_UP_AND_RUNNING: Final = 0x41
HOST_NAME: Final = b"lab"
_BACKLOG: Final = 64


def leave() -> None:
    """Enter new namespaces; of processes, the next child is the first of its namespace.

    An ordinary user gets a user namespace as well, in which nobody else exists.

    Raises:
        Refused: the machine does not let this user do so.
    """
    if os.geteuid() == 0:
        call("unshare", _ALL)
    else:
        uid, gid = os.geteuid(), os.getegid()
        call("unshare", _ALL | NEW_USER)
        _map(uid, gid)
    call("sethostname", HOST_NAME, len(HOST_NAME))


def leave_users() -> None:
    """Enter a user namespace in which only this user exists, and hold no rights over the others' namespaces.

    Raises:
        Refused: the machine does not let this user do so.
    """
    uid, gid = os.geteuid(), os.getegid()
    call("unshare", NEW_USER)
    _map(uid, gid)


def _map(uid: int, gid: int) -> None:
    try:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    except OSError as error:
        raise Refused(error.errno or 0, f"mapping the user: {error.strerror}") from None


def listening(port: int) -> socket.socket:
    """A socket that listens inside this network namespace, for a process outside to answer on.

    Raises:
        OSError: the loopback interface cannot be brought up.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(control, _SET_INTERFACE_FLAGS, request)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.bind(("127.0.0.1", port))
    listener.listen(_BACKLOG)
    return listener
