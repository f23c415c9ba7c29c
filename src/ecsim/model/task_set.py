"""What a deployment is besides when an external controller made it: a task set.

A task set is kept as a deployment of its service, so that its tasks, targets and counts are kept like any other's.
Source: botocore ecs TaskSet, Scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSet:
    """A task set's own part.

    Attributes:
        scale_percent: of the service's desired count, 0 to 100.
        is_draining: whether it was deleted and its tasks are on their way out.
        stability_at_ms: when it last became steady or ceased to be.
        platform_version: as it was asked for, or None.
        service_registries: in the API's own form.
    """

    external_id: str | None = None
    scale_percent: float = 0.0
    is_draining: bool = False
    stability_at_ms: int = 0
    platform_version: str | None = None
    service_registries: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
