"""Applications and their revisions, and deployment configurations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy import lookup, tags
from ecsim.api.codedeploy.refusals import invalid, not_on_ecs
from ecsim.api.errors import ApiError
from ecsim.decide.deployment.codedeploy import routing
from ecsim.model.codedeploy import Application, TrafficRouting
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler

_PLATFORMS = ("Server", "Lambda", "ECS")
_KINDS = {"TimeBasedCanary": ("timeBasedCanary", "canary"), "TimeBasedLinear": ("timeBasedLinear", "linear")}


def check_platform(given: str | None) -> None:
    """Refuse every compute platform but ECS; Server is the default. Source: botocore codedeploy ComputePlatform.

    Raises:
        ApiError: InvalidComputePlatformException, or NotImplemented for the two that this cloud does not have.
    """
    platform = given or "Server"
    if platform not in _PLATFORMS:
        raise invalid("ComputePlatform", "The computePlatform should be Lambda, Server, or ECS.")
    if platform != "ECS":
        raise not_on_ecs(f"computePlatform is {platform}")


def create_application(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateApplication, for the compute platform ECS."""
    name = lookup.name(params["applicationName"], "ApplicationName")
    check_platform(params.get("computePlatform"))
    if name in desk.store.applications:
        raise ApiError("ApplicationAlreadyExistsException", f"Application already exists: {name}")
    made = Application(
        id=desk.identity.uuid("codedeploy-application", name),
        name=name,
        created_at_ms=desk.now_ms(),
        tags=tags.read(params.get("tags")),
    )
    desk.store.applications[name] = made
    return {"applicationId": made.id}


def _shown(found: Application) -> Answer:
    return {
        "applicationId": found.id,
        "applicationName": found.name,
        "createTime": found.created_at_ms,
        "linkedToGitHub": False,
        "computePlatform": found.compute_platform,
    }


def get_application(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetApplication."""
    return {"application": _shown(lookup.application(desk, params["applicationName"]))}


def batch_get_applications(desk: Desk, params: dict[str, Any]) -> Answer:
    """BatchGetApplications."""
    names = lookup.batch(params["applicationNames"])
    return {"applicationsInfo": [_shown(lookup.application(desk, name)) for name in names]}


def list_applications(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListApplications."""
    return lookup.page("applications", list(desk.store.applications), params)


def update_application(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateApplication: another name, for its deployment groups and deployments too."""
    found, store = lookup.application(desk, params.get("applicationName")), desk.store
    name = lookup.name(params.get("newApplicationName"), "ApplicationName")
    if name == found.name:
        return {}
    if name in store.applications:
        raise ApiError("ApplicationAlreadyExistsException", f"Application already exists: {name}")
    del store.applications[found.name]
    store.applications[name] = replace(found, name=name)
    for key, group in list(store.deployment_groups.items()):
        if key[0] == found.name:
            del store.deployment_groups[key]
            store.deployment_groups[name, group.name] = replace(group, application=name)
    for deployment in list(store.code_deployments.values()):
        if deployment.application == found.name:
            store.put_code_deployment(replace(deployment, application=name))
    return {}


def delete_application(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteApplication, with its deployment groups. One that does not exist is no error."""
    name = lookup.name(params["applicationName"], "ApplicationName")
    desk.store.applications.pop(name, None)
    for key in [key for key in desk.store.deployment_groups if key[0] == name]:
        del desk.store.deployment_groups[key]
    return {}


# Revisions


def remembered(desk: Desk, name: str, revision: Mapping[str, Any]) -> None:
    """Note a revision of an application: one that was deployed is registered."""
    found = desk.store.applications.get(name)
    if found is not None and revision not in found.revisions:
        desk.store.applications[name] = replace(found, revisions=(*found.revisions, revision))


def register_application_revision(desk: Desk, params: dict[str, Any]) -> Answer:
    """RegisterApplicationRevision."""
    found = lookup.application(desk, params["applicationName"])
    remembered(desk, found.name, params["revision"])
    return {}


def get_application_revision(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetApplicationRevision."""
    found = lookup.application(desk, params["applicationName"])
    if params["revision"] not in found.revisions:
        raise ApiError(
            "RevisionDoesNotExistException", "The revision is not registered with the application."
        )
    return {"applicationName": found.name, "revision": params["revision"], "revisionInfo": {}}


def list_application_revisions(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListApplicationRevisions: all of them, oldest first."""
    found = lookup.application(desk, params["applicationName"])
    return {"revisions": [dict(revision) for revision in found.revisions]}


# Deployment configurations


def create_deployment_config(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateDeploymentConfig: a canary or a linear one of one's own, or all at once."""
    name = lookup.name(params["deploymentConfigName"], "DeploymentConfigName")
    check_platform(params.get("computePlatform"))
    if name.startswith(routing.PREFIX):
        raise invalid("DeploymentConfigName", f"The name must not begin with {routing.PREFIX}")
    if name in desk.store.traffic_routings:
        raise ApiError("DeploymentConfigAlreadyExistsException", f"{name} already exists")
    if params.get("minimumHealthyHosts") or params.get("zonalConfig"):
        raise invalid("Input", "minimumHealthyHosts and zonalConfig are for the compute platform Server.")
    given = params.get("trafficRoutingConfig") or {}
    kind = given.get("type")
    if kind not in ("AllAtOnce", *_KINDS):
        raise invalid(
            "TrafficRoutingConfiguration",
            "trafficRoutingConfig.type must be AllAtOnce, TimeBasedCanary or TimeBasedLinear.",
        )
    percentage, interval = _numbers(kind, given)
    problem = routing.problem(kind, percentage, interval)
    if problem:
        raise invalid("TrafficRoutingConfiguration", problem)
    made = TrafficRouting(
        id=desk.identity.uuid("codedeploy-config", name),
        name=name,
        type=kind,
        percentage=100 if percentage is None else percentage,
        interval_min=interval or 0,
        created_at_ms=desk.now_ms(),
    )
    desk.store.traffic_routings[name] = made
    return {"deploymentConfigId": made.id}


def _numbers(kind: str, given: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """The percentage and the interval that belong to a type; those of another type are refused.

    Raises:
        ApiError: InvalidTrafficRoutingConfigurationException.
    """
    for other, (member, _) in _KINDS.items():
        if given.get(member) is not None and other != kind:
            raise invalid("TrafficRoutingConfiguration", f"{member} does not go with the type {kind}.")
    if kind not in _KINDS:
        return None, None
    member, word = _KINDS[kind]
    found = given.get(member) or {}
    return found.get(f"{word}Percentage"), found.get(f"{word}Interval")


def get_deployment_config(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetDeploymentConfig."""
    found = lookup.config(desk, params["deploymentConfigName"])
    shown: Answer = {"type": found.type}
    if found.type in _KINDS:
        member, word = _KINDS[found.type]
        shown[member] = {f"{word}Percentage": found.percentage, f"{word}Interval": found.interval_min}
    return {
        "deploymentConfigInfo": {
            "deploymentConfigId": found.id,
            "deploymentConfigName": found.name,
            "createTime": found.created_at_ms,
            "computePlatform": "ECS",
            "trafficRoutingConfig": shown,
        }
    }


def list_deployment_configs(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListDeploymentConfigs: those of the compute platform ECS."""
    return lookup.page("deploymentConfigsList", [found.name for found in lookup.configs(desk)], params)


def delete_deployment_config(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteDeploymentConfig: not AWS's own, and not one that a deployment group uses."""
    name = lookup.name(params["deploymentConfigName"], "DeploymentConfigName")
    if name.startswith(routing.PREFIX):
        raise ApiError("InvalidOperationException", "Predefined configurations cannot be deleted.")
    user = next((g for g in desk.store.deployment_groups.values() if g.config_name == name), None)
    if user is not None:
        raise ApiError("DeploymentConfigInUseException", f"The deployment group {user.name} uses {name}.")
    desk.store.traffic_routings.pop(name, None)
    return {}


OPERATIONS: dict[str, Handler] = {
    "CreateApplication": create_application,
    "GetApplication": get_application,
    "BatchGetApplications": batch_get_applications,
    "ListApplications": list_applications,
    "UpdateApplication": update_application,
    "DeleteApplication": delete_application,
    "RegisterApplicationRevision": register_application_revision,
    "GetApplicationRevision": get_application_revision,
    "ListApplicationRevisions": list_application_revisions,
    "CreateDeploymentConfig": create_deployment_config,
    "GetDeploymentConfig": get_deployment_config,
    "ListDeploymentConfigs": list_deployment_configs,
    "DeleteDeploymentConfig": delete_deployment_config,
}
