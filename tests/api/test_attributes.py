"""Attributes of container instances, of which there are none, and services by namespace."""

from __future__ import annotations

import pytest

from tests.api.rig import ARN

NAMESPACE = "arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-shop"


def attribute(**changes):
    return {
        "name": "stack",
        "value": "production",
        "targetType": "container-instance",
        "targetId": "0" * 32,
        **changes,
    }


@pytest.mark.parametrize("operation", ["PutAttributes", "DeleteAttributes"])
def test_without_container_instances_there_is_no_target(shop, operation):
    """botocore: TargetNotFoundException of both operations."""
    for target in ("0" * 32, f"{ARN}:container-instance/shop/{'0' * 32}"):
        error = shop.refused(operation, cluster="shop", attributes=[attribute(targetId=target)])
        assert error.code == "TargetNotFoundException"
    assert shop.call("ListAttributes", cluster="shop", targetType="container-instance") == {"attributes": []}


@pytest.mark.parametrize(
    "attributes",
    [
        [],
        [attribute()] * 11,
        [attribute(name="a b")],
        [attribute(name="")],
        [attribute(name="a" * 129)],
        [attribute(value="x" * 129)],
        [attribute(value=" x")],
        [attribute(value="x!")],
        [{"name": "stack", "value": "x", "targetId": "0" * 32}],
        [attribute(targetType="task")],
    ],
)
def test_attributes_that_are_wrong(shop, attributes):
    """botocore: Attribute, PutAttributesRequest.attributes."""
    error = shop.refused("PutAttributes", cluster="shop", attributes=attributes)
    assert error.code == "InvalidParameterException"


def test_filtering_by_value_needs_a_name(shop):
    """botocore: ListAttributesRequest.attributeValue."""
    params = {"cluster": "shop", "targetType": "container-instance", "attributeValue": "x"}
    assert shop.refused("ListAttributes", **params).code == "InvalidParameterException"
    assert shop.call("ListAttributes", **params, attributeName="stack") == {"attributes": []}


def test_services_by_namespace_across_clusters(shop):
    """botocore: ListServicesByNamespace."""
    connect = {"enabled": True, "namespace": NAMESPACE}
    shop.cluster("other")
    shop.call("UpdateCluster", cluster="other", serviceConnectDefaults={"namespace": NAMESPACE})
    one = shop.service("one", serviceConnectConfiguration=connect)["serviceArn"]
    two = shop.service("two", cluster="other", serviceConnectConfiguration={"enabled": True})["serviceArn"]
    shop.service("apart")
    shop.service("off", serviceConnectConfiguration={**connect, "enabled": False})
    assert shop.call("ListServicesByNamespace", namespace=NAMESPACE) == {"serviceArns": [one, two]}
    first = shop.call("ListServicesByNamespace", namespace=NAMESPACE, maxResults=1)
    assert first["serviceArns"] == [one]
    rest = shop.call("ListServicesByNamespace", namespace=NAMESPACE, nextToken=first["nextToken"])
    assert rest == {"serviceArns": [two]}
    assert shop.call("ListServicesByNamespace", namespace="elsewhere") == {"serviceArns": []}
    assert shop.refused("ListServicesByNamespace", namespace="").code == "InvalidParameterException"
