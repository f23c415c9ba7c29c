"""The first hour with the AWS CLI: a task definition with everything in it, a service, a deployment, a look around.

The real `aws` program, as a process, against a cloud in another process. The commands are those that an ECS
introduction shows; where such introductions are wrong, the right command stands here (ecs-behaviour.md 17, 001-12).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecsim.cloud.process import spawn
from ecsim.cloud.remote import RemoteWorld

ACCOUNT, REGION = "123456789012", "ap-northeast-1"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
AWS = str(Path(sys.executable).with_name("aws"))


def definition(tag="latest"):
    """Fargate, a secret, awslogs, a health command: as introductions show it."""
    log = {"awslogs-group": "/ecs/my-web-app", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}
    check = "curl -f http://localhost:8080/health || exit 1"
    web = {
        "name": "web",
        "image": f"{REGISTRY}/my-app:{tag}",
        "essential": True,
        "portMappings": [{"containerPort": 8080, "protocol": "tcp"}],
        "environment": [{"name": "NODE_ENV", "value": "production"}, {"name": "PORT", "value": "8080"}],
        "secrets": [
            {
                "name": "DB_PASSWORD",
                "valueFrom": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-password",
            }
        ],
        "logConfiguration": {"logDriver": "awslogs", "options": log},
        "healthCheck": {
            "command": ["CMD-SHELL", check],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 60,
        },
    }
    return {
        "family": "my-web-app",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole",
        "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskRole",
        "containerDefinitions": [web],
    }


class Terminal:
    """A shell in which the `aws` program meets our cloud."""

    def __init__(self, endpoint, folder):
        self.world = RemoteWorld(endpoint)
        self.folder = folder
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "learner",
            "AWS_SECRET_ACCESS_KEY": "learner",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        }

    def run(self, *words):
        return subprocess.run(
            [AWS, *words],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def aws(self, *words):
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def json(self, *words):
        return json.loads(self.aws(*words))

    def text(self, *words):
        return self.aws(*words, "--output", "text").strip()

    def advance(self, seconds):
        self.world.do("advance", {"duration_ms": seconds * 1_000})


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The terminal, and the ids that an introduction leaves open."""
    folder = tmp_path_factory.mktemp("terminal")
    with spawn(seed=1) as cloud:
        terminal = Terminal(cloud.endpoint_url, folder)
        vpc = terminal.text("ec2", "create-vpc", "--cidr-block", "10.0.0.0/16", "--query", "Vpc.VpcId")
        subnets = [
            terminal.text(
                *("ec2", "create-subnet", "--vpc-id", vpc, "--cidr-block", f"10.0.{n}.0/24"),
                *("--availability-zone", REGION + zone, "--query", "Subnet.SubnetId"),
            )
            for n, zone in ((1, "a"), (2, "c"))
        ]
        group = terminal.text(
            *("ec2", "create-security-group", "--group-name", "web", "--description", "web", "--vpc-id", vpc),
            *("--query", "GroupId"),
        )
        target_group = terminal.text(
            *("elbv2", "create-target-group", "--name", "my-tg", "--protocol", "HTTP", "--port", "8080"),
            *("--vpc-id", vpc, "--target-type", "ip", "--health-check-path", "/health"),
            *("--query", "TargetGroups[0].TargetGroupArn"),
        )
        balancer = terminal.text(
            *("elbv2", "create-load-balancer", "--name", "my-alb", "--subnets", *subnets),
            *("--query", "LoadBalancers[0].LoadBalancerArn"),
        )
        terminal.aws(
            *(
                "elbv2",
                "create-listener",
                "--load-balancer-arn",
                balancer,
                "--protocol",
                "HTTP",
                "--port",
                "80",
            ),
            *("--default-actions", f"Type=forward,TargetGroupArn={target_group}"),
        )
        terminal.aws("logs", "create-log-group", "--log-group-name", "/ecs/my-web-app")
        terminal.aws("ecr", "create-repository", "--repository-name", "my-app")
        terminal.aws("secretsmanager", "create-secret", "--name", "db-password", "--secret-string", "hunter2")
        program = {"name": "web", "stock": "web:1.0"}
        terminal.world.do("push", {"reference": f"{REGISTRY}/my-app:latest", "program": program})
        network = json.dumps(
            {
                "awsvpcConfiguration": {
                    "subnets": subnets,
                    "securityGroups": [group],
                    "assignPublicIp": "DISABLED",
                }
            }
        )
        yield terminal, network, target_group
        terminal.world.close()


def test_the_first_hour(shop):
    terminal, network, target_group = shop
    # Task definitions
    (terminal.folder / "task-definition.json").write_text(json.dumps(definition()))
    for revision in (1, 2, 3):
        made = terminal.json(
            "ecs", "register-task-definition", "--cli-input-json", "file://task-definition.json"
        )["taskDefinition"]
        assert (
            made["taskDefinitionArn"]
            == f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/my-web-app:{revision}"
        )
        assert (made["status"], made["cpu"], made["memory"]) == ("ACTIVE", "512", "1024")
    listed = terminal.json("ecs", "list-task-definitions", "--family-prefix", "my-web-app")[
        "taskDefinitionArns"
    ]
    assert [arn.rsplit(":", 1)[1] for arn in listed] == ["1", "2", "3"]
    shown = terminal.json("ecs", "describe-task-definition", "--task-definition", "my-web-app:3")[
        "taskDefinition"
    ]
    web = shown["containerDefinitions"][0]
    assert web["portMappings"] == [{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}]
    assert web["healthCheck"]["startPeriod"] == 60
    images = [
        terminal.text(
            *("ecs", "describe-task-definition", "--task-definition", f"my-web-app:{revision}"),
            *("--query", "taskDefinition.containerDefinitions[0].image"),
        )
        for revision in (2, 3)
    ]
    assert images == [f"{REGISTRY}/my-app:latest"] * 2
    gone = terminal.json("ecs", "deregister-task-definition", "--task-definition", "my-web-app:1")[
        "taskDefinition"
    ]
    assert gone["status"] == "INACTIVE"
    # A cluster, a standalone task
    assert (
        terminal.json("ecs", "create-cluster", "--cluster-name", "my-cluster")["cluster"]["status"]
        == "ACTIVE"
    )
    batch = {
        "family": "my-batch-job",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "batch-processor", "image": "public.ecr.aws/ecslab/report:1.0"}],
    }
    terminal.aws("ecs", "register-task-definition", "--cli-input-json", json.dumps(batch))
    overrides = {
        "containerOverrides": [
            {"name": "batch-processor", "environment": [{"name": "BATCH_ID", "value": "batch-0001"}]}
        ]
    }
    ran = terminal.json(
        *("ecs", "run-task", "--cluster", "my-cluster", "--task-definition", "my-batch-job:1"),
        *("--launch-type", "FARGATE", "--count", "1", "--network-configuration", network),
        *("--overrides", json.dumps(overrides)),
    )
    assert ran["failures"] == []
    assert (ran["tasks"][0]["lastStatus"], ran["tasks"][0]["group"]) == (
        "PROVISIONING",
        "family:my-batch-job",
    )
    _service(terminal, network, target_group)
    _look_around(terminal, ran["tasks"][0]["taskArn"])


def _service(terminal, network, target_group):
    balancers = [{"targetGroupArn": target_group, "containerName": "web", "containerPort": 8080}]
    configuration = {
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
    }
    made = terminal.json(
        *("ecs", "create-service", "--cluster", "my-cluster", "--service-name", "my-web-service"),
        *("--task-definition", "my-web-app:2", "--desired-count", "3", "--launch-type", "FARGATE"),
        *("--platform-version", "LATEST", "--network-configuration", network),
        *("--load-balancers", json.dumps(balancers), "--deployment-configuration", json.dumps(configuration)),
    )["service"]
    assert (made["status"], made["desiredCount"], made["runningCount"]) == ("ACTIVE", 3, 0)
    terminal.advance(180)
    updated = terminal.json(
        *("ecs", "update-service", "--cluster", "my-cluster", "--service", "my-web-service"),
        *("--task-definition", "my-web-app:3", "--force-new-deployment"),
    )["service"]
    assert [d["status"] for d in updated["deployments"]] == ["PRIMARY", "ACTIVE"]
    terminal.advance(600)
    query = (
        "services[0].{Status: status, DesiredCount: desiredCount, RunningCount: runningCount, "
        "PendingCount: pendingCount, TaskDefinition: taskDefinition, Deployments: deployments[*].{Status: status, "
        "DesiredCount: desiredCount, RunningCount: runningCount, TaskDefinition: taskDefinition}}"
    )
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/my-web-app:3"
    state = terminal.json(
        *(
            "ecs",
            "describe-services",
            "--cluster",
            "my-cluster",
            "--services",
            "my-web-service",
            "--query",
            query,
        )
    )
    assert state == {
        "Status": "ACTIVE",
        "DesiredCount": 3,
        "RunningCount": 3,
        "PendingCount": 0,
        "TaskDefinition": arn,
        "Deployments": [{"Status": "PRIMARY", "DesiredCount": 3, "RunningCount": 3, "TaskDefinition": arn}],
    }


def _look_around(terminal, batch_arn):
    where = ("--cluster", "my-cluster")
    running = terminal.text(
        *("ecs", "list-tasks", *where, "--service-name", "my-web-service", "--desired-status", "RUNNING"),
        *("--query", "taskArns"),
    ).split()
    assert len(running) == 3
    query = (
        "tasks[0].{LastStatus: lastStatus, StoppedReason: stoppedReason, StopCode: stopCode, "
        "Containers: containers[*].{Name: name, LastStatus: lastStatus, ExitCode: exitCode, Reason: reason, "
        "HealthStatus: healthStatus}}"
    )
    one = terminal.json("ecs", "describe-tasks", *where, "--tasks", running[0], "--query", query)
    assert (one["LastStatus"], one["StopCode"]) == ("RUNNING", None)
    assert one["Containers"][0]["HealthStatus"] == "HEALTHY"
    batch = terminal.json("ecs", "describe-tasks", *where, "--tasks", batch_arn, "--query", query)
    assert (batch["LastStatus"], batch["StopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert batch["Containers"][0]["ExitCode"] == 0
    stopped = terminal.text(
        *("ecs", "list-tasks", *where, "--service-name", "my-web-service", "--desired-status", "STOPPED"),
        *("--query", "taskArns"),
    ).split()
    assert len(stopped) == 3, "the old revision's tasks are still visible for an hour"
    reasons = terminal.json(
        *("ecs", "describe-tasks", *where, "--tasks", *stopped),
        *("--query", "tasks[*].{TaskArn: taskArn, StoppedReason: stoppedReason}"),
    )
    assert all(
        r["StoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/") for r in reasons
    )
    refused = terminal.run(
        "ecs", "list-tasks", *where, "--started-by", "ecs-svc/1", "--desired-status", "STOPPED"
    )
    assert refused.returncode != 0, "startedBy must be the only filter (botocore ecs ListTasksRequest)"
    assert "InvalidParameterException" in refused.stderr
    events = terminal.json(
        *(
            "ecs",
            "describe-services",
            *where,
            "--services",
            "my-web-service",
            "--query",
            "services[0].events[:10]",
        )
    )
    assert events[0]["message"] == "(service my-web-service) has reached a steady state."
    assert len(events) == 10


def test_what_goes_wrong_is_said_as_aws_says_it(shop):
    terminal = shop[0]
    for words, code in [
        (("ecs", "describe-services", "--cluster", "none", "--services", "x"), "ClusterNotFoundException"),
        (("ecs", "describe-task-definition", "--task-definition", "none"), "ClientException"),
        (("ecs", "update-service", "--cluster", "default", "--service", "x"), "ClusterNotFoundException"),
        (
            (
                *(
                    "ecs",
                    "register-task-definition",
                    "--family",
                    "x",
                    "--requires-compatibilities",
                    "FARGATE",
                ),
                *("--network-mode", "awsvpc", "--cpu", "256", "--memory", "4096"),
                *("--container-definitions", '[{"name":"web","image":"nginx"}]'),
            ),
            "ClientException",
        ),
    ]:
        done = terminal.run(*words)
        assert done.returncode != 0
        assert f"({code})" in done.stderr, done.stderr
        assert "Traceback" not in done.stderr
