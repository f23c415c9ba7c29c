"""The controller: wakes come in, services are looked at until nothing moves."""

from __future__ import annotations

from ecsim.clock.engine import Wake
from ecsim.controller.addresses import Addresses
from ecsim.controller.births import Birth, Nursery
from ecsim.controller.codedeploy import CodeDeploys
from ecsim.controller.fleet import Fleet
from ecsim.controller.outages import Outages
from ecsim.controller.scaling import Scaling
from ecsim.controller.services import Services
from ecsim.controller.shell import Shell
from ecsim.controller.targets import Targets
from ecsim.controller.tasks import TaskLife
from ecsim.decide.capacity.placement import DEFAULT_OF_RUN_TASK
from ecsim.decide.deployment import breaker
from ecsim.decide.reconcile import LOOK_AFTER_MS
from ecsim.model.launch import Launch, Launched
from ecsim.model.network import TargetState
from ecsim.model.reason import because
from ecsim.model.task import HealthStatus, StopCode, Task

LOOKS_MAX = 1_000_000
"""More looks than this in one moment means that two deciders undo each other's work."""

KINDS = ("service", "task", "health", "probe", "drained", "host", "scaling")
"""The kinds of wakes that are the controller's."""


class Controller:
    """ECS's control plane and agents, and Elastic Load Balancing's health checks.

    Args:
        shell: the store, the clock and the world's ports.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        addresses = Addresses(shell.identity)
        self._nursery = Nursery(shell, addresses)
        self._life = TaskLife(shell, addresses, failed_to_start=self._failed_to_start, running=self._running)
        self._services = Services(shell, self._life, self._nursery)
        self._code_deploys = CodeDeploys(shell)
        self.fleet = Fleet(shell, self._life)
        self.scaling = Scaling(shell, self.fleet)
        self.outages = Outages(shell, self._life, self.fleet)
        self._healthy: dict[str, None] = {}

    @property
    def targets(self) -> Targets:
        """The targets of every target group."""
        return self._life.targets

    # What the API asks for

    def wake_service(self, service_arn: str) -> None:
        """A call changed a service: the scheduler looks at it a moment later."""
        self._shell.look_later(service_arn, self._shell.now_ms + LOOK_AFTER_MS)

    def wake_task(self, task_arn: str) -> None:
        """A call changed a task."""
        task = self._shell.store.tasks.get(task_arn)
        if task is not None:
            self._shell.look_at(task.service_arn)

    def launch(self, launch: Launch) -> Launched:
        """RunTask and StartTask: standalone tasks, as many as find a place."""
        birth = Birth(
            cluster_arn=launch.cluster_arn,
            task_definition=launch.task_definition,
            group=launch.group,
            started_by=launch.started_by,
            launch_type=launch.launch_type,
            capacity_provider_strategy=launch.capacity_provider_strategy,
            platform_version=launch.platform_version,
            network_configuration=launch.network_configuration,
            overrides=launch.overrides,
            tags=launch.tags,
            enable_execute_command=launch.enable_execute_command,
            constraints=launch.constraints,
            strategies=launch.strategies or DEFAULT_OF_RUN_TASK,
            instances=launch.instances,
            request=launch.request,
        )
        return self._nursery.make(birth, launch.count)

    def stop(self, task_arn: str, reason: str | None) -> None:
        """StopTask. Source of the default reason: ecs-behaviour.md 2.5."""
        text = reason or "Task stopped by user"
        self._life.stop(task_arn, StopCode.USER_INITIATED, text, because("task.stopped_by_user"))

    # What the world tells

    def container_exited(self, task_arn: str, container: str, exit_code: int, reason: str | None) -> None:
        """A container's program ended."""
        self._life.container_exited(task_arn, container, exit_code, reason)

    def log(self, task_arn: str, container: str, at_ms: int, line: str) -> None:
        """A container's program wrote a line."""
        self._life.containers.log(task_arn, container, at_ms, line)

    def disturb(self) -> None:
        """Programs may answer differently from now on (a fault came or went): check everything again."""
        self._life.targets.disturb()
        self._life.containers.disturb()

    def disturb_targets(self) -> None:
        """Health checks of load balancers may come out differently from now on."""
        self._life.targets.disturb()

    # Time

    def handle(self, wake: Wake) -> None:
        """Something is due."""
        if wake.kind == "service":
            self._shell.look_at(wake.key)
        elif wake.kind == "task":
            self._life.step(wake)
        elif wake.kind == "health":
            self._life.container_health(wake)
        elif wake.kind == "probe":
            self._life.targets.probe(wake)
        elif wake.kind == "host":
            self.fleet.step(wake)
        elif wake.kind == "scaling":
            self.scaling.step(wake)
        else:
            self._life.targets.drained(wake)

    def settle(self) -> None:
        """Look at every service in the queue until nothing moves."""
        looks = 0
        self._tell_targets()
        self.fleet.refresh()
        while self._shell.queue or self._shell.freed:
            self._use_room()
            if not self._shell.queue:
                continue
            service_arn = next(iter(self._shell.queue))
            if self._shell.queue.pop(service_arn) or not self._services.rests(service_arn):
                self._look(service_arn)
            self._tell_targets()
            looks += 1
            assert looks <= LOOKS_MAX, f"{looks} looks at {self._shell.now_ms} ms; now at {service_arn}"

    def _look(self, service_arn: str) -> None:
        """Look at a service once, and again when something was done."""
        self._note_healthy(service_arn)
        if self._services.look(service_arn) or self._code_deploys.look(service_arn):
            self._shell.look_at(service_arn)

    def _use_room(self) -> None:
        """Where a task or an instance has made room, let those use it that found none."""
        for cluster_arn in list(self._shell.freed):
            del self._shell.freed[cluster_arn]
            self._nursery.place_waiting(cluster_arn)
            self._services.room_again(cluster_arn)

    def _tell_targets(self) -> None:
        """One event for all targets of a service and a group that were (de)registered in this moment."""
        shell = self._shell
        for (service_arn, group), count in shell.registered.items():
            name = service_arn.rsplit("/", 1)[1]
            shell.tell(service_arn, f"(service {name}) registered {count} targets in (target-group {group})")
        shell.registered.clear()
        for (service_arn, group), count in shell.deregistered.items():
            name = service_arn.rsplit("/", 1)[1]
            shell.tell(
                service_arn, f"(service {name}) deregistered {count} targets in (target-group {group})"
            )
        shell.deregistered.clear()
        for (service_arn, deployment), count in shell.draining.items():
            service = shell.store.services[service_arn]
            whose = f"service {service.name}"
            if service.has_task_sets or deployment != service.primary.id:
                whose += f", taskSet {deployment}"
            shell.tell(service_arn, f"({whose}) has begun draining connections on {count} tasks.")
        shell.draining.clear()

    def _note_healthy(self, service_arn: str) -> None:
        """A task that has become healthy resets its deployment's count of failures."""
        store = self._shell.store
        service = store.services.get(service_arn)
        if service is None or not any(d.failed_tasks or d.breaker_count for d in service.deployments):
            return
        for task in store.live_tasks_of_service(service_arn):
            deployment = service.deployment(task.deployment_id)
            if deployment is None or task.arn in self._healthy or not self._proven(task):
                continue
            self._healthy[task.arn] = None
            self._services.change_deployment(
                task, lambda d: breaker.after_healthy(d, store.services[service_arn])
            )

    def _proven(self, task: Task) -> bool:
        """Whether a check has found the task healthy."""
        if task.last_status != "RUNNING":
            return False
        targets = self._shell.store.targets_of(task.targets)
        if task.targets:
            return bool(targets) and all(t.state is TargetState.HEALTHY for t in targets)
        checked = any(c.has_health_check for c in task.containers)
        return not checked or task.health_status is HealthStatus.HEALTHY

    # Tasks of services

    def _failed_to_start(self, task: Task) -> None:
        if task.service_arn is None:
            return
        service = self._shell.store.services[task.service_arn]
        if task.stop_code is StopCode.TASK_FAILED_TO_START:
            message = f"(service {service.name}) was unable to place a task. Reason: {task.stopped_reason}."
            self._shell.tell(service.arn, message.replace("..", "."))
        now = self._shell.now_ms
        self._services.change_deployment(task, lambda d: breaker.after_failed_start(d, now))

    def _running(self, task: Task) -> None:
        self._services.change_deployment(task, breaker.after_running)
