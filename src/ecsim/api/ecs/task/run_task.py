"""RunTask: standalone tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup, tags
from ecsim.api.ecs.launch import capacity, network_configuration, placement, volumes
from ecsim.api.ecs.refusals import client_exception, invalid_parameter
from ecsim.api.ecs.task.task_view import view
from ecsim.api.errors import ApiError
from ecsim.decide.task import fargate
from ecsim.decide.task.lifecycle import NO_CAPACITY
from ecsim.model.launch import Launch, Launched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.task_definition import TaskDefinition

COUNT_MAX = 10
OVERRIDES_MAX = 8192
_GROUP_MAX = 255
_STARTED_BY_MAX = 128
TOKEN_MAX = 64
_TOKEN = "RunTask"  # noqa: S105  the name of an operation, not a secret


def run_task(desk: Desk, params: dict[str, Any]) -> Answer:
    """RunTask: up to ten tasks, PROVISIONING; the same client token again answers the same tasks.

    Raises:
        ApiError: among others ClientException, Fargate has no capacity in any zone of the subnets (the code is not
            documented, the message is).
    """
    cluster = lookup.cluster_of(desk, params)
    token = params.get("clientToken")
    if token:
        known = _known(desk, token, params)
        if known is not None:
            return known
    count = params.get("count")
    count = 1 if count is None else count
    if not 1 <= count <= COUNT_MAX:
        raise invalid_parameter(f"Tasks count must be between 1 and {COUNT_MAX}.")
    where = capacity.chosen(desk, cluster, params)
    definition = lookup.usable_definition(desk, params["taskDefinition"], "InvalidParameterException")
    network_configuration.must_be_given(params.get("networkConfiguration"), definition)
    capacity.check_definition(where, definition)
    constraints, strategies = placement.checked(params, definition, where)
    if not where.is_fargate and not where.strategy and not desk.store.instances_of(cluster.arn):
        raise invalid_parameter("No Container Instances were found in your cluster.")
    network = network_configuration.checked(desk, params.get("networkConfiguration"), definition)
    capacity.check_platform(where)
    overrides = checked_overrides(params.get("overrides") or {}, definition, on_fargate=where.is_fargate)
    check_words(params, definition)
    volumes.checked(params.get("volumeConfigurations"), definition)
    launched = desk.launch(
        Launch(
            cluster_arn=cluster.arn,
            task_definition=definition,
            count=count,
            group=params.get("group") or f"family:{definition.family}",
            started_by=params.get("startedBy"),
            launch_type=where.launch_type,
            capacity_provider_strategy=where.items,
            platform_version=where.resolved_platform_version,
            network_configuration=network,
            overrides=overrides,
            constraints=constraints,
            strategies=strategies,
            tags=task_tags(params, definition, cluster.name),
            enable_execute_command=bool(params.get("enableExecuteCommand")),
            request=params,
        )
    )
    if launched.no_capacity:
        raise client_exception(NO_CAPACITY)
    if token:
        desk.tokens[_TOKEN, token] = (dict(params), tuple(task.arn for task in launched.tasks))
    return launched_view(desk, launched)


def launched_view(desk: Desk, launched: Launched) -> Answer:
    """What RunTask and StartTask answer: the tasks, and why others found no place, one for each instance.

    Source of the reasons: ECS Developer Guide, api_failures_messages.
    """
    with_tags = any(task.tags for task in launched.tasks)
    return {
        "tasks": [view(desk, task, with_tags=with_tags) for task in launched.tasks],
        "failures": [{"arn": each.instance_arn, "reason": each.reason} for each in launched.refusals],
    }


def _known(desk: Desk, token: str, params: Mapping[str, Any]) -> Answer | None:
    """The answer to a client token that was used before. Source: botocore RunTaskRequest.clientToken.

    Raises:
        ApiError: ConflictException, the request was another one then.
    """
    if len(token) > TOKEN_MAX:
        raise invalid_parameter(f"clientToken can have at most {TOKEN_MAX} characters.")
    before = desk.tokens.get((_TOKEN, token))
    if before is None:
        return None
    request, arns = before
    if request != params:
        raise ApiError(
            "ConflictException",
            "The request conflicts with an earlier request that used the same clientToken.",
            resourceIds=list(arns),
        )
    tasks = [desk.store.tasks[arn] for arn in arns if arn in desk.store.tasks]
    return {"tasks": [view(desk, task, with_tags=bool(task.tags)) for task in tasks], "failures": []}


def check_words(params: Mapping[str, Any], definition: TaskDefinition) -> None:
    """Refuse words that are wrong or too long.

    Raises:
        ApiError: InvalidParameterException.
    """
    if params.get("propagateTags") == "SERVICE":
        raise invalid_parameter("propagateTags should be one of [TASK_DEFINITION,NONE]")
    if len(params.get("group") or "") > _GROUP_MAX:
        raise invalid_parameter(f"group can have at most {_GROUP_MAX} characters.")
    if len(params.get("startedBy") or "") > _STARTED_BY_MAX:
        raise invalid_parameter(f"startedBy can have at most {_STARTED_BY_MAX} characters.")
    role = definition.task_role_arn or (params.get("overrides") or {}).get("taskRoleArn")
    if params.get("enableExecuteCommand") and not role:
        raise invalid_parameter(
            "The task couldn't be started because a valid taskRoleArn is not being used. "
            "Specify a valid task role in your task definition and try again."
        )


def checked_overrides(
    given: Mapping[str, Any], definition: TaskDefinition, *, on_fargate: bool
) -> dict[str, Any]:
    """The overrides, checked. Source: botocore TaskOverride, ContainerOverride.

    Raises:
        ApiError: InvalidParameterException.
    """
    if len(json.dumps(given)) > OVERRIDES_MAX:
        raise invalid_parameter(f"Overrides length must be at most {OVERRIDES_MAX}")
    for container in given.get("containerOverrides") or ():
        name = container.get("name")
        if not name:
            raise invalid_parameter("Container Override: name must be specified.")
        if definition.container(name) is None:
            raise invalid_parameter(
                f"Override for container named {name} is not a container in the TaskDefinition."
            )
    size = dict(given)
    cpu, memory = given.get("cpu"), given.get("memory")
    if cpu is not None or memory is not None:
        units = definition.cpu if cpu is None else fargate.cpu_units(cpu)
        mib = definition.memory if memory is None else fargate.memory_mib(memory)
        if on_fargate and (units is None or mib is None or not fargate.fits(units, mib)):
            raise invalid_parameter(
                f"No Fargate configuration exists for given values: {units} CPU, {mib} memory. "
                "See the Amazon ECS documentation for the valid values."
            )
        size |= {name: str(n) for name, n in (("cpu", units), ("memory", mib)) if n is not None}
    return size


def task_tags(params: Mapping[str, Any], definition: TaskDefinition, cluster_name: str) -> tags.Tags:
    """The tags of the tasks: ECS's own, then the definition's, then those of the call, which win."""
    own: tags.Tags = ()
    if params.get("enableECSManagedTags"):
        own = (("aws:ecs:clusterName", cluster_name),)
    if params.get("propagateTags") == "TASK_DEFINITION":
        own = tags.merged(own, definition.tags)
    return tags.merged(own, tags.read(params.get("tags")))


OPERATIONS: dict[str, Handler] = {"RunTask": run_task}
