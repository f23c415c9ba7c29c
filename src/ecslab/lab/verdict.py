"""What a check says: passed or not, and if not, which mistake was seen, with its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecslab.course.canonical import verdict_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check function returns.

    Attributes:
        mistake: the name of what was seen, as in messages.toml; None when the check passes.
        facts: what the wording needs: plain values.
        because: a reason that the cloud itself recorded, as (code, fields), to be quoted; or None.
    """

    mistake: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: tuple[str, Mapping[str, Any]] | None = None


def passed(**facts: Any) -> Finding:
    """The claim holds."""
    return Finding(facts=facts)


def seen(mistake: str, /, because: tuple[str, Mapping[str, Any]] | None = None, **facts: Any) -> Finding:
    """The claim does not hold; `mistake` names what was seen, `facts` are the numbers and names of it."""
    return Finding(mistake=mistake, facts=facts, because=because)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check says about a cloud.

    Attributes:
        check: the check's id.
        max_points: what it is worth.
        mistake: as in Finding.
        facts: as in Finding.
        because: as in Finding.
    """

    check: str
    max_points: int
    passed: bool
    mistake: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: tuple[str, Mapping[str, Any]] | None = None

    @property
    def points(self) -> int:
        """The points earned: all or none."""
        return self.max_points if self.passed else 0

    @property
    def line(self) -> str:
        """The canonical line."""
        return verdict_line(self.check, passed=self.passed, points=self.max_points)
