"""A wish for standalone tasks, as RunTask makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecsim.model.placement import PlacementConstraint, PlacementStrategy, Refusal
from ecsim.model.service import CapacityProviderStrategyItem
from ecsim.model.task import Task
from ecsim.model.task_definition import TaskDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What RunTask asks for, checked and with defaults filled in. Source: botocore ecs RunTaskRequest.

    Attributes:
        task_definition: the revision, resolved and ACTIVE.
        count: 1 to 10.
        group: as given, or `family:<family>`.
        started_by: as given, or None.
        launch_type: None when a capacity provider strategy is used.
        platform_version: "1.4.0" or as given; None where there is no Fargate. LATEST is resolved.
        network_configuration: in the API's own form, `assignPublicIp` filled in.
        overrides: in the API's own form.
        constraints, strategies: where on container instances; those of the definition are among the constraints.
        instances: ARNs of the container instances to start one task each on (StartTask); empty for placement.
        tags: the tags that the tasks get, propagated ones included.
        request: the members of RunTask in the API's own form (placementConstraints, ...).
    """

    cluster_arn: str
    task_definition: TaskDefinition
    count: int = 1
    group: str
    started_by: str | None = None
    launch_type: str | None = "FARGATE"
    capacity_provider_strategy: tuple[CapacityProviderStrategyItem, ...] = ()
    platform_version: str | None = None
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Any] = field(default_factory=dict)
    constraints: tuple[PlacementConstraint, ...] = ()
    strategies: tuple[PlacementStrategy, ...] = ()
    instances: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    enable_execute_command: bool = False
    request: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """What became of a launch.

    Attributes:
        refusals: why tasks found no place, when some did not; one for each container instance.
        unplaced: how many tasks found no place.
        no_capacity: whether that is because Fargate has no capacity in any zone of the subnets.
    """

    tasks: tuple[Task, ...]
    refusals: tuple[Refusal, ...] = ()
    unplaced: int = 0
    no_capacity: bool = False
