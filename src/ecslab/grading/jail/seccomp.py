"""Seccomp: system calls that a learner's process may not make, as a program for the kernel's filter machine.

A filter stays for good and is inherited. There are two: the first before anything of Jupyter starts, the second when
the kernel has opened its sockets. Both refuse with EPERM, so that a program sees an error it can print, and dies of
nothing.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ecslab.grading.jail.system import Refused, call, number

_LOAD, _AND, _EQUAL, _ABOVE_OR_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_ERRNO: Final = 0x00050000
_AT_NUMBER, _AT_MACHINE, _AT_ARGUMENTS = 0, 4, 16
_MACHINE: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32: Final = 0x40000000
_SET_FILTER, _ALL_THREADS = 1, 1

_NEW_NAMESPACE: Final = 0x7E020000
"""clone's flags NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET."""
_SHARED_ANONYMOUS: Final = (0x2F, (0x21, 0x23))
"""mmap's type and MAP_ANONYMOUS: memory that belongs to no process's own count."""
_FAST_OPEN: Final = 0x20000000
"""send's MSG_FASTOPEN connects without connect, past Landlock."""
_UNIX, _INET, _INET6, _STREAM, _TCP = 1, 2, 10, 1, 6
_KIND: Final = 0xF
"""A socket's type without its flags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A condition on one argument: it holds when `argument & mask` is (not) one of `values`."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF
    among: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A call that is refused: always, or when one of the conditions holds."""

    call: str
    when: tuple[When, ...] = ()
    error: int = errno.EPERM


_ALWAYS: Final = (
    # into other processes
    "kcmp", "migrate_pages", "move_pages", "pidfd_getfd", "process_madvise", "process_mrelease",
    "process_vm_readv", "process_vm_writev", "ptrace",
    # namespaces, mounts, devices
    "acct", "chroot", "fsconfig", "fsmount", "fsopen", "fspick", "mknod", "mknodat", "mount", "mount_setattr",
    "move_mount", "open_tree", "open_tree_attr", "pivot_root", "quotactl", "quotactl_fd", "setns", "swapoff",
    "swapon", "umount2", "unshare",
    # large or seldom used doors of the kernel
    "add_key", "bpf", "fanotify_init", "io_uring_enter", "io_uring_register", "io_uring_setup", "ioperm", "iopl",
    "keyctl", "lookup_dcookie", "mbind", "modify_ldt", "name_to_handle_at", "open_by_handle_at",
    "perf_event_open", "personality", "request_key", "syslog", "uselib", "userfaultfd", "vhangup",
    # memory and messages that outlive a process, or that nobody counts
    "memfd_create", "memfd_secret", "mq_open", "msgget", "semget", "shmget",
    # the machine
    "adjtimex", "clock_adjtime", "clock_settime", "delete_module", "finit_module", "init_module",
    "kexec_file_load", "kexec_load", "reboot", "setdomainname", "sethostname", "settimeofday",
)  # fmt: skip
_OTHERS: Final = (
    # on files and processes of the same user, where Landlock has no say
    "chmod", "chown", "fchmod", "fchmodat", "fchmodat2", "fchown", "fchownat", "file_setattr", "fremovexattr",
    "fsetxattr", "futimesat", "ioprio_set", "lchown", "lremovexattr", "lsetxattr", "removexattr",
    "removexattrat", "sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler",
    "setpriority", "setxattr", "setxattrat", "utime", "utimensat", "utimes",
)  # fmt: skip

FIRST: Final = (
    *(Refusal(call=name) for name in _ALWAYS),
    Refusal(call="clone", when=(When(argument=0, mask=_NEW_NAMESPACE, values=(0,), among=False),)),
    Refusal(call="clone3", error=errno.ENOSYS),
    Refusal(call="mmap", when=(When(argument=3, mask=_SHARED_ANONYMOUS[0], values=_SHARED_ANONYMOUS[1]),)),
    Refusal(call="prlimit64", when=(When(argument=0, values=(0,), among=False),)),
    *(
        Refusal(call=name, when=(When(argument=at, mask=_FAST_OPEN, values=(_FAST_OPEN,)),))
        for name, at in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3))
    ),
)
"""Before the kernel starts."""

SECOND: Final = (
    Refusal(
        call="socket",
        when=(
            When(argument=0, values=(_INET, _INET6), among=False),
            When(argument=1, mask=_KIND, values=(_STREAM,), among=False),
            When(argument=2, values=(0, _TCP), among=False),
        ),
    ),
    Refusal(
        call="socketpair",
        when=(
            When(argument=0, values=(_UNIX,), among=False),
            When(argument=1, mask=_KIND, values=(_STREAM,), among=False),
        ),
    ),
    Refusal(call="bind"),
    Refusal(call="listen"),
)
"""When the kernel has opened its sockets: what is left is TCP, to where Landlock or the network namespace let it."""

ALONE: Final = (*(Refusal(call=name) for name in (*_OTHERS, "setsid", "setpgid")),)
"""Also, where no namespaces hide the machine's other processes and files."""


def program(refusals: Sequence[Refusal]) -> bytes:
    """The filter: every refusal in turn, then everything else is allowed.

    A call made in another processor's convention (32 bit on a 64 bit machine, x32) ends the process.
    """
    code = [
        _op(_LOAD, _AT_MACHINE),
        _op(_EQUAL, _MACHINE[platform.machine()], 1, 0),
        _op(_RETURN, _KILL),
        _op(_LOAD, _AT_NUMBER),
        _op(_ABOVE_OR_EQUAL, _X32, 0, 1),
        _op(_RETURN, _KILL),
    ]
    for refusal in refusals:
        if (its_number := number(refusal.call)) is not None:
            body = _body(refusal)
            code += [_op(_EQUAL, its_number, 0, len(body)), *body]
    code.append(_op(_RETURN, _ALLOW))
    return b"".join(code)


def _body(refusal: Refusal) -> list[bytes]:
    """What is done once the call's number fits."""
    refuse = _op(_RETURN, _ERRNO | refusal.error)
    if not refusal.when:
        return [refuse]
    code: list[bytes] = []
    for when in refusal.when:
        code += [_op(_LOAD, _AT_ARGUMENTS + 8 * when.argument), _op(_AND, when.mask)]
        # Every value jumps to the end of the list of values; what comes through has none of them.
        tests = len(when.values)
        for at, value in enumerate(when.values):
            left = tests - at - 1
            code.append(_op(_EQUAL, value, left + (1 if not when.among else 0), 0))
            if when.among and at == tests - 1:
                code[-1] = _op(_EQUAL, value, 0, 1)
        code.append(refuse)
    code.append(_op(_LOAD, _AT_NUMBER))
    return code


def _op(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value & 0xFFFFFFFF)


def install(refusals: Sequence[Refusal]) -> None:
    """Filter this process's calls from now on, in all its threads. It needs no-new-privileges.

    Raises:
        Refused: the kernel takes no filters.
    """
    code = program(refusals)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    stuck = call("seccomp", _SET_FILTER, _ALL_THREADS, ctypes.c_char_p(header))
    if stuck:
        raise Refused(errno.EBUSY, f"seccomp: the thread {stuck} could not be filtered")
