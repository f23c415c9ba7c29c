"""What labs are built on: a network, a load balancer, a role and a log group, made by the same calls as on AWS.

Calls are made "by the lab" (`by="given"`), so that they never count as the learner's.
"""

from __future__ import annotations

import json
from typing import Any

ZONES = 2
_TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
_EXECUTION = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "ecr:GetAuthorizationToken",
                "ecr:BatchCheckLayerAvailability",
                "ecr:GetDownloadUrlForLayer",
                "ecr:BatchGetImage",
                "logs:CreateLogStream",
                "logs:PutLogEvents",
            ],
            "Resource": "*",
        }
    ],
}


def network(cloud: Any, *, second_octet: int, port: int) -> dict[str, Any]:
    """A VPC with a public subnet in each of two zones, a security group for the load balancer and one for tasks.

    Returns:
        vpc_id, subnets, alb_security_group, web_security_group.
    """
    ec2 = cloud.client("ec2", by="given")
    vpc = ec2.create_vpc(CidrBlock=f"10.{second_octet}.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    region = ec2.meta.region_name
    subnets = []
    for nth in range(ZONES):
        subnet = ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.{second_octet}.{nth}.0/24", AvailabilityZone=f"{region}{'ac'[nth]}"
        )["Subnet"]["SubnetId"]
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        subnets.append(subnet)
    alb = ec2.create_security_group(GroupName="alb", Description="The load balancer", VpcId=vpc)["GroupId"]
    web = ec2.create_security_group(GroupName="web", Description="The storefront's tasks", VpcId=vpc)[
        "GroupId"
    ]
    ec2.authorize_security_group_ingress(
        GroupId=alb,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=web,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": alb}]}
        ],
    )
    return {"vpc_id": vpc, "subnets": subnets, "alb_security_group": alb, "web_security_group": web}


def balancer(
    cloud: Any,
    net: dict[str, Any],
    *,
    port: int,
    health_path: str,
    deregistration_delay_s: int = 300,
    health_interval_s: int = 10,
    healthy_threshold: int = 2,
) -> dict[str, Any]:
    """An Application Load Balancer `shop` whose port 80 forwards to the empty target group `web` (type ip).

    Returns:
        target_group_arn, url.
    """
    elbv2 = cloud.client("elbv2", by="given")
    lb = elbv2.create_load_balancer(
        Name="shop",
        Subnets=net["subnets"],
        SecurityGroups=[net["alb_security_group"]],
        Scheme="internet-facing",
    )["LoadBalancers"][0]
    group = elbv2.create_target_group(
        Name="web",
        Protocol="HTTP",
        Port=port,
        VpcId=net["vpc_id"],
        TargetType="ip",
        HealthCheckPath=health_path,
        HealthCheckIntervalSeconds=health_interval_s,
        HealthyThresholdCount=healthy_threshold,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(deregistration_delay_s)}],
    )
    elbv2.create_listener(
        LoadBalancerArn=lb["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return {"target_group_arn": group, "url": f"http://{lb['DNSName']}/"}


def execution_role(cloud: Any, name: str = "ecsTaskExecutionRole") -> dict[str, Any]:
    """The role by which ECS pulls images and writes logs.

    Returns:
        execution_role_arn.
    """
    iam = cloud.client("iam", by="given")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="execution", PolicyDocument=json.dumps(_EXECUTION))
    return {"execution_role_arn": arn}


def ecs_role(cloud: Any, name: str, actions: list[str]) -> str:
    """A role that ECS itself takes, such as an infrastructure role (it trusts ecs.amazonaws.com); returns its ARN.

    Args:
        cloud: where.
        name: of the role.
        actions: what it allows.
    """
    iam = cloud.client("iam", by="given")
    trust = {**_TRUST["Statement"][0], "Principal": {"Service": "ecs.amazonaws.com"}}
    arn: str = iam.create_role(
        RoleName=name, AssumeRolePolicyDocument=json.dumps({**_TRUST, "Statement": [trust]})
    )["Role"]["Arn"]
    allowed = [{"Effect": "Allow", "Action": actions, "Resource": "*"}]
    iam.put_role_policy(
        RoleName=name,
        PolicyName="what-ecs-may-do",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": allowed}),
    )
    return arn


def log_group(cloud: Any, name: str) -> dict[str, Any]:
    """A log group.

    Returns:
        log_group.
    """
    cloud.client("logs", by="given").create_log_group(logGroupName=name)
    return {"log_group": name}
