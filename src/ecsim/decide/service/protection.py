"""Scale-in protection: tasks that should go and may not."""

from __future__ import annotations

from ecsim.decide.plan import Action, Tell, Wait
from ecsim.decide.service.condition import Seen
from ecsim.model.reason import because
from ecsim.model.service import Service

PROTECTED = (
    "(service {name}) was unable to reach steady state because (taskSet {task_set}) was unable to scale in "
    "due to (reason {count} tasks under protection)"
)
"""Source: ecs-behaviour.md 5.7, observed; without a final dot."""


def hold(service: Service, seen: list[Seen], total: int) -> list[Action]:
    """Tasks that should go are protected: tell of it, and wait until the first protection ends.

    Source: ECS Developer Guide, task-scale-in-protection (ECS sends service events when protected tasks keep a
    deployment from reaching the steady state).
    """
    kept = [s for s in seen if s.is_held]
    ends = [s.protected_until_ms for s in kept if s.protected_until_ms is not None]
    if not ends:
        return []
    by_set: dict[str, int] = {}
    for s in kept:
        task_set = s.task.deployment_id or ""
        by_set[task_set] = by_set.get(task_set, 0) + 1
    tells: list[Action] = [
        Tell(message=PROTECTED.format(name=service.name, task_set=task_set, count=count))
        for task_set, count in by_set.items()
    ]
    reason = because("rolling.protected", protected=len(kept), total=total, desired=service.desired_count)
    return [*tells, Wait(reason=reason, until_ms=min(ends))]
