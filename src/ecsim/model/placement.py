"""Where tasks may and should go on container instances, as they were asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementConstraint:
    """A condition that binds. Source: botocore ecs PlacementConstraint.

    Attributes:
        type: distinctInstance or memberOf.
        expression: of memberOf, in the cluster query language.
    """

    type: str
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementStrategy:
    """A preference. Source: botocore ecs PlacementStrategy.

    Attributes:
        type: random, spread or binpack.
        field: of spread `instanceId` or `attribute:<name>`, of binpack CPU or MEMORY.
    """

    type: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A container instance with what is left of it.

    Attributes:
        left: free CPU, memory, GPUs and interfaces; `ports` are the ports that are taken.
        running_tasks: its tasks that are wanted RUNNING.
        groups: the task groups with a live task on it.
        same_group: its live tasks of the group that is being placed.
    """

    instance: ContainerInstance
    left: Resources
    running_tasks: int = 0
    groups: tuple[str, ...] = ()
    same_group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kind:
    """What placement asks of a container instance that its tasks do not change; instances that are alike share one.

    Attributes:
        is_active: whether its status is ACTIVE.
        takes_tasks: whether, besides, its agent is connected.
        attributes: name to value, empty when it has none.
    """

    is_active: bool
    takes_tasks: bool
    availability_zone: str
    capacity_provider_name: str | None
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lot:
    """Container instances that are alike: of one kind, with as much left on each.

    Attributes:
        cpu, memory, gpus, enis: what is left of each.
        numbers: which they are, in order of registration; one at least.
    """

    kind: Kind
    cpu: int
    memory: int
    gpus: int
    enis: int
    numbers: Sequence[int]

    @property
    def number(self) -> int:
        """The one that was registered first."""
        return self.numbers[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The container instances that a task group may go to. A fleet has many instances and few lots.

    Instances are named by number; a lower number was registered earlier.

    Attributes:
        lots: all of them, in no order; each instance is in one.
        lot_of: the lot of an instance; it may know instances that are not among these.
        arns: an instance's ARN, by number.
        same_group: how many live tasks of the group are on an instance, for the instances that have any.
        room: all that is known of an instance.
    """

    lots: Sequence[Lot]
    lot_of: Mapping[int, Lot]
    arns: Sequence[str]
    same_group: Mapping[int, int]
    room: Callable[[int], Room]

    @property
    def numbers(self) -> list[int]:
        """The instances, in order of registration."""
        return sorted(number for lot in self.lots for number in lot.numbers)


def kind_of(instance: ContainerInstance) -> Kind:
    """A container instance's kind, shared with no other instance."""
    return Kind(
        is_active=instance.status is ContainerInstanceStatus.ACTIVE,
        takes_tasks=instance.takes_tasks,
        availability_zone=instance.availability_zone,
        capacity_provider_name=instance.capacity_provider_name,
        attributes=dict(instance.attributes),
    )


def rooms_of(rooms: Sequence[Room]) -> Rooms:
    """Rooms that are given one by one, in order of registration: each is a lot of its own."""
    lots = [
        Lot(
            kind=kind_of(room.instance),
            cpu=room.left.cpu,
            memory=room.left.memory,
            gpus=room.left.gpus,
            enis=room.left.enis,
            numbers=(number,),
        )
        for number, room in enumerate(rooms)
    ]
    return Rooms(
        lots=lots,
        lot_of=dict(enumerate(lots)),
        arns=[room.instance.arn for room in rooms],
        same_group={number: room.same_group for number, room in enumerate(rooms) if room.same_group},
        room=rooms.__getitem__,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a task needs of the instance that it is placed on.

    Attributes:
        resources: what it takes.
        attributes: names that the instance must have among its attributes.
        zones: the Availability Zones of its subnets; empty when any will do.
    """

    resources: Resources
    attributes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an instance did not get a task.

    Attributes:
        reason: e.g. "RESOURCE:CPU", as RunTask's failures name it.
        rank: how many tests it passed before; the closest match has the highest.
    """

    instance_arn: str
    reason: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where tasks go.

    Attributes:
        chosen: an instance's ARN for each task that found a place, in order.
        refusals: when not all of them did, why the next one found none: one for each instance.
    """

    chosen: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def closest(self) -> Refusal | None:
        """The refusal of the instance that came closest, or None when there was none."""
        return max(self.refusals, key=lambda each: each.rank) if self.refusals else None
