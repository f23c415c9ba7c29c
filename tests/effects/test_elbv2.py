"""Target groups, load balancers, listeners and rules as they are now."""

from __future__ import annotations

import pytest

from ecsim.decide.load_balancing.routing import forwarded_to
from ecsim.effects.elbv2 import Elbv2


@pytest.fixture
def network(rig):
    ec2 = rig.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for n, zone in ((1, "a"), (2, "c"))
    ]
    return vpc, subnets


def group(rig, network, name="web", **more):
    made = rig.client("elbv2").create_target_group(
        Name=name, Protocol="HTTP", Port=8080, VpcId=network[0], TargetType="ip", **more
    )
    return made["TargetGroups"][0]["TargetGroupArn"]


def test_a_target_group_shows_what_behaviour_depends_on(rig, network):
    """Defaults: botocore elbv2 CreateTargetGroupInput (interval 30, timeout 5, 5 healthy, 2 unhealthy, 300 s)."""
    arn = group(rig, network, HealthCheckPath="/health", Matcher={"HttpCode": "200-299"})
    found = Elbv2(rig.gate).target_group(arn)
    assert (found.name, found.port, found.target_type) == ("web", 8080, "ip")
    assert (found.health_check_path, found.matcher) == ("/health", "200-299")
    assert (found.health_check_interval_s, found.health_check_timeout_s) == (30, 5)
    assert (found.healthy_threshold, found.unhealthy_threshold) == (5, 2)
    assert found.deregistration_delay_s == 300
    assert not found.in_use


def test_attributes_and_use_follow_what_the_learner_changes(rig, network):
    arn = group(rig, network)
    effect = Elbv2(rig.gate)
    assert effect.target_group(arn).deregistration_delay_s == 300
    elbv2 = rig.client("elbv2")
    elbv2.modify_target_group_attributes(
        TargetGroupArn=arn, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}]
    )
    assert effect.target_group(arn).deregistration_delay_s == 10
    balancer = elbv2.create_load_balancer(Name="front", Subnets=network[1])["LoadBalancers"][0]
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    assert effect.target_group(arn).in_use


def test_a_target_group_that_is_gone_is_none(rig, network):
    arn = group(rig, network)
    effect = Elbv2(rig.gate)
    assert effect.target_group(arn) is not None
    rig.client("elbv2").delete_target_group(TargetGroupArn=arn)
    assert effect.target_group(arn) is None
    assert effect.target_group("arn:aws:elasticloadbalancing:ap-northeast-1:1:targetgroup/no/1") is None


def test_balancers_have_listeners_with_rules_by_priority_and_the_default_last(rig, network):
    first, second = group(rig, network, "one"), group(rig, network, "two")
    elbv2 = rig.client("elbv2")
    balancer = elbv2.create_load_balancer(Name="front", Subnets=network[1])["LoadBalancers"][0]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": first}],
    )["Listeners"][0]["ListenerArn"]
    for priority, path in ((20, "/b*"), (3, "/a*")):
        elbv2.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [path]}],
            Actions=[{"Type": "forward", "TargetGroupArn": second}],
        )
    effect = Elbv2(rig.gate)
    (found,) = effect.balancers()
    assert [rule.priority for rule in found.listeners[0].rules] == [3, 20, None]
    assert forwarded_to(found.listeners[0].rules[0].actions[0]) == [second]
    assert effect.by_dns_name(balancer["DNSName"].upper()) is found
    assert effect.by_dns_name("elsewhere.example.com") is None
    assert effect.in_use(first)
    assert effect.in_use(second)


def test_registering_targets_costs_no_new_look_ups(rig, network, calls_of):
    arn = group(rig, network)
    effect = Elbv2(rig.gate)
    effect.target_group(arn)
    rig.client("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.1.7", "Port": 8080}])
    assert rig.targets.kept[arn] == [{"Id": "10.0.1.7", "Port": 8080}]
    assert calls_of(lambda: effect.target_group(arn)) == []


@pytest.mark.parametrize(
    ("action", "arns"),
    [
        ({"Type": "forward", "TargetGroupArn": "a"}, ["a"]),
        (
            {
                "Type": "forward",
                "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "a"}, {"TargetGroupArn": "b"}]},
            },
            ["a", "b"],
        ),
        ({"Type": "redirect", "RedirectConfig": {}}, []),
    ],
)
def test_forwarded_to(action, arns):
    assert forwarded_to(action) == arns
