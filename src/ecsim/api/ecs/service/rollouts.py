"""Deployments as they begin, and what is remembered of them: service revisions and service deployments.

A deployment lives in its service only while it has tasks. Its service revision and its service deployment are kept;
how a service deployment ended is read from the journal. Source: botocore ServiceDeployment; ecs-behaviour.md 5.13.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.pages import page
from ecsim.api.ecs.refusals import invalid_parameter, service_not_found
from ecsim.api.ecs.service import shifts
from ecsim.api.ecs.service.courses import COMPLETED, Course, courses
from ecsim.api.ecs.service.service_view import Counts, load_balancers, platform_family, strategy
from ecsim.api.errors import ApiError
from ecsim.api.wire import since_start_ms
from ecsim.decide.service.percents import breaker_threshold
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, DeploymentStatus, LoadBalancer, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.api.ecs.launch.capacity import Capacity
    from ecsim.model.task_definition import TaskDefinition

DESCRIBE_MAX = 20
LIST_SIZE = 20
_ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
"""Source: ecs-behaviour.md 5.11."""

_STOPPED_BY_USER = "Service deployment rolled back because of a user request."
"""AWS's words for this are not documented."""


_NO_CANDIDATE = "No rollback candidate was found to run the rollback."
"""Source: ECS Developer Guide, action-logs-troubleshooting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a deployment brings: which definition runs where, and behind which load balancers."""

    definition: TaskDefinition
    capacity: Capacity
    network: Mapping[str, Any]
    balancers: tuple[LoadBalancer, ...]
    volumes: tuple[Mapping[str, Any], ...] = ()

    def differs_from(self, deployment: Deployment) -> bool:
        """Whether it takes a new deployment to get from that one to this. Source: ecs-behaviour.md 5.2."""
        return (
            self.definition.arn != deployment.task_definition_arn
            or self.network != deployment.network_configuration
            or self.balancers != deployment.load_balancers
            or self.volumes != deployment.volume_configurations
            or self.capacity.resolved_platform_version != deployment.platform_version
        )


def new_deployment(desk: Desk, service_arn: str, revision: Revision) -> Deployment:
    """A PRIMARY deployment as it begins, with its ids. Source: ecs-behaviour.md 5.5.

    The service revision has the deployment's number, as in real answers.
    """
    scope = service_arn.split("/", 1)[1]
    number = desk.identity.digits("deployment", scope)
    deployment_id = f"ecs-svc/{number}"
    rollout = desk.identity.base62("service-deployment", scope)
    return Deployment(
        id=deployment_id,
        status=DeploymentStatus.PRIMARY,
        task_definition_arn=revision.definition.arn,
        rollout_state_reason=f"ECS deployment {deployment_id} in progress.",
        created_at_ms=desk.now_ms(),
        updated_at_ms=desk.now_ms(),
        launch_type=revision.capacity.launch_type,
        capacity_provider_strategy=revision.capacity.items,
        platform_version=revision.capacity.resolved_platform_version,
        network_configuration=revision.network,
        load_balancers=revision.balancers,
        volume_configurations=revision.volumes,
        service_revision_arn=desk.arn("service-revision", f"{scope}/{number}"),
        service_deployment_arn=desk.arn("service-deployment", f"{scope}/{rollout}"),
    )


def begin(desk: Desk, service: Service, deployment: Deployment, before: tuple[Deployment, ...]) -> None:
    """Remember a deployment that begins, and tell the journal of it and of the one that is PRIMARY no longer.

    Args:
        desk: where it is kept.
        service: the service, the new deployment included.
        deployment: the new one.
        before: the others, newest first.
    """
    shown: Answer = {
        "serviceRevisionArn": deployment.service_revision_arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "taskDefinition": deployment.task_definition_arn,
        "loadBalancers": load_balancers(deployment.load_balancers),
        "serviceRegistries": list(service.request.get("serviceRegistries") or ()),
        "guardDutyEnabled": False,
        "createdAt": deployment.created_at_ms,
    }
    if deployment.launch_type is not None:
        shown["launchType"] = deployment.launch_type
    else:
        shown["capacityProviderStrategy"] = strategy(deployment)
    if deployment.platform_version is not None:
        shown["platformVersion"] = deployment.platform_version
        shown["platformFamily"] = platform_family(desk, deployment)
    if deployment.network_configuration:
        shown["networkConfiguration"] = dict(deployment.network_configuration)
    if service.request.get("serviceConnectConfiguration") is not None:
        shown["serviceConnectConfiguration"] = service.request["serviceConnectConfiguration"]
    if deployment.volume_configurations:
        shown["volumeConfigurations"] = list(deployment.volume_configurations)
    shown |= shifts.resolved(deployment.registered_with)
    desk.revisions[deployment.service_revision_arn] = shown
    desk.rollouts[deployment.service_deployment_arn] = {
        "deployment": deployment.id,
        "service": service.arn,
        "revision": deployment.service_revision_arn,
        "sources": tuple(d.service_revision_arn for d in before),
        "created_at_ms": deployment.created_at_ms,
        "configuration": service.deployment_configuration.document,
    }
    for changed in (deployment, *before[:1]):
        desk.journal.record(
            "deployment.state",
            changed.id,
            service=_label(service),
            task_definition=changed.task_definition_arn.rsplit("/", 1)[1],
            status=str(changed.status),
            rollout_state=str(changed.rollout_state),
            reason=changed.rollout_state_reason,
        )


def _label(service: Service) -> str:
    return f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}"


def list_service_deployments(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListServiceDeployments: newest first. A service's ARN is enough to say which cluster is meant."""
    named = lookup.path(desk, "service", params["service"])
    cluster = lookup.cluster_of(desk, params if len(named) == 1 else {"cluster": named[0], **params})
    service = lookup.service_in(desk, cluster, params["service"])
    if service is None:
        raise service_not_found()
    if (
        service.status == "INACTIVE"
    ):  # ECS deletes them with the service: ECS Developer Guide, service-deployment
        raise service_not_found()
    statuses = params.get("status") or ()
    between = params.get("createdAt") or {}
    before, after = _moment(between.get("before")), _moment(between.get("after"))
    arns = [
        arn
        for arn, kept in desk.rollouts.items()
        if kept["service"] == service.arn
        and kept["created_at_ms"] >= service.created_at_ms
        and (before is None or kept["created_at_ms"] <= before)
        and (after is None or kept["created_at_ms"] >= after)
    ]
    went = courses(desk, service, arns)

    def fits(arn: str) -> bool:
        return not statuses or went[arn].status in statuses

    shown, token = page(reversed(arns), params, key=str, fits=fits, size=LIST_SIZE)
    briefs = [_brief(desk, arn, went[arn]) for arn in shown]
    return {"serviceDeployments": briefs} | ({"nextToken": token} if token else {})


def _moment(at: float | str | None) -> int | None:
    """A timestamp of a request, as milliseconds since the cloud's start.

    Raises:
        ApiError: InvalidParameterException, it cannot be read.
    """
    if at is None:
        return None
    try:
        return since_start_ms(datetime.fromisoformat(at).timestamp() if isinstance(at, str) else at)
    except ValueError as wrong:
        raise invalid_parameter(f"The timestamp {at} cannot be read.") from wrong


def _brief(desk: Desk, arn: str, course: Course) -> Answer:
    kept = desk.rollouts[arn]
    service = desk.store.services[kept["service"]]
    shown: Answer = {
        "serviceDeploymentArn": arn,
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": kept["created_at_ms"],
        "targetServiceRevisionArn": kept["revision"],
        "status": course.status,
    }
    if desk.now_ms() >= course.started_at_ms:
        shown["startedAt"] = course.started_at_ms
    if course.finished_at_ms is not None:
        shown["finishedAt"] = course.finished_at_ms
    if course.rolled_back_to is not None or course.problem or course.has_no_candidate:
        shown["statusReason"] = _reason(course)
    return shown


def _reason(course: Course) -> str:
    if course.has_no_candidate:
        return _NO_CANDIDATE
    if course.problem:
        how = "rolled back" if course.rolled_back_to is not None else "failed"  # "failed" is ours
        return f"Service deployment {how} because {course.problem}"
    return _STOPPED_BY_USER if course.is_rollback_wanted_by_user else _ROLLED_BACK


def describe_service_deployments(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeServiceDeployments."""
    arns = params["serviceDeploymentArns"]
    if not 1 <= len(arns) <= DESCRIBE_MAX:
        raise invalid_parameter(f"You must specify 1 to {DESCRIBE_MAX} service deployment ARNs.")
    found, failures = [], []
    for arn in arns:
        service = _service_of(desk, arn)
        if service is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(_described(desk, service, arn, courses(desk, service, [arn])[arn]))
    return {"serviceDeployments": found, "failures": failures}


def _service_of(desk: Desk, arn: str) -> Service | None:
    """The service of a service deployment; None when there is no such deployment, or no longer."""
    kept = desk.rollouts.get(arn)
    service = desk.store.services.get(kept["service"]) if kept is not None else None
    if kept is None or service is None or service.status == "INACTIVE":
        return None
    return service if kept["created_at_ms"] >= service.created_at_ms else None


def stop_service_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """StopServiceDeployment: the scheduler goes back to the last completed deployment.

    Source: ECS Developer Guide, stop-service-deployment (which states can be stopped).
    """
    arn = params["serviceDeploymentArn"]
    if params.get("stopType") == "ABORT":
        raise invalid_parameter("stopType should be one of [ROLLBACK]")
    service = _service_of(desk, arn)
    if service is None:
        raise ApiError("ServiceDeploymentNotFoundException", "The service deployment was not found.")
    course = courses(desk, service, [arn])[arn]
    if course.status in COMPLETED:
        raise ApiError("ConflictException", f"The service deployment is already {course.status}.")
    if course.status in ("PENDING", "IN_PROGRESS"):
        desk.rollouts[arn] = {**desk.rollouts[arn], "rollback_requested_at_ms": desk.now_ms()}
        stopping = replace(service.primary, rollback_requested=True)
        desk.store.put_service(replace(service, deployments=(stopping, *service.deployments[1:])))
        desk.wake_service(service.arn)
    return {"serviceDeploymentArn": arn}


def continue_service_deployment(desk: Desk, params: dict[str, Any]) -> Answer:
    """ContinueServiceDeployment: a paused lifecycle hook goes on, or rolls back."""
    arn = params["serviceDeploymentArn"]
    service = _service_of(desk, arn)
    if service is None:
        raise ApiError("ServiceDeploymentNotFoundException", "The service deployment was not found.")
    shifts.go_on(desk, service, desk.rollouts[arn]["deployment"], params)
    return {"serviceDeploymentArn": arn}


def _described(desk: Desk, service: Service, arn: str, course: Course) -> Answer:
    kept, counts = desk.rollouts[arn], Counts(desk, service)
    passed = shifts.Passed(desk, kept["deployment"])
    by_revision = {d.service_revision_arn: counts.revision(d) for d in service.deployments}
    none = {"requestedTaskCount": 0, "runningTaskCount": 0, "pendingTaskCount": 0}
    brief = _brief(desk, arn, course)
    target = brief.pop("targetServiceRevisionArn")
    shown: Answer = {
        **brief,
        "updatedAt": course.last_change_ms(desk.now_ms()),
        "sourceServiceRevisions": [
            by_revision.get(s, {"arn": s, **none}) | passed.weights(_deployment_of(desk, s))
            for s in kept["sources"]
        ],
        "targetServiceRevision": by_revision.get(target, {"arn": target, **none})
        | passed.weights(kept["deployment"]),
        **passed.shown(),
        "deploymentConfiguration": dict(kept["configuration"]),
        "deploymentCircuitBreaker": _breaker(service, course),
        "alarms": shifts.alarms(desk, kept, course.status),
    }
    if course.stopped_at_ms is not None:
        shown["stoppedAt"] = course.stopped_at_ms
    if course.rolled_back_to is not None:
        shown["rollback"] = {
            "reason": _reason(course),
            "startedAt": course.rolled_back_at_ms,
            "serviceRevisionArn": _revision_of(desk, course.rolled_back_to),
        }
    return shown


def _revision_of(desk: Desk, deployment_id: str) -> str:
    """The service revision that a deployment brought, whether or not it still has tasks."""
    return next(
        str(kept["revision"]) for kept in desk.rollouts.values() if kept["deployment"] == deployment_id
    )


def _deployment_of(desk: Desk, revision: str) -> str:
    """The deployment that brought a service revision."""
    return next(str(kept["deployment"]) for kept in desk.rollouts.values() if kept["revision"] == revision)


def _breaker(service: Service, course: Course) -> Answer:
    """Source: botocore ServiceDeploymentCircuitBreaker.

    The threshold is of the latest desired count; when the breaker has tripped, the numbers are those of that moment.
    """
    breaker = service.deployment_configuration.circuit_breaker
    deployment = service.deployment(course.deployment_id)
    threshold = breaker_threshold(service.desired_count, breaker)
    count = deployment.breaker_count if deployment is not None else 0
    if not breaker.enable:
        status, count, threshold = "DISABLED", 0, 0
    elif course.failed and not course.is_rollback_wanted_by_user and not course.problem:
        status = "TRIGGERED"
        threshold = course.trip.get("threshold", threshold)
        count = course.trip.get("count", max(count, threshold))
    else:
        status = "MONITORING" if course.status in ("PENDING", "IN_PROGRESS") else "MONITORING_COMPLETE"
    return {"status": status, "failureCount": count, "threshold": threshold}


def describe_service_revisions(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeServiceRevisions, with the digests that the first task of the deployment resolved."""
    arns = params["serviceRevisionArns"]
    if not 1 <= len(arns) <= DESCRIBE_MAX:
        raise invalid_parameter(f"You must specify 1 to {DESCRIBE_MAX} service revision ARNs.")
    known = [arn for arn in arns if arn in desk.revisions]
    missing = [arn for arn in arns if arn not in desk.revisions]
    return {
        "serviceRevisions": [
            {**desk.revisions[arn], "containerImages": _images(desk, desk.revisions[arn])} for arn in known
        ],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn in missing],
    }


def _images(desk: Desk, revision: Mapping[str, Any]) -> list[dict[str, str]]:
    definition = desk.store.task_definitions.get(revision["taskDefinition"])
    service = desk.store.services[revision["serviceArn"]]
    digests = next(
        (d.digests for d in service.deployments if d.service_revision_arn == revision["serviceRevisionArn"]),
        (),
    )
    images = []
    for container in definition.containers if definition is not None else ():
        image = {"containerName": container.name, "image": container.image}
        digest = dict(digests).get(container.name)
        images.append(image | ({"imageDigest": digest} if digest else {}))
    return images


OPERATIONS: dict[str, Handler] = {
    "ListServiceDeployments": list_service_deployments,
    "DescribeServiceDeployments": describe_service_deployments,
    "ContinueServiceDeployment": continue_service_deployment,
    "StopServiceDeployment": stop_service_deployment,
    "DescribeServiceRevisions": describe_service_revisions,
}
