"""Capacity providers of one's own: Auto Scaling groups that ECS scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityProvider:
    """A capacity provider with an Auto Scaling group. Source: botocore ecs CapacityProvider, AutoScalingGroupProvider.

    Attributes:
        status: ACTIVE, or INACTIVE when it was deleted.
        group_arn: of the Auto Scaling group.
        scales: whether managed scaling is ENABLED.
        target_capacity: percent, 1 to 100.
        minimum_step, maximum_step: how many instances are added or removed at once.
        warmup_s: how long a new instance does not count.
        protects: whether managed termination protection is ENABLED.
        drains: whether managed draining is ENABLED.
        update_status: e.g. UPDATE_COMPLETE, or None.
    """

    arn: str
    name: str
    status: str = "ACTIVE"
    group_arn: str = ""
    scales: bool = False
    target_capacity: int = 100
    minimum_step: int = 1
    maximum_step: int = 10_000
    warmup_s: int = 300
    protects: bool = False
    drains: bool = True
    update_status: str | None = None
    tags: tuple[tuple[str, str], ...] = field(default=())
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group_name(self) -> str:
        """The name of the Auto Scaling group."""
        return self.group_arn.rsplit("autoScalingGroupName/", 1)[-1]
