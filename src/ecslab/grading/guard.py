"""The process between a fork server and one copy: it owns the copy's life.

It forks the work, tells the exit code over the lifeline, passes signals on, and kills everything that the work
started once the work or the lifeline has ended. On Linux it is a child subreaper: processes that the work detached
come back to it as its children, so it finds them.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn

from ecslab.grading.channel import Channel, ChannelClosed

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
PR_SET_DUMPABLE: Final = 4
_CLEAN_UP_S = 3.0
_FAILED = 71


def guard(work: Callable[[], None], lifeline_socket: socket.socket, channel: socket.socket) -> NoReturn:
    """Run `work` in a child and watch over it. Never returns."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    parent = os.getpid()
    worker = os.fork()
    if worker == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for end in (wake, woken, lifeline_socket):
            end.close()
        _work(work, parent)
    channel.close()
    lifeline = Channel(lifeline_socket)
    code = _watch(worker, lifeline, wake)
    _kill_the_rest(worker)
    with contextlib.suppress(ChannelClosed):
        lifeline.send({"exit": code, "cpu_s": _cpu_s()})
    os._exit(0)


def _work(work: Callable[[], None], guard_pid: int) -> NoReturn:
    code = _FAILED
    try:
        os.setsid()
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() == guard_pid:
            work()
            code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the process ends here, its code says how
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code & 0xFF)


def _watch(worker: int, lifeline: Channel, wake: socket.socket) -> int:
    """Until the work has ended; its exit code, or minus the signal that ended it."""
    while True:
        both: list[Any] = [lifeline, wake]
        ready, _, _ = select.select(both, [], [])
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                wake.recv(4096)
            if (code := _reaped(worker)) is not None:
                return code
        while lifeline in ready or lifeline.waiting:
            ready = []
            try:
                number = int(lifeline.receive(0).get("signal", 0))
            except (ChannelClosed, TimeoutError, ValueError):
                return -signal.SIGKILL
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, number)


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


def prctl(option: int, value: int) -> None:
    """Call prctl, which is Linux's; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
