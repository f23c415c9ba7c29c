"""The starting state: web behind its load balancer, an api without a door, and reviews, which does not work."""

from ecslab.lab import scenery

PORT = 8080
LIMITS_S = (25, 35, 45, 60)
REPORTS_S = (20, 25, 35)
DOMAINS = ("shop.example.com", "tea.example.com", "market.example.com", "www.example.com")
CAUSES = ("path", "port", "security group")


def variant(seed):
    """How soon a dead task must be noticed, how long a report takes, and the shop's name."""
    return {
        "limit": LIMITS_S[seed % len(LIMITS_S)],
        "report": REPORTS_S[(seed // 2) % len(REPORTS_S)],
        "domain": DOMAINS[(seed // 3) % len(DOMAINS)],
    }


def cause(seed):
    """What is wrong with the targets of reviews."""
    return CAUSES[seed % len(CAUSES)]


def setup(cloud, seed):
    values = variant(seed)
    net = scenery.network(cloud, second_octet=20 + seed % 64, port=PORT)
    front = scenery.balancer(
        cloud,
        net,
        port=PORT,
        health_path="/health",
        deregistration_delay_s=30,
        health_interval_s=30,
        healthy_threshold=5,
    )
    zone = cloud.client("route53", by="given").create_hosted_zone(
        Name="example.com", CallerReference=f"shop-{seed}"
    )["HostedZone"]["Id"]
    cloud.client("ecs", by="given").create_cluster(clusterName="shop")
    _register(cloud, "web", "web:1.0")
    _register(cloud, "api", "api:1.0")
    _register(cloud, "api", "api:2.0", environment=[("DELAY", f"{values['report']}s")])
    _register(
        cloud, "reviews", "web:1.0", environment=[("MESSAGE", "reviews"), ("PATHS", "/healthz,/reviews/1")]
    )
    _create(cloud, net, "web", front["target_group_arn"], [net["web_security_group"]])
    partners = _partners(cloud, net, cause(seed))
    cloud.advance("5m")
    return {
        **front,
        **net,
        "zone_id": zone,
        "domain": values["domain"],
        "limit_s": values["limit"],
        "report_s": values["report"],
        **partners,
    }


def _register(cloud, family, image, *, environment=()):
    cloud.client("ecs", by="given").register_task_definition(
        family=family,
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": family,
                "image": f"public.ecr.aws/ecslab/{image}",
                "essential": True,
                "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                "environment": [{"name": name, "value": value} for name, value in environment],
            }
        ],
    )


def _create(cloud, net, name, group, security_groups, **more):
    cloud.client("ecs", by="given").create_service(
        cluster="shop",
        serviceName=name,
        taskDefinition=f"{name}:1",
        desiredCount=2,
        launchType="FARGATE",
        loadBalancers=[{"targetGroupArn": group, "containerName": name, "containerPort": PORT}],
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": net["subnets"],
                "securityGroups": security_groups,
                "assignPublicIp": "ENABLED",
            }
        },
        **more,
    )


def _partners(cloud, net, broken):
    """The partners' load balancer: a wide rule above a narrow one, and a target group that finds nobody well."""
    elbv2, ec2 = cloud.client("elbv2", by="given"), cloud.client("ec2", by="given")
    tasks = ec2.create_security_group(
        GroupName="reviews", Description="The tasks of reviews", VpcId=net["vpc_id"]
    )["GroupId"]
    port = 80 if broken == "security group" else PORT
    ec2.authorize_security_group_ingress(
        GroupId=tasks,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": port,
                "ToPort": port + 1 if broken == "port" else port,  # else nobody would refuse the health check
                "UserIdGroupPairs": [{"GroupId": net["alb_security_group"]}],
            }
        ],
    )
    balancer = elbv2.create_load_balancer(
        Name="partners", Subnets=net["subnets"], SecurityGroups=[net["alb_security_group"]]
    )["LoadBalancers"][0]
    group = elbv2.create_target_group(
        Name="reviews",
        Protocol="HTTP",
        Port=PORT,
        VpcId=net["vpc_id"],
        TargetType="ip",
        HealthCheckPath="/health" if broken == "path" else "/healthz",
        HealthCheckPort="8081" if broken == "port" else "traffic-port",
        HealthCheckIntervalSeconds=10,
        HealthyThresholdCount=2,
    )["TargetGroups"][0]["TargetGroupArn"]
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[_says("404", "There is nothing here.")],
    )["Listeners"][0]["ListenerArn"]
    for priority, pattern, action in (
        (10, "/r*", _says("410", "The raffle is over.")),
        (20, "/reviews/*", {"Type": "forward", "TargetGroupArn": group}),
    ):
        elbv2.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [pattern]}],
            Actions=[action],
        )
    _create(cloud, net, "reviews", group, [tasks], healthCheckGracePeriodSeconds=86_400)
    return {
        "partners_url": f"http://{balancer['DNSName']}/",
        "reviews_target_group_arn": group,
        "reviews_security_group": tasks,
    }


def _says(status, text):
    return {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": status, "MessageBody": text, "ContentType": "text/plain"},
    }
