"""One look at a service whose deployments an external controller makes: each task set keeps its share of the tasks.

Nothing is rolled and nothing rolled back: that is the external controller's work. Source: botocore ecs TaskSet (the
computed desired count is always rounded up; when a task set is steady); ecs-behaviour.md 5.16.
"""

from __future__ import annotations

import math

from ecsim.decide.plan import (
    Action,
    DropDeployment,
    ReachSteadyState,
    SetDesired,
    SetStability,
    StartTasks,
    StopTask,
    Wait,
)
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.replacement import replace_unhealthy
from ecsim.decide.service.scale import stop_surplus
from ecsim.model.reason import because
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus, RolloutState, Service
from ecsim.model.task import StopCode

_PERCENT = 100


def computed_desired_count(desired: int, scale_percent: float) -> int:
    """How many tasks a task set is to have: its share, rounded up. Source: botocore TaskSet.computedDesiredCount."""
    return math.ceil(round(desired * scale_percent / _PERCENT, 6))


def keep_task_sets(service: Service, seen: list[Seen], now_ms: int) -> list[Action]:
    """What to do about the task sets of a service now."""
    actions: list[Action] = []
    steady = True
    for deployment in service.deployments:
        mine = [s for s in seen if s.task.deployment_id == deployment.id]
        done = _keep(service, deployment, mine, now_ms)
        actions += done
        steady = steady and not done and deployment.rollout_state is RolloutState.COMPLETED
    if steady and service.deployments:
        actions.append(ReachSteadyState())
    return actions


def _keep(service: Service, deployment: Deployment, mine: list[Seen], now_ms: int) -> list[Action]:
    """One task set: its count, its tasks, and whether it is steady."""
    assert deployment.task_set is not None, deployment.id
    if deployment.task_set.is_draining:
        return _drain(deployment, mine)
    wanted = computed_desired_count(service.desired_count, deployment.task_set.scale_percent)
    actions: list[Action] = []
    if deployment.desired_count != wanted:
        actions.append(SetDesired(deployment_id=deployment.id, count=wanted))
    # The rules of replacing and scaling in are those of a service that has this task set only.
    alone = replace(
        service,
        desired_count=wanted,
        deployments=(replace(deployment, rollout_state=RolloutState.COMPLETED),),
    )
    moves = replace_unhealthy(alone, mine) or stop_surplus(alone, mine)
    moves = moves or _start(deployment, mine, wanted, now_ms)
    steady = not moves and len(mine) == wanted and all(s.condition is Condition.HEALTHY for s in mine)
    if steady is not (deployment.rollout_state is RolloutState.COMPLETED):
        actions.append(SetStability(deployment_id=deployment.id, steady=steady))
    return [*actions, *moves]


def _start(deployment: Deployment, mine: list[Seen], wanted: int, now_ms: int) -> list[Action]:
    active = sum(1 for s in mine if s.condition not in (Condition.STOPPING, Condition.UNHEALTHY))
    missing = wanted - active
    if missing <= 0:
        return []
    if now_ms < deployment.next_launch_at_ms:
        delay_s = -(-(deployment.next_launch_at_ms - now_ms) // 1_000)
        reason = because("throttle.wait", failed_launches=deployment.failed_launches, delay_s=delay_s)
        return [Wait(reason=reason, until_ms=deployment.next_launch_at_ms)]
    reason = because("task_set.start", start=missing, active=active, wanted=wanted)
    return [StartTasks(deployment_id=deployment.id, count=missing, reason=reason)]


def _drain(deployment: Deployment, mine: list[Seen]) -> list[Action]:
    """A deleted task set: its tasks go, and it goes with the last one. Source: botocore DeleteTaskSet."""
    if not mine:
        return [DropDeployment(deployment_id=deployment.id)]
    return [
        StopTask(
            task_arn=s.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=f"Scaling activity initiated by (deployment {deployment.id})",
            reason=because("task_set.draining", task_set=deployment.id),
        )
        for s in mine
        if s.condition is not Condition.STOPPING
    ]


def promoted(service: Service, task_set: str, now_ms: int) -> Service:
    """The service with another PRIMARY task set; the one before is ACTIVE.

    Source: botocore UpdateServicePrimaryTaskSet.
    """

    def moved(deployment: Deployment) -> Deployment:
        status = deployment.status
        if deployment.id == task_set:
            status = DeploymentStatus.PRIMARY
        elif status is DeploymentStatus.PRIMARY:
            status = DeploymentStatus.ACTIVE
        changed = status is not deployment.status
        return replace(deployment, status=status, updated_at_ms=now_ms) if changed else deployment

    return replace(service, deployments=tuple(moved(deployment) for deployment in service.deployments))


def deleted(deployment: Deployment, now_ms: int) -> Deployment:
    """A task set on its way out. Source: botocore DeleteTaskSet."""
    assert deployment.task_set is not None, deployment.id
    return replace(
        deployment,
        status=DeploymentStatus.DRAINING,
        desired_count=0,
        updated_at_ms=now_ms,
        rollout_state=RolloutState.IN_PROGRESS,
        task_set=replace(deployment.task_set, scale_percent=0.0, is_draining=True, stability_at_ms=now_ms),
    )
