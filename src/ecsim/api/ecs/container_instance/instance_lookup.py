"""From the ids and ARNs of container instances to the instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecsim.api.ecs import lookup

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Desk
    from ecsim.model.container_instance import ContainerInstance
    from ecsim.model.service import Cluster


def instance_arn(desk: Desk, cluster: Cluster, name: str) -> str:
    """The ARN that a container instance's id or ARN means in a cluster."""
    parts = lookup.path(desk, "container-instance", name)
    return desk.arn("container-instance", "/".join(parts if len(parts) > 1 else [cluster.name, parts[0]]))


def instance_in(desk: Desk, cluster: Cluster, name: str) -> ContainerInstance | None:
    """The container instance of that id or ARN in the cluster, an INACTIVE one too, or None."""
    instance = desk.store.container_instances.get(instance_arn(desk, cluster, name))
    return instance if instance is not None and instance.cluster_arn == cluster.arn else None
