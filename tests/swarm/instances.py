"""A swarm of its own on container instances: EC2 and DAEMON services, capacity providers, instances and zones lost.

See a seed again with `python -m tests.swarm.instances 7`; `... 0 50` sails the seeds from 0 to 49. The steps are few
and the laws count for themselves, from what was registered and what was asked for, not from the store's own sums.
"""

from __future__ import annotations

import base64
import json
import sys
import traceback
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from ecsim.clock.duration import clock_text
from tests.swarm import laws
from tests.swarm.actions import MARKED, breaker, percents, some
from tests.swarm.shop import CLUSTERS, PORT, REGION, Refused, Shop

STEPS = 100
CALM_MS = 3 * 3_600_000
"""As for every swarm, and a task may wait half an hour for an instance first."""
FAULTS = ("crash", "fail_health", "hang", "out_of_memory", "instance_lost", "zone_lost")
ZONES = (f"{REGION}a", f"{REGION}c")
OTHERS = {
    "advance": 30,
    "scale": 6,
    "stop_task": 3,
    "protect": 2,
    "fault": 3,
    "heal": 2,
    "delete_service": 1,
    "delete_service_by_force": 1,
}
"""What else of the swarm's actions happens here, with their weights."""
OWN = {}


def action(weight):
    """Mark an action of this swarm."""

    def mark(found):
        OWN[found.__name__] = (weight, found)
        return found

    return mark


class Yard(Shop):
    """A shop with instances."""

    def __init__(self, seed, **options):
        super().__init__(seed, **options)
        self.needs = {}
        self.provided = False
        wide = self.other(  # an instance takes an address and its awsvpc tasks theirs
            "ec2", "create_subnet", VpcId=self.vpc, CidrBlock="10.0.3.0/24", AvailabilityZone=ZONES[1]
        )
        self.subnets[1] = wide["Subnet"]["SubnetId"]
        self.other("iam", "create_instance_profile", InstanceProfileName="ecsInstanceRole")
        for number in range(3):
            self.launch(self.subnets[number % 2], "shop")
        self.other("ec2", "describe_instances")
        self.do("advance", duration_ms=61_000)

    def launch(self, subnet, cluster, kind="t3.medium"):
        """An EC2 instance that will register itself."""
        answer = self.other(
            "ec2",
            "run_instances",
            ImageId="ami-12345678",
            InstanceType=kind,
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            UserData=user_data(cluster),
            IamInstanceProfile={"Name": "ecsInstanceRole"},
        )
        return answer["Instances"][0]["InstanceId"]

    def instances(self):
        """Every container instance that is registered."""
        return [each for each in self.cloud.store.container_instances.values() if each.status != "INACTIVE"]

    def hosted(self, cpu, memory, *, mode="bridge", port=0, image="web:1.0"):
        """Register a definition for instances, and remember what it needs."""
        mapping = {"containerPort": PORT} | ({"hostPort": port} if mode == "bridge" else {})
        container = {
            "name": "web",
            "image": f"public.ecr.aws/ecslab/{image}",
            "cpu": cpu,
            "memory": memory,
            "portMappings": [mapping],
        }
        answer = self.ecs(
            "RegisterTaskDefinition", family="hosted", networkMode=mode, containerDefinitions=[container]
        )["taskDefinition"]
        self.needs[answer["taskDefinitionArn"]] = (cpu, memory, mode)
        return answer["taskDefinitionArn"]


def user_data(cluster):
    """What makes an instance register itself."""
    return f"#!/bin/sh\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n"


# Instances come and go


@action(4)
def launch(shop, chance):
    if len(shop.instances()) > 8:
        raise Refused("enough instances")
    kind = chance.choice(["t3.small", "t3.medium", "t3.medium", "m5.large"])
    cluster = chance.choice(["shop", "shop", *CLUSTERS, "nowhere"])
    return f"{shop.launch(chance.choice(shop.subnets), cluster, kind)} for {cluster}"


@action(2)
def register(shop, chance):
    known = [host.id for host in shop.cloud.hosts.all()]
    host = chance.choice([*known, "i-0"])
    document = json.dumps({"instanceId": host})
    cluster = chance.choice(CLUSTERS)
    shop.ecs("RegisterContainerInstance", cluster=cluster, instanceIdentityDocument=document)
    return f"{host} in {cluster}"


@action(5)
def change_state(shop, chance):
    chosen = chance.sample(shop.instances(), min(len(shop.instances()), chance.choice([1, 1, 2])))
    status = chance.choice(["DRAINING", "DRAINING", "ACTIVE"])
    cluster = chosen[0].cluster_arn if chosen else "shop"
    names = [chance.choice([each.arn, each.id]) for each in chosen] or ["0" * 32]
    shop.ecs("UpdateContainerInstancesState", cluster=cluster, containerInstances=names, status=status)
    return f"{status} {len(chosen)}"


@action(2)
def deregister(shop, chance):
    found = some(chance, shop.instances(), None)
    if found is None:
        raise Refused("no instances")
    force = chance.random() < 0.5
    shop.ecs(
        "DeregisterContainerInstance", cluster=found.cluster_arn, containerInstance=found.arn, force=force
    )
    return f"{found.ec2_instance_id} {'by force' if force else ''}"


@action(3)
def lose_instance(shop, chance):
    found = some(chance, shop.instances(), None)
    match = "i-0" if found is None else chance.choice([found.ec2_instance_id, found.id, found.id[:8]])
    struck = shop.do("fault", kind="instance_lost", match=match, on=True)["tasks"]
    shop.hits["fault", "instance_lost"] += 1
    return f"{match}: {len(struck)} tasks"


@action(3)
def lose_zone(shop, chance):
    zone = chance.choice([*ZONES, ZONES[0], "nowhere"])
    struck = shop.do("fault", kind="zone_lost", match=zone, on=True)["tasks"]
    shop.hits["fault", "zone_lost"] += 1
    return f"{zone}: {len(struck)} tasks"


@action(4)
def heal_zone(shop, chance):
    match = chance.choice([None, *ZONES])
    return str(shop.do("fault", kind="zone_lost", match=match, on=False)["healed"])


@action(3)
def call_ec2(shop, chance):
    """Stop, start or terminate an instance, as anybody may."""
    host = some(chance, [host.id for host in shop.cloud.hosts.all() if host.state != "terminated"], "i-0")
    operation = chance.choice(["stop_instances", "start_instances", "terminate_instances"])
    shop.other("ec2", operation, InstanceIds=[host])
    return f"{operation} {host}"


@action(1)
def put_attribute(shop, chance):
    found = some(chance, shop.instances(), None)
    if found is None:
        raise Refused("no instances")
    attribute = {"name": "stack", "value": chance.choice(["blue", "green"]), "targetId": found.arn}
    operation = chance.choice(["PutAttributes", "PutAttributes", "DeleteAttributes"])
    shop.ecs(operation, cluster=found.cluster_arn, attributes=[attribute])
    return f"{operation} {attribute['value']}"


# Tasks and services on them


def definition(shop, chance):
    """A definition for instances; most find a place somewhere."""
    mode = chance.choice(["bridge", "bridge", "bridge", "host", "awsvpc"])
    return shop.hosted(
        chance.choice([64, 256, 1024]),
        chance.choice([64, 256, 1500, 9000]) if chance.random() < 0.8 else 64,
        mode=mode,
        port=chance.choice([0, 0, 8080]),
        image=chance.choice(["web:1.0", "web:2.0", "web:crash-later", "web:broken", "web:stubborn"]),
    )


def placed(shop, chance, arn):
    """Where tasks are to go: members of a call."""
    found = {}
    if shop.needs[arn][2] == "awsvpc":
        found["networkConfiguration"] = shop.network()
    if chance.random() < 0.5:
        found["placementStrategy"] = chance.choice(
            [
                [{"type": "binpack", "field": "memory"}],
                [{"type": "random"}],
                [{"type": "spread", "field": "instanceId"}],
                [
                    {"type": "spread", "field": "attribute:ecs.availability-zone"},
                    {"type": "binpack", "field": "cpu"},
                ],
            ]
        )
    if chance.random() < 0.3:
        found["placementConstraints"] = [
            chance.choice(
                [
                    {"type": "distinctInstance"},
                    {"type": "memberOf", "expression": "attribute:stack == blue"},
                    {"type": "memberOf", "expression": "attribute:ecs.instance-type == t3.medium"},
                ]
            )
        ]
    return found


def bought(shop, chance):
    """By launch type, or from the capacity provider where there is one."""
    if shop.provided and chance.random() < 0.4:
        return {"capacityProviderStrategy": [{"capacityProvider": "spare", "weight": 1}]}
    return {"launchType": "EC2"}


@action(6)
def create_hosted_service(shop, chance):
    if len(shop.services("ACTIVE")) >= 4:
        raise Refused("enough services")
    arn, name = definition(shop, chance), f"e{chance.randint(1, 4)}"
    shop.ecs(
        "CreateService",
        cluster="shop",
        serviceName=name,
        taskDefinition=arn,
        desiredCount=chance.choice([1, 2, 3, 5]),
        deploymentConfiguration={**percents(chance), "deploymentCircuitBreaker": breaker(chance)},
        **placed(shop, chance, arn),
        **bought(shop, chance),
    )
    return name


@action(3)
def create_daemon(shop, chance):
    if len(shop.services("ACTIVE")) >= 4:
        raise Refused("enough services")
    arn = shop.hosted(64, 64, image=chance.choice(["web:1.0", "web:2.0", "web:stubborn"]))
    more = placed(shop, chance, arn)
    more.pop("placementStrategy", None)
    shop.ecs(
        "CreateService",
        cluster="shop",
        serviceName=f"d{chance.randint(1, 2)}",
        taskDefinition=arn,
        schedulingStrategy="DAEMON",
        launchType="EC2",
        deploymentConfiguration={"minimumHealthyPercent": chance.choice([0, 50, 66])},
        **more,
    )
    return str(more.get("placementConstraints"))


@action(6)
def roll_hosted(shop, chance):
    found = some(chance, shop.services("ACTIVE"), None)
    if found is None:
        raise Refused("no services")
    daemon = found.scheduling_strategy == "DAEMON"
    arn = shop.hosted(64, 64, image="web:2.0") if daemon else definition(shop, chance)
    where = placed(shop, chance, arn)
    if daemon:
        where.pop("placementStrategy", None)
    shop.ecs("UpdateService", cluster=found.cluster_arn, service=found.name, taskDefinition=arn, **where)
    return found.name


@action(3)
def run_hosted(shop, chance):
    if len(shop.live_tasks()) > 30:
        raise Refused("enough tasks")
    arn = definition(shop, chance)
    answer = shop.ecs(
        "RunTask",
        cluster="shop",
        taskDefinition=arn,
        count=chance.choice([1, 2, 5]),
        **placed(shop, chance, arn),
        **bought(shop, chance),
    )
    return f"{len(answer['tasks'])} tasks"


@action(2)
def start_hosted(shop, chance):
    names = [each.arn for each in shop.instances()]
    arn = definition(shop, chance)
    more = {"networkConfiguration": shop.network()} if shop.needs[arn][2] == "awsvpc" else {}
    chosen = chance.sample(names, min(len(names), 2)) or ["0" * 32]
    answer = shop.ecs("StartTask", cluster="shop", taskDefinition=arn, containerInstances=chosen, **more)
    return f"{len(answer['tasks'])} tasks"


@action(2)
def provide(shop, chance):
    """A capacity provider with an Auto Scaling group, once."""
    if shop.provided:
        raise Refused("provided")
    protects = chance.random() < 0.5
    shop.other(
        "ec2",
        "create_launch_template",
        LaunchTemplateName="spare",
        LaunchTemplateData={
            "ImageId": "ami-12345678",
            "InstanceType": "t3.medium",
            "IamInstanceProfile": {"Name": "ecsInstanceRole"},
            "UserData": base64.b64encode(user_data("shop").encode()).decode(),
        },
    )
    shop.other(
        "autoscaling",
        "create_auto_scaling_group",
        AutoScalingGroupName="spare",
        LaunchTemplate={"LaunchTemplateName": "spare", "Version": "$Latest"},
        MinSize=0,
        MaxSize=6,
        DesiredCapacity=chance.choice([0, 1]),
        VPCZoneIdentifier=",".join(shop.subnets),
        NewInstancesProtectedFromScaleIn=protects,
    )
    asked = {"AutoScalingGroupNames": ["spare"]}
    groups = shop.other("autoscaling", "describe_auto_scaling_groups", **asked)["AutoScalingGroups"]
    shop.ecs(
        "CreateCapacityProvider",
        name="spare",
        autoScalingGroupProvider={
            "autoScalingGroupArn": groups[0]["AutoScalingGroupARN"],
            "managedScaling": {"status": "ENABLED", "targetCapacity": chance.choice([50, 100])},
            "managedTerminationProtection": "ENABLED" if protects else "DISABLED",
            "managedDraining": chance.choice(["ENABLED", "DISABLED"]),
        },
    )
    shop.ecs(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=["spare"],
        defaultCapacityProviderStrategy=[],
    )
    shop.provided = True
    return f"protection {protects}"


# Laws

ENDING = ("DEPROVISIONING", "STOPPED")


class Watch(laws.Watch):
    """Watches the journal; tasks without an interface of their own begin PENDING."""

    def _start(self, entry):
        task = next(t for t in reversed(self._store.tasks.values()) if t.id == entry.subject)
        alone = self._cloud.store.task_definitions[task.task_definition_arn].network_mode == "awsvpc"
        waits = task.container_instance_arn is None
        assert entry.fields["status"] == ("PROVISIONING" if alone or waits else "PENDING"), entry.line()
        service = self._store.services.get(task.service_arn or "")
        if service is None or service.scheduling_strategy == "DAEMON":
            return  # one on each instance at most: `check`
        assert service.status == "ACTIVE", f"a {service.status} service starts a task: {entry.line()}"
        assert task.deployment_id == service.deployments[0].id, f"not of the PRIMARY: {entry.line()}"
        total = sum(t.service_arn == service.arn and not t.is_stopped for t in self._store.tasks.values())
        ceiling = service.desired_count * service.deployment_configuration.maximum_percent // 100
        assert total <= ceiling, f"{total} tasks, at most {ceiling}: {entry.line()}"


def check(shop):
    """What holds for instances at every moment; the swarm's other laws hold too."""
    laws.check(shop)
    store = shop.cloud.store
    live = [task for task in shop.live_tasks() if task.container_instance_arn is not None]
    for task in live:
        instance = store.container_instances[task.container_instance_arn]
        there = instance.status != "INACTIVE" and instance.agent_connected
        assert there or task.last_status in ENDING, f"on an instance that is not there: {task}"
        assert task.availability_zone == instance.availability_zone, task
    lost = shop.cloud.faults.lost_zones
    for task in shop.live_tasks():
        assert task.availability_zone not in lost or task.last_status in ENDING, f"in a lost zone: {task}"
    for instance in shop.instances():
        assert not (instance.agent_connected and instance.availability_zone in lost), instance
        _resources(shop, instance, [task for task in live if task.container_instance_arn == instance.arn])
    daemons = {s.arn: None for s in shop.services() if s.scheduling_strategy == "DAEMON"}
    each = Counter((t.service_arn, t.container_instance_arn) for t in live if t.service_arn in daemons)
    assert all(count == 1 for count in each.values()), f"two of a DAEMON on an instance: {each}"


def _resources(shop, instance, tasks):
    """Registered less what the tasks were defined with is what remains; no port twice."""
    asked = {"cluster": instance.cluster_arn, "containerInstances": [instance.arn]}
    (shown,) = shop.ecs("DescribeContainerInstances", **asked)["containerInstances"]
    amounts = {
        kind: {r["name"]: r["integerValue"] for r in shown[f"{kind}Resources"] if r["type"] == "INTEGER"}
        for kind in ("registered", "remaining")
    }
    needs = [shop.needs[task.task_definition_arn] for task in tasks]
    used = {"CPU": sum(n[0] for n in needs), "MEMORY": sum(n[1] for n in needs)}
    for name, whole in amounts["registered"].items():
        assert 0 <= amounts["remaining"][name] == whole - used[name], f"{name} of {instance.id}: {amounts}"
    ports = {
        kind: next(r["stringSetValue"] for r in shown[f"{kind}Resources"] if r["name"] == "PORTS")
        for kind in ("registered", "remaining")
    }
    bound = [str(b.host_port) for task in tasks for b in task.bindings]
    assert sorted(ports["remaining"]) == sorted([*ports["registered"], *bound]), f"{instance.id}: {ports}"
    assert len(set(ports["remaining"])) == len(ports["remaining"]), f"a port twice on {instance.id}: {ports}"
    alone = sum(n[2] == "awsvpc" for n in needs)
    assert alone <= instance.registered.enis, f"{alone} interfaces on {instance.id}"
    counted = Counter(
        "running" if task.last_status == "RUNNING" else "pending"
        for task in tasks
        if laws.RANK[task.last_status] <= laws.RANK["RUNNING"]
    )
    told = (shown["runningTasksCount"], shown["pendingTasksCount"])
    assert told == (counted["running"], counted["pending"]), f"{instance.id} shows {told}"


# Calm


def calm(shop):
    """Everything is healed, there is room, and every service gets what runs: it must come to rest."""
    for kind in FAULTS:
        shop.do("fault", kind=kind, match=None, on=False)
    for instance in shop.instances():
        asked = {"cluster": instance.cluster_arn, "containerInstances": [instance.arn]}
        shop.ecs("UpdateContainerInstancesState", **asked, status="ACTIVE")
    for task in shop.live_tasks():
        if task.service_arn is None:
            shop.ecs("StopTask", cluster=task.cluster_arn, task=task.arn)
        else:
            asked = {"cluster": task.cluster_arn, "tasks": [task.arn]}
            shop.ecs("UpdateTaskProtection", **asked, protectionEnabled=False)
    for number in range(4):
        shop.launch(shop.subnets[number % 2], "shop", "m5.large")
    good = {mode: shop.hosted(64, 64, mode=mode) for mode in ("bridge", "awsvpc")}
    for service in shop.services("ACTIVE"):
        daemon = service.scheduling_strategy == "DAEMON"
        configuration = {"minimumHealthyPercent": 50} | ({} if daemon else {"maximumPercent": 200})
        changes = {} if daemon else {"desiredCount": min(3, service.desired_count), "placementStrategy": []}
        shop.ecs(
            "UpdateService",
            cluster=service.cluster_arn,
            service=service.arn,
            taskDefinition=good["awsvpc" if service.deployments[0].network_configuration else "bridge"],
            deploymentConfiguration=configuration,
            placementConstraints=[],
            **changes,
        )
    shop.do("until_stable", timeout_ms=CALM_MS)
    at_rest(shop)
    shop.do("advance", duration_ms=CALM_MS)
    at_rest(shop)
    over = [f"{s.name} is still {s.status}" for s in shop.services("DRAINING")]
    over += [f"{t.id} is still {t.last_status}" for t in shop.live_tasks() if t.desired_status == "STOPPED"]
    assert not over, f"an end that never comes: {over}"
    return f"{len(shop.services('ACTIVE'))} services at rest"


def at_rest(shop):
    """Every service is steady; DAEMON services are on every instance that takes tasks."""
    takes = [each for each in shop.instances() if each.takes_tasks and each.cluster_arn.endswith("/shop")]
    for service in shop.services("ACTIVE"):
        asked = {"cluster": service.cluster_arn, "services": [service.arn]}
        (shown,) = shop.ecs("DescribeServices", **asked)["services"]
        said = [e["message"] for e in shown["events"][:4]]
        counts = (shown["desiredCount"], shown["runningCount"], shown["pendingCount"])
        assert service.steady, f"{service.name} is not steady: {counts} {said}"
        assert counts == (service.desired_count, service.desired_count, 0), f"{service.name}: {counts} {said}"
        assert [d["rolloutState"] for d in shown["deployments"]] == ["COMPLETED"], shown["deployments"]
        if service.scheduling_strategy == "DAEMON":
            assert counts[0] == len(takes), f"{service.name}: {counts} on {len(takes)} instances"


# Voyages


@dataclass(slots=True)
class Voyage:
    """What became of a seed."""

    seed: int
    log: list[str] = field(default_factory=list)
    hits: Counter = field(default_factory=Counter)
    reasons: Counter = field(default_factory=Counter)
    journal: str = ""
    problem: str | None = None

    def report(self):
        """The failure, and the steps that led to it."""
        return "\n".join(
            [*self.log, self.problem or "", f"again: python -m tests.swarm.instances {self.seed}"]
        )


def sail(seed, *, steps=STEPS, only=None):
    """Sail one seed; the voyage has a `problem` when a law was broken. `only`: the numbers of the steps to take."""
    voyage, chance = Voyage(seed), Random(f"instances/{seed}")
    crew = {name: (weight, MARKED[name][1]) for name, weight in OTHERS.items()} | OWN
    crew = {name: it for name, it in crew.items() if name == "advance" or chance.random() < 0.85}
    shop = Yard(f"instances/{seed}", delay=chance.choice([0, 30]))
    try:
        watch = Watch(shop.cloud)
        for n in range(steps):
            if only is not None and n not in only:
                continue
            own = Random(f"instances/{seed}/{n}")
            name = own.choices(list(crew), [weight for weight, _ in crew.values()])[0]
            if not _step(voyage, shop, f"{n} {name}", lambda name=name, own=own: crew[name][1](shop, own)):
                break
        else:
            _step(voyage, shop, "calm", lambda: calm(shop))
        voyage.journal = shop.cloud.journal.text()
        voyage.hits, voyage.reasons = shop.hits, watch.seen
    finally:
        shop.cloud.close()
    return voyage


def _step(voyage, shop, what, act):
    at = clock_text(shop.cloud.now_ms)
    try:
        try:
            said = act()
        except Refused as refused:
            if what == "calm":
                raise AssertionError(f"the calm was refused: {refused.code}") from refused
            said = f"refused: {refused.code}"
        voyage.log.append(f"{at} {what}: {said}")
        check(shop)
    except Exception as problem:  # noqa: BLE001 - whatever it is, the seed and its steps are told
        voyage.log.append(f"{at} {what}: {type(problem).__name__}: {problem}")
        voyage.problem = "".join(traceback.format_exception(problem))
        return False
    return True


def main():
    """Sail seeds from the command line."""
    first, *rest = map(int, sys.argv[1:])
    if not rest:
        voyage = sail(first)
        print(voyage.report())  # noqa: T201 - what is wanted
        return int(voyage.problem is not None)
    bad = 0
    for seed in range(first, rest[0]):
        voyage = sail(seed)
        if voyage.problem is not None:
            bad += 1
            print(seed, voyage.log[-1][:400], flush=True)  # noqa: T201 - what is wanted
    print(f"{rest[0] - first} seeds, {bad} bad")  # noqa: T201 - what is wanted
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
