"""What deciders see of container instances and Availability Zones, for one service."""

from __future__ import annotations

from ecsim.controller.shell import Shell
from ecsim.decide.capacity import placement
from ecsim.decide.capacity.placement import constraints_of, needs_of
from ecsim.decide.service import rebalancing
from ecsim.decide.service.daemon import Ground
from ecsim.model.placement import Needs, PlacementConstraint, Rooms
from ecsim.model.service import Service
from ecsim.model.task import DesiredStatus, Task


class Grounds:
    """Looks at the instances of a service's cluster."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def leaving(self, tasks: tuple[Task, ...]) -> tuple[str, ...]:
        """The service's tasks on DRAINING container instances."""
        instances = self._shell.store.container_instances
        return tuple(
            task.arn
            for task in tasks
            if task.container_instance_arn is not None
            and (instance := instances.get(task.container_instance_arn)) is not None
            and instance.is_draining
        )

    def of_daemon(self, service: Service, tasks: tuple[Task, ...]) -> Ground:
        """The instances that are to have a task of a DAEMON service, and those with tasks of others."""
        store = self._shell.store
        own = {task.arn: None for task in tasks}
        needs, constraints = self._wants(service)
        rooms = self._rooms(service)
        return Ground(
            eligible=placement.eligible(needs, rooms, group=_group(service), constraints=constraints),
            busy=tuple(
                arn
                for arn in (rooms.arns[number] for number in rooms.numbers)
                if any(task.arn not in own for task in store.live_tasks_on(arn))
            ),
        )

    def zones(self, service: Service, tasks: tuple[Task, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The zones that a service's tasks are balanced over, and those of them with room for one more.

        Empty when they are not to be balanced, or when there is only one zone.
        """
        if not self._may_balance(service):
            return (), ()
        if service.primary.launch_type == "FARGATE" or any(t.launch_type == "FARGATE" for t in tasks):
            subnets = service.primary.network_configuration.get("awsvpcConfiguration", {}).get("subnets", ())
            found = [subnet.availability_zone for subnet in self._shell.network.subnets(list(subnets))]
            zones = tuple(dict.fromkeys(each for each in found if each not in self._shell.lost_zones))
            return (zones, zones) if len(zones) > 1 else ((), ())
        if service.rebalancing is None and self._is_even(service, tasks):
            return (), ()
        needs, constraints = self._wants(service)
        rooms = self._rooms(service)
        fit = placement.eligible(needs, rooms, group=_group(service), constraints=constraints)
        free = placement.eligible(
            needs, rooms, group=_group(service), constraints=constraints, with_room=True
        )
        zones, open_zones = self._zones_of(fit), self._zones_of(free)
        return (zones, open_zones) if len(zones) > 1 else ((), ())

    def _is_even(self, service: Service, tasks: tuple[Task, ...]) -> bool:
        """Whether no zone of the cluster has two tasks fewer than another.

        Then nothing is to be moved, whichever of the zones the service's tasks may go to; and that need not be found
        out at each look at each service.
        """
        zones = dict.fromkeys(self._shell.store.zones_of(service.cluster_arn), 0)
        found: dict[str | None, dict[str, int]] = {}
        for task in tasks:
            if task.desired_status is DesiredStatus.RUNNING:
                counts = found.setdefault(task.capacity_provider_name, dict(zones))
                counts[task.availability_zone] = counts.get(task.availability_zone, 0) + 1
        return all(max(counts.values()) - min(counts.values()) <= 1 for counts in found.values())

    def _may_balance(self, service: Service) -> bool:
        if service.request.get("availabilityZoneRebalancing") != "ENABLED":
            return False
        if not service.steady and service.rebalancing is None:
            return False
        return (
            rebalancing.problem(
                scheduling_strategy=service.scheduling_strategy,
                maximum_percent=service.deployment_configuration.maximum_percent,
                strategies=service.request.get("placementStrategy") or (),
                constraints=service.request.get("placementConstraints") or (),
            )
            is None
        )

    def _zones_of(self, arns: tuple[str, ...]) -> tuple[str, ...]:
        instances = (self._shell.store.container_instances[arn] for arn in arns)
        return tuple(sorted({instance.availability_zone for instance in instances}))

    def _rooms(self, service: Service) -> Rooms:
        providers = [item.capacity_provider for item in service.primary.capacity_provider_strategy]
        return self._shell.store.rooms(service.cluster_arn, _group(service), providers)

    def _wants(self, service: Service) -> tuple[Needs, tuple[PlacementConstraint, ...]]:
        definition = self._shell.store.task_definitions[service.primary.task_definition_arn]
        subnets = service.primary.network_configuration.get("awsvpcConfiguration", {}).get("subnets", ())
        zones = [subnet.availability_zone for subnet in self._shell.network.subnets(list(subnets))]
        constraints = constraints_of(
            definition.document.get("placementConstraints"), service.request.get("placementConstraints")
        )
        return needs_of(definition, None, zones), constraints


def _group(service: Service) -> str:
    return f"service:{service.name}"
