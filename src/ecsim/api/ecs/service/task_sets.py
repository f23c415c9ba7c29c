"""Task sets: the deployments that an external controller makes, scales and swaps.

A task set's tasks really start; which of the task sets gets production traffic is the caller's affair, who moves the
listener. Source: botocore CreateTaskSet, UpdateTaskSet, UpdateServicePrimaryTaskSet, DeleteTaskSet; ecs-behaviour.md
5.16.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup, tags
from ecsim.api.ecs.launch import capacity, network_configuration
from ecsim.api.ecs.refusals import invalid_parameter, service_not_active, service_not_found
from ecsim.api.ecs.service import service_rules, service_view
from ecsim.api.errors import ApiError
from ecsim.decide.service.task_sets import deleted, promoted
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus, RolloutState, Service
from ecsim.model.task_set import TaskSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler

TASK_SETS_MAX = 5
"""Task sets of a service. Source: General Reference, Amazon ECS quotas."""

TARGET_GROUPS_MAX = 1
"""One target group a task set. Source: ECS Developer Guide, deployment-type-external."""

_PERCENT = 100
_TOKEN = "CreateTaskSet"  # noqa: S105  the name of an operation, not a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A task set and whose it is."""

    service: Service
    deployment: Deployment

    @property
    def task_set(self) -> TaskSet:
        assert self.deployment.task_set is not None, self.deployment.id
        return self.deployment.task_set


def create_task_set(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateTaskSet: the first tasks start when its scale is above 0."""
    service = _service(desk, params)
    token = params.get("clientToken")
    if token:
        known = _known(desk, service, token, params)
        if known is not None:
            return {"taskSet": view(desk, known)}
    if len(service.deployments) >= TASK_SETS_MAX:
        raise ApiError("LimitExceededException", f"A service can have at most {TASK_SETS_MAX} task sets.")
    made = _made(desk, service, params)
    desk.store.put_service(replace(service, deployments=(made, *service.deployments)))
    if token:
        desk.tokens[_TOKEN, token] = (dict(params), (service.arn, made.id))
    tell(desk, service, made)
    desk.wake_service(service.arn)
    return {"taskSet": view(desk, _find(desk, params, made.id))}


def _made(desk: Desk, service: Service, params: Mapping[str, Any]) -> Deployment:
    """The new task set, checked like a service's first deployment."""
    cluster = lookup.cluster_of(desk, params)
    if len(params.get("loadBalancers") or ()) > TARGET_GROUPS_MAX:
        raise invalid_parameter("A task set can have at most one load balancer.")
    definition = lookup.usable_definition(desk, params["taskDefinition"])
    where = capacity.chosen(desk, cluster, params)
    capacity.check_definition(where, definition)
    capacity.check_platform(where)
    return Deployment(
        id=f"ecs-svc/{desk.identity.digits('deployment', service.arn.split('/', 1)[1])}",
        status=DeploymentStatus.ACTIVE,
        task_definition_arn=definition.arn,
        created_at_ms=desk.now_ms(),
        updated_at_ms=desk.now_ms(),
        launch_type=where.launch_type,
        capacity_provider_strategy=where.items,
        platform_version=where.resolved_platform_version,
        network_configuration=network_configuration.checked(
            desk, params.get("networkConfiguration"), definition
        ),
        load_balancers=service_rules.load_balancers(desk, params.get("loadBalancers"), definition),
        task_set=TaskSet(
            external_id=params.get("externalId"),
            scale_percent=_scale(params.get("scale") or {}),
            stability_at_ms=desk.now_ms(),
            platform_version=where.platform_version,
            service_registries=tuple(params.get("serviceRegistries") or ()),
            tags=tags.read(params.get("tags")),
        ),
    )


def _scale(given: Mapping[str, Any]) -> float:
    """The percent of the desired count; 0 when it is not given, as the AWS CLI's reference shows it.

    Raises:
        ApiError: InvalidParameterException. Source: botocore Scale.value (0 to 100).
    """
    percent = float(given.get("value") or 0.0)
    if not 0 <= percent <= _PERCENT:
        raise invalid_parameter(f"The scale value must be between 0 and {_PERCENT}.")
    return percent


def _known(desk: Desk, service: Service, token: str, params: Mapping[str, Any]) -> _Found | None:
    """The task set that the same client token made before.

    Raises:
        ApiError: InvalidParameterException, the request was another one then.
    """
    before = desk.tokens.get((_TOKEN, token))
    if before is None:
        return None
    request, (service_arn, deployment_id) = before
    if request != params or service_arn != service.arn:
        raise invalid_parameter("The client token was used before with other parameters.")
    deployment = service.deployment(deployment_id)
    return _Found(service=service, deployment=deployment) if deployment is not None else None


def update_task_set(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateTaskSet: another scale."""
    found = _find(desk, params, params["taskSet"])
    if found.task_set.is_draining:
        raise invalid_parameter("The task set is being deleted.")
    scaled = replace(
        found.deployment,
        updated_at_ms=desk.now_ms(),
        rollout_state=RolloutState.IN_PROGRESS,
        failed_launches=0,
        next_launch_at_ms=0,
        task_set=replace(
            found.task_set, scale_percent=_scale(params["scale"]), stability_at_ms=desk.now_ms()
        ),
    )
    return {"taskSet": view(desk, _put(desk, found, scaled))}


def delete_task_set(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteTaskSet: DRAINING until its last task is gone."""
    found = _find(desk, params, params["taskSet"])
    if found.task_set.scale_percent and not params.get("force"):
        raise invalid_parameter("The task set cannot be deleted while it is scaled above 0.")
    return {"taskSet": view(desk, _put(desk, found, deleted(found.deployment, desk.now_ms())))}


def update_service_primary_task_set(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateServicePrimaryTaskSet: this one is PRIMARY from now on, the one before is ACTIVE."""
    found = _find(desk, params, params["primaryTaskSet"])
    if found.task_set.is_draining:
        raise invalid_parameter("The task set is being deleted.")
    service = promoted(found.service, found.deployment.id, desk.now_ms())
    for before, after in zip(found.service.deployments, service.deployments, strict=True):
        if before is not after and after.id != found.deployment.id:
            tell(desk, service, after)
    primary = service.deployment(found.deployment.id)
    assert primary is not None, found.deployment.id
    return {"taskSet": view(desk, _put(desk, replace(found, service=service), primary))}


def describe_task_sets(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeTaskSets: those asked for, or all of the service."""
    service = _service(desk, params, active=False)
    with_tags = "TAGS" in (params.get("include") or ())
    names = params.get("taskSets") or [deployment.id for deployment in service.deployments]
    shown, failures = [], []
    for name in names:
        deployment = service.deployment(_id(desk, service, name))
        if deployment is None:
            arn = name if name.startswith("arn:") else _arn(desk, service, name)
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found = _Found(service=service, deployment=deployment)
            shown.append(view(desk, found, with_tags=with_tags))
    return {"taskSets": shown, "failures": failures}


def _service(desk: Desk, params: Mapping[str, Any], *, active: bool = True) -> Service:
    """The service whose task sets are meant.

    Raises:
        ApiError: there is none, it is not ACTIVE, or its deployments are ECS's own.
    """
    cluster = lookup.cluster_of(desk, params)
    service = lookup.service_in(desk, cluster, params["service"])
    if service is None:
        raise service_not_found()
    if active and service.status != "ACTIVE":
        raise service_not_active()
    is_read = not active and service.has_task_sets
    if service.deployment_controller != "EXTERNAL" and not is_read:
        raise invalid_parameter(
            f"The service {service.name} has the deployment controller {service.deployment_controller}: "
            "task sets are for services with the deployment controller EXTERNAL."
        )
    return service


def _find(desk: Desk, params: Mapping[str, Any], name: str) -> _Found:
    """The task set that is meant.

    Raises:
        ApiError: TaskSetNotFoundException, and what `_service` refuses.
    """
    service = _service(desk, params)
    deployment = service.deployment(_id(desk, service, name))
    if deployment is None:
        raise ApiError("TaskSetNotFoundException", "The specified task set wasn't found.")
    return _Found(service=service, deployment=deployment)


def _id(desk: Desk, service: Service, name: str) -> str:
    """The id in a task set's id or ARN; an ARN of another service names none."""
    if not name.startswith("arn:"):
        return name if name.startswith("ecs-svc/") else f"ecs-svc/{name}"
    prefix = desk.arn("task-set", service.arn.split("/", 1)[1]) + "/"
    return name.removeprefix(prefix)


def _arn(desk: Desk, service: Service, task_set_id: str) -> str:
    return desk.arn("task-set", f"{service.arn.split('/', 1)[1]}/{task_set_id}")


def _put(desk: Desk, found: _Found, changed: Deployment) -> _Found:
    """Put a changed task set in its place, tell the journal when its status moved, and wake the scheduler."""
    deployments = tuple(changed if d.id == changed.id else d for d in found.service.deployments)
    service = replace(found.service, deployments=deployments, steady=False)
    desk.store.put_service(service)
    if changed.status is not found.deployment.status:
        tell(desk, service, changed)
    desk.wake_service(service.arn)
    return _Found(service=service, deployment=changed)


def tell(desk: Desk, service: Service, deployment: Deployment) -> None:
    """Write a task set's state to the journal."""
    desk.journal.record(
        "deployment.state",
        deployment.id,
        service=f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}",
        task_definition=deployment.task_definition_arn.rsplit("/", 1)[1],
        status=str(deployment.status),
        rollout_state=str(deployment.rollout_state),
        reason=deployment.rollout_state_reason,
    )


def view(desk: Desk, found: _Found, *, with_tags: bool = False) -> Answer:
    """A task set as the API shows it. The computed desired count is there once the scheduler has looked at it."""
    service, deployment, task_set = found.service, found.deployment, found.task_set
    steady = deployment.rollout_state is RolloutState.COMPLETED
    shown: Answer = {
        "id": deployment.id,
        "taskSetArn": _arn(desk, service, deployment.id),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "status": deployment.status.value,
        "taskDefinition": deployment.task_definition_arn,
        "computedDesiredCount": deployment.desired_count,
        **service_view.Counts(desk, service).of(deployment.id),
        "createdAt": deployment.created_at_ms,
        "updatedAt": deployment.updated_at_ms,
        "loadBalancers": service_view.load_balancers(deployment.load_balancers),
        "serviceRegistries": list(task_set.service_registries),
        "scale": {"value": task_set.scale_percent, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if steady else "STABILIZING",
        "stabilityStatusAt": task_set.stability_at_ms,
    }
    if deployment.launch_type is not None:
        shown["launchType"] = deployment.launch_type
    else:
        shown["capacityProviderStrategy"] = service_view.strategy(deployment)
    if deployment.platform_version is not None:
        shown["platformVersion"] = deployment.platform_version
        shown["platformFamily"] = service_view.platform_family(desk, deployment)
    if deployment.network_configuration:
        shown["networkConfiguration"] = dict(deployment.network_configuration)
    if task_set.external_id is not None:
        shown["externalId"] = task_set.external_id
    if task_set.started_by is not None:
        shown["startedBy"] = task_set.started_by
    if with_tags:
        shown["tags"] = tags.shown(task_set.tags)
    return shown


def of_service(desk: Desk, service: Service) -> list[Answer]:
    """The task sets of a service as DescribeServices shows them, newest first."""
    listed = () if service.status == "INACTIVE" else service.deployments
    return [view(desk, _Found(service=service, deployment=deployment)) for deployment in listed]


OPERATIONS: dict[str, Handler] = {
    "CreateTaskSet": create_task_set,
    "UpdateTaskSet": update_task_set,
    "DeleteTaskSet": delete_task_set,
    "DescribeTaskSets": describe_task_sets,
    "UpdateServicePrimaryTaskSet": update_service_primary_task_set,
}
