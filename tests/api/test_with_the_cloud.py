"""The ECS API as callers meet it: boto3 and the AWS CLI against a whole cloud, in process."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from ecsim.cloud import awscli
from ecsim.cloud.cloud import Cloud
from tests.api.rig import container, fargate_definition

START = datetime(2026, 4, 1, tzinfo=UTC)


class Shop:
    """A cloud with a VPC, a load balancer and a target group."""

    def __init__(self):
        self.cloud = Cloud(7, strict=True)
        self.ecs = self.cloud.client("ecs")
        ec2, elb = self.cloud.client("ec2"), self.cloud.client("elbv2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2)
        ]
        self.elsewhere = ec2.create_subnet(
            VpcId=ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"], CidrBlock="10.1.0.0/24"
        )["Subnet"]["SubnetId"]
        balancer = elb.create_load_balancer(Name="shop", Subnets=self.subnets)["LoadBalancers"][0]
        self.group = elb.create_target_group(
            Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip"
        )["TargetGroups"][0]["TargetGroupArn"]
        forward = [{"Type": "forward", "TargetGroupArn": self.group}]
        elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=forward
        )
        self.network = {"awsvpcConfiguration": {"subnets": self.subnets}}
        self.ecs.create_cluster(clusterName="shop")
        self.ecs.register_task_definition(**fargate_definition())

    def service(self, **changes):
        request = {
            "cluster": "shop",
            "serviceName": "web",
            "taskDefinition": "web",
            "desiredCount": 2,
            "launchType": "FARGATE",
            "networkConfiguration": self.network,
            "loadBalancers": [{"targetGroupArn": self.group, "containerName": "web", "containerPort": 80}],
            **changes,
        }
        return self.ecs.create_service(**request)["service"]

    def aws(self, *words):
        """Run the real AWS CLI."""
        code, out, problem = awscli.run(words, self.cloud.gate.handle)
        assert code == 0, problem
        return json.loads(out) if out else {}

    def described(self):
        return self.ecs.describe_services(cluster="shop", services=["web"])["services"][0]


@pytest.fixture
def shop():
    made = Shop()
    yield made
    made.cloud.close()


def test_a_service_from_its_creation_to_its_end(shop):
    created = shop.service()
    assert created["createdAt"] == START
    assert (created["runningCount"], created["deployments"][0]["rolloutState"]) == (0, "IN_PROGRESS")
    shop.cloud.advance("5m")
    steady = shop.described()
    assert (steady["runningCount"], steady["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    assert steady["events"][0]["message"] == "(service web) has reached a steady state."
    tasks = shop.ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    for task in shop.ecs.describe_tasks(cluster="shop", tasks=tasks)["tasks"]:
        assert (task["lastStatus"], task["startedBy"]) == ("RUNNING", steady["deployments"][0]["id"])
        assert START < task["createdAt"] < task["startedAt"] < START + timedelta(minutes=5)
    shop.ecs.stop_task(cluster="shop", task=tasks[0], reason="enough")
    shop.cloud.advance("10m")
    stopped = shop.ecs.describe_tasks(cluster="shop", tasks=[tasks[0]])["tasks"][0]
    assert (stopped["lastStatus"], stopped["stopCode"]) == ("STOPPED", "UserInitiated")
    assert stopped["stoppedReason"] == "enough"
    assert shop.described()["runningCount"] == 2
    shop.ecs.delete_service(cluster="shop", service="web", force=True)
    shop.cloud.advance("10m")
    assert shop.described()["status"] == "INACTIVE"
    shop.ecs.delete_cluster(cluster="shop")


def test_an_update_leads_to_a_service_deployment_that_succeeds(shop):
    shop.service()
    shop.cloud.advance("5m")
    shop.ecs.register_task_definition(**fargate_definition())
    shop.ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    listed = shop.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert [d["status"] for d in listed] == ["PENDING", "SUCCESSFUL"]
    shop.cloud.advance("2s")
    under_way = shop.ecs.list_service_deployments(cluster="shop", service="web", status=["IN_PROGRESS"])
    assert [d["serviceDeploymentArn"] for d in under_way["serviceDeployments"]] == [
        listed[0]["serviceDeploymentArn"]
    ]
    shop.cloud.advance("15m")
    assert [d["taskDefinition"][-1] for d in shop.described()["deployments"]] == ["2"]
    arn = listed[0]["serviceDeploymentArn"]
    shown = shop.ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]
    assert (shown["status"], shown["targetServiceRevision"]["runningTaskCount"]) == ("SUCCESSFUL", 2)


def test_a_broken_image_trips_the_breaker_and_the_service_deployment_tells(shop):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    shop.service(deploymentConfiguration=breaker)
    shop.cloud.advance("5m")
    broken = container(image="123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/nothing:1")
    role = "arn:aws:iam::123456789012:role/exec"
    shop.ecs.register_task_definition(
        **fargate_definition(containerDefinitions=[broken], executionRoleArn=role)
    )
    shop.ecs.update_service(cluster="shop", service="web", taskDefinition="web")
    shop.cloud.advance("60m")
    listed = shop.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    assert [d["status"] for d in listed] == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    assert shop.described()["taskDefinition"].endswith("web:1")


def test_errors_arrive_as_boto3_knows_them(shop):
    """botocore: the errors of each operation."""
    with pytest.raises(shop.ecs.exceptions.ClusterNotFoundException):
        shop.ecs.list_tasks(cluster="nowhere")
    with pytest.raises(shop.ecs.exceptions.ServiceNotFoundException):
        shop.ecs.update_service(cluster="shop", service="nothing")
    with pytest.raises(shop.ecs.exceptions.ClientException, match="No Fargate configuration exists"):
        shop.ecs.register_task_definition(**fargate_definition(memory="777"))
    with pytest.raises(shop.ecs.exceptions.InvalidParameterException, match="does not exist"):
        shop.service(networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}})
    subnets = [*shop.subnets, shop.elsewhere]
    with pytest.raises(shop.ecs.exceptions.InvalidParameterException, match="same VPC"):
        shop.service(networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}})
    with pytest.raises(ClientError, match="CreateCapacityProvider"):
        shop.ecs.create_capacity_provider(name="x")


@pytest.mark.parametrize(
    "arn", ["", "nothing", "arn:aws:autoscaling:x:1:autoScalingGroup:1:autoScalingGroupName/"]
)
def test_an_auto_scaling_group_that_is_none_is_refused(shop, arn):
    """Swarm seed 383: an ARN may end before the group's name."""
    with pytest.raises(shop.ecs.exceptions.ClientException, match="Auto Scaling group ARN was not found"):
        shop.ecs.create_capacity_provider(name="x", autoScalingGroupProvider={"autoScalingGroupArn": arn})


def test_run_task_twice_with_one_token(shop):
    request = {
        "cluster": "shop",
        "taskDefinition": "web",
        "launchType": "FARGATE",
        "networkConfiguration": shop.network,
        "clientToken": "one",
    }
    first = shop.ecs.run_task(**request)["tasks"][0]["taskArn"]
    assert shop.ecs.run_task(**request)["tasks"][0]["taskArn"] == first
    with pytest.raises(shop.ecs.exceptions.ConflictException) as caught:
        shop.ecs.run_task(**request, count=2)
    assert caught.value.response["resourceIds"] == [first]


def test_paginators_find_everything(shop):
    for count in (10, 10, 5):
        shop.ecs.run_task(
            cluster="shop",
            taskDefinition="web",
            launchType="FARGATE",
            networkConfiguration=shop.network,
            count=count,
        )
    pages = shop.ecs.get_paginator("list_tasks").paginate(cluster="shop", PaginationConfig={"PageSize": 10})
    arns = [arn for page in pages for arn in page["taskArns"]]
    assert len(arns) == len(dict.fromkeys(arns)) == 25


def test_the_cli_registers_creates_updates_and_looks(shop, tmp_path):
    """The commands of a day's work, as the AWS CLI sends them."""
    file = tmp_path / "task-definition.json"
    file.write_text(json.dumps(fargate_definition(family="api")))
    shown = shop.aws("ecs", "register-task-definition", "--cli-input-json", f"file://{file}")
    assert shown["taskDefinition"]["revision"] == 1
    assert shop.aws("ecs", "list-task-definitions", "--family-prefix", "api")["taskDefinitionArns"][
        0
    ].endswith("api:1")
    network = json.dumps(shop.network)
    balancers = json.dumps([{"targetGroupArn": shop.group, "containerName": "web", "containerPort": 80}])
    common = ["--cluster", "shop", "--network-configuration", network, "--launch-type", "FARGATE"]
    created = shop.aws(
        "ecs", "create-service", "--service-name", "web", "--task-definition", "api:1", "--desired-count", "1",
        "--platform-version", "LATEST", "--load-balancers", balancers, *common,
    )  # fmt: skip
    assert created["service"]["status"] == "ACTIVE"
    overrides = json.dumps(
        {"containerOverrides": [{"name": "web", "environment": [{"name": "A", "value": "1"}]}]}
    )
    ran = shop.aws("ecs", "run-task", "--task-definition", "api", "--overrides", overrides, *common)
    assert ran["tasks"][0]["overrides"]["containerOverrides"][0]["environment"] == [
        {"name": "A", "value": "1"}
    ]
    shop.cloud.advance("5m")
    update = ["--cluster", "shop", "--service", "web", "--force-new-deployment"]
    assert len(shop.aws("ecs", "update-service", *update)["service"]["deployments"]) == 2
    query = "services[0].{running:runningCount,desired:desiredCount}"
    looked = shop.aws("ecs", "describe-services", "--cluster", "shop", "--services", "web", "--query", query)
    assert looked == {"running": 1, "desired": 1}
    gone = shop.aws("ecs", "deregister-task-definition", "--task-definition", "api:1")
    assert gone["taskDefinition"]["status"] == "INACTIVE"


def test_the_cli_shows_a_refusal_in_awss_words(shop):
    words = ["ecs", "describe-task-definition", "--task-definition", "nothing"]
    code, _, problem = awscli.run(words, shop.cloud.gate.handle)
    assert code == 255
    assert (
        "(ClientException) when calling the DescribeTaskDefinition operation: Unable to describe" in problem
    )
