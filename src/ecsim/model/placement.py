"""Where tasks may and should go on container instances, as they were asked for."""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.model.container_instance import ContainerInstance, Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementConstraint:
    """A condition that binds. Source: botocore ecs PlacementConstraint.

    Attributes:
        type: distinctInstance or memberOf.
        expression: of memberOf, in the cluster query language.
    """

    type: str
    expression: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementStrategy:
    """A preference. Source: botocore ecs PlacementStrategy.

    Attributes:
        type: random, spread or binpack.
        field: of spread `instanceId` or `attribute:<name>`, of binpack CPU or MEMORY.
    """

    type: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A container instance with what is left of it.

    Attributes:
        left: free CPU, memory, GPUs and interfaces; `ports` are the ports that are taken.
        running_tasks: its tasks that are wanted RUNNING.
        groups: the task groups with a live task on it.
        same_group: its live tasks of the group that is being placed.
    """

    instance: ContainerInstance
    left: Resources
    running_tasks: int = 0
    groups: tuple[str, ...] = ()
    same_group: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a task needs of the instance that it is placed on.

    Attributes:
        resources: what it takes.
        attributes: names that the instance must have among its attributes.
        zones: the Availability Zones of its subnets; empty when any will do.
    """

    resources: Resources
    attributes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an instance did not get a task.

    Attributes:
        reason: e.g. "RESOURCE:CPU", as RunTask's failures name it.
        rank: how many tests it passed before; the closest match has the highest.
    """

    instance_arn: str
    reason: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where tasks go.

    Attributes:
        chosen: an instance's ARN for each task that found a place, in order.
        refusals: when not all of them did, why the next one found none: one for each instance.
    """

    chosen: tuple[str, ...]
    refusals: tuple[Refusal, ...] = ()

    @property
    def closest(self) -> Refusal | None:
        """The refusal of the instance that came closest, or None when there was none."""
        return max(self.refusals, key=lambda each: each.rank) if self.refusals else None
