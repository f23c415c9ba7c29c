"""A container instance as DescribeContainerInstances shows it. Source: botocore ContainerInstance, Resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecsim.api.ecs import tags
from ecsim.model.container_instance import HostPort, Resources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.container_instance import ContainerInstance


def view(desk: Desk, instance: ContainerInstance, include: Iterable[str] = ()) -> Answer:
    """A container instance as the API shows it; `include` says which of the further parts."""
    wanted = tuple(include)
    running, pending = desk.store.counts_on(instance.arn)
    left = desk.store.room(instance).left
    shown: Answer = {
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_instance_id,
        "version": instance.version,
        "versionInfo": {
            name: value
            for name, value in (
                ("agentVersion", instance.agent_version),
                ("agentHash", instance.agent_hash),
                ("dockerVersion", instance.docker_version),
            )
            if value
        },
        "remainingResources": _resources(left, instance.registered.gpus),
        "registeredResources": _resources(instance.registered, instance.registered.gpus),
        "status": instance.status.value,
        "agentConnected": instance.agent_connected,
        "runningTasksCount": running,
        "pendingTasksCount": pending,
        "attributes": [_attribute(name, value) for name, value in instance.attributes],
        "registeredAt": instance.registered_at_ms,
        "attachments": [],
        "tags": tags.shown(instance.tags) if "TAGS" in wanted else [],
    }
    if instance.capacity_provider_name is not None:
        shown["capacityProviderName"] = instance.capacity_provider_name
    if instance.status_reason is not None:
        shown["statusReason"] = instance.status_reason
    if instance.agent_update_status is not None:
        shown["agentUpdateStatus"] = instance.agent_update_status
    if "CONTAINER_INSTANCE_HEALTH" in wanted:
        shown["healthStatus"] = _health(instance, desk.now_ms())
    return shown


def _attribute(name: str, value: str) -> Answer:
    return {"name": name} | ({"value": value} if value else {})


def _resources(amount: Resources, gpus: int) -> list[Answer]:
    shown = [
        _integer("CPU", amount.cpu),
        _integer("MEMORY", amount.memory),
        _ports("PORTS", amount.ports, "tcp"),
        _ports("PORTS_UDP", amount.ports, "udp"),
    ]
    if gpus:
        names = [f"GPU-{number}" for number in range(amount.gpus)]
        shown.append({"name": "GPU", "type": "STRINGSET", "stringSetValue": names} | _ZEROS)
    return shown


_ZEROS = {"doubleValue": 0.0, "longValue": 0, "integerValue": 0}
"""Real answers have the other members too, at zero."""


def _integer(name: str, value: int) -> Answer:
    return {"name": name, "type": "INTEGER"} | _ZEROS | {"integerValue": value}


def _ports(name: str, ports: tuple[HostPort, ...], protocol: str) -> Answer:
    taken = [str(each.port) for each in ports if each.protocol == protocol]
    return {"name": name, "type": "STRINGSET", "stringSetValue": taken} | _ZEROS


def _health(instance: ContainerInstance, now_ms: int) -> Answer:
    """Source: botocore ContainerInstanceHealthStatus."""
    state = "OK" if instance.agent_connected else "INSUFFICIENT_DATA"
    return {
        "overallStatus": state,
        "details": [
            {
                "type": "CONTAINER_RUNTIME",
                "status": state,
                "lastUpdated": now_ms,
                "lastStatusChange": instance.registered_at_ms,
            }
        ],
    }
