"""Deployment groups of the compute platform ECS: which service, which listeners, how carefully."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy import group_rules, lookup, tags
from ecsim.api.errors import ApiError
from ecsim.decide.deployment.codedeploy import routing
from ecsim.model.codedeploy import DeploymentState, Group
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.codedeploy import CodeDeployment

_KEPT = (
    "deploymentConfigName",
    "serviceRoleArn",
    "alarmConfiguration",
    "autoRollbackConfiguration",
    "deploymentStyle",
    "blueGreenDeploymentConfiguration",
    "loadBalancerInfo",
    "ecsServices",
)


def create_deployment_group(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateDeploymentGroup."""
    application = lookup.application(desk, params["applicationName"])
    name = lookup.name(params["deploymentGroupName"], "DeploymentGroupName")
    if (application.name, name) in desk.store.deployment_groups:
        raise ApiError(
            "DeploymentGroupAlreadyExistsException", f"Deployment group name already exists: {name}"
        )
    group_rules.check_members(params)
    made = _made(
        desk,
        application=application.name,
        name=name,
        group_id=desk.identity.uuid("codedeploy-group", f"{application.name}/{name}"),
        given={member: params[member] for member in _KEPT if params.get(member) is not None},
    )
    desk.store.deployment_groups[application.name, name] = replace(made, tags=tags.read(params.get("tags")))
    return {"deploymentGroupId": made.id}


def _made(desk: Desk, *, application: str, name: str, group_id: str, given: Mapping[str, Any]) -> Group:
    """The group that these members mean, checked."""
    group_rules.check_style(given.get("deploymentStyle"))
    service = group_rules.service(desk, given.get("ecsServices"))
    _check_free(desk, service.arn, group_id)
    routes = group_rules.routes(desk, given.get("loadBalancerInfo"))
    chosen = lookup.config(desk, given.get("deploymentConfigName") or routing.DEFAULT)
    group_rules.check_gradual(routes.production, chosen)
    ready, termination, shown = group_rules.waits(given.get("blueGreenDeploymentConfiguration"))
    return Group(
        id=group_id,
        name=name,
        application=application,
        config_name=chosen.name,
        service_role_arn=group_rules.role(given.get("serviceRoleArn")),
        cluster=service.cluster_arn.rsplit("/", 1)[1],
        service=service.name,
        service_arn=service.arn,
        target_groups=routes.target_groups,
        production=routes.production,
        test=routes.test,
        ready_wait_ms=ready,
        termination_wait_ms=termination,
        rollback_events=group_rules.rollback_events(given.get("autoRollbackConfiguration")),
        alarms=group_rules.alarms(given.get("alarmConfiguration")),
        document={
            **given,
            "deploymentConfigName": chosen.name,
            "blueGreenDeploymentConfiguration": shown,
        },
    )


def _check_free(desk: Desk, service_arn: str, group_id: str) -> None:
    """A service belongs to one deployment group. Source: botocore ECSServiceMappingLimitExceededException."""
    for group in desk.store.deployment_groups.values():
        if group.service_arn == service_arn and group.id != group_id:
            raise ApiError(
                "ECSServiceMappingLimitExceededException",
                f"The ECS service is already associated with the deployment group {group.name}.",
            )


def update_deployment_group(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateDeploymentGroup: what is given replaces what was there; deployments under way keep what they began with."""
    found = lookup.group(desk, params["applicationName"], params["currentDeploymentGroupName"])
    name = found.name
    if params.get("newDeploymentGroupName"):
        name = lookup.name(params["newDeploymentGroupName"], "DeploymentGroupName")
        if name != found.name and (found.application, name) in desk.store.deployment_groups:
            raise ApiError(
                "DeploymentGroupAlreadyExistsException", f"Deployment group name already exists: {name}"
            )
    group_rules.check_members(params)
    given = {member: params[member] for member in _KEPT if params.get(member) is not None}
    changed = _made(
        desk,
        application=found.application,
        name=name,
        group_id=found.id,
        given={**found.document, **given},
    )
    groups = desk.store.deployment_groups
    del groups[found.application, found.name]
    groups[found.application, name] = replace(changed, tags=found.tags)
    for deployment in list(desk.store.code_deployments.values()):
        if (deployment.application, deployment.group) == (found.application, found.name):
            desk.store.put_code_deployment(replace(deployment, group=name))
    return {"hooksNotCleanedUp": []}


def delete_deployment_group(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteDeploymentGroup. One that does not exist is no error; a deployment under way goes on."""
    application = lookup.name(params["applicationName"], "ApplicationName")
    name = lookup.name(params["deploymentGroupName"], "DeploymentGroupName")
    desk.store.deployment_groups.pop((application, name), None)
    return {"hooksNotCleanedUp": []}


def get_deployment_group(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetDeploymentGroup."""
    found = lookup.group(desk, params["applicationName"], params["deploymentGroupName"])
    return {"deploymentGroupInfo": _shown(desk, found)}


def batch_get_deployment_groups(desk: Desk, params: dict[str, Any]) -> Answer:
    """BatchGetDeploymentGroups."""
    names = lookup.batch(params["deploymentGroupNames"])
    found = [lookup.group(desk, params["applicationName"], name) for name in names]
    return {"deploymentGroupsInfo": [_shown(desk, group) for group in found], "errorMessage": ""}


def list_deployment_groups(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListDeploymentGroups of an application."""
    application = lookup.application(desk, params["applicationName"])
    names = [name for owner, name in desk.store.deployment_groups if owner == application.name]
    return {"applicationName": application.name, **lookup.page("deploymentGroups", names, params)}


def _shown(desk: Desk, found: Group) -> Answer:
    shown: Answer = {
        "applicationName": found.application,
        "deploymentGroupId": found.id,
        "deploymentGroupName": found.name,
        "computePlatform": "ECS",
        "autoRollbackConfiguration": {"enabled": False},
        "alarmConfiguration": {"enabled": False, "alarms": []},
        "triggerConfigurations": [],
        **found.document,
    }
    mine = [
        deployment
        for deployment in desk.store.code_deployments.values()
        if (deployment.application, deployment.group) == (found.application, found.name)
    ]
    good = [deployment for deployment in mine if deployment.status is DeploymentState.SUCCEEDED]
    if mine:
        shown["lastAttemptedDeployment"] = _last(mine[-1])
    if good:
        shown["lastSuccessfulDeployment"] = _last(good[-1])
        shown["targetRevision"] = dict(good[-1].revision)
    return shown


def _last(deployment: CodeDeployment) -> Answer:
    return {
        "deploymentId": deployment.id,
        "status": str(deployment.status),
        "createTime": deployment.created_at_ms,
        "endTime": deployment.completed_at_ms,
    }


OPERATIONS: dict[str, Handler] = {
    "CreateDeploymentGroup": create_deployment_group,
    "UpdateDeploymentGroup": update_deployment_group,
    "DeleteDeploymentGroup": delete_deployment_group,
    "GetDeploymentGroup": get_deployment_group,
    "BatchGetDeploymentGroups": batch_get_deployment_groups,
    "ListDeploymentGroups": list_deployment_groups,
}
