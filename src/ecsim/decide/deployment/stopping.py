"""StopServiceDeployment: a deployment that is still on its way is given up, and the last completed one comes back.

It needs no circuit breaker, and works where the breaker's rollback is off. Source: botocore ecs StopServiceDeployment;
ECS Developer Guide, stop-service-deployment.
"""

from __future__ import annotations

from ecsim.decide.plan import FailDeployment
from ecsim.model.reason import Reason, because
from ecsim.model.service import Deployment, RolloutState, Service


def verdict(service: Service) -> FailDeployment | None:
    """Whether the PRIMARY deployment is to be stopped now, and where to roll back to.

    What AWS does without a completed deployment to return to is not documented: here nothing more is started, as after
    the circuit breaker.
    """
    primary, last = service.primary, service.last_completed
    if not primary.rollback_requested or primary.rollout_state is not RolloutState.IN_PROGRESS:
        return None
    if last is None or last.id == primary.id:
        return FailDeployment(
            deployment_id=primary.id, roll_back_to=None, stopped=True, reason=because("stop.stalled")
        )
    return FailDeployment(
        deployment_id=primary.id,
        roll_back_to=last.id,
        stopped=True,
        reason=because("stop.requested", to=last.id),
    )


def rolled_back(failed: Deployment, back_to: str) -> Reason:
    """Why a service goes back to an older deployment."""
    return because("stop.roll_back", failed=failed.id, to=back_to)
