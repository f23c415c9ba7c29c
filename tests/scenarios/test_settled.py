"""A settled cloud: what was called has happened when the call answers. Nobody advances time here."""

from __future__ import annotations

import pytest

from ecsim.cloud.cloud import Cloud
from ecsim.cloud.settling import LIMIT_MS

CONTAINER = {"name": "web", "image": "nginx:1", "essential": True}


class Shop:
    def __init__(self, cloud):
        self.cloud, self.ecs = cloud, cloud.client("ecs")
        ec2 = cloud.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        self.where = {
            "cluster": "shop",
            "launchType": "FARGATE",
            "networkConfiguration": {
                "awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}
            },
        }
        self.ecs.create_cluster(clusterName="shop")
        self.register()

    def register(self, image="nginx:1"):
        return self.ecs.register_task_definition(
            family="web",
            cpu="256",
            memory="512",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            containerDefinitions=[{**CONTAINER, "image": image}],
        )["taskDefinition"]

    def create(self, **more):
        request = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 2, **self.where, **more}
        return self.ecs.create_service(**request)["service"]

    def update(self, **more):
        return self.ecs.update_service(cluster="shop", service="web", **more)["service"]


@pytest.fixture
def shop():
    with Cloud(settled=True, strict=True) as cloud:
        yield Shop(cloud)


def test_tasks_run_when_run_task_answers_and_are_stopped_when_stop_task_does(shop):
    tasks = shop.ecs.run_task(taskDefinition="web", count=2, tags=[{"key": "a", "value": "b"}], **shop.where)[
        "tasks"
    ]
    assert [task["lastStatus"] for task in tasks] == ["RUNNING", "RUNNING"]
    assert tasks[0]["tags"] == [{"key": "a", "value": "b"}]
    task = shop.ecs.stop_task(cluster="shop", task=tasks[0]["taskArn"], reason="enough")["task"]
    assert (task["lastStatus"], task["stoppedReason"]) == ("STOPPED", "enough")


def test_a_service_is_complete_when_it_is_answered(shop):
    service = shop.create()
    assert (service["runningCount"], service["pendingCount"]) == (2, 0)
    assert [each["rolloutState"] for each in service["deployments"]] == ["COMPLETED"]
    shop.register("nginx:2")
    service = shop.update(taskDefinition="web", desiredCount=3)
    assert service["runningCount"] == 3
    assert [each["taskDefinition"][-1] for each in service["deployments"]] == ["2"]
    assert shop.update(desiredCount=0)["runningCount"] == 0
    gone = shop.ecs.delete_service(cluster="shop", service="web")["service"]
    assert gone["status"] == "INACTIVE"


def test_what_cannot_be_is_waited_for_once(shop):
    """No container instance is there: the limit passes, and then no more time."""
    shop.ecs.register_task_definition(family="ec2", containerDefinitions=[{**CONTAINER, "memory": 64}])
    service = shop.ecs.create_service(
        cluster="shop", serviceName="stuck", taskDefinition="ec2", desiredCount=1, launchType="EC2"
    )["service"]
    assert service["runningCount"] == 0
    waited = shop.cloud.now_ms
    assert waited >= LIMIT_MS
    assert shop.create()["runningCount"] == 2
    assert shop.cloud.now_ms - waited < LIMIT_MS


def test_looking_takes_no_time(shop):
    shop.create()
    before = shop.cloud.now_ms
    shop.ecs.describe_services(cluster="shop", services=["web"])
    shop.ecs.list_tasks(cluster="shop")
    assert shop.cloud.now_ms == before


def test_the_journal_tells_what_happened_on_the_way(shop):
    shop.create(desiredCount=1)
    task = next(iter(shop.cloud.store.tasks))
    moments = [
        e.at_ms for e in shop.cloud.journal if e.kind == "task.status" and e.subject.endswith(task[-32:])
    ]
    assert moments == sorted(moments)
    assert moments[-1] > moments[0]
