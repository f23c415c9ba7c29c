"""What the journal tells about a service over time: rollouts, healthy targets, running tasks, customers' requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ecsim.clock.journal import Entry
from ecslab.lab.evidence import Evidence

SERVER_ERROR = 500
RUNNING, STOPPED = "RUNNING", "STOPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """One deployment of a service.

    Attributes:
        task_definition: `family:revision`.
        start_ms: when it began.
        end_ms: when it was COMPLETED or FAILED, or None while it is IN_PROGRESS.
        state: COMPLETED, FAILED or IN_PROGRESS.
        returned: whether it is an earlier deployment that became primary again by a rollback.
    """

    id: str
    task_definition: str
    start_ms: int
    end_ms: int | None
    state: str
    returned: bool


def rollouts(evidence: Evidence, service: str) -> list[Rollout]:
    """The deployments of a service (`cluster/service`), in order; a rollback's return counts as one of its own."""
    found: list[Rollout] = []
    at: dict[str, int] = {}
    ever: set[str] = set()
    for entry in evidence.entries("deployment.state", service=service):
        name, state, status = entry.subject, str(entry.fields["rollout_state"]), str(entry.fields["status"])
        if status == "PRIMARY" and name not in at and state == "IN_PROGRESS":
            at[name] = len(found)
            found.append(
                Rollout(
                    id=name,
                    task_definition=str(entry.fields["task_definition"]),
                    start_ms=entry.at_ms,
                    end_ms=None,
                    state=state,
                    returned=name in ever,
                )
            )
            ever.add(name)
        elif name in at and state in ("COMPLETED", "FAILED"):
            began = found[at[name]]
            found[at.pop(name)] = Rollout(
                id=name,
                task_definition=began.task_definition,
                start_ms=began.start_ms,
                end_ms=entry.at_ms,
                state=state,
                returned=began.returned,
            )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A count that held from one moment to another."""

    count: int
    start_ms: int
    end_ms: int


def healthy_targets(evidence: Evidence, group: str, start_ms: int, end_ms: int) -> list[Level]:
    """How many targets of a group were healthy, moment by moment, in a span of time."""
    changes = (
        (entry, entry.subject, entry.fields["state"] == "healthy")
        for entry in evidence.journal
        if entry.kind == "target.state" and entry.subject.startswith(f"{group}/")
    )
    return list(_levels(changes, start_ms, end_ms))


def tasks_not_stopped(evidence: Evidence, service: str | None, start_ms: int, end_ms: int) -> list[Level]:
    """How many tasks were not yet STOPPED, moment by moment, in a span of time: of a service (its name), or of all."""
    changes = (
        (entry, entry.subject, entry.fields["status"] != STOPPED)
        for entry in evidence.journal
        if entry.kind == "task.status" and service in (None, entry.fields.get("service"))
    )
    return list(_levels(changes, start_ms, end_ms))


def _levels(changes: Iterable[tuple[Entry, str, bool]], start_ms: int, end_ms: int) -> Iterator[Level]:
    """Turn things that begin and end to count into levels; what happens in one moment counts at its end."""
    counted: dict[str, None] = {}
    since, level = start_ms, 0
    moment: int | None = None

    def now(at_ms: int) -> Iterator[Level]:
        nonlocal since, level
        at_ms = max(at_ms, start_ms)
        if len(counted) != level:
            if at_ms > since:
                yield Level(count=level, start_ms=since, end_ms=at_ms)
            since, level = at_ms, len(counted)

    for entry, name, counts in changes:
        if entry.at_ms > end_ms:
            break
        if moment is not None and entry.at_ms > moment:
            yield from now(moment)
        moment = entry.at_ms
        if counts:
            counted[name] = None
        else:
            counted.pop(name, None)
    if moment is not None:
        yield from now(moment)
    if end_ms >= since:
        yield Level(count=level, start_ms=since, end_ms=end_ms)


def lowest(levels: list[Level]) -> Level:
    """The lowest level, the first of them."""
    return min(levels, key=lambda level: level.count)


def highest(levels: list[Level]) -> Level:
    """The highest level, the first of them."""
    return max(levels, key=lambda level: level.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Customers' requests in a span of time.

    Attributes:
        failed: those without an answer, or with a status of 500 or more.
        slowest_ms: the longest wait for an answer.
    """

    sent: int
    failed: tuple[Entry, ...]
    slowest_ms: int


def requests(evidence: Evidence, start_ms: int, end_ms: int | None = None) -> Requests:
    """The requests whose answers came in a span of time."""
    entries = evidence.entries("http", start_ms=start_ms, end_ms=end_ms)
    failed = tuple(
        entry for entry in entries if status_of(entry) is None or (status_of(entry) or 0) >= SERVER_ERROR
    )
    slowest = max((int(str(entry.fields.get("ms") or 0)) for entry in entries), default=0)
    return Requests(sent=len(entries), failed=failed, slowest_ms=slowest)


def status_of(entry: Entry) -> int | None:
    """The status of a request, None when there was no answer."""
    status = entry.fields.get("status")
    return status if isinstance(status, int) else None


def entered(evidence: Evidence, task: str, status: str) -> int | None:
    """When a task first had a status, or None."""
    return next(
        (
            e.at_ms
            for e in evidence.journal
            if e.kind == "task.status" and e.subject == task and e.fields["status"] == status
        ),
        None,
    )
