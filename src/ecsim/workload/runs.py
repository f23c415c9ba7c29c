"""What the runtime remembers: one record a task, one run a container. Small, because there are many."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ecsim.workload.images import Runnable
from ecsim.workload.messages import Answer
from ecsim.workload.stock import Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A request that a program has been given.

    Attributes:
        id: its number, for `finish`; 0 when the program never saw it.
        duration_ms: how long the answer takes; None when it never comes.
        answer: what the program will answer.
        problem: None, "refused" (nobody listens on the port) or "unreachable" (no task is there).
        container: who answers.
    """

    id: int = 0
    duration_ms: int | None = None
    answer: Answer | None = None
    problem: str | None = None
    container: str | None = None


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of one container.

    Attributes:
        serial: tells this run from an earlier one of the same name.
        listening: port to the moment from which it is open.
        finishing: the exit code with which it ends as soon as no request is in flight, or None.
        every_ms: the interval of its ticks, with `beat` to tell the present interval from an earlier one.
        in_flight: ids of the requests that it has not answered yet.
    """

    serial: int
    started_at_ms: int
    name: str
    image: str
    program: Runnable
    essential: bool
    environment: Mapping[str, str]
    ports: tuple[int, ...]
    listening: dict[int, int]
    finishing: int | None = None
    every_ms: int | None = None
    beat: int = 0
    in_flight: dict[int, None] = field(default_factory=dict)

    @property
    def stock(self) -> Stock | None:
        """Its program, when it is a stock one."""
        return self.program if isinstance(self.program, Stock) else None

    def settles_at_ms(self) -> float:
        """From when its answers stay the same by themselves: never, for a program that somebody wrote."""
        if not isinstance(self.program, Stock):
            return math.inf
        ready_at_ms = self.started_at_ms + self.program.ready_after_ms
        return max(ready_at_ms, *self.listening.values()) if self.listening else ready_at_ms

    def is_open(self, port: int, now_ms: int) -> bool:
        """Whether it listens on the port by now."""
        since = self.listening.get(port)
        return since is not None and since <= now_ms


@dataclass(slots=True, kw_only=True)
class Hosted:
    """A task whose containers run here."""

    arn: str
    task_id: str
    group: str
    availability_zone: str
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def service(self) -> str | None:
        """The service's name, or None."""
        return self.group.removeprefix("service:") if self.group.startswith("service:") else None

    def listener(self, port: int, now_ms: int) -> Run | None:
        """The container that listens on a port: containers of a task share its network interface."""
        for run in self.runs.values():
            if run.is_open(port, now_ms):
                return run
        return None
