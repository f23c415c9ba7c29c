"""The starting state: a night that can be read in the events of web, an api that never gets steady, a stuck worker."""

from ecsim.faults import Fault, FaultKind
from ecslab.lab import scenery

PORT = 8080
START_DELAYS_S = (75, 60, 90)
DEREGISTRATION_DELAYS_S = (45, 60, 90, 120)
STUCK = (
    {"desired": 1, "minimum": 100, "maximum": 150},
    {"desired": 2, "minimum": 75, "maximum": 100},
    {"desired": 3, "minimum": 100, "maximum": 125},
    {"desired": 2, "minimum": 60, "maximum": 149},
)


def variant(seed):
    """The api's slowness, the draining, and the size and percents of the worker differ."""
    stuck = STUCK[seed % len(STUCK)]
    return {
        "start_delay": START_DELAYS_S[seed % len(START_DELAYS_S)],
        "deregistration_delay": DEREGISTRATION_DELAYS_S[(seed // 2) % len(DEREGISTRATION_DELAYS_S)],
        "worker_desired": stuck["desired"],
        "worker_minimum": stuck["minimum"],
        "worker_maximum": stuck["maximum"],
        "worker_most": stuck["desired"] + 1,
    }


def setup(cloud, seed):
    values = variant(seed)
    net = scenery.network(cloud, second_octet=40 + seed % 64, port=PORT)
    front = scenery.balancer(
        cloud,
        net,
        port=PORT,
        health_path="/health",
        deregistration_delay_s=values["deregistration_delay"],
    )
    api_group = _api_behind(cloud, net)
    cloud.client("ecs", by="given").create_cluster(clusterName="shop")
    _night(cloud, seed, net, front["target_group_arn"])
    _morning(cloud, values, net, api_group)
    return {**front, "api_target_group_arn": api_group}


def _api_behind(cloud, net):
    """The target group of the api, behind the path /api/* of the shop's load balancer."""
    elbv2 = cloud.client("elbv2", by="given")
    group = elbv2.create_target_group(
        Name="api",
        Protocol="HTTP",
        Port=PORT,
        VpcId=net["vpc_id"],
        TargetType="ip",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=5,
        UnhealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.modify_target_group_attributes(
        TargetGroupArn=group,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}],
    )
    balancer = elbv2.describe_load_balancers(Names=["shop"])["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"][0]["ListenerArn"]
    elbv2.create_rule(
        ListenerArn=listener,
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return group


def _register(cloud, family, image, *, environment=(), port=PORT):
    container = {"name": family, "image": f"public.ecr.aws/ecslab/{image}", "essential": True}
    if environment:
        container["environment"] = [{"name": name, "value": value} for name, value in environment]
    if port:
        container["portMappings"] = [{"containerPort": port, "protocol": "tcp"}]
    cloud.client("ecs", by="given").register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )


def _create(cloud, net, name, *, group=None, **more):
    balanced = (
        {"loadBalancers": [{"targetGroupArn": group, "containerName": name, "containerPort": PORT}]}
        if group
        else {}
    )
    cloud.client("ecs", by="given").create_service(
        cluster="shop",
        serviceName=name,
        taskDefinition=f"{name}:1",
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": net["subnets"],
                "securityGroups": [net["web_security_group"]],
                "assignPublicIp": "ENABLED",
            }
        },
        **balanced,
        **more,
    )


def _night(cloud, seed, net, group):
    """Scaled out, one task unhealthy, scaled in, one task crashed: in an order that depends on the seed."""
    _register(cloud, "web", "web:1.0")
    _create(cloud, net, "web", group=group, desiredCount=2)
    cloud.advance("3m")
    unhealthy = FaultKind.HANG if seed % 2 else FaultKind.FAIL_HEALTH
    deeds = [(unhealthy, 0), (FaultKind.CRASH, 1)]
    if (seed // 2) % 2:
        deeds.reverse()
    _scale(cloud, 4)
    _break(cloud, *deeds[0])
    _scale(cloud, 3)
    _break(cloud, *deeds[1])


def _scale(cloud, count):
    cloud.client("ecs", by="given").update_service(cluster="shop", service="web", desiredCount=count)
    cloud.advance("4m")


def _break(cloud, kind, nth):
    ecs = cloud.client("ecs", by=None)
    tasks = sorted(ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"])
    cloud.inject(Fault(kind=kind, match=tasks[nth].rsplit("/", 1)[1]))
    cloud.advance("5m")


def _morning(cloud, values, net, api_group):
    """The api, which nobody waits for, and the worker, whose deployment cannot move."""
    _register(cloud, "api", "api:1.0", environment=[("START_DELAY", f"{values['start_delay']}s")])
    _register(cloud, "worker", "worker:1.0", environment=[("ORDERS_AT_ONCE", "10")], port=None)
    _register(cloud, "worker", "worker:1.0", environment=[("ORDERS_AT_ONCE", "25")], port=None)
    _create(
        cloud,
        net,
        "worker",
        desiredCount=values["worker_desired"],
        deploymentConfiguration={
            "minimumHealthyPercent": values["worker_minimum"],
            "maximumPercent": values["worker_maximum"],
        },
    )
    cloud.advance("2m")
    _create(cloud, net, "api", group=api_group, desiredCount=2)
    cloud.client("ecs", by="given").update_service(
        cluster="shop", service="worker", taskDefinition="worker:2"
    )
    cloud.advance("2m")
