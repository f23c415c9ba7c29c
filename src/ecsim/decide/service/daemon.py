"""DAEMON services: exactly one task on each ACTIVE container instance that meets the constraints.

A new instance gets its task at once. Tasks on instances that have ceased to fit are stopped; those on DRAINING
instances last, when no other task is left there. A deployment replaces them in place: an old task must be STOPPED
before the new one starts on its instance, and never fewer are healthy than minimumHealthyPercent of the instances
(rounded up) allows. Sources: botocore ecs CreateServiceRequest.schedulingStrategy,
DeploymentConfiguration.minimumHealthyPercent; ECS Developer Guide, ecs_service-options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecsim.decide.plan import Action, SetDaemonCount, SetDesired, StartTasks, StopTask, Wait
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.percents import min_healthy
from ecsim.decide.service.scale import scaling_stopped_reason
from ecsim.model.reason import Reason, because
from ecsim.model.service import Deployment, RolloutState, Service
from ecsim.model.task import StopCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The container instances, as a DAEMON service sees them.

    Attributes:
        eligible: ARNs of those that are to have a task, in order of registration.
        busy: ARNs of those with tasks of others.
    """

    eligible: tuple[str, ...] = ()
    busy: tuple[str, ...] = ()


def plan(service: Service, seen: Sequence[Seen], ground: Ground, now_ms: int) -> list[Action]:
    """What to do about a DAEMON service now; whether it has arrived is told elsewhere."""
    actions = _show(service, seen, ground)
    leaving = [s for s in seen if _leaves(s, ground)]
    stops = _leave(service, leaving) + _replace(service, [s for s in seen if s not in leaving])
    if stops:
        return [*actions, *stops]
    primary = service.primary
    if primary.rollout_state is RolloutState.FAILED:
        return actions
    starts = _start(service, seen, ground)
    if starts is not None and now_ms >= primary.next_launch_at_ms:
        return [*actions, starts]
    rolled = _roll(service, seen, ground)
    if rolled:
        return [*actions, *rolled]
    if starts is not None:
        delay_s = -(-(primary.next_launch_at_ms - now_ms) // 1_000)
        reason = because("throttle.wait", failed_launches=primary.failed_launches, delay_s=delay_s)
        actions.append(Wait(reason=reason, until_ms=primary.next_launch_at_ms))
    return actions


def _show(service: Service, seen: Sequence[Seen], ground: Ground) -> list[Action]:
    """The desired count of a DAEMON service is the number of matching instances."""
    count = len(ground.eligible)
    actions: list[Action] = []
    if service.desired_count != count:
        actions.append(SetDaemonCount(count=count))
    for deployment in service.deployments:
        failed = deployment.rollout_state is RolloutState.FAILED
        wanted = count if deployment is service.primary and not failed else _active(seen, deployment)
        if deployment.desired_count != wanted:
            actions.append(SetDesired(deployment_id=deployment.id, count=wanted))
    return actions


def _active(seen: Sequence[Seen], deployment: Deployment) -> int:
    mine = (s for s in seen if s.task.deployment_id == deployment.id)
    return sum(1 for s in mine if s.condition is not Condition.STOPPING)


def _leaves(seen: Seen, ground: Ground) -> bool:
    """Whether a task is on an instance that is to have none: it goes at once, on a DRAINING one when it is the last."""
    return (
        seen.condition is not Condition.STOPPING
        and seen.task.container_instance_arn not in ground.eligible
        and not (seen.is_leaving and seen.task.container_instance_arn in ground.busy)
    )


def _leave(service: Service, leaving: Sequence[Seen]) -> list[Action]:
    """Stop the tasks on instances that are to have none."""
    reason = because("daemon.leave")
    return [_stop(service, s, reason) for s in leaving]


def _replace(service: Service, seen: Sequence[Seen]) -> list[Action]:
    """Unhealthy tasks of the primary deployment: there is no room beside them, so they go first."""
    reason = because("replace.stop_failed_start", deployment=service.primary.id)
    return [
        _stop(service, s, reason, failed_health=True)
        for s in seen
        if s.condition is Condition.UNHEALTHY and s.task.deployment_id == service.primary.id
    ]


def _start(service: Service, seen: Sequence[Seen], ground: Ground) -> StartTasks | None:
    """One task on each instance that has none, not even one that is still stopping."""
    there = {s.task.container_instance_arn: None for s in seen}
    missing = tuple(arn for arn in ground.eligible if arn not in there)
    if not missing:
        return None
    return StartTasks(
        deployment_id=service.primary.id,
        count=len(missing),
        instances=missing,
        reason=because("daemon.start", start=len(missing), instances=len(ground.eligible)),
    )


def _roll(service: Service, seen: Sequence[Seen], ground: Ground) -> list[Action]:
    """Stop old tasks as far as enough stay healthy; pending and unhealthy ones always."""
    old = [
        s
        for s in seen
        if s.task.deployment_id != service.primary.id
        and s.condition is not Condition.STOPPING
        and s.task.container_instance_arn in ground.eligible
    ]
    if not old:
        return []
    floor = min_healthy(len(ground.eligible), service.deployment_configuration.minimum_healthy_percent)
    healthy = sum(1 for s in seen if s.condition is Condition.HEALTHY)
    spare = max(0, healthy - floor)
    useless = [s for s in old if s.condition is not Condition.HEALTHY]
    well = [s for s in old if s.condition is Condition.HEALTHY and not s.is_held]
    reason = because("daemon.roll", old=len(old), healthy=healthy, floor=floor)
    stops: list[Action] = [_stop(service, s, reason) for s in [*useless, *well[:spare]]]
    return stops or [Wait(reason=reason)]


def _stop(service: Service, seen: Seen, reason: Reason, *, failed_health: bool = False) -> StopTask:
    text = scaling_stopped_reason(service.primary.id)
    if failed_health:
        group = seen.failed_in
        text = (
            f"Task failed ELB health checks in (target-group {group})"
            if group is not None
            else "Task failed container health checks"
        )
    return StopTask(
        task_arn=seen.task.arn,
        stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
        stopped_reason=text,
        reason=reason,
        failed_health=failed_health,
    )
