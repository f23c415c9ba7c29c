"""How a task comes to be: its ids, its place, its network interface, its containers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsim.controller.addresses import Addresses
from ecsim.controller.placing import Placing
from ecsim.controller.shell import Shell
from ecsim.decide.capacity.distribution import distribute
from ecsim.decide.capacity.placement import needs_of
from ecsim.decide.task import lifecycle
from ecsim.model.answers import Subnet
from ecsim.model.container_instance import ContainerInstance
from ecsim.model.launch import Launched
from ecsim.model.placement import Needs, Placement, PlacementConstraint, PlacementStrategy, Refusal
from ecsim.model.replacing import replace
from ecsim.model.service import CapacityProviderStrategyItem
from ecsim.model.task import Container, DesiredStatus, Eni, Task, TaskStatus
from ecsim.model.task_definition import TaskDefinition

NO_ADDRESS = (
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in "
    "subnet '{subnet}'"
)
"""Source: ECS Developer Guide, failed-to-start-error."""


FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
"""The capacity providers whose tasks need no container instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """Whose task it is and how it is to run.

    Attributes:
        instances: ARNs of container instances: one task on each of them, nothing is chosen.
        zone: the Availability Zone, if it must be that one, with `provider` where there is a strategy.
    """

    cluster_arn: str
    task_definition: TaskDefinition
    group: str
    started_by: str | None = None
    service_arn: str | None = None
    deployment_id: str | None = None
    launch_type: str | None = "FARGATE"
    capacity_provider_strategy: tuple[CapacityProviderStrategyItem, ...] = ()
    platform_version: str | None = None
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[tuple[str, str], ...] = ()
    enable_execute_command: bool = False
    constraints: tuple[PlacementConstraint, ...] = ()
    strategies: tuple[PlacementStrategy, ...] = ()
    instances: tuple[str, ...] = ()
    zone: str | None = None
    provider: str | None = None
    request: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subnets(self) -> tuple[str, ...]:
        """The subnets of an awsvpc task."""
        return tuple(self.network_configuration.get("awsvpcConfiguration", {}).get("subnets", ()))


class Nursery:
    """Makes tasks."""

    def __init__(self, shell: Shell, addresses: Addresses) -> None:
        self._shell = shell
        self._addresses = addresses
        self._placing = Placing(shell)

    def make(self, birth: Birth, count: int) -> Launched:
        """New tasks, each planned to go on: as many as asked for on Fargate, as many as find a place elsewhere."""
        providers = self._providers(birth, count)
        if birth.launch_type == "FARGATE" or providers[:1] in [[each] for each in FARGATE_PROVIDERS]:
            if birth.service_arn is None and self._open_subnets(birth) == []:
                return Launched(tasks=(), unplaced=count, no_capacity=True)
            return Launched(tasks=tuple(self._on_fargate(birth, providers)))
        return self._on_instances(birth, providers)

    def _on_fargate(self, birth: Birth, providers: list[str | None]) -> list[Task]:
        """Spread over zones with the others of their group."""
        zones = {provider: self._zones(birth, provider) for provider in dict.fromkeys(providers)}
        scope = f"{birth.cluster_arn}/{birth.group}"
        subnets = self._open_subnets(birth)
        tasks = []
        for provider in providers:
            task = self._one(birth, scope, provider)
            zone, eni = self._interface(birth, task.id, subnets, zones[provider])
            task = replace(task, availability_zone=zone, eni=eni)
            zones[provider][task.availability_zone] += 1
            tasks.append(task)
            self._shell.put_task(task)
            self._provision(task, scope)
        return tasks

    def _provision(self, task: Task, scope: str) -> None:
        """Its network interface is made and attached."""
        low, high = lifecycle.PROVISIONING_MS
        wait = low + 1_000 * self._shell.identity.draw("provisioning", scope, 0, (high - low) // 1_000)
        self._shell.engine.call_at(self._shell.now_ms + wait, "task", task.arn, step="connected")

    # On container instances

    def _on_instances(self, birth: Birth, providers: list[str | None]) -> Launched:
        """Placed by constraints and strategies; with a capacity provider, each of its tasks on its instances."""
        needs = self._needs(birth)
        if birth.instances:
            wanted_on = tuple(dict.fromkeys(birth.instances))
            found = self._placing.exactly(needs, wanted_on, group=birth.group)
            tasks = [self._hosted(birth, needs, None, arn) for arn in found.chosen]
            return Launched(tasks=tuple(tasks), refusals=found.refusals, unplaced=len(found.refusals))
        tasks, refusals, unplaced = [], list[Refusal](), 0
        for provider in dict.fromkeys(providers):
            wanted = providers.count(provider)
            found = self._find(birth, needs, provider, wanted)
            tasks += [self._hosted(birth, needs, provider, arn) for arn in found.chosen]
            missing = wanted - len(found.chosen)
            if missing and provider is not None and self._scales(provider):
                tasks += [self._waiting(birth, needs, provider) for _ in range(missing)]
                missing = 0
            if missing:
                refusals += found.refusals
            unplaced += missing
        return Launched(tasks=tuple(tasks), refusals=tuple(refusals), unplaced=unplaced)

    def _find(self, birth: Birth, needs: Needs, provider: str | None, count: int) -> Placement:
        return self._placing.find(
            count,
            needs,
            cluster_arn=birth.cluster_arn,
            group=birth.group,
            provider=provider,
            constraints=birth.constraints,
            strategies=birth.strategies,
        )

    def _needs(self, birth: Birth) -> Needs:
        zones = [subnet.availability_zone for subnet in self._shell.network.subnets(birth.subnets)]
        if birth.zone is not None:
            zones = [birth.zone]
        return needs_of(birth.task_definition, birth.overrides, zones)

    def _scales(self, provider: str) -> bool:
        """Whether the provider brings instances for tasks that find no place."""
        return self._shell.store.scales(provider)

    def _hosted(self, birth: Birth, needs: Needs, provider: str | None, instance_arn: str) -> Task:
        """A task on a container instance: PROVISIONING with an interface of its own, else PENDING at once."""
        scope = f"{birth.cluster_arn}/{birth.group}"
        task = replace(self._one(birth, scope, provider), reserved=needs.resources)
        return self._settle(task, birth.task_definition, instance_arn, scope)

    def _waiting(self, birth: Birth, needs: Needs, provider: str) -> Task:
        """A task for which its capacity provider has no room yet: PROVISIONING until an instance comes."""
        task = self._one(birth, f"{birth.cluster_arn}/{birth.group}", provider)
        task = self._shell.put_task(replace(task, reserved=needs.resources))
        self._shell.waiting[task.arn] = (needs, birth.constraints, birth.strategies)
        self._shell.engine.call_at(
            self._shell.now_ms + lifecycle.CAPACITY_WAIT_MS, "task", task.arn, step="no_capacity"
        )
        return task

    def _settle(self, task: Task, definition: TaskDefinition, instance_arn: str, scope: str) -> Task:
        """Put a task on a container instance and plan its next step."""
        shell = self._shell
        instance = shell.store.container_instances[instance_arn]
        bindings = self._placing.bindings(definition, instance)
        held = task.reserved
        if held.ports:  # they are in its bindings
            held = replace(held, ports=())
        task = replace(
            task,
            container_instance_arn=instance_arn,
            availability_zone=instance.availability_zone,
            bindings=bindings,
            host=(instance.ec2_instance_id, instance.private_ip),
            reserved=held,
        )
        if definition.network_mode == "awsvpc":
            eni = self._interface_on(task, instance)
            task = shell.put_task(replace(task, eni=eni))
            self._provision(task, scope)
            return task
        task = shell.put_task(replace(task, last_status=TaskStatus.PENDING, connectivity_at_ms=shell.now_ms))
        shell.engine.call_at(shell.now_ms + lifecycle.PENDING_MS, "task", task.arn, step="accepted")
        return task

    def place_waiting(self, cluster_arn: str) -> None:
        """There may be room now for tasks that wait for it, the oldest first."""
        shell, full = self._shell, dict[tuple[object, ...], None]()
        for arn, (needs, constraints, strategies) in list(shell.waiting.items()):
            task = shell.store.tasks.get(arn)
            if task is None or task.desired_status is DesiredStatus.STOPPED:
                del shell.waiting[arn]
                continue
            alike = (task.capacity_provider_name, task.group, needs)
            if task.cluster_arn != cluster_arn or alike in full:
                continue
            found = self._placing.find(
                1,
                needs,
                cluster_arn=cluster_arn,
                group=task.group,
                provider=task.capacity_provider_name,
                constraints=constraints,
                strategies=strategies,
            )
            if not found.chosen:
                full[alike] = None
                continue
            del shell.waiting[arn]
            definition = shell.store.task_definitions[task.task_definition_arn]
            self._settle(task, definition, found.chosen[0], f"{cluster_arn}/{task.group}")

    # On Fargate and on instances

    def _providers(self, birth: Birth, count: int) -> list[str | None]:
        """The capacity provider of each new task; None for all of them when a launch type was asked for.

        The base and the weights are those of a deployment, or of one RunTask: it counts its own tasks only.
        """
        if not birth.capacity_provider_strategy:
            return [None] * count
        if birth.provider is not None:
            return [birth.provider] * count
        placed: Counter[str] = Counter()
        if birth.service_arn is not None:
            placed.update(
                task.capacity_provider_name
                for task in self._shell.store.live_tasks_of_service(birth.service_arn)
                if task.deployment_id == birth.deployment_id
                and task.desired_status is DesiredStatus.RUNNING
                and task.capacity_provider_name is not None
            )
        return [*distribute(birth.capacity_provider_strategy, placed, count)]

    def _zones(self, birth: Birth, provider: str | None) -> Counter[str]:
        """How many live tasks of the group each zone has; where there is one subnet there is nothing to count.

        FARGATE and FARGATE_SPOT are spread independently. Source: ECS Developer Guide, service-rebalancing.
        """
        subnets = birth.network_configuration.get("awsvpcConfiguration", {}).get("subnets", ())
        if len(subnets) <= 1:
            return Counter()
        siblings = self._shell.store.live_tasks_of_group(birth.cluster_arn, birth.group)
        return Counter(
            task.availability_zone
            for task in siblings
            if provider is None or task.capacity_provider_name == provider
        )

    def _one(self, birth: Birth, scope: str, provider: str | None) -> Task:
        """A task that has no place yet."""
        shell, definition = self._shell, birth.task_definition
        task_id = shell.identity.hexadecimal("task", scope)
        cluster = birth.cluster_arn.rsplit("/", 1)[1]
        prefix = f"arn:aws:ecs:{shell.region}:{shell.account}"
        return Task(
            arn=f"{prefix}:task/{cluster}/{task_id}",
            id=task_id,
            cluster_arn=birth.cluster_arn,
            task_definition_arn=definition.arn,
            group=birth.group,
            started_by=birth.started_by,
            service_arn=birth.service_arn,
            deployment_id=birth.deployment_id,
            launch_type=birth.launch_type or ("FARGATE" if provider in FARGATE_PROVIDERS else "EC2"),
            capacity_provider_name=provider,
            platform_version=birth.platform_version,
            cpu=str(birth.overrides.get("cpu") or definition.cpu or ""),
            memory=str(birth.overrides.get("memory") or definition.memory or ""),
            containers=tuple(
                Container(
                    name=c.name,
                    arn=f"{prefix}:container/{cluster}/{task_id}/{shell.identity.uuid('container', scope)}",
                    image=c.image,
                    essential=c.essential,
                    has_health_check=c.health_check is not None,
                    runtime_id=f"{task_id}-{shell.identity.digits('runtime', scope, length=10)}",
                )
                for c in definition.containers
            ),
            last_status=TaskStatus.PROVISIONING,
            created_at_ms=shell.now_ms,
            tags=birth.tags,
            overrides=birth.overrides,
            network_configuration=birth.network_configuration,
            enable_execute_command=birth.enable_execute_command,
            request=birth.request,
        )

    def _interface(
        self, birth: Birth, task_id: str, subnets: list[Subnet] | None, zones: Counter[str]
    ) -> tuple[str, Eni | None]:
        """The zone and the interface of a new task; no interface when no subnet has room for it."""
        wanted = birth.network_configuration.get("awsvpcConfiguration")
        if not wanted:
            return f"{self._shell.region}a", None
        if not subnets:
            return "", None
        subnet = self._addresses.choose(subnets, zones)
        groups = tuple(wanted.get("securityGroups", ()))
        eni = self._addresses.interface(subnet, task_id=task_id, security_groups=groups)
        return subnet.availability_zone, eni

    def _open_subnets(self, birth: Birth) -> list[Subnet] | None:
        """The subnets of an awsvpc task where something can be started; None when none of its subnets is there."""
        subnets = self._shell.network.subnets(birth.subnets)
        if not subnets:
            return None
        return [
            subnet
            for subnet in subnets
            if birth.zone in (None, subnet.availability_zone)
            and subnet.availability_zone not in self._shell.lost_zones
        ]

    def _interface_on(self, task: Task, instance: ContainerInstance) -> Eni | None:
        """The interface of an awsvpc task on an instance: in a subnet of the instance's zone."""
        wanted = task.network_configuration.get("awsvpcConfiguration", {})
        subnets = [
            subnet
            for subnet in self._shell.network.subnets(list(wanted.get("subnets", ())))
            if subnet.availability_zone == instance.availability_zone
        ]
        if not subnets:
            return None
        subnet = self._addresses.choose(subnets, Counter())
        groups = tuple(wanted.get("securityGroups", ()))
        return self._addresses.interface(subnet, task_id=task.id, security_groups=groups)


def no_interface(task: Task) -> str:
    """The stoppedReason of an awsvpc task that got no network interface."""
    wanted = task.network_configuration.get("awsvpcConfiguration", {})
    return NO_ADDRESS.format(subnet=next(iter(wanted.get("subnets", ())), ""))
