"""A task's life: from PROVISIONING to STOPPED, one step at a time, on the virtual clock."""

from __future__ import annotations

from collections.abc import Callable

from ecsim.clock.engine import Wake
from ecsim.controller.addresses import Addresses
from ecsim.controller.births import no_interface
from ecsim.controller.containers import Containers
from ecsim.controller.shell import Shell
from ecsim.controller.targets import Targets
from ecsim.decide.task import lifecycle
from ecsim.model.answers import Failure
from ecsim.model.network import TargetState
from ecsim.model.reason import Reason, because
from ecsim.model.replacing import replace
from ecsim.model.service import Service
from ecsim.model.task import Container, DesiredStatus, StopCode, Task, TaskStatus
from ecsim.model.task_definition import TaskDefinition

ESSENTIAL_EXITED = "Essential container in task exited"
"""Source: ecs-behaviour.md 2.5."""


NO_INSTANCES = "TaskFailedToStart: EMPTY CAPACITY PROVIDER"
"""Source: ECS Developer Guide, api_failures_messages."""


class TaskLife:
    """Moves tasks on.

    Args:
        failed_to_start: told when a service's task stops before it was RUNNING, by itself.
        running: told when a service's task reaches RUNNING.
    """

    def __init__(
        self,
        shell: Shell,
        addresses: Addresses,
        *,
        failed_to_start: Callable[[Task], None],
        running: Callable[[Task], None],
    ) -> None:
        self._shell = shell
        self._addresses = addresses
        self.targets = Targets(shell, self._target_gone)
        self.containers = Containers(shell)
        self._failed_to_start = failed_to_start
        self._running = running
        self._steps: dict[str, Callable[[Task], None]] = {
            "connected": self._connected,
            "accepted": self._accepted,
            "resource_failed": self._give_up,
            "pull_failed": self._give_up,
            "pulled": self._pulled,
            "activated": self._activated,
            "detached": self._detached,
            "kill": self._kill,
            "start_timeout": self._start_timed_out,
            "forget": self._forget,
            "no_capacity": self._no_capacity,
        }
        self._problems: dict[str, tuple[str, Reason, str | None]] = {}

    def step(self, wake: Wake) -> None:
        """The next step of a task is due."""
        task = self._shell.store.tasks.get(wake.key)
        if task is not None:
            self._steps[str(wake.detail["step"])](task)

    def _later(self, task: Task, step: str, after_ms: int) -> None:
        self._shell.engine.call_at(self._shell.now_ms + after_ms, "task", task.arn, step=step)

    def _definition(self, task: Task) -> TaskDefinition:
        return self._shell.store.task_definitions[task.task_definition_arn]

    def _service(self, task: Task) -> Service | None:
        return self._shell.store.services.get(task.service_arn or "")

    # On the way up

    def _connected(self, task: Task) -> None:
        if task.last_status is not TaskStatus.PROVISIONING:
            return
        if task.launch_type != "FARGATE" and task.container_instance_arn is None:
            return  # it waits for an instance of its capacity provider
        if task.eni is None and self._definition(task).network_mode == "awsvpc":
            self._without_interface(task)
            return
        now = self._shell.now_ms
        self._shell.put_task(task, last_status=TaskStatus.PENDING, connectivity_at_ms=now)
        self._later(task, "accepted", lifecycle.PENDING_MS)

    def _without_interface(self, task: Task) -> None:
        """It got no network interface: no zone had capacity when it was made, or its subnet no address."""
        subnets = task.network_configuration.get("awsvpcConfiguration", {}).get("subnets", ())
        if not task.availability_zone and self._shell.network.subnets(list(subnets)):
            text, code = lifecycle.NO_CAPACITY, "task.zone_without_capacity"
        else:
            text, code = no_interface(task), "task.resource_not_ready"
        self._fail(task, text, because(code, text=text), None)

    def _no_capacity(self, task: Task) -> None:
        """Its capacity provider has brought no instance that it fits on."""
        if self._shell.waiting.pop(task.arn, None) is None:
            return
        text = "TaskFailedToStart: RESOURCE:CPU" if self._has_instances(task) else NO_INSTANCES
        self._fail(task, text, because("task.no_capacity", text=text), None)

    def _has_instances(self, task: Task) -> bool:
        instances = self._shell.store.instances_of(task.cluster_arn)
        return any(each.capacity_provider_name == task.capacity_provider_name for each in instances)

    def _accepted(self, task: Task) -> None:
        """The agent has the task: secrets and log streams first, then the images."""
        if task.last_status is not TaskStatus.PENDING or task.desired_status is DesiredStatus.STOPPED:
            return
        self.targets.remember_address(task)
        definition = self._definition(task)
        ready = self.containers.prepare(task, definition)
        if isinstance(ready, Failure):
            reason = because("task.resource_not_ready", text=ready.text)
            self._problems[task.arn] = (ready.text, reason, None)
            self._later(task, "resource_failed", lifecycle.RESOURCE_FAILURE_MS)
            return
        task = self._shell.put_task(
            task, last_status=TaskStatus.ACTIVATING, pull_started_at_ms=self._shell.now_ms
        )
        pulled = self.containers.pull(task, definition, self._service(task))
        if isinstance(pulled, int):
            self._later(task, "pulled", pulled)
            return
        container, text = pulled
        image = next(c.image for c in definition.containers if c.name == container)
        reason = because("task.image_not_pulled", image=image, text=text)
        self._problems[task.arn] = (text, reason, container)
        self._later(task, "pull_failed", lifecycle.PULL_FAILURE_MS)

    def _give_up(self, task: Task) -> None:
        problem = self._problems.pop(task.arn, None)
        if problem is not None and task.desired_status is DesiredStatus.RUNNING:
            text, reason, container = problem
            self._fail(task, text, reason, container)

    def _fail(self, task: Task, text: str, reason: Reason, container: str | None) -> None:
        """The task could not start."""
        containers = tuple(
            replace(c, last_status="STOPPED", reason=text if container in (None, c.name) else c.reason)
            if c.last_status != "RUNNING"
            else c
            for c in task.containers
        )
        self._shell.put_task(replace(task, containers=containers))
        self.stop(task.arn, StopCode.TASK_FAILED_TO_START, text, reason)

    def _pulled(self, task: Task) -> None:
        """The images are there: containers start, targets are registered."""
        if task.last_status is not TaskStatus.ACTIVATING or task.desired_status is DesiredStatus.STOPPED:
            return
        self._shell.put_task(task, pull_stopped_at_ms=self._shell.now_ms)
        if not self._start_ready(task.arn):
            return
        task = self._shell.store.tasks[task.arn]
        service = self._service(task)
        deployment = service.deployment(task.deployment_id) if service is not None else None
        if deployment is not None and deployment.load_balancers and task.desired_status == "RUNNING":
            self._shell.put_task(self.targets.register_task(task, deployment.registered_with))
        self._later(task, "activated", lifecycle.ACTIVATE_MS)

    def _start_ready(self, task_arn: str) -> bool:
        """Start every container that may start now; false when the task had to be given up."""
        while True:
            task = self._shell.store.tasks[task_arn]
            definition = self._definition(task)
            ready = lifecycle.startable(task, definition)
            if not ready or task.desired_status is DesiredStatus.STOPPED:
                break
            failure = self.containers.start(task, ready[0])
            if failure is not None:
                reason = because("task.container_not_started", container=ready[0].name, text=failure.text)
                self._fail(self._shell.store.tasks[task_arn], failure.text, reason, ready[0].name)
                return False
            if ready[0].start_timeout_s is not None:
                self._later(task, "start_timeout", ready[0].start_timeout_s * 1_000)
        lost = lifecycle.hopeless(task, definition)
        if lost is not None and task.desired_status is DesiredStatus.RUNNING:
            container, dependency, condition = lost
            reason = because(
                "task.dependency_failed", container=container, dependency=dependency, condition=condition
            )
            self._fail(task, ESSENTIAL_EXITED, reason, container)
            return False
        return True

    def _start_timed_out(self, task: Task) -> None:
        """The start time-out of some container is over: who still waits for it gives up."""
        lost = lifecycle.timed_out(task, self._definition(task), self._shell.now_ms)
        if lost is None or task.desired_status is DesiredStatus.STOPPED:
            return
        container, dependency, condition, timeout_s = lost
        reason = because(
            "task.dependency_timed_out",
            container=container,
            dependency=dependency,
            condition=condition,
            start_timeout_s=timeout_s,
        )
        self._fail(task, ESSENTIAL_EXITED, reason, container)

    def _activated(self, task: Task) -> None:
        """RUNNING, once every container has started."""
        if task.last_status is not TaskStatus.ACTIVATING or task.desired_status is DesiredStatus.STOPPED:
            return
        if any(c.last_status == "PENDING" for c in task.containers):
            return  # a dependency is awaited: `container_changed` comes back here
        task = self._shell.put_task(
            task, last_status=TaskStatus.RUNNING, started_at_ms=self._shell.now_ms, ever_running=True
        )
        self._running(task)

    # What the containers do

    def container_exited(self, task_arn: str, container: str, exit_code: int, reason: str | None) -> None:
        """A container ended, whoever ended it."""
        task = self._shell.store.tasks.get(task_arn)
        if task is None or task.is_stopped:
            return
        before = task.container(container)
        task = self.containers.exited(task, container, exit_code, reason)
        if before is not None and self._restarted(task, before, exit_code):
            return
        ended = task.container(container)
        if task.desired_status is DesiredStatus.RUNNING:
            if ended is not None and ended.essential:
                why = because("task.essential_exited", container=container, exit_code=exit_code)
                self.stop(task_arn, StopCode.ESSENTIAL_CONTAINER_EXITED, ESSENTIAL_EXITED, why)
            else:
                self._dependants(task_arn)
            return
        if task.last_status is TaskStatus.STOPPING:
            self._stop_containers(task)
        elif task.last_status is TaskStatus.DEACTIVATING and not self._any_running(task):
            self._stopping(task)

    def _restarted(self, task: Task, ended: Container, exit_code: int) -> bool:
        """Start a container again if its restart policy says so; true when it runs again."""
        definition, now = self._definition(task).container(ended.name), self._shell.now_ms
        if definition is None or task.desired_status is DesiredStatus.STOPPED:
            return False
        if not lifecycle.restarts(ended, definition, exit_code, now):
            return False
        policy = definition.restart_policy
        assert policy is not None, f"{ended.name} has no restart policy"
        ran_s = (now - (ended.started_at_ms or 0)) // 1_000
        why = because(
            "task.container_restarted",
            container=ended.name,
            exit_code=exit_code,
            ran_s=ran_s,
            period_s=policy.restart_attempt_period_s,
        )
        self._shell.decided(task.id, "restart_container", why)
        if self.containers.again(task, definition) is not None:
            return False
        self.targets.disturb_task(task)
        return True

    def container_health(self, wake: Wake) -> None:
        """A health command of a container is due."""
        if self.containers.check(wake):
            self._dependants(wake.key)

    def _dependants(self, task_arn: str) -> None:
        """A container changed: others may start now."""
        task = self._shell.store.tasks[task_arn]
        if task.last_status is TaskStatus.ACTIVATING and self._start_ready(task_arn):
            task = self._shell.store.tasks[task_arn]
            if all(c.last_status != "PENDING" for c in task.containers):
                self._later(task, "activated", lifecycle.ACTIVATE_MS)

    # On the way down

    def stop(self, task_arn: str, code: StopCode, stopped_reason: str, why: Reason) -> None:
        """Stop a task: deregister, signal, wait, kill, detach. A task that is on its way out stays on it."""
        task = self._shell.store.tasks[task_arn]
        if task.desired_status is DesiredStatus.STOPPED:
            return
        self._shell.decided(task.id, "stop_task", why)
        task = self._shell.put_task(
            task, desired_status=DesiredStatus.STOPPED, stop_code=code, stopped_reason=stopped_reason
        )
        own_fault = (StopCode.TASK_FAILED_TO_START, StopCode.ESSENTIAL_CONTAINER_EXITED)
        if not task.ever_running and code in own_fault:
            self._failed_to_start(task)
        draining = self.targets.deregister_task(task)
        if draining and self._any_running(task):
            group = self._shell.balancing.target_group(task.targets[0].target_group_arn)
            delay = group.deregistration_delay_s if group is not None else 0
            reason = because("task.waits_for_draining", targets=draining, delay_s=delay)
            self._shell.put_task(replace(task, last_status=TaskStatus.DEACTIVATING))
            self._shell.decided(task.id, "wait", reason)
            return
        if draining:
            task = self._shell.put_task(replace(task, last_status=TaskStatus.DEACTIVATING))
        self._stopping(task)

    def lose(
        self, task_arn: str, stopped_reason: str, why: Reason, code: StopCode = StopCode.TERMINATION_NOTICE
    ) -> None:
        """The task's host is gone: nothing is signalled, nobody knows how its programs ended."""
        task = self._shell.store.tasks[task_arn]
        if task.last_status is TaskStatus.DEPROVISIONING or task.is_stopped:
            return
        self._shell.decided(task.id, "lose_task", why)
        self._shell.workload.vanish(task_arn)
        ended = tuple(
            replace(c, last_status="STOPPED", reason=stopped_reason) if c.last_status != "STOPPED" else c
            for c in task.containers
        )
        task = replace(task, containers=ended)
        if task.desired_status is DesiredStatus.RUNNING:
            task = replace(
                task,
                desired_status=DesiredStatus.STOPPED,
                stop_code=code,
                stopped_reason=stopped_reason,
            )
        task = self._shell.put_task(task)
        self.targets.deregister_task(task)
        self.containers.release(task_arn)
        self._deprovision(task)

    @staticmethod
    def _any_running(task: Task) -> bool:
        return any(c.last_status == "RUNNING" for c in task.containers)

    def _target_gone(self, task_arn: str) -> None:
        """A target of the task has drained: it has left its group, or somebody has registered it again."""
        task = self._shell.store.tasks.get(task_arn)
        if task is None or task.last_status is not TaskStatus.DEACTIVATING:
            return
        if all(t.state is not TargetState.DRAINING for t in self._shell.store.targets_of(task.targets)):
            self._stopping(task)

    def _stopping(self, task: Task) -> None:
        if not self._any_running(task):
            self._deprovision(task)
            return
        task = self._shell.put_task(task, last_status=TaskStatus.STOPPING, stopping_at_ms=self._shell.now_ms)
        self._stop_containers(task)

    def _stop_containers(self, task: Task) -> None:
        """Signal the containers whose turn it is; when none is left, go on."""
        if not self._any_running(task):
            self._deprovision(task)
            return
        definition = self._definition(task)
        for name in lifecycle.stop_order(task, definition):
            if self.containers.signal(task, name):
                wanted = definition.container(name)
                timeout_s = wanted.stop_timeout_s if wanted is not None else 30
                self._later(task, "kill", timeout_s * 1_000)

    def _kill(self, task: Task) -> None:
        """The stop time-out of some container is over."""
        if task.last_status is not TaskStatus.STOPPING:
            return
        definition = self._definition(task)
        for name, timeout_s in self.containers.overdue(task, definition):
            reason = because("task.killed_after_stop_timeout", container=name, stop_timeout_s=timeout_s)
            self._shell.decided(task.id, "kill", reason)
            self._shell.workload.kill(task.arn, name)

    def _deprovision(self, task: Task) -> None:
        now = self._shell.now_ms
        ended = tuple(
            replace(c, last_status="STOPPED") if c.last_status == "PENDING" else c for c in task.containers
        )
        task = self._shell.put_task(
            task,
            containers=ended,
            execution_stopped_at_ms=now,
            stopping_at_ms=now if task.stopping_at_ms is None else task.stopping_at_ms,
            last_status=TaskStatus.DEPROVISIONING,
        )
        if task.bindings or (task.eni is None and task.launch_type != "FARGATE"):
            self._detached(task)  # no network interface to detach
            return
        self._later(task, "detached", lifecycle.DEPROVISIONING_MS)

    def _detached(self, task: Task) -> None:
        if task.last_status is not TaskStatus.DEPROVISIONING:
            return
        if task.bindings:
            self.targets.forget_address(task)
        if task.eni is not None:
            self.targets.forget_address(task)
            subnet = next(iter(self._shell.network.subnets([task.eni.subnet_id])), None)
            self._addresses.release(task.eni, subnet.cidr if subnet is not None else None)
        self._problems.pop(task.arn, None)
        self.containers.release(task.arn)
        self._shell.put_task(task, last_status=TaskStatus.STOPPED, stopped_at_ms=self._shell.now_ms)
        self._later(task, "forget", lifecycle.FORGET_MS)

    def _forget(self, task: Task) -> None:
        if task.is_stopped:
            self._shell.store.drop_task(task.arn)
