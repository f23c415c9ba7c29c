"""What CreateService and UpdateService refuse of the strategies that shift traffic, and what they make of the rest.

Texts that name no source here are ECS's (Developer Guide, troubleshooting-blue-green); the others say so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter, not_simulated_yet
from ecsim.decide.deployment.stages import steps_of
from ecsim.model.replacing import replace
from ecsim.model.service import AdvancedConfiguration, AlarmWatch, EarlySuccess, LoadBalancer
from ecsim.model.strategy import (
    ALL,
    HOOK_STAGES,
    MINUTE_MS,
    SHIFT_STAGES,
    Hook,
    HookTarget,
    Shifting,
    Stage,
    Strategy,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.api.ecs.desk import Desk

BAKE_MAX = 1_440
"""Minutes. Source: botocore ecs LinearConfiguration, CanaryConfiguration; of the bake time: terraform-provider-aws."""

LAMBDA_TIMEOUT_MAX, PAUSE_TIMEOUT_MAX, TIMEOUT = 1_440, 20_160, 1_440
"""Minutes. Source: ECS Developer Guide, lambda-lifecycle-hooks, pause-lifecycle-hooks."""

HOOKS_MAX = 10
"""Of each type. Source: ECS Developer Guide, pause-lifecycle-hooks."""

_ROW = tuple[int, int, int]
_LINEAR: _ROW = (30, 100, 6)
_CANARY: _ROW = (1, 50, 10)
"""The least percentage and the default in tenths of a percent, and the default bake time in minutes.

Source: botocore ecs LinearConfiguration, CanaryConfiguration.
"""

_RULE = re.compile(
    r"arn:aws[a-z-]*:elasticloadbalancing:[^:]*:[^:]*:"
    r"(listener-rule/app/[^/]+/[^/]+/[^/]+/[^/]+|listener/net/[^/]+/[^/]+/[^/]+)"
)
_FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[^:]*:[^:]*:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?")


def strategy(document: Mapping[str, Any]) -> Strategy:
    """The strategy of a deployment configuration.

    Raises:
        ApiError: InvalidParameterException, in words of ours.
    """
    wanted = document["strategy"]
    if wanted not in list(Strategy):
        known = ", ".join(Strategy)
        raise invalid_parameter(f"Invalid strategy: {wanted}. Valid values are: {known}")
    return Strategy(wanted)


def shifting(
    wanted: Strategy,
    document: Mapping[str, Any],
    given: Mapping[str, Any],
    before: Mapping[str, Any] | None,
) -> Shifting:
    """How traffic is shifted.

    Args:
        wanted: the strategy.
        document: the whole deployment configuration, in the API's own form.
        given: what the request itself gives of it.
        before: what the service had, or None.

    Raises:
        ApiError: InvalidParameterException.
    """
    if wanted is Strategy.ROLLING:
        if given.get("lifecycleHooks"):
            raise not_simulated_yet("lifecycle hooks of rolling deployments")
        return Shifting(
            bake_ms=_minutes("bakeTimeInMinutes", document.get("bakeTimeInMinutes", 0)) * MINUTE_MS
        )
    for member, owner in (("linearConfiguration", Strategy.LINEAR), ("canaryConfiguration", Strategy.CANARY)):
        if given.get(member) and wanted is not owner:
            raise invalid_parameter(f"{member} is only valid when the deployment strategy is {owner}")  # ours
    had = (before or {}).get("strategy") == Strategy.BLUE_GREEN
    if wanted is Strategy.BLUE_GREEN and not had and "bakeTimeInMinutes" not in given:
        raise invalid_parameter(
            "bakeTimeInMinutes is required for the BLUE_GREEN deployment strategy"
        )  # ours
    percent, step_bake = ALL, 0
    if wanted is Strategy.LINEAR:
        percent, step_bake = _steps(document.get("linearConfiguration") or {}, "step", _LINEAR)
    elif wanted is Strategy.CANARY:
        percent, step_bake = _steps(document.get("canaryConfiguration") or {}, "canary", _CANARY)
    return Shifting(
        steps=steps_of(wanted, percent=percent),
        step_bake_ms=step_bake * MINUTE_MS,
        bake_ms=_minutes("bakeTimeInMinutes", document.get("bakeTimeInMinutes", 0)) * MINUTE_MS,
        hooks=hooks(document.get("lifecycleHooks") or ()),
    )


def _steps(given: Mapping[str, Any], word: str, row: _ROW) -> tuple[int, int]:
    """Percentage in tenths and bake time in minutes of a linear or canary configuration."""
    least, usual, bake = row
    percent = given.get(f"{word}Percent", usual / 10)
    tenths = round(percent * 10)
    if not least <= tenths <= ALL or abs(percent * 10 - tenths) > 1e-6:  # noqa: PLR2004
        raise invalid_parameter(
            f"{word}Percent must be a multiple of 0.1 from {least / 10} to 100.0, not {percent}"
        )
    member = f"{word}BakeTimeInMinutes"
    return tenths, _minutes(member, given.get(member, bake))


def _minutes(member: str, given: int) -> int:
    if not 0 <= given <= BAKE_MAX:
        raise invalid_parameter(f"{member} must be between 0 and {BAKE_MAX}")  # the words are ours
    return given


def hooks(given: Sequence[Mapping[str, Any]]) -> tuple[Hook, ...]:
    """The lifecycle hooks of a service.

    Raises:
        ApiError: InvalidParameterException; except for the target type in words of ours.
    """
    read = tuple(_hook(hook) for hook in given)
    for kind in HookTarget:
        if sum(hook.target_type is kind for hook in read) > HOOKS_MAX:
            raise invalid_parameter(f"lifecycleHooks can have at most {HOOKS_MAX} hooks of the type {kind}.")
    return read


def _hook(given: Mapping[str, Any]) -> Hook:
    kind = given.get("targetType") or HookTarget.AWS_LAMBDA
    if kind not in list(HookTarget):
        raise invalid_parameter("Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE")
    paused, arn = kind == HookTarget.PAUSE, given.get("hookTargetArn")
    if paused and (arn or given.get("roleArn")):
        raise invalid_parameter("hookTargetArn and roleArn are not applicable for PAUSE hooks")
    if not paused and not _FUNCTION.fullmatch(arn or ""):
        raise invalid_parameter(f"hookTargetArn must be the ARN of a Lambda function. Got: {arn}")
    if not paused and not given.get("roleArn"):
        raise invalid_parameter("roleArn is required for AWS_LAMBDA hooks")
    stages = _hook_stages(given.get("lifecycleStages") or (), paused=paused)
    limit = given.get("timeoutConfiguration") or {}
    longest = PAUSE_TIMEOUT_MAX if paused else LAMBDA_TIMEOUT_MAX
    minutes, action = limit.get("timeoutInMinutes", TIMEOUT), limit.get("action") or "ROLLBACK"
    if not 1 <= minutes <= longest:
        raise invalid_parameter(f"timeoutInMinutes must be between 1 and {longest} for {kind} hooks")
    if action not in ("CONTINUE", "ROLLBACK"):
        raise invalid_parameter("Invalid action. Valid values are: CONTINUE, ROLLBACK")
    return Hook(
        target_type=HookTarget(kind),
        target_arn=arn,
        stages=stages,
        details=given.get("hookDetails") or {},
        timeout_ms=minutes * MINUTE_MS,
        timeout_continues=action == "CONTINUE",
    )


def _hook_stages(given: Sequence[str], *, paused: bool) -> tuple[Stage, ...]:
    if not given:
        raise invalid_parameter("lifecycleStages must not be null or empty.")
    for stage in given:
        if stage not in HOOK_STAGES:
            valid = ", ".join(HOOK_STAGES)
            raise invalid_parameter(f"Invalid lifecycleStage: {stage}. Valid values are: {valid}")
        if paused and stage in SHIFT_STAGES:
            raise invalid_parameter(f"PAUSE hooks cannot be configured at the {stage} stage")
    return tuple(Stage(stage) for stage in given)


# Alarms, early success


def alarms(document: Mapping[str, Any]) -> AlarmWatch | None:
    """What a deployment watches; None when alarms are not enabled.

    Raises:
        ApiError: InvalidParameterException, in words of ours.
    """
    given = document.get("alarms") or {}
    if not given.get("enable"):
        return None
    names = tuple(given.get("alarmNames") or ())
    if not names or any(not name for name in names):
        raise invalid_parameter("alarmNames must name at least one CloudWatch alarm when alarms are enabled")
    return AlarmWatch(names=names, rollback=bool(given.get("rollback")))


def early_success(document: Mapping[str, Any], wanted: Strategy) -> EarlySuccess | None:
    """When a rolling deployment is done early; None when it is not.

    Raises:
        ApiError: InvalidParameterException, in words of ours after botocore's DeploymentEarlySuccessCriteria.
    """
    given = document.get("earlySuccessCriteria") or {}
    if not given.get("enable"):
        return None
    if wanted is not Strategy.ROLLING:
        raise invalid_parameter("earlySuccessCriteria can be used only with the ROLLING deployment strategy")
    percent, cleanup = given.get("healthyPercent"), given.get("sourceServiceRevisionCleanup")
    if percent is None or cleanup is None:
        raise invalid_parameter(
            "earlySuccessCriteria requires healthyPercent and sourceServiceRevisionCleanup"
        )
    least = document["minimumHealthyPercent"]
    if not least <= percent <= 100:  # noqa: PLR2004
        raise invalid_parameter(f"healthyPercent must be between minimumHealthyPercent ({least}) and 100")
    if cleanup not in ("BLOCKING", "DEFERRED"):
        raise invalid_parameter("Invalid sourceServiceRevisionCleanup. Valid values are: BLOCKING, DEFERRED")
    return EarlySuccess(healthy_percent=percent, blocking=cleanup == "BLOCKING")


# Load balancers


def advanced(given: Mapping[str, Any] | None) -> AdvancedConfiguration | None:
    """The advanced configuration of a load balancer.

    Raises:
        ApiError: InvalidParameterException.
    """
    if not given:
        return None
    alternate, production = given.get("alternateTargetGroupArn"), given.get("productionListenerRule")
    if not alternate:  # the words are ours
        raise invalid_parameter(
            "Missing required parameter for advancedConfiguration: alternateTargetGroupArn."
        )
    test = given.get("testListenerRule")
    for member, rule in (("productionListenerRule", production), ("testListenerRule", test)):
        if (rule or member == "productionListenerRule") and not _RULE.fullmatch(rule or ""):
            raise invalid_parameter(
                f"{member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {rule}"
            )
    if test == production:
        raise invalid_parameter(
            f"The following rules cannot be used as both production and test listener rules: {production}"
        )
    if not given.get("roleArn"):  # the words are ours
        raise invalid_parameter("Missing required parameter for advancedConfiguration: roleArn.")
    return AdvancedConfiguration(
        alternate_target_group_arn=alternate,
        production_listener_rule=str(production),
        test_listener_rule=test,
        role_arn=given["roleArn"],
    )


def check_balancers(desk: Desk, balancers: Sequence[LoadBalancer], wanted: Strategy) -> None:
    """Refuse load balancers between which a strategy cannot shift traffic.

    Raises:
        ApiError: InvalidParameterException.
    """
    groups: list[str] = []
    for balancer in balancers:
        alternate = balancer.group(alternate=True)
        for arn in (balancer.target_group_arn, *((alternate,) if balancer.advanced is not None else ())):
            if balancers and any(b.advanced for b in balancers) and arn in groups:
                raise invalid_parameter(f"Duplicate targetGroupArn found: {arn}")
            groups.append(arn)
    have = sum(balancer.advanced is not None for balancer in balancers)
    if wanted is not Strategy.ROLLING and balancers and not have:
        raise invalid_parameter(
            "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment "
            "strategy"
        )
    if have not in (0, len(balancers)):
        raise invalid_parameter(
            "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
        )
    if wanted in (Strategy.LINEAR, Strategy.CANARY) and not balancers:  # the words are ours
        raise invalid_parameter(
            f"The deployment strategy {wanted} requires a load balancer or Service Connect"
        )
    for balancer in balancers:
        if balancer.advanced is not None:
            _check_rules(desk, balancer, balancer.advanced)


def _check_rules(desk: Desk, balancer: LoadBalancer, chosen: AdvancedConfiguration) -> None:
    rule = chosen.production_listener_rule
    forwards = desk.balancing.forwards(rule)
    if forwards is None:  # the words are ours
        raise invalid_parameter(f"productionListenerRule {rule} does not exist or does not forward.")
    reached = [arn for arn, _ in forwards]
    both = all(arn in reached for arn in (balancer.target_group_arn, chosen.alternate_target_group_arn))
    if "/app/" in rule and not both and chosen.test_listener_rule is None:
        raise invalid_parameter(
            "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated "
            "with both targetGroup and alternateTargetGroup"
        )
    test = chosen.test_listener_rule
    if test is not None and desk.balancing.forwards(test) is None:  # the words are ours
        raise invalid_parameter(f"testListenerRule {test} does not exist or does not forward.")


def for_first(planned: Shifting) -> Shifting:
    """The shifting of a service's first deployment: there is nobody to share traffic with."""
    return replace(planned, steps=(ALL,), step_bake_ms=0)
