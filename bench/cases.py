"""The things that are measured. Each runs in a process of its own: `python -m bench.cases NAME`.

A case prints one JSON object of figures: CPU seconds, or milliseconds a call.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.grading import graded_by_nbgrader, graded_by_two, graded_jailed, run_by_nbclient, run_by_nbval

TASKS, SERVICES, TASKS_EACH = 10_000, 1_000, 10
REGION = "ap-northeast-1"
WEB = "public.ecr.aws/ecslab/web:1.0"


def definition(ecs: Any, image: str = WEB) -> str:
    """Register a small Fargate task definition; both clouds accept it."""
    return ecs.register_task_definition(
        family="web",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": image, "memory": 256, "cpu": 0, "essential": True}],
    )["taskDefinition"]["taskDefinitionArn"]


def network(ec2: Any) -> dict[str, Any]:
    """A VPC with a subnet that is large enough."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/16")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    return {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}}


def timed(calls: int, function: Callable[[], Any]) -> float:
    """Milliseconds of CPU a call, after one warm-up call."""
    function()
    begun = time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - begun) * 1_000 / calls


def run_tasks(ecs: Any, count: int, wanted: str, where: dict[str, Any]) -> list[str]:
    """RunTask ten at a time."""
    arns = []
    for _ in range(count // 10):
        answer = ecs.run_task(
            cluster="shop", taskDefinition=wanted, count=10, launchType="FARGATE", networkConfiguration=where
        )
        arns += [task["taskArn"] for task in answer["tasks"]]
    return arns


def look_at_tasks(ecs: Any, arns: list[str]) -> dict[str, float]:
    """describe_tasks of one task and the first page of list_tasks, among all the others."""
    one = arns[len(arns) // 2]
    return {
        "describe_tasks_ms": timed(20, lambda: ecs.describe_tasks(cluster="shop", tasks=[one])),
        "list_tasks_ms": timed(20, lambda: ecs.list_tasks(cluster="shop", maxResults=100)),
    }


def call_figures(ecs: Any) -> dict[str, float]:
    """Small calls, one cluster and one task definition."""
    name = definition(ecs)
    return {
        "describe_clusters_ms": timed(300, lambda: ecs.describe_clusters(clusters=["shop"])),
        "describe_task_definition_ms": timed(300, lambda: ecs.describe_task_definition(taskDefinition=name)),
        "register_task_definition_ms": timed(100, lambda: definition(ecs)),
    }


def moto_clients() -> tuple[Any, Any]:
    """Bare moto in process, without its AMI table."""
    os.environ |= {
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_DEFAULT_REGION": REGION,
    }
    import boto3
    from moto import mock_aws

    mock_aws().start()
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="shop")
    return ecs, boto3.client("ec2")


def moto_tasks() -> dict[str, float]:
    """Bare moto stores 10,000 tasks by RunTask."""
    ecs, ec2 = moto_clients()
    wanted, where = definition(ecs), network(ec2)
    run_tasks(ecs, 10, wanted, where)
    begun = time.process_time()
    arns = run_tasks(ecs, TASKS, wanted, where)
    cpu = time.process_time() - begun
    return {"run_task_cpu_s": cpu, **look_at_tasks(ecs, arns)}


def moto_calls() -> dict[str, float]:
    """Bare moto's small calls."""
    return call_figures(moto_clients()[0])


def our_cloud() -> tuple[Any, Any, Any]:
    """Our cloud in process."""
    from ecsim.cloud.cloud import Cloud

    cloud = Cloud(seed=1)
    ecs = cloud.client("ecs")
    ecs.create_cluster(clusterName="shop")
    return cloud, ecs, cloud.client("ec2")


def our_tasks() -> dict[str, float]:
    """10,000 standalone tasks, RUNNING."""
    cloud, ecs, ec2 = our_cloud()
    wanted, where = definition(ecs), network(ec2)
    begun = time.process_time()
    arns = run_tasks(ecs, TASKS, wanted, where)
    cloud.advance("2m")
    cpu = time.process_time() - begun
    assert ecs.describe_tasks(cluster="shop", tasks=arns[:1])["tasks"][0]["lastStatus"] == "RUNNING"
    return {"run_task_cpu_s": cpu, **look_at_tasks(ecs, arns)}


def our_calls() -> dict[str, float]:
    """Our small calls."""
    return call_figures(our_cloud()[1])


def services(count: int = SERVICES) -> dict[str, float]:
    """Services of ten tasks to steady state, then a rolling update of all of them."""
    cloud, ecs, ec2 = our_cloud()
    first, where = definition(ecs), network(ec2)
    second = definition(ecs, WEB.replace("1.0", "2.0"))
    names = [f"web-{n}" for n in range(count)]

    def steady(revision: str) -> bool:
        return all(
            s.steady and s.primary.task_definition_arn == revision for s in cloud.store.services.values()
        )

    begun = time.process_time()
    for name in names:
        ecs.create_service(
            cluster="shop",
            serviceName=name,
            taskDefinition=first,
            desiredCount=TASKS_EACH,
            launchType="FARGATE",
            networkConfiguration=where,
        )
    cloud.advance("10m")
    created = time.process_time() - begun
    assert steady(first)
    begun = time.process_time()
    for name in names:
        ecs.update_service(cluster="shop", service=name, taskDefinition=second)
    cloud.advance("20m")
    rolled = time.process_time() - begun
    assert steady(second)
    return {"steady_cpu_s": created, "rolling_cpu_s": rolled}


def services_tenth() -> dict[str, float]:
    """The same with a tenth of the services: is it linear?"""
    return services(SERVICES // 10)


USER_DATA = "#!/bin/bash\necho ECS_CLUSTER=shop >> /etc/ecs/ecs.config\n"
INSTANCES, ON_EACH = 500, 20


def ec2_services(instances: int = INSTANCES) -> dict[str, float]:
    """Services of ten tasks on EC2 instances, twenty tasks on each, from CreateService to steady state."""
    cloud, ecs, ec2 = our_cloud()
    cloud.client("iam").create_instance_profile(InstanceProfileName="ecsInstanceRole")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{64 * nth}.0/18", AvailabilityZone=f"{REGION}{zone}")
        for nth, zone in enumerate("acd")
    ]
    for nth in range(instances):
        ec2.run_instances(
            ImageId="ami-12345678",
            InstanceType="m5.xlarge",
            MinCount=1,
            MaxCount=1,
            SubnetId=zones[nth % len(zones)]["Subnet"]["SubnetId"],
            UserData=USER_DATA,
            IamInstanceProfile={"Name": "ecsInstanceRole"},
        )
    cloud.advance("3m")
    assert len(cloud.store.container_instances) == instances
    container = {"name": "web", "image": WEB, "cpu": 128, "memory": 256}
    container["portMappings"] = [{"containerPort": 8080, "hostPort": 0}]
    wanted = ecs.register_task_definition(
        family="web", networkMode="bridge", containerDefinitions=[container]
    )["taskDefinition"]["taskDefinitionArn"]
    begun = time.process_time()
    for nth in range(instances * ON_EACH // TASKS_EACH):
        ecs.create_service(
            cluster="shop",
            serviceName=f"web-{nth}",
            taskDefinition=wanted,
            desiredCount=TASKS_EACH,
            launchType="EC2",
        )
    cloud.advance("10m")
    cpu = time.process_time() - begun
    assert all(service.steady for service in cloud.store.services.values())
    return {"steady_cpu_s": cpu}


def ec2_services_tenth() -> dict[str, float]:
    """The same with a tenth of the instances, the services and the tasks: is it linear?"""
    return ec2_services(INSTANCES // 10)


def lab_start() -> dict[str, float]:
    """From nothing to the first answer in a lab: imports, cloud, server, starting state, one call."""
    import boto3

    from ecslab import lab

    lab.start("11-rolling")
    assert boto3.client("ecs").describe_services(cluster="shop", services=["web"])["services"]
    return {"cpu_s": time.process_time()}


class ByHand:
    """What the lab's starting state needs of a cloud, on bare moto, where time is not known."""

    def client(self, service: str, by: str | None = None) -> Any:  # noqa: ARG002
        """A boto3 client."""
        import boto3

        return boto3.client(service)

    def until(self, *_wait: Any) -> bool:
        """Nothing ever happens there."""
        return True

    advance = until


def lab_start_by_hand() -> dict[str, float]:
    """A script that imports boto3 and moto and makes the same starting state by the same calls."""
    import importlib.util

    moto_clients()
    path = Path(__file__).resolve().parents[1] / "course" / "11-rolling" / "setup.py"
    spec = importlib.util.spec_from_file_location("setup_by_hand", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.setup(ByHand(), 11)
    ecs = ByHand().client("ecs")
    assert ecs.describe_services(cluster="shop", services=["web"])["services"]
    return {"cpu_s": time.process_time()}


def labs_solved() -> dict[str, float]:
    """Every solved lab from a cold start: the slowest, in seconds of CPU of its process."""
    from tests.transport.play_lab import ROOT

    labs = sorted(path.parent.name for path in (ROOT / "course").glob("*/lab.md"))
    slowest = max(cpu_of([sys.executable, "-m", "tests.transport.play_lab", lab, "embedded"]) for lab in labs)
    return {"cpu_s": slowest, "allowed_s": 5.0}


def cpu_of(command: list[str], **options: Any) -> float:
    """Seconds of CPU of a command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


CASES: dict[str, Callable[[], dict[str, float]]] = {
    case.__name__: case
    for case in (
        moto_tasks,
        moto_calls,
        our_tasks,
        our_calls,
        services,
        services_tenth,
        ec2_services,
        ec2_services_tenth,
        lab_start,
        lab_start_by_hand,
        labs_solved,
        graded_jailed,
        graded_by_two,
        graded_by_nbgrader,
        run_by_nbclient,
        run_by_nbval,
    )
}

if __name__ == "__main__":
    print(json.dumps(CASES[sys.argv[1]]()))
