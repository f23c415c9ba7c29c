"""What the parts of the controller share: the store, the world's ports, the journal, and who must be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ecsim.clock.engine import Engine
from ecsim.clock.identity import Identity
from ecsim.clock.journal import Journal
from ecsim.controller.ports import (
    Alarms,
    Balancing,
    Functions,
    Gates,
    Hosts,
    Logs,
    Network,
    Registry,
    Secrets,
    Workload,
)
from ecsim.decide.service.condition import is_same_to_scheduler
from ecsim.model.placement import Needs, PlacementConstraint, PlacementStrategy
from ecsim.model.reason import Reason
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, Service, ServiceEvent
from ecsim.model.task import TargetKey, Task
from ecsim.store import Store

EVENTS_MAX = 100
"""DescribeServices returns at most the 100 newest events. Source: botocore ecs Service.events."""
SUPPRESS_MS = 6 * 3_600_000


@dataclass(slots=True, kw_only=True)
class Shell:
    """The imperative shell around the deciders.

    Attributes:
        date: a moment as a date in UTC, "2026-01-01T00:00:00".
        unplaced: services with tasks that found no place on a container instance.
        lost_zones: Availability Zones that are out of order at present.
        waiting: tasks that wait for an instance of their capacity provider, with what they need and where.
        freed: clusters in which there may be room since this moment for tasks that found none.
        queue: services to be looked at in this moment, in order, without doubles; false where only tasks moved on whose
            condition stays the same, so that a service at rest need not be looked at.
        registered, deregistered: targets of this moment, by (service, target group), for the service events.
        draining: tasks of this moment that began draining, by (service, deployment).
        target_gone: told about each target whose deregistration delay is over.
        waits: all that each service waited for at the last look.
        wakes: the moments of the looks that are planned at each service.
    """

    engine: Engine
    journal: Journal
    identity: Identity
    store: Store
    network: Network
    hosts: Hosts
    balancing: Balancing
    gates: Gates
    registry: Registry
    secrets: Secrets
    logs: Logs
    workload: Workload
    functions: Functions
    alarms: Alarms
    account: str
    region: str
    date: Callable[[int], str]
    queue: dict[str, bool] = field(default_factory=dict)
    registered: Counter[tuple[str, str]] = field(default_factory=Counter)
    deregistered: Counter[tuple[str, str]] = field(default_factory=Counter)
    draining: Counter[tuple[str, str]] = field(default_factory=Counter)
    target_gone: list[Callable[[TargetKey], None]] = field(default_factory=list)
    unplaced: dict[str, None] = field(default_factory=dict)
    freed: dict[str, None] = field(default_factory=dict)
    lost_zones: dict[str, None] = field(default_factory=dict)
    waiting: dict[str, tuple[Needs, tuple[PlacementConstraint, ...], tuple[PlacementStrategy, ...]]] = field(
        default_factory=dict
    )
    waits: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    wakes: dict[str, list[int]] = field(default_factory=dict)

    @property
    def now_ms(self) -> int:
        """The present moment."""
        return self.engine.now_ms

    def look_at(self, service_arn: str | None) -> None:
        """Look at a service when this moment settles."""
        if service_arn is not None:
            self.queue[service_arn] = True

    def look_later(self, service_arn: str, at_ms: int) -> None:
        """Look at a service at a later moment; an earlier look that is already planned serves as well.

        That look sees what there is still to wait for and plans again, so few looks are planned at any time.
        """
        planned = [moment for moment in self.wakes.get(service_arn, ()) if moment > self.now_ms]
        self.wakes[service_arn] = planned
        if any(moment <= at_ms for moment in planned):
            return
        planned.append(at_ms)
        self.engine.call_at(at_ms, "service", service_arn)

    def label(self, service: Service) -> str:
        """`<cluster>/<service>`, as the journal names a service."""
        return f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}"

    def tell(self, service_arn: str, message: str, *, once: bool = False) -> None:
        """Write a service event."""
        service = self.store.services[service_arn]
        recent = self.now_ms - SUPPRESS_MS
        if once and any(e.message == message and e.at_ms > recent for e in service.events):
            return
        label = self.label(service)
        event = ServiceEvent(id=self.identity.uuid("event", label), at_ms=self.now_ms, message=f"{message}")
        self.store.put_service(replace(service, events=(event, *service.events[: EVENTS_MAX - 1])))
        self.journal.record("service.event", label, message=message)

    def put_deployment(self, service_arn: str, deployment: Deployment) -> None:
        """Replace a deployment of a service; a changed state goes to the journal."""
        service = self.store.services[service_arn]
        before = service.deployment(deployment.id)
        if before is deployment:
            return
        moved = before is None or (before.status, before.rollout_state, before.rollout_state_reason) != (
            deployment.status,
            deployment.rollout_state,
            deployment.rollout_state_reason,
        )
        if moved:
            deployment = replace(deployment, updated_at_ms=self.now_ms)
        deployments = tuple(deployment if d.id == deployment.id else d for d in service.deployments)
        self.store.put_service(replace(service, deployments=deployments))
        if moved:
            self.record_deployment(service, deployment)

    def record_deployment(self, service: Service, deployment: Deployment, status: str | None = None) -> None:
        """Write a deployment's state to the journal."""
        self.journal.record(
            "deployment.state",
            deployment.id,
            service=self.label(service),
            task_definition=deployment.task_definition_arn.rsplit("/", 1)[1],
            status=str(status or deployment.status),
            rollout_state=str(deployment.rollout_state),
            reason=deployment.rollout_state_reason,
        )

    def put_task(self, task: Task, **changes: Any) -> Task:
        """Replace a task, with some fields changed; a changed status is a new version of it and goes to the journal.

        Source: botocore ecs Task.version ("incremented each time a task experiences a change that triggers a
        CloudWatch event").
        """
        before = self.store.tasks.get(task.arn)
        moved = (
            before is None
            or before.last_status is not changes.get("last_status", task.last_status)
            or before.desired_status is not changes.get("desired_status", task.desired_status)
        )
        if before is not None and moved:
            changes["version"] = before.version + 1
        if changes:
            task = replace(task, **changes)
        self.store.put_task(task)
        if moved:
            self._record_task(task)
            if before is not None and task.service_arn is not None and is_same_to_scheduler(before, task):
                self.queue.setdefault(task.service_arn, False)
            else:
                self.look_at(task.service_arn)
            if task.is_stopped and task.container_instance_arn is not None:
                self.freed[task.cluster_arn] = None
        return task

    def _record_task(self, task: Task) -> None:
        fields: dict[str, object] = {
            "service": task.service_arn.rsplit("/", 1)[1] if task.service_arn else None,
            "deployment": task.deployment_id,
            "status": str(task.last_status),
            "desired": str(task.desired_status),
        }
        if task.stop_code is not None:
            fields |= {"stop_code": str(task.stop_code), "stopped_reason": task.stopped_reason}
        if task.availability_zone:
            fields["zone"] = task.availability_zone
        if task.host[0]:
            fields["instance"] = task.host[0]
        self.journal.record("task.status", task.id, **fields)

    def decided(self, subject: str, action: str, reason: Reason, **fields: object) -> None:
        """Write a decision with its reason to the journal."""
        self.journal.record(
            "decision", subject, action=action, code=reason.code, why=dict(reason.fields), **fields
        )
