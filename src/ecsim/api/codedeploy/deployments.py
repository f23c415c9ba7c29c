"""Deployments: begun, stopped, continued, and what a Lambda function reports. The controller does the rest."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy import applications, group_rules, lookup
from ecsim.api.codedeploy.refusals import invalid
from ecsim.api.ecs import lookup as ecs_lookup
from ecsim.api.ecs.launch import capacity, network_configuration
from ecsim.api.ecs.service import service_rules
from ecsim.api.ecs.service.service_view import strategy as strategy_of
from ecsim.api.errors import ApiError
from ecsim.decide.deployment.codedeploy import appspec, lifecycle, routing
from ecsim.decide.deployment.codedeploy.appspec import AppSpecError
from ecsim.model.codedeploy import AppSpec, CodeDeployment, DeploymentState, Phase
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.codedeploy import Group

DESCRIPTION_MAX = 256
"""AWS documents DescriptionTooLongException without a number."""

_OF_SERVERS = (
    "ignoreApplicationStopFailures",
    "targetInstances",
    "updateOutdatedInstancesOnly",
    "fileExistsBehavior",
    "ec2DeploymentOptions",
)


def create_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateDeployment: checked, remembered, and begun a moment later."""
    group = lookup.group(desk, params["applicationName"], params.get("deploymentGroupName"))
    for member in _OF_SERVERS:
        if params.get(member):
            raise invalid("Input", f"{member} is for the compute platform Server.")
    if len(params.get("description") or "") > DESCRIPTION_MAX:
        raise ApiError(
            "DescriptionTooLongException", f"The description may have {DESCRIPTION_MAX} characters."
        )
    spec = _appspec(params.get("revision"))
    chosen = lookup.config(desk, params.get("deploymentConfigName") or group.config_name)
    group_rules.check_gradual(group.production, chosen)
    service = group_rules.service(desk, [{"serviceName": group.service, "clusterName": group.cluster}])
    busy = desk.store.code_deployment_of(service.arn)
    if busy is not None:
        raise ApiError(
            "DeploymentLimitExceededException",
            f"The Deployment Group '{group.name}' already has an active Deployment '{busy.id}'",
        )
    made = _made(desk, group=_overridden(group, params), service=service, spec=spec)
    made = replace(
        made,
        config_name=chosen.name,
        steps=routing.steps(chosen),
        interval_ms=routing.interval_ms(chosen),
        description=params.get("description"),
        revision=params["revision"],
        document={
            member: params[member]
            for member in ("autoRollbackConfiguration", "overrideAlarmConfiguration")
            if params.get(member) is not None
        },
    )
    desk.store.put_code_deployment(made)
    applications.remembered(desk, group.application, params["revision"])
    desk.journal.record("codedeploy.deployment", made.id, **lifecycle.fields(made))
    desk.wake_service(service.arn)
    return {"deploymentId": made.id}


def _overridden(group: Group, params: Mapping[str, Any]) -> Group:
    """The group as this deployment sees it. Source: botocore CreateDeploymentInput."""
    if params.get("autoRollbackConfiguration") is not None:
        events = group_rules.rollback_events(params["autoRollbackConfiguration"])
        group = replace(group, rollback_events=events)
    if params.get("overrideAlarmConfiguration") is not None:
        group = replace(group, alarms=group_rules.alarms(params["overrideAlarmConfiguration"]))
    return group


def _appspec(revision: Mapping[str, Any] | None) -> AppSpec:
    """What the revision's AppSpec asks for.

    Raises:
        ApiError: RevisionRequiredException or InvalidRevisionException.
    """
    if not revision:
        raise ApiError("RevisionRequiredException", "The revision must not be null or empty.")
    kind = revision.get("revisionType")
    if kind != "AppSpecContent":
        raise invalid(
            "Revision",
            f"The revisionType is {kind}: this cloud reads AppSpecs of the revisionType AppSpecContent only.",
        )
    given = revision.get("appSpecContent") or {}
    content = given.get("content")
    if not content:
        raise invalid("Revision", "appSpecContent.content must not be null or empty.")
    known = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    if given.get("sha256") and given["sha256"].lower() != known:
        raise invalid("Revision", f"appSpecContent.sha256 is not that of the content, which is {known}.")
    try:
        return appspec.read(content)
    except AppSpecError as wrong:
        raise invalid("Revision", str(wrong)) from None


def _made(desk: Desk, *, group: Group, service: Service, spec: AppSpec) -> CodeDeployment:
    """The deployment as it begins."""
    blue = service.primary_task_set
    if blue is None:
        raise invalid("ECSService", "The ECS service has no PRIMARY task set.")
    pair = [desk.balancing.named(name) or name for name in group.target_groups]
    blue_group = blue.load_balancers[0].target_group_arn
    return CodeDeployment(
        id=lifecycle.deployment_id(desk.identity.base62("codedeploy-deployment", length=9)),
        application=group.application,
        group=group.name,
        plan=group,
        config_name=group.config_name,
        service_arn=service.arn,
        spec=spec,
        replacement=_replacement(desk, service, blue, spec),
        created_at_ms=desk.now_ms(),
        updated_at_ms=desk.now_ms(),
        entered_at_ms=desk.now_ms(),
        blue=blue.id,
        blue_group=blue_group,
        green_group=pair[1] if blue_group == pair[0] else pair[0],
        events=lifecycle.pending(tuple(Phase), has_test=group.test is not None),
    )


def _replacement(desk: Desk, service: Service, blue: Deployment, spec: AppSpec) -> Deployment:
    """Green as the AppSpec asks for it; what it does not say stays as it is.

    Raises:
        ApiError: InvalidRevisionException, ECS would not take it.
    """
    cluster = desk.store.clusters[service.cluster_arn]
    asked: dict[str, Any] = {"launchType": blue.launch_type, "capacityProviderStrategy": strategy_of(blue)}
    if spec.capacity_provider_strategy is not None:
        asked = {"launchType": None, "capacityProviderStrategy": list(spec.capacity_provider_strategy)}
    try:
        definition = ecs_lookup.usable_definition(desk, spec.task_definition)
        on_fargate = capacity.chosen(desk, cluster, asked).is_fargate
        where = capacity.chosen(
            desk, cluster, asked | ({"platformVersion": spec.platform_version} if on_fargate else {})
        )
        capacity.check_definition(where, definition)
        service_rules.check_port(spec.container_name, spec.container_port, definition)
        network = network_configuration.checked(
            desk, spec.network_configuration or blue.network_configuration, definition
        )
    except ApiError as wrong:
        raise invalid("Revision", f"The AppSpec cannot be deployed: {wrong.message}") from None
    return Deployment(
        id="",
        status=DeploymentStatus.ACTIVE,
        task_definition_arn=definition.arn,
        launch_type=where.launch_type,
        capacity_provider_strategy=where.items,
        platform_version=where.resolved_platform_version,
        network_configuration=network,
    )


def stop_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """StopDeployment: at the next look; one whose original task set is on its way out ends as it is.

    Source: CodeDeploy User Guide, deployment-steps-ecs, stopped and failed deployments.
    """
    found = lookup.deployment(desk, params["deploymentId"])
    _must_go_on(found)
    if found.is_rollback:
        raise ApiError(
            "UnsupportedActionForDeploymentTypeException", "A rollback deployment cannot be stopped."
        )
    if not lifecycle.can_stop(found):
        return {"status": "Pending", "statusMessage": "The original task set is being terminated."}
    back = params.get("autoRollbackEnabled")
    if back is None:
        back = "DEPLOYMENT_STOP_ON_REQUEST" in found.plan.rollback_events
    desk.store.put_code_deployment(replace(found, stopping=back))
    desk.wake_service(found.service_arn)
    return {"status": "Pending", "statusMessage": "The deployment is being stopped."}


def _must_go_on(found: CodeDeployment) -> None:
    if found.status.is_over:
        raise ApiError(
            "DeploymentAlreadyCompletedException",
            f"The deployment {found.id} is already complete: it is {found.status}.",
        )


def continue_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """ContinueDeployment: the wait that the deployment is in is over."""
    found = lookup.deployment(desk, params.get("deploymentId"))
    kind = params.get("deploymentWaitType") or Phase.READY_WAIT
    if kind not in (Phase.READY_WAIT, Phase.TERMINATION_WAIT):
        raise invalid("DeploymentWaitType", "deploymentWaitType is READY_WAIT or TERMINATION_WAIT.")
    _must_go_on(found)
    if found.status is not DeploymentState.READY:
        raise ApiError(
            "DeploymentIsNotInReadyStateException",
            f"The deployment does not have a status of Ready and can't continue yet: it is {found.status}.",
        )
    if found.phase != kind:
        raise invalid("DeploymentWaitType", f"The deployment {found.id} is in {found.phase}, not in {kind}.")
    desk.store.put_code_deployment(replace(found, continued=True))
    desk.wake_service(found.service_arn)
    return {}


def skip_wait(desk: Desk, params: dict[str, Any]) -> Answer:
    """SkipWaitTimeForInstanceTermination: what ContinueDeployment does to TERMINATION_WAIT, which replaced it."""
    return continue_deployment(
        desk, {"deploymentId": params.get("deploymentId"), "deploymentWaitType": Phase.TERMINATION_WAIT}
    )


def put_lifecycle_event_hook_execution_status(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutLifecycleEventHookExecutionStatus: what a function found out."""
    found = lookup.deployment(desk, params.get("deploymentId"))
    execution, status = params.get("lifecycleEventHookExecutionId") or "", params.get("status")
    if status not in ("Succeeded", "Failed"):
        raise invalid("LifecycleEventHookExecutionStatus", "The status should be Succeeded or Failed.")
    if execution not in (run.hook_id for run in found.events):
        raise invalid(
            "LifecycleEventHookExecutionId",
            f"{execution!r} is no lifecycle event hook execution of the deployment {found.id}.",
        )
    call = found.hook
    if call is None or call.id != execution or call.status is not None or found.status.is_over:
        raise ApiError("LifecycleEventAlreadyCompletedException", "The lifecycle event is already completed.")
    heard = replace(call, status=status, counts_at_ms=desk.now_ms())
    desk.store.put_code_deployment(replace(found, hook=heard))
    desk.wake_service(found.service_arn)
    return {"lifecycleEventHookExecutionId": execution}


OPERATIONS: dict[str, Handler] = {
    "CreateDeployment": create_deployment,
    "StopDeployment": stop_deployment,
    "ContinueDeployment": continue_deployment,
    "SkipWaitTimeForInstanceTermination": skip_wait,
    "PutLifecycleEventHookExecutionStatus": put_lifecycle_event_hook_execution_status,
}
