"""Capacity provider strategies: base and weight. Source: botocore ecs CapacityProviderStrategyItem."""

from __future__ import annotations

from collections import Counter
from math import gcd

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.capacity.distribution import distribute
from ecsim.model.service import CapacityProviderStrategyItem

FARGATE, SPOT = "FARGATE", "FARGATE_SPOT"


def item(provider, weight, base=0):
    return CapacityProviderStrategyItem(capacity_provider=provider, weight=weight, base=base)


# ecs-behaviour.md 7.1: base 2 on FARGATE, weights 1 to 3, where the rest is a multiple of 4 (5: all roundings agree)
WORKED = [(1, 1, 0), (2, 2, 0), (5, 3, 2), (6, 3, 3), (10, 4, 6), (14, 5, 9)]


@pytest.mark.parametrize(("count", "fargate", "spot"), WORKED)
def test_the_worked_table(count, fargate, spot):
    strategy = [item(FARGATE, 1, base=2), item(SPOT, 3)]
    split = Counter(distribute(strategy, {}, count))
    assert (split[FARGATE], split[SPOT]) == (fargate, spot)


def test_the_examples_of_botocore():
    """Two providers with weight 1 split evenly; with weights 1 and 4, for every 1 on A there are 4 on B."""
    assert Counter(distribute([item("A", 1), item("B", 1)], {}, 10)) == {"A": 5, "B": 5}
    assert Counter(distribute([item("A", 1), item("B", 4)], {}, 10)) == {"A": 2, "B": 8}


def test_a_provider_with_weight_zero_gets_its_base_and_nothing_more():
    split = Counter(distribute([item(FARGATE, 0, base=2), item(SPOT, 1)], {}, 10))
    assert split == {FARGATE: 2, SPOT: 8}


strategies = st.builds(
    lambda weights, place, base: [
        item(f"p{n}", weight, base if n == place % len(weights) else 0) for n, weight in enumerate(weights)
    ],
    st.lists(st.integers(0, 12), min_size=1, max_size=5).filter(any),
    st.integers(0, 4),
    st.integers(0, 20),
)


@given(strategies, st.integers(0, 60))
def test_the_base_comes_first_and_weight_zero_gets_no_more_than_its_base(strategy, count):
    split = Counter(distribute(strategy, {}, count))
    assert split.total() == count
    for share in strategy:
        assert split[share.capacity_provider] >= min(share.base, count)
        if share.weight == 0:
            assert split[share.capacity_provider] <= share.base


@given(strategies, st.integers(0, 12))
def test_whole_rounds_beyond_the_base_follow_the_weights_exactly(strategy, rounds):
    """botocore: "after base requirements are met, additional tasks are distributed according to weight ratios"."""
    divisor = gcd(*(share.weight for share in strategy))
    one_round = sum(share.weight for share in strategy) // divisor
    base = sum(share.base for share in strategy)
    split = Counter(distribute(strategy, {}, base + rounds * one_round))
    for share in strategy:
        assert split[share.capacity_provider] == share.base + rounds * share.weight // divisor


@given(strategies, st.integers(0, 30), st.integers(0, 30))
def test_placing_in_two_steps_is_placing_at_once(strategy, first, second):
    early = distribute(strategy, {}, first)
    late = distribute(strategy, Counter(early), second)
    assert early + late == distribute(strategy, {}, first + second)


@given(strategies, st.data())
def test_a_lost_task_is_replaced_where_it_is_missing_from_the_base(strategy, data):
    based = [share for share in strategy if share.base]
    if not based:
        return
    placed = Counter(distribute(strategy, {}, data.draw(st.integers(based[0].base, 40))))
    placed[based[0].capacity_provider] = based[0].base - 1
    assert distribute(strategy, placed, 1) == [based[0].capacity_provider]
