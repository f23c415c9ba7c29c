"""A task definition as ECS keeps it after RegisterTaskDefinition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TaskDefinitionStatus(StrEnum):
    """Source: botocore ecs TaskDefinitionStatus."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """A container's health check; durations in seconds. Source: botocore ecs HealthCheck."""

    command: tuple[str, ...]
    interval_s: int = 30
    timeout_s: int = 5
    retries: int = 3
    start_period_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """When the agent starts a container again that has ended. Source: botocore ecs ContainerRestartPolicy.

    Attributes:
        ignored_exit_codes: after these it stays ended.
        restart_attempt_period_s: how long it must have run.
    """

    ignored_exit_codes: tuple[int, ...] = ()
    restart_attempt_period_s: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerDefinition:
    """One container of a task definition, as far as behaviour depends on it.

    Attributes:
        secrets: pairs of environment name and `valueFrom`.
        log_driver: e.g. "awslogs", or None.
        depends_on: pairs of container name and condition (START, COMPLETE, SUCCESS, HEALTHY).
        start_timeout_s: how long others wait for it to reach what they depend on, from its start; None for ever.
        restart_policy: None when it is not enabled.
        document: the whole container definition in the API's own form, defaults filled in.
    """

    name: str
    image: str
    essential: bool = True
    cpu: int = 0
    memory: int | None = None
    container_ports: tuple[int, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    log_driver: str | None = None
    log_options: Mapping[str, str] = field(default_factory=dict)
    health_check: HealthCheck | None = None
    depends_on: tuple[tuple[str, str], ...] = ()
    stop_timeout_s: int = 30
    start_timeout_s: int | None = None
    restart_policy: RestartPolicy | None = None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDefinition:
    """One revision of a family.

    Attributes:
        cpu: CPU units of the task, or None.
        memory: MiB of the task, or None.
        document: the task definition in the API's own form, as DescribeTaskDefinition shows it, without `status`
            and times.
    """

    arn: str
    family: str
    revision: int
    status: TaskDefinitionStatus = TaskDefinitionStatus.ACTIVE
    network_mode: str = "bridge"
    cpu: int | None = None
    memory: int | None = None
    execution_role_arn: str | None = None
    task_role_arn: str | None = None
    requires_compatibilities: tuple[str, ...] = ()
    containers: tuple[ContainerDefinition, ...] = ()
    registered_at_ms: int = 0
    deregistered_at_ms: int | None = None
    tags: tuple[tuple[str, str], ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)

    def container(self, name: str) -> ContainerDefinition | None:
        """The container of that name, or None."""
        return next((c for c in self.containers if c.name == name), None)
