"""Availability Zone rebalancing: one task at a time moves from the fullest zone to the emptiest, start first.

Only REPLICA services that are steady, whose first placement strategy is a spread over zones or that have none, with
maximumPercent above 100 and no constraint on the zone. Balanced means that no zone has two tasks more than another.
FARGATE and FARGATE_SPOT are balanced separately. Sources: ECS Developer Guide, service-rebalancing,
track-service-rebalancing; ecs-behaviour.md 5.10.

A maximumPercent above 100 that rounds down to the desired count (110 % of 4) leaves no room to start first either:
this simulation then moves nothing. AWS documents the limit of 100 % only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ecsim.decide.plan import Action, Rebalance, StartTasks, StopTask, Tell
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.percents import max_total
from ecsim.model.reason import because
from ecsim.model.service import RolloutState, Service
from ecsim.model.task import StopCode

ZONE = "attribute:ecs.availability-zone"
_ABOVE_PERCENT = 100

_NOT_BALANCED = "(service {name}) is not AZ balanced with {zones}. AZ Rebalancing in progress."
_BALANCED = "(service {name}) is AZ balanced with {zones}."
_STOPPED = "(service {name}) stopped AZ Rebalancing."
_STOPPED_REASON = "Availability-zone rebalancing initiated by (deployment {deployment})"
"""Sources of the four: ECS Developer Guide, track-service-rebalancing; ecs-behaviour.md 2.5, 5.9."""


def problem(
    *,
    scheduling_strategy: str,
    maximum_percent: int,
    strategies: Sequence[Mapping[str, Any]],
    constraints: Sequence[Mapping[str, Any]],
) -> str | None:
    """Why a service may not be rebalanced, or None; placement in the API's own form."""
    if scheduling_strategy != "REPLICA":
        return "the scheduling strategy is not REPLICA"
    if maximum_percent <= _ABOVE_PERCENT:
        return f"maximumPercent is not above {_ABOVE_PERCENT}"
    if strategies and (strategies[0].get("type"), strategies[0].get("field")) != ("spread", ZONE):
        return f"the first placement strategy is not a spread by {ZONE}"
    if any(ZONE in (each.get("expression") or "") for each in constraints):
        return f"there is a placement constraint on {ZONE}"
    return None


def counts(seen: Sequence[Seen], zones: Sequence[str], provider: str | None) -> Counter[str]:
    """The service's tasks in each zone, of one capacity provider; zones without a task count 0."""
    found: Counter[str] = Counter(dict.fromkeys(zones, 0))
    for s in seen:
        if s.task.capacity_provider_name == provider and s.condition is not Condition.STOPPING:
            found[s.task.availability_zone] += 1
    return found


def _words(zones: Mapping[str, int]) -> str:
    """The zones with their tasks, the fullest first, as the event lists them."""
    order = sorted(zones, key=lambda zone: (-zones[zone], zone))
    return ", ".join(f"{zones[zone]} tasks in {zone}" for zone in order)


def plan(
    service: Service,
    seen: Sequence[Seen],
    *,
    zones: Sequence[str],
    open_zones: Sequence[str],
    now_ms: int,
) -> list[Action]:
    """The next step of rebalancing; empty when there is nothing to do or it may not be done now.

    Args:
        service: with `rebalancing`, the zone that a task is moving to, while one is.
        seen: every task that is not STOPPED.
        zones: where its tasks may go: of its subnets, or of its container instances.
        open_zones: those with room for one more.
        now_ms: while launches are throttled, nothing is moved.
    """
    moving, primary = service.rebalancing, service.primary
    busy = primary.rollout_state is not RolloutState.COMPLETED or len(service.deployments) > 1
    throttled = now_ms < primary.next_launch_at_ms
    if busy or throttled or not _has_room(service) or any(s.is_leaving for s in seen):
        return _give_up(service) if moving is not None else []
    if moving is not None:
        return _go_on(service, seen, zones, open_zones)
    if not service.steady or not _is_quiet(service, seen):
        return []
    return _next(service, seen, zones, open_zones)


def _next(
    service: Service, seen: Sequence[Seen], zones: Sequence[str], open_zones: Sequence[str]
) -> list[Action]:
    """Begin to move a task, if some provider's tasks are not balanced and the emptiest zone has room."""
    for provider in dict.fromkeys(s.task.capacity_provider_name for s in seen):
        found = counts(seen, zones, provider)
        to = min(found, key=lambda zone: (found[zone], zone))
        if max(found.values()) - found[to] > 1 and to in open_zones:
            return _begin(service, found, to, provider)
    return []


def _has_room(service: Service) -> bool:
    """Whether there may be one task more than desired for a while."""
    ceiling = max_total(service.desired_count, service.deployment_configuration.maximum_percent)
    return ceiling > service.desired_count


def _is_quiet(service: Service, seen: Sequence[Seen]) -> bool:
    return len(seen) == service.desired_count and all(s.condition is Condition.HEALTHY for s in seen)


def _begin(service: Service, found: Mapping[str, int], to: str, provider: str | None) -> list[Action]:
    reason = because("rebalance.start", zone=to, tasks=found[to], fullest=max(found.values()))
    return [
        Tell(message=_NOT_BALANCED.format(name=service.name, zones=_words(found))),
        Rebalance(zone=to),
        StartTasks(
            deployment_id=service.primary.id,
            count=1,
            zone=to,
            provider=provider,
            rebalances=True,
            reason=reason,
        ),
    ]


def _go_on(
    service: Service, seen: Sequence[Seen], zones: Sequence[str], open_zones: Sequence[str]
) -> list[Action]:
    """A task was started in the emptiest zone: when it is healthy, one in the fullest zone goes."""
    alive = [s for s in seen if s.condition is not Condition.STOPPING]
    if len(alive) < service.desired_count or any(s.condition is Condition.UNHEALTHY for s in alive):
        return _give_up(service)
    if len(alive) > service.desired_count:
        return (
            _stop_one(service, alive, zones) if all(s.condition is Condition.HEALTHY for s in alive) else []
        )
    if len(seen) > len(alive):
        return []  # the one that goes is on its way out
    more = _next(service, alive, zones, open_zones)
    if more:
        return more[1:]
    every = Counter(s.task.availability_zone for s in alive)
    done = _BALANCED.format(name=service.name, zones=_words({**dict.fromkeys(zones, 0), **every}))
    return [Tell(message=done, once=False), Rebalance(zone=None)]


def _stop_one(service: Service, alive: Sequence[Seen], zones: Sequence[str]) -> list[Action]:
    to = service.rebalancing
    newest = next(s for s in reversed(alive) if s.task.availability_zone == to)
    provider = newest.task.capacity_provider_name
    found = counts(alive, zones, provider)
    may_go = [
        s for s in alive if s.task.capacity_provider_name == provider and s is not newest and not s.is_held
    ]
    if not may_go:
        return _give_up(service)
    pick = max(may_go, key=lambda s: found[s.task.availability_zone])
    zone = pick.task.availability_zone
    return [
        StopTask(
            task_arn=pick.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=_STOPPED_REASON.format(deployment=service.primary.id),
            reason=because("rebalance.stop", zone=zone, tasks=found[zone]),
            rebalances=True,
        )
    ]


def _give_up(service: Service) -> list[Action]:
    """A deployment, a lost task or protection ended it."""
    return [Tell(message=_STOPPED.format(name=service.name), once=False), Rebalance(zone=None)]
