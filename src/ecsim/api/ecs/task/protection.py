"""Task scale-in protection: neither scaling in nor a deployment stops a protected task of a service.

It ends by itself on the clock. Source: botocore UpdateTaskProtection; ECS Developer Guide, task-scale-in-protection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.model.replacing import replace
from ecsim.model.task import DesiredStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Cluster
    from ecsim.model.task import Task

UPDATE_MAX = 10
GET_MAX = 100
MINUTES_DEFAULT = 120
MINUTES_MAX = 2_880
_MINUTE_MS = 60_000

NOT_VALID = "TASK_NOT_VALID"
"""Only tasks of services can be protected. Source: ECS Developer Guide, api_failures_messages."""

BLOCKED = "DEPLOYMENT_BLOCKED"
"""More protected tasks than the desired count. Source: ECS Developer Guide, task-scale-in-protection."""


def update_task_protection(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateTaskProtection: each task is protected anew from now on, or no longer."""
    cluster = lookup.cluster_of(desk, params)
    minutes = params.get("expiresInMinutes")
    minutes = MINUTES_DEFAULT if minutes is None else minutes
    if not 1 <= minutes <= MINUTES_MAX:
        raise invalid_parameter(f"expiresInMinutes must be between 1 and {MINUTES_MAX}.")
    until = desk.now_ms() + minutes * _MINUTE_MS if params["protectionEnabled"] else None
    shown, failures = [], []
    for task, failure in _asked(desk, cluster, params.get("tasks") or (), UPDATE_MAX):
        if task is None:
            failures.append(failure)
        elif until is not None and _is_blocked(desk, task):
            failures.append({"arn": task.arn, "reason": BLOCKED})
        else:
            protected = replace(task, protected_until_ms=until)
            desk.store.put_task(protected)
            desk.wake_service(str(task.service_arn))
            shown.append(_view(desk, protected))
    return {"protectedTasks": shown, "failures": failures}


def get_task_protection(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetTaskProtection."""
    cluster = lookup.cluster_of(desk, params)
    asked = _asked(desk, cluster, params.get("tasks") or (), GET_MAX)
    return {
        "protectedTasks": [_view(desk, task) for task, _ in asked if task is not None],
        "failures": [failure for task, failure in asked if task is None],
    }


def _asked(
    desk: Desk, cluster: Cluster, names: Sequence[str], most: int
) -> list[tuple[Task | None, dict[str, str]]]:
    """The tasks asked for, each as it is or None with the failure to tell.

    Raises:
        ApiError: InvalidParameterException, there are none or too many.
    """
    if not names:
        raise invalid_parameter("Tasks cannot be empty.")
    if len(names) > most:
        raise invalid_parameter(f"Tasks can have at most {most} items.")
    asked: list[tuple[Task | None, dict[str, str]]] = []
    for name in dict.fromkeys(names):
        arn = lookup.task_arn(desk, cluster, name)
        task = lookup.task_in(desk, cluster, name)
        if task is None:
            asked.append((None, {"arn": arn, "reason": "MISSING"}))
        elif task.service_arn is None or task.desired_status is DesiredStatus.STOPPED:
            asked.append((None, {"arn": arn, "reason": NOT_VALID}))
        else:
            asked.append((task, {}))
    return asked


def _is_blocked(desk: Desk, task: Task) -> bool:
    """Whether the service would have more protected tasks than it desires tasks."""
    service = desk.store.services[str(task.service_arn)]
    now = desk.now_ms()
    others = sum(
        1
        for other in desk.store.live_tasks_of_service(service.arn)
        if other.arn != task.arn and other.desired_status is DesiredStatus.RUNNING and other.is_protected(now)
    )
    return others + 1 > service.desired_count


def _view(desk: Desk, task: Task) -> Answer:
    """Source: botocore ProtectedTask."""
    if not task.is_protected(desk.now_ms()):
        return {"taskArn": task.arn, "protectionEnabled": False}
    return {"taskArn": task.arn, "protectionEnabled": True, "expirationDate": task.protected_until_ms}


OPERATIONS: dict[str, Handler] = {
    "UpdateTaskProtection": update_task_protection,
    "GetTaskProtection": get_task_protection,
}
