"""The process between a fork server and one copy: it owns the copy's life.

It starts the work, tells the exit code over the lifeline, passes signals on, and kills everything that the work
started once the work or the lifeline has ended, or one of its limits is exceeded. On Linux it is a child subreaper:
processes that the work detached come back to it as its children, so it finds them.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, Protocol

from ecslab.grading.channel import Channel, ChannelClosed
from ecslab.grading.child import be_child, prctl

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
_CLEAN_UP_S = 3.0


class Watching(Protocol):
    """What looks at the work from time to time; `ecslab.grading.jail.watch.Watch` does."""

    def left_s(self) -> float:
        """Seconds until the next look."""
        ...

    def exceeded(self) -> str | None:
        """The name of a limit that is exceeded."""
        ...


@dataclass(slots=True, kw_only=True)
class Launched:
    """Work that has begun.

    Attributes:
        pid: the process whose end is the end of the work.
        watch: what looks at it; None when nobody needs to.
        held: descriptors that stay open as long as the work is to live.
    """

    pid: int
    watch: Watching | None = None
    held: list[int] = field(default_factory=list)


def plainly(work: Callable[[], None], keep: list[int]) -> Launched:
    """Fork the work, which dies with this process."""
    parent = os.getpid()

    def bound() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            raise SystemExit(1)
        work()

    pid = os.fork()
    if pid == 0:
        be_child(bound, keep)
    return Launched(pid=pid)


def guard(launch: Callable[[], Launched], lifeline_socket: socket.socket, channel: socket.socket) -> NoReturn:
    """Start the work and watch over it. Never returns.

    Args:
        launch: starts the work in a child. What it raises is told over the channel.
        lifeline_socket: ends when the work is no longer wanted.
        channel: the work's own; this side of it is closed once the work has begun.
    """
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    lifeline = Channel(lifeline_socket)
    try:
        launched = launch()
    except Exception as error:
        with contextlib.suppress(ChannelClosed):
            Channel(channel).send({"error": f"{error}"})
        raise
    channel.close()
    code, limit = _watch(launched, lifeline, wake)
    _kill_the_rest(launched.pid)
    with contextlib.suppress(ChannelClosed):
        lifeline.send({"exit": code, "limit": limit, "cpu_s": _cpu_s()})
    os._exit(0)


def _watch(launched: Launched, lifeline: Channel, wake: socket.socket) -> tuple[int, str | None]:
    """Until the work has ended: its exit code, or minus the signal that ended it; and the limit it exceeded."""
    watch = launched.watch
    while True:
        both: list[Any] = [lifeline, wake]
        ready, _, _ = select.select(both, [], [], None if watch is None else watch.left_s())
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                wake.recv(4096)
            if (code := _reaped(launched.pid)) is not None:
                return code, None
        while lifeline in ready or lifeline.waiting:
            ready = []
            try:
                number = int(lifeline.receive(0).get("signal", 0))
            except (ChannelClosed, TimeoutError, ValueError):
                return -signal.SIGKILL, None
            with contextlib.suppress(ProcessLookupError):
                os.kill(launched.pid, number)
        if watch is not None and (limit := watch.exceeded()) is not None:
            return -signal.SIGKILL, limit


def _reaped(worker: int) -> int | None:
    code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid == worker:
                code = os.waitstatus_to_exitcode(status)
    return code


def _kill_the_rest(worker: int) -> None:
    """Kill the work's process group, and every descendant that comes back to us, until none is left."""
    deadline = time.monotonic() + _CLEAN_UP_S
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(worker, signal.SIGKILL)
    while time.monotonic() < deadline:
        children = _children()
        for pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.001)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
    except (OSError, ValueError):
        return []
