"""JSON messages between two processes of the grader, over an unnamed pair of sockets.

An unnamed pair cannot be found or connected to by a third process, unlike a path or a port. Nothing but JSON travels:
what a learner's process sends can be wrong, but it cannot run.
"""

from __future__ import annotations

import json
import os
import select
import socket
import time
from typing import Any

MESSAGE_BYTES_MAX = 32 * 2**20
_CHUNK = 65536
_DESCRIPTORS = b"!"
_REST_S = 5.0


class ChannelClosed(Exception):  # noqa: N818 - it says what happened
    """The other side is gone, or sent what is not a message."""


class Channel:
    """One end of a conversation; a message is one line of JSON.

    Args:
        sock: a connected stream socket; the channel owns it from now on.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()

    @classmethod
    def pair(cls) -> tuple[Channel, socket.socket]:
        """A channel, and the socket to hand to the process at the other end."""
        here, there = socket.socketpair()
        return cls(here), there

    def fileno(self) -> int:
        """The descriptor, for polling."""
        return self._sock.fileno()

    @property
    def waiting(self) -> bool:
        """A whole message has been read already: polling would not tell."""
        return b"\n" in self._buffer

    def send(self, message: dict[str, Any]) -> None:
        """Send one message.

        Raises:
            ChannelClosed: the other side is gone.
        """
        data = json.dumps(message, ensure_ascii=True, allow_nan=False).encode() + b"\n"
        try:
            self._sock.settimeout(None)
            self._sock.sendall(data)
        except OSError as error:
            raise ChannelClosed(f"nobody is listening: {error}") from None

    def receive(self, timeout_s: float | None = None) -> dict[str, Any]:
        """The next message.

        Raises:
            ChannelClosed: the other side is gone, or what it sent is not a message.
            TimeoutError: nothing came in time.
        """
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while b"\n" not in self._buffer:
            if len(self._buffer) > MESSAGE_BYTES_MAX:
                raise ChannelClosed("the message is too long")
            self._fill(deadline)
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        try:
            message = json.loads(line)
        except ValueError:
            raise ChannelClosed("what came is not JSON") from None
        if not isinstance(message, dict):
            raise ChannelClosed("what came is not a message")
        return message

    def ask(self, message: dict[str, Any], timeout_s: float | None = None) -> dict[str, Any]:
        """Send, and wait for the answer."""
        self.send(message)
        return self.receive(timeout_s)

    def send_descriptors(self, descriptors: list[int]) -> None:
        """Hand open descriptors over; the other side takes them before its next `receive`."""
        socket.send_fds(self._sock, [_DESCRIPTORS], descriptors)

    def receive_descriptors(self, count: int) -> list[int]:
        """Take the descriptors that the other side sent.

        Raises:
            ChannelClosed: none came; a message with an `error` that came instead is quoted.
        """
        assert not self._buffer, "descriptors come before messages"
        mark, descriptors, _flags, _address = socket.recv_fds(self._sock, len(_DESCRIPTORS), count)
        if mark == _DESCRIPTORS and len(descriptors) == count:
            return list(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        if mark:
            self._buffer += mark
            raise ChannelClosed(str(self.receive(_REST_S).get("error", "no descriptors came")))
        raise ChannelClosed("the other side is gone")

    def close(self) -> None:
        """End the conversation."""
        self._sock.close()

    def _fill(self, deadline: float | None) -> None:
        if deadline is not None:
            ready, _, _ = select.select([self._sock], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError("no answer in time")
        try:
            chunk = self._sock.recv(_CHUNK)
        except OSError as error:
            raise ChannelClosed(str(error)) from None
        if not chunk:
            raise ChannelClosed("the other side is gone")
        self._buffer += chunk
