"""The circuit breaker and the launch throttle. Source: ecs-behaviour.md 5.8 and 5.11."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecsim.decide.deployment import breaker
from ecsim.model.service import (
    CircuitBreaker,
    Deployment,
    DeploymentConfiguration,
    DeploymentStatus,
    RolloutState,
    Service,
)


def deployment(**changes):
    return replace(
        Deployment(id="ecs-svc/2", status=DeploymentStatus.PRIMARY, task_definition_arn="web:2"), **changes
    )


def service(primary, *, desired=3, enable=True, rollback=True, completed=True, **configuration):
    last = Deployment(id="ecs-svc/1", status=DeploymentStatus.ACTIVE, task_definition_arn="web:1")
    circuit = CircuitBreaker(enable=enable, rollback=rollback, **configuration)
    return Service(
        arn="s",
        name="web",
        cluster_arn="c",
        desired_count=desired,
        deployments=(primary, last),
        last_completed=last if completed else None,
        deployment_configuration=DeploymentConfiguration(circuit_breaker=circuit),
    )


def test_failed_starts_count_until_one_task_has_run():
    d = deployment()
    for n in range(1, 4):
        d = breaker.after_failed_start(d, n * 1_000_000)
        assert (d.failed_tasks, d.breaker_count) == (n, n)
    d = breaker.after_running(d)
    d = breaker.after_failed_start(d, 9_000_000)
    assert d.breaker_count == 3, "stage 2 counts failed health checks only"
    assert breaker.after_failed_health(d).breaker_count == 4


def test_a_healthy_task_resets_the_count_unless_told_not_to():
    d = deployment(failed_tasks=2, breaker_count=2)
    assert breaker.after_healthy(d, service(d)).breaker_count == 0
    keeping = service(d, reset_on_healthy_task=False)
    assert breaker.after_healthy(d, keeping).breaker_count == 2
    assert breaker.after_healthy(d, keeping).failed_tasks == 0


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (6, 3), (7, 4), (25, 13), (400, 200)])
def test_trips_at_the_threshold_and_not_before(desired, threshold):
    before = deployment(breaker_count=threshold - 1)
    assert breaker.verdict(service(before, desired=desired)) is None
    at = deployment(breaker_count=threshold)
    tripped = breaker.verdict(service(at, desired=desired))
    assert tripped is not None
    assert tripped.roll_back_to == "ecs-svc/1"
    assert tripped.reason.fields["threshold"] == threshold


def test_where_it_goes():
    at = deployment(breaker_count=3)
    assert breaker.verdict(service(at, enable=False)) is None
    assert breaker.verdict(service(at, rollback=False)).roll_back_to is None
    stalled = breaker.verdict(service(at, completed=False))
    assert stalled.roll_back_to is None
    assert stalled.reason.code == "breaker.stalled"
    done = deployment(breaker_count=3, rollout_state=RolloutState.COMPLETED)
    assert breaker.verdict(service(done)) is None, "only a deployment in progress can trip"


def test_the_throttle_grows_to_27_minutes_and_counts_a_wave_once():
    """Source: ECS Developer Guide, service-throttle-logic (27 minutes)."""
    d, now, delays = deployment(), 0, []
    for _ in range(9):
        d = breaker.after_failed_start(d, now)
        again = breaker.after_failed_start(d, now + 1)  # a task of the same wave
        assert again.next_launch_at_ms == d.next_launch_at_ms
        delays.append((d.next_launch_at_ms - now) // 1_000)
        now = d.next_launch_at_ms
    assert delays == sorted(delays)
    assert delays[-1] == 27 * 60
    assert breaker.after_running(d).next_launch_at_ms == 0
