"""Deployments and their targets as the API shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy import group_rules, lookup
from ecsim.api.codedeploy.refusals import invalid
from ecsim.api.ecs.service.service_view import Counts
from ecsim.api.errors import ApiError
from ecsim.api.wire import since_start_ms
from ecsim.decide.deployment.hooks import percent
from ecsim.model.codedeploy import CodeDeployment, DeploymentState, EventRun, EventState
from ecsim.model.strategy import ALL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler

_OVERVIEW = ("Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Ready")
_STATUSES = ("Created", "Queued", "InProgress", "Baking", "Succeeded", "Failed", "Stopped", "Ready")
_TARGET = {
    DeploymentState.CREATED: "Pending",
    DeploymentState.READY: "Ready",
    DeploymentState.IN_PROGRESS: "InProgress",
    DeploymentState.SUCCEEDED: "Succeeded",
    DeploymentState.FAILED: "Failed",
    DeploymentState.STOPPED: "Failed",
}
"""A target's status, after its deployment's. What AWS shows of a stopped one is not documented."""


def get_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetDeployment."""
    return {"deploymentInfo": _shown(desk, lookup.deployment(desk, params["deploymentId"]))}


def batch_get_deployments(desk: Desk, params: dict[str, Any]) -> Answer:
    """BatchGetDeployments: those that there are."""
    ids = lookup.batch(params["deploymentIds"], lookup.DEPLOYMENTS_MAX)
    if not ids:
        raise ApiError("DeploymentIdRequiredException", "At least one deployment ID must be specified.")
    known = desk.store.code_deployments
    return {"deploymentsInfo": [_shown(desk, known[each]) for each in ids if each in known]}


def list_deployments(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListDeployments, newest first; of a group, if one is named, which takes its application too."""
    application, group = params.get("applicationName"), params.get("deploymentGroupName")
    if application and not group:
        raise ApiError("DeploymentGroupNameRequiredException", "The deployment group name was not specified.")
    if group and not application:
        raise ApiError("ApplicationNameRequiredException", "The application name was not specified.")
    if application:
        lookup.group(desk, application, group)
    statuses = params.get("includeOnlyStatuses") or ()
    if any(status not in _STATUSES for status in statuses):
        raise invalid("DeploymentStatus", f"The statuses are {', '.join(_STATUSES)}.")
    start, end = _range(params.get("createTimeRange") or {})
    ids = [
        found.id
        for found in reversed(desk.store.code_deployments.values())
        if (not application or (found.application, found.group) == (application, group))
        and (not statuses or found.status in statuses)
        and (start is None or found.created_at_ms >= start)
        and (end is None or found.created_at_ms <= end)
    ]
    return lookup.page("deployments", ids, params)


def _range(given: Mapping[str, Any]) -> tuple[int | None, int | None]:
    moments = []
    for member in ("start", "end"):
        at = given.get(member)
        if at is not None and not isinstance(at, int | float):
            raise invalid("TimeRange", f"createTimeRange.{member} cannot be read: {at}")
        moments.append(since_start_ms(at) if at is not None else None)
    start, end = moments
    if start is not None and end is not None and start > end:
        raise invalid("TimeRange", "createTimeRange: the start is after the end.")
    return start, end


def _shown(desk: Desk, d: CodeDeployment) -> Answer:
    shown: Answer = {
        "applicationName": d.application,
        "deploymentGroupName": d.group,
        "deploymentConfigName": d.config_name,
        "deploymentId": d.id,
        "revision": dict(d.revision),
        "status": str(d.status),
        "createTime": d.created_at_ms,
        "startTime": d.started_at_ms,
        "completeTime": d.completed_at_ms,
        "deploymentOverview": {word: int(word == _TARGET[d.status]) for word in _OVERVIEW},
        "description": d.description,
        "creator": d.creator,
        "ignoreApplicationStopFailures": False,
        "updateOutdatedInstancesOnly": False,
        "deploymentStyle": dict(group_rules.STYLE),
        "instanceTerminationWaitTimeStarted": d.has_waited,
        "blueGreenDeploymentConfiguration": d.plan.document.get("blueGreenDeploymentConfiguration"),
        "loadBalancerInfo": d.plan.document.get("loadBalancerInfo"),
        "fileExistsBehavior": "DISALLOW",
        "deploymentStatusMessages": [],
        "computePlatform": "ECS",
        "autoRollbackConfiguration": d.plan.document.get("autoRollbackConfiguration"),
        **d.document,
    }
    before = _last_good(desk, d)
    if before is not None:
        shown["previousRevision"] = dict(before.revision)
    if d.ended is not None:
        shown["errorInformation"] = {"code": d.ended.code, "message": d.ended.message}
    told = {
        "rollbackDeploymentId": d.rollback,
        "rollbackTriggeringDeploymentId": d.rollback_of,
        "rollbackMessage": d.rollback_told or None,
    }
    if any(told.values()):
        shown["rollbackInfo"] = told
    return shown


def _last_good(desk: Desk, d: CodeDeployment) -> CodeDeployment | None:
    """The newest deployment of the same service that had succeeded when this one was created."""
    good = [
        each
        for each in desk.store.code_deployments.values()
        if each.service_arn == d.service_arn
        and each.status is DeploymentState.SUCCEEDED
        and not each.is_rollback
        and (each.completed_at_ms or 0) <= d.created_at_ms
    ]
    return good[-1] if good else None


# Targets


def target_id(d: CodeDeployment) -> str:
    """A target's id. Source: botocore codedeploy DeploymentGroupInfo.ecsServices: <clustername>:<servicename>."""
    return f"{d.plan.cluster}:{d.plan.service}"


def _started(desk: Desk, given: str | None) -> CodeDeployment:
    found = lookup.deployment(desk, given)
    if found.started_at_ms is None:
        raise ApiError("DeploymentNotStartedException", f"The deployment {found.id} has not started.")
    return found


def list_deployment_targets(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListDeploymentTargets: one target, the service; filters are TargetStatus and ServerInstanceLabel."""
    found = _started(desk, params["deploymentId"])
    filters = params.get("targetFilters") or {}
    for name in filters:
        if name not in ("TargetStatus", "ServerInstanceLabel"):
            raise invalid("TargetFilterName", "The filters are TargetStatus and ServerInstanceLabel.")
    statuses = filters.get("TargetStatus")
    fits = not statuses or _TARGET[found.status] in statuses
    return {"targetIds": [target_id(found)] if fits else []}


def get_deployment_target(desk: Desk, params: dict[str, Any]) -> Answer:
    """GetDeploymentTarget."""
    found = _started(desk, params["deploymentId"])
    return {"deploymentTarget": _target(desk, found, params["targetId"])}


def batch_get_deployment_targets(desk: Desk, params: dict[str, Any]) -> Answer:
    """BatchGetDeploymentTargets: of an ECS deployment exactly one. Source: botocore, its targetIds."""
    found = _started(desk, params["deploymentId"])
    ids = params["targetIds"]
    if not ids:
        raise ApiError("DeploymentTargetIdRequiredException", "A deployment target ID was not provided.")
    if len(ids) != 1:
        raise ApiError(
            "DeploymentTargetListSizeExceededException",
            "The target list of an Amazon ECS deployment must have exactly one item.",
        )
    return {"deploymentTargets": [_target(desk, found, ids[0])]}


def _target(desk: Desk, d: CodeDeployment, given: str) -> Answer:
    if not given:
        raise ApiError("DeploymentTargetIdRequiredException", "A deployment target ID was not provided.")
    if given not in (target_id(d), d.service_arn):
        raise ApiError(
            "DeploymentTargetDoesNotExistException",
            f"The target {given} does not belong to the deployment {d.id}: its target is {target_id(d)}.",
        )
    return {
        "deploymentTargetType": "ECSTarget",
        "ecsTarget": {
            "deploymentId": d.id,
            "targetId": target_id(d),
            "targetArn": d.service_arn,
            "lastUpdatedAt": d.updated_at_ms,
            "lifecycleEvents": [_event(run) for run in d.events],
            "status": _TARGET[d.status],
            "taskSetsInfo": _task_sets(desk, d),
        },
    }


def _event(run: EventRun) -> Answer:
    shown: Answer = {
        "lifecycleEventName": str(run.phase),
        "startTime": run.started_at_ms,
        "endTime": run.ended_at_ms,
        "status": str(run.status),
    }
    if run.status is EventState.FAILED:
        shown["diagnostics"] = {"errorCode": "UnknownError", "message": run.problem}
    return shown


def _task_sets(desk: Desk, d: CodeDeployment) -> list[Answer]:
    """Blue and green, while they are there."""
    service, shown = desk.store.services[d.service_arn], []
    counts = Counts(desk, service)
    for task_set, label, share in ((d.blue, "Blue", ALL - d.production), (d.green, "Green", d.production)):
        found = service.deployment(task_set)
        if found is None:
            continue
        group = desk.balancing.target_group(found.load_balancers[0].target_group_arn)
        shown.append(
            {
                "identifer": found.id,
                "desiredCount": found.desired_count,
                **counts.of(found.id),
                "status": str(found.status),
                "trafficWeight": float(percent(share)),
                "targetGroup": {"name": group.name if group is not None else ""},
                "taskSetLabel": label,
            }
        )
    return shown


OPERATIONS: dict[str, Handler] = {
    "GetDeployment": get_deployment,
    "BatchGetDeployments": batch_get_deployments,
    "ListDeployments": list_deployments,
    "ListDeploymentTargets": list_deployment_targets,
    "GetDeploymentTarget": get_deployment_target,
    "BatchGetDeploymentTargets": batch_get_deployment_targets,
}
