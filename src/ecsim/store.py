"""The one mutable thing: current values by ARN, with the indexes that keep every look-up cheap.

Values are frozen; to change one, put its replacement. Nothing else in the cloud keeps state about AWS resources.
"""

from __future__ import annotations

from collections.abc import Iterable

from ecsim.model.network import Target
from ecsim.model.service import Cluster, Service
from ecsim.model.task import TargetKey, Task
from ecsim.model.task_definition import TaskDefinition, TaskDefinitionStatus

_Ordered = dict[str, None]


class Store:
    """Clusters, task definitions, services, tasks and targets. Insertion order is the only order."""

    def __init__(self) -> None:
        self.clusters: dict[str, Cluster] = {}
        self.services: dict[str, Service] = {}
        self.tasks: dict[str, Task] = {}
        self.task_definitions: dict[str, TaskDefinition] = {}
        self.last_revision: dict[str, int] = {}
        self.targets: dict[TargetKey, Target] = {}
        self._families: dict[str, _Ordered] = {}
        self._tasks_of_service: dict[str, _Ordered] = {}
        self._tasks_of_cluster: dict[str, _Ordered] = {}
        self._tasks_of_group: dict[tuple[str, str], _Ordered] = {}
        self._services_of_cluster: dict[str, _Ordered] = {}
        self._targets_of_group: dict[str, dict[TargetKey, None]] = {}

    # Clusters and services

    def put_cluster(self, cluster: Cluster) -> None:
        """Add or replace a cluster."""
        self.clusters[cluster.arn] = cluster

    def put_service(self, service: Service) -> None:
        """Add or replace a service."""
        self.services[service.arn] = service
        self._services_of_cluster.setdefault(service.cluster_arn, {})[service.arn] = None

    def services_of(self, cluster_arn: str) -> list[Service]:
        """The services of a cluster, oldest first."""
        return [self.services[arn] for arn in self._services_of_cluster.get(cluster_arn, ())]

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
        if task.arn not in self.tasks:
            self._tasks_of_cluster.setdefault(task.cluster_arn, {})[task.arn] = None
            if task.service_arn is not None:
                self._tasks_of_service.setdefault(task.service_arn, {})[task.arn] = None
            self._tasks_of_group.setdefault((task.cluster_arn, task.group), {})[task.arn] = None
        self.tasks[task.arn] = task
        if task.is_stopped:
            self._tasks_of_group.get((task.cluster_arn, task.group), {}).pop(task.arn, None)
            if task.service_arn is not None:
                self._tasks_of_service.get(task.service_arn, {}).pop(task.arn, None)

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
