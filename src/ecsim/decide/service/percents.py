"""The two percents and the circuit breaker's threshold, as whole numbers of tasks."""

from __future__ import annotations

from ecsim.model.service import CircuitBreaker

BREAKER_MIN, BREAKER_MAX = 3, 200


def _ceil_percent(count: int, percent: int) -> int:
    return -(-count * percent // 100)


def min_healthy(desired: int, minimum_healthy_percent: int) -> int:
    """How many tasks must stay healthy: rounded up.

    Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent ("rounded up to the nearest integer").
    """
    return _ceil_percent(desired, minimum_healthy_percent)


def max_total(desired: int, maximum_percent: int) -> int:
    """How many tasks may exist: rounded down.

    Source: botocore ecs DeploymentConfiguration.maximumPercent ("rounded down to the nearest integer").
    """
    return desired * maximum_percent // 100


def breaker_threshold(desired: int, breaker: CircuitBreaker) -> int:
    """After how many failed tasks the circuit breaker trips.

    Source: ECS Developer Guide, deployment-circuit-breaker; botocore ecs ThresholdConfiguration.
    """
    if breaker.threshold_type == "COUNT":
        return max(1, breaker.threshold_value)
    share = _ceil_percent(desired, breaker.threshold_value)
    if breaker.threshold_type == "UNBOUNDED_PERCENT":
        return max(1, share)
    return min(BREAKER_MAX, max(BREAKER_MIN, share))
