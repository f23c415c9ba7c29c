"""The journal: an append-only record of everything that happened, one line an entry.

The same seed and the same calls give a byte-equal journal, over every transport and in any process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ecsim.clock.duration import clock_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened.

    Attributes:
        serial: its place in the journal, from 0.
        at_ms: when, in milliseconds since the cloud's start.
        kind: dotted, from the general to the special: "task.status", "call", "service.event", "decision".
        subject: whom it is about, an ARN or a name.
        fields: the rest, plain values only.
    """

    serial: int
    at_ms: int
    kind: str
    subject: str
    fields: Mapping[str, object]

    def line(self) -> str:
        """The entry as one line of text."""
        rest = "".join(f" {name}={_plain(value)}" for name, value in self.fields.items())
        return f"{clock_text(self.at_ms)} {self.kind} {self.subject}{rest}"


def _plain(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode(
        "utf-8"
    )  # half a character cannot be written to a file


class Journal:
    """What happened, in order.

    Args:
        now_ms: asks the engine for the time.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._entries: list[Entry] = []

    def record(self, kind: str, subject: str, /, **fields: object) -> Entry:
        """Append an entry at the present moment."""
        entry = Entry(len(self._entries), self._now_ms(), kind, subject, fields)
        self._entries.append(entry)
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def since(self, serial: int) -> list[Entry]:
        """The entries from `serial` on."""
        return self._entries[serial:]

    def of(self, kind: str, subject: str | None = None) -> list[Entry]:
        """The entries of a kind (or below it: "task" finds "task.status"), of one subject if given."""
        return [
            entry
            for entry in self._entries
            if (entry.kind == kind or entry.kind.startswith(kind + "."))
            and (subject is None or entry.subject == subject)
        ]

    def text(self) -> str:
        """The whole journal, a line an entry."""
        return "".join(entry.line() + "\n" for entry in self._entries)
