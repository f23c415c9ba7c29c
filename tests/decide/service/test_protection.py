"""Protected tasks are stopped neither by scaling in nor by deployments. Source: botocore ecs UpdateTaskProtection."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.deployment.rolling import Rollout, next_step
from tests.decide.played import Played

HOUR = 3_600_000


def protect(game, tasks, until_ms):
    for task in tasks:
        game.tasks[task.arn] = replace(game.tasks[task.arn], protected_until_ms=until_ms)


def alive(game):
    return [t for t in game.tasks.values() if t.desired_status == "RUNNING"]


def rollout(*, protected, ready, desired=2, maximum=200, active=None):
    """`desired` old tasks of which some are protected; of the new ones, `ready` are healthy."""
    active = ready if active is None else active
    return Rollout(
        desired=desired,
        minimum_healthy_percent=100,
        maximum_percent=maximum,
        active_new=active,
        healthy_new=ready,
        healthy_old=desired - protected,
        useless_old=0,
        starting_old=0,
        total=desired + active,
        stopping=0,
        protected=protected,
        healthy_protected=protected,
    )


# protected, ready -> start, stop, held (desired 2, 100/200)
STEPS = [
    (0, 2, 0, 2, False),
    (1, 0, 2, 0, False),
    (1, 2, 0, 1, False),
    (2, 2, 0, 0, True),
]


@pytest.mark.parametrize(("protected", "ready", "start", "stop", "held"), STEPS)
def test_the_next_step_with_protected_old_tasks(protected, ready, start, stop, held):
    step = next_step(rollout(protected=protected, ready=ready))
    assert (step.start, step.stop_healthy, step.held, step.stuck) == (start, stop, held, False)
    assert not held or step.reason.code == "rolling.protected"


def test_at_the_ceiling_protected_tasks_hold_a_deployment_that_would_otherwise_go_on():
    """ECS Developer Guide, task-scale-in-protection: maximumPercent must leave room for new tasks.

    Desired 4, 50/100: without protection 2 old tasks go first to make room; with all of them protected none does.
    """
    free = replace(rollout(protected=0, ready=0, desired=4, maximum=100), minimum_healthy_percent=50)
    assert next_step(free).stop_healthy == 2
    held = replace(free, healthy_old=0, protected=4, healthy_protected=4)
    assert next_step(held).held
    assert not next_step(held).stuck


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 8), st.integers(0, 8), st.sets(st.integers(0, 7)))
def test_scaling_in_stops_only_what_is_not_protected_and_arrives_when_protection_ends(before, after, chosen):
    game = Played(before).play()
    kept = [t for place, t in enumerate(alive(game)) if place in chosen]
    end = game.now + HOUR
    protect(game, kept, end)
    game.service = replace(game.service, desired_count=after)
    game.steady = False
    while game.now < end - 5_000:
        game.tick()
    assert {t.arn for t in kept} <= {t.arn for t in alive(game)}
    assert len(alive(game)) == max(after, min(len(kept), before))
    told = [m for m in game.messages if "tasks under protection" in m]
    assert bool(told) == (len(kept) > after)
    game.play()
    assert game.steady
    assert len(alive(game)) == after


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 6), st.integers(0, 100), st.integers(100, 300), st.sets(st.integers(0, 5), min_size=1))
def test_a_deployment_waits_for_protected_tasks_and_completes_when_protection_ends(
    desired, low, high, chosen
):
    game = Played(desired, low, high).play()
    assert game.steady
    kept = [t for place, t in enumerate(alive(game)) if place in chosen]
    end = game.now + HOUR
    protect(game, kept, end)
    game.deploy()
    while game.now < end - 5_000:
        game.tick()
    assert {t.arn for t in kept} <= {t.arn for t in alive(game)}
    assert not (game.steady and kept)
    game.play(minutes=120)
    stuck = any("unable to stop or start tasks" in m for m in game.messages)
    assert game.steady != stuck


def test_the_event_names_the_old_deployment():
    """Source: ecs-behaviour.md 5.7."""
    game = Played(2).play()
    protect(game, alive(game), game.now + HOUR)
    old = game.service.primary.id
    game.deploy()
    while not any("protection" in m for m in game.messages):
        game.tick()
        assert game.now < HOUR
    assert game.messages[-1] == (
        f"(service web) was unable to reach steady state because (taskSet {old}) was unable to scale in "
        "due to (reason 2 tasks under protection)"
    )
