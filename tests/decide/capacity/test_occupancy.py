"""What the store knows of container instances at any moment is what a count from scratch finds."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from ecsim.decide.capacity.placement import eligible, place
from ecsim.model.container_instance import (
    ContainerInstance,
    ContainerInstanceStatus,
    HostPort,
    NetworkBinding,
    Resources,
)
from ecsim.model.placement import Needs, PlacementConstraint, PlacementStrategy, rooms_of
from ecsim.model.replacing import replace
from ecsim.model.task import DesiredStatus, Task, TaskStatus
from ecsim.store import Store

ZONE = "attribute:ecs.availability-zone"
GROUPS = ("service:a", "service:b", "family:c")
STRATEGIES = (
    PlacementStrategy(type="spread", field=ZONE),
    PlacementStrategy(type="spread", field="instanceId"),
    PlacementStrategy(type="spread", field="attribute:stack"),
    PlacementStrategy(type="binpack", field="memory"),
    PlacementStrategy(type="binpack", field="cpu"),
    PlacementStrategy(type="random"),
)
EXPRESSIONS = (
    f"{ZONE} in [a, c]",
    "attribute:stack == blue",
    "not(attribute:stack exists)",
    "runningTasksCount < 3",
    "task:group == service:a or attribute:stack == green",
)
PROVIDERS = ((), ("spare",), ("spare", "other"))


class World:
    """A store to which anything may happen that happens to instances and their tasks."""

    def __init__(self, seed):
        self.chance = Random(f"occupancy/{seed}")
        self.store = Store()
        self.made = 0
        for _ in range(16):
            self.register()

    def step(self):
        """One thing happens."""
        happens = [self.register, self.change, self.change, *[self.start] * 6, *[self.move] * 6]
        self.chance.choice(happens)()

    def register(self):
        """A container instance comes."""
        self.made += 1
        zone, chance = self.chance.choice("acd"), self.chance
        stack = chance.choice([(), (), (("stack", "blue"),), (("stack", "green"),)])
        self.store.put_container_instance(
            ContainerInstance(
                arn=f"instance/{self.made}",
                id=str(self.made),
                cluster_arn="cluster",
                ec2_instance_id=f"i-{self.made}",
                registered=Resources(
                    cpu=chance.choice([512, 512, 1024]), memory=1024, enis=2, ports=(HostPort(port=22),)
                ),
                attributes=(("ecs.availability-zone", zone), *stack),
                availability_zone=zone,
                capacity_provider_name=chance.choice([None, None, "spare", "other"]),
            )
        )

    def change(self):
        """A container instance becomes something else."""
        instance = self.chance.choice(list(self.store.container_instances.values()))
        zone = ("ecs.availability-zone", instance.availability_zone)
        change = self.chance.choice(
            [
                {"status": self.chance.choice(list(ContainerInstanceStatus))},
                {"status": ContainerInstanceStatus.ACTIVE},
                {"agent_connected": self.chance.random() < 0.7},
                {"attributes": (zone, ("stack", "blue"))},
                {"version": instance.version + 1},
            ]
        )
        self.store.put_container_instance(replace(instance, **change))

    def start(self):
        """A task comes, on an instance or without a place yet."""
        self.made += 1
        host = self.chance.choice([None, *self.store.container_instances])
        self.store.put_task(
            replace(self.task(f"task/{self.made}"), container_instance_arn=host, bindings=self.bound(host))
        )

    def task(self, arn):
        """A task of any group."""
        amounts = Resources(cpu=self.chance.choice([64, 128]), memory=64, enis=self.chance.choice([0, 0, 1]))
        return Task(
            arn=arn,
            id=arn,
            cluster_arn="cluster",
            task_definition_arn="web:1",
            group=self.chance.choice(GROUPS),
            reserved=amounts,
            last_status=TaskStatus.PENDING,
        )

    def bound(self, host):
        """A host port of its own, at times."""
        if host is None or self.chance.random() < 0.5:
            return ()
        port = self.chance.choice([80, 443, 8000 + self.made])
        return (NetworkBinding(container="web", container_port=80, host_port=port),)

    def move(self):
        """A task goes on, finds its place, or stops."""
        tasks = [task for task in self.store.tasks.values() if not task.is_stopped]
        if not tasks:
            return
        task = self.chance.choice(tasks)
        if task.container_instance_arn is None:
            host = self.chance.choice(list(self.store.container_instances))
            change = {"container_instance_arn": host, "bindings": self.bound(host)}
        else:
            change = self.chance.choice(
                [
                    {"last_status": TaskStatus.RUNNING},
                    {"desired_status": DesiredStatus.STOPPED},
                    {"last_status": TaskStatus.STOPPED},
                ]
            )
        self.store.put_task(replace(task, **change))

    def one_by_one(self, group, providers):
        """The rooms of a group, each on its own, counted from the tasks."""
        rooms = []
        for instance in self.store.instances_of("cluster"):
            if providers and instance.capacity_provider_name not in providers:
                continue
            live = [
                task
                for task in self.store.tasks.values()
                if task.container_instance_arn == instance.arn and not task.is_stopped
            ]
            room, whole = self.store.room(instance, group), instance.registered
            assert room.instance is instance
            assert room.left.cpu == whole.cpu - sum(task.reserved.cpu for task in live)
            assert room.left.memory == whole.memory - sum(task.reserved.memory for task in live)
            assert room.left.enis == whole.enis - sum(task.reserved.enis for task in live)
            assert room.same_group == sum(task.group == group for task in live)
            assert Counter(room.groups) == Counter({task.group: 1 for task in live})
            rooms.append(room)
        return rooms_of(rooms)

    def question(self):
        """What placement may be asked."""
        chance = self.chance
        constraints = [PlacementConstraint(type="memberOf", expression=e) for e in EXPRESSIONS]
        constraints.append(PlacementConstraint(type="distinctInstance"))
        ports = (HostPort(port=chance.choice([80, 443])),) if chance.random() < 0.3 else ()
        amounts = Resources(
            cpu=chance.choice([32, 100, 300]), memory=100, enis=chance.choice([0, 1]), ports=ports
        )
        return {
            "needs": Needs(resources=amounts, zones=chance.choice([(), (), ("a", "d")])),
            "group": chance.choice(GROUPS),
            "constraints": chance.sample(constraints, chance.choice([0, 0, 1, 2])),
        }


@pytest.mark.parametrize("seed", range(12))
def test_lots_and_instances_one_by_one_come_to_the_same(seed):
    world, seen = World(seed), Counter()
    for _ in range(120):
        world.step()
        asked = world.question()
        providers = world.chance.choice(PROVIDERS)
        lots = world.store.rooms("cluster", asked["group"], providers)
        each = world.one_by_one(asked["group"], providers)
        assert [lots.arns[n] for n in lots.numbers] == [each.arns[n] for n in each.numbers]
        for with_room in (False, True):
            found = [eligible(**asked, rooms=rooms, with_room=with_room) for rooms in (lots, each)]
            assert found[0] == found[1]
        more = {
            "count": world.chance.choice([1, 3, 12]),
            "strategies": world.chance.sample(STRATEGIES, world.chance.randint(0, 3)),
            "draw": lambda n: n // 2,
        }
        placed = [place(**asked, rooms=rooms, **more) for rooms in (lots, each)]
        assert placed[0] == placed[1]
        seen["placed"] += bool(placed[0].chosen)
        seen["refused"] += bool(placed[0].refusals)
        seen["together"] += len(lots.lots) < len(each.lots)
    assert all(seen[what] for what in ("placed", "refused", "together")), seen


def test_zones_are_those_of_instances_that_are_there():
    world = World(1)
    for instance in world.store.instances_of("cluster"):
        if instance.availability_zone == "a":
            gone = ContainerInstanceStatus.INACTIVE
            world.store.put_container_instance(replace(instance, status=gone))
    there = {each.availability_zone for each in world.store.instances_of("cluster")}
    assert set(world.store.zones_of("cluster")) == there
    assert "a" not in there
