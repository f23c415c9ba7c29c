"""Placement: tables and laws. Source: ECS Developer Guide, task-placement, task-placement-strategies."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.capacity.placement import place
from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, HostPort, Resources
from ecsim.model.placement import Needs, PlacementConstraint, PlacementStrategy, Room, rooms_of

ZONE = "attribute:ecs.availability-zone"
SPREAD_ZONE = PlacementStrategy(type="spread", field=ZONE)
SPREAD_INSTANCE = PlacementStrategy(type="spread", field="instanceId")
BINPACK = PlacementStrategy(type="binpack", field="memory")


def room(number, *, cpu=1024, memory=1024, zone="a", ports=(), status="ACTIVE", same=0, connected=True):
    instance = ContainerInstance(
        arn=f"arn/{number}",
        id=str(number),
        cluster_arn="cluster",
        ec2_instance_id=f"i-{number}",
        status=ContainerInstanceStatus(status),
        agent_connected=connected,
        attributes=(("ecs.availability-zone", zone),),
        availability_zone=zone,
    )
    taken = tuple(HostPort(port=port) for port in ports)
    left = Resources(cpu=cpu, memory=memory, enis=2, ports=taken)
    return Room(instance=instance, left=left, same_group=same)


def needs(cpu=100, memory=100, *, ports=()):
    return Needs(resources=Resources(cpu=cpu, memory=memory, ports=tuple(HostPort(port=p) for p in ports)))


def put(count, rooms, *strategies, wanted=None, constraints=(), draw=lambda _: 0):
    return place(
        count,
        wanted or needs(),
        rooms_of(rooms),
        group="family:web",
        constraints=constraints,
        strategies=strategies,
        draw=draw,
    )


def test_refusals_name_what_is_missing_and_the_closest_match():
    rooms = [room(1, cpu=50), room(2, memory=50), room(3, ports=[80]), room(4, connected=False)]
    found = put(1, rooms, wanted=needs(ports=[80]))
    assert [each.reason for each in found.refusals] == [
        "RESOURCE:CPU",
        "RESOURCE:MEMORY",
        "RESOURCE:PORTS",
        "AGENT",
    ]
    assert found.closest is not None
    assert found.closest.instance_arn == "arn/3"


def test_strategies_hold_in_their_order():
    rooms = [room(1, zone="a", memory=300), room(2, zone="a", memory=900), room(3, zone="c", memory=900)]
    assert put(2, rooms, SPREAD_ZONE, BINPACK).chosen == ("arn/1", "arn/3")
    assert put(4, rooms, BINPACK).chosen == ("arn/1", "arn/1", "arn/1", "arn/2")


def test_constraints_bind():
    rooms = [room(1), room(2, zone="c"), room(3, zone="c", same=1)]
    distinct = PlacementConstraint(type="distinctInstance")
    assert put(5, rooms, constraints=[distinct]).chosen == ("arn/1", "arn/2")
    in_c = PlacementConstraint(type="memberOf", expression=f"{ZONE} == c")
    assert set(put(4, rooms, SPREAD_INSTANCE, constraints=[in_c]).chosen) == {"arn/2", "arn/3"}


ROOMS = st.lists(
    st.builds(
        lambda cpu, memory, zone, ports, status: (cpu, memory, zone, tuple(ports), status),
        st.integers(0, 600),
        st.integers(0, 600),
        st.sampled_from("acd"),
        st.sets(st.sampled_from([80, 443])).map(sorted),
        st.sampled_from(["ACTIVE", "ACTIVE", "ACTIVE", "DRAINING"]),
    ),
    max_size=8,
).map(
    lambda rows: [
        room(n, cpu=cpu, memory=memory, zone=zone, ports=ports, status=status)
        for n, (cpu, memory, zone, ports, status) in enumerate(rows)
    ]
)
STRATEGIES = st.lists(
    st.sampled_from([SPREAD_ZONE, SPREAD_INSTANCE, BINPACK, PlacementStrategy(type="random")]), max_size=3
)


@given(ROOMS, STRATEGIES, st.integers(1, 12), st.integers(50, 300), st.booleans())
@settings(max_examples=150, deadline=None)
def test_an_instance_is_never_over_committed(rooms, strategies, count, size, fixed_port):
    wanted = needs(size, size, ports=[80] if fixed_port else [])
    found = put(count, rooms, *strategies, wanted=wanted, draw=lambda n: n // 2)
    by_arn = {each.instance.arn: each for each in rooms}
    for arn, tasks in Counter(found.chosen).items():
        chosen = by_arn[arn]
        assert chosen.instance.takes_tasks
        assert tasks * size <= min(chosen.left.cpu, chosen.left.memory)
        assert not fixed_port or (tasks == 1 and HostPort(port=80) not in chosen.left.ports)
    assert len(found.chosen) == count or len(found.refusals) == len(rooms)
    assert len(found.chosen) < count or not found.refusals


@given(st.integers(1, 5), st.integers(1, 25))
@settings(max_examples=60, deadline=None)
def test_a_spread_is_balanced_within_one(instances, count):
    rooms = [room(n, cpu=10_000, memory=10_000, zone="acd"[n % 3]) for n in range(instances)]
    chosen = Counter(put(count, rooms, SPREAD_INSTANCE).chosen)
    per_instance = [chosen[each.instance.arn] for each in rooms]
    assert max(per_instance) - min(per_instance) <= 1
    zones = Counter({each.instance.availability_zone: 0 for each in rooms})
    for arn in put(count, rooms, SPREAD_ZONE).chosen:
        zones["acd"[int(arn.removeprefix("arn/")) % 3]] += 1
    assert max(zones.values()) - min(zones.values()) <= 1


@given(ROOMS, st.integers(50, 300))
@settings(max_examples=100, deadline=None)
def test_binpack_takes_the_fullest_that_still_fits(rooms, size):
    found = put(1, rooms, BINPACK, wanted=needs(1, size))
    fit = [r for r in rooms if r.instance.takes_tasks and r.left.cpu >= 1 and r.left.memory >= size]
    assert bool(found.chosen) == bool(fit)
    if found.chosen:
        least = min(each.left.memory for each in fit)
        chosen = next(each for each in rooms if each.instance.arn == found.chosen[0])
        assert chosen.left.memory == least
