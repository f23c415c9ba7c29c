"""The starting state: the storefront runs, three tasks of web:1.0 behind the load balancer, with AWS's defaults."""

from ecslab.lab import scenery

PORT = 8080
ACCOUNT_REPOSITORY = "shop/web"
MOVING = (
    {"desired": 4, "minimum": 50, "maximum": 150},
    {"desired": 5, "minimum": 80, "maximum": 120},
    {"desired": 10, "minimum": 90, "maximum": 110},
    {"desired": 6, "minimum": 75, "maximum": 130},
)
STUCK = (
    {"desired": 3, "minimum": 100, "maximum": 125},
    {"desired": 2, "minimum": 75, "maximum": 100},
    {"desired": 1, "minimum": 50, "maximum": 100},
    {"desired": 4, "minimum": 80, "maximum": 120},
)
BUSY = (25, 18, 40, 31)


def variant(seed):
    """The settings to think about, and the size of the busy service, differ."""
    settings = {
        "A": {"desired": 3, "minimum": 66, "maximum": 133},
        "B": STUCK[seed % len(STUCK)],
        "C": MOVING[(seed // 3) % len(MOVING)],
    }
    values = {"busy": BUSY[seed % len(BUSY)]}
    for name, one in settings.items():
        values[f"{name.lower()}_desired"] = one["desired"]
        values[f"{name.lower()}_minimum"] = one["minimum"]
        values[f"{name.lower()}_maximum"] = one["maximum"]
    return values


def setup(cloud, seed):
    values = variant(seed)
    net = scenery.network(cloud, second_octet=20 + seed % 64, port=PORT)
    front = scenery.balancer(cloud, net, port=PORT, health_path="/health", deregistration_delay_s=1)
    role = scenery.execution_role(cloud)
    logs = scenery.log_group(cloud, "/ecs/web")
    repository = cloud.client("ecr", by="given").create_repository(repositoryName=ACCOUNT_REPOSITORY)[
        "repository"
    ]
    ecs = cloud.client("ecs", by="given")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=role["execution_role_arn"],
        containerDefinitions=[
            {
                "name": "web",
                "image": "public.ecr.aws/ecslab/web:1.0",
                "essential": True,
                "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": logs["log_group"],
                        "awslogs-region": ecs.meta.region_name,
                        "awslogs-stream-prefix": "web",
                    },
                },
            }
        ],
    )
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": net["subnets"],
                "securityGroups": [net["web_security_group"]],
                "assignPublicIp": "ENABLED",
            }
        },
        loadBalancers=[
            {"targetGroupArn": front["target_group_arn"], "containerName": "web", "containerPort": PORT}
        ],
    )
    cloud.advance("5m")
    return {
        **front,
        **logs,
        "repository_uri": repository["repositoryUri"],
        "busy_desired_count": values["busy"],
        "settings": {
            name.upper(): {
                "desiredCount": values[f"{name}_desired"],
                "minimumHealthyPercent": values[f"{name}_minimum"],
                "maximumPercent": values[f"{name}_maximum"],
            }
            for name in ("a", "b", "c")
        },
    }
