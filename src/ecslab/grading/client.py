"""A Jupyter client that notices a dead kernel at once, and that a flood of outputs cannot fill.

jupyter_client's own client waits for messages only: a kernel that dies within a cell costs nbval the whole time
limit. This one waits for a message or for the kernel's end, whichever comes first. While a cell runs it takes the
outputs off the wire as they come, so that none is dropped, and keeps only so many bytes of them for one cell. It looks
at the size before it reads: what comes in too large a message never arrives, and a kernel that goes on and on is ended.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from queue import Empty
from typing import Any, ClassVar

from jupyter_client.blocking import BlockingKernelClient
from zmq import MAXMSGSIZE, POLLIN, RCVHWM, Poller  # type: ignore[attr-defined]

from ecslab.grading.cutting import MARK
from ecslab.grading.limits import Limits

_LEAVE_S = 2.0
_MESSAGE_BYTES_MAX = 4_000_000
"""A larger message is refused by the transport: no kernel that cuts its outputs sends one."""
_WAITING_MAX = 64
"""Messages that the transport keeps ready; then the kernel's side has to wait."""
_OVERHEAD = 1_000
"""Bytes that a message counts at least."""
_NOTHING = {"msg_type": "nothing", "parent_header": {}, "header": {}, "content": {}}


class KernelDied(Exception):  # noqa: N818 - it says what happened
    """The kernel's process has ended."""


class ForkedKernelClient(BlockingKernelClient):  # type: ignore[misc]
    """The client of a forked kernel; its parent is the kernel manager that forked it.

    Attributes:
        limits: of the submission.
        taken_bytes: what all kernels of the submission have sent so far.
        cut: of the outputs of the last cell, some were left out.
    """

    limits: ClassVar[Limits] = Limits()
    taken_bytes: ClassVar[int] = 0

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._outputs: deque[dict[str, Any]] = deque()
        self._kept: dict[str, int] = {}
        self._sent = ""
        self.cut = False

    def get_shell_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next reply.

        Raises:
            Empty: none came within `timeout` seconds.
            KernelDied: none will come.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            if self._wait(deadline, reply=True):
                return self._let_it_leave(self._take(self.shell_channel))
            if deadline is not None and time.monotonic() >= deadline:
                raise Empty

    def get_iopub_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next output or change of state.

        Raises:
            Empty: none came within `timeout` seconds.
            KernelDied: none will come.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._outputs:
            self._wait(deadline, reply=False)
            if not self._outputs and deadline is not None and time.monotonic() >= deadline:
                raise Empty
        return self._outputs.popleft()

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers; nbval then waits for its outputs by itself."""
        self.kernel_info()
        try:
            self.get_shell_msg(timeout=timeout)
        except (Empty, KernelDied) as error:
            raise RuntimeError(f"the kernel does not answer: {error}") from None

    def start_channels(self, **_: bool) -> None:
        """Open the channels that are used: no heartbeat thread (the lifeline tells), no stdin."""
        super().start_channels(stdin=False, hb=False, control=False)

    def connect_iopub(self, identity: bytes | None = None) -> Any:
        """The socket of outputs; it takes no message that is too large, and few at a time."""
        return self._bounded(super().connect_iopub, identity)

    def connect_shell(self, identity: bytes | None = None) -> Any:
        """The socket of replies, bounded as the other one."""
        return self._bounded(super().connect_shell, identity)

    def _bounded(self, connect: Callable[[bytes | None], Any], identity: bytes | None) -> Any:
        """Options of a socket hold for what is connected later, so they are set on the context."""
        self.context.setsockopt(MAXMSGSIZE, _MESSAGE_BYTES_MAX)
        self.context.setsockopt(RCVHWM, _WAITING_MAX)
        return connect(identity)

    def _wait(self, deadline: float | None, *, reply: bool) -> bool:
        """Wait for something to happen; store outputs. True when there is a reply to take."""
        forked = self.parent.provisioner.forked
        poller = Poller()
        poller.register(self.iopub_channel.socket, POLLIN)
        if reply:
            poller.register(self.shell_channel.socket, POLLIN)
        if forked is not None:
            poller.register(forked.fileno(), POLLIN)
        left = None if deadline is None else max(0, int((deadline - time.monotonic()) * 1000))
        ready = dict(poller.poll(left))
        if self.iopub_channel.socket in ready:
            self._store()
        if reply and self.shell_channel.socket in ready:
            return True
        if not ready or self.iopub_channel.socket in ready:
            return False
        code = None if forked is None else forked.poll()
        if forked is None or code is not None:
            raise KernelDied(f"the kernel ended (exit code {code})")
        return False

    def execute(self, code: str, *args: Any, **kwargs: Any) -> str:
        """Run code; what the kernel says of earlier cells from now on does not count any more."""
        self.cut = False
        self._sent = super().execute(code, *args, **kwargs)
        return self._sent

    def _store(self) -> None:
        """Take one message off the wire, and keep it unless its cell has had its share."""
        message = self._take(self.iopub_channel)
        if message["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            cell = str(message["parent_header"].get("msg_id"))
            if self._sent and cell != self._sent:
                return
            text = str(message["content"])
            self._kept[cell] = self._kept.get(cell, 0) + len(text)
            too_much = self._kept[cell] > self.limits.output_bytes + _OVERHEAD
            self.cut = self.cut or too_much or MARK in text
            if too_much:
                return
        self._outputs.append(message)

    def _let_it_leave(self, message: dict[str, Any]) -> dict[str, Any]:
        """After `exit()` a kernel replies first and ends a moment later: wait for it, so that the next cell knows."""
        payload = message["content"].get("payload") or []
        forked = self.parent.provisioner.forked
        if forked is not None and any(one.get("source") == "ask_exit" for one in payload):
            forked.wait(_LEAVE_S)
        return message

    def _take(self, channel: Any) -> dict[str, Any]:
        """Read a message; its size counts before anything is made of it.

        Raises:
            KernelDied: the kernel has sent too much in all, and was ended.
        """
        parts = channel.socket.recv_multipart()
        ForkedKernelClient.taken_bytes += max(_OVERHEAD, sum(map(len, parts)))
        if ForkedKernelClient.taken_bytes > self.limits.output_flood_bytes:
            ForkedKernelClient.taken_bytes = 0
            provisioner = self.parent.provisioner
            if provisioner.forked is not None:
                provisioner.forked.kill()
                provisioner.forked.limit = "output"
            raise KernelDied("it sent too much")
        try:
            _identities, rest = self.session.feed_identities(parts)
            message: dict[str, Any] = self.session.deserialize(rest)
        except (ValueError, TypeError, KeyError, RecursionError):
            return dict(_NOTHING)  # not signed, or no message: the next one may be
        return message
