"""Durations as people write them: "90s", "2m", "1h30m", "1.5s", or a number of seconds."""

from __future__ import annotations

import re

_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")


def milliseconds(duration: str | float) -> int:
    """Read a duration.

    Args:
        duration: seconds as a number, or text such as "90s", "2m", "1h30m", "250ms".

    Returns:
        Whole milliseconds.

    Raises:
        ValueError: it is negative or cannot be read; the message shows what can.
    """
    wrong = ValueError(f'cannot read the duration {duration!r}: write "90s", "2m", "1h30m", or seconds')
    if isinstance(duration, bool):
        raise wrong
    if isinstance(duration, int | float):
        if not 0 <= duration < float("inf"):
            raise wrong
        return round(duration * 1_000)
    text = duration.strip().replace(" ", "") if isinstance(duration, str) else ""
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise wrong
    return round(sum(float(number) * _UNITS_MS[unit] for number, unit in parts))


def clock_text(at_ms: int) -> str:
    """A moment as `HH:MM:SS`, with milliseconds where there are any."""
    seconds, ms = divmod(at_ms, 1_000)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    return f"{hours:02}:{m:02}:{s:02}" + (f".{ms:03}" if ms else "")
