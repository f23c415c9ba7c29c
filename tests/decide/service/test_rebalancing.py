"""AZ rebalancing, decided. Source: ecs-behaviour.md 5.10; ECS Developer Guide, service-rebalancing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.plan import Rebalance, StartTasks, StopTask, Tell
from ecsim.decide.service import rebalancing
from ecsim.decide.service.condition import Condition, Seen
from ecsim.model.service import Deployment, DeploymentConfiguration, DeploymentStatus, RolloutState, Service
from ecsim.model.task import DesiredStatus, Task

ZONES = ("a", "b", "c")
SPREAD = {"type": "spread", "field": "attribute:ecs.availability-zone"}


def service(desired, *, maximum=200, moving=None, steady=True, state=RolloutState.COMPLETED):
    deployment = Deployment(
        id="ecs-svc/1", status=DeploymentStatus.PRIMARY, task_definition_arn="td", rollout_state=state
    )
    return Service(
        arn="s",
        name="web",
        cluster_arn="c",
        desired_count=desired,
        deployments=(deployment,),
        deployment_configuration=DeploymentConfiguration(maximum_percent=maximum),
        steady=steady,
        rebalancing=moving,
    )


def task(number, zone, *, condition=Condition.HEALTHY, provider=None, **more):
    found = Task(
        arn=f"t/{number:03}",
        id=f"{number:03}",
        cluster_arn="c",
        task_definition_arn="td",
        group="service:web",
        service_arn="s",
        deployment_id="ecs-svc/1",
        availability_zone=zone,
        capacity_provider_name=provider,
    )
    return Seen(task=found, condition=condition, **more)


def tasks(text):
    """One healthy task in each zone that is written."""
    return [task(number, zone) for number, zone in enumerate(text)]


def plan(wanted, seen, zones=ZONES, open_zones=None, now_ms=0):
    return rebalancing.plan(
        wanted, seen, zones=zones, open_zones=zones if open_zones is None else open_zones, now_ms=now_ms
    )


# 5.10: which services


@pytest.mark.parametrize(
    ("changes", "eligible"),
    [
        ({}, True),
        ({"scheduling_strategy": "DAEMON"}, False),
        ({"maximum_percent": 100}, False),
        ({"maximum_percent": 101}, True),
        ({"strategies": [SPREAD]}, True),
        ({"strategies": [SPREAD, {"type": "binpack", "field": "cpu"}]}, True),
        ({"strategies": [{"type": "binpack", "field": "cpu"}, SPREAD]}, False),
        ({"strategies": [{"type": "spread", "field": "instanceId"}]}, False),
        ({"constraints": [{"type": "distinctInstance"}]}, True),
        (
            {"constraints": [{"type": "memberOf", "expression": "attribute:ecs.availability-zone == a"}]},
            False,
        ),
    ],
)
def test_which_services_may_be_balanced(changes, eligible):
    asked = {"scheduling_strategy": "REPLICA", "maximum_percent": 200, "strategies": (), "constraints": ()}
    assert (rebalancing.problem(**asked | changes) is None) is eligible


# 5.10: balanced is floor(desired / zones) each and the rest one each


@pytest.mark.parametrize(
    ("where", "zones", "to"),
    [
        ("", "abc", None),
        ("a", "abc", None),
        ("abc", "abc", None),
        ("aabbc", "abc", None),  # 5 over 3: 2, 2, 1
        ("aab", "ab", None),  # 3 over 2: 2, 1
        ("aa", "ab", "b"),
        ("aaabc", "abc", "b"),
        ("aaabcc", "abc", "b"),
        ("aaaa", "ac", "c"),
    ],
)
def test_when_a_task_moves_and_where(where, zones, to):
    actions = plan(service(len(where)), tasks(where), tuple(zones))
    assert [a.zone for a in actions if isinstance(a, StartTasks)] == ([to] if to else [])
    assert [a.zone for a in actions if isinstance(a, Rebalance)] == ([to] if to else [])
    assert not any(isinstance(a, StopTask) for a in actions), "start first"


QUIET = tasks("aaaa")


@pytest.mark.parametrize(
    ("changes", "seen", "open_zones"),
    [
        ({"steady": False}, QUIET, None),
        ({"state": RolloutState.IN_PROGRESS}, QUIET, None),
        ({"maximum": 110}, QUIET, None),  # 4 x 110 % leaves no room for a fifth
        ({}, QUIET, ("a", "b")[:1]),  # no room in the emptier zones
        ({}, [*QUIET[:3], task(9, "a", condition=Condition.STARTING)], None),
        ({}, [*QUIET[:3], task(9, "a", condition=Condition.UNHEALTHY)], None),
        ({}, [*QUIET[:3], task(9, "a", is_leaving=True)], None),
        ({}, [*QUIET, task(9, "a", condition=Condition.STOPPING)], None),
    ],
)
def test_when_nothing_is_begun(changes, seen, open_zones):
    assert plan(service(4, **changes), seen, open_zones=open_zones) == []


def test_not_while_launches_are_throttled():
    wanted = service(4)
    throttled = replace(wanted.primary, next_launch_at_ms=1_000)
    wanted = replace(wanted, deployments=(throttled,))
    assert plan(wanted, QUIET, now_ms=999) == []
    assert plan(wanted, QUIET, now_ms=1_000) != []


@pytest.mark.parametrize("condition", [Condition.PENDING, Condition.STARTING])
def test_the_new_one_is_awaited(condition):
    assert plan(service(4, moving="b"), [*QUIET, task(9, "b", condition=condition)]) == []


def test_then_one_of_the_fullest_zone_goes():
    stop, *rest = plan(service(4, moving="b"), [*QUIET, task(9, "b")])
    assert (rest, stop.stopped_reason) == (
        [],
        "Availability-zone rebalancing initiated by (deployment ecs-svc/1)",
    )
    assert stop.task_arn in {s.task.arn for s in QUIET}


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"state": RolloutState.IN_PROGRESS}, [*QUIET, task(9, "b")]),
        ({}, QUIET[:3]),  # the new one, or another one, was lost
        ({}, [*QUIET, task(9, "b", condition=Condition.UNHEALTHY)]),
        ({}, [s._replace(protected_until_ms=9) for s in QUIET] + [task(9, "b")]),
        ({}, [*QUIET, task(9, "b", is_leaving=True)]),
    ],
)
def test_what_ends_it_early(changes, seen):
    """5.10: stopped by a deployment or protection."""
    said, last = plan(service(4, moving="b", **changes), seen)
    assert (said.message, last) == ("(service web) stopped AZ Rebalancing.", Rebalance(zone=None))


def test_the_end_is_told_with_every_zone():
    said, last = plan(service(4, moving="b"), tasks("aabc"))
    assert said.message == "(service web) is AZ balanced with 2 tasks in a, 1 tasks in b, 1 tasks in c."
    assert last == Rebalance(zone=None)


def test_providers_are_balanced_apart():
    """5.10: Fargate and Fargate Spot are balanced separately."""
    seen = [task(n, "a", provider="FARGATE") for n in range(2)]
    seen += [task(n + 2, "b", provider="FARGATE_SPOT") for n in range(2)]
    (start,) = [a for a in plan(service(4), seen, ("a", "b")) if isinstance(a, StartTasks)]
    assert (start.provider, start.zone) == ("FARGATE", "b")


# Laws


@given(where=st.lists(st.sampled_from(ZONES), max_size=12), zones=st.sets(st.sampled_from(ZONES), min_size=2))
def test_played_to_its_end_it_balances_and_never_has_fewer_than_desired(where, zones):
    zones = tuple(sorted(zones))
    seen = tasks([zone for zone in where if zone in zones])
    desired, moving, serial = len(seen), None, 100
    steps, told = 0, []
    while actions := plan(service(desired, moving=moving), seen, zones):
        steps += 1
        assert steps <= 4 * (desired + 1), "it moves tasks for ever"
        for action in actions:
            if isinstance(action, StartTasks):
                serial += 1
                seen.append(task(serial, action.zone))
            elif isinstance(action, StopTask):
                seen = [s for s in seen if s.task.arn != action.task_arn]
            elif isinstance(action, Rebalance):
                moving = action.zone
            elif isinstance(action, Tell):
                told.append(action.message)
        assert desired <= len(seen) <= desired + 1, "one at a time, start first"
    each = Counter(dict.fromkeys(zones, 0))
    each.update(s.task.availability_zone for s in seen)
    assert max(each.values()) - min(each.values()) <= 1
    assert moving is None
    assert bool(told) == (len(told) >= 2), "what was begun is told to its end"


@given(
    where=st.lists(
        st.tuples(st.sampled_from(ZONES), st.sampled_from(list(Condition)), st.booleans(), st.booleans()),
        max_size=8,
    ),
    desired=st.integers(0, 8),
    moving=st.sampled_from([None, *ZONES]),
    open_zones=st.sets(st.sampled_from(ZONES)),
)
def test_whatever_is_seen_at_most_one_task_moves(where, desired, moving, open_zones):
    seen = [
        task(n, zone, condition=condition, is_leaving=leaving)._replace(
            protected_until_ms=9 if held else None
        )
        for n, (zone, condition, leaving, held) in enumerate(where)
    ]
    seen = [
        s._replace(task=replace(s.task, desired_status=DesiredStatus.STOPPED))
        if s.condition is Condition.STOPPING
        else s
        for s in seen
    ]
    actions = plan(service(desired, moving=moving), seen, open_zones=tuple(sorted(open_zones)))
    starts = [a for a in actions if isinstance(a, StartTasks)]
    stops = [a for a in actions if isinstance(a, StopTask)]
    assert len(starts) + len(stops) <= 1
    assert all(start.zone in open_zones and start.count == 1 for start in starts)
    alive = [s for s in seen if s.condition is not Condition.STOPPING]
    for stop in stops:
        (gone,) = [s for s in alive if s.task.arn == stop.task_arn]
        assert not gone.is_held
        assert len(alive) > desired
        assert all(s.condition is Condition.HEALTHY for s in alive)
