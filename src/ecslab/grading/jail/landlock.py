"""Landlock: from now on this process opens what it was granted and nothing else, and so does all that it starts.

Rights and their numbers are those of Linux's include/uapi/linux/landlock.h. An older kernel knows fewer of them: it
gets those that it knows, and `tiers` decides whether they are enough.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ecslab.grading.jail.system import Refused, call

EXECUTE: Final = 1 << 0
WRITE_FILE: Final = 1 << 1
READ_FILE: Final = 1 << 2
READ_DIR: Final = 1 << 3
REMOVE_DIR: Final = 1 << 4
REMOVE_FILE: Final = 1 << 5
MAKE_DIR: Final = 1 << 7
MAKE_REG: Final = 1 << 8
MAKE_SOCK: Final = 1 << 9
MAKE_FIFO: Final = 1 << 10
MAKE_SYM: Final = 1 << 12
REFER: Final = 1 << 13
TRUNCATE: Final = 1 << 14
IOCTL_DEV: Final = 1 << 15

READ: Final = EXECUTE | READ_FILE | READ_DIR
SCRATCH: Final = (
    READ
    | WRITE_FILE
    | REMOVE_DIR
    | REMOVE_FILE
    | MAKE_DIR
    | MAKE_REG
    | MAKE_FIFO
    | MAKE_SYM
    | REFER
    | TRUNCATE
)
SOCKETS: Final = MAKE_SOCK | REMOVE_FILE | READ_DIR
DEVICE: Final = READ_FILE | WRITE_FILE

_OF_FILES: Final = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
_RIGHTS_BY_ABI: Final = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_NOW: Final = 16
_NET_ABI, _SCOPE_ABI = 4, 6
_CONNECT_TCP: Final = 1 << 1
_NET_ALL: Final = 0b11
_SCOPE_ALL: Final = 0b11
_VERSION_FLAG: Final = 1
_RULE_PATH, _RULE_PORT = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Rights on a file, or on a folder and all below it."""

    path: str
    rights: int


def abi() -> int:
    """The version of Landlock here; 0 when there is none."""
    try:
        return call("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except Refused:
        return 0


def restrict(grants: Iterable[Grant], port: int | None) -> None:
    """Give up everything but the grants and, of TCP, connections to one port. It needs no-new-privileges.

    Args:
        grants: what stays allowed; paths that do not exist are left out.
        port: the TCP port that may be connected to. Nothing may be listened on.

    Raises:
        Refused: there is no Landlock here.
    """
    version = abi()
    handled = (1 << _RIGHTS_BY_ABI.get(version, _RIGHTS_NOW)) - 1
    net = _NET_ALL if version >= _NET_ABI else 0
    scoped = _SCOPE_ALL if version >= _SCOPE_ABI else 0
    attribute = struct.pack("QQQ", handled, net, scoped)
    size = 24 if version >= _SCOPE_ABI else 16 if version >= _NET_ABI else 8
    ruleset = call("landlock_create_ruleset", ctypes.c_char_p(attribute[:size]), size, 0)
    try:
        for grant in grants:
            _grant(ruleset, grant, handled)
        if port is not None and net:
            rule = struct.pack("QQ", _CONNECT_TCP, port)
            call("landlock_add_rule", ruleset, _RULE_PORT, ctypes.c_char_p(rule), 0)
        call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _grant(ruleset: int, grant: Grant, handled: int) -> None:
    try:
        place = os.open(grant.path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rights = grant.rights & handled
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, place)
        call("landlock_add_rule", ruleset, _RULE_PATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)
