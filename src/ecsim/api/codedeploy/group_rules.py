"""What a deployment group of the compute platform ECS may say, and the values that it means.

Source: botocore codedeploy (the shapes and the limits in their texts); CodeDeploy User Guide, deployment-steps-ecs,
troubleshooting-ecs. Where a sentence is not quoted there, it is this cloud's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy.refusals import invalid, not_on_ecs
from ecsim.api.ecs import lookup as ecs_lookup
from ecsim.api.errors import ApiError
from ecsim.model.strategy import MINUTE_MS

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Desk
    from ecsim.model.codedeploy import TrafficRouting
    from ecsim.model.service import Service

READY_MAX_MIN = 2_880
TERMINATION_MAX_MIN = 2_880
"""Two days. Source: botocore codedeploy BlueInstanceTerminationOption; of the other wait it is not documented."""
ALARMS_MAX = 10
"""Source: botocore codedeploy AlarmConfiguration.alarms."""
ROLLBACK_EVENTS = ("DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")
"""Source: botocore codedeploy AutoRollbackEvent."""
STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
NOT_CONTROLLED = "Deployment group's ECS service must be configured for a CODE_DEPLOY deployment controller."
"""Seen in public threads."""
ONLY_ALB = (
    "Only ALB supports gradual traffic routing, use AllAtOnce Traffic routing instead when you create/update "
    "Deployment group."
)
"""Source: CodeDeploy User Guide, troubleshooting-ecs."""

_OF_SERVERS = (
    "ec2TagFilters",
    "onPremisesInstanceTagFilters",
    "autoScalingGroups",
    "ec2TagSet",
    "onPremisesTagSet",
    "ec2DeploymentOptions",
    "terminationHookEnabled",
    "outdatedInstancesStrategy",
)
_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The load balancing of a deployment group: listeners by ARN, target groups by name."""

    production: str
    test: str | None
    target_groups: tuple[str, str]


def check_members(given: Mapping[str, Any]) -> None:
    """Refuse what belongs to other compute platforms, and what nobody would be told here.

    Raises:
        ApiError: InvalidInputException, or NotImplemented.
    """
    for member in _OF_SERVERS:
        if given.get(member):
            raise invalid("Input", f"{member} is for the compute platform Server.")
    if given.get("triggerConfigurations"):
        raise not_on_ecs("triggerConfigurations are not simulated")


def check_style(given: Mapping[str, Any] | None) -> None:
    """Source: ecs-behaviour.md 5.15.

    Raises:
        ApiError: InvalidDeploymentStyleException.
    """
    if given is None or any(given.get(member) != word for member, word in STYLE.items()):
        raise invalid(
            "DeploymentStyle",
            "A deployment group of the compute platform ECS needs the deploymentType BLUE_GREEN and the "
            "deploymentOption WITH_TRAFFIC_CONTROL.",
        )


def role(given: str | None) -> str:
    """The service role's ARN.

    Raises:
        ApiError: RoleRequiredException or InvalidRoleException.
    """
    if not given:
        raise ApiError("RoleRequiredException", "The serviceRoleArn must not be null or empty.")
    if not given.startswith("arn:aws:iam::") or ":role/" not in given:
        raise invalid("Role", f"{given!r} is no ARN of an IAM role.")
    return given


def waits(given: Mapping[str, Any] | None) -> tuple[int | None, int, dict[str, Any]]:
    """How long traffic waits to be rerouted (None does not wait), how long blue stays, and both as the API shows them.

    Raises:
        ApiError: InvalidBlueGreenDeploymentConfigurationException.
    """

    def refuse(text: str) -> ApiError:
        return invalid("BlueGreenDeploymentConfiguration", text)

    ready = (given or {}).get("deploymentReadyOption") or {}
    ending = (given or {}).get("terminateBlueInstancesOnDeploymentSuccess") or {}
    action, ready_min = ready.get("actionOnTimeout"), ready.get("waitTimeInMinutes") or 0
    if action not in ("CONTINUE_DEPLOYMENT", "STOP_DEPLOYMENT"):
        raise refuse("deploymentReadyOption.actionOnTimeout must be CONTINUE_DEPLOYMENT or STOP_DEPLOYMENT.")
    if not 0 <= ready_min <= READY_MAX_MIN:
        raise refuse(f"deploymentReadyOption.waitTimeInMinutes must be between 0 and {READY_MAX_MIN}.")
    if action == "CONTINUE_DEPLOYMENT" and ready_min:
        raise refuse("waitTimeInMinutes applies only to the STOP_DEPLOYMENT option for actionOnTimeout.")
    if ending.get("action") != "TERMINATE":
        raise refuse(
            "terminateBlueInstancesOnDeploymentSuccess.action must be TERMINATE: the next deployment needs the "
            "target group of the original task set."
        )
    blue_min = ending.get("terminationWaitTimeInMinutes") or 0
    if not 0 <= blue_min <= TERMINATION_MAX_MIN:
        raise refuse(f"terminationWaitTimeInMinutes must be between 0 and {TERMINATION_MAX_MIN}.")
    if (given or {}).get("greenFleetProvisioningOption"):
        raise refuse("greenFleetProvisioningOption is for the compute platform Server.")
    shown = {
        "deploymentReadyOption": {"actionOnTimeout": action, "waitTimeInMinutes": ready_min},
        "terminateBlueInstancesOnDeploymentSuccess": {
            "action": "TERMINATE",
            "terminationWaitTimeInMinutes": blue_min,
        },
    }
    waited = ready_min * MINUTE_MS if action == "STOP_DEPLOYMENT" else None
    return waited, blue_min * MINUTE_MS, shown


def rollback_events(given: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What is rolled back automatically.

    Raises:
        ApiError: InvalidAutoRollbackConfigException.
    """
    events = tuple((given or {}).get("events") or ())
    if any(event not in ROLLBACK_EVENTS for event in events):
        raise invalid("AutoRollbackConfig", f"The events are {', '.join(ROLLBACK_EVENTS)}.")
    if not (given or {}).get("enabled"):
        return ()
    if not events:
        raise invalid("AutoRollbackConfig", "Automatic rollback is enabled, but no event types were listed.")
    return events


def alarms(given: Mapping[str, Any] | None) -> tuple[str, ...]:
    """The alarms that are watched.

    Raises:
        ApiError: InvalidAlarmConfigException or AlarmsLimitExceededException.
    """
    names = [alarm.get("name") or "" for alarm in (given or {}).get("alarms") or ()]
    if len(names) > ALARMS_MAX:
        raise ApiError("AlarmsLimitExceededException", f"At most {ALARMS_MAX} alarms may be given.")
    if not all(names) or len(set(names)) != len(names):
        raise invalid("AlarmConfig", "Each alarm needs a name, and each name may be there once.")
    enabled = bool((given or {}).get("enabled"))
    if enabled and not names:
        raise invalid("AlarmConfig", "Alarms are enabled, but none is listed.")
    return tuple(names) if enabled else ()


def service(desk: Desk, given: Any) -> Service:
    """The ECS service of a deployment group.

    Raises:
        ApiError: InvalidECSServiceException.
    """
    if not isinstance(given, list) or len(given) != 1:
        raise invalid("ECSService", "Exactly one ECS service is due: [{serviceName, clusterName}].")
    named = given[0]
    if not named.get("serviceName") or not named.get("clusterName"):
        raise invalid("ECSService", "serviceName and clusterName are due.")
    try:
        cluster = ecs_lookup.cluster_of(desk, {"cluster": named["clusterName"]})
        found = ecs_lookup.service_in(desk, cluster, named["serviceName"])
    except ApiError as wrong:
        raise invalid("ECSService", wrong.message) from None
    if found is None or found.status != "ACTIVE":
        raise invalid("ECSService", f"The ECS service {named['serviceName']} was not found or is not ACTIVE.")
    if found.deployment_controller != "CODE_DEPLOY":
        raise invalid("ECSService", NOT_CONTROLLED)
    return found


def routes(desk: Desk, given: Mapping[str, Any] | None) -> Routes:
    """The pair of target groups and the listeners of a deployment group.

    Raises:
        ApiError: InvalidLoadBalancerInfoException or InvalidTargetGroupPairException.
    """
    pairs = (given or {}).get("targetGroupPairInfoList") or []
    if len(pairs) != 1 or (given or {}).get("elbInfoList") or (given or {}).get("targetGroupInfoList"):
        raise invalid(
            "LoadBalancerInfo", "loadBalancerInfo needs one targetGroupPairInfoList item, and no more."
        )
    names = [group.get("name") or "" for group in pairs[0].get("targetGroups") or ()]
    if len(names) != _PAIR or not all(names) or names[0] == names[1]:
        raise invalid("TargetGroupPair", "A target group pair has exactly two target groups, by their names.")
    for name in names:
        if desk.balancing.named(name) is None:
            raise invalid("TargetGroupPair", f"The target group {name} does not exist.")
    production = _listener(desk, pairs[0].get("prodTrafficRoute"), "prodTrafficRoute")
    if production is None:
        raise invalid("TargetGroupPair", "prodTrafficRoute.listenerArns: exactly one listener is due.")
    test = _listener(desk, pairs[0].get("testTrafficRoute"), "testTrafficRoute")
    if test == production:
        raise invalid(
            "TargetGroupPair", "The production and the test traffic route need listeners of their own."
        )
    return Routes(production=production, test=test, target_groups=(names[0], names[1]))


def _listener(desk: Desk, given: Mapping[str, Any] | None, member: str) -> str | None:
    arns = (given or {}).get("listenerArns") or []
    if not arns:
        return None
    if len(arns) != 1:
        raise invalid("TargetGroupPair", f"{member}.listenerArns: exactly one listener is due.")
    if ":listener/" not in arns[0] or desk.balancing.forwards(arns[0]) is None:
        raise invalid("TargetGroupPair", f"{member}: {arns[0]!r} is no listener that forwards.")
    return str(arns[0])


def check_gradual(listener: str, routing: TrafficRouting) -> None:
    """Behind a Network Load Balancer traffic moves all at once.

    Raises:
        ApiError: InvalidTrafficRoutingConfigurationException.
    """
    if "/net/" in listener and routing.type != "AllAtOnce":
        raise invalid("TrafficRoutingConfiguration", ONLY_ALB)
