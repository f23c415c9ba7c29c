"""StopServiceDeployment decided. Source: ECS Developer Guide, stop-service-deployment."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.deployment import stopping
from ecsim.decide.plan import FailDeployment
from ecsim.model.service import RolloutState
from tests.decide.played import Played


def asked(game):
    primary = replace(game.service.primary, rollback_requested=True)
    game.service = replace(game.service, deployments=(primary, *game.service.deployments[1:]))


def test_nobody_asked_nothing_is_stopped():
    game = Played(2).play()
    game.deploy()
    assert stopping.verdict(game.service) is None


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 6), st.integers(0, 12))
def test_a_rollout_on_its_way_goes_back_to_the_completed_one_before_anything_else(desired, ticks):
    game = Played(desired).play()
    good = game.service.primary.id
    game.deploy()
    for _ in range(ticks):
        game.tick()
    under_way = game.service.primary.rollout_state is RolloutState.IN_PROGRESS
    asked(game)
    plan = game.look()
    if under_way:
        assert [type(action) for action in plan] == [FailDeployment]
        assert (plan[0].roll_back_to, plan[0].stopped, plan[0].reason.code) == (good, True, "stop.requested")
    else:
        assert not any(isinstance(action, FailDeployment) for action in plan)


def test_without_a_completed_deployment_nothing_more_is_started():
    game = Played(2)
    asked(game)
    (action,) = game.look()
    assert (action.roll_back_to, action.reason.code) == (None, "stop.stalled")
