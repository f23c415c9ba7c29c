"""Task placement on container instances: filters, constraints, strategies, in this order.

1. Instances that are ACTIVE with a connected agent and have the attributes, CPU, memory, host ports, interfaces and
   GPUs that the task needs. 2. Those that meet every constraint. 3. Each strategy in turn keeps the best of what the
one before left. 4. Among equals, the one registered first.
Source: ECS Developer Guide, task-placement, task-placement-strategies; ecs-behaviour.md 6.

Strategies that keep the best one after the other are an order by a tuple of keys. Within instances that share every
attribute that is spread over, only the chosen instance's key ever changes, so each such bucket is a heap: placing n
tasks on m instances costs about n times the number of buckets times log m.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecsim.decide.capacity.cluster_query import Query, Subject, parse
from ecsim.model.container_instance import HostPort, Resources
from ecsim.model.placement import (
    Needs,
    Placement,
    PlacementConstraint,
    PlacementStrategy,
    Refusal,
    Room,
)
from ecsim.model.task_definition import TaskDefinition

DEFAULT_OF_SERVICES = (
    PlacementStrategy(type="spread", field="attribute:ecs.availability-zone"),
    PlacementStrategy(type="spread", field="instanceId"),
)
"""Source: botocore ecs UpdateService (the zone with the fewest tasks of the service, there the instance with the
fewest)."""
DEFAULT_OF_RUN_TASK = (PlacementStrategy(type="random"),)
"""Source: ECS Developer Guide, task-placement-strategies."""

MEMBER_OF = "MemberOf placement constraint unsatisfied."
"""Source: ECS Developer Guide, api_failures_messages."""
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied."
"""In the words of the other one; AWS's are not documented."""

_FIRST_OF_ROOM = 4
"""From this rank on, a refusal says that the instance is full, not that it is the wrong one."""

Draw = Callable[[int], int]
"""Draws a whole number from 0 to n - 1."""


def constraints_of(*documents: Sequence[Mapping[str, Any]] | None) -> tuple[PlacementConstraint, ...]:
    """Placement constraints in the API's own form as values; those of the task definition and of the caller."""
    return tuple(
        PlacementConstraint(type=each["type"], expression=each.get("expression") or "")
        for document in documents
        for each in document or ()
    )


def strategies_of(document: Sequence[Mapping[str, Any]] | None) -> tuple[PlacementStrategy, ...]:
    """Placement strategies in the API's own form as values."""
    return tuple(
        PlacementStrategy(type=each.get("type") or "random", field=each.get("field") or "")
        for each in document or ()
    )


def needs_of(
    definition: TaskDefinition, overrides: Mapping[str, Any] | None = None, zones: Sequence[str] = ()
) -> Needs:
    """What a task of a definition takes of an instance.

    The task's CPU and memory if it has them, else its containers' sums; of memory the reservation before the limit.
    Source: botocore ecs ContainerDefinition.cpu, .memory, .memoryReservation; ecs-behaviour.md 3.2.

    Args:
        definition: the revision.
        overrides: RunTask's, in the API's own form.
        zones: the Availability Zones of the task's subnets (awsvpc).
    """
    given = overrides or {}
    by_name = {each.get("name"): each for each in given.get("containerOverrides") or ()}
    containers = [c.document | by_name.get(c.name, {}) for c in definition.containers]
    cpu, memory = given.get("cpu") or definition.cpu, given.get("memory") or definition.memory
    awsvpc = definition.network_mode == "awsvpc"
    return Needs(
        resources=Resources(
            cpu=int(cpu) if cpu else sum(int(c.get("cpu") or 0) for c in containers),
            memory=int(memory)
            if memory
            else sum(int(c.get("memoryReservation") or c.get("memory") or 0) for c in containers),
            gpus=sum(_gpus(c) for c in containers),
            enis=1 if awsvpc else 0,
            ports=() if awsvpc else _fixed_ports(definition),
        ),
        attributes=tuple(each["name"] for each in definition.document.get("requiresAttributes", ())),
        zones=tuple(dict.fromkeys(zones)),
    )


def _gpus(container: Mapping[str, Any]) -> int:
    wanted = container.get("resourceRequirements") or ()
    return sum(int(each["value"]) for each in wanted if each.get("type") == "GPU")


def _fixed_ports(definition: TaskDefinition) -> tuple[HostPort, ...]:
    return tuple(
        HostPort(port=mapping["hostPort"], protocol=mapping.get("protocol", "tcp"))
        for container in definition.containers
        for mapping in container.document.get("portMappings", ())
        if mapping.get("hostPort")
    )


@dataclass(slots=True)
class _Seat:
    """A room while tasks are being placed."""

    room: Room
    number: int
    cpu: int
    memory: int
    gpus: int
    enis: int
    ports: dict[HostPort, None]
    taken: int = 0
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def same_group(self) -> int:
        """Live tasks of the group, those placed just now included."""
        return self.room.same_group + self.taken

    def take(self, needs: Resources) -> None:
        """Place a task here."""
        self.cpu -= needs.cpu
        self.memory -= needs.memory
        self.gpus -= needs.gpus
        self.enis -= needs.enis
        self.ports |= dict.fromkeys(needs.ports)
        self.taken += 1


def place(
    count: int,
    needs: Needs,
    rooms: Iterable[Room],
    *,
    group: str,
    constraints: Sequence[PlacementConstraint] = (),
    strategies: Sequence[PlacementStrategy] = (),
    draw: Draw,
) -> Placement:
    """Find places for tasks that are all alike.

    Args:
        count: how many.
        needs: what each takes.
        rooms: the instances, in order of registration.
        group: the tasks' group, which spread and distinctInstance count by.
        constraints: all of them bind; their expressions have been checked.
        strategies: the first one matters most.
        draw: chance, for the strategy random.
    """
    tests = _Tests(needs, constraints, group)
    seats = [_seat(room, number) for number, room in enumerate(rooms)]
    fitting = [seat for seat in seats if tests.refusal(seat) is None]
    order = _RandomOrder if any(s.type == "random" for s in strategies) else _Order
    queue = order(fitting, seats, strategies, draw)
    chosen: list[str] = []
    while len(chosen) < count:
        seat = queue.best()
        if seat is None:
            break
        seat.take(needs.resources)
        queue.placed(seat, fits=tests.refusal(seat) is None)
        chosen.append(seat.room.instance.arn)
    if len(chosen) == count:
        return Placement(chosen=tuple(chosen))
    return Placement(chosen=tuple(chosen), refusals=tuple(map(tests.named, seats)))


def eligible(
    needs: Needs,
    rooms: Iterable[Room],
    *,
    group: str,
    constraints: Sequence[PlacementConstraint] = (),
    with_room: bool = False,
) -> tuple[str, ...]:
    """The ARNs of the instances on which a task may be, whether or not they have room for it; or of those that have."""
    tests = _Tests(needs, constraints, group)
    found = []
    for number, room in enumerate(rooms):
        refusal = tests.refusal(_seat(room, number))
        if refusal is None or (not with_room and refusal[0] >= _FIRST_OF_ROOM):
            found.append(room.instance.arn)
    return tuple(found)


def _seat(room: Room, number: int) -> _Seat:
    left = room.left
    return _Seat(
        room=room,
        number=number,
        cpu=left.cpu,
        memory=left.memory,
        gpus=left.gpus,
        enis=left.enis,
        ports=dict.fromkeys(left.ports),
        attributes=dict(room.instance.attributes),
    )


class _Tests:
    """The filters and the constraints of one placement."""

    def __init__(self, needs: Needs, constraints: Sequence[PlacementConstraint], group: str) -> None:
        self._needs = needs
        self._group = group
        self._distinct = any(c.type == "distinctInstance" for c in constraints)
        self._queries: list[Query] = [parse(c.expression) for c in constraints if c.type == "memberOf"]

    def named(self, seat: _Seat) -> Refusal:
        """Why a seat is not taken."""
        refusal = self.refusal(seat)
        assert refusal is not None, f"{seat.room.instance.id} had room"
        rank, reason = refusal
        return Refusal(instance_arn=seat.room.instance.arn, reason=reason, rank=rank)

    def refusal(self, seat: _Seat) -> tuple[int, str] | None:
        """The first test that a seat does not pass, with its place in the order; None when it passes all."""
        instance, wanted = seat.room.instance, self._needs.resources
        if not instance.takes_tasks:
            return 0, "AGENT" if instance.status == "ACTIVE" else "INACTIVE"
        if self._needs.zones and instance.availability_zone not in self._needs.zones:
            return 1, "LOCATION"
        if any(name not in seat.attributes for name in self._needs.attributes):
            return 2, "ATTRIBUTE"
        if self._queries and not all(query(self._subject(seat)) for query in self._queries):
            return 3, MEMBER_OF
        if self._distinct and seat.same_group:
            return 4, DISTINCT_INSTANCE
        return _shortage(seat, wanted)

    def _subject(self, seat: _Seat) -> Subject:
        groups = seat.room.groups
        if seat.taken and self._group not in groups:
            groups = (*groups, self._group)
        return subject(seat.room, running=seat.room.running_tasks + seat.taken, groups=groups)


def _shortage(seat: _Seat, wanted: Resources) -> tuple[int, str] | None:
    """What a seat has too little of, if anything."""
    if wanted.enis > seat.enis:
        return 5, "RESOURCE:ENI"
    if wanted.gpus > seat.gpus:
        return 6, "RESOURCE:GPU"
    if wanted.memory > seat.memory:
        return 7, "RESOURCE:MEMORY"
    if wanted.cpu > seat.cpu:
        return 8, "RESOURCE:CPU"
    if any(port in seat.ports for port in wanted.ports):
        return 9, "RESOURCE:PORTS"
    return None


def subject(room: Room, *, running: int | None = None, groups: tuple[str, ...] | None = None) -> Subject:
    """What a query may ask of an instance."""
    instance = room.instance
    return Subject(
        agent_connected=instance.agent_connected,
        agent_version=instance.agent_version,
        ec2_instance_id=instance.ec2_instance_id,
        registered_at=instance.registered_at,
        running_tasks_count=room.running_tasks if running is None else running,
        groups=room.groups if groups is None else groups,
        attributes=dict(instance.attributes),
    )


def _value(seat: _Seat, strategy: PlacementStrategy) -> str:
    """What an instance counts under for a spread. Instances without the attribute count together."""
    return seat.attributes.get(strategy.field.removeprefix("attribute:"), "")


def _is_by_instance(strategy: PlacementStrategy) -> bool:
    return strategy.field in ("instanceId", "host")


class _Order:
    """The seats in the order of the strategies, for strategies without chance."""

    def __init__(
        self,
        fitting: Sequence[_Seat],
        seats: Sequence[_Seat],
        strategies: Sequence[PlacementStrategy],
        _draw: Draw,
    ) -> None:
        self._strategies = strategies
        self._shared = [s for s in strategies if s.type == "spread" and not _is_by_instance(s)]
        self._counts: list[Counter[str]] = []
        for strategy in self._shared:
            counts: Counter[str] = Counter()
            for seat in seats:
                if seat.same_group:
                    counts[_value(seat, strategy)] += seat.same_group
            self._counts.append(counts)
        self._buckets: dict[tuple[str, ...], list[tuple[tuple[int, ...], int, _Seat]]] = {}
        for seat in fitting:
            self._push(seat)

    def _push(self, seat: _Seat) -> None:
        bucket = tuple(_value(seat, strategy) for strategy in self._shared)
        heap = self._buckets.setdefault(bucket, [])
        heapq.heappush(heap, (self._own(seat), seat.number, seat))

    def _own(self, seat: _Seat) -> tuple[int, ...]:
        """The part of the key that only this instance's own tasks change; zeros stand in for the rest."""
        return tuple(self._own_part(seat, strategy) for strategy in self._strategies)

    @staticmethod
    def _own_part(seat: _Seat, strategy: PlacementStrategy) -> int:
        if strategy.type == "binpack":
            return seat.memory if strategy.field.upper() == "MEMORY" else seat.cpu
        return seat.same_group if strategy.type == "spread" and _is_by_instance(strategy) else 0

    def best(self) -> _Seat | None:
        """The seat that comes first now, or None when there is none."""
        tops = [
            (self._key(bucket, heap[0][0]), heap[0][1], bucket)
            for bucket, heap in self._buckets.items()
            if heap
        ]
        if not tops:
            return None
        _, _, bucket = min(tops)
        return heapq.heappop(self._buckets[bucket])[2]

    def _key(self, bucket: tuple[str, ...], own: tuple[int, ...]) -> tuple[int, ...]:
        shared = iter(zip(bucket, self._counts, strict=True))
        key = []
        for strategy, part in zip(self._strategies, own, strict=True):
            if strategy.type == "spread" and not _is_by_instance(strategy):
                value, counts = next(shared)
                key.append(counts[value])
            else:
                key.append(part)
        return tuple(key)

    def placed(self, seat: _Seat, *, fits: bool) -> None:
        """A task was placed on the seat that `best` gave; it stays in the order while it fits."""
        for strategy, counts in zip(self._shared, self._counts, strict=True):
            counts[_value(seat, strategy)] += 1
        if fits:
            self._push(seat)


class _RandomOrder(_Order):
    """The seats where a strategy is random: those before it narrow the choice, those after it have none."""

    def __init__(
        self,
        fitting: Sequence[_Seat],
        seats: Sequence[_Seat],
        strategies: Sequence[PlacementStrategy],
        draw: Draw,
    ) -> None:
        first = next(n for n, strategy in enumerate(strategies) if strategy.type == "random")
        super().__init__((), seats, strategies[:first], draw)
        self._draw = draw
        self._fitting = {seat.number: seat for seat in fitting}

    def best(self) -> _Seat | None:
        """One of the best seats, drawn."""
        if not self._fitting:
            return None
        keys = {
            number: self._key(tuple(_value(seat, s) for s in self._shared), self._own(seat))
            for number, seat in self._fitting.items()
        }
        low = min(keys.values())
        tied = [number for number, key in keys.items() if key == low]
        return self._fitting[tied[self._draw(len(tied))]]

    def placed(self, seat: _Seat, *, fits: bool) -> None:
        """A task was placed on the seat that `best` gave."""
        super().placed(seat, fits=False)
        if not fits:
            del self._fitting[seat.number]
