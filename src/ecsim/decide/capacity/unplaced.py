"""What a service event says when a task finds no container instance."""

from __future__ import annotations

from collections.abc import Sequence

from ecsim.model.placement import Refusal

_START = (
    "(service {name}) was unable to place a task because no container instance met all of its requirements. "
)
_END = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
_CLOSEST = "The closest matching (container-instance {id}) {what}"
_WHAT = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "ATTRIBUTE": "is missing an attribute required by your task.",
}
"""Source of the sentences: ECS Developer Guide, service-event-messages-list; ecs-behaviour.md 5.9."""


def event_text(name: str, refusals: Sequence[Refusal], *, empty: bool) -> str:
    """The event.

    Args:
        name: of the service.
        refusals: why each container instance was refused.
        empty: whether the cluster has no container instance at all.
    """
    start = _START.format(name=name)
    if empty:
        return f"{start}Reason: No Container Instances were found in your cluster.{_END}"
    if not refusals:
        return f"{start}Reason: No Container Instances were found in your capacity provider.{_END}"
    closest = max(refusals, key=lambda each: each.rank)
    what = _WHAT.get(closest.reason, f'encountered error "{closest.reason}".')
    return start + _CLOSEST.format(id=closest.instance_arn.rsplit("/", 1)[1], what=what) + _END
