"""What stands on the container instances of a cluster: the tasks that sit on each, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus
from ecsim.model.service import Cluster
from ecsim.model.task import Task
from ecsim.view.snapshot import Picture

HOSTS_MAX = 24
"""So many container instances of a cluster are drawn; the others are counted."""
TASKS_MAX = 12
"""So many tasks of a container instance are listed; the others are counted."""
_LABELS = {"cpu": "map.cpu", "memory": "map.memory", "gpus": "map.gpus", "enis": "map.enis"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """One kind of resource: how much of it tasks can still have, of how much that was registered.

    Attributes:
        label: the key of its name in `ecsim.view.words`.
    """

    label: str
    left: int
    whole: int

    @property
    def taken_percent(self) -> int:
        """How much is taken."""
        return 100 * (self.whole - self.left) // self.whole if self.whole else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A container instance with its tasks.

    Attributes:
        tasks: those on it that are not STOPPED, oldest first, at most `TASKS_MAX`.
        hidden: how many more of them there are.
        resources: what is left, as DescribeContainerInstances' remainingResources; GPUs and network interfaces only
            where the instance has GPUs, or a task has an interface of its own.
    """

    instance: ContainerInstance
    tasks: tuple[Task, ...]
    hidden: int
    resources: tuple[Left, ...]


def hosts(picture: Picture, cluster: Cluster) -> tuple[tuple[tuple[str, tuple[Host, ...]], ...], int]:
    """The container instances of a cluster by Availability Zone, and how many more there are.

    Those that were deregistered (INACTIVE) are shown only while a task is still on them.
    """
    on: dict[str, list[Task]] = {}
    for task in picture.tasks:
        if task.container_instance_arn is not None and not task.is_stopped:
            on.setdefault(task.container_instance_arn, []).append(task)
    there = [
        instance
        for instance in picture.container_instances
        if instance.cluster_arn == cluster.arn
        and (instance.status is not ContainerInstanceStatus.INACTIVE or instance.arn in on)
    ]
    shown = [_host(instance, on.get(instance.arn, [])) for instance in there[:HOSTS_MAX]]
    zones = sorted({host.instance.availability_zone for host in shown})
    return (
        tuple((zone, tuple(h for h in shown if h.instance.availability_zone == zone)) for zone in zones),
        max(0, len(there) - HOSTS_MAX),
    )


def host_of(task: Task, picture: Picture) -> ContainerInstance | None:
    """The container instance that a task is on, or None."""
    arn = task.container_instance_arn
    return next((each for each in picture.container_instances if each.arn == arn), None) if arn else None


def _host(instance: ContainerInstance, tasks: list[Task]) -> Host:
    whole = instance.registered
    taken = {
        name: sum(getattr(task.reserved, name) for task in tasks)
        for name in ("cpu", "memory", "gpus", "enis")
    }
    kinds = ["cpu", "memory", *(["gpus"] if whole.gpus else []), *(["enis"] if taken["enis"] else [])]
    return Host(
        instance=instance,
        tasks=tuple(tasks[:TASKS_MAX]),
        hidden=max(0, len(tasks) - TASKS_MAX),
        resources=tuple(
            Left(label=_LABELS[kind], left=getattr(whole, kind) - taken[kind], whole=getattr(whole, kind))
            for kind in kinds
        ),
    )
