"""The real AWS CLI deploys with CodeDeploy: `aws deploy ...` and its own command `aws ecs deploy`."""

from __future__ import annotations

import json

import pytest

from ecsim.cloud import awscli
from ecsim.cloud.waiters import patch_waiters
from tests.scenarios.codedeploy import APPSPEC, CodeDeployed


@pytest.fixture
def shop():
    with CodeDeployed(termination=5) as story:
        awscli.load()
        give_back = patch_waiters(story.cloud.advance)
        try:
            yield story
        finally:
            give_back()


def aws(story, *words):
    code, out, problem = awscli.run(words, story.cloud.gate.handle)
    assert code == 0, problem
    return out


def test_aws_deploy_creates_waits_and_shows(shop, tmp_path):
    content = APPSPEC.format(definition=shop.definition("public.ecr.aws/ecslab/web:2.0"))
    revision = tmp_path / "revision.json"
    revision.write_text(
        json.dumps({"revisionType": "AppSpecContent", "appSpecContent": {"content": content}})
    )
    group = ("--application-name", "shop", "--deployment-group-name", "web")
    made = aws(shop, "deploy", "create-deployment", *group, "--revision", f"file://{revision}")
    deployment = json.loads(made)["deploymentId"]
    aws(shop, "deploy", "wait", "deployment-successful", "--deployment-id", deployment)
    shown = json.loads(aws(shop, "deploy", "get-deployment", "--deployment-id", deployment))
    assert shown["deploymentInfo"]["status"] == "Succeeded"
    targets = json.loads(aws(shop, "deploy", "list-deployment-targets", "--deployment-id", deployment))
    assert targets == {"targetIds": ["shop:web"]}
    listed = json.loads(aws(shop, "deploy", "list-deployments", *group))
    assert listed == {"deployments": [deployment]}
    assert shop.task_sets() == [("PRIMARY", "web:2", 2, "green")]


def test_aws_ecs_deploy(shop, tmp_path):
    """It registers the task definition, writes its ARN into the AppSpec, creates a deployment and waits."""
    described = shop.ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    wanted = {
        member: described[member]
        for member in (
            "family",
            "networkMode",
            "requiresCompatibilities",
            "cpu",
            "memory",
            "executionRoleArn",
            "containerDefinitions",
        )
    }
    wanted["containerDefinitions"][0]["image"] = "public.ecr.aws/ecslab/web:2.0"
    definition, appspec = tmp_path / "task.json", tmp_path / "appspec.yaml"
    definition.write_text(json.dumps(wanted))
    appspec.write_text(APPSPEC.format(definition="<TASK_DEFINITION>"))
    names = ("--codedeploy-application", "shop", "--codedeploy-deployment-group", "web")
    said = aws(
        shop,
        *("ecs", "deploy", "--cluster", "shop", "--service", "web", *names),
        *("--task-definition", str(definition), "--codedeploy-appspec", str(appspec)),
    )
    assert "Successfully deployed" in said
    assert shop.task_sets() == [("PRIMARY", "web:2", 2, "green")]
