"""One story, told over any transport: its journal must be the same, byte for byte.

Run as a program, it prints what the journal came to, so that a test can run it under several hash seeds.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import boto3

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
TRANSPORTS = ("in-process", "embedded", "separate")


def network(client):
    """Two subnets behind a load balancer; returns the subnets, the target group and the DNS name."""
    ec2, elbv2 = client("ec2"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
            "SubnetId"
        ]
        for n, zone in ((1, "a"), (2, "c"))
    ]
    balancer = elbv2.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]
    group = elbv2.create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
    )["TargetGroups"][0]["TargetGroupArn"]
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    return subnets, group, balancer["DNSName"]


def definition(client, image, secret):
    """Register a revision of the family web."""
    log = {"awslogs-group": "/ecs/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}
    role = f"arn:aws:iam::{ACCOUNT}:role/execution"
    return client("ecs").register_task_definition(
        family="web",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=role,
        containerDefinitions=[
            {
                "name": "web",
                "image": image,
                "portMappings": [{"containerPort": 8080}],
                "secrets": [{"name": "PASSWORD", "valueFrom": secret}],
                "logConfiguration": {"logDriver": "awslogs", "options": log},
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]


def tell(client, do, push):
    """The story: a service with a program of one's own behind a load balancer, an update, a failing update."""
    subnets, group, name = network(client)
    client("iam").create_role(RoleName="execution", AssumeRolePolicyDocument=TRUST)
    client("ecr").create_repository(repositoryName="shop")
    client("logs").create_log_group(logGroupName="/ecs/web")
    secret = client("secretsmanager").create_secret(Name="db", SecretString="s3cret")["ARN"]
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/shop"
    push(f"{image}:v1")
    ecs = client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition=definition(client, f"{image}:v1", secret),
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}],
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
        healthCheckGracePeriodSeconds=30,
    )
    do("advance", {"duration_ms": 300_000})
    do("http", {"method": "GET", "url": f"http://{name}/"})
    ecs.update_service(cluster="shop", service="web", desiredCount=3)
    do("advance", {"duration_ms": 120_000})
    ecs.update_service(
        cluster="shop", service="web", taskDefinition=definition(client, f"{image}:v2", secret)
    )
    do("advance", {"duration_ms": 900_000})
    running = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
    ecs.stop_task(cluster="shop", task=running[0], reason="to see it healed")
    do("advance", {"duration_ms": 300_000})
    streams = client("logs").describe_log_streams(logGroupName="/ecs/web")["logStreams"]
    shown = [
        client("ecs").describe_services(cluster="shop", services=["web"])["services"],
        client("ecs").describe_tasks(cluster="shop", tasks=running)["tasks"],
        client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"],
        client("logs").filter_log_events(logGroupName="/ecs/web")["events"],
        [stream["logStreamName"] for stream in streams],
        client("ecr").describe_images(repositoryName="shop")["imageDetails"],
    ]
    return json.dumps(shown, default=str, sort_keys=True)


def program():
    """A program written here."""
    from ecsim.workload.program import Program

    class Shop(Program):
        def start(self, container):
            container.log(f"password of {len(container.environment['PASSWORD'])} letters")
            container.listen(8080, after="3s")

        def request(self, container, request):
            if request.path != "/health":
                container.log(f"asked for {request.path}")
            return "welcome\n"

    return Shop


def over(transport):
    """Tell the story over a transport; returns the journal and what was shown at the end."""
    from ecsim.cloud.process import spawn
    from ecsim.cloud.remote import RemoteWorld
    from ecsim.workload.host import LocalHost

    def remote_client(url):
        keys = {"aws_access_key_id": "learner", "aws_secret_access_key": "learner"}
        made = {}

        def client(service):
            if service not in made:
                made[service] = boto3.client(service, region_name=REGION, endpoint_url=url, **keys)
            return made[service]

        return client

    host = LocalHost()
    described = host.add(program())

    def pushing(do):
        return lambda reference: do("push", {"reference": reference, "program": described})

    if transport == "separate":
        with spawn(seed=11, module="tests.transport.with_journal") as separate:
            world = RemoteWorld(separate.endpoint_url, host)
            shown = tell(remote_client(separate.endpoint_url), world.do, pushing(world.do))
            text = world.do("journal")
            world.close()
            return text, shown
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.server import serve
    from ecsim.cloud.world import World

    with Cloud(seed=11, host=host, strict=True) as cloud:
        world = World(cloud)
        if transport == "in-process":
            shown = tell(cloud.client, world.do, pushing(world.do))
        else:
            with serve(cloud.gate, world) as server:
                shown = tell(remote_client(server.url), world.do, pushing(world.do))
        assert cloud.gate.problems == []
        return cloud.journal.text(), shown


def main():
    """Print the hashes of the journal and of what was shown."""
    text, shown = over(sys.argv[1])
    print(hashlib.sha256(text.encode()).hexdigest(), hashlib.sha256(shown.encode()).hexdigest())  # noqa: T201


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
