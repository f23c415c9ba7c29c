"""The letter without the sense: what looks right at one moment, and is called by its name."""

from __future__ import annotations

import pytest

from tests.labs.rig import FIRST, ROLLING, play, source

SERVICES = "06-services"

BALANCER = """
mine = elbv2.create_load_balancer(Name="decoy", Subnets=[one["SubnetId"] for one in boto3.client("ec2")
    .describe_subnets()["Subnets"]][:2])["LoadBalancers"][0]
elbv2.create_listener(LoadBalancerArn=mine["LoadBalancerArn"], Port=80, Protocol="HTTP", DefaultActions=[
    {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200", "MessageBody": "all is well"}}])
decoy = "http://" + mine["DNSName"] + "/"
"""
HEALTHY_ADDRESSES = """
found = elbv2.describe_target_health(TargetGroupArn=cloud.given["target_group_arn"])["TargetHealthDescriptions"]
borrowed = [one["Target"] for one in found if one["TargetHealth"]["State"] == "healthy"][:2]
"""

TRAPS = {
    "02: four tasks by beginning anew": (
        FIRST,
        "6.1",
        "began-anew",
        {
            "answer-6": """
old = ecs.describe_services(cluster="shop", services=["web"])["services"][0]
ecs.delete_service(cluster="shop", service="web", force=True)
ecs.get_waiter("services_inactive").wait(cluster="shop", services=["web"])
ecs.create_service(cluster="shop", serviceName="web", taskDefinition=old["taskDefinition"], desiredCount=4,
    launchType="FARGATE", networkConfiguration=old["networkConfiguration"], loadBalancers=old["loadBalancers"])
cloud.until_stable("web")
cloud.advance("3m")
"""
        },
    ),
    "02: no task is a healthy service": (
        FIRST,
        "4.1",
        "desired",
        {"answer-4": ("desiredCount=2", "desiredCount=0")},
    ),
    "06: three tasks by asking for fewer and for three again": (
        SERVICES,
        "1.2",
        "by-hand",
        {
            "answer-1b": (
                'cloud.until_stable("web")\n',
                "for count in (2, 3):\n"
                '    ecs.update_service(cluster="shop", service="web", desiredCount=count)\n'
                '    cloud.until_stable("web")\n',
            )
        },
    ),
    "06: an api without the load balancer, and others' addresses behind it": (
        SERVICES,
        "2.1",
        "no-grace",
        {
            "answer-2": HEALTHY_ADDRESSES
            + """
ecs.update_service(cluster="shop", service="api", loadBalancers=[])
cloud.until_stable("api")
elbv2.register_targets(TargetGroupArn=cloud.given["api_target_group_arn"], Targets=borrowed)
cloud.advance("5m")
"""
        },
    ),
    "06: down to none, and up to two": (
        SERVICES,
        "3.1",
        "went-lower",
        {
            "answer-3": (
                'ecs.update_service(cluster="shop", service="web", desiredCount=2)',
                'ecs.update_service(cluster="shop", service="web", desiredCount=0)\n'
                'ecs.update_service(cluster="shop", service="web", desiredCount=2)',
            )
        },
    ),
    "11: customers of somebody else": (
        ROLLING,
        "1.1",
        "quiet",
        {"answer-1": ("report = None\n", f"report = None\n{BALANCER}\nurl, shop = decoy, url\n")},
    ),
    "11: all the customers at the beginning": (
        ROLLING,
        "1.1",
        "quiet",
        {
            "answer-1": """
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:2.0"))
customers = cloud.traffic.constant(url, per_second=150)
cloud.advance("5s")
report = customers.stop()
cloud.until_stable("web")
"""
        },
    ),
    "11: a fourth task that belongs to no service": (
        ROLLING,
        "3.1",
        "too-many",
        {
            "answer-3": (
                "ecs.update_service(",
                'web = ecs.describe_services(cluster="shop", services=["web"])["services"][0]\n'
                'ecs.run_task(cluster="shop", taskDefinition="web", launchType="FARGATE",\n'
                '             networkConfiguration=web["networkConfiguration"])\n'
                "ecs.update_service(",
            )
        },
    ),
}


CHEAP = (
    "02: no task is a healthy service",
    "06: an api without the load balancer, and others' addresses behind it",
)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in CHEAP else pytest.mark.slow) for name in TRAPS]
)
def test_the_letter_is_not_enough(name):
    slug, check, mistake, answers = TRAPS[name]
    mistakes, runs = play(slug, answers, until=check)
    assert [run.error for run in runs if run.error and not run.check_failed] == []
    assert mistakes[check] == mistake


@pytest.mark.slow
def test_a_delay_that_is_shortened_when_all_is_over():
    text = next(cell.source("en", solved=True) for cell in source(ROLLING).cells if cell.key == "answer-6")
    call = text[text.index("elbv2.modify") : text.index("ecs.update_service")]
    longer = text.replace('"Value": "10"', '"Value": "120"')
    mistakes, runs = play(ROLLING, {"answer-6": f"{longer}\n{call}"}, until="6.1")
    assert [run.error for run in runs if run.error and not run.check_failed] == []
    assert mistakes["6.1"] == "delay"
