"""One behaviour of the cloud, and how true it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How true a behaviour is."""

    EXACT = "exact"
    """As documented, with a test that names the source."""
    APPROXIMATE = "approximate"
    """The same in kind and order; numbers or details are this cloud's choice."""
    NOT_SIMULATED = "not simulated"
    """Accepted and shown, or refused with an error that says so; nothing happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One behaviour, in both languages."""

    topic: str
    level: Level
    source: str
    en: str
    ja: str


EXACT, APPROXIMATE, NOT_SIMULATED = Level.EXACT, Level.APPROXIMATE, Level.NOT_SIMULATED


def of(topic: str, *rows: tuple[Level, str, str, str]) -> tuple[Behaviour, ...]:
    """The behaviours of a topic, from rows of level, source, English and Japanese."""
    return tuple(Behaviour(topic=topic, level=row[0], source=row[1], en=row[2], ja=row[3]) for row in rows)
