"""The operations of ECS that this cloud does not simulate yet: a table, so that each refusal names its operation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ecsim.api.errors import not_simulated

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

BY_TOPIC: dict[str, tuple[str, ...]] = {
    "managed daemons": (
        "CreateDaemon",
        "DeleteDaemon",
        "DeleteDaemonTaskDefinition",
        "DescribeDaemon",
        "DescribeDaemonDeployments",
        "DescribeDaemonRevisions",
        "DescribeDaemonTaskDefinition",
        "ListDaemonDeployments",
        "ListDaemonTaskDefinitions",
        "ListDaemons",
        "RegisterDaemonTaskDefinition",
        "UpdateDaemon",
    ),
    "Express Mode and gateways": (
        "AssociateGatewayWithCluster",
        "CreateExpressGatewayService",
        "CreateGateway",
        "DeleteExpressGatewayService",
        "DeleteGateway",
        "DescribeExpressGatewayService",
        "DescribeGateway",
        "DescribeGatewayResources",
        "DescribeGatewayRoute",
        "DisassociateGatewayFromCluster",
        "ListGatewayClusterAssociations",
        "ListGatewayRoutes",
        "ListGateways",
        "UpdateExpressGatewayService",
        "UpdateGateway",
    ),
}
"""Topic -> operations. An operation leaves the table when a file of this folder answers it."""


def _refuse(operation: str, topic: str, _: Desk, __: dict[str, Any]) -> Answer:
    raise not_simulated("ecs", operation, topic)


OPERATIONS: dict[str, Handler] = {
    operation: partial(_refuse, operation, topic) for topic, names in BY_TOPIC.items() for operation in names
}
