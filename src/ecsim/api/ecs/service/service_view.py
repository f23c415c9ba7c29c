"""A service as DescribeServices shows it. Counts are derived from the tasks when somebody asks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecsim.api.ecs import tags
from ecsim.api.ecs.service import shifts
from ecsim.decide.task import fargate
from ecsim.model.task import TaskStatus

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.service import Deployment, LoadBalancer, Service

_ECHOED = (
    "healthCheckGracePeriodSeconds",
    "propagateTags",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
)


class Counts:
    """How many tasks a service has, in all and by deployment."""

    def __init__(self, desk: Desk, service: Service) -> None:
        self._running: Counter[str | None] = Counter()
        self._pending: Counter[str | None] = Counter()
        for task in desk.store.live_tasks_of_service(service.arn):
            if task.last_status is TaskStatus.RUNNING:
                self._running[task.deployment_id] += 1
            elif task.is_pending:
                self._pending[task.deployment_id] += 1

    def of(self, deployment_id: str) -> dict[str, int]:
        """`pendingCount` and `runningCount` of a deployment."""
        return {
            "pendingCount": self._pending[deployment_id],
            "runningCount": self._running[deployment_id],
        }

    def revision(self, deployment: Deployment) -> dict[str, object]:
        """A deployment's service revision with its counts. Source: botocore ServiceRevisionSummary."""
        return {
            "arn": deployment.service_revision_arn,
            "requestedTaskCount": deployment.desired_count,
            "runningTaskCount": self._running[deployment.id],
            "pendingTaskCount": self._pending[deployment.id],
        }

    def all(self) -> dict[str, int]:
        """`runningCount` and `pendingCount` of the service."""
        return {"runningCount": self._running.total(), "pendingCount": self._pending.total()}


def view(desk: Desk, service: Service, *, with_tags: bool = False) -> Answer:
    """A service as the API shows it. The service deployment is there once the scheduler has looked at it."""
    counts, primary = Counts(desk, service), service.primary
    shown: Answer = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "loadBalancers": [
            *load_balancers(primary.load_balancers),
            *service.request.get("classicLoadBalancers", ()),
        ],
        "serviceRegistries": list(service.request.get("serviceRegistries") or ()),
        "status": service.status,
        "desiredCount": service.desired_count,
        **counts.all(),
        "taskDefinition": primary.task_definition_arn,
        "deploymentConfiguration": dict(service.deployment_configuration.document),
        "deployments": [_deployment(desk, service, d, counts) for d in _listed(service)],
        "roleArn": _role(desk, service),
        "events": [
            {"id": event.id, "createdAt": event.at_ms, "message": event.message} for event in service.events
        ],
        "createdAt": service.created_at_ms,
        "currentServiceRevisions": [counts.revision(d) for d in _listed(service)],
        "placementConstraints": list(service.request.get("placementConstraints") or ()),
        "placementStrategy": list(service.request.get("placementStrategy") or ()),
        "schedulingStrategy": service.scheduling_strategy,
        "deploymentController": {"type": "ECS"},
        "createdBy": service.request.get("createdBy", desk.caller),
        "resourceManagementType": "CUSTOMER",
    }
    if primary.desired_count or not service.desired_count:
        shown["currentServiceDeployment"] = primary.service_deployment_arn
    shown |= {member: service.request[member] for member in _ECHOED if member in service.request}
    shown |= where(service, primary)
    if primary.network_configuration:
        shown["networkConfiguration"] = dict(primary.network_configuration)
    if with_tags:
        shown["tags"] = tags.shown(service.tags)
    return shown


def _role(desk: Desk, service: Service) -> str:
    """The service-linked role, or the one given for a load balancer. Source: botocore CreateServiceRequest.role."""
    prefix = f"arn:aws:iam::{desk.account}:role/"
    given: str = service.request.get("role") or "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    return given if given.startswith("arn:") else f"{prefix}{given}"


def _listed(service: Service) -> tuple[Deployment, ...]:
    """An INACTIVE service shows no deployments."""
    return () if service.status == "INACTIVE" else service.deployments


def where(service: Service, deployment: Deployment) -> Answer:
    """Launch type, capacity provider strategy, platform: of the service as they were asked for."""
    where: Answer = {}
    if deployment.launch_type is not None:
        where["launchType"] = deployment.launch_type
    else:
        where["capacityProviderStrategy"] = strategy(deployment)
    if deployment.platform_version is not None:
        where["platformVersion"] = service.request.get("platformVersion") or "LATEST"
        where["platformFamily"] = service.request.get("platformFamily") or "Linux"
    return where


def strategy(deployment: Deployment) -> list[Answer]:
    """A deployment's capacity provider strategy as the API shows it."""
    return [
        {"capacityProvider": item.capacity_provider, "weight": item.weight, "base": item.base}
        for item in deployment.capacity_provider_strategy
    ]


def load_balancers(balancers: tuple[LoadBalancer, ...]) -> list[Answer]:
    """Load balancers as the API shows them."""
    return [
        {
            "targetGroupArn": balancer.target_group_arn,
            "containerName": balancer.container_name,
            "containerPort": balancer.container_port,
            **shifts.advanced(balancer),
        }
        for balancer in balancers
    ]


def _deployment(desk: Desk, service: Service, deployment: Deployment, counts: Counts) -> Answer:
    """Source: botocore Deployment; ecs-behaviour.md 5.5."""
    shown: Answer = {
        "id": deployment.id,
        "status": deployment.status.value,
        "taskDefinition": deployment.task_definition_arn,
        "desiredCount": deployment.desired_count,
        **counts.of(deployment.id),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at_ms,
        "updatedAt": deployment.updated_at_ms,
        "rolloutState": deployment.rollout_state.value,
        "rolloutStateReason": deployment.rollout_state_reason,
    }
    shown |= where(service, deployment)
    if deployment.platform_version is not None:
        shown["platformVersion"] = deployment.platform_version
        shown["platformFamily"] = platform_family(desk, deployment)
    if deployment.network_configuration:
        shown["networkConfiguration"] = dict(deployment.network_configuration)
    if deployment.volume_configurations:
        shown["volumeConfigurations"] = list(deployment.volume_configurations)
    return shown


def platform_family(desk: Desk, deployment: Deployment) -> str:
    """The operating system of a deployment's tasks."""
    definition = desk.store.task_definitions.get(deployment.task_definition_arn)
    platform = definition.document.get("runtimePlatform") if definition is not None else None
    return fargate.platform_family((platform or {}).get("operatingSystemFamily"))
