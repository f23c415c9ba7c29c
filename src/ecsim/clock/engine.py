"""The engine: the only thing that has time.

Time is integer milliseconds since the cloud's start. Wakes are data, never closures, so that a cloud can be
replayed. Wakes of the same moment run in the order in which they were scheduled; after each moment the caller's
`settle` runs, so that a decider sees everything that happened at that moment at once.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from typing import NamedTuple

WAKES_MAX = 5_000_000
"""More wakes than this in one run means that something wakes itself for ever."""


class Wake(NamedTuple):
    """Something to be looked at, at a moment. Wakes sort by their moments, then in the order of scheduling.

    Attributes:
        at_ms: the moment, in milliseconds since the cloud's start.
        serial: the order of scheduling; breaks ties.
        kind: what kind of look it is, e.g. "task" or "probe".
        key: what to look at, an ARN as a rule.
        detail: more about it, plain values only.
    """

    at_ms: int
    serial: int
    kind: str
    key: str
    detail: Mapping[str, object]


class Engine:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self._now_ms = 0
        self._serial = 0
        self._heap: list[Wake] = []

    @property
    def now_ms(self) -> int:
        """The present moment, in milliseconds since the cloud's start."""
        return self._now_ms

    def call_at(self, at_ms: int, kind: str, key: str, **detail: object) -> Wake:
        """Schedule a wake; a moment in the past means now."""
        wake = Wake(max(at_ms, self._now_ms), self._serial, kind, key, detail)
        self._serial += 1
        heapq.heappush(self._heap, wake)
        return wake

    def next_at(self) -> int | None:
        """The moment of the next wake, or None when nothing is scheduled."""
        return self._heap[0].at_ms if self._heap else None

    def planned(self) -> list[Wake]:
        """Every wake that is scheduled, in no order."""
        return list(self._heap)

    def run_until(
        self,
        until_ms: int,
        handle: Callable[[Wake], None],
        settle: Callable[[], None],
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """Let time pass up to `until_ms`, handling each wake and settling after each moment.

        With `stop`, time stops at the first settled moment for which it returns true.
        """
        settle()
        wakes = 0
        while not (stop is not None and stop()):
            due = self.next_at()
            if due is None or due > until_ms:
                self._now_ms = max(self._now_ms, until_ms)
                settle()
                return
            self._now_ms = due
            while self._heap and self._heap[0].at_ms == due:
                handle(heapq.heappop(self._heap))
                wakes += 1
                assert wakes <= WAKES_MAX, f"{wakes} wakes without reaching {until_ms} ms; now {due} ms"
            settle()
