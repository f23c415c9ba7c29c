"""The calls of the container agent, which AWS documents as not for anybody else.

This cloud's agents are inside of it, so what somebody submits in their name is acknowledged and changes nothing.
Source: botocore DiscoverPollEndpoint, SubmitTaskStateChange, SubmitContainerStateChange, SubmitAttachmentStateChanges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

ACKNOWLEDGED = "ACK"


def discover_poll_endpoint(desk: Desk, params: dict[str, Any]) -> Answer:
    """DiscoverPollEndpoint: where an agent would poll. Nothing of this cloud listens there."""
    lookup.cluster_arn(desk, params.get("cluster"))
    return {
        "endpoint": f"https://ecs-a-1.{desk.region}.amazonaws.com/",
        "telemetryEndpoint": f"https://ecs-t-1.{desk.region}.amazonaws.com/",
        "serviceConnectEndpoint": f"https://ecs-sc.{desk.region}.api.aws",
    }


def submit_state_change(desk: Desk, params: dict[str, Any]) -> Answer:
    """Submit...StateChange(s): acknowledged."""
    lookup.cluster_of(desk, params)
    return {"acknowledgment": ACKNOWLEDGED}


OPERATIONS: dict[str, Handler] = {
    "DiscoverPollEndpoint": discover_poll_endpoint,
    "SubmitAttachmentStateChanges": submit_state_change,
    "SubmitContainerStateChange": submit_state_change,
    "SubmitTaskStateChange": submit_state_change,
}
