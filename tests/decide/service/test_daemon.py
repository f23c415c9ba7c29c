"""DAEMON services, decided. Source: ecs-behaviour.md 5.1; botocore ecs CreateServiceRequest.schedulingStrategy."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.plan import SetDaemonCount, SetDesired, StartTasks, StopTask, Wait
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.daemon import Ground, plan
from ecsim.model.service import Deployment, DeploymentConfiguration, DeploymentStatus, RolloutState, Service
from ecsim.model.task import Task

OLD, NEW = "ecs-svc/1", "ecs-svc/2"


def service(*, count=0, minimum=100, rolled=False, state=RolloutState.IN_PROGRESS, next_launch=0):
    newest = Deployment(
        id=NEW,
        status=DeploymentStatus.PRIMARY,
        task_definition_arn="td:2",
        rollout_state=state,
        desired_count=count,
        next_launch_at_ms=next_launch,
    )
    old = Deployment(id=OLD, status=DeploymentStatus.ACTIVE, task_definition_arn="td:1")
    return Service(
        arn="s",
        name="web",
        cluster_arn="c",
        scheduling_strategy="DAEMON",
        desired_count=count,
        deployments=(newest, old) if rolled else (newest,),
        deployment_configuration=DeploymentConfiguration(
            minimum_healthy_percent=minimum, maximum_percent=100
        ),
    )


def on(instance, condition=Condition.HEALTHY, deployment=NEW, **more):
    found = Task(
        arn=f"t/{deployment}/{instance}",
        id=instance,
        cluster_arn="c",
        task_definition_arn="td",
        group="service:web",
        service_arn="s",
        deployment_id=deployment,
        container_instance_arn=instance,
    )
    return Seen(task=found, condition=condition, **more)


def decided(wanted, seen, ground, now_ms=0):
    """Where tasks start and which stop."""
    actions = plan(wanted, seen, ground, now_ms)
    starts = [arn for a in actions if isinstance(a, StartTasks) for arn in a.instances]
    return starts, [a.task_arn.rsplit("/", 1)[1] for a in actions if isinstance(a, StopTask)]


# 5.1: one task on each ACTIVE instance that meets the constraints


@pytest.mark.parametrize(
    ("eligible", "seen", "starts", "stops"),
    [
        ("", [], "", ""),
        ("abc", [], "abc", ""),
        ("abc", [on("b")], "ac", ""),
        ("ab", [on("a"), on("b")], "", ""),
        ("ab", [on("a"), on("b", Condition.PENDING)], "", ""),
        ("ab", [on("a"), on("b", Condition.STOPPING)], "", ""),  # not before the old one is STOPPED
        ("a", [on("a"), on("b")], "", "b"),  # an instance that has ceased to fit
        ("a", [on("a", Condition.UNHEALTHY)], "", "a"),  # there is no room beside it
    ],
)
def test_where_tasks_start_and_stop(eligible, seen, starts, stops):
    got = decided(service(count=len(eligible)), seen, Ground(eligible=tuple(eligible)))
    assert got == (list(starts), list(stops))


@pytest.mark.parametrize(("busy", "stops"), [(("b",), []), ((), ["b"])])
def test_on_a_draining_instance_it_is_the_last_to_go(busy, stops):
    seen = [on("a"), on("b", is_leaving=True)]
    assert decided(service(count=1), seen, Ground(eligible=("a",), busy=busy)) == ([], stops)


def test_its_desired_count_is_the_number_of_instances():
    actions = plan(service(count=1), [on("a")], Ground(eligible=("a", "b")), 0)
    assert SetDaemonCount(count=2) in actions
    assert SetDesired(deployment_id=NEW, count=2) in actions


# 5.1: a deployment replaces in place; minimumHealthyPercent of the instances, rounded up


@pytest.mark.parametrize(
    ("instances", "minimum", "stopped"),
    [
        (4, 0, 4),
        (4, 50, 2),
        (4, 75, 1),
        (4, 100, 0),
        (3, 50, 1),
        (3, 34, 1),
        (3, 33, 2),
        (1, 1, 0),
        (1, 0, 1),
    ],
)
def test_how_many_old_ones_go_at_once(instances, minimum, stopped):
    arns = tuple("abcdef"[:instances])
    seen = [on(arn, deployment=OLD) for arn in arns]
    got = decided(service(count=instances, minimum=minimum, rolled=True), seen, Ground(eligible=arns))
    assert got == ([], list(arns[:stopped]))


def test_old_ones_that_are_not_healthy_go_whatever_the_floor():
    seen = [on("a", deployment=OLD), on("b", Condition.STARTING, OLD)]
    assert decided(service(count=2, rolled=True), seen, Ground(eligible=("a", "b"))) == ([], ["b"])


def test_protected_ones_stay():
    seen = [on("a", deployment=OLD, protected_until_ms=9), on("b", deployment=OLD)]
    wanted = service(count=2, minimum=0, rolled=True)
    assert decided(wanted, seen, Ground(eligible=("a", "b"))) == ([], ["b"])


def test_launches_are_throttled():
    wanted = service(count=1, next_launch=1_000)
    actions = plan(wanted, [], Ground(eligible=("a",)), 0)
    assert [a.until_ms for a in actions if isinstance(a, Wait)] == [1_000]
    assert decided(wanted, [], Ground(eligible=("a",)), 1_000) == (["a"], [])


def test_a_failed_deployment_starts_nothing():
    wanted = service(count=1, state=RolloutState.FAILED)
    assert decided(wanted, [], Ground(eligible=("a",))) == ([], [])


# Laws

INSTANCES = "abcde"
SIGHTS = st.lists(
    st.tuples(st.sampled_from(INSTANCES), st.sampled_from(list(Condition)), st.sampled_from([OLD, NEW])),
    max_size=5,
    unique_by=lambda sight: sight[0],
)


@given(
    seen=SIGHTS,
    eligible=st.sets(st.sampled_from(INSTANCES)),
    minimum=st.integers(0, 100),
    now=st.integers(0, 9),
)
def test_never_two_on_an_instance_never_below_the_floor(seen, eligible, minimum, now):
    sights = [on(*sight) for sight in seen]
    ground = Ground(eligible=tuple(sorted(eligible)))
    wanted = service(count=len(eligible), minimum=minimum, rolled=True, next_launch=5)
    actions = plan(wanted, sights, ground, now)
    starts, stops = decided(wanted, sights, ground, now)
    there = {s.task.container_instance_arn for s in sights}
    assert not there & set(starts)
    assert set(starts) <= eligible
    assert not starts or now >= 5
    assert not (starts and stops), "there is no room before one has stopped"
    assert len(stops) == len(set(stops))
    by_code = {a.task_arn: a.reason.code for a in actions if isinstance(a, StopTask)}
    rolled = [s for s in sights if by_code.get(s.task.arn) == "daemon.roll"]
    healthy = Counter(s.condition for s in sights)[Condition.HEALTHY]
    gone = sum(s.condition is Condition.HEALTHY for s in rolled)
    floor = -(-len(eligible) * minimum // 100)
    assert gone == 0 or healthy - gone >= floor


@given(count=st.integers(1, 5), minimum=st.integers(0, 99))
def test_played_to_its_end_a_deployment_arrives(count, minimum):
    """Tasks stop and become healthy between two looks; a floor of all instances is the stuck case."""
    arns = tuple(INSTANCES[:count])
    ground = Ground(eligible=arns)
    seen = [on(arn, deployment=OLD) for arn in arns]
    if -(-count * minimum // 100) == count:
        assert decided(service(count=count, minimum=minimum, rolled=True), seen, ground) == ([], [])
        return
    for _ in range(3 * count):
        starts, stops = decided(service(count=count, minimum=minimum, rolled=True), seen, ground)
        seen = [s for s in seen if s.task.id not in stops or s.task.deployment_id == NEW]
        seen += [on(arn) for arn in starts]
    assert {s.task.deployment_id for s in seen} == {NEW}
    assert sorted(s.task.id for s in seen) == list(arns)
    assert all(s._replace(condition=Condition.HEALTHY) == s for s in seen)
