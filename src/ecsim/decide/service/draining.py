"""DRAINING container instances: service tasks leave them as a rolling update's old tasks leave.

PENDING ones are stopped at once; RUNNING ones are replaced by minimumHealthyPercent and maximumPercent; standalone
tasks stay. Source: botocore ecs UpdateContainerInstancesState.
"""

from __future__ import annotations

from collections.abc import Sequence

from ecsim.decide.plan import Action, StopTask
from ecsim.decide.service.condition import Condition, Seen
from ecsim.model.reason import because
from ecsim.model.service import Service
from ecsim.model.task import StopCode


def marked(seen: Sequence[Seen], leaving: Sequence[str]) -> list[Seen]:
    """The tasks, those that must leave their instance marked."""
    goes = dict.fromkeys(leaving)
    return [s._replace(is_leaving=True) if s.task.arn in goes else s for s in seen]


def stop_pending(seen: Sequence[Seen], service: Service) -> list[Action]:
    """Stop the PENDING tasks on DRAINING instances."""
    return [
        StopTask(
            task_arn=s.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=f"Scaling activity initiated by (deployment {service.primary.id})",
            reason=because("drain.stop_pending", instance=s.task.host[0]),
        )
        for s in seen
        if s.is_leaving and s.condition is Condition.PENDING
    ]
