"""What CreateService and UpdateService refuse, and the values that they make of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.launch import placement
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.ecs.service import strategy_rules
from ecsim.decide.service import rebalancing
from ecsim.model.service import CircuitBreaker, DeploymentConfiguration, LoadBalancer, Service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.api.ecs.desk import Desk
    from ecsim.api.ecs.launch.capacity import Capacity
    from ecsim.model.task_definition import TaskDefinition

TARGET_GROUPS_MAX = 5
"""Source: General Reference, Amazon ECS quotas."""

TASKS_MAX = 5_000
"""Source: General Reference, Amazon ECS quotas: tasks per service."""
GRACE_PERIOD_MAX_S = 2_147_483_647
_PERCENT = 100
BREAKER_DEFAULTS: dict[str, Any] = {"type": "BOUNDED_PERCENT", "value": 50}
_CONFIGURATION_DEFAULTS: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
}


DAEMON_DEFAULTS: dict[str, Any] = {"maximumPercent": 100, "minimumHealthyPercent": 0}
"""Source: botocore DeploymentConfiguration.minimumHealthyPercent; ecs-behaviour.md 5.1."""


def deployment_configuration(
    given: Mapping[str, Any] | None, before: Mapping[str, Any] | None = None
) -> DeploymentConfiguration:
    """How deployments of a service go.

    Args:
        given: the member of the request, or None.
        before: what the service had; members that are not given stay as they are.

    Raises:
        ApiError: InvalidParameterException, or UnsupportedFeatureException for what this cloud does not simulate.
    """
    given = {member: value for member, value in (given or {}).items() if value is not None}
    document = {**_CONFIGURATION_DEFAULTS, **(before or {}), **given}
    strategy = strategy_rules.strategy(document)
    shifting = strategy_rules.shifting(strategy, document, given, before)
    document.setdefault("bakeTimeInMinutes", 0)
    low, high = document["minimumHealthyPercent"], document["maximumPercent"]
    if not 0 <= low <= _PERCENT:
        raise invalid_parameter(
            f"minimumHealthyPercent must be at {'least 0' if low < 0 else f'most {_PERCENT}'}"
        )
    if high < _PERCENT:
        raise invalid_parameter(f"maximumPercent must be at least {_PERCENT}")
    if low == high:
        raise invalid_parameter(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
        )
    breaker = document["deploymentCircuitBreaker"]
    if breaker.get("enable"):
        document["deploymentCircuitBreaker"] = {
            "resetOnHealthyTask": True,
            "thresholdConfiguration": BREAKER_DEFAULTS,
            **{member: value for member, value in breaker.items() if value is not None},
        }
    return DeploymentConfiguration(
        minimum_healthy_percent=low,
        maximum_percent=high,
        circuit_breaker=_circuit_breaker(document["deploymentCircuitBreaker"]),
        strategy=strategy,
        shifting=shifting,
        alarms=strategy_rules.alarms(document),
        early_success=strategy_rules.early_success(document, strategy),
        document=document,
    )


def _circuit_breaker(given: Mapping[str, Any]) -> CircuitBreaker:
    """Source: botocore DeploymentCircuitBreaker, ThresholdConfiguration."""
    threshold = given.get("thresholdConfiguration") or BREAKER_DEFAULTS
    if threshold["value"] < 1:
        raise invalid_parameter("thresholdConfiguration value must be at least 1")
    reset = given.get("resetOnHealthyTask")
    return CircuitBreaker(
        enable=bool(given.get("enable")),
        rollback=bool(given.get("rollback")),
        threshold_type=threshold["type"],
        threshold_value=threshold["value"],
        reset_on_healthy_task=True if reset is None else reset,
    )


def load_balancers(
    desk: Desk, given: Sequence[Mapping[str, Any]] | None, definition: TaskDefinition
) -> tuple[LoadBalancer, ...]:
    """The target groups of a service, checked against Elastic Load Balancing and the task definition.

    Raises:
        ApiError: InvalidParameterException, or UnsupportedFeatureException.
    """
    if len(given or ()) > TARGET_GROUPS_MAX:
        raise invalid_parameter(f"load balancers can have at most {TARGET_GROUPS_MAX} items.")
    made = [_load_balancer(desk, balancer, definition) for balancer in given or ()]
    return tuple(balancer for balancer in made if balancer is not None)


def classic_load_balancers(given: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """The Classic Load Balancers of a request, in the API's own form: they are kept and shown, and get no targets."""
    return [dict(balancer) for balancer in given or () if balancer.get("loadBalancerName")]


def _load_balancer(desk: Desk, given: Mapping[str, Any], definition: TaskDefinition) -> LoadBalancer | None:
    """A target group of a service; None for a Classic Load Balancer, which has none."""
    arn, classic = given.get("targetGroupArn"), given.get("loadBalancerName")
    if arn and classic:
        raise invalid_parameter("loadBalancerName and targetGroupArn cannot both be specified.")
    if classic and definition.network_mode == "awsvpc":
        raise invalid_parameter("Classic Load Balancers are not supported with Fargate.")
    if classic:
        check_port(given.get("containerName"), given.get("containerPort"), definition)
        return None
    if not arn:
        raise invalid_parameter("Missing required parameter for load balancer: targetGroupArn.")
    advanced = strategy_rules.advanced(given.get("advancedConfiguration"))
    _check_target_group(desk, arn, definition)
    if advanced is not None:
        _check_target_group(desk, advanced.alternate_target_group_arn, definition)
    name, port = given.get("containerName"), given.get("containerPort")
    check_port(name, port, definition)
    return LoadBalancer(
        target_group_arn=arn, container_name=str(name), container_port=int(port or 0), advanced=advanced
    )


def _check_target_group(desk: Desk, arn: str, definition: TaskDefinition) -> None:
    group = desk.balancing.target_group(arn)
    if group is None:
        raise invalid_parameter(f"The target group {arn} does not exist.")
    if definition.network_mode == "awsvpc" and group.target_type != "ip":
        raise invalid_parameter(
            f"The provided target group {arn} has target type {group.target_type}, which is incompatible "
            "with the awsvpc network mode specified in the task definition."
        )
    if definition.network_mode in ("bridge", "host") and group.target_type == "ip":
        raise invalid_parameter(
            f"The provided target group {arn} has target type ip, which is incompatible "
            f"with the {definition.network_mode} network mode specified in the task definition."
        )
    if not group.in_use:
        raise invalid_parameter(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )


def check_port(name: str | None, port: int | None, definition: TaskDefinition) -> None:
    """Refuse a container or a port that the task definition does not have.

    Raises:
        ApiError: InvalidParameterException.
    """
    container = definition.container(name) if name else None
    if container is None:
        raise invalid_parameter(f"The container {name} does not exist in the task definition.")
    if port not in container.container_ports:
        raise invalid_parameter(f"The container {name} did not have a container port {port} defined.")


def grace_period_s(given: int | None) -> int:
    """`healthCheckGracePeriodSeconds`, 0 when it is not given.

    Raises:
        ApiError: InvalidParameterException.
    """
    if given is not None and not 0 <= given <= GRACE_PERIOD_MAX_S:
        raise invalid_parameter(f"healthCheckGracePeriodSeconds must be between 0 and {GRACE_PERIOD_MAX_S}")
    return given or 0


def desired_count(given: int | None) -> int:
    """`desiredCount` of a REPLICA service. Source: botocore CreateServiceRequest.desiredCount: required.

    Raises:
        ApiError: InvalidParameterException.
    """
    if given is None:
        raise invalid_parameter("desiredCount is required for the REPLICA scheduling strategy.")
    if given < 0:
        raise invalid_parameter("desiredCount cannot be negative.")
    if given > TASKS_MAX:
        raise invalid_parameter(f"desiredCount cannot be greater than {TASKS_MAX}.")
    return given


def check_scheduling(params: Mapping[str, Any], capacity: Capacity) -> None:
    """Refuse what the scheduling strategy, the controller or the launch type cannot do.

    Raises:
        ApiError: InvalidParameterException.
    """
    strategy = params.get("schedulingStrategy") or "REPLICA"
    if strategy == "DAEMON":
        _check_daemon(params, capacity)
    placement.check_members(params, on_fargate=capacity.is_fargate)


def _check_daemon(params: Mapping[str, Any], capacity: Capacity) -> None:
    """Source: botocore CreateServiceRequest.schedulingStrategy; ecs-behaviour.md 5.1."""
    if capacity.is_fargate:
        raise invalid_parameter("The daemon scheduling strategy is not supported for FARGATE launch type.")
    if params.get("desiredCount") is not None:
        raise invalid_parameter(
            "The daemon scheduling strategy does not support a desired count for services. "
            "Remove the desired count value and try again."
        )
    if params.get("placementStrategy"):
        raise invalid_parameter("The daemon scheduling strategy does not support placement strategies.")
    if params.get("volumeConfigurations"):
        raise invalid_parameter("volumeConfigurations is only supported for REPLICA services.")
    if params.get("availabilityZoneRebalancing") == "ENABLED":
        raise invalid_parameter(
            "Availability Zone rebalancing does not support the scheduling strategy DAEMON."
        )
    highest = (params.get("deploymentConfiguration") or {}).get("maximumPercent")
    if highest not in (None, _PERCENT):
        raise invalid_parameter("The maximumPercent of a service with the scheduling strategy DAEMON is 100.")


def check_rebalancing(service: Service) -> None:
    """Refuse AZ rebalancing that was asked for where it cannot be. Source: ECS Developer Guide, service-rebalancing.

    Raises:
        ApiError: InvalidParameterException.
    """
    why = rebalancing_problem(service)
    if why is not None:
        raise invalid_parameter(f"Availability Zone rebalancing cannot be enabled: {why}.")


def rebalancing_problem(service: Service) -> str | None:
    """Why a service may not be rebalanced, or None."""
    return rebalancing.problem(
        scheduling_strategy=service.scheduling_strategy,
        maximum_percent=service.deployment_configuration.maximum_percent,
        strategies=service.request.get("placementStrategy") or (),
        constraints=service.request.get("placementConstraints") or (),
    )


def check_roles(params: Mapping[str, Any], definition: TaskDefinition) -> None:
    """Refuse a role where ECS uses its own, and ECS Exec without a task role.

    Raises:
        ApiError: InvalidParameterException.
    """
    if params.get("role") and definition.network_mode == "awsvpc":
        raise invalid_parameter(
            "You cannot specify an IAM role for services that require a service linked role."
        )
    if params.get("enableExecuteCommand") and not definition.task_role_arn:
        raise invalid_parameter(
            "The service couldn't be created because a valid taskRoleArn is not being used. "
            "Specify a valid task role in your task definition and try again."
        )
