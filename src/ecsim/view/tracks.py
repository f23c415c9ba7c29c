"""Intervals instead of moments: which state held from when to when."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A state that held from one moment to another; `to_ms` is None while it holds."""

    state: str
    from_ms: int
    to_ms: int | None
    detail: str = ""

    def until(self, now_ms: int) -> int:
        """Its end, or now."""
        return now_ms if self.to_ms is None else self.to_ms


@dataclass(slots=True, kw_only=True)
class Track:
    """Spans under construction: each new state ends the one before."""

    spans: list[Span] = field(default_factory=list)

    def set(self, state: str, at_ms: int, detail: str = "") -> None:
        """From this moment on it is in that state."""
        if self.spans and self.spans[-1].to_ms is None:
            last = self.spans.pop()
            if (last.state, last.detail) == (state, detail):
                self.spans.append(last)
                return
            if at_ms > last.from_ms:
                self.spans.append(Span(last.state, last.from_ms, at_ms, last.detail))
        self.spans.append(Span(state, at_ms, None, detail))

    def end(self, at_ms: int) -> None:
        """Nothing holds from this moment on."""
        if self.spans and self.spans[-1].to_ms is None:
            last = self.spans.pop()
            if at_ms > last.from_ms:
                self.spans.append(Span(last.state, last.from_ms, at_ms, last.detail))
