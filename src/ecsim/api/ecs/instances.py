"""Container instances: this cloud has none, and answers as an account without any."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import client_exception, invalid_parameter
from ecsim.api.errors import ApiError

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

ATTRIBUTES_MAX = 10
"""Source: botocore PutAttributesRequest.attributes."""

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_/\\.-]{1,128}")
_ATTRIBUTE_VALUE = re.compile(r"[A-Za-z0-9_.@/\\: -]{1,128}")


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
    if params.get("attributeValue") and not params.get("attributeName"):
        raise invalid_parameter("You must specify an attribute name to filter by value.")
    return paged("attributes", page((), params, key=str, fits=bool))


def put_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutAttributes: there is no container instance to put them on."""
    return _change_attributes(desk, params)


def delete_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteAttributes: there is no container instance to take them from."""
    return _change_attributes(desk, params)


def _change_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """Check the attributes, then the target. Source: botocore PutAttributesRequest.attributes, Attribute."""
    lookup.cluster_of(desk, params)
    attributes = params["attributes"]
    if not 1 <= len(attributes) <= ATTRIBUTES_MAX:
        raise invalid_parameter(f"You must specify 1 to {ATTRIBUTES_MAX} attributes.")
    for attribute in attributes:
        if not _ATTRIBUTE_NAME.fullmatch(attribute["name"]):
            raise invalid_parameter(f"The attribute name {attribute['name']} is invalid.")
        value = attribute.get("value")
        if value is not None and (not _ATTRIBUTE_VALUE.fullmatch(value) or value != value.strip()):
            raise invalid_parameter(f"The attribute value {value} is invalid.")
        target = attribute.get("targetId") or ""
        if not target.startswith("arn:") and not attribute.get("targetType"):
            raise invalid_parameter("targetType is required for the short form of a targetId.")
    raise ApiError("TargetNotFoundException", "The specified target wasn't found.")


OPERATIONS: dict[str, Handler] = {
    "ListContainerInstances": list_container_instances,
    "DescribeContainerInstances": describe_container_instances,
    "ListAttributes": list_attributes,
    "PutAttributes": put_attributes,
    "DeleteAttributes": delete_attributes,
}
