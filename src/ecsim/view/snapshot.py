"""The picture that views are made of: plain, frozen, taken at one moment by the cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecsim.clock.journal import Entry
from ecsim.model.container_instance import ContainerInstance
from ecsim.model.network import Balancer, Target, TargetGroup
from ecsim.model.service import Cluster, Service
from ecsim.model.task import Task
from ecsim.model.task_definition import TaskDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything a view may show.

    Attributes:
        tasks: all that are still remembered, STOPPED ones too, oldest first.
        target_groups: those that a service or a target of this cloud refers to.
        journal: every entry up to now.
    """

    now_ms: int
    region: str
    clusters: tuple[Cluster, ...] = ()
    services: tuple[Service, ...] = ()
    tasks: tuple[Task, ...] = ()
    task_definitions: Mapping[str, TaskDefinition] = field(default_factory=dict)
    targets: tuple[Target, ...] = ()
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    balancers: tuple[Balancer, ...] = ()
    container_instances: tuple[ContainerInstance, ...] = ()
    journal: tuple[Entry, ...] = ()
