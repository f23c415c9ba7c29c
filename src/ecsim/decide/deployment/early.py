"""Early success: a rolling deployment that is done before all of its tasks are there.

Source: botocore ecs DeploymentEarlySuccessCriteria.
"""

from __future__ import annotations

from ecsim.decide.service.percents import min_healthy
from ecsim.model.service import RolloutState, Service


def needed(service: Service) -> int | None:
    """How many new tasks must be healthy for the deployment under way to be done; None without early success.

    The percentage is "relative to the service's desiredCount"; rounding up is this simulation's choice.
    """
    criteria = service.deployment_configuration.early_success
    if criteria is None or service.primary.rollout_state is not RolloutState.IN_PROGRESS:
        return None
    return min_healthy(service.desired_count, criteria.healthy_percent)


def is_met(service: Service, healthy_new: int) -> bool:
    """Whether enough new tasks are healthy."""
    enough = needed(service)
    return enough is not None and healthy_new >= enough


def clears_first(service: Service) -> bool:
    """Whether the old tasks go before the deployment is done (BLOCKING)."""
    criteria = service.deployment_configuration.early_success
    return criteria is not None and criteria.blocking
