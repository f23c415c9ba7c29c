"""Tasks: describe, list, stop."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.container_instance import instance_lookup
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import invalid_parameter, service_not_found
from ecsim.api.ecs.task.task_view import view
from ecsim.model.task import DesiredStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Cluster, Service
    from ecsim.model.task import Task

DESCRIBE_MAX = 100
_STARTED_BY_EXCLUDES = (
    "serviceName",
    "family",
    "desiredStatus",
    "launchType",
    "containerInstance",
    "daemonName",
)


def describe_tasks(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeTasks: those asked for, STOPPED ones too while they are remembered."""
    cluster = lookup.cluster_of(desk, params)
    names = params["tasks"]
    if not names:
        raise invalid_parameter("Tasks cannot be empty.")
    if len(names) > DESCRIBE_MAX:
        raise invalid_parameter(f"Tasks can have at most {DESCRIBE_MAX} items.")
    with_tags = "TAGS" in (params.get("include") or ())
    found, failures = [], []
    for name in names:
        task = lookup.task_in(desk, cluster, name)
        if task is None:
            failures.append({"arn": lookup.task_arn(desk, cluster, name), "reason": "MISSING"})
        else:
            found.append(view(desk, task, with_tags=with_tags))
    return {"tasks": found, "failures": failures}


def list_tasks(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListTasks: by cluster and the filters, oldest first. Source: botocore ListTasksRequest."""
    cluster = lookup.cluster_of(desk, params)
    started_by = params.get("startedBy")
    if started_by and any(params.get(other) for other in _STARTED_BY_EXCLUDES):
        raise invalid_parameter("startedBy must be the only filter that you use.")
    wanted = params.get("desiredStatus") or "RUNNING"
    if wanted == "PENDING" or params.get("daemonName"):
        return {"taskArns": []}
    on = params.get("containerInstance")
    instance = instance_lookup.instance_arn(desk, cluster, on) if on else None
    family, launch_type = params.get("family"), params.get("launchType")

    service = _service(desk, cluster, params.get("serviceName"))

    def fits(task: Task) -> bool:
        return (
            task.desired_status == wanted
            and (service is None or task.service_arn == service.arn)
            and (started_by is None or task.started_by == started_by)
            and (family is None or _family(task) == family)
            and (launch_type is None or task.launch_type == launch_type)
            and instance in (None, task.container_instance_arn)
        )

    if service is not None and wanted == DesiredStatus.RUNNING and not params.get("nextToken"):
        candidates: Iterable[Task] = desk.store.live_tasks_of_service(service.arn)
    else:  # the last one shown may be STOPPED by now, and is then in no index
        candidates = (task for task in desk.store.tasks.values() if task.cluster_arn == cluster.arn)
    return paged("taskArns", page(candidates, params, key=attrgetter("arn"), fits=fits))


def _family(task: Task) -> str:
    return task.task_definition_arn.rsplit("/", 1)[1].rsplit(":", 1)[0]


def _service(desk: Desk, cluster: Cluster, name: str | None) -> Service | None:
    """The service to filter by, if there is to be one.

    Raises:
        ApiError: ServiceNotFoundException.
    """
    service = lookup.service_in(desk, cluster, name) if name else None
    if name and service is None:
        raise service_not_found()
    return service


def stop_task(desk: Desk, params: dict[str, Any]) -> Answer:
    """StopTask: a STOPPED task stays as it is."""
    cluster = lookup.cluster_of(desk, params)
    task = lookup.task_in(desk, cluster, params["task"])
    if task is None:
        raise invalid_parameter("The referenced task was not found.")
    if task.desired_status is DesiredStatus.RUNNING:
        desk.stop(task.arn, params.get("reason"))
    return {"task": view(desk, desk.store.tasks[task.arn])}


OPERATIONS: dict[str, Handler] = {
    "DescribeTasks": describe_tasks,
    "ListTasks": list_tasks,
    "StopTask": stop_task,
}
