"""Attributes of container instances: list, put, delete."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.container_instance import instance_lookup
from ecsim.api.ecs.pages import page
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.model.container_instance import ContainerInstanceStatus
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.container_instance import ContainerInstance
    from ecsim.model.service import Cluster

ATTRIBUTES_MAX = 10
"""Source: botocore PutAttributesRequest.attributes."""

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z0-9_/\\.-]{1,128}")
_ATTRIBUTE_VALUE = re.compile(r"[A-Za-z0-9_.@/\\: -]{1,128}")


def list_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListAttributes: of the container instances of a cluster, by name and value."""
    cluster = lookup.cluster_of(desk, params)
    name, value = params.get("attributeName"), params.get("attributeValue")
    if value and not name:
        raise invalid_parameter("You must specify an attribute name to filter by value.")

    def of_instances() -> Iterator[tuple[str, str, str]]:
        for instance in desk.store.instances_of(cluster.arn):
            for each, its_value in instance.attributes:
                yield instance.arn, each, its_value

    def fits(row: tuple[str, str, str]) -> bool:
        return name in (None, "", row[1]) and value in (None, "", row[2])

    shown, token = page(of_instances(), params, key=_key, fits=fits)
    rows = {_key(row): row for row in of_instances()}
    answer: Answer = {"attributes": [_shown(*rows[key]) for key in shown]}
    return answer | ({"nextToken": token} if token else {})


def _key(row: tuple[str, str, str]) -> str:
    return f"{row[0]} {row[1]}"


def _shown(target: str, name: str, value: str) -> Answer:
    return {"name": name, "targetType": "container-instance", "targetId": target} | (
        {"value": value} if value else {}
    )


def put_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutAttributes: added, or their values replaced."""
    cluster = lookup.cluster_of(desk, params)
    for instance, given in _targets(desk, cluster, params["attributes"]):
        present = desk.store.container_instances[instance.arn]
        name, value = given["name"], given.get("value") or ""
        own = tuple(dict.fromkeys((*present.own_attributes, name)))
        attributes = tuple({**dict(present.attributes), name: value}.items())
        desk.store.put_container_instance(replace(present, attributes=attributes, own_attributes=own))
        desk.instance_changed(instance.arn)
    return {"attributes": params["attributes"]}


def delete_attributes(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteAttributes: custom ones; what the agent registered stays."""
    cluster = lookup.cluster_of(desk, params)
    deleted = []
    for instance, given in _targets(desk, cluster, params["attributes"]):
        present, name = desk.store.container_instances[instance.arn], given["name"]
        if name not in present.own_attributes:
            raise ApiError("TargetNotFoundException", f"The attribute {name} was not found on the target.")
        attributes = tuple(pair for pair in present.attributes if pair[0] != name)
        value = dict(present.attributes)[name]
        deleted.append({**given} | ({"value": value} if value else {}))
        own = tuple(each for each in present.own_attributes if each != name)
        desk.store.put_container_instance(replace(present, attributes=attributes, own_attributes=own))
        desk.instance_changed(instance.arn)
    return {"attributes": deleted}


def _targets(
    desk: Desk, cluster: Cluster, attributes: list[dict[str, Any]]
) -> list[tuple[ContainerInstance, Mapping[str, Any]]]:
    """The attributes with their container instances, checked. Source: botocore PutAttributesRequest, Attribute.

    Raises:
        ApiError: InvalidParameterException, or TargetNotFoundException.
    """
    if not 1 <= len(attributes) <= ATTRIBUTES_MAX:
        raise invalid_parameter(f"You must specify 1 to {ATTRIBUTES_MAX} attributes.")
    for attribute in attributes:
        _check(attribute)
    found: list[tuple[ContainerInstance, Mapping[str, Any]]] = []
    for attribute in attributes:
        target = attribute.get("targetId") or ""
        instance = instance_lookup.instance_in(desk, cluster, target) if target else None
        if instance is None or instance.status is ContainerInstanceStatus.INACTIVE:
            raise ApiError("TargetNotFoundException", "The specified target wasn't found.")
        found.append((instance, attribute))
    return found


def _check(attribute: Mapping[str, Any]) -> None:
    if not _ATTRIBUTE_NAME.fullmatch(attribute["name"]):
        raise invalid_parameter(f"The attribute name {attribute['name']} is invalid.")
    value = attribute.get("value")
    if value is not None and (not _ATTRIBUTE_VALUE.fullmatch(value) or value != value.strip()):
        raise invalid_parameter(f"The attribute value {value} is invalid.")
    target = attribute.get("targetId") or ""
    if not target.startswith("arn:") and not attribute.get("targetType"):
        raise invalid_parameter("targetType is required for the short form of a targetId.")


OPERATIONS: dict[str, Handler] = {
    "ListAttributes": list_attributes,
    "PutAttributes": put_attributes,
    "DeleteAttributes": delete_attributes,
}
