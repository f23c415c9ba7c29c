"""Putting a forked process behind the walls of a tier, in the order that works.

Called in the process that guards the jail, which stays outside. With namespaces there are two forks: the first child
leaves for new namespaces, opens the socket on which the cloud is to be, and forks the jail's first process; it hands
the socket to the guard and ends. Mounts come before the user is changed, that before capabilities and limits are
given up, Landlock before the first thread, and seccomp last, because each needs what the next takes away.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from ecslab.grading import child
from ecslab.grading.child import FAILED, be_child
from ecslab.grading.jail import landlock, mounts, namespaces, privileges, reach, seccomp
from ecslab.grading.jail.landlock import Grant
from ecslab.grading.jail.system import Refused
from ecslab.grading.jail.tier import Tier
from ecslab.grading.jail.watch import Ceiling

PORT: Final = 8000
"""The cloud's port inside a network namespace, where nobody else listens."""
_START_S: Final = 30.0
_OTHERS_PROCESSES: Final = 64
_YIELD: Final = 5
"""How much nicer a jail is than its guard, where it could start enough processes to keep the guard waiting."""
_LIFETIME_CPU: Final = 4


class JailFailed(RuntimeError):  # noqa: N818 - it says what happened
    """A process could not be put behind a wall; the message says which one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jail:
    """What a jail is to be like.

    Attributes:
        tier: which walls.
        folder: an empty folder of the grader's, for this jail alone.
        sockets: a folder in which the jailed process opens its sockets.
        port: the cloud's port on 127.0.0.1; with namespaces it is opened by the jail.
        memory_bytes, disk_bytes, processes, cpu_s: limits.
    """

    tier: Tier
    folder: str
    sockets: str
    port: int
    memory_bytes: int
    disk_bytes: int
    processes: int
    cpu_s: float

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Jail:
        """A jail as `dataclasses.asdict` and JSON left it."""
        return cls(**{**message, "tier": Tier(message["tier"])})

    @property
    def ceiling(self) -> Ceiling:
        """What all its processes may use together; a scratch folder that is memory has a size of its own."""
        apart = self.tier is Tier.NAMESPACES
        return Ceiling(
            memory_bytes=self.memory_bytes,
            processes=self.processes,
            disk_bytes=self.disk_bytes,
            folders=(self.sockets,) if apart else (self.sockets, self.home),
        )

    @property
    def home(self) -> str:
        """The scratch folder, as the jailed process sees it; `work` and `tmp` are in it."""
        return mounts.HOME if self.tier is Tier.NAMESPACES else str(Path(self.folder, "home"))

    @property
    def sockets_inside(self) -> str:
        """The folder `sockets`, as the jailed process sees it."""
        return mounts.SOCKETS if self.tier is Tier.NAMESPACES else self.sockets


@dataclass(slots=True, kw_only=True)
class Started:
    """A process behind its walls, or on the way there.

    Attributes:
        pid: as seen from outside.
        listening: the socket on which the cloud is to answer; None where it opens one itself.
        held: descriptors that stay open while the jail is to live.
    """

    pid: int
    listening: socket.socket | None = None
    held: list[int] = field(default_factory=list)


def start(jail: Jail, work: Callable[[], None], keep: Sequence[int]) -> Started:
    """Fork, and run `work` in the jail.

    Args:
        jail: the walls.
        work: what runs behind them; its process ends when it returns.
        keep: descriptors that `work` needs; all others are closed.

    Raises:
        JailFailed: the walls cannot be had. One that fails later ends the jailed process.
    """
    user = privileges.jail_user() if jail.tier is not Tier.PROCESS else None
    if jail.tier is Tier.NAMESPACES:
        return _start_apart(jail, work, keep, user)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        be_child(lambda: _behind_landlock(jail, work, user, parent), keep)
    return Started(pid=pid)


def seal(tier: Tier) -> None:
    """Close the last doors, once the process has opened its sockets."""
    if tier is not Tier.PROCESS:
        seccomp.install(seccomp.SECOND + (seccomp.ALONE if tier is Tier.LANDLOCK else ()))


def _start_apart(
    jail: Jail, work: Callable[[], None], keep: Sequence[int], user: tuple[int, int] | None
) -> Started:
    """The first fork; the child leaves, forks the jail's first process, and ends."""
    here, there = socket.socketpair()
    alive, held = os.pipe()
    with here:
        here.settimeout(_START_S)
        between = os.fork()
        if between == 0:
            os.close(held)
            _leave(jail, work, [*keep, alive], user, there)
        there.close()
        os.close(alive)
        try:
            message, descriptors, _flags, _address = socket.recv_fds(here, 4096, 1)
        except OSError as error:
            message, descriptors = str(error).encode(), []
        with contextlib.suppress(ChildProcessError):
            os.waitpid(between, 0)
    if not descriptors:
        os.close(held)
        raise JailFailed(message.decode(errors="replace") or "the jail did not start")
    return Started(pid=int(message), listening=socket.socket(fileno=descriptors[0]), held=[held])


def _leave(
    jail: Jail,
    work: Callable[[], None],
    keep: Sequence[int],
    user: tuple[int, int] | None,
    guard: socket.socket,
) -> NoReturn:
    try:
        namespaces.leave()
        listener = namespaces.listening(jail.port)
        gone, here = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(here)
            be_child(lambda: _behind_namespaces(jail, work, user, keep[-1], gone), [*keep, gone])
        socket.send_fds(guard, [str(first).encode()], [listener.fileno()])
        os._exit(0)
    except Exception as error:  # noqa: BLE001 - the guard says it
        with contextlib.suppress(OSError):
            guard.send(f"{type(error).__name__}: {_text(error)}".encode())
    finally:
        os._exit(FAILED)


def _behind_namespaces(
    jail: Jail, work: Callable[[], None], user: tuple[int, int] | None, alive: int, gone: int
) -> None:
    """The first process of the jail builds its walls from within."""
    owner = user or (os.geteuid(), os.getegid())
    mounts.build(jail.folder, reach.readable(), jail.sockets, jail.disk_bytes, owner)
    if user is not None:
        os.chown(mounts.SOCKETS, *user)
    privileges.become(user)
    if user is not None:
        with contextlib.suppress(Refused):
            namespaces.leave_users()
    _give_up(jail, jail.processes)
    _folders(jail.home)
    # The process between ends, its child becomes the guard's: only now a death signal means the guard's death.
    os.read(gone, 1)
    os.close(gone)
    child.prctl(privileges.PR_SET_PDEATHSIG, int(signal.SIGKILL))
    poll = select.poll()
    poll.register(alive, select.POLLHUP)
    if poll.poll(0):
        os._exit(FAILED)
    os.close(alive)
    work()


def _behind_landlock(jail: Jail, work: Callable[[], None], user: tuple[int, int] | None, parent: int) -> None:
    """Without namespaces: one process, and the walls that need none; with the tier `process` none at all."""
    child.prctl(privileges.PR_SET_PDEATHSIG, int(signal.SIGKILL))
    Path(jail.home).mkdir(mode=0o700, exist_ok=True)
    if os.getppid() != parent:
        os._exit(FAILED)
    if jail.tier is Tier.LANDLOCK:
        processes = jail.processes
        if user is not None and reach.open_to_others():
            for place in (jail.home, jail.sockets):
                os.chown(place, *user)
            privileges.become(user)
        else:
            processes += tasks_of_user() + _OTHERS_PROCESSES
            os.nice(_YIELD)
        _give_up(jail, processes)
        child.prctl(privileges.PR_SET_PDEATHSIG, int(signal.SIGKILL))  # it was lost with the rights
    _folders(jail.home)
    work()


def _give_up(jail: Jail, processes: int) -> None:
    """Capabilities, limits, Landlock where there is one, seccomp."""
    privileges.drop_capabilities()
    privileges.limit(jail.memory_bytes, jail.disk_bytes, processes, jail.cpu_s)
    if landlock.abi() > 0:
        landlock.restrict(_grants(jail), jail.port)
    seccomp.install(seccomp.FIRST)


def _grants(jail: Jail) -> list[Grant]:
    alone = jail.tier is Tier.LANDLOCK
    readable = [*reach.readable(), *(reach.ONLY_ALONE if alone else mounts.FILES)]
    grants = [Grant(path=str(Path("/", place)), rights=landlock.READ) for place in readable]
    grants += [Grant(path=f"/dev/{name}", rights=landlock.DEVICE) for name in mounts.DEVICES]
    grants.append(Grant(path=f"/proc/{os.getpid()}" if alone else "/proc", rights=landlock.READ))
    grants.append(Grant(path=jail.home, rights=landlock.SCRATCH))
    grants.append(Grant(path=jail.sockets_inside, rights=landlock.SOCKETS))
    return grants


def _folders(home: str) -> None:
    for name in ("work", "tmp"):
        Path(home, name).mkdir(mode=0o700, exist_ok=True)


def tasks_of_user() -> int:
    """How many threads this user has on the machine: a limit of processes counts them all."""
    found, user = 0, os.geteuid()
    for entry in os.scandir("/proc"):
        if entry.name.isdecimal():
            with contextlib.suppress(OSError):
                if entry.stat().st_uid == user:
                    found += len(os.listdir(f"{entry.path}/task"))  # noqa: PTH208
    return found


def _text(error: Exception) -> str:
    strerror: Any = getattr(error, "strerror", None)
    return str(strerror or error)


def cpu_limit_s(submission_s: float) -> float:
    """CPU seconds that one process may use: more than a submission's real time has, on any number of cores."""
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    wanted = submission_s * _LIFETIME_CPU + 1
    return wanted if most == resource.RLIM_INFINITY else min(wanted, float(most))
