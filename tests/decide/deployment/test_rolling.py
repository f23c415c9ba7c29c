"""A rolling update, as a table, as laws, and played."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.deployment.rolling import Rollout, next_step
from ecsim.decide.service.percents import max_total, min_healthy
from tests.decide.played import Played


def begin(desired, minimum, maximum):
    """The first moment of an update: every old task healthy, no new one yet."""
    return Rollout(
        desired=desired,
        minimum_healthy_percent=minimum,
        maximum_percent=maximum,
        active_new=0,
        healthy_new=0,
        healthy_old=desired,
        useless_old=0,
        starting_old=0,
        total=desired,
        stopping=0,
    )


# Source: ecs-behaviour.md 5.4, worked table: what can start first; None = stuck
FIRST_STEPS = [
    (1, 100, 200, 1, 0),
    (1, 100, 150, None, None),
    (1, 50, 100, None, None),
    (1, 0, 100, 0, 1),
    (2, 75, 100, None, None),  # AWS's own example
    (2, 50, 150, 1, 0),
    (3, 100, 125, None, None),  # AWS's own example
    (3, 100, 200, 3, 0),
    (3, 50, 150, 1, 0),
    (3, 66, 133, 0, 1),
    (4, 50, 200, 4, 0),
    (4, 50, 100, 0, 2),
    (4, 100, 150, 2, 0),
    (5, 50, 150, 2, 0),
    (5, 80, 120, 1, 0),
    (6, 100, 117, 1, 0),
    (10, 90, 110, 1, 0),
    (10, 100, 100, None, None),
]


@pytest.mark.parametrize(("desired", "minimum", "maximum", "start", "stop"), FIRST_STEPS)
def test_first_step(desired, minimum, maximum, start, stop):
    step = next_step(begin(desired, minimum, maximum))
    if start is None:
        assert step.stuck, step
        assert (step.start, step.stop_healthy) == (0, 0)
        assert step.reason.code == "rolling.stuck"
    else:
        assert not step.stuck, step
        assert (step.start, step.stop_healthy) == (start, stop)


@st.composite
def rollouts(draw):
    desired = draw(st.integers(0, 50))
    active_new = draw(st.integers(0, desired))
    healthy_new = draw(st.integers(0, active_new))
    healthy_old, useless, starting = (draw(st.integers(0, 20)) for _ in range(3))
    stopping = draw(st.integers(0, 20))
    return Rollout(
        desired=desired,
        minimum_healthy_percent=draw(st.integers(0, 100)),
        maximum_percent=draw(st.integers(100, 300)),
        active_new=active_new,
        healthy_new=healthy_new,
        healthy_old=healthy_old,
        useless_old=useless,
        starting_old=starting,
        total=active_new + healthy_old + useless + starting + stopping,
        stopping=stopping,
    )


@given(rollouts())
def test_never_above_the_ceiling_never_below_the_floor(rollout):
    """Source: botocore ecs DeploymentConfiguration (minimumHealthyPercent, maximumPercent)."""
    step = next_step(rollout)
    if step.start:
        assert rollout.total + step.start <= rollout.ceiling
        assert rollout.active_new + step.start <= rollout.desired
    healthy = rollout.healthy_new + rollout.healthy_old
    if step.stop_healthy:
        assert healthy - step.stop_healthy >= rollout.floor
    assert 0 <= step.stop_healthy <= rollout.healthy_old
    assert 0 <= step.stop_useless <= rollout.useless_old + rollout.starting_old
    assert not (step.start and (step.stop_healthy or step.stop_useless)), "start first, then stop"


@given(rollouts())
def test_stuck_means_that_nothing_is_on_its_way(rollout):
    step = next_step(rollout)
    if step.stuck:
        assert rollout.stopping == 0
        assert rollout.active_new < rollout.desired


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 12), st.integers(0, 100), st.integers(100, 300))
def test_a_healthy_rollout_finishes_or_says_that_it_is_stuck(desired, minimum, maximum):
    """Safety all the way (floor and ceiling), and liveness at the end."""
    game = Played(desired, minimum, maximum).play()
    assert game.steady, "the first deployment did not finish"
    game.deploy()
    game.low_water = game.healthy()
    game.high_water = 0
    game.play(minutes=120)
    floor, ceiling = min_healthy(desired, minimum), max_total(desired, maximum)
    assert game.low_water >= floor
    assert game.high_water <= max(ceiling, desired)
    if floor >= desired and ceiling <= desired:
        assert not game.steady
        assert any("unable to stop or start tasks" in m for m in game.messages), game.messages
    else:
        assert game.steady, (desired, minimum, maximum)
        assert game.of(game.service.primary.id) == desired
        assert len(game.service.deployments) == 1


def test_4_tasks_100_150_go_in_two_waves():
    """Source: ecs-behaviour.md 5.4, the example with 4 tasks at 100/150."""
    game = Played(4, 100, 150).play()
    game.deploy()
    game.settle()
    new, old = (d.id for d in game.service.deployments)
    seen = []
    for _ in range(60):
        now = (game.of(old), game.of(new))
        if not seen or seen[-1] != now:
            seen.append(now)
        game.tick()
    assert seen == [(4, 2), (2, 4), (0, 4)]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 12), st.integers(0, 12))
def test_scaling_arrives(before, after):
    from dataclasses import replace

    game = Played(before).play()
    game.service = replace(game.service, desired_count=after)
    game.steady = False
    game.play()
    assert game.steady
    assert game.of(game.service.primary.id) == after


def test_scaling_in_takes_from_the_fullest_zone():
    """Source: botocore ecs UpdateService; ecs-behaviour.md 5.7."""
    from collections import Counter
    from dataclasses import replace

    game = Played(5).play()
    zones = Counter(t.availability_zone for t in game.tasks.values())
    fullest = [zone for zone, count in zones.items() if count == max(zones.values())]
    game.service = replace(game.service, desired_count=4)
    game.settle()
    gone = [t for t in game.tasks.values() if t.desired_status == "STOPPED"]
    assert [t.availability_zone in fullest for t in gone] == [True]


def test_a_second_update_on_top_of_the_first_arrives():
    game = Played(3).play()
    game.deploy()
    for _ in range(3):
        game.tick()
    game.deploy()
    game.play(minutes=60)
    assert game.steady
    assert [d.task_definition_arn for d in game.service.deployments] == [
        game.service.primary.task_definition_arn
    ]
    assert game.of(game.service.primary.id) == 3
