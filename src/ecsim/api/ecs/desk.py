"""What the handlers of the ECS API work with. The cloud hands it to them; tests make one by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ecsim.clock.identity import Identity
from ecsim.clock.journal import Journal
from ecsim.model.container_instance import ContainerInstance, Host, ScalingGroup
from ecsim.model.launch import Launch, Launched
from ecsim.model.network import TargetGroup
from ecsim.store import Store


class Subnet(Protocol):
    """What the API asks of a subnet."""

    @property
    def id(self) -> str:
        """`subnet-...`."""
        ...

    @property
    def vpc_id(self) -> str:
        """The VPC that it is in."""
        ...


class Network(Protocol):
    """EC2's part: the existence of subnets and security groups."""

    def subnets(self, subnet_ids: Sequence[str]) -> Sequence[Subnet]:
        """The subnets that exist, in the order asked for."""
        ...

    def security_groups(self, group_ids: Sequence[str]) -> Sequence[str]:
        """The security groups that exist, in the order asked for."""
        ...


class Balancing(Protocol):
    """Elastic Load Balancing's part: the existence of target groups."""

    def target_group(self, arn: str) -> TargetGroup | None:
        """The target group, or None when there is none."""
        ...

    def forwards(self, arn: str) -> tuple[tuple[str, int], ...] | None:
        """The target groups, with weights, that a rule or a listener forwards to; None when it does not."""
        ...

    def named(self, name: str) -> str | None:
        """The ARN of the target group of a name, or None when there is none."""
        ...


@dataclass(slots=True, kw_only=True)
class Desk:
    """The store and the world, as far as a handler may touch them.

    Handlers write clusters, task definitions and services into the store themselves and then wake whom it concerns;
    tasks are started and stopped by the controller only.

    Attributes:
        now_ms: asks the engine for the time, in milliseconds since the cloud's start.
        wake_service: tells the controller to look at a service, by ARN.
        wake_task: tells the controller to look at a task, by ARN.
        launch: makes the tasks of a RunTask or StartTask, as many as find a place.
        stop: stops a task by ARN, with the learner's reason or None (StopTask).
        host: looks an EC2 instance up by its id.
        date: a moment as a date in UTC, as queries compare it.
        admit: puts a container instance that has registered into the store.
        instance_changed: tells the controller that a container instance in the store was changed, by ARN.
        scaling_group: looks an Auto Scaling group up by its name or ARN.
        watch_provider: tells the controller that a capacity provider, by name, may have to be scaled.
        caller: the ARN that `registeredBy`, `createdBy` and the like show.
        tokens: what each client token stood for: (operation, token) -> (request, what was made).
        revisions: service revisions by ARN, in the API's own form. They outlive the deployments that made them.
        rollouts: service deployments by ARN (see `service_deployments`).
        settings: account settings that were set: (principal, name) -> value.
    """

    store: Store
    identity: Identity
    journal: Journal
    account: str
    region: str
    now_ms: Callable[[], int]
    wake_service: Callable[[str], None]
    wake_task: Callable[[str], None]
    launch: Callable[[Launch], Launched]
    stop: Callable[[str, str | None], None]
    balancing: Balancing
    network: Network
    caller: str = ""
    host: Callable[[str], Host | None] = lambda _: None
    date: Callable[[int], str] = str
    admit: Callable[[ContainerInstance], None] = lambda _: None
    instance_changed: Callable[[str], None] = lambda _: None
    scaling_group: Callable[[str], ScalingGroup | None] = lambda _: None
    watch_provider: Callable[[str], None] = lambda _: None
    namespace: Callable[[str], str] = lambda name: f"arn:aws:servicediscovery:::namespace/{name}"
    tokens: dict[tuple[str, str], tuple[Mapping[str, Any], tuple[str, ...]]] = field(default_factory=dict)
    revisions: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    rollouts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    settings: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.caller:
            self.caller = f"arn:aws:iam::{self.account}:root"

    def arn(self, kind: str, name: str) -> str:
        """An ARN of ECS in this account and region, e.g. of ("cluster", "shop")."""
        return f"arn:aws:ecs:{self.region}:{self.account}:{kind}/{name}"


Params = Mapping[str, Any]
"""The members of a request, in the API's own form."""

Answer = dict[str, Any]
"""The members of a response, in the API's own form; timestamps as whole milliseconds since the cloud's start."""

Handler = Callable[[Desk, dict[str, Any]], Answer]
"""Answers one operation, or raises `ecsim.api.errors.ApiError`."""
