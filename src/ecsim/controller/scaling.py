"""Managed scaling: each minute a look at each capacity provider with an Auto Scaling group."""

from __future__ import annotations

from ecsim.clock.engine import Wake
from ecsim.controller.fleet import Fleet
from ecsim.controller.shell import Shell
from ecsim.decide.capacity import managed_scaling
from ecsim.decide.capacity.managed_scaling import PERIOD_MS, Load
from ecsim.decide.capacity.registration import moved, resources_of
from ecsim.model.capacity_provider import CapacityProvider
from ecsim.model.container_instance import (
    ContainerInstance,
    ContainerInstanceStatus,
    Host,
    Resources,
    ScalingGroup,
)


class Scaling:
    """Keeps Auto Scaling groups as large as their capacity providers need them."""

    def __init__(self, shell: Shell, fleet: Fleet) -> None:
        self._shell = shell
        self._fleet = fleet
        self._planned: dict[str, None] = {}
        self._low: dict[str, int] = {}
        self._said: dict[str, tuple[str, dict[str, object]]] = {}

    def watch(self, provider_name: str) -> None:
        """A capacity provider was made, changed, or associated with a cluster: look at it every minute."""
        if provider_name not in self._planned:
            self._planned[provider_name] = None
            self._shell.engine.call_at(self._shell.now_ms + PERIOD_MS, "scaling", provider_name)

    def step(self, wake: Wake) -> None:
        """A minute is over."""
        self._planned.pop(wake.key, None)
        provider = self._shell.store.capacity_providers.get(wake.key)
        if provider is None or provider.status != "ACTIVE" or not provider.scales:
            return
        if not self._clusters(provider):
            return
        self.watch(provider.name)
        group = self._shell.hosts.group(provider.group_arn)
        if group is not None:
            self._scale(provider, group)

    def _clusters(self, provider: CapacityProvider) -> list[str]:
        return [
            cluster.arn
            for cluster in self._shell.store.clusters.values()
            if cluster.status == "ACTIVE" and provider.name in cluster.request.get("capacityProviders", ())
        ]

    def _scale(self, provider: CapacityProvider, group: ScalingGroup) -> None:
        fresh = resources_of(Host(id="", state="", instance_type=group.instance_type))
        members = {each: self._shell.store.instance_on(each) for each in group.instances}
        leaving = [i for i in members.values() if i is not None and i.is_draining]
        load = Load(
            existing=len(group.instances) - len(leaving),
            busy=sum(self._is_busy(i) for i in members.values() if i is not None and not i.is_draining),
            waiting=self._waiting(provider),
            fresh=fresh,
            low_minutes=self._low.get(provider.name, 0),
        )
        found = managed_scaling.verdict(provider, load)
        self._low[provider.name] = found.low_minutes
        told = {name: value for name, value in found.reason.fields.items() if name != "minutes"}
        if self._said.get(provider.name) != (found.reason.code, told):
            self._said[provider.name] = (found.reason.code, told)
            self._shell.decided(provider.name, "scale", found.reason)
        if found.desired > load.existing:
            desired = min(found.desired + len(leaving), group.maximum)
            if desired > group.desired:
                self._shell.hosts.resize(group.name, desired)
        elif found.desired < load.existing:
            self._shrink(provider, members, load.existing - max(found.desired, group.minimum))
        self._finish(provider, leaving)

    def _waiting(self, provider: CapacityProvider) -> list[Resources]:
        store = self._shell.store
        return [
            needs.resources
            for arn, (needs, _, _) in self._shell.waiting.items()
            if arn in store.tasks
            and store.tasks[arn].capacity_provider_name == provider.name
            and store.tasks[arn].desired_status == "RUNNING"
        ]

    def _is_busy(self, instance: ContainerInstance) -> bool:
        """Whether it has a task that is not a DAEMON service's."""
        services = self._shell.store.services
        return any(
            task.service_arn is None or services[task.service_arn].scheduling_strategy != "DAEMON"
            for task in self._shell.store.live_tasks_on(instance.arn)
        )

    def _shrink(
        self, provider: CapacityProvider, members: dict[str, ContainerInstance | None], count: int
    ) -> None:
        """Give instances up: drained first with managed draining, else at once."""
        staying = [
            (host, instance is not None and self._is_busy(instance))
            for host, instance in members.items()
            if instance is None or not instance.is_draining
        ]
        for host in managed_scaling.victims(staying, count, protects=provider.protects):
            instance = members[host]
            if instance is None or not provider.drains or not self._shell.store.live_tasks_on(instance.arn):
                self._shell.hosts.release(host)
                continue
            draining = moved(instance, status=ContainerInstanceStatus.DRAINING)
            self._shell.store.put_container_instance(draining)
            self._fleet.changed(draining.arn)

    def _finish(self, provider: CapacityProvider, leaving: list[ContainerInstance]) -> None:
        """Terminate the instances that managed draining has emptied."""
        for instance in leaving:
            if provider.drains and not self._is_busy(instance):
                self._shell.hosts.release(instance.ec2_instance_id)
