"""What Elastic Load Balancing refuses and moto does not: pure checks of what a call asks for.

Ranges and keys: botocore elbv2 (CreateTargetGroupInput, TargetGroupAttribute.Key, ActionTypeEnum, TargetGroupTuple);
limits: ecs-behaviour.md 8.2. The words of a refusal are AWS's where they are known (ecs-behaviour.md 8,
botocore's descriptions of exceptions); the others say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

INVALID, CONFIGURATION = "ValidationError", "InvalidConfigurationRequest"
REDIRECTS = ("HTTP_301", "HTTP_302")
WEIGHT_MAX = 999
GROUPS_MAX = 5
VALUES_MAX = 5
PRIORITY_MAX = 50_000
STICKY_MAX_S = 604_800
WITH_TLS = ("HTTPS", "TLS")
HTTP, LAYER4 = ("HTTP", "HTTPS"), ("TCP", "TLS", "UDP", "TCP_UDP")

_HEALTH_RANGES = {
    "healthcheck_interval_seconds": ("healthCheckIntervalSeconds", 5, 300),
    "healthcheck_timeout_seconds": ("healthCheckTimeoutSeconds", 2, 120),
    "healthy_threshold_count": ("healthyThresholdCount", 2, 10),
    "unhealthy_threshold_count": ("unhealthyThresholdCount", 2, 10),
}
_ATTRIBUTE_RANGES = {
    "deregistration_delay.timeout_seconds": (0, 3_600),
    "stickiness.lb_cookie.duration_seconds": (1, STICKY_MAX_S),
    "stickiness.app_cookie.duration_seconds": (1, STICKY_MAX_S),
}
SLOW_START_S = (30, 900)
_ATTRIBUTES = (
    *_ATTRIBUTE_RANGES,
    "slow_start.duration_seconds",
    "stickiness.enabled",
    "stickiness.type",
    "stickiness.app_cookie.cookie_name",
    "load_balancing.algorithm.type",
    "load_balancing.algorithm.anomaly_mitigation",
    "load_balancing.cross_zone.enabled",
    "deregistration_delay.connection_termination.enabled",
    "preserve_client_ip.enabled",
    "proxy_protocol_v2.enabled",
    "lambda.multi_value_headers.enabled",
    "waf.fail_open.enabled",
    "target_failover.on_deregistration",
    "target_failover.on_unhealthy",
    "target_health_state.unhealthy.connection_termination.enabled",
    "target_health_state.unhealthy.draining_interval_seconds",
    "target_group_health.dns_failover.minimum_healthy_targets.count",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage",
)
_CHOICES = {
    "load_balancing.algorithm.type": ("round_robin", "least_outstanding_requests", "weighted_random"),
    "stickiness.enabled": ("true", "false"),
}
_PAST_RESERVED = ("AWSALB", "AWSALBAPP", "AWSALBTG")


class Refused(Exception):  # noqa: N818
    """A call that AWS refuses.

    Attributes:
        code: AWS's error code.
        text: what it says.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def check_health_check(given: Mapping[str, Any]) -> None:
    """Refuse numbers of a health check outside their ranges. Raises Refused."""
    for name, (shown, low, high) in _HEALTH_RANGES.items():
        value = _whole(given.get(name))
        if value is None or low <= value <= high:
            continue
        side = f"greater than or equal to {low}" if value < low else f"less than or equal to {high}"
        text = f"1 validation error detected: Value '{value}' at '{shown}' failed to satisfy constraint: "
        raise Refused(INVALID, f"{text}Member must have value {side}")


def check_port(given: object) -> None:
    """Refuse a health check port that is none. Raises Refused.

    Source of the text: an answer of AWS that kubernetes-sigs/aws-load-balancer-controller issue 4561 quotes.
    """
    if given in (None, "traffic-port"):
        return
    port = _whole(given)
    if port is None or not 1 <= port <= 65_535:  # noqa: PLR2004 - TCP's own limits
        raise Refused(INVALID, f"Health check port {given} must be within 1-65535 or traffic-port")


def check_attributes(changes: Mapping[str, Any], before: Mapping[str, Any], protocol: str | None) -> None:
    """Refuse attributes of a target group that are unknown, out of range, or do not go together.

    Args:
        changes: what is asked for.
        before: the attributes so far.
        protocol: the target group's.

    Raises:
        Refused: with what is wrong.
    """
    for key, value in changes.items():
        if key not in _ATTRIBUTES:
            raise Refused(INVALID, f"Target group attribute key '{key}' is not recognized")
        if key in _ATTRIBUTE_RANGES:
            _check_range(key, value, *_ATTRIBUTE_RANGES[key])
        if key == "slow_start.duration_seconds" and _whole(value) != 0:
            _check_range(key, value, *SLOW_START_S)
        if key in _CHOICES and value not in _CHOICES[key]:
            raise Refused(INVALID, f"'{key}' must be one of [{', '.join(_CHOICES[key])}]")
    after = {**before, **changes}
    least = after.get("load_balancing.algorithm.type") == "least_outstanding_requests"
    if least and _whole(after.get("slow_start.duration_seconds")):
        text = "Slow start mode cannot be enabled with the least outstanding requests routing algorithm"
        raise Refused(CONFIGURATION, text)
    if protocol in LAYER4 and _whole(changes.get("slow_start.duration_seconds")):
        raise Refused(
            CONFIGURATION, f"Slow start mode is not supported for target groups with protocol {protocol}"
        )
    name = str(after.get("stickiness.app_cookie.cookie_name") or "")
    if name.startswith(_PAST_RESERVED):
        raise Refused(INVALID, f"The application cookie name '{name}' is reserved by the load balancer")


def _check_range(key: str, value: object, low: int, high: int) -> None:
    number = _whole(value)
    if number is None or not low <= number <= high:
        raise Refused(INVALID, f"'{key}' value '{value}' must be between '{low}-{high}' inclusive")


def check_actions(actions: Iterable[Mapping[str, Any]]) -> None:
    """Refuse what no action may say: too many groups, weights out of range, other redirects. Raises Refused."""
    for action in actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
        if len(groups) > GROUPS_MAX:
            raise Refused(
                "TooManyTargetGroups", f"A forward action can have at most '{GROUPS_MAX}' target groups"
            )
        for group in groups:
            weight = _whole(group.get("Weight", 1))
            if weight is None or not 0 <= weight <= WEIGHT_MAX:
                text = f"Weight '{group.get('Weight')}' must be between 0 and {WEIGHT_MAX}"
                raise Refused(INVALID, text)
        _check_group_stickiness(action)
        status = (action.get("RedirectConfig") or {}).get("StatusCode", REDIRECTS[0])
        if status not in REDIRECTS:
            where = f"Value '{status}' at 'actions.1.member.redirectConfig.statusCode'"
            text = f"1 validation error detected: {where} failed to satisfy constraint: "
            raise Refused(INVALID, f"{text}Member must satisfy enum value set: [{', '.join(REDIRECTS)}]")


def _check_group_stickiness(action: Mapping[str, Any]) -> None:
    sticky = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    if str(sticky.get("Enabled")).lower() != "true":
        return
    seconds = _whole(sticky.get("DurationSeconds"))
    if seconds is None or not 1 <= seconds <= STICKY_MAX_S:
        raise Refused(
            INVALID,
            f"Target group stickiness duration must be between 1 and {STICKY_MAX_S} seconds inclusive",
        )


def check_conditions(conditions: Sequence[Mapping[str, Any]], priority: object = None) -> None:
    """Refuse rules with more condition values than a rule may have. Raises Refused."""
    number = _whole(priority)
    if number is not None and not 1 <= number <= PRIORITY_MAX:
        text = f"1 validation error detected: Value '{priority}' at 'priority' failed to satisfy constraint: "
        raise Refused(INVALID, f"{text}Member must have value between 1 and {PRIORITY_MAX}")
    values = sum(len(_values(condition)) for condition in conditions)
    if values > VALUES_MAX:
        raise Refused(INVALID, f"A rule can only have '{VALUES_MAX}' condition values")


def _values(condition: Mapping[str, Any]) -> Sequence[object]:
    configs = (config for name, config in condition.items() if name.endswith("Config") and config)
    return next((config.get("Values") or () for config in configs), condition.get("Values") or ())


def check_protocols(listener: str | None, groups: Iterable[str | None]) -> None:
    """Refuse a listener that forwards to groups of another layer. Raises Refused."""
    for protocol in groups:
        if (listener in HTTP) != (protocol in HTTP):
            raise Refused(
                "IncompatibleProtocols", "The specified configuration is not valid with this protocol."
            )


def check_certificate(protocol: str | None, arn: str | None, status: str | None) -> None:
    """Refuse a listener with TLS whose certificate is missing or not ISSUED.

    Args:
        protocol: the listener's.
        arn: the default certificate's, or None.
        status: in ACM; None when ACM does not know it.

    Raises:
        Refused: with AWS's code.
    """
    if protocol not in WITH_TLS:
        return
    if not arn:
        raise Refused(INVALID, f"A certificate must be specified for {protocol} listeners")
    if ":acm:" not in arn:
        return
    if status is None:
        raise Refused("CertificateNotFound", f"Certificate '{arn}' not found")
    if status != "ISSUED":
        text = "must have a fully-qualified domain name, a supported signature, and a supported key size."
        raise Refused("UnsupportedCertificate", f"The certificate '{arn}' {text}")


def _whole(value: object) -> int | None:
    text = str(value)
    return int(text) if text.removeprefix("-").isdecimal() else None
