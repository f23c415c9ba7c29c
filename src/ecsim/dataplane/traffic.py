"""Streams of requests: customers in numbers.

Open-loop streams (constant, ramp, burst) send whether or not anybody answers; in a closed loop every customer waits
for the answer, thinks, and asks again. Customers of a closed loop keep cookies; others were never there before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsim.clock.engine import Engine, Wake
from ecsim.dataplane.exchange import Result
from ecsim.dataplane.tally import Tally
from ecsim.decide.load_balancing.stickiness import set_cookies

RATE_MAX = 1_000
"""Requests a second that one stream may send."""
REQUESTS_MAX = 10_000
"""Requests of one burst."""
CLIENTS_MAX = 1_000
DURATION_MAX_MS = 7 * 24 * 3_600_000
PAUSE_AFTER_FAILURE_MS = 100
"""A customer who got nothing at once tries again after this, however short the thinking time."""

Send = Callable[[int, int, str, str, Mapping[str, str]], None]
"""(generator, customer, method, url, headers): send a request at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """So many requests a second, evenly; until stopped, or for a duration."""

    per_second: float
    duration_ms: int | None = None

    def offset_ms(self, nth: int) -> int | None:
        """When the nth request (from 0) is sent, after the start; None when there is no such request."""
        offset = int(nth * 1_000 / self.per_second)
        return offset if self.duration_ms is None or offset < self.duration_ms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """From `start` to `end` requests a second, evenly over the duration."""

    start: float
    end: float
    duration_ms: int

    def offset_ms(self, nth: int) -> int | None:
        """When the nth request is sent: t with start * t + (end - start) * t^2 / 2d = nth."""
        if nth == 0:
            return 0
        seconds = self.duration_ms / 1_000
        under = self.start * self.start + 2 * (self.end - self.start) / seconds * nth
        if under < 0:
            return None
        offset = int(2 * nth / (self.start + math.sqrt(under)) * 1_000)
        return offset if offset < self.duration_ms else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """So many requests at once."""

    requests: int

    def offset_ms(self, nth: int) -> int | None:
        """All of them at the start."""
        return 0 if nth < self.requests else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """So many customers, each of whom waits for an answer, thinks, and asks again."""

    clients: int
    think_ms: int = 0
    duration_ms: int | None = None


Pattern = Constant | Ramp | Burst | Closed


def read_pattern(given: Mapping[str, Any]) -> Pattern:
    """Read a pattern.

    Args:
        given: one of `{"kind": "constant", "per_second", "duration_ms"?}`,
            `{"kind": "ramp", "start", "end", "duration_ms"}`, `{"kind": "burst", "requests"}`,
            `{"kind": "closed", "clients", "think_ms"?, "duration_ms"?}`.

    Raises:
        ValueError: it cannot be read, or is beyond what one stream may do; the message says what is wrong.
    """
    kind = given.get("kind")
    duration = given.get("duration_ms")
    if duration is not None:
        duration = int(_within(given, "duration_ms", 1, DURATION_MAX_MS))
    match kind:
        case "constant":
            return Constant(per_second=_within(given, "per_second", 0.001, RATE_MAX), duration_ms=duration)
        case "ramp":
            start, end = _within(given, "start", 0, RATE_MAX), _within(given, "end", 0, RATE_MAX)
            if duration is None or start == end == 0:
                raise ValueError("a ramp needs a duration_ms, and a start or an end above 0")
            return Ramp(start=start, end=end, duration_ms=duration)
        case "burst":
            return Burst(requests=int(_within(given, "requests", 1, REQUESTS_MAX)))
        case "closed":
            clients = int(_within(given, "clients", 1, CLIENTS_MAX))
            think_ms = int(_within({"think_ms": 0, **given}, "think_ms", 0, DURATION_MAX_MS))
            return Closed(clients=clients, think_ms=think_ms, duration_ms=duration)
    raise ValueError(f"traffic is constant, ramp, burst or closed, not {kind!r}")


def _within(given: Mapping[str, Any], name: str, low: float, high: float) -> float:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ValueError(f"{name} is a number from {low} to {high}, not {value!r}")
    return value


@dataclass(slots=True, kw_only=True)
class Stream:
    """One stream under way.

    Attributes:
        cookies: what the browsers of a closed loop's customers keep, by customer.
    """

    id: int
    pattern: Pattern
    method: str
    url: str
    headers: Mapping[str, str]
    started_at_ms: int
    stopped: bool = False
    tally: Tally
    cookies: dict[int, dict[str, str]] = field(default_factory=dict)

    def is_over(self, now_ms: int) -> bool:
        """Whether it sends no more."""
        if self.stopped or isinstance(self.pattern, Burst):
            return True
        duration_ms = self.pattern.duration_ms
        return duration_ms is not None and now_ms >= self.started_at_ms + duration_ms


class Traffic:
    """All streams of a cloud.

    Args:
        engine: the clock; wakes of the kind "traffic" belong to `handle`.
        send: sends one request at this moment; its end is told to `answered`.
    """

    def __init__(self, engine: Engine, send: Send) -> None:
        self._engine = engine
        self._send = send
        self._streams: dict[int, Stream] = {}

    def start(self, pattern: Mapping[str, Any], method: str, url: str, headers: Mapping[str, str]) -> int:
        """Start a stream; ValueError as `read_pattern`."""
        number = len(self._streams) + 1
        stream = Stream(
            id=number,
            pattern=read_pattern(pattern),
            method=method.upper(),
            url=url,
            headers=headers,
            started_at_ms=self._engine.now_ms,
            tally=Tally(),
        )
        self._streams[number] = stream
        customers = stream.pattern.clients if isinstance(stream.pattern, Closed) else 1
        for customer in range(customers):
            self._wake(stream, self._engine.now_ms, nth=0, customer=customer)
        return number

    def stop(self, traffic_id: int) -> None:
        """Send no more; ValueError: there is no such stream."""
        self._stream(traffic_id).stopped = True

    def report(self, traffic_id: int) -> dict[str, Any]:
        """What became of the requests so far; ValueError: there is no such stream."""
        stream = self._stream(traffic_id)
        over = stream.is_over(self._engine.now_ms)
        return {"id": traffic_id, "running": not over, **stream.tally.report()}

    def handle(self, wake: Wake) -> None:
        """Send what is due."""
        stream = self._streams[int(wake.key)]
        nth, customer = int(str(wake.detail["nth"])), int(str(wake.detail["customer"]))
        pattern = stream.pattern
        if isinstance(pattern, Closed):
            if not stream.is_over(self._engine.now_ms):
                self._send_one(stream, customer)
            return
        while not stream.stopped:
            offset = pattern.offset_ms(nth)
            if offset is None:
                return
            if stream.started_at_ms + offset > self._engine.now_ms:
                self._wake(stream, stream.started_at_ms + offset, nth=nth, customer=0)
                return
            self._send_one(stream, 0)
            nth += 1

    def answered(
        self, traffic_id: int, customer: int, result: Result, *, healthy: int | None, revision: str | None
    ) -> None:
        """A request of a stream has come to its end."""
        stream = self._streams[traffic_id]
        now_ms = self._engine.now_ms
        stream.tally.count(result, at_ms=now_ms, healthy=healthy, revision=revision)
        pattern = stream.pattern
        if isinstance(pattern, Closed):
            for line in set_cookies(result.headers):
                name, _, value = line.partition(";")[0].partition("=")
                stream.cookies.setdefault(customer, {})[name] = value
        if isinstance(pattern, Closed) and not stream.is_over(now_ms):
            pause_ms = max(pattern.think_ms, PAUSE_AFTER_FAILURE_MS if result.ms == 0 else 0)
            self._wake(stream, now_ms + pause_ms, nth=0, customer=customer)

    def _stream(self, traffic_id: int) -> Stream:
        stream = self._streams.get(traffic_id)
        if stream is None:
            known = ", ".join(map(str, self._streams)) or "none"
            raise ValueError(f"there is no traffic {traffic_id!r}; there is: {known}")
        return stream

    def _send_one(self, stream: Stream, customer: int) -> None:
        stream.tally.sent += 1
        headers, kept = stream.headers, stream.cookies.get(customer)
        if kept:
            headers = {**headers, "cookie": "; ".join(f"{name}={value}" for name, value in kept.items())}
        self._send(stream.id, customer, stream.method, stream.url, headers)

    def _wake(self, stream: Stream, at_ms: int, *, nth: int, customer: int) -> None:
        self._engine.call_at(at_ms, "traffic", str(stream.id), nth=nth, customer=customer)
