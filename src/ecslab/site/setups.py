"""The states of the cloud in which pages and recordings begin, made by the calls that one would make on AWS.

`empty`: a new account with its default VPC. `shop`: everything around the service. `shop-running`: and the service.
`shop-two-colours`: and a second target group with a listener for tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ecsim.faults import Fault, FaultKind
from ecslab.lab import scenery
from ecslab.site.recorder import Recorder

PORT: Final = 8080
REGISTRY: Final = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"
IMAGES: Final = {"1.0": "web:1.0", "1.1": "web:2.0", "1.2-broken": "web:broken"}
"""Tags of the repository shop/web and the programs that they run."""


def empty(cloud: Any) -> None:
    """A new account."""


def shop(cloud: Any) -> None:
    """Cluster, load balancer with an empty target group, roles, log group, images, three task definitions."""
    alb, web = _security_groups(cloud)
    _balancer(cloud, alb)
    scenery.execution_role(cloud)
    scenery.execution_role(cloud, "webTaskRole")
    scenery.log_group(cloud, "/ecs/web")
    _images(cloud)
    ecs = cloud.client("ecs", by="given")
    ecs.create_cluster(clusterName="shop")
    for tag in IMAGES:
        ecs.register_task_definition(**task_definition(tag))
    cloud.client("ec2", by="given").create_tags(Resources=[web], Tags=[{"Key": "Name", "Value": "web"}])


def shop_running(cloud: Any) -> None:
    """The shop with its service `web`: three tasks behind the load balancer, steady."""
    shop(cloud)
    ec2, elbv2 = cloud.client("ec2", by="given"), cloud.client("elbv2", by="given")
    group = elbv2.describe_target_groups(Names=["web"])["TargetGroups"][0]["TargetGroupArn"]
    web = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])["SecurityGroups"]
    cloud.client("ecs", by="given").create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=3,
        launchType="FARGATE",
        healthCheckGracePeriodSeconds=60,
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": PORT}],
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": _subnets(cloud),
                "securityGroups": [web[0]["GroupId"]],
                "assignPublicIp": "ENABLED",
            }
        },
    )
    cloud.advance("10m")


def shop_two_colours(cloud: Any) -> None:
    """The running shop with what a deployment that shifts traffic needs: a second target group, a test listener."""
    shop_running(cloud)
    elbv2 = cloud.client("elbv2", by="given")
    balancer = elbv2.describe_load_balancers(Names=["shop-alb"])["LoadBalancers"][0]
    green = _target_group(elbv2, "web-green", balancer["VpcId"])
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=9000,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": green}],
    )
    scenery.execution_role(cloud, "ecsInfrastructureRole")
    alb = balancer["SecurityGroups"][0]
    cloud.client("ec2", by="given").authorize_security_group_ingress(
        GroupId=alb,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9000, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )


SETUPS: Final[dict[str, Callable[[Any], None]]] = {
    "empty": empty,
    "shop": shop,
    "shop-running": shop_running,
    "shop-two-colours": shop_two_colours,
}


def task_definition(tag: str) -> dict[str, Any]:
    """The storefront's task definition with the image of a tag, as RegisterTaskDefinition takes it."""
    return {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "executionRoleArn": "arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        "taskRoleArn": "arn:aws:iam::123456789012:role/webTaskRole",
        "containerDefinitions": [
            {
                "name": "web",
                "image": f"{REGISTRY}/shop/web:{tag}",
                "essential": True,
                "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/web",
                        "awslogs-region": "ap-northeast-1",
                        "awslogs-stream-prefix": "web",
                    },
                },
            }
        ],
    }


def _subnets(cloud: Any) -> list[str]:
    found = cloud.client("ec2", by="given").describe_subnets()["Subnets"]
    return [subnet["SubnetId"] for subnet in sorted(found, key=lambda s: s["AvailabilityZone"])]


def _security_groups(cloud: Any) -> tuple[str, str]:
    ec2 = cloud.client("ec2", by="given")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    alb = ec2.create_security_group(GroupName="alb", Description="The load balancer", VpcId=vpc)["GroupId"]
    web = ec2.create_security_group(GroupName="web", Description="The storefront", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=alb,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": PORT, "ToPort": PORT, "UserIdGroupPairs": [{"GroupId": alb}]}
        ],
    )
    return alb, web


def _balancer(cloud: Any, security_group: str) -> None:
    elbv2 = cloud.client("elbv2", by="given")
    vpc = cloud.client("ec2", by="given").describe_vpcs()["Vpcs"][0]["VpcId"]
    balancer = elbv2.create_load_balancer(
        Name="shop-alb", Subnets=_subnets(cloud), SecurityGroups=[security_group], Scheme="internet-facing"
    )["LoadBalancers"][0]
    group = _target_group(elbv2, "web", vpc)
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )


def _target_group(elbv2: Any, name: str, vpc: str) -> str:
    """A target group for tasks of the storefront; returns its ARN."""
    group: str = elbv2.create_target_group(
        Name=name,
        Protocol="HTTP",
        Port=PORT,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
    )
    return group


def _images(cloud: Any) -> None:
    cloud.client("ecr", by="given").create_repository(repositoryName="shop/web")
    for tag, stock in IMAGES.items():
        reference = f"{REGISTRY}/shop/web:{tag}"
        cloud.catalog.push(reference, stock, digest=cloud.registry.put(reference, stock))


def wiring(cloud: Any) -> list[dict[str, Any]]:
    """`loadBalancers` of the service `web` for a deployment that shifts traffic, in the setup `shop-two-colours`."""
    elbv2 = cloud.client("elbv2")
    balancer = elbv2.describe_load_balancers(Names=["shop-alb"])["LoadBalancers"][0]["LoadBalancerArn"]
    groups = {
        one["TargetGroupName"]: one["TargetGroupArn"]
        for one in elbv2.describe_target_groups()["TargetGroups"]
    }
    rules = {
        one["Port"]: elbv2.describe_rules(ListenerArn=one["ListenerArn"])["Rules"][-1]["RuleArn"]
        for one in elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    }
    return [
        {
            "targetGroupArn": groups["web"],
            "containerName": "web",
            "containerPort": PORT,
            "advancedConfiguration": {
                "alternateTargetGroupArn": groups["web-green"],
                "productionListenerRule": rules[80],
                "testListenerRule": rules[9000],
                "roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            },
        }
    ]


def replaced_task(cloud: Any, recorder: Recorder, kind: FaultKind, *, mark: str, lasting: str) -> None:
    """Record how a service replaces its first task, which something happens to after four seconds.

    Args:
        cloud: one with a running shop.
        recorder: gets the moments `mark`, unhealthy, replacement, healthy, draining and stopped.
        kind: what happens to the task.
        mark: the name of the moment at which it happens.
        lasting: how long is recorded from then on.
    """
    recorder.start()
    cloud.advance("4s")
    task = min(cloud.client("ecs").list_tasks(cluster="shop", serviceName="web")["taskArns"])
    cloud.inject(Fault(kind=kind, match=task.rsplit("/", 1)[1]))
    recorder.mark(mark)
    cloud.advance(lasting)
    recorder.mark_first("unhealthy", "target.state", after=mark, state="unhealthy")
    recorder.mark_first("replacement", "task.status", after=mark, status="PROVISIONING")
    recorder.mark_first("healthy", "target.state", after="replacement", state="healthy")
    recorder.mark_first("draining", "target.state", after="replacement", state="draining")
    recorder.mark_first("stopped", "task.status", after="replacement", status="STOPPED")
    recorder.end()
