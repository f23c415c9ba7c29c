"""What the swarm and the fuzzer found, each as its smallest story."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from ecsim.cloud.world import WorldError
from tests.scenarios.story import Story


@pytest.fixture
def shop():
    with Story() as story:
        yield story


def run_one(shop, definition):
    answer = shop.ecs.run_task(
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=shop.network(),
    )
    return answer["tasks"][0]["taskArn"]


def the_task(shop, arn):
    return shop.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]


@pytest.mark.parametrize("trouble", [{"image": "public.ecr.aws/ecslab/web:missing-tag"}, {"secret": True}])
def test_a_task_that_is_stopped_while_its_start_fails(shop, trouble):
    """Swarm seeds 5 and 23: time stood still when the failure of a start came after the task's end."""
    more = {}
    if "secret" in trouble:
        arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:no-AbCdEf"
        more["secrets"] = [{"name": "DB", "valueFrom": arn}]
    arn = run_one(shop, shop.definition(trouble.get("image", "public.ecr.aws/ecslab/web:1.0"), **more))
    shop.advance("13s")  # the start has failed by now; ECS gives it up 10 s later
    shop.ecs.stop_task(cluster="shop", task=arn)
    shop.advance("1m")
    task = the_task(shop, arn)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "UserInitiated")


def test_a_target_that_is_registered_again_while_its_task_drains(shop):
    """Swarm seed 4: the task stayed DEACTIVATING for ever, and its deleted service DRAINING."""
    shop.service(shop.definition(), desired=1)
    shop.stable()
    task = shop.tasks()[0]
    shop.ecs.delete_service(cluster="shop", service="web", force=True)
    shop.advance("5s")
    assert the_task(shop, task["taskArn"])["lastStatus"] == "DEACTIVATING"
    address = next(d["value"] for d in task["attachments"][0]["details"] if d["name"] == "privateIPv4Address")
    shop.elb.register_targets(TargetGroupArn=shop.target_group, Targets=[{"Id": address, "Port": 8080}])
    shop.advance("2m")
    assert the_task(shop, task["taskArn"])["lastStatus"] == "STOPPED"
    assert shop.now()["status"] == "INACTIVE"


def test_a_health_check_port_that_is_no_number(shop):
    """Swarm seed 5: moto takes any text, and the next health check broke time."""
    refusal = "ValidationError.*Health check port no must be within 1-65535 or traffic-port"
    with pytest.raises(ClientError, match=refusal):
        shop.elb.modify_target_group(TargetGroupArn=shop.target_group, HealthCheckPort="no")
    shop.service(shop.definition(), desired=1)
    shop.stable()
    assert shop.healthy() == 1


def test_a_desired_count_beyond_the_quota(shop):
    """Swarm seed 15: a thousand million tasks were really started. Source: General Reference, ECS quotas: 5,000."""
    with pytest.raises(shop.ecs.exceptions.InvalidParameterException, match="5000"):
        shop.service(shop.definition(), desired=10**9)
    assert shop.service(shop.definition(), desired=0)["desiredCount"] == 0
    with pytest.raises(shop.ecs.exceptions.InvalidParameterException, match="5000"):
        shop.update(desiredCount=5_001)


def test_health_checks_of_ended_containers_are_forgotten(shop):
    """Swarm seed 20: each change of the faults woke every container that had ever been well."""
    check = {"command": ["CMD", "true"], "interval": 5, "timeout": 2}
    definition = shop.definition("public.ecr.aws/ecslab/web:1.0", healthCheck=check)
    for _ in range(5):
        arn = run_one(shop, definition)
        shop.advance("1m")
        shop.ecs.stop_task(cluster="shop", task=arn)
        shop.advance("1m")
    shop.cloud.heal()
    assert [wake for wake in shop.cloud.engine.planned() if wake.kind == "health"] == []


@pytest.mark.parametrize(
    ("verb", "args"),
    [
        ("advance", {"duration_ms": 10**18}),
        ("until_stable", {"timeout_ms": 10**18}),
        ("until_stable", {"timeout_ms": 10**400}),
        ("until_stable", {"timeout_ms": float("nan")}),
        ("until_stable", {"timeout_ms": "1m"}),
    ],
)
def test_time_that_would_never_end(shop, verb, args):
    """Fuzz: the steady service woke every six hours of 30 million years."""
    shop.service(shop.definition(), desired=1)
    with pytest.raises(WorldError, match=r"duration_ms|timeout_ms"):
        shop.world.do(verb, args)
