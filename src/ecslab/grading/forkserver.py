"""Warm processes that are forked instead of started.

A fork server has done its imports once; a copy of it begins its work in milliseconds. There are three kinds, each a
process of its own with an empty environment:

- `kernel`: becomes a learner's Jupyter kernel. It holds no secret and nothing of the course.
- `cloud`: becomes the simulated AWS of one submission, with the lab's checks.
- `worker`: rebuilds one submission, runs it under nbval and decides its points.

A request is two sockets sent over an unnamed pair: a channel for the work, and a lifeline. The server forks a guard
(`guard.py`) that owns the lifeline; the guard forks the work. When the lifeline ends, for whatever reason, the guard
kills what is left: no grader that dies leaves anything behind.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, NoReturn, Protocol, Self

from ecslab.grading.channel import Channel, ChannelClosed
from ecslab.grading.child import close_all_but
from ecslab.grading.guard import Launched, guard, plainly

KINDS = {
    "kernel": "ecslab.grading.kernel",
    "cloud": "ecslab.grading.cloudproc",
    "worker": "ecslab.grading.worker",
}
_PAIR = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_DGRAM
_READY, _FORK = b"ready", b"fork"
_MESSAGE_BYTES = 4096
WARM_UP_S = 120
PREPARED_MAX = 24
"""Copies of a server that have prepared for something; the one that was idle for longest goes first."""
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}


class Work(Protocol):
    """What a kind's module offers."""

    def warm(self, *arguments: str) -> None:
        """Import and prepare what every copy needs. No threads may be left running."""

    def run(self, channel: Channel) -> None:
        """The work of one copy; its process ends when this returns.

        A kind may have `launch(channel)` instead: it runs in the guard and starts the copy in its own way. And it
        may have `specialise(**about)`: a copy of the server prepares itself for requests that are alike.
        """


class Forked:
    """A copy at work, as seen by who asked for it.

    Attributes:
        channel: for the work.
        cpu_s: CPU seconds that it and what it started have used; known once it has ended.
        limit: the name of the limit for which it was ended, e.g. "memory".
    """

    def __init__(self, channel: Channel, lifeline: Channel) -> None:
        self.channel = channel
        self._lifeline = lifeline
        self._ended: int | None = None
        self.cpu_s = 0.0
        self.limit: str | None = None

    def fileno(self) -> int:
        """Readable when the copy has ended."""
        return self._lifeline.fileno()

    def poll(self) -> int | None:
        """None while the copy is at work, else its exit code (minus the signal that killed it)."""
        return self.wait(0)

    def wait(self, timeout_s: float) -> int | None:
        """Like `poll`, after at most so many seconds."""
        if self._ended is None:
            try:
                message = self._lifeline.receive(timeout_s)
                self._ended = int(message.get("exit", -signal.SIGKILL))
                self.cpu_s = float(message.get("cpu_s", 0.0))
                self.limit = self.limit or message.get("limit")
            except TimeoutError:
                return None
            except (ChannelClosed, ValueError, OSError):
                self._ended = -signal.SIGKILL
        return self._ended

    def interrupt(self) -> None:
        """Send SIGINT to the copy."""
        with contextlib.suppress(ChannelClosed):
            self._lifeline.send({"signal": int(signal.SIGINT)})

    def kill(self, timeout_s: float = 5.0) -> None:
        """Kill the copy and everything that it started."""
        if self._ended is None:
            with contextlib.suppress(ChannelClosed):
                self._lifeline.send({"signal": int(signal.SIGKILL)})
            if self.wait(timeout_s) is None:
                self._ended = -signal.SIGKILL
        self.close()

    def close(self) -> None:
        """Let go: the guard kills what is left."""
        if self._ended is None:
            self._ended = -signal.SIGKILL
        self.channel.close()
        self._lifeline.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def fork(requests: socket.socket, about: Mapping[str, Any] | None = None) -> Forked:
    """Ask the fork server at the other end of `requests` for a copy. Any process that holds the socket may ask.

    Args:
        requests: the server's socket.
        about: what the copy is for, when others may be for the same: the server keeps a copy of itself that has
            prepared for it.

    Raises:
        OSError: the server is gone.
    """
    channel, there = Channel.pair()
    lifeline, guarded = Channel.pair()
    try:
        message = _FORK if about is None else _FORK + json.dumps(about, sort_keys=True).encode()
        socket.send_fds(requests, [message], [there.fileno(), guarded.fileno()])
    except OSError:
        channel.close()
        lifeline.close()
        raise
    finally:
        there.close()
        guarded.close()
    return Forked(channel, lifeline)


class ServerFailed(RuntimeError):  # noqa: N818 - it says what happened
    """A fork server did not come up."""


class ForkServer:
    """A fork server, as seen by the process that started it. It starts to warm up at once.

    Args:
        kind: one of `KINDS`.
        arguments: for the kind's `warm`.
    """

    def __init__(self, kind: str, *arguments: str) -> None:
        self.kind = kind
        self.requests, there = socket.socketpair(socket.AF_UNIX, _PAIR)
        with there:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [
                    sys.executable,
                    "-I",
                    "-m",
                    "ecslab.grading.forkserver",
                    kind,
                    str(there.fileno()),
                    *arguments,
                ],
                pass_fds=[there.fileno()],
                env=_ENVIRONMENT,
                cwd="/",
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._ready = False

    def wait_ready(self, timeout_s: float = WARM_UP_S) -> None:
        """Wait until the server is warm.

        Raises:
            ServerFailed: it did not come up.
        """
        if self._ready:
            return
        self.requests.settimeout(timeout_s)
        try:
            message = self.requests.recv(len(_READY))
        except TimeoutError:
            message = b""
        if message != _READY:
            self.close()
            raise ServerFailed(f"the {self.kind} fork server did not start (exit {self._process.returncode})")
        self.requests.settimeout(None)
        self._ready = True

    @property
    def alive(self) -> bool:
        """The server has not ended."""
        return self._process.poll() is None

    def fork(self) -> Forked:
        """A copy of the warm process."""
        self.wait_ready()
        return fork(self.requests)

    def cpu_s(self) -> float:
        """CPU seconds of the server and of all its copies that have ended; Linux only, else 0."""
        try:
            with open(f"/proc/{self._process.pid}/stat", encoding="ascii") as file:  # noqa: PTH123
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End the server. Copies at work end when their lifelines do."""
        self.requests.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def serve(work: Work, requests: socket.socket) -> None:
    """The server: fork a guard for each request until nobody can ask any more."""
    wake, woken = socket.socketpair()
    for end in (wake, woken):
        end.setblocking(False)
    signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    prepared: OrderedDict[bytes, socket.socket] = OrderedDict()
    with selectors.DefaultSelector() as ready:
        ready.register(requests, selectors.EVENT_READ)
        ready.register(wake, selectors.EVENT_READ)
        while True:
            for key, _ in ready.select():
                if key.fileobj is wake:
                    with contextlib.suppress(BlockingIOError):
                        wake.recv(4096)
                    _reap()
                    continue
                try:
                    message, descriptors, _flags, _address = socket.recv_fds(requests, _MESSAGE_BYTES, 2)
                except ConnectionError:
                    return
                if not message.startswith(_FORK):
                    return
                about = message.removeprefix(_FORK)
                passed_on = bool(about) and _passed_on(work, prepared, about, descriptors)
                if not passed_on and os.fork() == 0:
                    _become_guard(work, descriptors)
                for descriptor in descriptors:
                    os.close(descriptor)


def _passed_on(
    work: Work, prepared: OrderedDict[bytes, socket.socket], about: bytes, descriptors: list[int]
) -> bool:
    """Hand a request to the copy of this server that has prepared for it; one is made when there is none."""
    if not hasattr(work, "specialise"):
        return False
    if about not in prepared:
        if len(prepared) >= PREPARED_MAX:
            prepared.popitem(last=False)[1].close()
        here, there = socket.socketpair(socket.AF_UNIX, _PAIR)
        if os.fork() == 0:
            _become_specialist(work, about, there)
        there.close()
        prepared[about] = here
    prepared.move_to_end(about)
    try:
        socket.send_fds(prepared[about], [_FORK], descriptors)
    except OSError:
        prepared.pop(about).close()
        return False
    return True


def _become_specialist(work: Any, about: bytes, requests: socket.socket) -> NoReturn:
    """Prepare, and serve those requests. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        close_all_but([requests.fileno()])
        with contextlib.suppress(Exception):  # the copies then fail themselves, and say why
            work.specialise(**json.loads(about))
        gc.collect()
        gc.freeze()
        serve(work, requests)
    finally:
        os._exit(0)


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_guard(work: Work, descriptors: list[int]) -> NoReturn:
    """Close everything else, and guard the work. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        close_all_but(descriptors)
        channel, lifeline = (socket.socket(fileno=descriptor) for descriptor in descriptors)
        launch: Callable[[Channel], Launched] | None = getattr(work, "launch", None)
        if launch is None:
            guard(lambda: plainly(lambda: work.run(Channel(channel)), [channel.fileno()]), lifeline, channel)
        guard(lambda: launch(Channel(channel)), lifeline, channel)
    finally:
        os._exit(70)


def main(arguments: list[str]) -> None:
    """`python -I -m ecslab.grading.forkserver KIND DESCRIPTOR [ARGUMENTS...]`."""
    kind, descriptor, *rest = arguments
    requests = socket.socket(fileno=int(descriptor))
    os.set_inheritable(requests.fileno(), False)
    work: Any = importlib.import_module(KINDS[kind])
    work.warm(*rest)
    gc.collect()
    gc.freeze()
    assert threading.active_count() == 1, threading.enumerate()
    requests.send(_READY)
    serve(work, requests)


if __name__ == "__main__":
    main(sys.argv[1:])
