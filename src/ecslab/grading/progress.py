"""The line that says how far a run is, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

_PLAIN_EVERY_S = 5.0
_MINUTE = 60
_A_FEW = 3


class Progress:
    """Progress on a stream: one line that is rewritten on a terminal, else a line now and then.

    Args:
        stream: where to write.
        total: how many there are.
        clock: gives seconds.
    """

    def __init__(self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._total, self._clock = stream, total, clock
        self._done = 0
        self._began = clock()
        self._first = self._began
        self._told = self._began - _PLAIN_EVERY_S
        self._terminal = stream.isatty()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        now = self._clock()
        if self._done == 1:
            self._first = now
        if self._terminal:
            self._stream.write(f"\r\x1b[K{self.line()}")
        elif now - self._told >= _PLAIN_EVERY_S or self._done == self._total:
            self._told = now
            self._stream.write(f"{self.line()}\n")
        self._stream.flush()

    def line(self) -> str:
        """For example `graded 3 of 40, about 1 min 20 s left`."""
        text = f"graded {self._done} of {self._total}"
        if 0 < self._done < self._total:
            text += f", about {duration(self._each() * (self._total - self._done))} left"
        return text

    def _each(self) -> float:
        """Seconds for one. The first one also waited until everything was warm: it soon counts no more."""
        if self._done < _A_FEW:
            return (self._clock() - self._began) / self._done
        return (self._clock() - self._first) / (self._done - 1)

    def close(self) -> None:
        """Leave the line."""
        if self._terminal and self._done:
            self._stream.write("\n")


def duration(seconds: float) -> str:
    """For example `45 s` or `2 min 5 s`."""
    whole = round(seconds)
    return f"{whole} s" if whole < _MINUTE else f"{whole // _MINUTE} min {whole % _MINUTE} s"
