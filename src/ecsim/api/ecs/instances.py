"""Container instances: this cloud has none, and answers as an account without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.refusals import client_exception

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler


def list_container_instances(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListContainerInstances."""
    lookup.cluster_of(desk, params)
    return {"containerInstanceArns": []}


def describe_container_instances(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeContainerInstances: every one is MISSING."""
    cluster = lookup.cluster_of(desk, params)
    names = params["containerInstances"]
    if not names:
        raise client_exception("Container Instances cannot be empty.")
    arns = [
        name if name.startswith("arn:") else desk.arn("container-instance", f"{cluster.name}/{name}")
        for name in names
    ]
    return {"containerInstances": [], "failures": [{"arn": arn, "reason": "MISSING"} for arn in arns]}


def list_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListAttributes: attributes belong to container instances."""
    lookup.cluster_of(desk, params)
    return {"attributes": []}


OPERATIONS: dict[str, Handler] = {
    "ListContainerInstances": list_container_instances,
    "DescribeContainerInstances": describe_container_instances,
    "ListAttributes": list_attributes,
}
