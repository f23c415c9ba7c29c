"""StartTask: standalone tasks on the container instances that the caller names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.container_instance import instance_lookup
from ecsim.api.ecs.launch import capacity, network_configuration
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.ecs.task import run_task
from ecsim.model.launch import Launch

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

INSTANCES_MAX = 10
"""Source: botocore StartTaskRequest.containerInstances."""
_STARTED_BY_MAX = 36
"""Source: botocore StartTaskRequest.startedBy."""


def start_task(desk: Desk, params: dict[str, Any]) -> Answer:
    """StartTask: one task on each of the instances; those that have no room, or are not there, are failures."""
    cluster = lookup.cluster_of(desk, params)
    names = params["containerInstances"]
    if not 1 <= len(names) <= INSTANCES_MAX:
        raise invalid_parameter(f"Container instances: you must specify 1 to {INSTANCES_MAX} of them.")
    definition = lookup.usable_definition(desk, params["taskDefinition"], "InvalidParameterException")
    capacity.check_definition(capacity.Capacity(launch_type="EC2"), definition)
    network = network_configuration.checked(desk, params.get("networkConfiguration"), definition)
    overrides = run_task.checked_overrides(params.get("overrides") or {}, definition, on_fargate=False)
    run_task.check_words(params, definition)
    if len(params.get("startedBy") or "") > _STARTED_BY_MAX:
        raise invalid_parameter(f"startedBy can have at most {_STARTED_BY_MAX} characters.")
    there, failures = [], []
    for name in names:
        instance = instance_lookup.instance_in(desk, cluster, name)
        if instance is None or instance.status == "INACTIVE":
            arn = instance_lookup.instance_arn(desk, cluster, name)
            failures.append({"arn": arn, "reason": "MISSING" if instance is None else "INACTIVE"})
        else:
            there.append(instance.arn)
    if not there:
        return {"tasks": [], "failures": failures}
    launched = desk.launch(
        Launch(
            cluster_arn=cluster.arn,
            task_definition=definition,
            count=len(there),
            group=params.get("group") or f"family:{definition.family}",
            started_by=params.get("startedBy"),
            launch_type="EC2",
            network_configuration=network,
            overrides=overrides,
            instances=tuple(there),
            tags=run_task.task_tags(params, definition, cluster.name),
            enable_execute_command=bool(params.get("enableExecuteCommand")),
            request=params,
        )
    )
    answer = run_task.launched_view(desk, launched)
    return answer | {"failures": failures + answer["failures"]}


OPERATIONS: dict[str, Handler] = {"StartTask": start_task}
