"""A Jupyter client that notices a dead kernel at once, and that a flood of outputs cannot fill.

jupyter_client's own client waits for messages only: a kernel that dies within a cell costs nbval the whole time
limit. This one waits for a message or for the kernel's end, whichever comes first. While a cell runs it takes the
outputs off the wire as they come, so that none is dropped, and keeps only so many bytes of them for one cell.
"""

from __future__ import annotations

import time
from collections import deque
from queue import Empty
from typing import Any

from jupyter_client.blocking import BlockingKernelClient
from zmq import POLLIN, Poller  # type: ignore[attr-defined]

OUTPUT_BYTES_MAX = 1_000_000
"""Bytes of outputs that are kept for one cell; later ones are dropped. A check cell prints one short line."""

_LEAVE_S = 2.0


class KernelDied(Exception):  # noqa: N818 - it says what happened
    """The kernel's process has ended."""


class ForkedKernelClient(BlockingKernelClient):  # type: ignore[misc]
    """The client of a forked kernel; its parent is the kernel manager that forked it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._outputs: deque[dict[str, Any]] = deque()
        self._kept: dict[str, int] = {}

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

    def _store(self) -> None:
        """Take one message off the wire, and keep it unless its cell has had its share."""
        message = self._take(self.iopub_channel)
        if message["msg_type"] in ("stream", "display_data", "execute_result", "update_display_data"):
            cell = str(message["parent_header"].get("msg_id"))
            size = len(str(message["content"]))
            self._kept[cell] = self._kept.get(cell, 0) + size
            if self._kept[cell] > OUTPUT_BYTES_MAX:
                return
        self._outputs.append(message)

    def _let_it_leave(self, message: dict[str, Any]) -> dict[str, Any]:
        """After `exit()` a kernel replies first and ends a moment later: wait for it, so that the next cell knows."""
        payload = message["content"].get("payload") or []
        forked = self.parent.provisioner.forked
        if forked is not None and any(one.get("source") == "ask_exit" for one in payload):
            forked.wait(_LEAVE_S)
        return message

    @staticmethod
    def _take(channel: Any) -> dict[str, Any]:
        message: dict[str, Any] = channel.get_msg(timeout=None)
        return message
