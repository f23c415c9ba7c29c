"""The starting state: web:1 runs; a second target group, a test port and five more revisions wait."""

from ecslab.lab import scenery

PORT, TEST_PORT = 8080, 9000
DESIRED = (3, 2, 4)
CANARY_PERCENT = (10, 25, 20, 8)
THRESHOLD = 10
SALE = [{"name": "MESSAGE", "value": "Summer sale"}]
NO_CHECKOUT = [{"name": "PATHS", "value": "/,/health"}]
REVISIONS = (
    ("web:1.0", []),
    ("web:2.0", []),
    ("web:3.0", NO_CHECKOUT),
    ("web:3.0", []),
    ("web:3.0", SALE),
    ("web:3.0", [*SALE, *NO_CHECKOUT]),
)
"""Image and environment of web:1 to web:6; the third and the sixth have no checkout."""


def variant(seed):
    """How many tasks the shop has, and how large the canary is."""
    return {
        "desired": DESIRED[seed % len(DESIRED)],
        "canary": CANARY_PERCENT[(seed // 2) % len(CANARY_PERCENT)],
    }


def setup(cloud, seed):
    values = variant(seed)
    net = scenery.network(cloud, second_octet=20 + seed % 64, port=PORT)
    front = scenery.balancer(cloud, net, port=PORT, health_path="/health", deregistration_delay_s=30)
    second = _second_colour(cloud, net)
    role = scenery.execution_role(cloud)["execution_role_arn"]
    balancing = scenery.ecs_role(
        cloud,
        "ecsInfrastructureRole",
        [
            "elasticloadbalancing:*TargetGroup*",
            "elasticloadbalancing:Modify*",
            "elasticloadbalancing:Describe*",
        ],
    )
    hooks = scenery.ecs_role(cloud, "ecsHookRole", ["lambda:InvokeFunction"])
    _service(cloud, net, front["target_group_arn"], role, values["desired"])
    _alarm(cloud)
    cloud.advance("5m")
    return {
        **front,
        **second,
        "test_url": front["url"].removesuffix("/") + f":{TEST_PORT}/",
        "infrastructure_role_arn": balancing,
        "hook_role_arn": hooks,
        "alarm_name": "web-4xx",
        "desired_count": values["desired"],
        "canary_percent": values["canary"],
    }


def _second_colour(cloud, net):
    """A target group like the first one, and a listener for tests that forwards to it."""
    elbv2, ec2 = cloud.client("elbv2", by="given"), cloud.client("ec2", by="given")
    green = elbv2.create_target_group(
        Name="web-green",
        Protocol="HTTP",
        Port=PORT,
        VpcId=net["vpc_id"],
        TargetType="ip",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=green,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
    )
    balancer = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]["LoadBalancerArn"]
    test = elbv2.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTP",
        Port=TEST_PORT,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": green}],
    )["Listeners"][0]["ListenerArn"]
    ec2.authorize_security_group_ingress(
        GroupId=net["alb_security_group"],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": TEST_PORT,
                "ToPort": TEST_PORT,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
            }
        ],
    )
    listeners = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
    production = next(one["ListenerArn"] for one in listeners if one["Port"] == 80)
    return {
        "green_target_group_arn": green,
        "production_rule_arn": _default_rule(elbv2, production),
        "test_rule_arn": _default_rule(elbv2, test),
    }


def _default_rule(elbv2, listener):
    rules = elbv2.describe_rules(ListenerArn=listener)["Rules"]
    return next(one["RuleArn"] for one in rules if one["IsDefault"])


def _service(cloud, net, group, role, desired):
    ecs = cloud.client("ecs", by="given")
    ecs.create_cluster(clusterName="shop")
    for image, environment in REVISIONS:
        ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=role,
            containerDefinitions=[
                {
                    "name": "web",
                    "image": f"public.ecr.aws/ecslab/{image}",
                    "essential": True,
                    "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                    "environment": environment,
                }
            ],
        )
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=desired,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": net["subnets"],
                "securityGroups": [net["web_security_group"]],
                "assignPublicIp": "ENABLED",
            }
        },
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": PORT}],
    )


def _alarm(cloud):
    """More than so many answers 4xx of the shop's programs in a minute."""
    elbv2 = cloud.client("elbv2", by="given")
    balancer = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]["LoadBalancerArn"]
    cloud.client("cloudwatch", by="given").put_metric_alarm(
        AlarmName="web-4xx",
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_4XX_Count",
        Dimensions=[{"Name": "LoadBalancer", "Value": balancer.rsplit(":loadbalancer/", 1)[1]}],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=THRESHOLD,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )
