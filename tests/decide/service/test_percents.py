"""The numbers of the worked tables: percents, ceilings, thresholds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.service.percents import breaker_threshold, max_total, min_healthy
from ecsim.model.service import CircuitBreaker

# Source: ecs-behaviour.md 5.4, worked table: desired, minimum, maximum -> floor/ceiling
TABLE = [
    (1, 100, 200, 1, 2),
    (1, 100, 150, 1, 1),
    (1, 50, 100, 1, 1),
    (1, 0, 100, 0, 1),
    (2, 75, 100, 2, 2),
    (2, 50, 150, 1, 3),
    (3, 100, 125, 3, 3),
    (3, 100, 200, 3, 6),
    (3, 50, 150, 2, 4),
    (3, 66, 133, 2, 3),
    (4, 50, 200, 2, 8),
    (4, 50, 100, 2, 4),
    (4, 100, 150, 4, 6),
    (5, 50, 150, 3, 7),
    (5, 80, 120, 4, 6),
    (6, 100, 117, 6, 7),
    (10, 90, 110, 9, 11),
    (10, 100, 100, 10, 10),
]


@pytest.mark.parametrize(("desired", "minimum", "maximum", "floor", "ceiling"), TABLE)
def test_worked_table(desired, minimum, maximum, floor, ceiling):
    assert min_healthy(desired, minimum) == floor
    assert max_total(desired, maximum) == ceiling


# Source: ecs-behaviour.md 5.11 (the ECS Developer Guide's own table: 1 -> 3, 25 -> 13, 400 -> 200, 800 -> 200)
THRESHOLDS = [
    (0, 3),
    (1, 3),
    (6, 3),
    (7, 4),
    (8, 4),
    (10, 5),
    (25, 13),
    (100, 50),
    (399, 200),
    (400, 200),
    (800, 200),
]


@pytest.mark.parametrize(("desired", "threshold"), THRESHOLDS)
def test_default_threshold(desired, threshold):
    assert breaker_threshold(desired, CircuitBreaker(enable=True)) == threshold


def test_configured_thresholds():
    """Source: botocore ecs ThresholdConfiguration; ecs-behaviour.md 5.11."""
    count = CircuitBreaker(enable=True, threshold_type="COUNT", threshold_value=7)
    assert breaker_threshold(400, count) == 7
    unbounded = CircuitBreaker(enable=True, threshold_type="UNBOUNDED_PERCENT", threshold_value=75)
    assert breaker_threshold(1_000, unbounded) == 750
    assert breaker_threshold(2, unbounded) == 2


@given(st.integers(0, 5_000), st.integers(0, 100), st.integers(100, 200))
def test_the_floor_never_passes_the_desired_count_nor_the_ceiling(desired, minimum, maximum):
    assert 0 <= min_healthy(desired, minimum) <= desired <= max_total(desired, maximum)


@given(st.integers(0, 5_000), st.integers(0, 200))
def test_rounding_is_up_for_the_floor_and_down_for_the_ceiling(desired, percent):
    exact = desired * percent / 100
    assert exact <= min_healthy(desired, percent) < exact + 1
    assert exact - 1 < max_total(desired, percent) <= exact
