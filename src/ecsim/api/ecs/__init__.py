"""The ECS API: a folder for each topic, a file for each part. `operations` has every operation that botocore knows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.account_settings import OPERATIONS as ACCOUNT_SETTINGS
from ecsim.api.ecs.cluster.capacity_providers import OPERATIONS as CAPACITY_PROVIDERS
from ecsim.api.ecs.cluster.clusters import OPERATIONS as CLUSTERS
from ecsim.api.ecs.cluster.scaling_groups import OPERATIONS as SCALING_GROUPS
from ecsim.api.ecs.container_instance.agent import OPERATIONS as AGENT
from ecsim.api.ecs.container_instance.attributes import OPERATIONS as ATTRIBUTES
from ecsim.api.ecs.container_instance.instances import OPERATIONS as INSTANCES
from ecsim.api.ecs.not_simulated import OPERATIONS as NOT_SIMULATED
from ecsim.api.ecs.service.namespaces import OPERATIONS as NAMESPACES
from ecsim.api.ecs.service.rollouts import OPERATIONS as ROLLOUTS
from ecsim.api.ecs.service.services import OPERATIONS as SERVICES
from ecsim.api.ecs.service.task_sets import OPERATIONS as TASK_SETS
from ecsim.api.ecs.tags import OPERATIONS as TAGS
from ecsim.api.ecs.task.execute_command import OPERATIONS as EXECUTE_COMMAND
from ecsim.api.ecs.task.protection import OPERATIONS as PROTECTION
from ecsim.api.ecs.task.run_task import OPERATIONS as RUN_TASK
from ecsim.api.ecs.task.start_task import OPERATIONS as START_TASK
from ecsim.api.ecs.task.task_definitions import OPERATIONS as TASK_DEFINITIONS
from ecsim.api.ecs.task.tasks import OPERATIONS as TASKS
from ecsim.api.ecs.words import check

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

TOPICS = (
    CLUSTERS,
    CAPACITY_PROVIDERS,
    TASK_DEFINITIONS,
    SERVICES,
    TASK_SETS,
    ROLLOUTS,
    RUN_TASK,
    TASKS,
    EXECUTE_COMMAND,
    AGENT,
    PROTECTION,
    INSTANCES,
    ATTRIBUTES,
    SCALING_GROUPS,
    START_TASK,
    TAGS,
    ACCOUNT_SETTINGS,
    NAMESPACES,
)
"""What each file answers. A new file adds its `OPERATIONS` here."""


def _checked(operation: str, handler: Handler, desk: Desk, params: dict[str, Any]) -> Answer:
    check(operation, params)
    return handler(desk, params)


simulated: dict[str, Handler] = {
    operation: partial(_checked, operation, handler)
    for topic in TOPICS
    for operation, handler in topic.items()
}
"""The operations that this cloud simulates, by AWS's name."""

operations: dict[str, Handler] = {**NOT_SIMULATED, **simulated}
"""Every operation by AWS's name; those that are not simulated refuse and say so."""
