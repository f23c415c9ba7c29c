"""The deployment circuit breaker and the launch throttle.

Stage 1: while no task of the deployment has been RUNNING, each task that stops before RUNNING counts. Stage 2: each
task that fails a health check and is replaced counts. At the threshold the deployment is FAILED.
Source: ECS Developer Guide, deployment-circuit-breaker; ecs-behaviour.md 5.11.
"""

from __future__ import annotations

from ecsim.decide.plan import FailDeployment
from ecsim.decide.service.percents import breaker_threshold
from ecsim.model.reason import Reason, because
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, RolloutState, Service

THROTTLE_S = (30, 30, 300, 600, 1_200, 1_620)
"""Delays after launches that failed one after the other; the last one stays: 27 minutes.

Source: ECS Developer Guide, service-throttle-logic, for the maximum; the steps before it are approximate.
"""


def after_failed_start(deployment: Deployment, now_ms: int) -> Deployment:
    """A task of the deployment stopped before it was RUNNING."""
    waves, next_at = deployment.failed_launches, deployment.next_launch_at_ms
    if now_ms >= next_at:  # the tasks of one wave fail together and count as one launch
        delay_s = THROTTLE_S[min(waves, len(THROTTLE_S) - 1)]
        waves, next_at = waves + 1, now_ms + delay_s * 1_000
    counted = 0 if deployment.ever_running else 1
    return replace(
        deployment,
        failed_tasks=deployment.failed_tasks + 1,
        breaker_count=deployment.breaker_count + counted,
        failed_launches=waves,
        next_launch_at_ms=next_at,
    )


def after_unplaced(deployment: Deployment, now_ms: int) -> Deployment:
    """A task of the deployment found no container instance.

    The scheduler could not launch it, so it counts as failed (botocore ecs Deployment.failedTasks). A try that was
    made because there might have been room (`next_launch_at_ms` is 0) does not count again.
    """
    if deployment.unplaced and not deployment.next_launch_at_ms:
        delay_s = THROTTLE_S[min(max(0, deployment.failed_launches - 1), len(THROTTLE_S) - 1)]
        return replace(deployment, next_launch_at_ms=now_ms + delay_s * 1_000)
    return replace(after_failed_start(deployment, now_ms), unplaced=True)


def after_failed_health(deployment: Deployment) -> Deployment:
    """A task of the deployment failed a health check and is replaced."""
    return replace(
        deployment,
        failed_tasks=deployment.failed_tasks + 1,
        breaker_count=deployment.breaker_count + 1,
    )


def after_running(deployment: Deployment) -> Deployment:
    """A task of the deployment reached RUNNING: the throttle is off again, and stage 2 begins."""
    if deployment.ever_running and not deployment.failed_launches:
        return deployment
    return replace(deployment, ever_running=True, failed_launches=0, next_launch_at_ms=0)


def after_healthy(deployment: Deployment, service: Service) -> Deployment:
    """A task of the deployment became healthy. Source: botocore ecs resetOnHealthyTask."""
    reset = service.deployment_configuration.circuit_breaker.reset_on_healthy_task
    count = 0 if reset else deployment.breaker_count
    if deployment.failed_tasks == 0 and deployment.breaker_count == count:
        return deployment
    return replace(deployment, failed_tasks=0, breaker_count=count)


def verdict(service: Service) -> FailDeployment | None:
    """Whether the breaker trips now, and where to roll back to."""
    breaker, primary = service.deployment_configuration.circuit_breaker, service.primary
    if not breaker.enable or primary.rollout_state is not RolloutState.IN_PROGRESS:
        return None
    threshold = breaker_threshold(service.desired_count, breaker)
    count = primary.breaker_count
    if count < threshold:
        return None
    desired = service.desired_count
    last = service.last_completed
    back_to = last.id if last is not None and last.id != primary.id else None
    if not breaker.rollback:
        return FailDeployment(
            deployment_id=primary.id,
            roll_back_to=None,
            reason=because("breaker.trip", count=count, threshold=threshold, desired=desired),
        )
    if back_to is None or primary.rolled_back_from is not None:
        return FailDeployment(
            deployment_id=primary.id,
            roll_back_to=None,
            reason=because("breaker.stalled", count=count, threshold=threshold, desired=desired),
        )
    return FailDeployment(
        deployment_id=primary.id,
        roll_back_to=back_to,
        reason=because(
            "breaker.trip_and_roll_back", count=count, threshold=threshold, desired=desired, to=back_to
        ),
    )


def rolled_back(failed: Deployment, back_to: str) -> Reason:
    """Why a service goes back to an older deployment."""
    return because("breaker.roll_back", failed=failed.id, to=back_to, failed_tasks=failed.failed_tasks)
