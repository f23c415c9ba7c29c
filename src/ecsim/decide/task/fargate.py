"""Fargate's task sizes and platform versions.

Source: ECS Developer Guide, fargate-tasks-services (sizes) and AWS_Fargate (versions); ecs-behaviour.md 3.1.
The 32-vCPU row is in the guide and not yet in botocore's own text.
"""

from __future__ import annotations

import re

_GB = 1024

SIZES: dict[int, tuple[int, ...]] = {
    256: (512, 1 * _GB, 2 * _GB),
    512: tuple(range(1 * _GB, 4 * _GB + 1, _GB)),
    1024: tuple(range(2 * _GB, 8 * _GB + 1, _GB)),
    2048: tuple(range(4 * _GB, 16 * _GB + 1, _GB)),
    4096: tuple(range(8 * _GB, 30 * _GB + 1, _GB)),
    8192: tuple(range(16 * _GB, 60 * _GB + 1, 4 * _GB)),
    16384: tuple(range(32 * _GB, 120 * _GB + 1, 8 * _GB)),
    32768: (60 * _GB, 120 * _GB, 244 * _GB),
}
"""CPU units -> the memory sizes in MiB that go with them."""

WINDOWS_CPU = (1024, 2048, 4096)
"""The CPU sizes that Windows containers can have."""

NEWEST_VERSION = "1.4.0"
"""What LATEST stands for on Linux."""

VERSIONS = ("1.3.0", "1.4.0")
"""The platform versions that a task can ask for by number."""

_LARGE_CPU = 8192
"""From this size on, platform version 1.4.0 or later is needed."""

CPU_RANGE = (128, 196_608)
"""What `cpu` of a task may be outside Fargate. Source: botocore RegisterTaskDefinitionRequest.cpu."""

_CPU = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(vcpus?)?", re.IGNORECASE)
_MEMORY = re.compile(r"(\d+(?:\.\d+)?|\.\d+)\s*(gb?)?", re.IGNORECASE)


def fits(cpu: int, memory: int, *, windows: bool = False) -> bool:
    """Whether Fargate has a task size of so many CPU units and MiB."""
    return memory in SIZES.get(cpu, ()) and (not windows or cpu in WINDOWS_CPU)


def smallest(cpu: int, memory: int) -> tuple[int, int] | None:
    """The smallest size that gives at least so many CPU units and MiB, or None when there is none."""
    at_least = ((c, m) for c, sizes in SIZES.items() for m in sizes if c >= cpu and m >= memory)
    return min(at_least, default=None)


def _whole(text: str, pattern: re.Pattern[str], per_unit: int) -> int | None:
    match = pattern.fullmatch(text.strip())
    if match is None:
        return None
    number, unit = match.groups()
    value = float(number) * (per_unit if unit else 1)
    return int(value) if value.is_integer() else None


def cpu_units(text: str) -> int | None:
    """Read `cpu` of a task: "1024", "1 vCPU", ".25 vcpu". None when it cannot be read."""
    return _whole(text, _CPU, 1024)


def memory_mib(text: str) -> int | None:
    """Read `memory` of a task: "3072", "3 GB", "3GB". None when it cannot be read."""
    return _whole(text, _MEMORY, _GB)


def platform_version(asked: str | None) -> str | None:
    """The version that a task runs on, or None when there is no such version.

    Args:
        asked: the `platformVersion` of a call; None and LATEST mean the newest.
    """
    if asked is None or asked == "LATEST":
        return NEWEST_VERSION
    return asked if asked in VERSIONS else None


def supports(version: str, cpu: int | None) -> bool:
    """Whether a platform version has the task sizes of so many CPU units."""
    return version == NEWEST_VERSION or cpu is None or cpu < _LARGE_CPU


def is_windows(operating_system_family: str | None) -> bool:
    """Whether `runtimePlatform.operatingSystemFamily` is a Windows."""
    return (operating_system_family or "").startswith("WINDOWS")


def platform_family(operating_system_family: str | None) -> str:
    """`platformFamily` as DescribeTasks shows it: "Linux", or the family of Windows as it was given."""
    return operating_system_family or "" if is_windows(operating_system_family) else "Linux"
