"""Routing, as tables and as laws."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.decide.load_balancing import routing
from ecsim.decide.load_balancing.routing import Asked, FixedResponse, Forward, Redirect, Unsupported
from ecsim.model.network import Listener, ListenerRule, Target, TargetState
from ecsim.model.task import TargetKey


def path(*patterns):
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}


def host(*patterns):
    return {"Field": "host-header", "Values": list(patterns)}


@pytest.mark.parametrize(
    ("condition", "asked", "holds"),
    [
        (path("/api/*"), Asked(path="/api/orders"), True),
        (path("/api/*"), Asked(path="/api/"), True),
        pytest.param(path("/api/*"), Asked(path="/api"), False, id="/api/* does not match /api"),
        pytest.param(path("/API/*"), Asked(path="/api/x"), False, id="paths are case-sensitive"),
        pytest.param(path("/a"), Asked(path="/a", query="b=c"), True, id="the query is no part of the path"),
        pytest.param(
            path("/*.jp?g"), Asked(path="/img/cat.jpeg"), True, id="* spans slashes, ? is one letter"
        ),
        (path("/*.jp?g"), Asked(path="/cat.jpg"), False),
        pytest.param(path("/a.c"), Asked(path="/abc"), False, id="a dot is a dot"),
        pytest.param(path("/x", "/y"), Asked(path="/y"), True, id="any value will do"),
        pytest.param(host("*.Example.com"), Asked(host="shop.example.COM"), True, id="hosts ignore case"),
        (host("*.example.com"), Asked(host="example.com"), False),
        ({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}}, Asked(), False),
        (
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "HEAD"]}},
            Asked(),
            True,
        ),
        (
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["ye*"]}},
            Asked(headers={"x-beta": "YES"}),
            True,
        ),
        (
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["*"]}},
            Asked(),
            False,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}},
            Asked(query="a=1&v=2"),
            True,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Value": "*beta*"}]}},
            Asked(query="channel=my-beta-1"),
            True,
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}},
            Asked(query="v=3"),
            False,
        ),
        (
            {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8", "203.0.113.0/24"]}},
            Asked(source_ip="203.0.113.9"),
            True,
        ),
        ({"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}}, Asked(), False),
        ({"Field": "phase-of-the-moon", "Values": ["full"]}, Asked(), False),
    ],
)
def test_conditions(condition, asked, holds):
    """ecs-behaviour.md 8.2 and botocore elbv2 RuleCondition."""
    assert routing.holds(condition, asked) is holds


def rule(priority, *conditions):
    return ListenerRule(arn=f"rule-{priority}", priority=priority, conditions=conditions)


def test_the_lowest_priority_number_wins_and_the_default_rule_comes_last():
    """ecs-behaviour.md 8.2: lowest first, default rule last and condition-less."""
    rules = (rule(None), rule(20, path("/api/*")), rule(5, path("/*")), rule(10, path("/api/v1/*")))
    listener = Listener(arn="l", port=80, protocol="HTTP", rules=rules)
    assert routing.meet(listener, Asked(path="/api/v1/x")).priority == 5
    later = replace(listener, rules=tuple(r for r in rules if r.priority != 5))
    assert routing.meet(later, Asked(path="/api/v1/x")).priority == 10
    assert routing.meet(later, Asked(path="/api/x")).priority == 20
    assert routing.meet(later, Asked(path="/")).priority is None


def test_all_conditions_of_a_rule_must_hold():
    listener = Listener(
        arn="l", port=80, protocol="HTTP", rules=(rule(1, path("/a"), host("shop.example")), rule(None))
    )
    assert routing.meet(listener, Asked(path="/a", host="shop.example")).priority == 1
    assert routing.meet(listener, Asked(path="/a", host="other.example")).priority is None


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ({"Type": "forward", "TargetGroupArn": "g"}, Forward("g")),
        (
            {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "closed"}},
            FixedResponse(503, "closed", "text/plain"),
        ),
        (
            {
                "Type": "redirect",
                "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
            },
            Redirect(301, "https://shop.example:443/cart?id=7"),
        ),
        (
            {
                "Type": "redirect",
                "RedirectConfig": {
                    "Host": "new.#{host}",
                    "Path": "/old/#{path}",
                    "Query": "#{query}&from=shop",
                    "StatusCode": "HTTP_302",
                },
            },
            Redirect(302, "http://new.shop.example:80/old/cart?id=7&from=shop"),
        ),
        ({"Type": "authenticate-oidc"}, Unsupported("authenticate-oidc")),
    ],
)
def test_actions(action, outcome):
    """botocore elbv2 RedirectActionConfig (placeholders keep what they are not told to change)."""
    asked = Asked(host="shop.example", path="/cart", query="id=7")
    assert routing.act([action], asked, nth=0) == outcome


def test_the_last_action_by_order_answers():
    actions = [
        {"Type": "forward", "TargetGroupArn": "g", "Order": 2},
        {"Type": "authenticate-oidc", "Order": 1},
    ]
    assert routing.act(actions, Asked(), nth=0) == Forward("g")
    assert routing.act([], Asked(), nth=0) == Unsupported("none")


def weighted(*weights):
    groups = [{"TargetGroupArn": f"g{n}", "Weight": weight} for n, weight in enumerate(weights)]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


@settings(deadline=None)
@given(st.lists(st.integers(0, 999), min_size=1, max_size=5).filter(any))
def test_weights_are_kept(weights):
    """botocore elbv2 TargetGroupTuple.Weight: 0 to 999; a group of weight 0 gets nothing."""
    asked = 500
    got = Counter(routing.act(weighted(*weights), Asked(), nth=n).target_group_arn for n in range(asked))
    for n, weight in enumerate(weights):
        expected = asked * weight / sum(weights)
        assert abs(got[f"g{n}"] - expected) <= asked * 0.02
        if weight == 0:
            assert got[f"g{n}"] == 0


def test_ninety_to_ten_is_fair_in_any_ten():
    arns = [routing.act(weighted(90, 10), Asked(), nth=n).target_group_arn for n in range(100)]
    assert Counter(arns)["g1"] == 10
    assert all(Counter(arns[n : n + 20])["g1"] in (1, 2, 3) for n in range(0, 80, 5))


# Targets


def target(n, state=TargetState.HEALTHY, since_ms=0):
    key = TargetKey(target_group_arn="g", target_id=f"10.0.0.{n}", port=80)
    return Target(key=key, state=state, became_healthy_at_ms=since_ms)


states = st.sampled_from(sorted(TargetState))
some = st.lists(states, max_size=12).map(lambda all_: [target(n, state) for n, state in enumerate(all_)])


@given(some, st.integers(0, 10_000))
def test_who_may_be_asked(targets, nth):
    """ecs-behaviour.md 8.1: healthy ones; if there is none the balancer fails open; draining ones never."""
    chosen = routing.choose(targets, nth=nth)
    known = {t.state for t in targets}
    if TargetState.HEALTHY in known:
        assert chosen.state is TargetState.HEALTHY
    elif known & {TargetState.UNHEALTHY, TargetState.INITIAL, TargetState.UNAVAILABLE}:
        assert chosen.state not in (TargetState.DRAINING, TargetState.UNUSED)
    else:
        assert chosen is None


@given(some.filter(bool), st.integers(0, 1_000))
def test_round_robin_asks_everybody_once_a_round(targets, start):
    able = routing.eligible(targets)
    chosen = [routing.choose(targets, nth=start + n) for n in range(len(able))]
    assert {t.key for t in chosen if t is not None} == {t.key for t in able}


def test_slow_start_grows_from_nothing_to_a_full_share():
    """ecs-behaviour.md 8.1: slow_start.duration_seconds 30 to 900, linear."""
    old, new = target(1, since_ms=-1_000_000), target(2, since_ms=0)

    def share(now_ms):
        picks = [
            routing.choose([old, new], nth=n, now_ms=now_ms, slow_start_s=60).key.target_id
            for n in range(1_000)
        ]
        return Counter(picks)["10.0.0.2"] / 1_000

    assert share(0) == 0
    assert share(30_000) == pytest.approx(1 / 3, abs=0.01)
    assert share(60_000) == 0.5
    alone = routing.choose([new], nth=0, now_ms=0, slow_start_s=60)
    assert alone == new


def test_when_all_are_in_slow_start_somebody_is_asked():
    both = [target(1), target(2)]
    picks = {routing.choose(both, nth=n, now_ms=0, slow_start_s=60).key.target_id for n in range(2)}
    assert picks == {"10.0.0.1", "10.0.0.2"}


def test_draws_fill_their_range_evenly():
    drawn = [routing.draw(n) for n in range(1_000)]
    assert all(0 <= draw < routing.DRAWS for draw in drawn)
    assert max(Counter(draw // 100_000 for draw in drawn).values()) <= 102
