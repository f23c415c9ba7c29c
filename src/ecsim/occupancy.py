"""What the live tasks of container instances take of them, and which instances are alike in what is left.

The store keeps it up to date with each task and each container instance that is put; nothing is ever counted anew.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, HostPort, Resources
from ecsim.model.placement import Kind, Lot, Room, Rooms, kind_of
from ecsim.model.task import BEFORE_RUNNING, DesiredStatus, Task

_LotKey = tuple[Kind, int, int, int, int]


@dataclass(slots=True)
class Account:
    """What the live tasks of one container instance take of it.

    Attributes:
        number: the instance's in its cluster, in order of registration.
    """

    instance: ContainerInstance
    number: int
    cpu: int = 0
    memory: int = 0
    gpus: int = 0
    enis: int = 0
    ports: dict[HostPort, None] = field(default_factory=dict)
    running: int = 0
    pending: int = 0
    groups: Counter[str] = field(default_factory=Counter)
    tasks: dict[str, None] = field(default_factory=dict)

    def add(self, task: Task, sign: int) -> None:
        """Take (1) or give back (-1) what a task holds."""
        held = task.reserved
        self.cpu += sign * held.cpu
        self.memory += sign * held.memory
        self.gpus += sign * held.gpus
        self.enis += sign * held.enis
        bound = [HostPort(port=b.host_port, protocol=b.protocol) for b in task.bindings]
        for port in (*held.ports, *bound):
            if sign > 0:
                self.ports[port] = None
            else:
                self.ports.pop(port, None)
        self.groups[task.group] += sign
        if not self.groups[task.group]:
            del self.groups[task.group]
        if sign > 0:
            self.tasks[task.arn] = None
        else:
            self.tasks.pop(task.arn, None)

    def count(self, task: Task, sign: int) -> None:
        """Count a task as running or pending."""
        if task.last_status in BEFORE_RUNNING:
            self.pending += sign
        elif task.desired_status is DesiredStatus.RUNNING:
            self.running += sign

    def left(self) -> tuple[int, int, int, int]:
        """CPU, memory, GPUs and interfaces that are left."""
        whole = self.instance.registered
        return (
            whole.cpu - self.cpu,
            whole.memory - self.memory,
            whole.gpus - self.gpus,
            whole.enis - self.enis,
        )

    def room(self, group: str) -> Room:
        """What is left of the instance, as placement of a task group sees it."""
        cpu, memory, gpus, enis = self.left()
        ports = (*self.instance.registered.ports, *self.ports)
        return Room(
            instance=self.instance,
            left=Resources(cpu=cpu, memory=memory, gpus=gpus, enis=enis, ports=ports),
            running_tasks=self.running,
            groups=tuple(self.groups),
            same_group=self.groups.get(group, 0),
        )


class Occupancy:
    """The accounts of a cluster's container instances; those that are alike are together in a lot."""

    def __init__(self) -> None:
        self._accounts: list[Account] = []
        self._arns: list[str] = []
        self._kinds: dict[tuple[object, ...], Kind] = {}
        self._keys: dict[int, _LotKey] = {}
        self._members: dict[_LotKey, list[int]] = {}
        self._lots: dict[_LotKey, Lot] = {}
        self._lot_of: dict[int, Lot] = {}
        self._of_group: dict[str, dict[int, int]] = {}

    def open(self, instance: ContainerInstance) -> Account:
        """The account of a container instance that has just been registered."""
        account = Account(instance, len(self._accounts))
        self._accounts.append(account)
        self._arns.append(instance.arn)
        self.changed(account, instance)
        return account

    def changed(self, account: Account, instance: ContainerInstance) -> None:
        """The container instance of an account was replaced by another value."""
        account.instance = instance
        if instance.status is ContainerInstanceStatus.INACTIVE:
            self._leave(account.number)
        else:
            self._move(account, self._kind(instance))

    def add(self, account: Account, task: Task, sign: int) -> None:
        """Take (1) or give back (-1) what a task holds of an account."""
        account.add(task, sign)
        hosts = self._of_group.setdefault(task.group, {})
        hosts[account.number] = account.groups.get(task.group, 0)
        if not hosts[account.number]:
            del hosts[account.number]
        if not hosts:
            del self._of_group[task.group]
        key = self._keys.get(account.number)
        if key is not None:
            self._move(account, key[0])

    def rooms(self, group: str, providers: Sequence[str]) -> Rooms:
        """The instances that are not INACTIVE, as placement of a task group sees them.

        Args:
            group: the task group.
            providers: capacity providers whose instances alone are wanted; all instances when there are none.
        """

        def is_wanted(lot: Lot | None) -> bool:
            return lot is not None and (not providers or lot.kind.capacity_provider_name in providers)

        hosts = self._of_group.get(group, {})
        return Rooms(
            lots=[lot for lot in self._lots.values() if is_wanted(lot)],
            lot_of=self._lot_of,
            arns=self._arns,
            same_group={n: count for n, count in hosts.items() if is_wanted(self._lot_of.get(n))},
            room=lambda number: self._accounts[number].room(group),
        )

    def zones(self) -> tuple[str, ...]:
        """The Availability Zones of the instances that are not INACTIVE."""
        return tuple(dict.fromkeys(lot.kind.availability_zone for lot in self._lots.values()))

    def _kind(self, instance: ContainerInstance) -> Kind:
        """The kind of an instance, the same one for all that are alike."""
        alike = (
            instance.status,
            instance.agent_connected,
            instance.availability_zone,
            instance.capacity_provider_name,
            instance.attributes,
        )
        if alike not in self._kinds:
            self._kinds[alike] = kind_of(instance)
        return self._kinds[alike]

    def _move(self, account: Account, kind: Kind) -> None:
        """Into the lot in which an instance belongs."""
        number = account.number
        key = (kind, *account.left())
        if self._keys.get(number) == key:
            return
        self._leave(number)
        if key not in self._lots:
            cpu, memory, gpus, enis = key[1:]
            members = self._members[key] = []
            self._lots[key] = Lot(kind=kind, cpu=cpu, memory=memory, gpus=gpus, enis=enis, numbers=members)
        insort(self._members[key], number)
        self._keys[number] = key
        self._lot_of[number] = self._lots[key]

    def _leave(self, number: int) -> None:
        """Out of the lot in which an instance is, if any."""
        key = self._keys.pop(number, None)
        if key is None:
            return
        members = self._members[key]
        del members[bisect_left(members, number)]
        del self._lot_of[number]
        if not members:
            del self._lots[key], self._members[key]
