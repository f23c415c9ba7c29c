"""Clusters: create, describe, list, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import capacity, lookup, tags
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import cluster_not_found, invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.model.service import Cluster
from ecsim.model.task import TaskStatus

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_DESCRIBE_MAX = 100
_ECHOED = ("settings", "configuration", "capacityProviders", "defaultCapacityProviderStrategy")


def create_cluster(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateCluster: a new cluster, or the ACTIVE one of that name as it is."""
    name = params.get("clusterName") or lookup.DEFAULT_CLUSTER
    if not _NAME.fullmatch(name):
        raise invalid_parameter("Cluster name contains invalid characters.")
    arn = desk.arn("cluster", name)
    existing = desk.store.clusters.get(arn)
    if existing is not None and existing.status == "ACTIVE":
        return {"cluster": view(desk, existing, ("SETTINGS", "CONFIGURATIONS", "TAGS"))}
    providers = params.get("capacityProviders") or []
    strategy = params.get("defaultCapacityProviderStrategy") or []
    capacity.check_providers(providers)
    capacity.check_strategy(strategy, providers)
    request = {member: params[member] for member in _ECHOED if params.get(member)}
    settings = request.get("settings") or [{"name": "containerInsights", "value": "disabled"}]
    cluster = Cluster(
        arn=arn,
        name=name,
        tags=tags.read(params.get("tags")),
        request=request | {"settings": settings} | _connect_defaults(params),
    )
    desk.store.put_cluster(cluster)
    return {"cluster": view(desk, cluster, ("SETTINGS", "CONFIGURATIONS", "TAGS"))}


def _connect_defaults(params: dict[str, Any]) -> dict[str, Any]:
    """The default namespace, by ARN. Source: botocore ClusterServiceConnectDefaultsRequest.namespace."""
    namespace = (params.get("serviceConnectDefaults") or {}).get("namespace")
    if not namespace:
        return {}
    if not namespace.startswith("arn:"):
        raise ApiError("NamespaceNotFoundException", f"The namespace {namespace} was not found.")
    return {"serviceConnectDefaults": {"namespace": namespace}}


def describe_clusters(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeClusters: those asked for, or `default`; INACTIVE ones are shown too."""
    names = params.get("clusters") or [lookup.DEFAULT_CLUSTER]
    if len(names) > _DESCRIBE_MAX:
        raise invalid_parameter(f"Clusters can have at most {_DESCRIBE_MAX} items.")
    include = tuple(params.get("include") or ())
    found, failures = [], []
    for name in names:
        arn = lookup.cluster_arn(desk, name)
        cluster = desk.store.clusters.get(arn)
        if cluster is None:
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(view(desk, cluster, include))
    return {"clusters": found, "failures": failures}


def list_clusters(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListClusters: the ACTIVE ones, oldest first."""
    arns = (arn for arn, cluster in desk.store.clusters.items() if cluster.status == "ACTIVE")
    return paged("clusterArns", page(arns, params))


def delete_cluster(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteCluster: an empty cluster becomes INACTIVE and can be described for a while."""
    cluster = desk.store.clusters.get(lookup.cluster_arn(desk, params["cluster"]))
    if cluster is None:
        raise cluster_not_found()
    if any(service.status != "INACTIVE" for service in desk.store.services_of(cluster.arn)):
        raise ApiError(
            "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
        )
    if any(not task.is_stopped for task in desk.store.tasks_of(cluster.arn)):
        raise ApiError(
            "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active."
        )
    deleted = replace(cluster, status="INACTIVE")
    desk.store.put_cluster(deleted)
    return {"cluster": view(desk, deleted, ())}


def view(desk: Desk, cluster: Cluster, include: tuple[str, ...]) -> Answer:
    """A cluster as the API shows it; `include` says which of the further parts."""
    counts = _counts(desk, cluster)
    shown: Answer = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": counts["running"],
        "pendingTasksCount": counts["pending"],
        "activeServicesCount": counts["services"],
        "statistics": [],
        "tags": tags.shown(cluster.tags) if "TAGS" in include else [],
        "settings": list(cluster.request.get("settings", ())) if "SETTINGS" in include else [],
        "capacityProviders": list(cluster.request.get("capacityProviders", ())),
        "defaultCapacityProviderStrategy": list(cluster.request.get("defaultCapacityProviderStrategy", ())),
    }
    if "CONFIGURATIONS" in include and "configuration" in cluster.request:
        shown["configuration"] = cluster.request["configuration"]
    if "serviceConnectDefaults" in cluster.request:
        shown["serviceConnectDefaults"] = cluster.request["serviceConnectDefaults"]
    if "STATISTICS" in include:
        shown["statistics"] = _statistics(counts)
    return shown


def _counts(desk: Desk, cluster: Cluster) -> dict[str, int]:
    """Tasks and services of a cluster, those on Fargate and on EC2 apart."""
    counts = dict.fromkeys(
        (
            "running",
            "pending",
            "services",
            "running-EC2",
            "running-FARGATE",
            "pending-EC2",
            "pending-FARGATE",
        ),
        0,
    )
    for task in desk.store.tasks_of(cluster.arn):
        state = "running" if task.last_status is TaskStatus.RUNNING else "pending" if task.is_pending else ""
        if state:
            counts[state] += 1
            counts[f"{state}-{'FARGATE' if task.launch_type == 'FARGATE' else 'EC2'}"] += 1
    counts["services"] = sum(1 for s in desk.store.services_of(cluster.arn) if s.status == "ACTIVE")
    return counts


def _statistics(counts: dict[str, int]) -> list[dict[str, str]]:
    """Source: botocore Cluster.statistics, the names in its documentation."""
    return [
        {"name": f"{state}{launch}TasksCount", "value": str(counts[f"{state}-{launch.upper()}"])}
        for state in ("running", "pending")
        for launch in ("EC2", "Fargate")
    ]


OPERATIONS: dict[str, Handler] = {
    "CreateCluster": create_cluster,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "DeleteCluster": delete_cluster,
}
