"""Cookies of sticky sessions, and security groups: tables and laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.decide.load_balancing import routing, stickiness
from ecsim.decide.load_balancing.reachability import admits
from ecsim.model.network import Balancer, IngressRule, Target, TargetGroup, TargetState
from ecsim.model.task import TargetKey

GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/0123456789abcdef"


def target(n, state=TargetState.HEALTHY, zone=None):
    key = TargetKey(target_group_arn=GROUP, target_id=f"10.0.0.{n}", port=80)
    return Target(key=key, state=state, availability_zone=zone)


def sticky(kind="lb_cookie", seconds=60, cookie=""):
    return TargetGroup(arn=GROUP, name="web", stickiness=kind, sticky_s=seconds, sticky_cookie=cookie)


def browser(line):
    """The request headers of a browser that got this Set-Cookie line."""
    return {"cookie": f"theme=dark; {line.partition(';')[0]}"}


# Sticky sessions. Source: ALB User Guide, sticky-sessions; botocore elbv2 TargetGroupAttribute (1 to 604800 s).


@given(
    st.lists(st.sampled_from(sorted(TargetState)), min_size=1, max_size=6),
    st.integers(0, 5),
    st.integers(1, 604_800),
    st.integers(0, 700_000_000),
)
def test_a_cookie_is_followed_while_it_lasts_and_its_target_is_healthy(found, n, seconds, later_ms):
    targets = [target(place, state) for place, state in enumerate(found)]
    mine = targets[n % len(targets)]
    line = stickiness.target_cookie(sticky(seconds=seconds), mine, {}, now_ms=0)
    cookies = stickiness.cookies_of(browser(line))
    stays = stickiness.stays_with_target(sticky(seconds=seconds), targets, cookies, now_ms=later_ms)
    expected = mine if later_ms < seconds * 1_000 and mine.state is TargetState.HEALTHY else None
    assert stays == expected


@given(st.text(max_size=60))
def test_no_cookie_however_strange_is_mistaken_for_one(value):
    cookies = stickiness.cookies_of({"cookie": f"AWSALB={value}; AWSALBTG={value}"})
    assert stickiness.stays_with_target(sticky(), [target(1)], cookies, now_ms=0) is None
    assert stickiness.stays_with_group([GROUP], cookies, now_ms=0) is None


@pytest.mark.parametrize(
    ("answered", "begins"),
    [
        ({"set-cookie": "session=abc; Path=/"}, True),
        ({"set-cookie": "theme=dark\nsession=abc"}, True),
        ({"set-cookie": "sessions=abc"}, False),
        ({}, False),
    ],
)
def test_an_application_cookie_begins_the_session(answered, begins):
    """app_cookie: the load balancer binds the client when the application sets its own cookie."""
    group = sticky("app_cookie", cookie="session")
    line = stickiness.target_cookie(group, target(1), answered, now_ms=0)
    assert (line is not None) is begins
    if line is not None:
        assert line.startswith("AWSALBAPP-0=")
        cookies = stickiness.cookies_of(browser(line))
        assert stickiness.stays_with_target(group, [target(2), target(1)], cookies, now_ms=1) == target(1)


def test_without_stickiness_no_cookie_is_made_or_followed():
    line = stickiness.target_cookie(sticky(), target(1), {}, now_ms=0)
    cookies = stickiness.cookies_of(browser(line))
    off = sticky("")
    assert stickiness.target_cookie(off, target(1), {}, now_ms=0) is None
    assert stickiness.stays_with_target(off, [target(1)], cookies, now_ms=0) is None


def test_a_group_cookie_is_followed_only_while_its_group_has_a_weight():
    """botocore elbv2 TargetGroupStickinessConfig."""
    config = {
        "TargetGroups": [{"TargetGroupArn": "a", "Weight": 1}, {"TargetGroupArn": "b", "Weight": 1}],
        "TargetGroupStickinessConfig": {"Enabled": "true", "DurationSeconds": 60},
    }
    action = {"Type": "forward", "ForwardConfig": config}
    cookies = stickiness.cookies_of(browser(stickiness.group_cookie("b", sticky_s=60, now_ms=0)))
    assert stickiness.stays_with_group(["a", "b"], cookies, now_ms=59_999) == "b"
    assert stickiness.stays_with_group(["a", "b"], cookies, now_ms=60_000) is None
    for nth in range(5):
        asked = routing.Asked()
        assert routing.act([action], asked, nth=nth, stays_with="b") == routing.Forward("b", 60)
        assert routing.act([action], asked, nth=nth, stays_with="gone").target_group_arn in ("a", "b")
    config["TargetGroups"][1]["Weight"] = 0
    assert routing.act([action], routing.Asked(), nth=0, stays_with="b").target_group_arn == "a"


# Who is asked. Source: ALB User Guide, load-balancer-target-groups (routing algorithm); NLB User Guide.


@given(st.dictionaries(st.integers(1, 9), st.integers(0, 5), min_size=1), st.integers(0, 99))
def test_least_outstanding_requests_never_asks_somebody_busier(busy, nth):
    targets = [target(n) for n in busy]
    in_flight = {target(n).key: count for n, count in busy.items()}
    chosen = routing.choose(targets, nth=nth, algorithm="least_outstanding_requests", in_flight=in_flight)
    assert in_flight[chosen.key] == min(busy.values())


def test_weighted_random_is_even_in_the_long_run():
    targets = [target(n) for n in range(4)]
    asked = [routing.choose(targets, nth=n, algorithm="weighted_random").key.target_id for n in range(400)]
    assert {asked.count(each.key.target_id) for each in targets} <= set(range(97, 104))


@pytest.mark.parametrize(
    ("zones", "asked"),
    [
        pytest.param({"a": "hh", "c": "h"}, [{"a"}, {"c"}], id="each node its own zone"),
        pytest.param({"a": "u", "c": "h"}, [{"c"}, {"c"}], id="a zone without a healthy target leaves DNS"),
        pytest.param({"a": "u", "c": "u"}, [{"a"}, {"c"}], id="no healthy target anywhere: all are named"),
        pytest.param({"a": "d", "c": ""}, [set(), set()], id="nobody may be asked"),
    ],
)
def test_zones(zones, asked):
    states = {"h": TargetState.HEALTHY, "u": TargetState.UNHEALTHY, "d": TargetState.DRAINING}
    targets = [
        target(n, states[letter], zone)
        for n, (zone, letter) in enumerate((zone, letter) for zone, each in zones.items() for letter in each)
    ]
    for nth, expected in enumerate(asked):
        found = routing.in_zone(targets, list(zones), nth=nth)
        assert {each.availability_zone for each in found} == expected


@pytest.mark.parametrize(
    ("balancer", "group", "crosses"),
    [
        (True, "use_load_balancer_configuration", True),
        (False, "use_load_balancer_configuration", False),
        (True, "false", False),
        (False, "true", True),
    ],
)
def test_cross_zone(balancer, group, crosses):
    """botocore elbv2: load_balancing.cross_zone.enabled of a group goes before its load balancer's."""
    made = Balancer(arn="lb", name="lb", dns_name="lb", cross_zone=balancer)
    assert routing.crosses_zones(TargetGroup(arn=GROUP, name="web", cross_zone=group), made) is crosses


@pytest.mark.parametrize(
    ("pattern", "host", "good"),
    [
        ("shop.example.com", "SHOP.example.com.", True),
        ("*.example.com", "shop.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "a.shop.example.com", False),
        ("example.com", "shop.example.com", False),
    ],
)
def test_certificates(pattern, host, good):
    """ACM User Guide, certificate characteristics: a wildcard stands for one label."""
    assert routing.covers(pattern, host) is good


# Security groups. Source: Amazon VPC User Guide, security group rules.


@pytest.mark.parametrize(
    ("rule", "port", "let_in"),
    [
        (IngressRule(protocol="tcp", from_port=8080, to_port=8080, groups=("sg-alb",)), 8080, True),
        (IngressRule(protocol="tcp", from_port=80, to_port=80, groups=("sg-alb",)), 8080, False),
        (IngressRule(protocol="tcp", from_port=32768, to_port=61000, groups=("sg-alb",)), 40000, True),
        (IngressRule(protocol="udp", from_port=8080, to_port=8080, groups=("sg-alb",)), 8080, False),
        (IngressRule(protocol="-1", groups=("sg-alb",)), 8080, True),
        (IngressRule(protocol="tcp", from_port=8080, to_port=8080, groups=("sg-web",)), 8080, False),
        (IngressRule(protocol="tcp", from_port=8080, to_port=8080, cidrs=("10.0.0.0/16",)), 8080, True),
        pytest.param(
            IngressRule(protocol="tcp", from_port=8080, to_port=8080, cidrs=("10.0.1.0/24",)),
            8080,
            False,
            id="one node of two is not enough",
        ),
    ],
)
def test_security_groups(rule, port, let_in):
    nodes = ("10.0.1.5", "10.0.2.5")
    assert admits([rule], port=port, addresses=nodes, groups=("sg-alb",)) is let_in
    assert not admits([], port=port, addresses=nodes, groups=("sg-alb",))


@given(st.integers(1, 65_535), st.integers(1, 65_535), st.integers(1, 65_535))
def test_a_rule_is_open_exactly_between_its_ports(low, high, port):
    rule = IngressRule(protocol="tcp", from_port=low, to_port=high, cidrs=("0.0.0.0/0",))
    assert admits([rule], port=port, addresses=("203.0.113.10",)) is (low <= port <= high)
