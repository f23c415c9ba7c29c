"""The ECS API, a file for each topic. `operations` answers every operation that botocore knows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import (
    clusters,
    instances,
    not_simulated,
    rollouts,
    run_task,
    services,
    tags,
    task_definitions,
    tasks,
    words,
)

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

TOPICS = (clusters, task_definitions, services, rollouts, run_task, tasks, instances, tags)
"""The modules that answer operations; each lists its own in `OPERATIONS`."""


def _checked(operation: str, handler: Handler, desk: Desk, params: dict[str, Any]) -> Answer:
    words.check(operation, params)
    return handler(desk, params)


simulated: dict[str, Handler] = {
    operation: partial(_checked, operation, handler)
    for topic in TOPICS
    for operation, handler in topic.OPERATIONS.items()
}
"""The operations that this cloud simulates, by AWS's name."""

operations: dict[str, Handler] = {**not_simulated.OPERATIONS, **simulated}
"""Every operation by AWS's name; those that are not simulated refuse and say so."""
