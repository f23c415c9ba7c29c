"""A task and its containers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsim.model.container_instance import NetworkBinding, Resources

NOTHING = Resources()
"""What a task on Fargate takes of container instances."""


class TaskStatus(StrEnum):
    """The states of a task, in order. Source: ECS Developer Guide, task-lifecycle-explanation."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"


BEFORE_RUNNING = (TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING)
"""The states that DescribeServices counts as pending."""


_STOPPED = TaskStatus.STOPPED
"""Python 3.11 looks a member of an enumeration up slowly, and this one is asked for at each step of each task."""


class DesiredStatus(StrEnum):
    """What ECS wants of a task. Source: botocore ecs DesiredStatus."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class HealthStatus(StrEnum):
    """Source: botocore ecs HealthStatus."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


class StopCode(StrEnum):
    """Source: botocore ecs TaskStopCode."""

    TASK_FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_CONTAINER_EXITED = "EssentialContainerExited"
    USER_INITIATED = "UserInitiated"
    SERVICE_SCHEDULER_INITIATED = "ServiceSchedulerInitiated"
    SPOT_INTERRUPTION = "SpotInterruption"
    TERMINATION_NOTICE = "TerminationNotice"
    INFRASTRUCTURE_HEALTH = "InfrastructureHealth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a task.

    Attributes:
        last_status: PENDING, RUNNING or STOPPED.
        health_status: UNKNOWN when the container has no health check or it is still being evaluated.
        exit_code: only when it ran.
        reason: why it stopped, at most 1,024 characters.
        image_digest: what the tag pointed to when the image was pulled.
        restart_count: how often its restart policy has started it again.
    """

    name: str
    arn: str
    image: str
    essential: bool = True
    last_status: str = "PENDING"
    health_status: HealthStatus = HealthStatus.UNKNOWN
    has_health_check: bool = False
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str | None = None
    image_digest: str | None = None
    started_at_ms: int | None = None
    restart_count: int = 0
    health_failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetKey:
    """Where a target stands: which group, which address, which port."""

    target_group_arn: str
    target_id: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task. Times are milliseconds since the cloud's start; None means not yet.

    Attributes:
        service_arn: the service that owns it, or None for a standalone task.
        deployment_id: `ecs-svc/<19 digits>` of the deployment that started it, or None.
        availability_zone: where it runs.
        eni: the id, MAC and addresses of its network interface (awsvpc only).
        container_instance_arn: the container instance that it is on; None on Fargate, and while it waits for one.
        reserved: what it takes of its container instance until it is STOPPED.
        bindings: host ports that lead to its containers (network modes bridge and host).
        host: id and private address of the EC2 instance that it is on, or two empty texts.
        targets: the load balancer targets that ECS registered for it.
        ever_running: whether it reached RUNNING; the circuit breaker and the launch throttle ask this.
        protected_until_ms: until when scale-in protection holds, or None when it was not asked for.
        request: the members of RunTask or of the service that the API echoes (tags, overrides, ...).
    """

    arn: str
    id: str
    cluster_arn: str
    task_definition_arn: str
    group: str
    started_by: str | None = None
    service_arn: str | None = None
    deployment_id: str | None = None
    launch_type: str = "FARGATE"
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    availability_zone: str = ""
    cpu: str = ""
    memory: str = ""
    eni: Eni | None = None
    container_instance_arn: str | None = None
    reserved: Resources = NOTHING
    bindings: tuple[NetworkBinding, ...] = ()
    host: tuple[str, str] = ("", "")
    containers: tuple[Container, ...] = ()
    targets: tuple[TargetKey, ...] = ()
    last_status: TaskStatus = TaskStatus.PROVISIONING
    desired_status: DesiredStatus = DesiredStatus.RUNNING
    health_status: HealthStatus = HealthStatus.UNKNOWN
    stop_code: StopCode | None = None
    stopped_reason: str | None = None
    version: int = 1
    ever_running: bool = False
    created_at_ms: int = 0
    connectivity_at_ms: int | None = None
    pull_started_at_ms: int | None = None
    pull_stopped_at_ms: int | None = None
    started_at_ms: int | None = None
    stopping_at_ms: int | None = None
    execution_stopped_at_ms: int | None = None
    stopped_at_ms: int | None = None
    protected_until_ms: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    enable_execute_command: bool = False
    request: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_stopped(self) -> bool:
        """Whether it has reached its last state."""
        return self.last_status is _STOPPED

    @property
    def is_pending(self) -> bool:
        """Whether DescribeServices counts it as pending."""
        return self.last_status in BEFORE_RUNNING

    def is_protected(self, now_ms: int) -> bool:
        """Whether scale-in protection holds at a moment."""
        return self.protected_until_ms is not None and now_ms < self.protected_until_ms

    def container(self, name: str) -> Container | None:
        """The container of that name, or None."""
        return next((c for c in self.containers if c.name == name), None)

    def program_port(self, port: int) -> int:
        """The container port that a port of its address leads to: another one only behind a network binding."""
        return next((b.container_port for b in self.bindings if b.host_port == port), port)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eni:
    """The elastic network interface of an awsvpc task."""

    id: str
    subnet_id: str
    private_ip: str
    mac: str
    public_ip: str | None = None
    security_groups: tuple[str, ...] = ()
