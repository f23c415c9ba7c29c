"""Container instances: EC2 instances whose agent has registered them with a cluster, and what tasks take of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ContainerInstanceStatus(StrEnum):
    """Source: botocore ecs ContainerInstance.status."""

    REGISTERING = "REGISTERING"
    REGISTRATION_FAILED = "REGISTRATION_FAILED"
    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    DEREGISTERING = "DEREGISTERING"
    INACTIVE = "INACTIVE"


RESERVED_PORTS = (22, 2375, 2376, 51678, 51679, 51680)
"""TCP ports that SSH, Docker and the agent use. Source: botocore ecs PortMapping.hostPort."""

DYNAMIC_PORTS = (32_768, 60_999)
"""Where dynamic host ports come from: Linux's default /proc/sys/net/ipv4/ip_local_port_range.

Source: botocore ecs PortMapping.hostPort, which names that file; the file's default is the kernel's.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPort:
    """A port of a host that a task holds; it is free again when the task is STOPPED."""

    port: int
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What a task takes of an instance, or what an instance has.

    Attributes:
        cpu: CPU units, 1,024 a vCPU.
        memory: MiB.
        gpus: whole GPUs.
        enis: network interfaces that awsvpc tasks may have or take.
        ports: fixed host ports; dynamic ones never keep a task from being placed.
    """

    cpu: int = 0
    memory: int = 0
    gpus: int = 0
    enis: int = 0
    ports: tuple[HostPort, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBinding:
    """A container port that a host port leads to (network modes bridge and host). Source: botocore NetworkBinding."""

    container: str
    container_port: int
    host_port: int
    protocol: str = "tcp"
    bind_ip: str = "0.0.0.0"  # noqa: S104  what Docker shows


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerInstance:
    """A container instance. Times are milliseconds since the cloud's start.

    Attributes:
        ec2_instance_id: `i-...`.
        agent_connected: whether tasks can be started on it; false from the moment that its EC2 instance stops.
        registered: what the agent registered; `ports` are the ports that it reserved.
        attributes: name and value pairs; a value may be empty. The agent's and those of PutAttributes.
        own_attributes: names of those that PutAttributes made; DeleteAttributes takes no others.
        capacity_provider_name: the provider whose Auto Scaling group launched it, or None.
        registered_at: `registered_at_ms` as a date, "2026-01-01T00:00:00"; what queries compare.
        private_ip: of the EC2 instance, what bridge and host tasks answer at.
    """

    arn: str
    id: str
    cluster_arn: str
    ec2_instance_id: str
    status: ContainerInstanceStatus = ContainerInstanceStatus.ACTIVE
    status_reason: str | None = None
    agent_connected: bool = True
    registered: Resources = Resources()
    attributes: tuple[tuple[str, str], ...] = ()
    own_attributes: tuple[str, ...] = ()
    capacity_provider_name: str | None = None
    instance_type: str = ""
    availability_zone: str = ""
    subnet_id: str = ""
    vpc_id: str = ""
    private_ip: str = ""
    agent_version: str = ""
    agent_hash: str = ""
    docker_version: str = ""
    agent_update_status: str | None = None
    registered_at_ms: int = 0
    registered_at: str = ""
    version: int = 1
    tags: tuple[tuple[str, str], ...] = ()

    @property
    def takes_tasks(self) -> bool:
        """Whether new tasks may be placed on it."""
        return self.status is ContainerInstanceStatus.ACTIVE and self.agent_connected

    @property
    def is_draining(self) -> bool:
        """Whether its tasks are to leave."""
        return self.status is ContainerInstanceStatus.DRAINING

    def attribute(self, name: str) -> str | None:
        """The value of an attribute, empty when it has none; None when there is no such attribute."""
        return next((value for each, value in self.attributes if each == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An EC2 instance as EC2 tells of it.

    Attributes:
        state: "pending", "running", "stopping", "stopped", "shutting-down" or "terminated".
        cluster: the cluster that its user data writes into /etc/ecs/ecs.config, or None.
        has_profile: whether it has an instance profile, without which the agent may not register it.
        auto_scaling_group: the Auto Scaling group that launched it, or None.
        attributes: what its user data sets by ECS_INSTANCE_ATTRIBUTES.
        spot_draining: whether its user data sets ECS_ENABLE_SPOT_INSTANCE_DRAINING.
        reserved_memory: MiB that its user data keeps from tasks by ECS_RESERVED_MEMORY.
    """

    id: str
    state: str
    instance_type: str
    image_id: str = ""
    availability_zone: str = ""
    subnet_id: str = ""
    vpc_id: str = ""
    private_ip: str = ""
    cluster: str | None = None
    has_profile: bool = False
    auto_scaling_group: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    spot_draining: bool = False
    reserved_memory: int = 0
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingGroup:
    """An Auto Scaling group.

    Attributes:
        instance_type: what it launches; the first one of several.
        instances: ids of its instances, oldest first.
        protects_new: whether new instances are protected from scale-in.
    """

    arn: str
    name: str
    desired: int
    minimum: int
    maximum: int
    instance_type: str
    instances: tuple[str, ...] = ()
    protects_new: bool = False
