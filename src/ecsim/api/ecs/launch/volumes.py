"""Amazon EBS volumes that ECS attaches to tasks: `volumeConfigurations` of RunTask and of services.

They are checked, kept and shown; no volume is made in EC2, and a container sees none.
Source: botocore TaskVolumeConfiguration, ServiceVolumeConfiguration, Volume.configuredAtLaunch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.model.task import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.model.task import Task
    from ecsim.model.task_definition import TaskDefinition

Configurations = tuple[dict[str, Any], ...]

VOLUMES_MAX = 1
"""Source: botocore RunTaskRequest.volumeConfigurations: one EBS volume a task."""

_STATUS = {
    TaskStatus.PROVISIONING: "CREATED",
    TaskStatus.DEPROVISIONING: "DETACHING",
    TaskStatus.STOPPED: "DELETED",
}


def checked(given: Sequence[Mapping[str, Any]] | None, definition: TaskDefinition) -> Configurations:
    """The volumes to attach.

    Raises:
        ApiError: InvalidParameterException, the task definition and the request do not name the same volumes.
    """
    wanted = [v["name"] for v in definition.document.get("volumes", ()) if v.get("configuredAtLaunch")]
    names = [configuration["name"] for configuration in given or ()]
    if len(names) > VOLUMES_MAX:
        raise invalid_parameter("Only one volume configuration is allowed per task.")
    for name in names:
        if name not in wanted:
            raise invalid_parameter(
                f"The volume {name} is not a volume of the task definition that is configured at launch."
            )
    for name in wanted:
        if name not in names:
            raise invalid_parameter(
                f"The volume {name} of the task definition is configured at launch: a volume configuration of "
                "that name is required."
            )
    return tuple(dict(configuration) for configuration in given or ())


def attachments(task: Task) -> list[dict[str, Any]]:
    """The volumes of a task as DescribeTasks shows them. Source: botocore Attachment; AWS CLI reference, run-task."""
    return [
        _attachment(task, configuration) for configuration in task.request.get("volumeConfigurations") or ()
    ]


def _attachment(task: Task, configuration: Mapping[str, Any]) -> dict[str, Any]:
    managed = configuration.get("managedEBSVolume") or {}
    policy = managed.get("terminationPolicy") or {}
    deletes = policy.get("deleteOnTermination", True)
    half = task.id[16:] + task.id[:16]  # an id of its own, made of the task's
    return {
        "id": f"{half[:8]}-{half[8:12]}-{half[12:16]}-{half[16:20]}-{half[20:32]}",
        "type": "AmazonElasticBlockStorage",
        "status": _STATUS.get(task.last_status, "ATTACHED"),
        "details": [
            {"name": "roleArn", "value": str(managed.get("roleArn", ""))},
            {"name": "volumeName", "value": str(configuration["name"])},
            {"name": "deleteOnTermination", "value": str(bool(deletes)).lower()},
        ],
    }
