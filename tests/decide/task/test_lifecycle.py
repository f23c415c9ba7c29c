"""Restart policies and start time-outs of containers, decided."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.task.lifecycle import restarts, timed_out
from ecsim.model.task import Container, HealthStatus, Task
from ecsim.model.task_definition import ContainerDefinition, RestartPolicy, TaskDefinition

STARTED = 10_000


def app(**policy):
    return ContainerDefinition(
        name="app", image="app", restart_policy=RestartPolicy(**policy) if policy is not None else None
    )


def ran(seconds):
    """A container that was started at 10 s, and the moment at which it has run so long."""
    return Container(name="app", arn="c", image="app", started_at_ms=STARTED), STARTED + seconds * 1_000


# botocore ContainerRestartPolicy: 300 s by default, 60 to 1,800; ignored exit codes are not restarted
RESTARTS = [
    ({}, 299, 1, False),
    ({}, 300, 1, True),
    ({"restart_attempt_period_s": 60}, 59, 1, False),
    ({"restart_attempt_period_s": 60}, 60, 1, True),
    ({"restart_attempt_period_s": 60}, 60, 0, True),
    ({"restart_attempt_period_s": 60, "ignored_exit_codes": (0, 2)}, 600, 0, False),
    ({"restart_attempt_period_s": 60, "ignored_exit_codes": (0, 2)}, 600, 2, False),
    ({"restart_attempt_period_s": 60, "ignored_exit_codes": (0, 2)}, 600, 1, True),
]


@pytest.mark.parametrize(("policy", "seconds", "exit_code", "expected"), RESTARTS)
def test_when_a_container_is_started_again(policy, seconds, exit_code, expected):
    container, now = ran(seconds)
    assert restarts(container, app(**policy), exit_code, now) is expected


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_without_a_policy_never(seconds, exit_code):
    container, now = ran(seconds)
    assert not restarts(container, ContainerDefinition(name="app", image="app"), exit_code, now)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=12), st.integers(60, 1_800))
def test_at_most_one_restart_in_each_period(lives, period):
    """botocore: a container can be restarted only once every restartAttemptPeriod seconds."""
    from dataclasses import replace

    container, now = ran(0)
    moments = []
    for seconds in lives:
        now += seconds * 1_000
        if not restarts(container, app(restart_attempt_period_s=period), 1, now):
            break
        moments.append(now)
        container = replace(container, started_at_ms=now)
    assert all(later - earlier >= period * 1_000 for earlier, later in pairwise(moments))


def waiting(condition, *, timeout_s=20, **db):
    """`app` depends on `db`, which was started at 10 s."""
    definition = TaskDefinition(
        arn="td",
        family="web",
        revision=1,
        containers=(
            ContainerDefinition(name="db", image="db", start_timeout_s=timeout_s),
            ContainerDefinition(name="app", image="app", depends_on=(("db", condition),)),
        ),
    )
    first = {"last_status": "RUNNING", "started_at_ms": STARTED, **db}
    task = Task(
        arn="t",
        id="t",
        cluster_arn="c",
        task_definition_arn="td",
        group="family:web",
        containers=(
            Container(name="db", arn="1", image="db", **first),
            Container(name="app", arn="2", image="app"),
        ),
    )
    return task, definition


@pytest.mark.parametrize("condition", ["COMPLETE", "SUCCESS", "HEALTHY"])
def test_a_container_gives_up_when_the_start_timeout_of_its_dependency_is_over(condition):
    """botocore: ContainerDefinition.startTimeout."""
    task, definition = waiting(condition)
    assert timed_out(task, definition, STARTED + 19_999) is None
    assert timed_out(task, definition, STARTED + 20_000) == ("app", "db", condition, 20)


def test_nobody_gives_up_on_what_is_met_or_has_no_timeout():
    late = STARTED + 1_000_000
    assert timed_out(*waiting("START"), late) is None
    assert timed_out(*waiting("HEALTHY", health_status=HealthStatus.HEALTHY), late) is None
    assert timed_out(*waiting("SUCCESS", last_status="STOPPED", exit_code=0), late) is None
    assert timed_out(*waiting("HEALTHY", timeout_s=None), late) is None
