"""The starting state: a cluster, a network, a repository, a secret, and the promotion page that never comes up."""

import json

from ecslab.lab import scenery

PORT = 8080
REGISTRY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com"
PASSWORDS = ("sakura-41", "momiji-87", "tsubaki-23", "hotaru-56", "kaede-09")
NEEDS = (
    {"cpu": 600, "memory": 3000},
    {"cpu": 300, "memory": 900},
    {"cpu": 1100, "memory": 3500},
    {"cpu": 200, "memory": 1500},
    {"cpu": 1000, "memory": 7300},
)
START_DELAYS_S = (40, 55, 70)


def variant(seed):
    """What the report needs, how slowly the storefront starts, and the password differ."""
    needs = NEEDS[seed % len(NEEDS)]
    return {
        "cpu_needed": needs["cpu"],
        "memory_needed": needs["memory"],
        "start_delay": START_DELAYS_S[seed % len(START_DELAYS_S)],
        "password": PASSWORDS[(seed * 3) % len(PASSWORDS)],
    }


def setup(cloud, seed):
    values = variant(seed)
    net = scenery.network(cloud, second_octet=30 + seed % 64, port=PORT)
    role = scenery.execution_role(cloud)
    logs = scenery.log_group(cloud, "/ecs/shop")
    secret = cloud.client("secretsmanager", by="given").create_secret(
        Name="shop/db",
        SecretString=json.dumps({"username": "shop", "password": values["password"]}),
    )["ARN"]
    cloud.client("ecr", by="given").create_repository(repositoryName="shop/web")
    repository = f"{REGISTRY}/shop/web"
    _push(cloud, f"{repository}:1.0", "web:1.0")
    cloud.client("ecs", by="given").create_cluster(clusterName="shop")
    network = {
        "awsvpcConfiguration": {
            "subnets": net["subnets"],
            "securityGroups": [net["web_security_group"]],
            "assignPublicIp": "ENABLED",
        }
    }
    _promo(cloud, role["execution_role_arn"], secret, network)
    return {
        **role,
        **logs,
        "secret_arn": secret,
        "repository": repository,
        "network": network,
        "report_needs": {"cpu": values["cpu_needed"], "memory": values["memory_needed"]},
        "start_delay": f"{values['start_delay']}s",
    }


def _push(cloud, reference, stock):
    cloud.catalog.push(reference, stock, digest=cloud.registry.put(reference, stock))


def _promo(cloud, role, secret, network):
    """The promotion page: a tag, a key of the secret and a log group that are not there."""
    ecs = cloud.client("ecs", by="given")
    ecs.register_task_definition(
        family="promo",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=role,
        containerDefinitions=[
            {
                "name": "promo",
                "image": "public.ecr.aws/ecslab/web:2",
                "essential": True,
                "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
                "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{secret}:passwd::"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": "/ecs/promo",
                        "awslogs-region": "ap-northeast-1",
                        "awslogs-stream-prefix": "promo",
                    },
                },
            }
        ],
    )
    ecs.run_task(cluster="shop", taskDefinition="promo:1", launchType="FARGATE", networkConfiguration=network)
    cloud.advance("3m")
