"""The machine of stages: a table, and laws. Source: ecs-behaviour.md 5.14; ECS Developer Guide, canary-deployment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.deployment import hooks, stages
from ecsim.decide.deployment.stages import (
    Arrive,
    BeginHooks,
    CallHook,
    GiveUp,
    Go,
    Shift,
    Situation,
    Stay,
    next_move,
)
from ecsim.model.strategy import (
    ALL,
    HOOK_STAGES,
    MINUTE_MS,
    SHIFT_STAGES,
    Hook,
    HookStatus,
    HookTarget,
    Shifting,
    Stage,
    Strategy,
)

FAR = 60 * 24 * 60 * MINUTE_MS


class World:
    """A service's tasks, as simple as can be: every decision is carried out at once."""

    def __init__(self, shifting, *, source="d1", answers=(), starts=True, others=0, slow=False):
        self.progress = stages.begun(
            target="d2", source=source, shifting=shifting, others=bool(others), production=0, now_ms=0
        )
        self.now, self.left = 0, {"d1": 2 if source else 0, "d2": 0, "others": others}
        self.answers, self.starts, self.slow = list(answers), starts, slow
        self.passed, self.weights, self.calls, self.end = [self.progress.stage], [], [], None

    def situation(self):
        back, stage = self.progress.is_rollback, self.progress.stage
        if stage is Stage.RECONCILE_SERVICE:
            self.left["others"] = 0
        if stage is Stage.SCALE_UP and not back and self.starts:
            self.left["d2"] = 2
        if stage is Stage.CLEAN_UP:
            self.left["d2" if back else "d1"] = 0
        return Situation(
            now_ms=self.now,
            desired=2,
            green_healthy=self.left["d2"],
            blue_healthy=self.left["d1"],
            green_left=self.left["d2"],
            blue_left=self.left["d1"],
            others_left=self.left["others"],
            is_slow=self.slow,
        )

    def run(self, moves=10_000):
        """Until it is over. Every stage ends: a wait without an end is an error."""
        for _ in range(moves):
            move = next_move(self.progress, self.situation())
            match move:
                case Go() | Shift():
                    self.follow(move)
                case BeginHooks():
                    runs = [
                        hooks.begin(self.progress.shifting.hooks[n], n, f"h{len(self.calls)}-{n}", self.now)
                        for n in move.hooks
                    ]
                    self.progress = replace(self.progress, hooks=tuple(runs), are_hooks_begun=True)
                case CallHook():
                    run = self.progress.hook(move.hook_id)
                    answer, takes = self.answers.pop(0) if self.answers else ({"hookStatus": "SUCCEEDED"}, 0)
                    self.calls.append((self.progress.stage, self.progress.is_rollback))
                    heard = hooks.called(run, answer, takes_ms=takes, now_ms=self.now)
                    runs = tuple(heard if each is run else each for each in self.progress.hooks)
                    self.progress = replace(self.progress, hooks=runs)
                case Stay():
                    assert move.until_ms is not None, f"{self.progress.stage} waits for ever"
                    assert move.until_ms > self.now
                    self.now = move.until_ms
                case GiveUp():
                    assert not self.progress.is_rollback, "there is no way back from the way back"
                    self.end = move.text
                    self.progress = stages.turned_back(self.progress, source="d1", now_ms=self.now)
                    self.passed.append("back")
                    self.passed.append(self.progress.stage)
                case Arrive():
                    return self
        raise AssertionError(f"never ends: {self.passed[-5:]}")

    def follow(self, move):
        stage = self.progress.stage
        if isinstance(move, Shift):
            self.weights.append((self.now, move.progress.production))
        self.progress = move.progress
        if move.progress.stage is not stage:
            self.passed.append(move.progress.stage)


TABLE = [
    # strategy, percent in tenths, steps
    (Strategy.BLUE_GREEN, 100, (1000,)),
    (Strategy.CANARY, 50, (50, 1000)),  # botocore's default, 5.0
    (Strategy.CANARY, 1, (1, 1000)),
    (Strategy.CANARY, 1000, (1000,)),
    (Strategy.LINEAR, 100, (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000)),  # botocore's default, 10.0
    (Strategy.LINEAR, 250, (250, 500, 750, 1000)),
    (Strategy.LINEAR, 300, (300, 600, 900, 1000)),  # ceil(100 / 30) = 4
    (Strategy.LINEAR, 335, (335, 670, 1000)),  # ceil(100 / 33.5) = 3
    (Strategy.LINEAR, 1000, (1000,)),
]


@pytest.mark.parametrize(("strategy", "percent", "steps"), TABLE)
def test_the_steps(strategy, percent, steps):
    """Source: botocore ecs CanaryConfiguration, LinearConfiguration; ecs-behaviour.md 5.14."""
    assert stages.steps_of(strategy, percent=percent) == steps


def test_the_stages_of_a_blue_green_deployment():
    world = World(Shifting(bake_ms=5 * MINUTE_MS)).run()
    assert world.passed == [stage for stage in Stage if stage is not Stage.RECONCILE_SERVICE]
    assert world.now == 5 * MINUTE_MS


def test_reconcile_comes_first_when_older_revisions_are_in_the_way():
    assert World(Shifting(), others=3).run().passed == list(Stage)


def test_a_canary_waits_between_its_two_steps_and_not_after_the_last():
    world = World(Shifting(steps=(100, ALL), step_bake_ms=10 * MINUTE_MS)).run()
    assert [(at, share) for at, share in world.weights if share] == [(0, 100), (10 * MINUTE_MS, ALL)]
    assert world.passed.count(Stage.PRE_PRODUCTION_TRAFFIC_SHIFT) == 2
    assert world.passed.count(Stage.PRODUCTION_TRAFFIC_SHIFT) == 2
    assert world.now == 10 * MINUTE_MS


def test_behind_a_network_load_balancer_both_shifts_take_ten_minutes_more():
    """Source: ECS Developer Guide, nlb-resources-for-blue-green."""
    assert World(Shifting(), slow=True).run().now == 20 * MINUTE_MS
    assert World(Shifting(steps=(500, ALL), step_bake_ms=MINUTE_MS), slow=True).run().now == 31 * MINUTE_MS


def test_a_service_without_a_source_does_not_bake():
    assert World(Shifting(bake_ms=5 * MINUTE_MS), source=None).run().now == 0


def test_a_stage_that_never_ends_is_given_up_after_a_day():
    """Source: ECS Developer Guide, canary-deployment ("can last up to 24 hours")."""
    world = World(Shifting(), starts=False).run()
    assert world.end == "the SCALE_UP lifecycle stage timed out."
    assert world.now == 24 * 60 * MINUTE_MS


def test_a_pause_may_last_longer_than_a_day():
    """Source: ECS Developer Guide, pause-lifecycle-hooks ("20,160 (14 days)")."""
    pause = Hook(target_type=HookTarget.PAUSE, stages=(Stage.PRE_SCALE_UP,), timeout_ms=20_160 * MINUTE_MS)
    world = World(Shifting(hooks=(pause,))).run()
    assert world.now == 20_160 * MINUTE_MS
    assert world.end == "PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook h0-0 timed out."


@pytest.mark.parametrize("stage", HOOK_STAGES)
def test_which_hooks_run_again_on_the_way_back(stage):
    """Source: ECS Developer Guide, lambda-lifecycle-hooks."""
    hook = Hook(target_arn="arn:aws:lambda:r:1:function:f", stages=(stage,))
    world = World(Shifting(hooks=(hook,)), answers=[({"hookStatus": "FAILED"}, 0)], others=1).run()
    again = [(stage, True)] if stage in SHIFT_STAGES else []
    assert world.calls == [(stage, False), *again]


ANSWERS = st.one_of(
    st.sampled_from(["SUCCEEDED", "FAILED", "IN_PROGRESS", None, "odd"]).map(
        lambda status: {"hookStatus": status}
    ),
    st.builds(lambda delay: {"hookStatus": "IN_PROGRESS", "callBackDelay": delay}, st.integers(-1, 3_600)),
    st.just("Function not found"),
)
SHIFTINGS = st.builds(
    Shifting,
    steps=st.one_of(
        st.just((ALL,)),
        st.integers(1, 999).map(lambda p: stages.steps_of(Strategy.CANARY, percent=p)),
        st.integers(30, ALL).map(lambda p: stages.steps_of(Strategy.LINEAR, percent=p)),
    ),
    step_bake_ms=st.integers(0, 1_440).map(lambda m: m * MINUTE_MS),
    bake_ms=st.integers(0, 1_440).map(lambda m: m * MINUTE_MS),
    hooks=st.lists(
        st.one_of(
            st.builds(
                Hook,
                target_arn=st.just("arn:aws:lambda:r:1:function:f"),
                stages=st.lists(st.sampled_from(HOOK_STAGES), min_size=1, max_size=3, unique=True).map(tuple),
                timeout_ms=st.integers(1, 1_440).map(lambda m: m * MINUTE_MS),
                timeout_continues=st.booleans(),
            ),
            st.builds(
                Hook,
                target_type=st.just(HookTarget.PAUSE),
                stages=st.lists(
                    st.sampled_from([s for s in HOOK_STAGES if s not in SHIFT_STAGES]), min_size=1, max_size=2
                ).map(tuple),
                timeout_ms=st.integers(1, 20_160).map(lambda m: m * MINUTE_MS),
                timeout_continues=st.booleans(),
            ),
        ),
        max_size=3,
    ).map(tuple),
)


@settings(max_examples=80, deadline=None)
@given(
    shifting=SHIFTINGS,
    answers=st.lists(st.tuples(ANSWERS, st.integers(0, 20 * MINUTE_MS)), max_size=12),
    starts=st.booleans(),
    others=st.integers(0, 2),
    slow=st.booleans(),
)
def test_it_always_ends_with_one_revision_at_all_of_production(shifting, answers, starts, others, slow):
    world = World(shifting, answers=answers, starts=starts, others=others, slow=slow).run()
    assert world.now <= FAR
    went_back = "back" in world.passed
    assert world.progress.production == (0 if went_back else ALL)
    assert world.left["d2" if went_back else "d1"] == 0
    assert world.left["d1" if went_back else "d2"] == 2
    # The stages come in order, and blue keeps its tasks until the bake time is over.
    forward = world.passed[: world.passed.index("back")] if went_back else world.passed
    places = [list(Stage).index(stage) for stage in forward if "PRODUCTION_TRAFFIC" not in stage]
    assert places == sorted(places)
    shares = [share for _, share in world.weights]
    up = shares[: -1 if went_back else None]
    assert all(0 <= share <= ALL for share in shares)
    assert [s for s in up if s] == sorted(s for s in up if s)


def test_what_an_answer_means():
    run = hooks.begin(Hook(target_arn="arn:f", stages=(Stage.PRE_SCALE_UP,)), 0, "h", 0)

    def after(answer):
        return hooks.heard(hooks.called(run, answer, takes_ms=0, now_ms=0), 0)

    assert after({"hookStatus": "SUCCEEDED"}).status is HookStatus.SUCCEEDED
    assert after({"hookStatus": "FAILED"}).problem == "Lifecycle hook target arn:f returned FAILED status."
    assert after({"hookStatus": "IN_PROGRESS"}).due_at_ms == 30_000
    assert after({"hookStatus": "IN_PROGRESS", "callBackDelay": 60}).due_at_ms == 60_000
    assert after({"hookStatus": "IN_PROGRESS", "callBackDelay": "soon"}).due_at_ms == 30_000
    assert after({}).problem == (
        "ECS was unable to parse the response from arn:f due to HookStatus must not be null"
    )
    assert after("Function not found: arn:f").problem == (
        "ECS was unable to invoke hook target arn:f due to Function not found: arn:f"
    )


def test_a_function_must_answer_within_fifteen_minutes():
    """Source: ECS Developer Guide, blue-green-deployment-how-it-works."""
    run = hooks.begin(Hook(target_arn="arn:f", stages=(Stage.PRE_SCALE_UP,)), 0, "h", 0)
    slow = hooks.called(run, {"hookStatus": "SUCCEEDED"}, takes_ms=16 * MINUTE_MS, now_ms=0)
    assert hooks.heard(slow, 15 * MINUTE_MS - 1) is slow
    assert hooks.heard(slow, 15 * MINUTE_MS).status is HookStatus.FAILED
