"""How a task comes to be: its ids, its zone, its network interface, its containers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsim.controller.addresses import Addresses
from ecsim.controller.shell import Shell
from ecsim.decide import lifecycle
from ecsim.decide.distribution import distribute
from ecsim.model.service import CapacityProviderStrategyItem
from ecsim.model.task import Container, DesiredStatus, Eni, Task, TaskStatus
from ecsim.model.task_definition import TaskDefinition

NO_ADDRESS = (
    "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in "
    "subnet '{subnet}'"
)
"""Source: ECS Developer Guide, failed-to-start-error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """Whose task it is and how it is to run."""

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
    request: Mapping[str, Any] = field(default_factory=dict)


class Nursery:
    """Makes tasks."""

    def __init__(self, shell: Shell, addresses: Addresses) -> None:
        self._shell = shell
        self._addresses = addresses

    def make(self, birth: Birth, count: int) -> list[Task]:
        """New tasks, PROVISIONING, spread over zones with the others of their group; each is planned to go on."""
        providers = self._providers(birth, count)
        zones = {provider: self._zones(birth, provider) for provider in dict.fromkeys(providers)}
        scope = f"{birth.cluster_arn}/{birth.group}"
        tasks = []
        for provider in providers:
            task = self._one(birth, scope, provider, zones[provider])
            zones[provider][task.availability_zone] += 1
            tasks.append(task)
            self._shell.put_task(task)
            low, high = lifecycle.PROVISIONING_MS
            wait = low + 1_000 * self._shell.identity.draw("provisioning", scope, 0, (high - low) // 1_000)
            self._shell.engine.call_at(self._shell.now_ms + wait, "task", task.arn, step="connected")
        return tasks

    def _providers(self, birth: Birth, count: int) -> list[str | None]:
        """The capacity provider of each new task; None for all of them when a launch type was asked for.

        The base and the weights are those of a deployment, or of one RunTask: it counts its own tasks only.
        """
        if not birth.capacity_provider_strategy:
            return [None] * count
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

    def _one(self, birth: Birth, scope: str, provider: str | None, zones: Counter[str]) -> Task:
        shell, definition = self._shell, birth.task_definition
        task_id = shell.identity.hexadecimal("task", scope)
        cluster = birth.cluster_arn.rsplit("/", 1)[1]
        zone, eni = self._interface(birth, task_id, zones)
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
            launch_type=birth.launch_type or "FARGATE",
            capacity_provider_name=provider,
            platform_version=birth.platform_version,
            availability_zone=zone,
            cpu=str(birth.overrides.get("cpu") or definition.cpu or ""),
            memory=str(birth.overrides.get("memory") or definition.memory or ""),
            eni=eni,
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

    def _interface(self, birth: Birth, task_id: str, zones: Counter[str]) -> tuple[str, Eni | None]:
        """The zone and the interface of a new task; no interface when no subnet has room for it."""
        wanted = birth.network_configuration.get("awsvpcConfiguration")
        if not wanted:
            return f"{self._shell.region}a", None
        subnets = self._shell.network.subnets(list(wanted.get("subnets", ())))
        if not subnets:
            return "", None
        subnet = self._addresses.choose(subnets, zones)
        groups = tuple(wanted.get("securityGroups", ()))
        eni = self._addresses.interface(subnet, task_id=task_id, security_groups=groups)
        return subnet.availability_zone, eni


def no_interface(task: Task) -> str:
    """The stoppedReason of an awsvpc task that got no network interface."""
    wanted = task.network_configuration.get("awsvpcConfiguration", {})
    return NO_ADDRESS.format(subnet=next(iter(wanted.get("subnets", ())), ""))
