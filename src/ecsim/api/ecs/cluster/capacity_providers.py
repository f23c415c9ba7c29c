"""Capacity providers: FARGATE and FARGATE_SPOT, which exist in every account, and which of them a cluster has."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup
from ecsim.api.ecs.cluster import cluster_attachments, scaling_groups
from ecsim.api.ecs.cluster.clusters import view
from ecsim.api.ecs.launch import capacity
from ecsim.api.ecs.pages import page
from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.model.service import Cluster

DESCRIBE_MAX = 100
PAGE_SIZE = 10
"""Source: botocore DescribeCapacityProvidersRequest.maxResults (1 to 10, 10 when the caller does not say)."""


def put_cluster_capacity_providers(desk: Desk, params: dict[str, Any]) -> Answer:
    """PutClusterCapacityProviders: the whole list and the default strategy, anew."""
    cluster = lookup.cluster_of(desk, params)
    providers = capacity.providers_of(desk, params["capacityProviders"])
    strategy = params["defaultCapacityProviderStrategy"]
    capacity.check_strategy(desk, strategy, providers)
    used = _used(desk, cluster)
    if any(name in used and name not in providers for name in cluster.request.get("capacityProviders", ())):
        raise ApiError(
            "ResourceInUseException", "The specified capacity provider is in use and cannot be removed."
        )
    changed = replace(
        cluster,
        request={
            **cluster.request,
            "capacityProviders": providers,
            "defaultCapacityProviderStrategy": capacity.filled(strategy),
            "attachments": cluster_attachments.attached(desk, cluster, cluster.arn, providers),
        },
    )
    desk.store.put_cluster(changed)
    for provider in providers:
        desk.watch_provider(provider)
    return {"cluster": view(desk, changed, ("SETTINGS", "ATTACHMENTS"))}


def _used(desk: Desk, cluster: Cluster) -> dict[str, None]:
    """The capacity providers that tasks or services of the cluster use, or would use again after a rollback.

    Source: botocore PutClusterCapacityProviders ("if it's not being used by any existing tasks").
    """
    used: dict[str, None] = {}
    for task in desk.store.tasks_of(cluster.arn):
        if not task.is_stopped and task.capacity_provider_name is not None:
            used[task.capacity_provider_name] = None
    for service in desk.store.services_of(cluster.arn):
        if service.status != "INACTIVE":
            last = service.last_completed
            for deployment in (*service.deployments, *([] if last is None else [last])):
                used |= {item.capacity_provider: None for item in deployment.capacity_provider_strategy}
    return used


def describe_capacity_providers(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeCapacityProviders: those asked for, or all; of a cluster if one is given."""
    own = desk.store.capacity_providers
    listed = [name for name, provider in own.items() if provider.status == "ACTIVE"]
    known: Sequence[str] = (*capacity.FARGATE_PROVIDERS, *own)
    if params.get("cluster"):
        known = lookup.cluster_of(desk, params).request.get("capacityProviders", ())
    names = params.get("capacityProviders") or []
    if len(names) > DESCRIBE_MAX:
        raise invalid_parameter(f"You can describe at most {DESCRIBE_MAX} capacity providers.")
    wanted = [capacity.provider_name(name) for name in names] or [
        name for name in known if name in listed or name not in own
    ]
    with_tags = "TAGS" in (params.get("include") or ())
    found = [_shown(desk, name, with_tags=with_tags) for name in dict.fromkeys(wanted) if name in known]
    if not 1 <= (params.get("maxResults") or PAGE_SIZE) <= PAGE_SIZE:
        raise invalid_parameter(f"maxResults must be between 1 and {PAGE_SIZE}")
    shown, token = page(found, params, key=itemgetter("name"), fits=lambda _: True, size=PAGE_SIZE)
    answer: Answer = {
        "capacityProviders": [provider for provider in found if provider["name"] in shown],
        "failures": [
            {"arn": desk.arn("capacity-provider", name), "reason": "MISSING"}
            for name in dict.fromkeys(wanted)
            if name not in known
        ],
    }
    return answer | ({"nextToken": token} if token else {})


def _shown(desk: Desk, name: str, *, with_tags: bool) -> Answer:
    """Source: botocore CapacityProvider, CapacityProviderType."""
    own = desk.store.capacity_providers.get(name)
    if own is not None:
        return scaling_groups.view(own, with_tags=with_tags)
    return {
        "capacityProviderArn": desk.arn("capacity-provider", name),
        "name": name,
        "status": "ACTIVE",
        "type": name,
        "tags": [],
    }


OPERATIONS: dict[str, Handler] = {
    "PutClusterCapacityProviders": put_cluster_capacity_providers,
    "DescribeCapacityProviders": describe_capacity_providers,
}
