"""The one mutable thing: current values by ARN, with the indexes that keep every look-up cheap.

Values are frozen; to change one, put its replacement. Nothing else in the cloud keeps state about AWS resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ecsim.model.capacity_provider import CapacityProvider
from ecsim.model.codedeploy import Application, CodeDeployment, Group, TrafficRouting
from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, HostPort
from ecsim.model.network import Target
from ecsim.model.placement import Room, Rooms
from ecsim.model.service import Cluster, Service
from ecsim.model.task import TargetKey, Task
from ecsim.model.task_definition import TaskDefinition, TaskDefinitionStatus
from ecsim.occupancy import Account, Occupancy

_Ordered = dict[str, None]


class Store:
    """Clusters, task definitions, services, tasks, container instances, targets. Insertion order is the only order."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self.services: dict[str, Service] = {}
        self.tasks: dict[str, Task] = {}
        self.task_definitions: dict[str, TaskDefinition] = {}
        self.last_revision: dict[str, int] = {}
        self.targets: dict[TargetKey, Target] = {}
        self.container_instances: dict[str, ContainerInstance] = {}
        self.capacity_providers: dict[str, CapacityProvider] = {}
        self.applications: dict[str, Application] = {}
        self.deployment_groups: dict[tuple[str, str], Group] = {}
        self.traffic_routings: dict[str, TrafficRouting] = {}
        self.code_deployments: dict[str, CodeDeployment] = {}
        self._code_deployment_of_service: dict[str, str] = {}
        self._accounts: dict[str, Account] = {}
        self._occupancies: dict[str, Occupancy] = {}
        self._instances_of_cluster: dict[str, _Ordered] = {}
        self._instances_of_host: dict[str, _Ordered] = {}
        self._families: dict[str, _Ordered] = {}
        self._tasks_of_service: dict[str, _Ordered] = {}
        self._tasks_of_cluster: dict[str, _Ordered] = {}
        self._tasks_of_group: dict[tuple[str, str], _Ordered] = {}
        self._services_of_cluster: dict[str, _Ordered] = {}
        self._daemons_of_cluster: dict[str, _Ordered] = {}
        self._targets_of_group: dict[str, dict[TargetKey, None]] = {}

    # Clusters and services

    def put_cluster(self, cluster: Cluster) -> None:
        """Add or replace a cluster."""
        self.clusters[cluster.arn] = cluster

    def put_service(self, service: Service) -> None:
        """Add or replace a service."""
        self.services[service.arn] = service
        self._services_of_cluster.setdefault(service.cluster_arn, {})[service.arn] = None
        if service.scheduling_strategy == "DAEMON":
            self._daemons_of_cluster.setdefault(service.cluster_arn, {})[service.arn] = None

    def services_of(self, cluster_arn: str) -> list[Service]:
        """The services of a cluster, oldest first."""
        return [self.services[arn] for arn in self._services_of_cluster.get(cluster_arn, ())]

    def daemons_of(self, cluster_arn: str) -> list[Service]:
        """The ACTIVE services of a cluster with the scheduling strategy DAEMON, oldest first."""
        found = (self.services[arn] for arn in self._daemons_of_cluster.get(cluster_arn, ()))
        return [service for service in found if service.status == "ACTIVE"]

    # Task definitions

    def put_task_definition(self, definition: TaskDefinition) -> None:
        """Add or replace a revision."""
        self.task_definitions[definition.arn] = definition
        self._families.setdefault(definition.family, {})[definition.arn] = None
        known = self.last_revision.get(definition.family, 0)
        self.last_revision[definition.family] = max(known, definition.revision)

    def drop_task_definition(self, arn: str) -> None:
        """Forget a deleted revision; its number is never used again."""
        definition = self.task_definitions.pop(arn)
        del self._families[definition.family][arn]

    def families(self) -> list[str]:
        """Every family name, in the order of first registration."""
        return list(self._families)

    def revisions_of(self, family: str) -> list[TaskDefinition]:
        """The revisions of a family, oldest first."""
        return [self.task_definitions[arn] for arn in self._families.get(family, ())]

    def latest_active(self, family: str) -> TaskDefinition | None:
        """The newest ACTIVE revision of a family, or None."""
        for arn in reversed(self._families.get(family, {})):
            definition = self.task_definitions[arn]
            if definition.status is TaskDefinitionStatus.ACTIVE:
                return definition
        return None

    # Tasks

    def put_task(self, task: Task) -> None:
        """Add or replace a task."""
        before = self.tasks.get(task.arn)
        self._keep_account(before, task)
        if before is None:
            self._tasks_of_cluster.setdefault(task.cluster_arn, {})[task.arn] = None
            if task.service_arn is not None:
                self._tasks_of_service.setdefault(task.service_arn, {})[task.arn] = None
            self._tasks_of_group.setdefault((task.cluster_arn, task.group), {})[task.arn] = None
        self.tasks[task.arn] = task
        if task.is_stopped:
            self._tasks_of_group.get((task.cluster_arn, task.group), {}).pop(task.arn, None)
            if task.service_arn is not None:
                self._tasks_of_service.get(task.service_arn, {}).pop(task.arn, None)

    def _keep_account(self, before: Task | None, task: Task) -> None:
        """Of what the tasks of container instances take."""
        if task.container_instance_arn is None and (before is None or before.container_instance_arn is None):
            return
        old = self._holding(before)
        new = self._holding(task)
        if old is None and new is None:
            return
        if old is not None and before is not None:
            old.count(before, -1)
            if old is not new or before.bindings is not task.bindings:
                self._occupancy(before.cluster_arn).add(old, before, -1)
        if new is not None:
            if old is not new or before is None or before.bindings is not task.bindings:
                self._occupancy(task.cluster_arn).add(new, task, 1)
            new.count(task, 1)

    def _holding(self, task: Task | None) -> Account | None:
        if task is None or task.container_instance_arn is None or task.is_stopped:
            return None
        return self._accounts.get(task.container_instance_arn)

    def _occupancy(self, cluster_arn: str) -> Occupancy:
        return self._occupancies.setdefault(cluster_arn, Occupancy())

    def drop_task(self, arn: str) -> None:
        """Forget a task that stopped long ago."""
        task = self.tasks.pop(arn)
        self._tasks_of_cluster[task.cluster_arn].pop(arn, None)

    def tasks_of(self, cluster_arn: str) -> list[Task]:
        """Every task of a cluster that is still remembered, oldest first."""
        return [self.tasks[arn] for arn in self._tasks_of_cluster.get(cluster_arn, ())]

    def live_tasks_of_service(self, service_arn: str) -> list[Task]:
        """The tasks of a service that are not STOPPED, oldest first."""
        return [self.tasks[arn] for arn in self._tasks_of_service.get(service_arn, ())]

    def live_tasks_of_group(self, cluster_arn: str, group: str) -> list[Task]:
        """The tasks of a task group that are not STOPPED, oldest first."""
        return [self.tasks[arn] for arn in self._tasks_of_group.get((cluster_arn, group), ())]

    # Container instances

    def put_container_instance(self, instance: ContainerInstance) -> None:
        """Add or replace a container instance."""
        occupancy = self._occupancy(instance.cluster_arn)
        if instance.arn in self.container_instances:
            occupancy.changed(self._accounts[instance.arn], instance)
        else:
            self._accounts[instance.arn] = occupancy.open(instance)
            self._instances_of_cluster.setdefault(instance.cluster_arn, {})[instance.arn] = None
            self._instances_of_host.setdefault(instance.ec2_instance_id, {})[instance.arn] = None
        self.container_instances[instance.arn] = instance

    def instances_of(self, cluster_arn: str) -> list[ContainerInstance]:
        """The container instances of a cluster that are not INACTIVE, in order of registration."""
        every = self.every_instance_of(cluster_arn)
        return [each for each in every if each.status is not ContainerInstanceStatus.INACTIVE]

    def every_instance_of(self, cluster_arn: str) -> list[ContainerInstance]:
        """The container instances of a cluster, INACTIVE ones too, in order of registration."""
        return [self.container_instances[arn] for arn in self._instances_of_cluster.get(cluster_arn, ())]

    def was_registered(self, ec2_instance_id: str) -> bool:
        """Whether an EC2 instance is or was a container instance."""
        return ec2_instance_id in self._instances_of_host

    def instance_on(self, ec2_instance_id: str) -> ContainerInstance | None:
        """The container instance that an EC2 instance is at present, or None."""
        for arn in reversed(self._instances_of_host.get(ec2_instance_id, {})):
            if self.container_instances[arn].status is not ContainerInstanceStatus.INACTIVE:
                return self.container_instances[arn]
        return None

    def live_tasks_on(self, instance_arn: str) -> list[Task]:
        """The tasks of a container instance that are not STOPPED, oldest first."""
        account = self._accounts.get(instance_arn)
        return [self.tasks[arn] for arn in account.tasks] if account is not None else []

    def counts_on(self, instance_arn: str) -> tuple[int, int]:
        """How many running and pending tasks a container instance has."""
        account = self._accounts[instance_arn]
        return account.running, account.pending

    def room(self, instance: ContainerInstance, group: str = "") -> Room:
        """What is left of a container instance, as placement of a task group sees it."""
        return self._accounts[instance.arn].room(group)

    def rooms(self, cluster_arn: str, group: str = "", providers: Sequence[str] = ()) -> Rooms:
        """What is left of the container instances of a cluster that are not INACTIVE.

        They are a view: what is put later may show in them.

        Args:
            cluster_arn: the cluster.
            group: the task group for which placement asks.
            providers: capacity providers whose instances alone are wanted; all instances when there are none.
        """
        return self._occupancy(cluster_arn).rooms(group, providers)

    def zones_of(self, cluster_arn: str) -> tuple[str, ...]:
        """The Availability Zones of the container instances of a cluster that are not INACTIVE."""
        return self._occupancy(cluster_arn).zones()

    def is_port_held(self, instance_arn: str, port: HostPort) -> bool:
        """Whether the agent or a live task of a container instance holds a port of its host."""
        account = self._accounts[instance_arn]
        return port in account.ports or port in account.instance.registered.ports

    # Capacity providers

    def put_capacity_provider(self, provider: CapacityProvider) -> None:
        """Add or replace a capacity provider of one's own."""
        self.capacity_providers[provider.name] = provider

    def provider_of_group(self, auto_scaling_group: str) -> str | None:
        """The name of the ACTIVE capacity provider of an Auto Scaling group, or None."""
        for provider in self.capacity_providers.values():
            if provider.group_name == auto_scaling_group and provider.status == "ACTIVE":
                return provider.name
        return None

    def scales(self, provider: str) -> bool:
        """Whether a capacity provider brings instances for tasks that find no place."""
        known = self.capacity_providers.get(provider)
        return known is not None and known.scales

    # CodeDeploy

    def put_code_deployment(self, deployment: CodeDeployment) -> None:
        """Add or replace a deployment of CodeDeploy."""
        self.code_deployments[deployment.id] = deployment
        if not deployment.status.is_over:
            self._code_deployment_of_service[deployment.service_arn] = deployment.id
        elif self._code_deployment_of_service.get(deployment.service_arn) == deployment.id:
            del self._code_deployment_of_service[deployment.service_arn]

    def code_deployment_of(self, service_arn: str) -> CodeDeployment | None:
        """The deployment of CodeDeploy that is under way in a service, or None."""
        found = self._code_deployment_of_service.get(service_arn)
        return self.code_deployments[found] if found is not None else None

    # Targets

    def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        self.targets[target.key] = target
        self._targets_of_group.setdefault(target.key.target_group_arn, {})[target.key] = None

    def drop_target(self, key: TargetKey) -> None:
        """Forget a target whose deregistration is complete."""
        self.targets.pop(key, None)
        self._targets_of_group.get(key.target_group_arn, {}).pop(key, None)

    def targets_in(self, target_group_arn: str) -> list[Target]:
        """The targets of a group, in order of registration."""
        return [self.targets[key] for key in self._targets_of_group.get(target_group_arn, ())]

    def targets_of(self, keys: Iterable[TargetKey]) -> list[Target]:
        """The targets of these keys that are still there."""
        return [self.targets[key] for key in keys if key in self.targets]
