"""What a deployment is besides when an external controller or CodeDeploy made it: a task set.

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
        external_id: what the external controller calls it; CodeDeploy's deployment ID.
        started_by: CODE_DEPLOY for those that CodeDeploy created, else None.
        scale_percent: of the service's desired count, 0 to 100.
        is_draining: whether it was deleted and its tasks are on their way out.
        stability_at_ms: when it last became steady or ceased to be.
        platform_version: as it was asked for, or None.
        service_registries: in the API's own form.
    """

    external_id: str | None = None
    started_by: str | None = None
    scale_percent: float = 0.0
    is_draining: bool = False
    stability_at_ms: int = 0
    platform_version: str | None = None
    service_registries: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
