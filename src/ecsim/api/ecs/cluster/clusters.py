"""Clusters: create, update, describe, list, delete."""

from __future__ import annotations

import re
from collections import Counter
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import account_settings, lookup, tags
from ecsim.api.ecs.cluster import cluster_attachments
from ecsim.api.ecs.launch import capacity
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import cluster_not_found, invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.model.replacing import replace
from ecsim.model.service import Cluster
from ecsim.model.task import BEFORE_RUNNING, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_DESCRIBE_MAX = 100
_ALL = ("SETTINGS", "CONFIGURATIONS", "TAGS", "ATTACHMENTS")
_ECHOED = ("configuration",)
_INSIGHTS_NAME = "containerInsights"
"""A new cluster has what the account setting says. Source: ECS Developer Guide, ecs-account-settings."""

_INSIGHTS = ("enhanced", "enabled", "disabled")
"""Source: botocore ClusterSetting.value."""


def create_cluster(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateCluster: a new cluster, or the ACTIVE one of that name as it is."""
    name = params.get("clusterName") or lookup.DEFAULT_CLUSTER
    if not _NAME.fullmatch(name):
        raise invalid_parameter("Cluster name contains invalid characters.")
    arn = desk.arn("cluster", name)
    existing = desk.store.clusters.get(arn)
    if existing is not None and existing.status == "ACTIVE":
        return {"cluster": view(desk, existing, _ALL)}
    providers = capacity.providers_of(desk, params.get("capacityProviders") or [])
    strategy = params.get("defaultCapacityProviderStrategy") or []
    capacity.check_strategy(desk, strategy, providers)
    request = {member: params[member] for member in _ECHOED if params.get(member)}
    request |= {"capacityProviders": providers, "defaultCapacityProviderStrategy": capacity.filled(strategy)}
    settings = _settings(
        params.get("settings") or (), {_INSIGHTS_NAME: account_settings.effective(desk, _INSIGHTS_NAME)[0]}
    )
    cluster = Cluster(
        arn=arn,
        name=name,
        tags=tags.read(params.get("tags")),
        request={
            **request,
            "settings": settings,
            "created_at_ms": desk.now_ms(),
            "attachments": cluster_attachments.attached(desk, None, arn, providers),
            **_connect_defaults(desk, params),
        },
    )
    desk.store.put_cluster(cluster)
    for provider in providers:
        desk.watch_provider(provider)
    return {"cluster": view(desk, cluster, _ALL)}


def _connect_defaults(desk: Desk, params: dict[str, Any]) -> dict[str, Any]:
    """The default namespace, by ARN. Source: botocore ClusterServiceConnectDefaultsRequest.namespace."""
    namespace = (params.get("serviceConnectDefaults") or {}).get("namespace")
    if not namespace:
        return {}
    if not namespace.startswith("arn:"):
        namespace = desk.namespace(namespace)
    return {"serviceConnectDefaults": {"namespace": namespace}}


def _settings(given: Iterable[Mapping[str, Any]], before: Mapping[str, str]) -> list[dict[str, str]]:
    """The settings of a cluster, the given ones laid over those from before.

    Raises:
        ApiError: InvalidParameterException, there is no such setting or value.
    """
    settings = dict(before)
    for setting in given:
        name, value = str(setting.get("name")), setting.get("value")
        if name not in before:
            raise invalid_parameter(f"Invalid cluster setting name: {name}.")
        if value not in _INSIGHTS:
            raise invalid_parameter(
                f"Invalid value for {name}: {value}. It must be one of {', '.join(_INSIGHTS)}."
            )
        settings[name] = value
    return [{"name": name, "value": value} for name, value in settings.items()]


def update_cluster(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateCluster: settings, configuration and the default namespace; what is not given stays."""
    cluster = lookup.cluster_of(desk, params)
    request = {**cluster.request, "settings": _merged(cluster, params.get("settings") or ())}
    if params.get("configuration") is not None:
        request["configuration"] = params["configuration"]
    if "serviceConnectDefaults" in params:
        request.pop("serviceConnectDefaults", None)
        request |= _connect_defaults(desk, params)
    changed = replace(cluster, request=request)
    desk.store.put_cluster(changed)
    return {"cluster": view(desk, changed, _ALL)}


def update_cluster_settings(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateClusterSettings."""
    cluster = lookup.cluster_of(desk, params)
    request = {**cluster.request, "settings": _merged(cluster, params["settings"])}
    changed = replace(cluster, request=request)
    desk.store.put_cluster(changed)
    return {"cluster": view(desk, changed, _ALL)}


def _merged(cluster: Cluster, given: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return _settings(given, {s["name"]: s["value"] for s in cluster.request["settings"]})


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
    clusters = desk.store.clusters.values()
    found = page(clusters, params, key=attrgetter("arn"), fits=lambda cluster: cluster.status == "ACTIVE")
    return paged("clusterArns", found)


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
    if desk.store.instances_of(cluster.arn):
        raise ApiError(
            "ClusterContainsContainerInstancesException",
            "The Cluster cannot be deleted while Container Instances are active or draining.",
        )
    deleted = replace(cluster, status="INACTIVE")
    desk.store.put_cluster(deleted)
    return {"cluster": view(desk, deleted, ())}


def view(desk: Desk, cluster: Cluster, include: tuple[str, ...]) -> Answer:
    """A cluster as the API shows it; `include` says which of the further parts."""
    tasks = _tasks(desk, cluster)
    services = desk.store.services_of(cluster.arn)
    shown: Answer = {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": "PROVISIONING"
        if cluster.status == "ACTIVE" and cluster_attachments.is_provisioning(desk, cluster)
        else cluster.status,
        "registeredContainerInstancesCount": len(desk.store.instances_of(cluster.arn)),
        "runningTasksCount": tasks["running", "Fargate"] + tasks["running", "EC2"],
        "pendingTasksCount": tasks["pending", "Fargate"] + tasks["pending", "EC2"],
        "activeServicesCount": sum(1 for service in services if service.status == "ACTIVE"),
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
    if "ATTACHMENTS" in include:
        shown |= cluster_attachments.view(desk, cluster)
    if "STATISTICS" in include:
        shown["statistics"] = _statistics(tasks)
    return shown


def _tasks(desk: Desk, cluster: Cluster) -> Counter[tuple[str, str]]:
    """How many tasks are running and pending, on Fargate and on EC2."""
    states = Counter((task.last_status, task.launch_type) for task in desk.store.tasks_of(cluster.arn))
    tasks: Counter[tuple[str, str]] = Counter()
    for (status, launch_type), count in states.items():
        launch = "Fargate" if launch_type == "FARGATE" else "EC2"
        if status is TaskStatus.RUNNING:
            tasks["running", launch] += count
        elif status in BEFORE_RUNNING:
            tasks["pending", launch] += count
    return tasks


def _statistics(tasks: Counter[tuple[str, str]]) -> list[dict[str, str]]:
    """Source: botocore Cluster.statistics, the names in its documentation."""
    return [
        {"name": f"{state}{launch}TasksCount", "value": str(tasks[state, launch])}
        for state in ("running", "pending")
        for launch in ("EC2", "Fargate")
    ]


OPERATIONS: dict[str, Handler] = {
    "CreateCluster": create_cluster,
    "UpdateCluster": update_cluster,
    "UpdateClusterSettings": update_cluster_settings,
    "DescribeClusters": describe_clusters,
    "ListClusters": list_clusters,
    "DeleteCluster": delete_cluster,
}
