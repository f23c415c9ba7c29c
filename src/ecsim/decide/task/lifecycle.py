"""How long the steps of a task's life take, and what its containers may do next.

The order of the states is exact (ECS Developer Guide, task-lifecycle-explanation). The durations are approximate:
they add up to about 24 s from creation to RUNNING, as in AWS's own sample event.
"""

from __future__ import annotations

from ecsim.model.replacing import replace
from ecsim.model.task import Container, HealthStatus, Task
from ecsim.model.task_definition import ContainerDefinition, TaskDefinition

PROVISIONING_MS = (7_000, 9_000)
"""The network interface is made and attached; drawn for each task."""
PENDING_MS = 3_000
"""The agent accepts the task; secrets are fetched and log streams opened at its end."""
RESOURCE_FAILURE_MS = 10_000
"""Until a ResourceInitializationError is given up on."""
PULL_FAILURE_MS = 10_000
"""Until an image that cannot be pulled is given up on (five tries)."""
ACTIVATE_MS = 2_000
"""From the containers' start to RUNNING; targets are registered at its beginning."""
DEPROVISIONING_MS = 8_000
"""The network interface is detached and deleted."""
CAPACITY_WAIT_MS = 1_800_000
"""How long a task waits for an instance of its capacity provider. Approximate: not documented."""
NO_CAPACITY = (
    "Capacity is unavailable at this time. Please try again later or in a different availability zone"
)
"""What Fargate says when it has no room in a zone. Sources: ECS Developer Guide, ecs_service_events (a service's
event); AWS re:Post, ecs-fargate-runtask-capacity (RunTask)."""
FORGET_MS = 3_600_000
"""Stopped tasks stay visible for an hour. Source: botocore ecs DescribeTasks."""


def startable(task: Task, definition: TaskDefinition) -> list[ContainerDefinition]:
    """The containers whose dependencies are met and that have not started.

    Source: botocore ecs ContainerDependency (START, COMPLETE, SUCCESS, HEALTHY).
    """
    ready = []
    for wanted in definition.containers:
        container = task.container(wanted.name)
        if container is None or container.last_status != "PENDING":
            continue
        if all(_met(task.container(name), condition) for name, condition in wanted.depends_on):
            ready.append(wanted)
    return ready


def _met(dependency: Container | None, condition: str) -> bool:
    if dependency is None:
        return False
    if condition == "START":
        return dependency.last_status != "PENDING"
    if condition == "HEALTHY":
        return dependency.health_status is HealthStatus.HEALTHY
    ended = dependency.last_status == "STOPPED"
    return ended and (condition == "COMPLETE" or dependency.exit_code == 0)


def hopeless(task: Task, definition: TaskDefinition) -> tuple[str, str, str] | None:
    """A container that can never start: (its name, the dependency, the condition), or None."""
    for wanted in definition.containers:
        container = task.container(wanted.name)
        if container is None or container.last_status != "PENDING":
            continue
        for name, condition in wanted.depends_on:
            dependency = task.container(name)
            if dependency is None:
                continue
            failed = condition == "SUCCESS" and dependency.exit_code not in (None, 0)
            sick = condition == "HEALTHY" and dependency.health_status is HealthStatus.UNHEALTHY
            if failed or sick:
                return wanted.name, name, condition
    return None


def timed_out(task: Task, definition: TaskDefinition, now_ms: int) -> tuple[str, str, str, int] | None:
    """A container that gives up: (its name, the dependency, the condition, the start time-out in s), or None.

    The time-out is the dependency's and runs from its start. Source: botocore ecs ContainerDefinition.startTimeout.
    """
    for wanted in definition.containers:
        container = task.container(wanted.name)
        if container is None or container.last_status != "PENDING":
            continue
        for name, condition in wanted.depends_on:
            dependency, asked = task.container(name), definition.container(name)
            if dependency is None or asked is None or asked.start_timeout_s is None:
                continue
            if dependency.started_at_ms is None or _met(dependency, condition):
                continue
            if now_ms >= dependency.started_at_ms + asked.start_timeout_s * 1_000:
                return wanted.name, name, condition, asked.start_timeout_s
    return None


def restarts(container: Container, definition: ContainerDefinition, exit_code: int, now_ms: int) -> bool:
    """Whether the agent starts a container again that has just ended.

    It must have run for the restart attempt period, so that there is at most one restart in it; essential containers
    are restarted too. Source: botocore ecs ContainerRestartPolicy; ECS Developer Guide, container-restart-policy.
    """
    policy = definition.restart_policy
    if policy is None or container.started_at_ms is None or exit_code in policy.ignored_exit_codes:
        return False
    return now_ms >= container.started_at_ms + policy.restart_attempt_period_s * 1_000


def stop_order(task: Task, definition: TaskDefinition) -> list[str]:
    """The running containers that may be stopped now: those on which no other running one depends.

    Source: botocore ecs ContainerDependency ("the dependencies are reversed for shutdown").
    """
    running = {c.name for c in task.containers if c.last_status == "RUNNING"}
    needed = {
        name for wanted in definition.containers if wanted.name in running for name, _ in wanted.depends_on
    }
    return [c.name for c in task.containers if c.name in running and c.name not in needed]


def after_health_command(
    container: Container, definition: ContainerDefinition, *, passed: bool, now_ms: int
) -> Container:
    """A container after one run of its health command.

    Failures within the start period do not count, until the first success. Source: botocore ecs HealthCheck.
    """
    check = definition.health_check
    assert check is not None, f"container {container.name} has no health check"
    if passed:
        return replace(container, health_status=HealthStatus.HEALTHY, health_failures=0)
    started = container.started_at_ms or 0
    in_start_period = now_ms < started + check.start_period_s * 1_000
    if in_start_period and container.health_status is HealthStatus.UNKNOWN:
        return container
    failures = container.health_failures + 1
    sick = failures >= check.retries
    return replace(
        container,
        health_failures=failures,
        health_status=HealthStatus.UNHEALTHY if sick else container.health_status,
    )


def task_health(containers: tuple[Container, ...]) -> HealthStatus:
    """A task's health from its essential containers that have a health check.

    UNHEALTHY before UNKNOWN before HEALTHY; UNKNOWN when none has a check. Source: botocore ecs HealthCheck.
    """
    essential = [c.health_status for c in containers if c.essential and c.has_health_check]
    for status in (HealthStatus.UNHEALTHY, HealthStatus.UNKNOWN, HealthStatus.HEALTHY):
        if status in essential:
            return status
    return HealthStatus.UNKNOWN
