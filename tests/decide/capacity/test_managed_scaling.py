"""Managed scaling. Source: ecs-behaviour.md 7.2; ECS Developer Guide, cluster-auto-scaling."""

from __future__ import annotations

import pytest

from ecsim.decide.capacity.managed_scaling import (
    SCALE_IN_DATAPOINTS,
    Load,
    needed,
    reservation,
    verdict,
    victims,
)
from ecsim.model.capacity_provider import CapacityProvider
from ecsim.model.container_instance import HostPort, Resources

FRESH = Resources(cpu=2048, memory=4096, enis=2)


def load(existing, busy, waiting=(), low=0):
    return Load(existing=existing, busy=busy, waiting=waiting, fresh=FRESH, low_minutes=low)


def provider(**changes):
    return CapacityProvider(arn="a", name="p", scales=True, **changes)


@pytest.mark.parametrize(
    ("m", "n", "percent"), [(0, 0, 100), (1, 0, 200), (3, 2, 150), (2, 2, 100), (1, 2, 50)]
)
def test_the_reservation(m, n, percent):
    """7.2: M / N * 100; M = N = 0 is 100; N = 0 and M > 0 is 200; M = 3, N = 2 is 150."""
    assert reservation(m, n) == percent


def test_waiting_tasks_are_packed_and_the_kind_that_needs_most_counts():
    small, large, huge = (Resources(memory=size) for size in (1024, 4096, 8192))
    assert needed(load(1, 1, [small] * 5)) == 1 + 2
    assert needed(load(1, 1, [small] * 5 + [large] * 3)) == 1 + 3
    assert needed(load(1, 1, [huge])) == 1
    assert needed(load(0, 0, [Resources(ports=(HostPort(port=80),))] * 4)) == 4


def test_growing_is_bounded_by_the_steps_and_from_zero_brings_two():
    assert verdict(provider(), load(0, 0, [Resources(memory=1)])).desired == 2
    tasks = [Resources(memory=4096)] * 9
    assert verdict(provider(maximum_step=3), load(2, 2, tasks)).desired == 5
    assert verdict(provider(minimum_step=4), load(2, 2, tasks[:1])).desired == 6
    assert verdict(provider(target_capacity=50), load(2, 2)).desired == 4


def test_shrinking_takes_fifteen_minutes():
    for low in range(SCALE_IN_DATAPOINTS - 1):
        waits = verdict(provider(), load(3, 1, low=low))
        assert (waits.desired, waits.low_minutes) == (3, low + 1)
    assert verdict(provider(), load(3, 1, low=SCALE_IN_DATAPOINTS - 1)).desired == 1


def test_termination_protection_spares_instances_with_tasks():
    instances = [("i-1", True), ("i-2", False), ("i-3", True)]
    assert victims(instances, 2, protects=True) == ["i-2"]
    assert victims(instances, 2, protects=False) == ["i-1", "i-2"]
