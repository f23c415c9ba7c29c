"""What an EC2 instance type offers to tasks: CPU units, memory, GPUs, network interfaces, architecture.

vCPUs, memory, GPUs and interfaces are those of the EC2 User Guide (instance type specifications). The memory that an
instance registers is less than its type has, because the kernel and the system keep a part of it; how much is not
documented. Observed: 3,767 MiB and 3,884 MiB of 4 GiB, 7,764 MiB and 7,820 MiB of 8 GiB (ECS Developer Guide,
ecs_cwe_events and samples). Here it is 95 percent of it.
"""

from __future__ import annotations

from dataclasses import dataclass

CPU_UNITS_PER_VCPU = 1_024
USABLE_MEMORY_PERCENT = 95


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceType:
    """One instance type.

    Attributes:
        memory: MiB.
        interfaces: network interfaces in all; the primary one is the instance's own.
    """

    name: str
    vcpus: int
    memory: int
    interfaces: int
    gpus: int = 0
    architecture: str = "x86_64"

    @property
    def cpu(self) -> int:
        """CPU units that it registers."""
        return self.vcpus * CPU_UNITS_PER_VCPU

    @property
    def usable_memory(self) -> int:
        """MiB that it registers; approximate."""
        return self.memory * USABLE_MEMORY_PERCENT // 100

    @property
    def task_interfaces(self) -> int:
        """Network interfaces that awsvpc tasks may have: all but the primary one.

        Source: ECS Developer Guide, task-networking-awsvpc.
        """
        return self.interfaces - 1


_ROWS: tuple[tuple[str, int, int, int], ...] = (
    ("t2.micro", 1, 1_024, 2),
    ("t2.small", 1, 2_048, 3),
    ("t2.medium", 2, 4_096, 3),
    ("t2.large", 2, 8_192, 3),
    ("t3.nano", 2, 512, 2),
    ("t3.micro", 2, 1_024, 2),
    ("t3.small", 2, 2_048, 3),
    ("t3.medium", 2, 4_096, 3),
    ("t3.large", 2, 8_192, 3),
    ("t3.xlarge", 4, 16_384, 4),
    ("t3.2xlarge", 8, 32_768, 4),
    ("m4.large", 2, 8_192, 2),
    ("m4.xlarge", 4, 16_384, 4),
    ("m5.large", 2, 8_192, 3),
    ("m5.xlarge", 4, 16_384, 4),
    ("m5.2xlarge", 8, 32_768, 4),
    ("m5.4xlarge", 16, 65_536, 8),
    ("m5.8xlarge", 32, 131_072, 8),
    ("m5.12xlarge", 48, 196_608, 8),
    ("m5.24xlarge", 96, 393_216, 15),
    ("m6i.large", 2, 8_192, 3),
    ("m6i.xlarge", 4, 16_384, 4),
    ("m6i.2xlarge", 8, 32_768, 4),
    ("m7i.large", 2, 8_192, 3),
    ("m7i.xlarge", 4, 16_384, 4),
    ("c5.large", 2, 4_096, 3),
    ("c5.xlarge", 4, 8_192, 4),
    ("c5.2xlarge", 8, 16_384, 4),
    ("c5.4xlarge", 16, 32_768, 8),
    ("c6i.large", 2, 4_096, 3),
    ("c6i.xlarge", 4, 8_192, 4),
    ("r5.large", 2, 16_384, 3),
    ("r5.xlarge", 4, 32_768, 4),
    ("r5.2xlarge", 8, 65_536, 4),
)
_ARM: tuple[tuple[str, int, int, int], ...] = (
    ("t4g.micro", 2, 1_024, 2),
    ("t4g.small", 2, 2_048, 3),
    ("t4g.medium", 2, 4_096, 3),
    ("t4g.large", 2, 8_192, 3),
    ("m6g.medium", 1, 4_096, 2),
    ("m6g.large", 2, 8_192, 3),
    ("m6g.xlarge", 4, 16_384, 4),
    ("m7g.large", 2, 8_192, 3),
    ("c6g.large", 2, 4_096, 3),
    ("c7g.large", 2, 4_096, 3),
    ("r6g.large", 2, 16_384, 3),
)
_GPU: tuple[tuple[str, int, int, int, int], ...] = (
    ("g4dn.xlarge", 4, 16_384, 3, 1),
    ("g4dn.12xlarge", 48, 196_608, 8, 4),
    ("g5.xlarge", 4, 16_384, 4, 1),
    ("p3.2xlarge", 8, 62_464, 4, 1),
    ("p3.8xlarge", 32, 249_856, 8, 4),
)

INSTANCE_TYPES: dict[str, InstanceType] = {
    **{n: InstanceType(name=n, vcpus=v, memory=m, interfaces=i) for n, v, m, i in _ROWS},
    **{n: InstanceType(name=n, vcpus=v, memory=m, interfaces=i, architecture="arm64") for n, v, m, i in _ARM},
    **{n: InstanceType(name=n, vcpus=v, memory=m, interfaces=i, gpus=g) for n, v, m, i, g in _GPU},
}
"""The instance types that this cloud knows, by name."""

UNKNOWN = InstanceType(name="", vcpus=2, memory=4_096, interfaces=3)
"""What an instance of any other type offers; its name and architecture are kept."""


def instance_type(name: str) -> InstanceType:
    """The type of that name; one that is not in the table offers what a t3.medium does."""
    return INSTANCE_TYPES.get(name, UNKNOWN)


def builtin_attributes(
    *, instance_type_name: str, availability_zone: str, image_id: str, subnet_id: str, vpc_id: str
) -> tuple[tuple[str, str], ...]:
    """The attributes that an agent registers on Linux.

    Source: ECS Developer Guide, task-placement-constraints (attributes). Which `ecs.capability.*` and
    `com.amazonaws.ecs.capability.*` an agent registers is listed as agents of 2023 and later do.
    """
    architecture = instance_type(instance_type_name).architecture
    named = (
        ("ecs.ami-id", image_id),
        ("ecs.availability-zone", availability_zone),
        ("ecs.instance-type", instance_type_name),
        ("ecs.os-type", "linux"),
        ("ecs.os-family", "LINUX"),
        ("ecs.cpu-architecture", architecture),
        ("ecs.vpc-id", vpc_id),
        ("ecs.subnet-id", subnet_id),
    )
    return (*(pair for pair in named if pair[1]), *((name, "") for name in CAPABILITIES))


_DRIVERS = ("json-file", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "awsfirelens")
_CAPABILITY = "com.amazonaws.ecs.capability."
CAPABILITIES: tuple[str, ...] = (
    *(f"{_CAPABILITY}logging-driver.{driver}" for driver in _DRIVERS),
    *(f"{_CAPABILITY}docker-remote-api.1.{minor}" for minor in range(17, 45)),
    f"{_CAPABILITY}privileged-container",
    f"{_CAPABILITY}ecr-auth",
    f"{_CAPABILITY}task-iam-role",
    f"{_CAPABILITY}task-iam-role-network-host",
    "ecs.capability.execution-role-ecr-pull",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.task-eni",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.private-registry-authentication.secretsmanager",
    "ecs.capability.env-files.s3",
    "ecs.capability.firelens.fluentbit",
    "ecs.capability.firelens.fluentd",
    "ecs.capability.efs",
    "ecs.capability.efsAuth",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.pid-ipc-namespace-sharing",
    "ecs.capability.aws-appmesh",
    "ecs.capability.full-sync",
    "ecs.capability.service-connect-v1",
    "ecs.capability.container-restart-policy",
)
"""What the agent of an ECS-optimized AMI can do, as the attributes that task definitions may require."""
