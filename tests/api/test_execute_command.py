"""ECS Exec, and the agent's own calls."""

from __future__ import annotations

import pytest

from ecsim.model.task import Container, DesiredStatus, TaskStatus
from tests.api.rig import ARN, Rig


def containers(*names):
    return tuple(
        Container(name=name, arn=f"{ARN}:container/shop/t/{name}", image="nginx", last_status="RUNNING")
        for name in names
    )


@pytest.fixture
def shop():
    rig = Rig()
    rig.cluster()
    return rig


def running(rig, *names, **changes):
    return rig.task(
        **{
            "status": TaskStatus.RUNNING,
            "enable_execute_command": True,
            "containers": containers(*names),
            **changes,
        }
    )


def execute(rig, task, **changes):
    request = {"cluster": "shop", "task": task.id, "command": "/bin/sh", "interactive": True, **changes}
    return rig.call("ExecuteCommand", **request)


def test_a_session_with_the_only_container(shop):
    task = running(shop, "web")
    answer = execute(shop, task)
    session = answer["session"]
    assert (answer["containerName"], answer["taskArn"], answer["interactive"]) == ("web", task.arn, True)
    assert session["sessionId"].startswith("ecs-execute-command-")
    assert session["streamUrl"].startswith("wss://ssmmessages.ap-northeast-1.amazonaws.com/")
    assert session["sessionId"] in session["streamUrl"]
    assert execute(shop, task)["session"]["sessionId"] != session["sessionId"]


def test_a_container_by_its_name(shop):
    task = running(shop, "web", "log")
    assert execute(shop, task, container="log")["containerName"] == "log"


@pytest.mark.parametrize(
    ("task", "changes", "says"),
    [
        ({}, {"task": "0" * 32}, "task was not found"),
        ({}, {"interactive": False}, "Interactive is the only mode"),
        ({}, {"command": " "}, "Command cannot be empty"),
        ({}, {"container": "nobody"}, "container nobody was not found"),
        ({"names": ("web", "log")}, {}, "Container name is required"),
        ({"enable_execute_command": False}, {}, "execute command was not enabled"),
        ({"status": TaskStatus.PENDING}, {}, "agent isn't running"),
        ({"desired_status": DesiredStatus.STOPPED}, {}, "agent isn't running"),
    ],
)
def test_refusals(shop, task, changes, says):
    made = running(shop, *task.pop("names", ("web",)), **task)
    request = {"cluster": "shop", "task": made.id, "command": "ls", "interactive": True, **changes}
    refused = shop.refused("ExecuteCommand", **request)
    assert refused.code == "InvalidParameterException"
    assert says in refused.message


@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("SubmitTaskStateChange", {}),
        ("SubmitContainerStateChange", {}),
        ("SubmitAttachmentStateChanges", {"attachments": []}),
    ],
)
def test_what_agents_submit_is_acknowledged_and_changes_nothing(shop, operation, more):
    task = running(shop, "web")
    assert shop.call(operation, cluster="shop", **more) == {"acknowledgment": "ACK"}
    assert shop.store.tasks[task.arn] == task


def test_where_an_agent_polls(shop):
    found = shop.call("DiscoverPollEndpoint")
    assert all(url.startswith("https://ecs-") for url in found.values())
