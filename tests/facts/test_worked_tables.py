"""Numbers of the reference's worked tables that no decider's own test has: each test names its section.

5.4 (percents, stuck cases) and 5.11 (breaker thresholds) are in tests/decide/service/test_percents.py,
tests/decide/deployment/test_rolling.py and test_breaker.py; 3.1 in test_fargate_sizes.py; 7.1 in
tests/decide/capacity/test_distribution.py; 8.1 in tests/decide/load_balancing/test_target_health.py.
"""

from __future__ import annotations

from itertools import product

import pytest

from ecsim.decide.deployment import breaker
from ecsim.decide.service.task_sets import computed_desired_count
from ecsim.decide.task.lifecycle import task_health
from ecsim.model.service import Deployment, DeploymentStatus
from ecsim.model.task import Container, HealthStatus

HEALTHY, UNKNOWN, UNHEALTHY = HealthStatus.HEALTHY, HealthStatus.UNKNOWN, HealthStatus.UNHEALTHY


def container(health, *, essential=True):
    return Container(
        name="c", arn="c", image="i", essential=essential, has_health_check=True, health_status=health
    )


@pytest.mark.parametrize("healths", list(product((HEALTHY, UNKNOWN, UNHEALTHY), repeat=2)))
def test_2_2_the_health_of_a_task(healths):
    """ecs-behaviour.md 2.2: UNHEALTHY before UNKNOWN before HEALTHY. Source: botocore HealthCheck."""
    expected = UNHEALTHY if UNHEALTHY in healths else UNKNOWN if UNKNOWN in healths else HEALTHY
    assert task_health(tuple(container(health) for health in healths)) is expected


@pytest.mark.parametrize("other", [UNKNOWN, UNHEALTHY])
def test_2_2_only_essential_containers_count(other):
    """ecs-behaviour.md 2.2. Source: botocore HealthCheck."""
    assert task_health((container(HEALTHY), container(other, essential=False))) is HEALTHY


def test_5_8_the_launch_throttle():
    """ecs-behaviour.md 5.8: 30 s, 30 s, then doubling from 5 minutes up to 27 minutes.

    Source of the 27 minutes: ECS Developer Guide, service-throttle-logic; the steps before are this cloud's choice.
    """
    deployment = Deployment(id="ecs-svc/1", status=DeploymentStatus.PRIMARY, task_definition_arn="web:1")
    waits, now_ms = [], 0
    for _ in range(8):
        deployment = breaker.after_failed_start(deployment, now_ms)
        waits.append((deployment.next_launch_at_ms - now_ms) // 1_000)
        now_ms = deployment.next_launch_at_ms
    assert waits == [30, 30, 300, 600, 1_200, 1_620, 1_620, 1_620]


@pytest.mark.parametrize(
    ("desired", "percent", "computed"),
    [(1, 0, 0), (1, 100, 1), (3, 40, 2), (10, 12.0, 2), (4, 25, 1), (10, 100, 10), (7, 0.1, 1), (0, 100, 0)],
)
def test_5_16_the_computed_desired_count(desired, percent, computed):
    """ecs-behaviour.md 5.16; botocore TaskSet.computedDesiredCount: "if it is 1.2, it rounds up to 2 tasks"."""
    assert computed_desired_count(desired, percent) == computed
