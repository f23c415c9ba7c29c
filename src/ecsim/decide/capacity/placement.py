"""Task placement on container instances: filters, constraints, strategies, in this order.

1. Instances that are ACTIVE with a connected agent and have the attributes, CPU, memory, host ports, interfaces and
   GPUs that the task needs. 2. Those that meet every constraint. 3. Each strategy in turn keeps the best of what the
one before left. 4. Among equals, the one registered first.
Source: ECS Developer Guide, task-placement, task-placement-strategies; ecs-behaviour.md 6.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecsim.decide.capacity.order import Draw, order_of
from ecsim.decide.capacity.seats import Hall, Seat, Sieve
from ecsim.model.container_instance import HostPort, Resources
from ecsim.model.placement import Needs, Placement, PlacementConstraint, PlacementStrategy, Rooms
from ecsim.model.task_definition import TaskDefinition

DEFAULT_OF_SERVICES = (
    PlacementStrategy(type="spread", field="attribute:ecs.availability-zone"),
    PlacementStrategy(type="spread", field="instanceId"),
)
"""Source: botocore ecs UpdateService (the zone with the fewest tasks of the service, there the instance with the
fewest)."""
DEFAULT_OF_RUN_TASK = (PlacementStrategy(type="random"),)
"""Source: ECS Developer Guide, task-placement-strategies."""


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


def place(
    count: int,
    needs: Needs,
    rooms: Rooms,
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
        rooms: the instances.
        group: the tasks' group, which spread and distinctInstance count by.
        constraints: all of them bind; their expressions have been checked.
        strategies: the first one matters most.
        draw: chance, for the strategy random.
    """
    sieve = Sieve(needs, constraints, group, rooms)
    hall = Hall(rooms, sieve)
    queue = order_of(hall, strategies, draw)
    chosen: list[str] = []
    seated: dict[int, Seat] = {}
    while len(chosen) < count:
        seat = queue.best()
        if seat is None:
            break
        seat.take(needs.resources)
        queue.placed(seat, fits=sieve.refusal(seat) is None)
        seated[seat.number] = seat
        chosen.append(rooms.arns[seat.number])
    if len(chosen) == count:
        return Placement(chosen=tuple(chosen))
    return Placement(chosen=tuple(chosen), refusals=hall.refusals(seated))


def eligible(
    needs: Needs,
    rooms: Rooms,
    *,
    group: str,
    constraints: Sequence[PlacementConstraint] = (),
    with_room: bool = False,
) -> tuple[str, ...]:
    """The ARNs of the instances on which a task may be, whether or not they have room for it; or of those that have."""
    hall = Hall(rooms, Sieve(needs, constraints, group, rooms))
    return tuple(rooms.arns[number] for number in hall.eligible(with_room=with_room))
