"""Lab 09: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import play, source
from tests.labs.test_clean_up import test_cleaning_up_leaves_nothing_that_costs as cleaned_up

LAB = "09-load-balancing"
TWO_VALUES = '{"Values": ["/api", "/api/*"]}'
HTTPS_RULE = """elbv2.create_rule(
    ListenerArn=https["ListenerArn"],
    Priority=10,
    Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api", "/api/*"]}}],
    Actions=[{"Type": "forward", "TargetGroupArn": api_group}],
)
"""
FORCED = 'ecs.update_service(cluster="shop", service="api", forceNewDeployment=True)'
REDIRECT = '"RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}'
OPEN_443 = """ec2.authorize_security_group_ingress(
    GroupId=given["alb_security_group"],
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ],
)
"""
PRIORITIES = """elbv2.set_rule_priorities(
    RulePriorities=[
        {"RuleArn": narrow["RuleArn"], "Priority": 10},
        {"RuleArn": raffle["RuleArn"], "Priority": 20},
    ]
)
"""
NARROWER = """elbv2.modify_rule(
    RuleArn=raffle["RuleArn"],
    Conditions=[{"Field": "path-pattern", "Values": ["/raffle*"]}],
)
"""
HEALTH_PATH = """    HealthCheckPath="/healthz",
    HealthCheckPort="traffic-port",
"""

RIGHT = {
    "two rules instead of two values": (
        "1.1",
        {
            "answer-1": (
                "network = {",
                'elbv2.modify_rule(RuleArn=api_rule["RuleArn"], '
                'Conditions=[{"Field": "path-pattern", "Values": ["/api"]}])\n'
                'elbv2.create_rule(ListenerArn=http["ListenerArn"], Priority=11, '
                'Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}], '
                'Actions=[{"Type": "forward", "TargetGroupArn": api_group}])\nnetwork = {',
            )
        },
    ),
    "slower checks within the limit": ("2.1", {"answer-2": ("5, 3, 2", "10, 5, 3")}),
    "the wide rule made narrow": ("5.2", {"answer-5b": (PRIORITIES, NARROWER)}),
}
SLOW_RIGHT = ("the wide rule made narrow",)

WRONG = {
    "no-rule": ("1.1", {"answer-1": (TWO_VALUES, '{"Values": ["/API/*"]}')}),
    "only-below": ("1.1", {"answer-1": (TWO_VALUES, '{"Values": ["/api/*"]}')}),
    "only-itself": ("1.1", {"answer-1": (TWO_VALUES, '{"Values": ["/api"]}')}),
    "bees": ("1.1", {"answer-1": (TWO_VALUES, '{"Values": ["/api*"]}')}),
    "too-wide": ("1.1", {"answer-1": (TWO_VALUES, '{"Values": ["/", "/api", "/api/*"]}')}),
    "no-load-balancer": (
        "1.2",
        {
            "answer-1": (
                '    loadBalancers=[{"targetGroupArn": api_group, "containerName": "api", "containerPort": 8080}],\n',
                "",
            )
        },
    ),
    "other-group": (
        "1.2",
        {
            "answer-1": (
                'loadBalancers=[{"targetGroupArn": api_group',
                'loadBalancers=[{"targetGroupArn": given["target_group_arn"]',
            )
        },
    ),
    "shut-out": ("1.2", {"answer-1": ('given["web_security_group"]', 'given["alb_security_group"]')}),
    "unchanged": ("2.1", {"answer-2": "longest = 65"}),
    "too-late": ("2.1", {"answer-2": ("5, 3, 2", "30, 5, 2")}),
    "without-timeout": ("2.1", {"answer-2": ("interval * failures + timeout", "interval * failures")}),
    "right-after-a-check": (
        "2.1",
        {"answer-2": ("interval * failures + timeout", "interval * (failures - 1) + timeout")},
    ),
    "nobody-hung": ("2.1", {"answer-2": ('cloud.fault("hang", task)', "pass")}),
    "cuts": ("3.1", {"answer-3": ('"Value": "40"', '"Value": "10"')}),
    "the-default": ("3.1", {"answer-3": ('"Value": "40"', '"Value": "300"')}),
    "not-again": ("3.1", {"answer-3": (FORCED, "")}),
    "nobody-came": (
        "3.1",
        {
            "answer-3": (
                'customers = cloud.traffic.closed(given["url"] + "api/report", clients=5)',
                'customers = cloud.traffic.burst(given["url"] + "api/report", requests=1)',
            )
        },
    ),
    "old-revision": ("3.1", {"answer-3": ('taskDefinition="api:2"', 'taskDefinition="api:1"')}),
    "rules-left-behind": ("4.1", {"answer-4": (HTTPS_RULE, "")}),
    "closed": ("4.1", {"answer-4": (OPEN_443, "print = lambda *_: None\ncloud.http.get = print\n")}),
    "certificate": ("4.1", {"answer-4": ("DomainName=domain", 'DomainName="example.com"')}),
    "alias-zone": ("4.1", {"answer-4": ('shop["CanonicalHostedZoneId"]', 'given["zone_id"]')}),
    "api-in-the-clear": ("4.2", {"answer-4": ('elbv2.delete_rule(RuleArn=api_rule["RuleArn"])\n', "")}),
    "for-now": ("4.2", {"answer-4": ("HTTP_301", "HTTP_302")}),
    "in-circles": (
        "4.2",
        {
            "answer-4": (
                REDIRECT,
                '"RedirectConfig": {"Protocol": "HTTP", "Port": "80", "Path": "/#{path}", "StatusCode": "HTTP_301"}',
            )
        },
    ),
    "by-the-targets": ("5.1", {"answer-5": ("answer.status", "503")}),
    "cause": ("5.1", {"answer-5": ('"wrong": wrong', '"wrong": "port"')}),
    "hidden": ("5.2", {"answer-5b": (PRIORITIES, "")}),
    "raffle": ("5.2", {"answer-5b": (PRIORITIES, 'elbv2.delete_rule(RuleArn=raffle["RuleArn"])\n')}),
    "anything-goes": (
        "5.2",
        {"answer-5b": (HEALTH_PATH, '    Matcher={"HttpCode": "200-499"},\n')},
    ),
    "not-healthy": ("5.2", {"answer-5b": ('HealthCheckPath="/healthz"', 'HealthCheckPath="/healthy"')}),
}
QUICK = ("only-below", "bees", "shut-out", "without-timeout")
"""Those that `make test` plays; the others are played by `make test-all`."""


def _marked(names, quick):
    return [name if name in quick else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", _marked(RIGHT, [name for name in RIGHT if name not in SLOW_RIGHT]))
def test_other_right_ways_pass(name):
    check, answers = RIGHT[name]
    mistakes, runs = play(LAB, answers, until=check)
    assert [run.error for run in runs if run.error] == []
    assert mistakes[check] is None


@pytest.mark.parametrize("name", _marked(WRONG, QUICK))
def test_mistakes_are_called_by_their_names(name):
    check, answers = WRONG[name]
    mistakes, _runs = play(LAB, answers, until=check)
    assert mistakes[check] == name


def test_there_are_at_least_two_named_mistakes_a_task():
    tasks = [check.partition(".")[0] for check, _ in WRONG.values()]
    assert all(tasks.count(task) >= 2 for task in "12345")


@pytest.mark.parametrize("seed", [3, 10, 11])
@pytest.mark.slow
def test_the_three_causes_look_different(seed):
    """Path, port and security group: the diagnosis of the solution is right for each."""
    from ecslab.course.modules import load_module

    causes = {load_module(source(LAB).folder / "setup.py").cause(one) for one in (3, 10, 11)}
    assert len(causes) == 3
    mistakes, runs = play(LAB, seed=seed)
    assert [run.error for run in runs if run.error] == []
    assert set(mistakes.values()) == {None}


@pytest.mark.slow
def test_strangers_are_noticed():
    """The tasks opened to everybody: with the cause "security group" that would help as well."""
    opened = (
        'ec2.authorize_security_group_ingress(GroupId=given["reviews_security_group"], IpPermissions=[{"IpProtocol": '
        '"tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])\ncloud.advance("2m")'
    )
    mistakes, _runs = play(LAB, {"answer-5b": ('cloud.advance("2m")', opened)}, until="5.2")
    assert mistakes["5.2"] == "open-to-strangers"


@pytest.mark.slow
def test_cleaning_up_leaves_nothing_that_costs():
    cleaned_up(LAB)
