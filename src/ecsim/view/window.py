"""Which stretch of time a timeline shows, and where its ticks are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUIET_MS = 10 * 60_000
"""After so long without a change, what came before is another story."""

_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time.

    Attributes:
        earlier: whether something happened before it.
        later: whether time went on after it.
    """

    start_ms: int
    end_ms: int
    now_ms: int
    earlier: bool = False
    later: bool = False

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms

    def share(self, at_ms: int) -> float:
        """Where a moment is: 0 at the start, 100 at the end, clamped."""
        inside = min(max(at_ms, self.start_ms), self.end_ms)
        return (inside - self.start_ms) * 100 / self.length_ms

    def shows(self, from_ms: int, to_ms: int) -> bool:
        """Whether any of that interval is inside."""
        return from_ms <= self.end_ms and to_ms >= self.start_ms

    def ticks(self, at_most: int = 9) -> list[int]:
        """Round moments to label, at most so many."""
        step = next((s for s in _STEPS_S if self.length_ms / (s * 1_000) <= at_most), _STEPS_S[-1]) * 1_000
        first = -(-self.start_ms // step) * step
        return list(range(first, self.end_ms + 1, step))


def window(
    activity: list[int],
    now_ms: int,
    start_ms: int | None,
    end_ms: int | None,
    busy: Sequence[tuple[int, int | None]] = (),
) -> Window:
    """The stretch to show: as asked for, else the latest one in which something happened.

    Args:
        activity: the moments at which something changed.
        now_ms: the present moment.
        start_ms: from when on, if that was asked for.
        end_ms: until when, if that was asked for.
        busy: intervals in which something was under way though nothing changed; None as an end stands for now.
    """
    under_way = [(since, now_ms if until is None else until) for since, until in busy]
    latest = [until for since, until in under_way if end_ms is None or since <= end_ms]
    moments = sorted(
        [at for at in [*activity, *latest] if at <= (now_ms if end_ms is None else end_ms)] or [0]
    )
    begin = moments[-1]
    for at in reversed(moments):
        if begin - at > QUIET_MS and not any(since <= at and begin <= until for since, until in under_way):
            break
        begin = at
    lead = max(1_000, (moments[-1] - begin) // 40)
    start = max(0, begin - lead) if start_ms is None else max(0, start_ms)
    if end_ms is not None:
        end = end_ms
    elif now_ms - moments[-1] <= max(QUIET_MS // 5, (moments[-1] - start) // 3):
        end = now_ms
    else:
        end = moments[-1] + max(15_000, (moments[-1] - start) // 10)
    end = max(end, start + 1_000)
    return Window(
        start_ms=start,
        end_ms=end,
        now_ms=now_ms,
        earlier=activity != [] and activity[0] < start,
        later=end < now_ms,
    )
