"""Unhealthy tasks: start a replacement first where the ceiling allows it, stop first where it does not.

Source: ECS Developer Guide, deployment-type-ecs; ecs-behaviour.md 5.6.
"""

from __future__ import annotations

from ecsim.decide.plan import Action, StartTasks, StopTask
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.percents import max_total, min_healthy
from ecsim.model.reason import Reason, because
from ecsim.model.service import RolloutState, Service
from ecsim.model.task import StopCode


def replace_unhealthy(service: Service, seen: list[Seen]) -> list[Action]:
    """What to do about the primary deployment's unhealthy tasks now."""
    primary = service.primary
    sick = Condition.UNHEALTHY
    unhealthy = [s for s in seen if s.condition is sick and s.task.deployment_id == primary.id]
    if not unhealthy or primary.rollout_state is RolloutState.FAILED:
        return []
    if primary.rollout_state is RolloutState.IN_PROGRESS:
        # A rollout that is still on its way: its unhealthy tasks serve nobody, they go and are started afresh.
        reason = because("replace.stop_failed_start", deployment=primary.id)
        return [_stop(s, reason) for s in unhealthy]
    configuration, desired = service.deployment_configuration, service.desired_count
    ceiling, total = max_total(desired, configuration.maximum_percent), len(seen)
    healthy = sum(1 for s in seen if s.condition is Condition.HEALTHY)
    standing_in = sum(
        1
        for s in seen
        if s.task.deployment_id == primary.id
        and s.condition in (Condition.PENDING, Condition.STARTING, Condition.HEALTHY)
    )
    if healthy >= desired:
        reason = because("replace.stop_replaced", healthy=healthy, desired=desired)
        return [_stop(s, reason) for s in unhealthy]
    start = min(desired - standing_in, ceiling - total)
    if start > 0:
        reason = because("replace.start_first", unhealthy=len(unhealthy), total=total, max_total=ceiling)
        replacing = min(start, len(unhealthy))
        return [StartTasks(deployment_id=primary.id, count=start, reason=reason, replacing=replacing)]
    if standing_in >= desired:
        return []
    # No room: an unhealthy task is not counted as healthy, so stopping it does not touch the floor.
    floor = min_healthy(desired, configuration.minimum_healthy_percent)
    stopping = sum(1 for s in seen if s.condition is Condition.STOPPING)
    if stopping:
        return []
    reason = because("replace.stop_first", healthy=healthy, min_healthy=floor, total=total, max_total=ceiling)
    return [_stop(unhealthy[0], reason)]


def _stop(seen: Seen, reason: Reason) -> StopTask:
    group = seen.failed_in
    stopped_reason = (
        f"Task failed ELB health checks in (target-group {group})"
        if group is not None
        else "Task failed container health checks"
    )
    return StopTask(
        task_arn=seen.task.arn,
        stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
        stopped_reason=stopped_reason,
        reason=reason,
        failed_health=True,
    )
