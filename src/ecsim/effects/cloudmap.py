"""AWS Cloud Map: the namespaces of Service Connect."""

from __future__ import annotations

from ecsim.effects.clients import Clients


class CloudMap:
    """Cloud Map, through its public API.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def namespace(self, name: str) -> str:
        """The ARN of the namespace of a name; a new one is made for a new name.

        Source: botocore ecs ClusterServiceConnectDefaultsRequest.namespace.
        """
        cloud_map = self._clients.client("servicediscovery")
        found = self._find(cloud_map, name)
        if found is None:
            cloud_map.create_http_namespace(Name=name)
            found = self._find(cloud_map, name)
        assert found is not None, name
        return found

    @staticmethod
    def _find(cloud_map: object, name: str) -> str | None:
        pages = cloud_map.get_paginator("list_namespaces").paginate()  # type: ignore[attr-defined]
        return next((str(n["Arn"]) for page in pages for n in page["Namespaces"] if n["Name"] == name), None)
