"""Cloud Map namespaces, as far as ECS tells of them: the services that Service Connect puts into one."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import invalid_parameter

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Service

LIST_SIZE = 10
"""Source: botocore ListServicesByNamespaceRequest.maxResults."""


def list_services_by_namespace(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListServicesByNamespace: of every cluster, oldest first."""
    wanted = params["namespace"]
    if not wanted:
        raise invalid_parameter("namespace can not be blank.")

    def fits(service: Service) -> bool:
        return service.status == "ACTIVE" and _namespace(desk, service) == wanted

    services = desk.store.services.values()
    return paged("serviceArns", page(services, params, key=attrgetter("arn"), fits=fits, size=LIST_SIZE))


def _namespace(desk: Desk, service: Service) -> str | None:
    """The namespace of a service: its own, or its cluster's default.

    Source: botocore ServiceConnectConfiguration.namespace, ClusterServiceConnectDefaultsRequest.
    """
    connect = service.request.get("serviceConnectConfiguration") or {}
    if not connect.get("enabled"):
        return None
    defaults = desk.store.clusters[service.cluster_arn].request.get("serviceConnectDefaults") or {}
    namespace: str | None = connect.get("namespace") or defaults.get("namespace")
    return namespace


OPERATIONS: dict[str, Handler] = {"ListServicesByNamespace": list_services_by_namespace}
