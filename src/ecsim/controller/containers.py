"""The containers of a task: what they need, their start, their health commands, their end."""

from __future__ import annotations

from collections.abc import Mapping

from ecsim.clock.engine import Wake
from ecsim.controller.shell import Shell
from ecsim.decide.task import lifecycle
from ecsim.model.answers import Failure
from ecsim.model.replacing import replace
from ecsim.model.service import Service
from ecsim.model.task import HealthStatus, Task
from ecsim.model.task_definition import ContainerDefinition, TaskDefinition


class Containers:
    """What the agent does for a task's containers."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._secret_values: dict[str, dict[str, dict[str, str]]] = {}
        self._digests: dict[str, dict[str, str]] = {}
        self._signalled: dict[tuple[str, str], int] = {}
        self._resting: dict[tuple[str, str], int] = {}

    def prepare(self, task: Task, definition: TaskDefinition) -> Failure | None:
        """Fetch the secrets and open the log streams; the first thing that fails stops it."""
        values: dict[str, dict[str, str]] = {}
        for container in definition.containers:
            for name, value_from in container.secrets:
                value = self._shell.secrets.value(value_from)
                if isinstance(value, Failure):
                    return value
                values.setdefault(container.name, {})[name] = value
            if container.log_driver == "awslogs":
                failure = self._shell.logs.open_stream(container.log_options, _stream(task, container))
                if failure is not None:
                    return failure
        if values:
            self._secret_values[task.arn] = values
        return None

    def pull(self, task: Task, definition: TaskDefinition, service: Service | None) -> int | tuple[str, str]:
        """Look the images up.

        Returns:
            How long the pull takes in milliseconds, or (container, AWS's error text).
        """
        deployment = service.deployment(task.deployment_id) if service is not None else None
        known = dict(deployment.digests) if deployment is not None else {}
        digests, longest = {}, 0
        for container in definition.containers:
            image = self._shell.registry.resolve(container.image, known.get(container.name))
            if isinstance(image, Failure):
                return container.name, image.text
            digests[container.name] = image.digest
            longest = max(longest, image.pull_ms)
        self._digests[task.arn] = digests
        if service is not None and deployment is not None and not known:
            self._shell.put_deployment(service.arn, replace(deployment, digests=tuple(digests.items())))
        return longest

    def start(self, task: Task, definition: ContainerDefinition) -> Failure | None:
        """Start a container now."""
        environment = dict(definition.environment)
        environment |= self._overrides(task, definition.name)
        environment |= self._secret_values.get(task.arn, {}).get(definition.name, {})
        digest = self._digests.get(task.arn, {}).get(definition.name)
        now = self._shell.now_ms
        containers = tuple(
            replace(c, last_status="RUNNING", image_digest=digest, started_at_ms=now)
            if c.name == definition.name
            else c
            for c in task.containers
        )
        self._shell.put_task(task, containers=containers)
        failure = self._shell.workload.start(task, definition, digest=digest, environment=environment)
        check = definition.health_check
        if failure is None and check is not None:
            self._plan_check(task.arn, definition.name, now + check.interval_s * 1_000, started_at_ms=now)
        if failure is not None:
            task = self._shell.store.tasks[task.arn]
            stopped = tuple(
                replace(c, last_status="STOPPED", reason=failure.text) if c.name == definition.name else c
                for c in task.containers
            )
            self._shell.put_task(replace(task, containers=stopped))
        return failure

    def _plan_check(self, task_arn: str, name: str, at_ms: int, *, started_at_ms: int | None) -> None:
        """The next health command of this run of a container; a later run has its own."""
        self._shell.engine.call_at(at_ms, "health", task_arn, container=name, started_at_ms=started_at_ms)

    def again(self, task: Task, definition: ContainerDefinition) -> Failure | None:
        """Start a container again that has ended: its health is unknown once more."""
        self._resting.pop((task.arn, definition.name), None)
        containers = tuple(
            replace(
                c,
                exit_code=None,
                reason=None,
                health_status=HealthStatus.UNKNOWN,
                health_failures=0,
                restart_count=c.restart_count + 1,
            )
            if c.name == definition.name
            else c
            for c in task.containers
        )
        task = self._shell.put_task(
            replace(task, containers=containers, health_status=lifecycle.task_health(containers))
        )
        self._shell.look_at(task.service_arn)
        return self.start(task, definition)

    @staticmethod
    def _overrides(task: Task, container: str) -> Mapping[str, str]:
        for override in task.overrides.get("containerOverrides", ()):
            if override.get("name") == container:
                return {e["name"]: e["value"] for e in override.get("environment", ())}
        return {}

    def exited(self, task: Task, name: str, exit_code: int, reason: str | None) -> Task:
        """Note that a container ended."""
        containers = tuple(
            replace(c, last_status="STOPPED", exit_code=exit_code, reason=reason) if c.name == name else c
            for c in task.containers
        )
        self._signalled.pop((task.arn, name), None)
        self._resting.pop((task.arn, name), None)
        self._shell.journal.record(
            "container.exit", task.id, container=name, exit_code=exit_code, reason=reason
        )
        return self._shell.put_task(task, containers=containers)

    # Health commands

    def check(self, wake: Wake) -> bool:
        """Run a container's health command; true when its health changed."""
        task = self._shell.store.tasks.get(wake.key)
        name = str(wake.detail["container"])
        container = task.container(name) if task is not None else None
        if task is None or container is None or container.last_status != "RUNNING":
            return False
        if container.started_at_ms != wake.detail["started_at_ms"]:
            return False
        definition = self._shell.store.task_definitions[task.task_definition_arn].container(name)
        assert definition is not None, f"{name} is not in {task.task_definition_arn}"
        check = definition.health_check
        assert check is not None, f"{name} has no health check"
        timeout_ms = check.timeout_s * 1_000
        exit_code = self._shell.workload.command(task.arn, name, check.command, timeout_ms)
        now = self._shell.now_ms
        changed = lifecycle.after_health_command(container, definition, passed=exit_code == 0, now_ms=now)
        took = timeout_ms if exit_code is None else 0
        settled = changed.health_status is HealthStatus.HEALTHY and self._shell.workload.settled(task.arn)
        if settled:
            self._resting[task.arn, name] = check.interval_s * 1_000
        else:
            at = now + took + check.interval_s * 1_000
            self._plan_check(task.arn, name, at, started_at_ms=container.started_at_ms)
        if changed is container:
            return False
        moved = changed.health_status is not container.health_status
        containers = tuple(changed if c.name == name else c for c in task.containers)
        self._shell.put_task(
            replace(task, containers=containers, health_status=lifecycle.task_health(containers))
        )
        if moved:
            health = str(changed.health_status)
            self._shell.journal.record("container.health", task.id, container=name, health=health)
            self._shell.look_at(task.service_arn)
        return moved

    def disturb(self) -> None:
        """Something may answer differently from now on: run the resting health commands again."""
        resting, self._resting = self._resting, {}
        for (task_arn, name), interval_ms in resting.items():
            at = self._shell.now_ms + interval_ms
            task = self._shell.store.tasks.get(task_arn)
            container = task.container(name) if task is not None else None
            if container is not None:
                self._plan_check(task_arn, name, at, started_at_ms=container.started_at_ms)

    # The end

    def signal(self, task: Task, name: str) -> bool:
        """Send the stop signal, once; true when it was sent now."""
        if (task.arn, name) in self._signalled:
            return False
        self._signalled[task.arn, name] = self._shell.now_ms
        self._shell.workload.stop(task.arn, name)
        return True

    def overdue(self, task: Task, definition: TaskDefinition) -> list[tuple[str, int]]:
        """The running containers whose stop time-out is over, with that time-out in seconds."""
        late = []
        for container in task.containers:
            sent = self._signalled.get((task.arn, container.name))
            wanted = definition.container(container.name)
            if container.last_status != "RUNNING" or sent is None or wanted is None:
                continue
            if self._shell.now_ms >= sent + wanted.stop_timeout_s * 1_000:
                late.append((container.name, wanted.stop_timeout_s))
        return late

    def release(self, task_arn: str) -> None:
        """The task is gone: forget what only it needed."""
        self._secret_values.pop(task_arn, None)
        self._digests.pop(task_arn, None)

    def log(self, task_arn: str, name: str, at_ms: int, line: str) -> None:
        """A line on a container's stdout or stderr: to its log driver."""
        task = self._shell.store.tasks.get(task_arn)
        if task is None:
            return
        definition = self._shell.store.task_definitions[task.task_definition_arn].container(name)
        if definition is not None and definition.log_driver == "awslogs":
            group = definition.log_options["awslogs-group"]
            self._shell.logs.write(group, _stream(task, definition), at_ms, line)


def _stream(task: Task, definition: ContainerDefinition) -> str:
    """`prefix/container/task id`. Source: botocore ecs LogConfiguration (awslogs-stream-prefix)."""
    prefix = definition.log_options.get("awslogs-stream-prefix")
    return f"{prefix}/{definition.name}/{task.id}" if prefix else task.id
