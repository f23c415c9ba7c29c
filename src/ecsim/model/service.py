"""A cluster, a service, and the service's deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsim.model.replacing import replace
from ecsim.model.strategy import Progress, Shifting, Strategy
from ecsim.model.task_set import TaskSet


class RolloutState(StrEnum):
    """Source: botocore ecs DeploymentRolloutState."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class DeploymentStatus(StrEnum):
    """PRIMARY is the newest; ACTIVE still has tasks and is being replaced. Source: botocore ecs Deployment.status."""

    PRIMARY = "PRIMARY"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DRAINING = "DRAINING"
    """Of task sets only: deleted, its tasks are on their way out. Source: botocore ecs TaskSet.status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvancedConfiguration:
    """The second target group, and where traffic is shifted. Source: botocore ecs AdvancedConfiguration.

    Attributes:
        production_listener_rule: of an Application Load Balancer a rule, of a Network Load Balancer a listener.
        test_listener_rule: the same for test traffic, or None.
        role_arn: the infrastructure role; it is kept and shown.
    """

    alternate_target_group_arn: str
    production_listener_rule: str
    test_listener_rule: str | None = None
    role_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadBalancer:
    """The tie between a service's container port and a target group."""

    target_group_arn: str
    container_name: str
    container_port: int
    advanced: AdvancedConfiguration | None = None

    def group(self, *, alternate: bool) -> str:
        """The target group of a service revision: the alternate one if it is there, and asked for."""
        if alternate and self.advanced is not None:
            return self.advanced.alternate_target_group_arn
        return self.target_group_arn


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityProviderStrategyItem:
    """A share of the tasks for a capacity provider. Source: botocore ecs CapacityProviderStrategyItem.

    Attributes:
        base: how many tasks it gets before the weights matter; one item of a strategy may have one.
        weight: its part of the tasks beyond the base.
    """

    capacity_provider: str
    base: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitBreaker:
    """Source: botocore ecs DeploymentCircuitBreaker and ThresholdConfiguration.

    Attributes:
        threshold_type: BOUNDED_PERCENT (3 to 200), UNBOUNDED_PERCENT or COUNT.
        threshold_value: percent of the desired count, or a count.
        reset_on_healthy_task: whether a task that becomes healthy sets the count of failures to zero.
    """

    enable: bool = False
    rollback: bool = False
    threshold_type: str = "BOUNDED_PERCENT"
    threshold_value: int = 50
    reset_on_healthy_task: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlySuccess:
    """Source: botocore ecs DeploymentEarlySuccessCriteria.

    Attributes:
        healthy_percent: of the desired count.
        blocking: whether the old tasks go before the deployment is done (BLOCKING), or after it (DEFERRED).
    """

    healthy_percent: int
    blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmWatch:
    """The CloudWatch alarms of a deployment. Source: botocore ecs DeploymentAlarms.

    Attributes:
        is_begun: whether they have been looked at for the first time.
        is_ignored: whether one was in ALARM then, so that none counts.
        baking_since_ms: since when a rolling deployment has been there and only waits, or None.
    """

    names: tuple[str, ...]
    rollback: bool
    is_begun: bool = False
    is_ignored: bool = False
    baking_since_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfiguration:
    """Source: botocore ecs DeploymentConfiguration. `document` is the API's own form.

    Attributes:
        shifting: how traffic is shifted; of ROLLING only the bake time counts, and only with alarms.
        alarms: what a deployment that begins now watches, or None.
        early_success: when a rolling deployment is done early, or None.
    """

    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    circuit_breaker: CircuitBreaker = CircuitBreaker()
    strategy: Strategy = Strategy.ROLLING
    shifting: Shifting = field(default_factory=Shifting)
    alarms: AlarmWatch | None = None
    early_success: EarlySuccess | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One deployment of a service: a revision on its way in, in place, or on its way out.

    Attributes:
        id: `ecs-svc/<19 digits>`.
        desired_count: 0 until the scheduler has looked at it (ecs-behaviour.md 5.5).
        failed_tasks: tasks that failed in a row, as DescribeServices shows it.
        breaker_count: what the circuit breaker counts; the same, unless it is not reset by a healthy task.
        ever_completed: whether it was COMPLETED once, so that a rollback may return to it.
        rollback_requested: whether StopServiceDeployment was called; the scheduler acts on it at its next look.
        rolled_back_from: the deployment whose failure made this one primary again, or None.
        launch_type: None when the capacity provider strategy decides.
        alarms: the alarms that it watches, or None.
        on_alternate: whether its tasks are registered with the alternate target groups.
        task_set: what it is besides where an external controller makes the deployments, or None.
        unplaced: whether the last launch found no container instance for some task.
        digests: pairs of container name and image digest, resolved by the first task (version consistency).
    """

    id: str
    status: DeploymentStatus
    task_definition_arn: str
    desired_count: int = 0
    rollout_state: RolloutState = RolloutState.IN_PROGRESS
    rollout_state_reason: str = ""
    failed_tasks: int = 0
    breaker_count: int = 0
    failed_launches: int = 0
    ever_running: bool = False
    ever_completed: bool = False
    rollback_requested: bool = False
    rolled_back_from: str | None = None
    next_launch_at_ms: int = 0
    unplaced: bool = False
    created_at_ms: int = 0
    updated_at_ms: int = 0
    launch_type: str | None = "FARGATE"
    capacity_provider_strategy: tuple[CapacityProviderStrategyItem, ...] = ()
    platform_version: str | None = None
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    load_balancers: tuple[LoadBalancer, ...] = ()
    volume_configurations: tuple[Mapping[str, Any], ...] = ()
    alarms: AlarmWatch | None = None
    on_alternate: bool = False
    task_set: TaskSet | None = None
    service_revision_arn: str = ""
    service_deployment_arn: str = ""
    digests: tuple[tuple[str, str], ...] = ()

    @property
    def registered_with(self) -> tuple[LoadBalancer, ...]:
        """The load balancers with the target groups that this deployment's tasks are registered with."""
        return tuple(
            replace(balancer, target_group_arn=balancer.group(alternate=self.on_alternate))
            for balancer in self.load_balancers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEvent:
    """One line of DescribeServices' events."""

    id: str
    at_ms: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service.

    Attributes:
        status: ACTIVE, DRAINING or INACTIVE.
        deployments: newest first; the PRIMARY one is the first. With other controllers than ECS these are the task
            sets, of which there may be none, and any may be PRIMARY.
        events: newest first, at most 100.
        progress: how far a deployment with traffic shifting is, or None when there is none under way.
        rebalancing: the Availability Zone that a task is being moved to, or None.
        steady: whether the last look found it steady (the steady-state event is told once for each arrival).
        last_completed: the deployment that a rollback returns to, or None before the first one completed.
        request: the members of CreateService and UpdateService that the API echoes.
    """

    arn: str
    name: str
    cluster_arn: str
    status: str = "ACTIVE"
    desired_count: int = 0
    scheduling_strategy: str = "REPLICA"
    deployment_controller: str = "ECS"
    health_check_grace_period_s: int = 0
    deployment_configuration: DeploymentConfiguration = DeploymentConfiguration()
    deployments: tuple[Deployment, ...] = ()
    events: tuple[ServiceEvent, ...] = ()
    last_completed: Deployment | None = None
    progress: Progress | None = None
    steady: bool = False
    rebalancing: str | None = None
    steady_told_at_ms: int | None = None
    created_at_ms: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)

    @property
    def primary(self) -> Deployment:
        """The newest deployment."""
        return self.deployments[0]

    @property
    def has_task_sets(self) -> bool:
        """Whether somebody else than ECS makes its deployments, as task sets: an external controller, or CodeDeploy."""
        return self.deployment_controller != "ECS"

    @property
    def primary_task_set(self) -> Deployment | None:
        """The task set that serves production, or None when there is none yet."""
        return next((d for d in self.deployments if d.status is DeploymentStatus.PRIMARY), None)

    def deployment(self, deployment_id: str | None) -> Deployment | None:
        """The deployment of that id while it is listed, or None."""
        return next((d for d in self.deployments if d.id == deployment_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A cluster. `request` holds the members of CreateCluster that the API echoes."""

    arn: str
    name: str
    status: str = "ACTIVE"
    tags: tuple[tuple[str, str], ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)
