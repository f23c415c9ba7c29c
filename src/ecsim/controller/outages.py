"""What goes wrong under the tasks: EC2 instances that are lost, Availability Zones that are out of order.

An instance that is lost is terminated, which deregisters it; its tasks stop with the reason that ECS gives for it.
While a zone is out of order nothing can be started there. Its Fargate tasks are lost, instances of Auto Scaling
groups are replaced in other zones, other instances stop and come back when the zone does. How soon AWS notices is
not documented: here it does at once. Sources: botocore ecs DeregisterContainerInstance; ecs-behaviour.md 2.5; EC2
Auto Scaling User Guide, as-add-availability-zone.
"""

from __future__ import annotations

from ecsim.controller.fleet import Fleet
from ecsim.controller.shell import Shell
from ecsim.controller.tasks import TaskLife
from ecsim.decide.capacity.registration import GONE, OFF
from ecsim.faults import Fault, FaultKind
from ecsim.model.container_instance import ContainerInstance
from ecsim.model.reason import because
from ecsim.model.task import Task

ZONE_LOST = "The Availability Zone {zone} is out of order."
"""The stoppedReason of a Fargate task in a lost zone. Not AWS's words: they are not documented."""


class Outages:
    """Lets instances and zones fail, and zones come back.

    Args:
        life: loses tasks.
        fleet: follows what becomes of EC2 instances.
    """

    def __init__(self, shell: Shell, life: TaskLife, fleet: Fleet) -> None:
        self._shell = shell
        self._life = life
        self._fleet = fleet
        self._switched_off: dict[str, str] = {}

    def check(self, fault: Fault) -> None:
        """Check that there is what a fault is for, before anything happens.

        Raises:
            ValueError: there is no such instance or zone; the message names those that there are.
        """
        if fault.kind is FaultKind.INSTANCE_LOST and not self._matching(fault.match):
            known = ", ".join(each.ec2_instance_id for each in self._registered()) or "none"
            raise ValueError(f"there is no container instance {fault.match!r}; there are: {known}")
        if fault.kind is FaultKind.ZONE_LOST:
            zones = self._shell.hosts.zones()
            if fault.match not in zones:
                known = ", ".join(zones)
                raise ValueError(f"match names an Availability Zone, not {fault.match!r}; there are: {known}")

    def strike(self, fault: Fault) -> list[str]:
        """Let a fault of these kinds happen, after `check`; returns the ids of the tasks that are lost by it."""
        if fault.kind is FaultKind.INSTANCE_LOST:
            return self._lose_instances(self._matching(fault.match))
        if fault.kind is FaultKind.ZONE_LOST and fault.match not in self._shell.lost_zones:
            return self._lose_zone(fault.match)
        return []

    def _registered(self) -> list[ContainerInstance]:
        store = self._shell.store
        return [each for cluster in store.clusters for each in store.instances_of(cluster)]

    def _matching(self, match: str) -> list[ContainerInstance]:
        """The container instances that a fault's match is for, by either id (or its beginning), or all by "*"."""
        return [
            each
            for each in self._registered()
            if match == "*" or each.ec2_instance_id.startswith(match) or each.id.startswith(match)
        ]

    def _lose_instances(self, instances: list[ContainerInstance]) -> list[str]:
        tasks = [task for each in instances for task in self._shell.store.live_tasks_on(each.arn)]
        for each in instances:
            self._shell.hosts.terminate(each.ec2_instance_id)
        self._fleet.refresh()
        return _ids(tasks)

    def _lose_zone(self, zone: str) -> list[str]:
        """Lose everything in a zone."""
        shell = self._shell
        self._fleet.refresh()
        every = shell.store.tasks.values()
        tasks = [task for task in every if task.availability_zone == zone and not task.is_stopped]
        shell.lost_zones[zone] = None
        for host in shell.hosts.all():
            if host.availability_zone != zone or host.state in (*GONE, *OFF):
                continue
            if host.auto_scaling_group is not None:
                shell.hosts.terminate(host.id)
            else:
                shell.hosts.switch(host.id, on=False)
                self._switched_off[host.id] = zone
        self._fleet.refresh()
        for task in tasks:
            if task.container_instance_arn is None:
                self._life.lose(task.arn, ZONE_LOST.format(zone=zone), because("task.zone_lost", zone=zone))
        return _ids(tasks)

    def heal(self, lost_zones: tuple[str, ...]) -> None:
        """These zones are still out of order, others are not any more: they can be used again."""
        shell = self._shell
        back = [zone for zone in shell.lost_zones if zone not in lost_zones]
        for zone in back:
            del shell.lost_zones[zone]
        for instance_id in [each for each, zone in self._switched_off.items() if zone in back]:
            del self._switched_off[instance_id]
            host = shell.hosts.one(instance_id)
            if host is not None and host.state in OFF:
                shell.hosts.switch(instance_id, on=True)
        if back:
            for cluster_arn in shell.store.clusters:
                self._fleet.look_at_balanced(cluster_arn)


def _ids(tasks: list[Task]) -> list[str]:
    return [task.id for task in tasks]
