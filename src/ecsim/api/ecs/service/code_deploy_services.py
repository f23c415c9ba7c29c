"""Services with the deployment controller CODE_DEPLOY: their first task set, what can be updated, how they leave it.

Their later task sets are CodeDeploy's (`ecsim.controller.codedeploy`). Source: botocore ecs DeploymentController,
CreateServiceRequest.loadBalancers, UpdateService; ecs-behaviour.md 5.15; the texts of the refusals were seen in public
threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import tags
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.ecs.service import external_services, rollouts, service_rules
from ecsim.model.replacing import replace
from ecsim.model.service import RolloutState, Service
from ecsim.model.strategy import Strategy
from ecsim.model.task_set import TaskSet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Desk
    from ecsim.model.service import Cluster, DeploymentConfiguration

UPDATABLE = (*external_services.UPDATABLE, "deploymentConfiguration")
"""What UpdateService can change of such a service. Source: botocore UpdateService (operation)."""

_OF_UPDATE_ITSELF = ("cluster", "service", "deploymentController")
_GROUPS = {
    "taskDefinition": "task definition",
    "networkConfiguration": "network parameters",
    "loadBalancers": "load balancers",
    "platformVersion": "platform version",
}
_USE_CODEDEPLOY = (
    "on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."
)
_KEPT = (*external_services.UPDATABLE[1:], "enableExecuteCommand", "role")
_WHOLE = 100.0


def is_asked_for(params: Mapping[str, Any]) -> bool:
    """Whether a CreateService asks for CodeDeploy."""
    return (params.get("deploymentController") or {}).get("type") == "CODE_DEPLOY"


def new(
    desk: Desk, cluster: Cluster, arn: str, params: Mapping[str, Any], revision: rollouts.Revision
) -> Service:
    """The service that a CreateService asks for, with its first task set, which is PRIMARY.

    Raises:
        ApiError: InvalidParameterException.
    """
    if params.get("schedulingStrategy") == "DAEMON":
        raise invalid_parameter(
            "The daemon scheduling strategy is not supported with the CODE_DEPLOY deployment controller."
        )
    if len(revision.balancers) != 1 or revision.balancers[0].advanced is not None:
        raise invalid_parameter(
            "A service with the CODE_DEPLOY deployment controller must have exactly one target group of an "
            "Application Load Balancer or a Network Load Balancer, without an advancedConfiguration."
        )
    made = rollouts.new_deployment(desk, arn, revision)
    first = replace(
        made,
        rollout_state_reason="",
        service_revision_arn="",
        service_deployment_arn="",
        task_set=TaskSet(
            scale_percent=_WHOLE,
            stability_at_ms=desk.now_ms(),
            platform_version=revision.capacity.platform_version,
        ),
    )
    return Service(
        arn=arn,
        name=params["serviceName"],
        cluster_arn=cluster.arn,
        desired_count=service_rules.desired_count(params.get("desiredCount")),
        deployment_controller="CODE_DEPLOY",
        health_check_grace_period_s=service_rules.grace_period_s(params.get("healthCheckGracePeriodSeconds")),
        deployment_configuration=_configuration(params, None),
        deployments=(first,),
        created_at_ms=desk.now_ms(),
        tags=tags.read(params.get("tags")),
        request={
            **external_services.DEFAULTS,
            "createdBy": desk.caller,
            **{member: params[member] for member in _KEPT if params.get(member) is not None},
        },
    )


def _configuration(params: Mapping[str, Any], before: Mapping[str, Any] | None) -> DeploymentConfiguration:
    """Source: botocore ecs DeploymentConfiguration: breaker, alarms and strategies are of the ECS controller only."""
    found = service_rules.deployment_configuration(params.get("deploymentConfiguration"), before)
    if found.circuit_breaker.enable or found.alarms is not None or found.strategy is not Strategy.ROLLING:
        raise invalid_parameter(
            "The deployment circuit breaker, deployment alarms and deployment strategies are for services with the "
            "ECS deployment controller: CodeDeploy has its own."
        )
    return found


def updated(desk: Desk, service: Service, params: Mapping[str, Any]) -> Service:
    """The service after an UpdateService that AWS allows.

    Raises:
        ApiError: InvalidParameterException, it takes a deployment of CodeDeploy.
    """
    if params.get("forceNewDeployment"):
        raise invalid_parameter(f"Cannot force a new deployment {_USE_CODEDEPLOY}")
    for member, value in params.items():
        if value is None or member in (*UPDATABLE, *_OF_UPDATE_ITSELF, "forceNewDeployment"):
            continue
        raise invalid_parameter(f"Unable to update {_GROUPS.get(member, member)} {_USE_CODEDEPLOY}")
    changed = external_services.rescaled(desk, service, params)
    return replace(
        changed,
        deployment_configuration=_configuration(params, service.deployment_configuration.document),
    )


def leaves(service: Service, params: Mapping[str, Any]) -> bool:
    """Whether an UpdateService hands a service of CodeDeploy over to ECS's own deployments.

    Source: botocore UpdateServiceRequest.deploymentController; ECS Developer Guide,
    migrate-code-deploy-to-ecs-blue-green. What other changes do is not documented there: they are refused.

    Raises:
        ApiError: InvalidParameterException, another change of the controller.
    """
    wanted = (params.get("deploymentController") or {}).get("type") or service.deployment_controller
    if wanted == service.deployment_controller:
        return False
    if (service.deployment_controller, wanted) != ("CODE_DEPLOY", "ECS"):
        raise invalid_parameter(
            f"The deployment controller cannot be changed from {service.deployment_controller} to {wanted}."
        )
    return True


def handed_over(desk: Desk, service: Service) -> Service:
    """The service with ECS's own deployments: its task set is the deployment that has completed.

    Raises:
        ApiError: InvalidParameterException, CodeDeploy is not done with it.
    """
    busy = desk.store.code_deployment_of(service.arn)
    if busy is not None:
        raise invalid_parameter(
            f"The deployment controller cannot be changed while the CodeDeploy deployment {busy.id} is in progress."
        )
    primary = service.primary_task_set
    if primary is None or len(service.deployments) != 1:
        raise invalid_parameter(
            "The deployment controller cannot be changed while there are several task sets."
        )
    scope, number = service.arn.split("/", 1)[1], primary.id.rsplit("/", 1)[1]
    rollout = desk.identity.base62("service-deployment", scope)
    deployment = replace(
        primary,
        task_set=None,
        rollout_state=RolloutState.COMPLETED,
        rollout_state_reason=f"ECS deployment {primary.id} completed.",
        ever_completed=True,
        updated_at_ms=desk.now_ms(),
        service_revision_arn=desk.arn("service-revision", f"{scope}/{number}"),
        service_deployment_arn=desk.arn("service-deployment", f"{scope}/{rollout}"),
    )
    over = replace(
        service,
        deployment_controller="ECS",
        deployments=(deployment,),
        last_completed=deployment,
        request={
            "availabilityZoneRebalancing": "DISABLED",
            "classicLoadBalancers": [],
            "healthCheckGracePeriodSeconds": service.health_check_grace_period_s,
            **service.request,
        },
    )
    rollouts.begin(desk, over, deployment, ())
    return over
