"""What Elastic Load Balancing refuses. Source: botocore elbv2's model (ranges) and ecs-behaviour.md 8.1, 8.2."""

from __future__ import annotations

import pytest
from botocore.loaders import Loader

from ecsim.api import elbv2_rules as rules


def refusal(check, *arguments, **named):
    try:
        check(*arguments, **named)
    except rules.Refused as refused:
        return refused.code
    return None


MODEL = Loader().load_service_model("elbv2", "service-2")["shapes"]


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("HealthCheckIntervalSeconds", "healthcheck_interval_seconds"),
        ("HealthCheckTimeoutSeconds", "healthcheck_timeout_seconds"),
        ("HealthCheckThresholdCount", "healthy_threshold_count"),
        ("HealthCheckThresholdCount", "unhealthy_threshold_count"),
    ],
)
def test_health_checks_have_the_models_ranges(shape, name):
    low, high = MODEL[shape]["min"], MODEL[shape]["max"]
    assert refusal(rules.check_health_check, {name: low}) is None
    assert refusal(rules.check_health_check, {name: str(high)}) is None
    assert refusal(rules.check_health_check, {name: low - 1}) == rules.INVALID
    assert refusal(rules.check_health_check, {name: high + 1}) == rules.INVALID


@pytest.mark.parametrize("port", [None, "traffic-port", "1", 65_535])
def test_health_check_ports(port):
    assert refusal(rules.check_port, port) is None
    assert refusal(rules.check_port, "http") == rules.INVALID
    assert refusal(rules.check_port, "0") == rules.INVALID


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("deregistration_delay.timeout_seconds", (0, 3_600), (-1, 3_601, "soon")),
        ("slow_start.duration_seconds", (0, 30, 900), (1, 29, 901)),
        ("stickiness.lb_cookie.duration_seconds", (1, 604_800), (0, 604_801)),
        ("stickiness.app_cookie.duration_seconds", (1, 604_800), (0, 604_801)),
        ("load_balancing.algorithm.type", ("round_robin", "least_outstanding_requests"), ("fastest",)),
        ("stickiness.app_cookie.cookie_name", ("session",), ("AWSALB", "AWSALBTGx")),
    ],
)
def test_attributes(key, good, bad):
    """botocore elbv2 TargetGroupAttribute.Key says the ranges in words; AWS's own cookie names are reserved."""
    for value in good:
        assert refusal(rules.check_attributes, {key: str(value)}, {}, "HTTP") is None
    for value in bad:
        assert refusal(rules.check_attributes, {key: str(value)}, {}, "HTTP") == rules.INVALID


def test_attributes_that_do_not_go_together():
    """ALB User Guide: no slow start with least outstanding requests; unknown keys are refused."""
    before = {"load_balancing.algorithm.type": "least_outstanding_requests"}
    slow = {"slow_start.duration_seconds": "60"}
    assert refusal(rules.check_attributes, slow, before, "HTTP") == rules.CONFIGURATION
    assert refusal(rules.check_attributes, slow, {}, "TCP") == rules.CONFIGURATION
    assert refusal(rules.check_attributes, {"slow_start": "60"}, {}, "HTTP") == rules.INVALID


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        ((0, 999), None),
        ((1,) * 5, None),
        ((1,) * 6, "TooManyTargetGroups"),
        ((1_000,), rules.INVALID),
        ((-1,), rules.INVALID),
    ],
)
def test_forward_actions(weights, code):
    groups = [{"TargetGroupArn": f"g{n}", "Weight": weight} for n, weight in enumerate(weights)]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    assert refusal(rules.check_actions, [action]) == code


def test_a_sticky_rule_says_for_how_long():
    sticky = {"Enabled": True, "DurationSeconds": 604_801}
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": [], "TargetGroupStickinessConfig": sticky}}
    assert refusal(rules.check_actions, [action]) == rules.INVALID
    sticky["DurationSeconds"] = 604_800
    assert refusal(rules.check_actions, [action]) is None


def test_redirects_are_301_or_302():
    """botocore elbv2 RedirectActionStatusCodeEnum."""
    assert tuple(MODEL["RedirectActionStatusCodeEnum"]["enum"]) == rules.REDIRECTS
    action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_308"}}
    assert refusal(rules.check_actions, [action]) == rules.INVALID
    action["RedirectConfig"]["StatusCode"] = "HTTP_302"
    assert refusal(rules.check_actions, [action]) is None


def test_rules_have_at_most_five_values_and_priorities_up_to_fifty_thousand():
    paths = {"Field": "path-pattern", "PathPatternConfig": {"Values": list("abc")}}
    hosts = {"Field": "host-header", "Values": ["d"]}
    assert refusal(rules.check_conditions, [paths, hosts, hosts], 50_000) is None
    assert refusal(rules.check_conditions, [paths, paths], 1) == rules.INVALID
    assert refusal(rules.check_conditions, [], 50_001) == rules.INVALID


@pytest.mark.parametrize(
    ("protocol", "arn", "status", "code"),
    [
        ("HTTP", None, None, None),
        ("HTTPS", None, None, rules.INVALID),
        ("HTTPS", "arn:aws:acm:x", None, "CertificateNotFound"),
        ("TLS", "arn:aws:acm:x", "PENDING_VALIDATION", "UnsupportedCertificate"),
        ("HTTPS", "arn:aws:acm:x", "ISSUED", None),
        ("HTTPS", "arn:aws:iam::123456789012:server-certificate/old", None, None),
    ],
)
def test_listeners_with_tls_need_a_certificate(protocol, arn, status, code):
    assert refusal(rules.check_certificate, protocol, arn, status) == code


@pytest.mark.parametrize(
    ("listener", "group", "code"),
    [
        ("HTTP", "HTTPS", None),
        ("TCP", "TLS", None),
        ("TCP", "HTTP", "IncompatibleProtocols"),
        ("HTTP", "TCP", "IncompatibleProtocols"),
    ],
)
def test_layers_are_not_mixed(listener, group, code):
    assert refusal(rules.check_protocols, listener, [group]) == code
