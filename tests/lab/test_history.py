"""What the journal tells over time."""

from __future__ import annotations

import pytest

from ecsim.clock.journal import Journal
from ecsim.view.snapshot import Picture
from ecslab.lab.evidence import Evidence
from ecslab.lab.history import healthy_targets, highest, lowest, requests, rollouts, tasks_not_stopped


class Told:
    """A journal written by hand."""

    def __init__(self):
        self.now = 0
        self.journal = Journal(lambda: self.now)

    def at(self, now, kind, subject, **fields):
        self.now = now
        self.journal.record(kind, subject, **fields)

    @property
    def evidence(self):
        picture = Picture(now_ms=self.now, region="ap-northeast-1")
        return Evidence(client=None, journal=tuple(self.journal), picture=picture)


@pytest.fixture
def told():
    return Told()


def target(told, at, ip, state):
    told.at(at, "target.state", f"web/{ip}:80", task="t", state=state, reason=None)


def levels(found):
    return [(level.count, level.start_ms, level.end_ms) for level in found]


def test_healthy_targets_moment_by_moment(told):
    for at, ip, state in (
        (1, "a", "initial"),
        (2, "a", "healthy"),
        (3, "b", "healthy"),
        (5, "a", "draining"),
        (6, "a", "unused"),
    ):
        target(told, at, ip, state)
    told.at(3, "target.state", "api/c:80", task="t", state="healthy", reason=None)
    assert levels(healthy_targets(told.evidence, "web", 0, 10)) == [
        (0, 0, 2),
        (1, 2, 3),
        (2, 3, 5),
        (1, 5, 10),
    ]


def test_what_happens_in_one_moment_counts_at_its_end(told):
    """A target that leaves in the same moment in which another becomes healthy leaves no gap."""
    target(told, 1, "a", "healthy")
    target(told, 4, "a", "draining")
    target(told, 4, "b", "healthy")
    assert lowest(healthy_targets(told.evidence, "web", 2, 9)).count == 1


def test_a_span_begins_with_what_was_before_it(told):
    target(told, 1, "a", "healthy")
    target(told, 2, "b", "healthy")
    target(told, 7, "b", "unhealthy")
    assert levels(healthy_targets(told.evidence, "web", 3, 5)) == [(2, 3, 5)]
    assert levels(healthy_targets(told.evidence, "web", 5, 5)) == [(2, 5, 5)]
    assert levels(healthy_targets(told.evidence, "web", 7, 7)) == [(1, 7, 7)]


def test_tasks_that_are_not_stopped(told):
    for at, task, status in (
        (1, "a", "PROVISIONING"),
        (2, "b", "PROVISIONING"),
        (3, "a", "RUNNING"),
        (4, "a", "STOPPED"),
    ):
        told.at(at, "task.status", task, service="web", status=status, desired="RUNNING")
    told.at(3, "task.status", "c", service="api", status="RUNNING", desired="RUNNING")
    found = tasks_not_stopped(told.evidence, "web", 0, 9)
    assert levels(found) == [(0, 0, 1), (1, 1, 2), (2, 2, 4), (1, 4, 9)]
    assert highest(found).count == 2


def state(told, at, name, rollout, status="PRIMARY", revision="web:1"):
    told.at(
        at,
        "deployment.state",
        name,
        service="shop/web",
        task_definition=revision,
        status=status,
        rollout_state=rollout,
        reason="",
    )


def test_rollouts_with_a_rollback(told):
    state(told, 1, "d1", "IN_PROGRESS")
    state(told, 5, "d1", "COMPLETED")
    state(told, 6, "d2", "IN_PROGRESS", revision="web:2")
    state(told, 6, "d1", "COMPLETED", status="ACTIVE")
    state(told, 9, "d2", "FAILED", revision="web:2")
    state(told, 9, "d1", "IN_PROGRESS")
    state(told, 12, "d1", "COMPLETED")
    found = [
        (one.id, one.start_ms, one.end_ms, one.state, one.returned)
        for one in rollouts(told.evidence, "shop/web")
    ]
    assert found == [
        ("d1", 1, 5, "COMPLETED", False),
        ("d2", 6, 9, "FAILED", False),
        ("d1", 9, 12, "COMPLETED", True),
    ]


def test_a_rollout_under_way_has_no_end(told):
    state(told, 1, "d1", "IN_PROGRESS")
    assert rollouts(told.evidence, "shop/web")[0].end_ms is None
    assert rollouts(told.evidence, "shop/api") == []


def test_requests_that_failed(told):
    for at, status in ((1, 200), (2, 404), (3, 503), (4, None), (9, 502)):
        told.at(at, "http", "GET http://x/", status=status, task=None, ms=at, code=None, client="learner")
    found = requests(told.evidence, 1, 5)
    assert (found.sent, len(found.failed), found.slowest_ms) == (4, 2, 4)


def test_calls_are_the_learners_own(told):
    for n, by, error in ((1, "given", None), (2, "learner", "ClientException"), (3, "learner", None)):
        told.at(n, "call", "ecs.RunTask", n=n, by=by, params={"count": n}, error=error)
    assert [call.n for call in told.evidence.calls] == [2, 3]
    assert [call.params["count"] for call in told.evidence.called("RunTask")] == [3]
