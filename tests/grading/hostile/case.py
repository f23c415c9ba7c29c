"""What a hostile or broken submission is, and what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

MARK = "ecslab-hostile-mark"
"""In the name or the arguments of everything that an attack leaves behind."""

REACHED = "REACHED"
"""What an attack raises when it got to where it must not get: it would be in the results."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A submission.

    Attributes:
        threat: the class of threats, in the words of the tests' table.
        lay: makes what is handed in below a folder of its own.
        points: what it earns honestly; never more, and never less.
        codes: of notices that it must have, or of the refusal.
        tiers: in which tiers it is tried; None for all that are offered.
        runs: code of it runs; else it is refused.
        calm: it runs for about as long as an honest one.
    """

    threat: str
    lay: Callable[[Path], None]
    points: int = 0
    codes: tuple[str, ...] = ()
    tiers: tuple[str, ...] | None = None
    runs: bool = True
    calm: bool = True
