"""A task as DescribeTasks shows it. Source: botocore Task, Container, Attachment; ecs-behaviour.md 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import tags
from ecsim.api.ecs.launch import volumes
from ecsim.decide.task import fargate
from ecsim.model.task import TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.task import Container, Task

_TIMES = (
    ("connectivityAt", "connectivity_at_ms"),
    ("pullStartedAt", "pull_started_at_ms"),
    ("pullStoppedAt", "pull_stopped_at_ms"),
    ("startedAt", "started_at_ms"),
    ("stoppingAt", "stopping_at_ms"),
    ("executionStoppedAt", "execution_stopped_at_ms"),
    ("stoppedAt", "stopped_at_ms"),
)
_ATTACHMENT = {
    TaskStatus.PROVISIONING: "PRECREATED",
    TaskStatus.DEPROVISIONING: "DETACHING",
    TaskStatus.STOPPED: "DELETED",
}
_EPHEMERAL_STORAGE_GIB = 20
"""Source: botocore EphemeralStorage: without one, 20 GiB."""


def view(desk: Desk, task: Task, *, with_tags: bool = False) -> Answer:
    """A task as the API shows it."""
    definition = desk.store.task_definitions.get(task.task_definition_arn)
    document: Mapping[str, Any] = definition.document if definition is not None else {}
    platform = document.get("runtimePlatform") or {}
    architecture = "arm64" if platform.get("cpuArchitecture") == "ARM64" else "x86_64"
    shown: Answer = {
        "attachments": [*_attachments(task), *volumes.attachments(task)],
        "attributes": [{"name": "ecs.cpu-architecture", "value": architecture}],
        "availabilityZone": task.availability_zone,
        "clusterArn": task.cluster_arn,
        "connectivity": "CONNECTED",
        "containers": [_container(task, c, document) for c in task.containers],
        "cpu": task.cpu or _sum(document, "cpu"),
        "createdAt": task.created_at_ms,
        "desiredStatus": task.desired_status.value,
        "enableExecuteCommand": task.enable_execute_command,
        "group": task.group,
        "healthStatus": task.health_status.value,
        "lastStatus": task.last_status.value,
        "memory": task.memory or _sum(document, "memory", "memoryReservation"),
        "overrides": _overrides(task),
        "tags": tags.shown(task.tags) if with_tags else [],
        "taskArn": task.arn,
        "taskDefinitionArn": task.task_definition_arn,
        "version": task.version,
    }
    for member, attribute in _TIMES:
        at_ms = getattr(task, attribute)
        if at_ms is not None:
            shown[member] = at_ms
    if "connectivityAt" not in shown:
        del shown["connectivity"]
    return shown | _where(task, document) | _end(task)


def _where(task: Task, document: Mapping[str, Any]) -> Answer:
    where: Answer = {"launchType": task.launch_type}
    if task.container_instance_arn is not None:
        where["containerInstanceArn"] = task.container_instance_arn
    if task.started_by is not None:
        where["startedBy"] = task.started_by
    if task.capacity_provider_name is not None:
        where["capacityProviderName"] = task.capacity_provider_name
    if task.platform_version is not None:
        platform = document.get("runtimePlatform") or {}
        size = _storage(task, document)
        where |= {
            "platformVersion": task.platform_version,
            "platformFamily": fargate.platform_family(platform.get("operatingSystemFamily")),
            "ephemeralStorage": {"sizeInGiB": size},
            "fargateEphemeralStorage": {"sizeInGiB": size},
        }
    return where


def _storage(task: Task, document: Mapping[str, Any]) -> int:
    asked = task.overrides.get("ephemeralStorage") or document.get("ephemeralStorage") or {}
    size: int = asked.get("sizeInGiB", _EPHEMERAL_STORAGE_GIB)
    return size


def _sum(document: Mapping[str, Any], *members: str) -> str:
    """What the containers take together, where the task definition has no size. Source: AWS CLI reference, run-task."""
    containers = document.get("containerDefinitions", ())
    return str(sum(next((c[member] for member in members if c.get(member)), 0) for c in containers))


def _end(task: Task) -> Answer:
    end: Answer = {}
    if task.stop_code is not None:
        end["stopCode"] = task.stop_code.value
    if task.stopped_reason is not None:
        end["stoppedReason"] = task.stopped_reason
    return end


def _overrides(task: Task) -> Answer:
    """What was overridden; every container is listed, as AWS does."""
    given = {c.get("name"): dict(c) for c in task.overrides.get("containerOverrides") or ()}
    rest = {member: value for member, value in task.overrides.items() if member != "containerOverrides"}
    return {
        "containerOverrides": [given.get(c.name, {"name": c.name}) for c in task.containers],
        "inferenceAcceleratorOverrides": [],
        **rest,
    }


def _attachment_id(task: Task) -> str:
    """The id of the network interface's attachment: a UUID made of the task's own id."""
    turned = task.id[::-1].ljust(32, "0")
    return f"{turned[:8]}-{turned[8:12]}-{turned[12:16]}-{turned[16:20]}-{turned[20:32]}"


def _attachments(task: Task) -> list[Answer]:
    """The network interface of an awsvpc task."""
    vpc = task.network_configuration.get("awsvpcConfiguration")
    if not vpc:
        return []
    eni = task.eni
    details = [("subnetId", eni.subnet_id if eni is not None else next(iter(vpc["subnets"]), ""))]
    status = _ATTACHMENT.get(task.last_status, "ATTACHED")
    if eni is not None and task.last_status is not TaskStatus.PROVISIONING:
        details += [
            ("networkInterfaceId", eni.id),
            ("macAddress", eni.mac),
            ("privateDnsName", f"ip-{eni.private_ip.replace('.', '-')}.{_region(task)}.compute.internal"),
            ("privateIPv4Address", eni.private_ip),
        ]
    elif task.is_stopped:
        status = "DELETED"
    return [
        {
            "id": _attachment_id(task),
            "type": "ElasticNetworkInterface",
            "status": status,
            "details": [{"name": name, "value": value} for name, value in details],
        }
    ]


def _region(task: Task) -> str:
    return task.arn.split(":")[3]


def _container(task: Task, container: Container, document: Mapping[str, Any]) -> Answer:
    definition: Mapping[str, Any] = next(
        (c for c in document.get("containerDefinitions", ()) if c["name"] == container.name), {}
    )
    override: Mapping[str, Any] = next(
        (o for o in task.overrides.get("containerOverrides") or () if o.get("name") == container.name), {}
    )
    shown: Answer = {
        "containerArn": container.arn,
        "taskArn": task.arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": container.last_status,
        "networkBindings": _bindings(task, container),
        "networkInterfaces": _interfaces(task),
        "healthStatus": container.health_status.value,
        "cpu": str(override.get("cpu", definition.get("cpu", 0))),
    }
    for member in ("memory", "memoryReservation"):
        value = override.get(member, definition.get(member))
        if value is not None:
            shown[member] = str(value)
    for member, given in (
        ("imageDigest", container.image_digest),
        ("runtimeId", container.runtime_id if container.started_at_ms is not None else None),
        ("exitCode", container.exit_code),
        ("reason", container.reason),
    ):
        if given is not None:
            shown[member] = given
    if task.enable_execute_command:
        shown["managedAgents"] = [_exec_agent(container)]
    return shown


def _bindings(task: Task, container: Container) -> list[Answer]:
    """Host ports that lead to a container, once it has started. Source: botocore NetworkBinding."""
    if container.started_at_ms is None:
        return []
    return [
        {
            "bindIP": binding.bind_ip,
            "containerPort": binding.container_port,
            "hostPort": binding.host_port,
            "protocol": binding.protocol,
        }
        for binding in task.bindings
        if binding.container == container.name
    ]


def _interfaces(task: Task) -> list[Answer]:
    if task.eni is None or task.last_status is TaskStatus.PROVISIONING:
        return []
    return [{"attachmentId": _attachment_id(task), "privateIpv4Address": task.eni.private_ip}]


def _exec_agent(container: Container) -> Answer:
    """ECS Exec's agent: it runs while the container runs. Source: botocore ManagedAgent."""
    agent: Answer = {"name": "ExecuteCommandAgent", "lastStatus": container.last_status}
    if container.started_at_ms is not None:
        agent["lastStartedAt"] = container.started_at_ms
    return agent
