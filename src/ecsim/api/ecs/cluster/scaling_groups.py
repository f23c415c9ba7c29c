"""Capacity providers of one's own: Auto Scaling groups. Managed Instances are refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import tags
from ecsim.api.ecs.launch.capacity import FARGATE_PROVIDERS, provider_name
from ecsim.api.ecs.refusals import client_exception, invalid_parameter, not_simulated_yet
from ecsim.model.capacity_provider import CapacityProvider
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_RESERVED = ("aws", "ecs", "fargate")
"""Source: botocore CreateCapacityProviderRequest.name."""
_PERCENT = 100
_STEP_MAX = 10_000
_WARMUP_MAX_S = 10_000
"""Sources of the two: botocore ManagedScaling (minimumScalingStepSize, instanceWarmupPeriod)."""
_NOT_FOUND = "The specified capacity provider does not exist. Specify a valid name or ARN and try again."


def create_capacity_provider(desk: Desk, params: dict[str, Any]) -> Answer:
    """CreateCapacityProvider: ACTIVE at once; its instances are those that its group launches from now on.

    Source: ECS Developer Guide, asg-capacity-providers-create-capacity-provider (instances that were registered before
    may not be registered with the capacity provider).
    """
    name = params["name"]
    if not _NAME.fullmatch(name):
        raise invalid_parameter("The specified capacity provider name is invalid.")
    if name.lower().startswith(_RESERVED):
        raise invalid_parameter(
            "The specified capacity provider name cannot begin with aws, ecs or fargate. Specify another one."
        )
    if params.get("managedInstancesProvider"):
        raise not_simulated_yet("capacity providers of Managed Instances")
    given = params.get("autoScalingGroupProvider")
    if not given:
        raise invalid_parameter("autoScalingGroupProvider is required.")
    known = desk.store.capacity_providers.get(name)
    if known is not None and known.status == "ACTIVE":
        raise client_exception(
            f"A capacity provider with the name {name} already exists. Specify a different name and try again."
        )
    group = desk.scaling_group(given["autoScalingGroupArn"])
    if group is None:
        raise client_exception("The specified Auto Scaling group ARN was not found.")
    if any(
        other.group_arn == group.arn and other.status == "ACTIVE"
        for other in desk.store.capacity_providers.values()
    ):
        raise client_exception(
            "The specified Auto Scaling group ARN is already being used by another capacity provider. "
            "Specify a unique Auto Scaling group ARN and try again."
        )
    provider = _with(
        CapacityProvider(
            arn=desk.arn("capacity-provider", name),
            name=name,
            group_arn=group.arn,
            tags=tags.read(params.get("tags")),
        ),
        given,
    )
    _check_protection(provider, protects_new=group.protects_new)
    desk.store.put_capacity_provider(provider)
    return {"capacityProvider": view(provider, with_tags=True)}


def update_capacity_provider(desk: Desk, params: dict[str, Any]) -> Answer:
    """UpdateCapacityProvider: what is not given stays. The answer shows it as it was, with the update under way.

    Source: AWS CLI reference, update-capacity-provider.
    """
    provider = _own(desk, params["name"])
    given = params.get("autoScalingGroupProvider")
    if not given:
        raise invalid_parameter("autoScalingGroupProvider is required.")
    changed = replace(_with(provider, given), update_status="UPDATE_COMPLETE")
    group = desk.scaling_group(provider.group_arn)
    _check_protection(changed, protects_new=group is not None and group.protects_new)
    desk.store.put_capacity_provider(changed)
    desk.watch_provider(changed.name)
    before = replace(provider, update_status="UPDATE_IN_PROGRESS")
    return {"capacityProvider": view(before, with_tags=True)}


def delete_capacity_provider(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteCapacityProvider: only when no cluster has it any more; it can be described by name afterwards."""
    name = provider_name(params["capacityProvider"])
    if name in FARGATE_PROVIDERS:
        raise client_exception(f"The capacity provider {name} is reserved and cannot be deleted.")
    provider = _own(desk, name)
    for cluster in desk.store.clusters.values():
        if cluster.status == "ACTIVE" and name in cluster.request.get("capacityProviders", ()):
            raise client_exception("The specified capacity provider is in use and cannot be removed.")
    going = replace(provider, update_status="DELETE_IN_PROGRESS")
    desk.store.put_capacity_provider(replace(provider, status="INACTIVE", update_status="DELETE_COMPLETE"))
    return {"capacityProvider": view(going, with_tags=True)}


def _own(desk: Desk, name: str) -> CapacityProvider:
    provider = desk.store.capacity_providers.get(provider_name(name))
    if provider is None or provider.status != "ACTIVE":
        raise client_exception(_NOT_FOUND)
    return provider


def _with(provider: CapacityProvider, given: Mapping[str, Any]) -> CapacityProvider:
    """The provider with the given settings over what it had.

    Raises:
        ApiError: InvalidParameterException, a number is out of its range.
    """
    scaling = given.get("managedScaling") or {}
    low = scaling.get("minimumScalingStepSize", provider.minimum_step)
    high = scaling.get("maximumScalingStepSize", provider.maximum_step)
    target = scaling.get("targetCapacity", provider.target_capacity)
    warmup = scaling.get("instanceWarmupPeriod", provider.warmup_s)
    if not 1 <= target <= _PERCENT:
        raise invalid_parameter(f"targetCapacity must be between 1 and {_PERCENT}.")
    if not 1 <= low <= _STEP_MAX or not 1 <= high <= _STEP_MAX or low > high:
        raise invalid_parameter(
            f"minimumScalingStepSize and maximumScalingStepSize must be between 1 and {_STEP_MAX}, "
            "the minimum at most the maximum."
        )
    if not 0 <= warmup <= _WARMUP_MAX_S:
        raise invalid_parameter(f"instanceWarmupPeriod must be between 0 and {_WARMUP_MAX_S}.")
    protection, draining = given.get("managedTerminationProtection"), given.get("managedDraining")
    return replace(
        provider,
        scales=scaling["status"] == "ENABLED" if scaling.get("status") else provider.scales,
        target_capacity=target,
        minimum_step=low,
        maximum_step=high,
        warmup_s=warmup,
        protects=protection == "ENABLED" if protection else provider.protects,
        drains=draining == "ENABLED" if draining else provider.drains,
    )


def _check_protection(provider: CapacityProvider, *, protects_new: bool) -> None:
    """Source: botocore AutoScalingGroupProvider.managedTerminationProtection."""
    if not provider.protects:
        return
    if not provider.scales:
        raise invalid_parameter(
            "The managed termination protection setting for the capacity provider is invalid. "
            "To enable managed termination protection for a capacity provider, managed scaling must be enabled."
        )
    if not protects_new:
        raise invalid_parameter(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, the Auto Scaling group must have instance protection "
            "from scale in enabled."
        )


def view(provider: CapacityProvider, *, with_tags: bool) -> Answer:
    """A capacity provider as the API shows it. Source: botocore CapacityProvider."""
    shown: Answer = {
        "capacityProviderArn": provider.arn,
        "name": provider.name,
        "status": provider.status,
        "type": "EC2_AUTOSCALING",
        "autoScalingGroupProvider": {
            "autoScalingGroupArn": provider.group_arn,
            "managedScaling": {
                "status": "ENABLED" if provider.scales else "DISABLED",
                "targetCapacity": provider.target_capacity,
                "minimumScalingStepSize": provider.minimum_step,
                "maximumScalingStepSize": provider.maximum_step,
                "instanceWarmupPeriod": provider.warmup_s,
            },
            "managedTerminationProtection": "ENABLED" if provider.protects else "DISABLED",
            "managedDraining": "ENABLED" if provider.drains else "DISABLED",
        },
        "tags": tags.shown(provider.tags) if with_tags else [],
    }
    if provider.update_status is not None:
        shown["updateStatus"] = provider.update_status
    return shown


OPERATIONS: dict[str, Handler] = {
    "CreateCapacityProvider": create_capacity_provider,
    "UpdateCapacityProvider": update_capacity_provider,
    "DeleteCapacityProvider": delete_capacity_provider,
}
