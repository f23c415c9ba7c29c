"""Target health, as tables and as laws."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.load_balancing import target_health
from ecsim.model.network import Target, TargetGroup, TargetState
from ecsim.model.task import TargetKey

GROUP = TargetGroup(arn="group", name="web", healthy_threshold=3, unhealthy_threshold=2)
NEW = Target(key=TargetKey(target_group_arn="group", target_id="10.0.1.5", port=8080))

OUTCOMES = {
    "ok": {"status": 200, "problem": None},
    "503": {"status": 503, "problem": None},
    "timeout": {"status": None, "problem": "timeout"},
    "refused": {"status": None, "problem": "refused"},
}


def after(outcomes, group=GROUP, target=NEW):
    """The states after each of a row of health checks."""
    states = []
    for at, outcome in enumerate(outcomes):
        target = target_health.after_check(target, group, **OUTCOMES[outcome], now_ms=at * 1_000)
        states.append(target)
    return states


def test_a_new_target_is_being_registered():
    """ecs-behaviour.md 8.1: initial, Elb.RegistrationInProgress, `Target registration is in progress`."""
    assert (NEW.state, NEW.reason, NEW.description) == (
        TargetState.INITIAL,
        "Elb.RegistrationInProgress",
        "Target registration is in progress",
    )


@pytest.mark.parametrize(
    ("outcomes", "states"),
    [
        pytest.param(["ok"], ["healthy"], id="one success is enough at first"),
        pytest.param(["503", "ok"], ["initial", "healthy"], id="one failure, then a success"),
        pytest.param(["503", "503"], ["initial", "unhealthy"], id="unhealthy threshold from initial"),
        pytest.param(["ok", "503", "503"], ["healthy", "healthy", "unhealthy"], id="and from healthy"),
        pytest.param(
            ["ok", "503", "ok", "503", "503"],
            ["healthy", "healthy", "healthy", "healthy", "unhealthy"],
            id="a success in between starts the count again",
        ),
        pytest.param(
            ["503", "503", "ok", "ok", "ok"],
            ["initial", "unhealthy", "unhealthy", "unhealthy", "healthy"],
            id="healthy threshold on the way back",
        ),
        pytest.param(
            ["503", "503", "ok", "ok", "503", "ok", "ok", "ok"],
            [
                "initial",
                "unhealthy",
                "unhealthy",
                "unhealthy",
                "unhealthy",
                "unhealthy",
                "unhealthy",
                "healthy",
            ],
            id="a failure in between starts that count again",
        ),
    ],
)
def test_thresholds(outcomes, states):
    """ecs-behaviour.md 8.1 (ALB user guide, target-group-health-checks), the diagram of transitions."""
    assert [str(target.state) for target in after(outcomes)] == states


@pytest.mark.parametrize(
    ("outcome", "reason", "description"),
    [
        ("503", "Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
        ("timeout", "Target.Timeout", "Request timed out"),
        ("refused", "Target.FailedHealthChecks", "Health checks failed"),
    ],
)
def test_reasons_of_an_unhealthy_target(outcome, reason, description):
    """ecs-behaviour.md 8.1: reasons and descriptions."""
    last = after([outcome, outcome])[-1]
    assert (last.state, last.reason, last.description) == (TargetState.UNHEALTHY, reason, description)


def test_the_first_failure_of_a_new_target_shows_that_it_is_being_checked():
    """ecs-behaviour.md 8.1: Elb.InitialHealthChecking, `Initial health checks in progress`."""
    (first,) = after(["503"])
    assert (first.reason, first.description) == (
        "Elb.InitialHealthChecking",
        "Initial health checks in progress",
    )
    assert target_health.checking(NEW).reason == "Elb.InitialHealthChecking"
    healthy = after(["ok"])[-1]
    assert target_health.checking(healthy) is healthy


def test_the_reason_follows_the_latest_failure():
    assert [target.reason for target in after(["503", "503", "timeout"])][1:] == [
        "Target.ResponseCodeMismatch",
        "Target.Timeout",
    ]


def test_draining_unused_and_unregistered():
    """ecs-behaviour.md 8.1 and botocore elbv2 TargetHealth.Reason."""
    healthy = after(["ok"])[-1]
    draining = target_health.draining(healthy, until_ms=300_000)
    assert (draining.state, draining.reason, draining.description) == (
        TargetState.DRAINING,
        "Target.DeregistrationInProgress",
        "Target deregistration is in progress",
    )
    assert draining.draining_until_ms == 300_000
    assert after(["503", "503", "503"], target=draining)[-1] is draining
    unused = target_health.not_in_use(healthy)
    assert (unused.state, unused.reason) == (TargetState.UNUSED, "Target.NotInUse")
    assert after(["ok"], target=unused)[-1].state is TargetState.HEALTHY
    gone = target_health.not_registered(draining)
    assert (gone.state, gone.reason) == (TargetState.UNUSED, "Target.NotRegistered")


@pytest.mark.parametrize(
    ("matcher", "fits", "fails"),
    [
        ("200", [200], [199, 201, 302, 404]),
        ("200,302", [200, 302], [201, 301, 303]),
        ("200-299", [200, 204, 299], [199, 300, 500]),
        ("200-201, 404", [200, 201, 404], [202, 403]),
    ],
)
def test_matchers(matcher, fits, fails):
    """botocore elbv2 Matcher.HttpCode: "200,202" and "200-299"."""
    assert all(target_health.matches(status, matcher) for status in fits)
    assert not any(target_health.matches(status, matcher) for status in fails)


def test_for_tcp_an_accepted_connection_is_a_success():
    group = replace(GROUP, health_check_protocol="TCP")
    assert target_health.passes(group, status=0, problem=None)
    assert not target_health.passes(group, status=None, problem="refused")
    assert not target_health.passes(GROUP, status=0, problem=None)


# Laws

rows = st.lists(st.sampled_from(sorted(OUTCOMES)), min_size=1, max_size=40)
groups = st.builds(
    TargetGroup,
    arn=st.just("group"),
    name=st.just("web"),
    healthy_threshold=st.integers(2, 10),
    unhealthy_threshold=st.integers(2, 10),
)


@given(rows, groups)
def test_a_healthy_target_has_no_reason_and_every_other_one_has(outcomes, group):
    """ecs-behaviour.md 8.1: a healthy target has no Reason and no Description (seen in real output)."""
    for target in after(outcomes, group):
        is_healthy = target.state is TargetState.HEALTHY
        assert (target.reason is None) == is_healthy
        assert (target.description is None) == is_healthy
        assert (target.became_healthy_at_ms is not None) == is_healthy


@given(rows, groups)
def test_states_change_only_at_the_thresholds(outcomes, group):
    was, row = TargetState.INITIAL, 0
    last = None
    for outcome, target in zip(outcomes, after(outcomes, group), strict=True):
        passed = outcome == "ok"
        row = row + 1 if passed == last else 1
        last = passed
        if was is TargetState.INITIAL:
            due = passed or row >= group.unhealthy_threshold
        elif was is TargetState.HEALTHY:
            due = not passed and row >= group.unhealthy_threshold
        else:
            due = passed and row >= group.healthy_threshold
        assert (target.state is not was) == due
        was = target.state


@given(rows, groups)
def test_it_recovers_and_it_is_found_out(outcomes, group):
    """Liveness: whatever was before, enough successes make it healthy and enough failures unhealthy."""
    target = after(outcomes, group)[-1]
    assert after(["ok"] * 10, group, target)[-1].state is TargetState.HEALTHY
    assert after(["refused"] * 10, group, target)[-1].state is TargetState.UNHEALTHY
