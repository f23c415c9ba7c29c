"""Debian's AWS CLI v2 against a served cloud. Where it differs from the v1 that the course installs, a test says so."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from ecsim.cloud.process import spawn

pytestmark = pytest.mark.slow
PROGRAM = "ECSLAB_AWS_V2"
"""Names the program; by default the system's, which Debian's package awscli installs."""


def _program():
    """The words that start the AWS CLI v2, or None."""
    words = os.environ.get(PROGRAM, "/usr/bin/aws").split()
    if shutil.which(words[0]) is None:
        return None
    done = subprocess.run([*words, "--version"], capture_output=True, text=True, check=False)
    return words if done.stdout.startswith("aws-cli/2.") else None


@pytest.fixture(scope="module")
def aws():
    words = _program()
    if words is None:
        pytest.skip("no AWS CLI v2: apt-get install awscli (Debian), or name it in ECSLAB_AWS_V2")
    with spawn(seed=1) as cloud:
        # Whoever imported the v1 of the course in this process left its data's place in the environment.
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {
            **clean,
            "AWS_ACCESS_KEY_ID": "learner",
            "AWS_SECRET_ACCESS_KEY": "learner",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_PAGER": "",
        }

        def run(*command, code=0):
            # Version 2.9 does not know AWS_ENDPOINT_URL: it came with 2.13.
            done = subprocess.run(
                [*words, "--endpoint-url", cloud.endpoint_url, *command],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == code, (done.stdout, done.stderr)
            return done.stdout if code == 0 else done.stderr

        yield run


def test_a_cluster_a_definition_and_a_task(aws):
    made = json.loads(aws("ecs", "create-cluster", "--cluster-name", "shop"))["cluster"]
    assert made["status"] == "ACTIVE"
    container = json.dumps([{"name": "web", "image": "nginx"}])
    definition = json.loads(
        aws(
            *("ecs", "register-task-definition", "--family", "web", "--network-mode", "awsvpc"),
            *("--requires-compatibilities", "FARGATE", "--cpu", "256", "--memory", "512"),
            *("--container-definitions", container),
        )
    )["taskDefinition"]
    assert definition["revision"] == 1
    assert isinstance(definition["registeredAt"], str), "v2 shows times as ISO 8601, v1 as seconds"
    subnet = json.loads(aws("ec2", "describe-subnets"))["Subnets"][0]["SubnetId"]
    tasks = json.loads(
        aws(
            *("ecs", "run-task", "--cluster", "shop", "--task-definition", "web", "--launch-type", "FARGATE"),
            *("--network-configuration", f"awsvpcConfiguration={{subnets=[{subnet}]}}"),
        )
    )["tasks"]
    assert tasks[0]["lastStatus"] == "PROVISIONING"
    listed = json.loads(aws("ecs", "list-tasks", "--cluster", "shop"))["taskArns"]
    assert listed == [tasks[0]["taskArn"]]


def test_errors_have_v2s_exit_code(aws):
    """254 for an answer with an error; v1 says 255. Source: AWS CLI user guide, return codes."""
    problem = aws("ecs", "delete-cluster", "--cluster", "nobody", code=254)
    assert "(ClusterNotFoundException)" in problem
