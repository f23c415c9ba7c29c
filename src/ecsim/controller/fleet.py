"""The container instances: EC2 instances that register themselves, stop, and are lost with their tasks."""

from __future__ import annotations

from ecsim.clock.engine import Wake
from ecsim.controller.shell import Shell
from ecsim.controller.tasks import TaskLife
from ecsim.decide.capacity.registration import BOOT_MS, GONE, OFF, moved, registered
from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, Host
from ecsim.model.reason import because
from ecsim.model.replacing import replace
from ecsim.model.task import StopCode

LOST = "Host EC2 (instance {id}) {state}."
"""Source: ecs-behaviour.md 2.5."""

ORPHANED = "Container instance deregistration forced by user"
"""Source: ECS Developer Guide, stopped-task-errors (2023)."""


class Fleet:
    """Follows EC2.

    Args:
        life: stops the tasks of an instance that is lost.
    """

    def __init__(self, shell: Shell, life: TaskLife) -> None:
        self._shell = shell
        self._life = life
        self._booting: dict[str, None] = {}

    def refresh(self) -> None:
        """Look at EC2 if something may have changed there."""
        while self._shell.hosts.stale:
            for host in self._shell.hosts.all():
                self._follow(host)

    def _follow(self, host: Host) -> None:
        instance = self._shell.store.instance_on(host.id)
        if instance is None:
            known = self._shell.store.was_registered(host.id)  # a deregistered one stays away: it is final
            if host.state not in (*GONE, *OFF) and host.cluster is not None and not known:
                self._boot(host.id)
            return
        if host.state in GONE:
            self.gone(instance, "terminated")
        elif host.state in OFF and instance.agent_connected:
            self.off(instance)
        elif host.state == "running" and not instance.agent_connected:
            self._boot(host.id)

    def _boot(self, instance_id: str) -> None:
        """Its agent will have started by and by, or tries again."""
        if instance_id not in self._booting:
            self._booting[instance_id] = None
            self._shell.engine.call_at(self._shell.now_ms + BOOT_MS, "host", instance_id)

    def step(self, wake: Wake) -> None:
        """The agent of an EC2 instance has started: it registers the instance, or connects again."""
        self._booting.pop(wake.key, None)
        host = self._shell.hosts.one(wake.key)
        if host is None or host.state in (*GONE, *OFF):
            return
        if host.availability_zone in self._shell.lost_zones:
            self._boot(host.id)
            return
        known = self._shell.store.instance_on(host.id)
        if known is not None:
            if not known.agent_connected:
                self.admit(moved(known, agent_connected=True))
            return
        if host.cluster is None or not host.has_profile:
            return  # without an instance profile the agent may not call RegisterContainerInstance
        cluster = self._shell.store.clusters.get(self._arn("cluster", host.cluster))
        if cluster is None or cluster.status != "ACTIVE":
            self._boot(host.id)
            return
        number = self._shell.identity.hexadecimal("container instance", host.id)
        self.admit(
            registered(
                host,
                cluster_arn=cluster.arn,
                arn=self._arn("container-instance", f"{cluster.name}/{number}"),
                now_ms=self._shell.now_ms,
                date=self._shell.date(self._shell.now_ms),
                capacity_provider_name=self._provider_of(host),
            )
        )

    def _provider_of(self, host: Host) -> str | None:
        group = host.auto_scaling_group
        return self._shell.store.provider_of_group(group) if group is not None else None

    def _arn(self, kind: str, name: str) -> str:
        return f"arn:aws:ecs:{self._shell.region}:{self._shell.account}:{kind}/{name}"

    def _freed(self, cluster_arn: str) -> None:
        self._shell.freed[cluster_arn] = None

    def admit(self, instance: ContainerInstance) -> None:
        """A container instance is there: tasks may be placed on it, zones may be balanced anew.

        In a zone that is out of order its agent reaches nobody.
        """
        if instance.availability_zone in self._shell.lost_zones:
            instance = replace(instance, agent_connected=False)
        self._put(instance)
        self._freed(instance.cluster_arn)
        self.look_at_balanced(instance.cluster_arn)

    def look_at_balanced(self, cluster_arn: str) -> None:
        """The zones of a cluster are others now: services may have to be balanced anew."""
        for service in self._shell.store.services_of(cluster_arn):
            if service.status == "ACTIVE" and service.request.get("availabilityZoneRebalancing") == "ENABLED":
                self._shell.look_at(service.arn)

    def changed(self, instance_arn: str) -> None:
        """A call changed a container instance: its services are looked at, and who found no place tries again.

        When it was deregistered by force, its tasks are orphaned: ECS counts them as stopped, their targets are
        deregistered, and services start others elsewhere. Source: botocore ecs DeregisterContainerInstanceRequest.
        """
        instance = self._shell.store.container_instances[instance_arn]
        self._record(instance)
        if instance.status is ContainerInstanceStatus.INACTIVE:
            why = because("task.orphaned", instance=instance.ec2_instance_id)
            for task in self._shell.store.live_tasks_on(instance_arn):
                self._life.lose(task.arn, ORPHANED, why, StopCode.USER_INITIATED)
        for task in self._shell.store.live_tasks_on(instance_arn):
            if task.service_arn is not None:
                self._shell.look_later(task.service_arn, self._shell.now_ms)
        self._freed(instance.cluster_arn)

    def off(self, instance: ContainerInstance) -> None:
        """The EC2 instance was stopped: the agent is gone and so are the tasks; it stays registered.

        Source: ECS Developer Guide, ecs-instances (container instance lifecycle).
        """
        self._put(moved(instance, agent_connected=False))
        self._lose_tasks(instance, "stopped")

    def gone(self, instance: ContainerInstance, state: str) -> None:
        """The EC2 instance was terminated. A connected one is deregistered, another one stays until somebody does it.

        Source: botocore ecs DeregisterContainerInstance.
        """
        if instance.agent_connected:
            inactive = replace(instance, status=ContainerInstanceStatus.INACTIVE, agent_connected=False)
            self._put(moved(inactive))
        self._lose_tasks(instance, state)

    def _lose_tasks(self, instance: ContainerInstance, state: str) -> None:
        text = LOST.format(id=instance.ec2_instance_id, state=state)
        zone = instance.availability_zone
        why = (
            because("task.zone_lost", zone=zone)
            if zone in self._shell.lost_zones
            else because("task.host_lost", instance=instance.ec2_instance_id, state=state)
        )
        for task in self._shell.store.live_tasks_on(instance.arn):
            self._life.lose(task.arn, text, why)
        self._freed(instance.cluster_arn)

    def _put(self, instance: ContainerInstance) -> None:
        before = self._shell.store.container_instances.get(instance.arn)
        self._shell.store.put_container_instance(instance)
        if before is None or (before.status, before.agent_connected) != (
            instance.status,
            instance.agent_connected,
        ):
            self._record(instance)

    def _record(self, instance: ContainerInstance) -> None:
        self._shell.journal.record(
            "instance.status",
            instance.id,
            cluster=instance.cluster_arn.rsplit("/", 1)[1],
            ec2=instance.ec2_instance_id,
            status=str(instance.status),
            connected=instance.agent_connected,
            zone=instance.availability_zone,
        )
