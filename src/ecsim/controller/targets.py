"""Load balancer targets: registration, health checks on the virtual clock, draining."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ecsim.clock.engine import Wake
from ecsim.controller.shell import Shell
from ecsim.decide.load_balancing import target_health
from ecsim.model.network import Target, TargetGroup, TargetState
from ecsim.model.replacing import replace
from ecsim.model.service import LoadBalancer
from ecsim.model.task import TargetKey, Task

FIRST_CHECK_SHARE = 3
"""The first health check comes a third of the interval after registration.

Approximate: AWS only says that it comes within the interval; 1.6 s were seen with an interval of 5 s
(ecs-behaviour.md 8.1).
"""


class Targets:
    """The targets of every target group, kept in the store."""

    def __init__(self, shell: Shell, drained: Callable[[str], None]) -> None:
        self._shell = shell
        self._drained = drained
        self._planned: dict[TargetKey, int] = {}
        self._task_at: dict[str, str] = {}

    # ECS's own registrations

    def register_task(self, task: Task, balancers: Iterable[LoadBalancer]) -> Task:
        """Register a task's container ports with the service's target groups."""
        if task.service_arn is None:
            return task
        keys = []
        for balancer in balancers:
            key = _key_of(task, balancer)
            if key is None:
                continue
            if self._shell.balancing.target_group(key.target_group_arn) is None:
                name = task.service_arn.rsplit("/", 1)[1]
                message = (
                    f"(service {name}) task set ({task.deployment_id}) (task {task.id}) is not healthy in "
                    f"target-group ({key.target_group_arn}) due to TARGET GROUP IS NOT FOUND."
                )
                self._shell.tell(task.service_arn, message, once=True)
                continue
            self._add(key, task.arn, task.availability_zone)
            keys.append(key)
            self._shell.registered[task.service_arn, key.target_group_arn] += 1
        return replace(task, targets=(*task.targets, *keys))

    def deregister_task(self, task: Task) -> int:
        """Begin draining a task's targets; returns how many are draining."""
        draining = 0
        for target in self._shell.store.targets_of(task.targets):
            if target.state is not TargetState.DRAINING:
                self._drain(target)
                if task.service_arn is not None:
                    self._shell.deregistered[task.service_arn, target.key.target_group_arn] += 1
            draining += 1
        if draining and task.service_arn is not None:
            self._shell.draining[task.service_arn, task.deployment_id or ""] += 1
        return draining

    def remember_address(self, task: Task) -> None:
        """Learn which task answers at an address, for targets that people register themselves."""
        if task.eni is not None:
            self._task_at[task.eni.private_ip] = task.arn
        for binding in task.bindings:
            for address in task.host:
                self._task_at[f"{address}:{binding.host_port}"] = task.arn

    def forget_address(self, task: Task) -> None:
        """The address is free again."""
        addresses = [] if task.eni is None else [task.eni.private_ip]
        addresses += [f"{address}:{b.host_port}" for b in task.bindings for address in task.host]
        for address in addresses:
            if self._task_at.get(address) == task.arn:
                del self._task_at[address]

    def task_at(self, address: str, port: int) -> str | None:
        """The ARN of the task that answers at an address (or an EC2 instance's id) and a port, or None."""
        return self._task_at.get(address) or self._task_at.get(f"{address}:{port}")

    # The load balancer's API: RegisterTargets, DeregisterTargets, DescribeTargetHealth

    def register(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> None:
        """RegisterTargets, as somebody other than ECS calls it."""
        for given in targets:
            key = self._key(target_group_arn, given)
            self._add(key, self.task_at(key.target_id, key.port), given.get("AvailabilityZone"))

    def deregister(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> None:
        """DeregisterTargets, as somebody other than ECS calls it."""
        for given in targets:
            target = self._shell.store.targets.get(self._key(target_group_arn, given))
            if target is not None and target.state is not TargetState.DRAINING:
                self._drain(target)

    def describe(self, target_group_arn: str, targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """DescribeTargetHealth's TargetHealthDescriptions."""
        group = self._shell.balancing.target_group(target_group_arn)
        if not targets:
            return [
                self._description(target, group) for target in self._shell.store.targets_in(target_group_arn)
            ]
        answers = []
        for given in targets:
            key = self._key(target_group_arn, given)
            known = self._shell.store.targets.get(key)
            if known is None:
                known = target_health.not_registered(Target(key=key))
            answers.append(self._description(known, group))
        return answers

    def _key(self, arn: str, given: Mapping[str, Any]) -> TargetKey:
        port = given.get("Port")
        if port is None:
            group = self._shell.balancing.target_group(arn)
            port = group.port if group is not None else 80
        return TargetKey(target_group_arn=arn, target_id=str(given["Id"]), port=int(port))

    @staticmethod
    def _description(target: Target, group: TargetGroup | None) -> dict[str, Any]:
        about: dict[str, Any] = {"Id": target.key.target_id, "Port": target.key.port}
        if target.availability_zone:
            about["AvailabilityZone"] = target.availability_zone
        health: dict[str, Any] = {"State": str(target.state)}
        if target.reason is not None:
            health["Reason"] = target.reason
        if target.description is not None:
            health["Description"] = target.description
        port = group.health_check_port if group is not None else "traffic-port"
        if port == "traffic-port":
            port = str(target.key.port)
        return {"Target": about, "HealthCheckPort": port, "TargetHealth": health}

    # Health checks

    def _add(self, key: TargetKey, task_arn: str | None, zone: str | None) -> None:
        target = Target(
            key=key,
            task_arn=task_arn,
            availability_zone=zone,
            registered_at_ms=self._shell.now_ms,
        )
        group = self._shell.balancing.target_group(key.target_group_arn)
        if group is not None and not group.in_use:
            target = target_health.not_in_use(target)
        self._put(target)
        interval = (group.health_check_interval_s if group is not None else 30) * 1_000
        self._plan(key, self._shell.now_ms + interval // FIRST_CHECK_SHARE)

    def _plan(self, key: TargetKey, at_ms: int) -> None:
        planned = self._planned.get(key)
        if planned is not None and planned <= at_ms:
            return
        self._planned[key] = at_ms
        self._shell.engine.call_at(
            at_ms, "probe", key.target_group_arn, target_id=key.target_id, port=key.port
        )

    def disturb(self) -> None:
        """Something may answer differently from now on: check every target again within its interval."""
        for key, target in self._shell.store.targets.items():
            group = self._shell.balancing.target_group(key.target_group_arn)
            if group is not None and target.state is not TargetState.DRAINING:
                self._plan(key, self._shell.now_ms + group.health_check_interval_s * 1_000)

    def disturb_task(self, task: Task) -> None:
        """A program of the task has been started again: check its targets again within their interval."""
        for target in self._shell.store.targets_of(task.targets):
            group = self._shell.balancing.target_group(target.key.target_group_arn)
            if group is not None and target.state is not TargetState.DRAINING:
                self._plan(target.key, self._shell.now_ms + group.health_check_interval_s * 1_000)

    def probe(self, wake: Wake) -> None:
        """One health check of one target, and the next one planned."""
        key = TargetKey(
            target_group_arn=wake.key,
            target_id=str(wake.detail["target_id"]),
            port=int(str(wake.detail["port"])),
        )
        if self._planned.get(key) != wake.at_ms:
            return
        del self._planned[key]
        target = self._shell.store.targets.get(key)
        group = self._shell.balancing.target_group(key.target_group_arn)
        if target is None or group is None or target.state is TargetState.DRAINING:
            return
        next_at = self._shell.now_ms + group.health_check_interval_s * 1_000
        if not group.in_use:
            self._put(target_health.not_in_use(target))
            self._plan(key, next_at)
            return
        changed = self._check(target, group)
        self._put(changed)
        settled = (
            changed.state is TargetState.HEALTHY
            and changed.last_outcome is True
            and changed.task_arn is not None
            and self._shell.workload.settled(changed.task_arn)
        )
        if not settled:
            self._plan(key, next_at)

    def _check(self, target: Target, group: TargetGroup) -> Target:
        port = target.key.port if group.health_check_port == "traffic-port" else int(group.health_check_port)
        task_arn = target.task_arn or self.task_at(target.key.target_id, target.key.port)
        task = self._shell.store.tasks.get(task_arn or "")
        port = task.program_port(port) if task is not None else port
        if task_arn is None or not self._reaches(target, task_arn, port):
            return target_health.after_check(
                target, group, status=None, problem="timeout", now_ms=self._shell.now_ms
            )
        answer = self._shell.workload.probe(
            task_arn,
            port,
            group.health_check_path,
            group.health_check_protocol,
            group.health_check_timeout_s * 1_000,
        )
        return target_health.after_check(
            target, group, status=answer.status, problem=answer.problem, now_ms=self._shell.now_ms
        )

    def _reaches(self, target: Target, task_arn: str, port: int) -> bool:
        """Whether the task's security groups let health checks in: they come from the load balancer."""
        task = self._shell.store.tasks.get(task_arn)
        if task is None or task.eni is None:
            return True
        return self._shell.gates.balancer_reaches(target.key.target_group_arn, task.eni.security_groups, port)

    # Draining

    def _drain(self, target: Target) -> None:
        group = self._shell.balancing.target_group(target.key.target_group_arn)
        delay_s = group.deregistration_delay_s if group is not None else 0
        until = self._shell.now_ms + delay_s * 1_000
        self._put(target_health.draining(target, until_ms=until))
        self._planned.pop(target.key, None)
        key = target.key
        self._shell.engine.call_at(
            until, "drained", key.target_group_arn, target_id=key.target_id, port=key.port
        )

    def drained(self, wake: Wake) -> None:
        """The deregistration delay of a target is over."""
        key = TargetKey(
            target_group_arn=wake.key,
            target_id=str(wake.detail["target_id"]),
            port=int(str(wake.detail["port"])),
        )
        target = self._shell.store.targets.get(key)
        if target is None:
            return
        if target.draining_until_ms is None or target.draining_until_ms > wake.at_ms:
            if target.state is not TargetState.DRAINING and target.task_arn is not None:
                self._drained(
                    target.task_arn
                )  # registered again meanwhile: a stopping task goes all the same
            return
        self._shell.store.drop_target(key)
        self._record(target_health.not_registered(target))
        for tell in self._shell.target_gone:
            tell(key)
        if target.task_arn is not None:
            self._drained(target.task_arn)

    def _put(self, target: Target) -> None:
        before = self._shell.store.targets.get(target.key)
        self._shell.store.put_target(target)
        if before is not None and (before.state, before.reason) == (target.state, target.reason):
            return
        self._record(target)
        task = self._shell.store.tasks.get(target.task_arn or "")
        if task is not None:
            self._shell.look_at(task.service_arn)

    def _record(self, target: Target) -> None:
        group = target.key.target_group_arn.split("/")[1]
        subject = f"{group}/{target.key.target_id}:{target.key.port}"
        task = (target.task_arn or "").rsplit("/", 1)[-1] or None
        self._shell.journal.record(
            "target.state", subject, task=task, state=str(target.state), reason=target.reason
        )


def _key_of(task: Task, balancer: LoadBalancer) -> TargetKey | None:
    """Where a container port of a task is registered: its own address, or its instance and host port.

    Source: botocore ecs CreateServiceRequest.loadBalancers (the container instance and port combination).
    """
    if task.eni is not None:
        address, port = task.eni.private_ip, balancer.container_port
    else:
        bound = (
            b.host_port
            for b in task.bindings
            if (b.container, b.container_port) == (balancer.container_name, balancer.container_port)
        )
        address, port = task.host[0], next(bound, 0)
    if not address or not port:
        return None
    return TargetKey(target_group_arn=balancer.target_group_arn, target_id=address, port=port)
