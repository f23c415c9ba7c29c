"""ECS Exec: ExecuteCommand checks what AWS checks and opens a session.

The session's stream is not simulated: nobody listens at `streamUrl`, and a container's program runs no shell.
Source: botocore ExecuteCommand; ECS Developer Guide, ecs-exec, ecs-exec-troubleshooting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.model.task import DesiredStatus, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.task import Container, Task

NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the execute "
    "command agent isn't running. Wait and try again or run a new task with execute command enabled and try again."
)
"""Source: quoted by AWS's amazon-ecs-exec-checker and by users; ECS Developer Guide, ecs-exec-troubleshooting."""

_SESSION_DIGITS = 17
_TOKEN_LENGTH = 64


def execute_command(desk: Desk, params: dict[str, Any]) -> Answer:
    """ExecuteCommand: a session with the container's agent, for the Session Manager plugin."""
    cluster = lookup.cluster_of(desk, params)
    task = lookup.task_in(desk, cluster, params["task"])
    if task is None:
        raise invalid_parameter("The referenced task was not found.")
    if not params["interactive"]:
        raise invalid_parameter("Interactive is the only mode supported currently.")
    if not params["command"].strip():
        raise invalid_parameter("Command cannot be empty.")
    container = _container(task, params)
    running = task.last_status is TaskStatus.RUNNING and task.desired_status is DesiredStatus.RUNNING
    if not task.enable_execute_command or not running or container.last_status != "RUNNING":
        raise invalid_parameter(NOT_ENABLED)
    digits = desk.identity.hexadecimal("exec session", task.id, length=_SESSION_DIGITS)
    session = f"ecs-execute-command-{digits}"
    return {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": True,
        "taskArn": task.arn,
        "session": {
            "sessionId": session,
            "streamUrl": (
                f"wss://ssmmessages.{desk.region}.amazonaws.com/v1/data-channel/{session}?role=publish_subscribe"
            ),
            "tokenValue": desk.identity.base62("exec token", task.id, length=_TOKEN_LENGTH),
        },
    }


def _container(task: Task, params: Mapping[str, Any]) -> Container:
    """The container that is meant. Source: botocore ExecuteCommandRequest.container.

    Raises:
        ApiError: InvalidParameterException, there is none of that name, or several and none is named.
    """
    name = params.get("container")
    if name is None and len(task.containers) > 1:
        raise invalid_parameter("Container name is required for tasks with more than one container.")
    container = task.containers[0] if name is None else task.container(name)
    if container is None:
        raise invalid_parameter(f"The container {name} was not found in the task.")
    return container


OPERATIONS: dict[str, Handler] = {"ExecuteCommand": execute_command}
