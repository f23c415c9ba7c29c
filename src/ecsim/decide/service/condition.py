"""In what condition is a service's task? The scheduler counts by this and by nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from ecsim.model.network import Target, TargetState
from ecsim.model.task import DesiredStatus, HealthStatus, TargetKey, Task, TaskStatus

SETTLE_MS = 40_000
"""A task without load balancer and health check counts as healthy this long after RUNNING.

Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent.
"""


class Condition(StrEnum):
    """What the scheduler sees in a task."""

    PENDING = "pending"
    """On its way to RUNNING."""
    STARTING = "starting"
    """RUNNING, not yet known to be healthy."""
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    """It failed the load balancer's or its containers' health checks, past the grace period."""
    STOPPING = "stopping"
    """ECS wants it STOPPED, and it is on its way there."""


_PENDING, _STARTING, _HEALTHY, _STOPPING = (
    Condition.PENDING,
    Condition.STARTING,
    Condition.HEALTHY,
    Condition.STOPPING,
)
_RUNNING, _TO_STOP = TaskStatus.RUNNING, DesiredStatus.STOPPED
"""Python 3.11 looks a member of an enumeration up slowly, and these are asked for at each task at each look."""


class Seen(NamedTuple):
    """A task with its condition; a tuple, because every look makes one for each task.

    Attributes:
        until_ms: when the condition may change by the passing of time alone, or None.
        failed_in: the target group whose checks it failed, None when a container's own checks failed.
        is_leaving: whether it is on a container instance that is DRAINING.
        is_lost: whether somebody deregistered its target in that group, so that nobody checks it any more.
        protected_until_ms: while scale-in protection holds, its end; neither a deployment nor scaling in stops it.
    """

    task: Task
    condition: Condition
    until_ms: int | None = None
    failed_in: str | None = None
    is_lost: bool = False
    protected_until_ms: int | None = None
    is_leaving: bool = False

    @property
    def is_held(self) -> bool:
        """Whether protection keeps the scheduler from stopping it. An unhealthy task is replaced all the same."""
        return self.protected_until_ms is not None and self.condition not in (
            Condition.UNHEALTHY,
            Condition.STOPPING,
        )


def look(task: Task, targets: Mapping[TargetKey, Target], *, grace_s: int, now_ms: int) -> Seen:
    """The condition of a task that is not STOPPED, and whether it is protected from scaling in."""
    seen = _condition(task, targets, grace_s=grace_s, now_ms=now_ms)
    if task.protected_until_ms is None or not task.is_protected(now_ms):
        return seen
    return seen._replace(protected_until_ms=task.protected_until_ms)


def _condition(task: Task, targets: Mapping[TargetKey, Target], *, grace_s: int, now_ms: int) -> Seen:
    """What the task's states say.

    Source for what counts as healthy: botocore ecs DeploymentConfiguration.minimumHealthyPercent; for the grace
    period: botocore ecs CreateServiceRequest.healthCheckGracePeriodSeconds.
    """
    if task.desired_status is _TO_STOP:
        return Seen(task, _STOPPING)
    if task.last_status is not _RUNNING or task.started_at_ms is None:
        return Seen(task, _PENDING)
    checked = _is_checked(task)
    if not checked and not task.targets:
        settled_at = task.started_at_ms + SETTLE_MS
        if now_ms >= settled_at:
            return Seen(task, _HEALTHY)
        return Seen(task, _STARTING, until_ms=settled_at)
    return _as_checked(
        task, targets, checked=checked, grace_ends=task.started_at_ms + grace_s * 1_000, now_ms=now_ms
    )


def is_same_to_scheduler(before: Task, task: Task) -> bool:
    """Whether a task on Fargate that has moved on is for certain in the condition in which it was.

    On container instances there is more to see than the condition: whether the instance is DRAINING.
    """
    if task.container_instance_arn is not None or before.desired_status is not task.desired_status:
        return False
    if task.desired_status is DesiredStatus.STOPPED:
        return not task.is_stopped
    return before.is_pending and task.is_pending


def _is_checked(task: Task) -> bool:
    """Whether an essential container has a health check."""
    for container in task.containers:  # noqa: SIM110 - a third of the cost, for each task at each look
        if container.has_health_check and container.essential:
            return True
    return False


def _as_checked(
    task: Task, targets: Mapping[TargetKey, Target], *, checked: bool, grace_ends: int, now_ms: int
) -> Seen:
    """What the health checks of load balancers and containers say of a RUNNING task."""
    mine = [targets[key] for key in task.targets if key in targets]
    failed_in = next((t.key.target_group_arn for t in mine if t.state is TargetState.UNHEALTHY), None)
    lost_in = next((key.target_group_arn for key in task.targets if _is_lost(targets.get(key))), None)
    if failed_in is None and lost_in is not None and now_ms >= grace_ends:
        return Seen(task=task, condition=Condition.UNHEALTHY, failed_in=lost_in, is_lost=True)
    if failed_in is not None or (checked and task.health_status is HealthStatus.UNHEALTHY):
        if now_ms >= grace_ends:
            return Seen(task=task, condition=Condition.UNHEALTHY, failed_in=failed_in)
        return Seen(task=task, condition=Condition.STARTING, until_ms=grace_ends)
    if checked and task.health_status is not HealthStatus.HEALTHY:
        return Seen(task=task, condition=Condition.STARTING)
    if task.targets:
        healthy = len(mine) == len(task.targets) and all(t.state is TargetState.HEALTHY for t in mine)
        return Seen(task=task, condition=Condition.HEALTHY if healthy else Condition.STARTING)
    return Seen(task=task, condition=Condition.HEALTHY)


def _is_lost(target: Target | None) -> bool:
    """Whether a target that ECS registered and still wants is gone, or on its way out.

    That ECS replaces such a task is approximate: AWS documents the event (TARGET IS NOT FOUND), not what follows.
    """
    return target is None or target.state is TargetState.DRAINING
