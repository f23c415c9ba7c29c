"""Container instances while tasks that are all alike are being placed, and the tests that one must pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ecsim.decide.capacity.cluster_query import Subject, parse
from ecsim.model.container_instance import HostPort, Resources
from ecsim.model.placement import Kind, Lot, Needs, PlacementConstraint, Refusal, Room, Rooms

MEMBER_OF = "MemberOf placement constraint unsatisfied."
"""Source: ECS Developer Guide, api_failures_messages."""
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied."
"""In the words of the other one; AWS's are not documented."""

_FIRST_OF_ROOM = 4
"""From this rank on, a refusal says that the instance is full, not that it is the wrong one."""

_Refused = tuple[int, str] | None
"""The first test that is not passed, with its place in the order; None when all are passed."""


@dataclass(slots=True)
class Seat:
    """An instance while tasks are being placed.

    Attributes:
        cpu, memory, gpus, enis: what is left.
        same_group: live tasks of the group, those placed just now included.
        taken: tasks placed just now.
    """

    number: int
    kind: Kind
    cpu: int
    memory: int
    gpus: int
    enis: int
    same_group: int
    taken: int = 0

    def take(self, needs: Resources) -> None:
        """Place a task here."""
        self.cpu -= needs.cpu
        self.memory -= needs.memory
        self.gpus -= needs.gpus
        self.enis -= needs.enis
        self.same_group += 1
        self.taken += 1


class Sieve:
    """The filters and the constraints of one placement."""

    def __init__(
        self, needs: Needs, constraints: Sequence[PlacementConstraint], group: str, rooms: Rooms
    ) -> None:
        self._needs = needs
        self._group = group
        self._rooms = rooms
        self._distinct = any(c.type == "distinctInstance" for c in constraints)
        queries = [parse(c.expression) for c in constraints if c.type == "memberOf"]
        self._of_attributes = [query for query in queries if query.of_attributes]
        self._others = [query for query in queries if not query.of_attributes]
        self._members: dict[Kind, bool] = {}
        self.tells_apart = bool(self._distinct or self._others or needs.resources.ports)
        """Whether instances of the same lot may come out differently."""

    def refusal(self, seat: Seat) -> _Refused:
        """What an instance fails."""
        common, own = self.of_lot(seat), self._of_instance(seat) if self.tells_apart else None
        if common is None or own is None:
            return common or own
        return min(common, own)

    def of_lot(self, one: Lot | Seat) -> _Refused:
        """What all instances of a lot fail, by what they have in common."""
        kind, needs = one.kind, self._needs
        if not kind.takes_tasks:
            return 0, "AGENT" if kind.is_active else "INACTIVE"
        if needs.zones and kind.availability_zone not in needs.zones:
            return 1, "LOCATION"
        if any(name not in kind.attributes for name in needs.attributes):
            return 2, "ATTRIBUTE"
        if self._of_attributes and not self._is_member(one):
            return 3, MEMBER_OF
        return _shortage(one, needs.resources)

    def _is_member(self, one: Lot | Seat) -> bool:
        """Whether what is asked of attributes holds; that is found out once for each kind."""
        if one.kind not in self._members:
            asked = subject(self._rooms.room(one.number))
            self._members[one.kind] = all(query(asked) for query in self._of_attributes)
        return self._members[one.kind]

    def _of_instance(self, seat: Seat) -> _Refused:
        """What an instance fails by what it does not share with its lot."""
        if self._others:
            asked = self._subject(seat)
            if not all(query(asked) for query in self._others):
                return 3, MEMBER_OF
        if self._distinct and seat.same_group:
            return 4, DISTINCT_INSTANCE
        wanted = self._needs.resources.ports
        if wanted and (seat.taken or _conflict(self._rooms.room(seat.number), wanted)):
            return 9, "RESOURCE:PORTS"
        return None

    def _subject(self, seat: Seat) -> Subject:
        room = self._rooms.room(seat.number)
        groups = room.groups
        if seat.taken and self._group not in groups:
            groups = (*groups, self._group)
        return subject(room, running=room.running_tasks + seat.taken, groups=groups)


def _conflict(room: Room, wanted: Sequence[HostPort]) -> bool:
    return any(port in room.left.ports for port in wanted)


def _shortage(one: Lot | Seat, wanted: Resources) -> _Refused:
    """What an instance has too little of, if anything; ports are told elsewhere."""
    if wanted.enis > one.enis:
        return 5, "RESOURCE:ENI"
    if wanted.gpus > one.gpus:
        return 6, "RESOURCE:GPU"
    if wanted.memory > one.memory:
        return 7, "RESOURCE:MEMORY"
    if wanted.cpu > one.cpu:
        return 8, "RESOURCE:CPU"
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


class Hall:
    """The seats of one placement. They are made when they are asked for: most instances are never looked at.

    Those with tasks of the group are looked at one by one. The others differ from their lot in nothing that an order
    knows, so one after the other will do.
    """

    def __init__(self, rooms: Rooms, sieve: Sieve) -> None:
        self._rooms = rooms
        self._sieve = sieve
        self.of_group = [self._seat(number, rooms.lot_of[number]) for number in rooms.same_group]
        """The seats with tasks of the group, those too on which nothing fits."""

    def lines(self) -> Iterator[Iterator[Seat]]:
        """The seats on which a task fits, a lot's in order of registration, those of `of_group` each on its own."""
        for seat in self.of_group:
            if self._sieve.refusal(seat) is None:
                yield iter((seat,))
        for lot in self._rooms.lots:
            if self._sieve.of_lot(lot) is None:
                yield self._line(lot)

    def _line(self, lot: Lot) -> Iterator[Seat]:
        for number in lot.numbers:
            if number in self._rooms.same_group:
                continue
            seat = self._seat(number, lot)
            if not self._sieve.tells_apart or self._sieve.refusal(seat) is None:
                yield seat

    def _seat(self, number: int, lot: Lot) -> Seat:
        same_group = self._rooms.same_group.get(number, 0)
        return Seat(number, lot.kind, lot.cpu, lot.memory, lot.gpus, lot.enis, same_group)

    def eligible(self, *, with_room: bool) -> list[int]:
        """The instances on which a task may be, whether or not they have room for it; or those that have."""

        def passes(refused: _Refused) -> bool:
            return refused is None or (not with_room and refused[0] >= _FIRST_OF_ROOM)

        found: list[int] = []
        for lot in self._rooms.lots:
            if not passes(self._sieve.of_lot(lot)):
                continue
            if self._sieve.tells_apart:
                found += [n for n in lot.numbers if passes(self._sieve.refusal(self._seat(n, lot)))]
            else:
                found += lot.numbers
        return sorted(found)

    def refusals(self, seated: dict[int, Seat]) -> tuple[Refusal, ...]:
        """Why no instance gets another task.

        Args:
            seated: the seats on which tasks were placed just now, by number.
        """
        return tuple(self._refusal(number, seated.get(number)) for number in self._rooms.numbers)

    def _refusal(self, number: int, seated: Seat | None) -> Refusal:
        arn = self._rooms.arns[number]
        refused = self._sieve.refusal(seated or self._seat(number, self._rooms.lot_of[number]))
        assert refused is not None, f"{arn} had room"
        rank, reason = refused
        return Refusal(instance_arn=arn, reason=reason, rank=rank)
