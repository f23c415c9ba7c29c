"""Scaling in: which tasks go when there are more than desired.

Without a placement strategy: from the Availability Zone with most tasks of the service. Source: botocore ecs
UpdateService; ecs-behaviour.md 5.7. Among equals this simulation takes the youngest. Protected tasks stay.
Source: botocore ecs UpdateTaskProtection.
"""

from __future__ import annotations

from collections import Counter

from ecsim.decide.plan import Action, StopTask
from ecsim.decide.service.condition import Condition, Seen
from ecsim.model.reason import because
from ecsim.model.service import Service
from ecsim.model.task import StopCode

_RANK = {Condition.PENDING: 0, Condition.UNHEALTHY: 1, Condition.STARTING: 2, Condition.HEALTHY: 3}


def scaling_stopped_reason(deployment_id: str) -> str:
    """The stoppedReason of a task that a deployment or scale-in stops. Source: ecs-behaviour.md 2.5."""
    return f"Scaling activity initiated by (deployment {deployment_id})"


def stop_surplus(service: Service, seen: list[Seen]) -> list[Action]:
    """Stop the primary deployment's tasks above the desired count.

    Unhealthy tasks are not counted as surplus while their replacements come up: `replacement` owns those.
    """
    if len(seen) <= service.desired_count:
        return []
    alive = [s for s in seen if s.condition not in (Condition.STOPPING, Condition.UNHEALTHY)]
    surplus = len(alive) - service.desired_count
    if surplus <= 0:
        return []
    zones = Counter(s.task.availability_zone for s in alive)
    age = {s.task.arn: place for place, s in enumerate(alive)}
    actions: list[Action] = []
    active = len(alive)
    may_go = [s for s in alive if not s.is_held]
    for _ in range(min(surplus, len(may_go))):
        pick = min(
            may_go,
            key=lambda s: (_RANK[s.condition], -zones[s.task.availability_zone], -age[s.task.arn]),
        )
        may_go.remove(pick)
        zone = pick.task.availability_zone
        zones[zone] -= 1
        actions.append(
            StopTask(
                task_arn=pick.task.arn,
                stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
                stopped_reason=scaling_stopped_reason(service.primary.id),
                reason=because("scale.in", active=active, desired=service.desired_count, zone=zone),
            )
        )
        active -= 1
    return actions
