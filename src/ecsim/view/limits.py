"""The two percents over time: how many tasks had to stay healthy, and how many there could be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecsim.model.service import Service
from ecsim.view.history import ServiceHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """The bounds from a moment on.

    Attributes:
        floor: tasks that must stay healthy, rounded up.
        ceiling: tasks that may exist, rounded down.
    """

    at_ms: int
    desired: int
    minimum_healthy_percent: int
    maximum_percent: int

    @property
    def floor(self) -> int:
        """Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent (rounded up)."""
        return -(-self.desired * self.minimum_healthy_percent // 100)

    @property
    def ceiling(self) -> int:
        """Source: botocore ecs DeploymentConfiguration.maximumPercent (rounded down)."""
        return self.desired * self.maximum_percent // 100


def limits(history: ServiceHistory, service: Service | None) -> list[Limit]:
    """The bounds over time, from the calls that set them; the service's own values where no call did."""
    changes: dict[int, dict[str, int]] = {}
    for span in history.desired.spans:
        if span.state.isdigit():
            changes.setdefault(span.from_ms, {})["desired"] = int(span.state)
    for call in history.calls:
        params = call.fields.get("params")
        configuration = params.get("deploymentConfiguration") if isinstance(params, Mapping) else None
        for theirs, ours in (("minimumHealthyPercent", "minimum"), ("maximumPercent", "maximum")):
            value = configuration.get(theirs) if isinstance(configuration, Mapping) else None
            if isinstance(value, int):
                changes.setdefault(call.at_ms, {})[ours] = value
    told = {name for change in changes.values() for name in change}
    now = {"desired": 0, "minimum": 100, "maximum": 200}
    if service is not None:
        configured = service.deployment_configuration
        own = {
            "desired": service.desired_count,
            "minimum": configured.minimum_healthy_percent,
            "maximum": configured.maximum_percent,
        }
        now |= {name: value for name, value in own.items() if name not in told}
    begin = min([*changes, *history.activity[:1]], default=0)
    changes.setdefault(begin, {})
    out = []
    for at in sorted(changes):
        now |= changes[at]
        out.append(
            Limit(
                at_ms=at,
                desired=now["desired"],
                minimum_healthy_percent=now["minimum"],
                maximum_percent=now["maximum"],
            )
        )
    return out
