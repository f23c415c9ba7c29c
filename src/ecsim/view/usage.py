"""What was used: vCPU-hours, GB-hours and load balancer hours of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ecsim.model.task import Task
from ecsim.view.history import last_dotted
from ecsim.view.prices import MINIMUM_MS
from ecsim.view.snapshot import Picture

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a run used so far.

    Attributes:
        tasks: Fargate tasks that began to pull their images.
        raised: how many of them were billed the minimum instead of less.
        other_launch: tasks that do not run on Fargate.
        unsized: Fargate tasks whose size nothing tells.
        forgotten: tasks that the journal knows and the picture does not remember any more.
        running_vcpu, running_gb, running_balancers: what runs at the moment.
    """

    tasks: int = 0
    vcpu_hours: float = 0.0
    gb_hours: float = 0.0
    raised: int = 0
    other_launch: int = 0
    unsized: int = 0
    forgotten: int = 0
    balancers: int = 0
    balancer_hours: int = 0
    running_vcpu: float = 0.0
    running_gb: float = 0.0
    running_balancers: int = 0


def usage(picture: Picture) -> Usage:
    """Add up what a picture's tasks and load balancers used."""
    vcpu_ms = gb_ms = running_vcpu = running_gb = 0.0
    counted = raised = other = unsized = 0
    for task in picture.tasks:
        if task.launch_type != "FARGATE":
            other += 1
            continue
        if task.pull_started_at_ms is None:
            continue
        size = _size(task, picture)
        if size is None:
            unsized += 1
            continue
        end = picture.now_ms if task.stopped_at_ms is None else task.stopped_at_ms
        length = end - task.pull_started_at_ms
        counted += 1
        if length < MINIMUM_MS:
            raised += 1
            length = MINIMUM_MS
        vcpu_ms, gb_ms = vcpu_ms + size[0] * length, gb_ms + size[1] * length
        if not task.is_stopped:
            running_vcpu, running_gb = running_vcpu + size[0], running_gb + size[1]
    meters = _balancers(picture)
    known = {task.id for task in picture.tasks}
    journaled = dict.fromkeys(e.subject for e in picture.journal if e.kind == "task.status")
    return Usage(
        tasks=counted,
        vcpu_hours=vcpu_ms / HOUR_MS,
        gb_hours=gb_ms / HOUR_MS,
        raised=raised,
        other_launch=other,
        unsized=unsized,
        forgotten=sum(1 for task in journaled if task not in known),
        balancers=len(meters),
        balancer_hours=sum(max(1, -(-(end - begin) // HOUR_MS)) for begin, end in meters),
        running_vcpu=running_vcpu,
        running_gb=running_gb,
        running_balancers=sum(1 for b in picture.balancers if b.type == "application"),
    )


def _size(task: Task, picture: Picture) -> tuple[float, float] | None:
    """VCPU and GB of a task: its own values, else its task definition's."""
    definition = picture.task_definitions.get(task.task_definition_arn)
    cpu = _number(task.cpu) or (definition.cpu if definition else None)
    memory = _number(task.memory) or (definition.memory if definition else None)
    return (cpu / 1_024, memory / 1_024) if cpu and memory else None


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d+", text) else None


def _balancers(picture: Picture) -> list[tuple[int, int]]:
    """When each Application Load Balancer was there: from the calls that made and deleted them."""
    begun: dict[str, int] = {}
    meters: list[tuple[int, int]] = []
    for entry in picture.journal:
        params = entry.fields.get("params")
        if entry.kind != "call" or entry.fields.get("error") or not isinstance(params, Mapping):
            continue
        operation = last_dotted(entry.subject)
        if operation == "CreateLoadBalancer" and params.get("Type", "application") == "application":
            begun.setdefault(str(params.get("Name")), entry.at_ms)
        elif operation == "DeleteLoadBalancer":
            parts = str(params.get("LoadBalancerArn")).split("/")
            name = parts[-2] if len(parts) > 1 else ""
            if name in begun:
                meters.append((begun.pop(name), entry.at_ms))
    there = [balancer.name for balancer in picture.balancers if balancer.type == "application"]
    return meters + [(begun.pop(name, 0), picture.now_ms) for name in there]
