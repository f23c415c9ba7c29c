"""How an EC2 instance becomes a container instance: what its agent registers."""

from __future__ import annotations

import re

from ecsim.decide.capacity.instance_types import builtin_attributes, instance_type
from ecsim.model.container_instance import (
    RESERVED_PORTS,
    ContainerInstance,
    Host,
    HostPort,
    Resources,
)
from ecsim.model.replacing import replace

AGENT_VERSION, AGENT_HASH, DOCKER_VERSION = "1.99.0", "0000000", "DockerVersion: 25.0.8"
"""What agents of this cloud say they are; approximate."""

BOOT_MS = 60_000
"""From RunInstances to the agent's registration. Approximate: an ECS-optimized AMI takes one to two minutes."""

GONE = ("shutting-down", "terminated")
OFF = ("stopping", "stopped")

_SETTING = re.compile(r"\b(ECS_[A-Z_]+)=(?:'([^'\n]*)'|\"([^\"\n]*)\"|([^\s'\";>]*))")
_INSTANCE_ATTRIBUTE = re.compile(r'\\?"([^"\\]+)\\?"\s*:\s*\\?"([^"\\]*)\\?"')


def agent_settings(user_data: str) -> dict[str, str]:
    """What user data writes into /etc/ecs/ecs.config: the last ECS_... setting of each name.

    Source: ECS Developer Guide, ecs-agent-config, bootstrap_container_instance.
    """
    return {
        match[1]: next((text for text in match.groups()[1:] if text is not None), "")
        for match in _SETTING.finditer(user_data)
    }


def instance_attributes(user_data: str) -> tuple[tuple[str, str], ...]:
    """Name and value pairs of ECS_INSTANCE_ATTRIBUTES={"name": "value"}."""
    start = user_data.find("ECS_INSTANCE_ATTRIBUTES=")
    if start < 0:
        return ()
    line = user_data[start:].partition("\n")[0]
    return tuple((match[1], match[2]) for match in _INSTANCE_ATTRIBUTE.finditer(line))


def resources_of(host: Host) -> Resources:
    """What an agent registers of an instance of its type."""
    kind = instance_type(host.instance_type)
    return Resources(
        cpu=kind.cpu,
        memory=max(0, kind.usable_memory - host.reserved_memory),
        gpus=kind.gpus,
        enis=kind.task_interfaces,
        ports=tuple(HostPort(port=port) for port in RESERVED_PORTS),
    )


def registered(
    host: Host,
    *,
    cluster_arn: str,
    arn: str,
    now_ms: int,
    date: str,
    capacity_provider_name: str | None = None,
) -> ContainerInstance:
    """The container instance that an EC2 instance becomes, ACTIVE and connected.

    Args:
        host: the EC2 instance.
        cluster_arn: its cluster.
        arn: the container instance's ARN, which ends in its id.
        now_ms: the present moment.
        date: the same as a date in UTC.
        capacity_provider_name: of its Auto Scaling group, if there is one.
    """
    builtin = builtin_attributes(
        instance_type_name=host.instance_type,
        availability_zone=host.availability_zone,
        image_id=host.image_id,
        subnet_id=host.subnet_id,
        vpc_id=host.vpc_id,
    )
    return ContainerInstance(
        arn=arn,
        id=arn.rsplit("/", 1)[1],
        cluster_arn=cluster_arn,
        ec2_instance_id=host.id,
        registered=resources_of(host),
        attributes=(*builtin, *host.attributes),
        capacity_provider_name=capacity_provider_name,
        instance_type=host.instance_type,
        availability_zone=host.availability_zone,
        subnet_id=host.subnet_id,
        vpc_id=host.vpc_id,
        private_ip=host.private_ip,
        agent_version=AGENT_VERSION,
        agent_hash=AGENT_HASH,
        docker_version=DOCKER_VERSION,
        registered_at_ms=now_ms,
        registered_at=date,
        tags=(),
    )


def moved(instance: ContainerInstance, **changes: object) -> ContainerInstance:
    """A container instance after a change that AWS counts. Source: botocore ecs ContainerInstance.version."""
    return replace(instance, version=instance.version + 1, **changes)  # type: ignore[arg-type]
