"""What a recording's scenario holds in its hand: begin, name moments, end."""

from __future__ import annotations

from typing import Any


class MarkError(LookupError):
    """What a mark waits for did not happen in the scenario."""


class Recorder:
    """Names moments of a running cloud.

    Args:
        cloud: the cloud that is recorded.

    Attributes:
        marks: name to moment, in milliseconds of the cloud's time.
        start_ms: where the picture begins, or None.
        end_ms: where it ends, or None.
    """

    def __init__(self, cloud: Any) -> None:
        self._cloud = cloud
        self.marks: dict[str, int] = {}
        self.start_ms: int | None = None
        self.end_ms: int | None = None

    def start(self) -> None:
        """The picture begins now."""
        self.start_ms = self._cloud.now_ms

    def end(self) -> None:
        """The picture ends now."""
        self.end_ms = self._cloud.now_ms

    def mark(self, name: str) -> None:
        """Name the present moment."""
        self._set(name, self._cloud.now_ms)

    def mark_first(
        self, name: str, kind: str, *, after: str | None = None, nth: int = 1, **fields: object
    ) -> None:
        """Name the moment of a journal entry that has already been written.

        Args:
            name: the mark's.
            kind: of the entry, e.g. "target.state".
            after: a mark; earlier entries do not count. By default the start of the picture.
            nth: which of the entries that fit.
            fields: what the entry must say, e.g. state="healthy".

        Raises:
            MarkError: there is no such entry.
        """
        since = self.marks[after] if after else (self.start_ms or 0)
        fits = [
            entry
            for entry in self._cloud.journal.of(kind)
            if entry.at_ms >= since and all(entry.fields.get(key) == value for key, value in fields.items())
        ]
        if len(fits) < nth:
            raise MarkError(
                f"mark {name!r}: {len(fits)} entries {kind} {fields} after {since} ms, wanted {nth}"
            )
        self._set(name, fits[nth - 1].at_ms)

    def _set(self, name: str, at_ms: int) -> None:
        if name in self.marks:
            raise ValueError(f"mark {name!r} is set twice")
        self.marks[name] = at_ms
