"""Launch types, capacity provider strategies and platform versions, as RunTask and services ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter, not_simulated_yet
from ecsim.api.errors import ApiError
from ecsim.decide.task import fargate
from ecsim.model.service import CapacityProviderStrategyItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.api.ecs.desk import Desk
    from ecsim.model.service import Cluster
    from ecsim.model.task_definition import TaskDefinition

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
"""The capacity providers that exist in every account. Source: botocore CreateClusterRequest.capacityProviders."""

_BASE_MAX = 100_000
_WEIGHT_MAX = 1_000
_PROVIDERS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """Where tasks are to run.

    Attributes:
        launch_type: None when the strategy decides.
        strategy: the capacity provider strategy in the API's own form, weights and bases filled in.
        platform_version: as given; on Fargate else LATEST. `check_platform` refuses one where there is no Fargate.
    """

    launch_type: str | None
    strategy: tuple[Mapping[str, Any], ...] = ()
    platform_version: str | None = None

    @property
    def items(self) -> tuple[CapacityProviderStrategyItem, ...]:
        """The strategy as deciders read it."""
        return tuple(
            CapacityProviderStrategyItem(
                capacity_provider=provider_name(item["capacityProvider"]),
                base=item["base"],
                weight=item["weight"],
            )
            for item in self.strategy
        )

    @property
    def is_fargate(self) -> bool:
        """Whether the tasks run on Fargate."""
        return self.launch_type == "FARGATE" or is_on_fargate(self.strategy)

    @property
    def resolved_platform_version(self) -> str | None:
        """The version that LATEST stands for."""
        return fargate.platform_version(self.platform_version) if self.is_fargate else None


def is_on_fargate(strategy: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a strategy in the API's own form names providers of Fargate."""
    return any(provider_name(item["capacityProvider"]) in FARGATE_PROVIDERS for item in strategy)


def providers_of(desk: Desk, names: Sequence[str]) -> list[str]:
    """The short names of capacity providers, each once.

    Args:
        desk: where the capacity providers of one's own are.
        names: names or ARNs.

    Raises:
        ApiError: InvalidParameterException, there is no such provider.
    """
    providers = list(dict.fromkeys(provider_name(name) for name in names))
    own = desk.store.capacity_providers
    if any(
        name not in FARGATE_PROVIDERS and (name not in own or own[name].status != "ACTIVE")
        for name in providers
    ):
        raise invalid_parameter(
            "The specified capacity provider was not found. Specify a valid name or ARN and try again."
        )
    return providers


def check_strategy(
    desk: Desk, strategy: Sequence[Mapping[str, Any]], providers: Sequence[str] | None = None
) -> None:
    """Refuse a strategy that AWS refuses. Source: botocore CapacityProviderStrategyItem.

    Args:
        desk: where the capacity providers of one's own are.
        strategy: in the API's own form.
        providers: those of the cluster, when the strategy may name no other.

    Raises:
        ApiError: InvalidParameterException.
    """
    if not strategy:
        return
    names = [provider_name(item["capacityProvider"]) for item in strategy]
    providers_of(desk, names)
    if len({name in FARGATE_PROVIDERS for name in names}) > 1:
        raise invalid_parameter(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups "
            "and Fargate providers. Specify one or the other and try again."
        )
    if len(set(names)) != len(names):
        raise invalid_parameter("A capacity provider strategy cannot name a capacity provider twice.")
    if len(strategy) > _PROVIDERS_MAX:
        raise invalid_parameter(f"A capacity provider strategy can contain at most {_PROVIDERS_MAX} items.")
    if any(not 0 <= (item.get("base") or 0) <= _BASE_MAX for item in strategy):
        raise invalid_parameter(f"The base value must be between 0 and {_BASE_MAX}.")
    if any(not 0 <= (item.get("weight") or 0) <= _WEIGHT_MAX for item in strategy):
        raise invalid_parameter(f"The weight value must be between 0 and {_WEIGHT_MAX}.")
    if sum(1 for item in strategy if item.get("base")) > 1:
        raise invalid_parameter(
            "There are multiple capacity providers in the specified capacity provider strategy "
            "with a base value defined."
        )
    if not any(item.get("weight") for item in strategy):
        raise invalid_parameter(
            "There are no capacity providers in the capacity provider strategy "
            "with a weight value greater than zero."
        )
    if providers is not None and any(name not in providers for name in names):
        raise invalid_parameter(
            "The specified capacity provider strategy cannot contain a capacity provider "
            "that is not associated with the cluster. Associate the capacity provider with the cluster "
            "and try again."
        )


def provider_name(name: str) -> str:
    """The short name in a capacity provider's name or ARN."""
    return name.rsplit("/", 1)[-1]


def filled(strategy: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A strategy with short names and every default, as the API shows it."""
    return [
        {
            "capacityProvider": provider_name(item["capacityProvider"]),
            "weight": item.get("weight") or 0,
            "base": item.get("base") or 0,
        }
        for item in strategy
    ]


def chosen(desk: Desk, cluster: Cluster, params: Mapping[str, Any]) -> Capacity:
    """Where the tasks of RunTask or of a service are to run.

    Neither a launch type nor a strategy given: the cluster's default strategy, and if that is empty, EC2.
    Source: botocore RunTaskRequest.launchType, .capacityProviderStrategy; ecs-behaviour.md 4.

    Raises:
        ApiError: both are given, a name is unknown, or the platform version does not exist or fit.
    """
    launch_type, strategy = params.get("launchType"), params.get("capacityProviderStrategy") or []
    if launch_type and strategy:
        raise invalid_parameter(
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again."
        )
    if launch_type in ("EXTERNAL", "MANAGED_INSTANCES"):
        raise not_simulated_yet(f"the launch type {launch_type}")
    check_strategy(desk, strategy, cluster.request.get("capacityProviders", ()))
    if not launch_type and not strategy:
        strategy = list(cluster.request.get("defaultCapacityProviderStrategy", ()))
        launch_type = None if strategy else "EC2"
    version = params.get("platformVersion")
    own = [item for item in strategy if provider_name(item["capacityProvider"]) not in FARGATE_PROVIDERS]
    if own:
        return Capacity(launch_type=None, strategy=tuple(filled(strategy)), platform_version=version)
    if launch_type == "EC2":
        return Capacity(launch_type=launch_type, platform_version=version)
    if fargate.platform_version(version) is None:
        raise ApiError("PlatformUnknownException", "The specified platform version does not exist.")
    return Capacity(
        launch_type=launch_type,
        strategy=tuple(filled(strategy)),
        platform_version=version or "LATEST",
    )


def check_platform(capacity: Capacity) -> None:
    """Refuse a platform version where there is no Fargate: told after what is wrong with the network.

    Raises:
        ApiError: InvalidParameterException.
    """
    if capacity.platform_version and not capacity.is_fargate:
        where = "using a capacity provider of EC2" if capacity.strategy else "specifying an EC2 launch type"
        raise invalid_parameter(f"The platform version must be null when {where}.")


def check_definition(capacity: Capacity, definition: TaskDefinition) -> None:
    """Refuse a task definition that cannot run there.

    Raises:
        ApiError: InvalidParameterException or PlatformTaskDefinitionIncompatibilityException.
    """
    fit = definition.document.get("compatibilities", ())
    if capacity.is_fargate and ("FARGATE" not in fit or definition.cpu is None or definition.memory is None):
        raise invalid_parameter("Task definition does not support launch_type FARGATE.")
    version = capacity.resolved_platform_version
    if version is not None and not fargate.supports(version, definition.cpu):
        raise ApiError(
            "PlatformTaskDefinitionIncompatibilityException",
            "The specified platform version does not support the required attributes of the task definition.",
        )
