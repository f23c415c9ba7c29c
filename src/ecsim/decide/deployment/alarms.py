"""Deployment alarms: an alarm that goes into ALARM while a deployment is under way makes it fail.

One that is in ALARM when the deployment begins switches all of them off for this deployment. A rolling deployment with
alarms is COMPLETED only after a bake time.

Source: ECS Developer Guide, deployment-alarm-failure; ecs-behaviour.md 5.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecsim.decide.plan import Action, FailDeployment, Plan, SetAlarms, Tell, Wait
from ecsim.model.reason import because
from ecsim.model.replacing import replace
from ecsim.model.service import AlarmWatch, RolloutState, Service

POLL_MS = 30_000
"""How often alarms are looked at. AWS polls DescribeAlarms; how often is not documented."""

BAKE_MAX_MS = 5 * 60_000
"""The computed bake time is less than 5 minutes. Source: ECS Developer Guide, deployment-alarm-failure.

How it is computed "from the alarm configuration" is not documented: here it is the longest span over which one of the
alarms is evaluated, within this limit.
"""

DETECTED = "alarm detected"
"""How the service event says it: `deployment failed: alarm detected.` (observed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """An alarm as CloudWatch has it.

    Attributes:
        is_on: whether its state is ALARM.
        window_ms: its period times its evaluation periods.
    """

    is_on: bool
    window_ms: int


def watched(service: Service) -> AlarmWatch | None:
    """The alarms of the PRIMARY deployment while they are watched: not on the way back, not when they are ignored."""
    if not service.deployments:
        return None
    primary = service.primary
    watch = primary.alarms
    if watch is None or watch.is_ignored or primary.rollout_state is not RolloutState.IN_PROGRESS:
        return None
    return watch if primary.rolled_back_from is None else None


def verdict(service: Service, known: Mapping[str, Alarm]) -> Action | None:
    """What the alarms of the PRIMARY deployment make of it now."""
    watch = watched(service)
    if watch is None:
        return None
    on = tuple(name for name in watch.names if name in known and known[name].is_on)
    if not watch.is_begun:
        reason = because("alarms.ignored", alarms=", ".join(on)) if on else None
        return SetAlarms(watch=replace(watch, is_begun=True, is_ignored=bool(on)), reason=reason)
    return _failed(service, watch, on) if on else None


def _failed(service: Service, watch: AlarmWatch, on: tuple[str, ...]) -> FailDeployment:
    last, primary = service.last_completed, service.primary
    back_to = last.id if last is not None and last.id != primary.id and watch.rollback else None
    code = "alarms.trip_and_roll_back" if back_to else "alarms.stalled" if watch.rollback else "alarms.trip"
    fields = {"to": back_to} if back_to else {}
    return FailDeployment(
        deployment_id=primary.id,
        roll_back_to=back_to,
        reason=because(code, alarms=", ".join(on), **fields),
        problem=f"CloudWatch alarm(s) {', '.join(on)} went into ALARM.",  # AWS's words are not documented
        told=DETECTED,
    )


def bake(service: Service, known: Mapping[str, Alarm], now_ms: int) -> list[Action]:
    """What a rolling deployment that has arrived still has to wait for; nothing when it may complete."""
    watch = watched(service)
    if watch is None:
        return []
    given = service.deployment_configuration.shifting.bake_ms
    windows = [known[name].window_ms for name in watch.names if name in known]
    length = given or min(BAKE_MAX_MS, max(windows, default=0))
    if watch.baking_since_ms is None:
        return [SetAlarms(watch=replace(watch, baking_since_ms=now_ms))]
    until = watch.baking_since_ms + length
    if now_ms >= until:
        return []
    return [Wait(reason=because("alarms.bake", seconds=length // 1_000), until_ms=until)]


def polled(service: Service, plan: Plan, now_ms: int) -> Plan:
    """The plan with a look at the alarms in it: those of the deployment under way are polled."""
    watch = watched(service)
    if watch is None or any(not isinstance(action, Wait | Tell) for action in plan):
        return plan  # what moves is looked at again at once
    at = now_ms + POLL_MS
    waits = [action for action in plan if isinstance(action, Wait)]
    if not waits:
        return (*plan, Wait(reason=because("alarms.watch", alarms=len(watch.names)), until_ms=at))
    first = waits[0]
    sooner = replace(first, until_ms=at if first.until_ms is None else min(at, first.until_ms))
    return tuple(sooner if action is first else action for action in plan)
