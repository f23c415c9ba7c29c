"""Capacity provider strategies: which provider each new task goes to.

First the provider with a base gets its base. Then every task goes to the provider that is furthest below its share by
weight. Worked example, base 2 on FARGATE, weights 1 to 3: of 6 tasks, 2 are the base and 4 split 1 to 3, so FARGATE
has 3 and FARGATE_SPOT 3; of 10, it is 4 and 6. Source: botocore ecs CapacityProviderStrategyItem. How AWS rounds what
does not divide evenly is not documented; among equals this simulation takes the first in the list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ecsim.model.service import CapacityProviderStrategyItem


def distribute(
    strategy: Sequence[CapacityProviderStrategyItem], placed: Mapping[str, int], count: int
) -> list[str]:
    """The providers of the next `count` tasks, in order.

    Args:
        strategy: at least one weight is above zero.
        placed: how many tasks each provider has already.
        count: how many tasks are to come.
    """
    assert any(item.weight > 0 for item in strategy), f"no weight in {strategy}"
    have = {item.capacity_provider: placed.get(item.capacity_provider, 0) for item in strategy}
    chosen = []
    for _ in range(count):
        provider = _next(strategy, have)
        have[provider] += 1
        chosen.append(provider)
    return chosen


def _next(strategy: Sequence[CapacityProviderStrategyItem], have: Mapping[str, int]) -> str:
    for item in strategy:
        if have[item.capacity_provider] < item.base:
            return item.capacity_provider
    weighed = [item for item in strategy if item.weight > 0]
    fullness = {
        item.capacity_provider: Fraction(have[item.capacity_provider] - item.base, item.weight)
        for item in weighed
    }
    return min(weighed, key=lambda item: fullness[item.capacity_provider]).capacity_provider
