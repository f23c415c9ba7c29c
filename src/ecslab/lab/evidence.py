"""What a check may look at: state through read-only clients, the calls, the journal, the picture, the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ecsim.clock.journal import Entry
from ecsim.view.snapshot import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of the AWS API by the learner.

    Attributes:
        n: its number, from 1.
        at_ms: when, in milliseconds since the cloud's start.
        service: e.g. "ecs".
        operation: e.g. "CreateService".
        params: as sent.
        error: the error's code, or None.
    """

    n: int
    at_ms: int
    service: str
    operation: str
    params: Mapping[str, Any]
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The cloud as a check sees it. Nothing here changes the cloud or moves its time.

    Attributes:
        client: gives a read-only boto3 client of a service.
        journal: every entry up to now.
        picture: the present moment.
        answer: what the learner handed over, plain JSON.
        given: what the lab's starting state handed to the learner.
        seed: the seed of this learner's lab.
    """

    client: Callable[[str], Any]
    journal: Sequence[Entry]
    picture: Picture
    answer: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    @property
    def now_ms(self) -> int:
        """The present moment."""
        return self.picture.now_ms

    @property
    def calls(self) -> list[Call]:
        """The learner's calls, in order."""
        return [
            Call(
                n=int(str(entry.fields.get("n", 0))),
                at_ms=entry.at_ms,
                service=entry.subject.partition(".")[0],
                operation=entry.subject.partition(".")[2],
                params=cast("Mapping[str, Any]", entry.fields.get("params") or {}),
                error=str(entry.fields["error"]) if entry.fields.get("error") else None,
            )
            for entry in self.journal
            if entry.kind == "call" and entry.fields.get("by") == "learner"
        ]

    def called(self, operation: str) -> list[Call]:
        """The learner's calls of an operation that succeeded, e.g. `called("CreateService")`."""
        return [call for call in self.calls if call.operation == operation and call.error is None]

    def entries(
        self, kind: str, *, start_ms: int = 0, end_ms: int | None = None, **fields: Any
    ) -> list[Entry]:
        """The journal's entries of a kind (or below it) in a span of time whose fields have these values."""
        return [
            entry
            for entry in self.journal
            if (entry.kind == kind or entry.kind.startswith(kind + "."))
            and entry.at_ms >= start_ms
            and (end_ms is None or entry.at_ms <= end_ms)
            and all(entry.fields.get(name) == value for name, value in fields.items())
        ]
