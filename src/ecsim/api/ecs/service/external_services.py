"""Services with the deployment controller EXTERNAL: what they are created with, what can be updated, how they look.

Everything about tasks (task definition, network, load balancers, where they run) belongs to their task sets.
Source: botocore CreateServiceRequest.deploymentController, .taskDefinition, UpdateService; ecs-behaviour.md 5.16.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import tags
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.ecs.service import service_rules, service_view, task_sets
from ecsim.model.replacing import replace
from ecsim.model.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.service import Cluster

UPDATABLE = (
    "desiredCount",
    "placementConstraints",
    "placementStrategy",
    "healthCheckGracePeriodSeconds",
    "enableECSManagedTags",
    "propagateTags",
)
"""What UpdateService can change of such a service. Source: botocore UpdateService (operation)."""

_OF_UPDATE_ITSELF = ("cluster", "service", "deploymentController")
DEFAULTS: dict[str, Any] = {
    "propagateTags": "NONE",
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
}
_KEPT = (*UPDATABLE[1:], "enableExecuteCommand", "launchType", "role")


def is_asked_for(params: Mapping[str, Any]) -> bool:
    """Whether a CreateService asks for an external controller."""
    return (params.get("deploymentController") or {}).get("type") == "EXTERNAL"


def new(desk: Desk, cluster: Cluster, arn: str, params: Mapping[str, Any]) -> Service:
    """The service that a CreateService asks for: no deployment yet, and no task set.

    Raises:
        ApiError: InvalidParameterException.
    """
    if params.get("schedulingStrategy") == "DAEMON":
        raise invalid_parameter(
            "The daemon scheduling strategy is not supported with the EXTERNAL deployment controller."
        )
    configuration = service_rules.deployment_configuration(params.get("deploymentConfiguration"))
    grace = service_rules.grace_period_s(params.get("healthCheckGracePeriodSeconds"))
    return Service(
        arn=arn,
        name=params["serviceName"],
        cluster_arn=cluster.arn,
        desired_count=service_rules.desired_count(params.get("desiredCount")),
        deployment_controller="EXTERNAL",
        health_check_grace_period_s=grace,
        deployment_configuration=configuration,
        created_at_ms=desk.now_ms(),
        tags=tags.read(params.get("tags")),
        request={
            **DEFAULTS,
            "createdBy": desk.caller,
            **{member: params[member] for member in _KEPT if params.get(member) is not None},
        },
    )


def updated(desk: Desk, service: Service, params: Mapping[str, Any]) -> Service:
    """The service after an UpdateService; its task sets get their shares of the new desired count.

    Raises:
        ApiError: InvalidParameterException, the member belongs to task sets.
    """
    for member, value in params.items():
        if value is not None and member not in (*UPDATABLE, *_OF_UPDATE_ITSELF):
            raise invalid_parameter(
                f"{member} cannot be updated on a service with the deployment controller EXTERNAL: "
                "it belongs to the service's task sets."
            )
    return rescaled(desk, service, params)


def rescaled(desk: Desk, service: Service, params: Mapping[str, Any]) -> Service:
    """The service with the members of UPDATABLE that are given."""
    desired = params.get("desiredCount")
    desired = service.desired_count if desired is None else service_rules.desired_count(desired)
    given = {member: params[member] for member in UPDATABLE[1:] if params.get(member) is not None}
    request = {**service.request, **given}
    if desired != service.desired_count:
        label = f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}"
        desk.journal.record("service.desired", label, desired=desired)
    return replace(
        service,
        desired_count=desired,
        health_check_grace_period_s=service_rules.grace_period_s(
            request.get("healthCheckGracePeriodSeconds")
        ),
        request=request,
        steady=service.steady and desired == service.desired_count,
        deployments=tuple(replace(d, failed_launches=0, next_launch_at_ms=0) for d in service.deployments),
    )


def view(desk: Desk, service: Service, *, with_tags: bool = False) -> Answer:
    """A service with task sets as DescribeServices shows it: what its primary one has, transitions to the service.

    Source: botocore UpdateServicePrimaryTaskSet.
    """
    primary = service.primary_task_set
    shown: Answer = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "loadBalancers": service_view.load_balancers(primary.load_balancers if primary else ()),
        "serviceRegistries": [],
        "status": service.status,
        "desiredCount": service.desired_count,
        **service_view.Counts(desk, service).all(),
        "deploymentConfiguration": dict(service.deployment_configuration.document),
        "taskSets": task_sets.of_service(desk, service),
        "deployments": [],
        "roleArn": f"arn:aws:iam::{desk.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [
            {"id": event.id, "createdAt": event.at_ms, "message": event.message} for event in service.events
        ],
        "createdAt": service.created_at_ms,
        "placementConstraints": list(service.request.get("placementConstraints") or ()),
        "placementStrategy": list(service.request.get("placementStrategy") or ()),
        "schedulingStrategy": service.scheduling_strategy,
        "deploymentController": {"type": service.deployment_controller},
        "createdBy": service.request.get("createdBy", desk.caller),
        "healthCheckGracePeriodSeconds": service.health_check_grace_period_s,
    }
    for member in ("propagateTags", "enableECSManagedTags", "enableExecuteCommand"):
        shown[member] = service.request[member]
    if primary is None:
        shown["launchType"] = service.request.get("launchType", "EC2")
    else:
        shown["taskDefinition"] = primary.task_definition_arn
        shown |= service_view.where(service, primary)
        if primary.network_configuration:
            shown["networkConfiguration"] = dict(primary.network_configuration)
    if with_tags:
        shown["tags"] = tags.shown(service.tags)
    return shown
