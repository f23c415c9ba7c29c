"""A small cloud for the data plane: one balancer, tasks without a controller."""

from dataclasses import replace

from ecsim.clock.engine import Engine
from ecsim.clock.journal import Journal
from ecsim.dataplane import Dataplane
from ecsim.decide.load_balancing import target_health
from ecsim.faults import Faults
from ecsim.model.network import Balancer, Listener, ListenerRule, Target, TargetGroup, TargetState
from ecsim.model.task import Eni, TargetKey, Task, TaskStatus
from ecsim.model.task_definition import ContainerDefinition
from ecsim.store import Store
from ecsim.workload.host import LocalHost
from ecsim.workload.images import Catalog
from ecsim.workload.runtime import Workload

HOST = "shop-1234567890.ap-northeast-1.elb.amazonaws.com"
URL = f"http://{HOST}"


def group_arn(name="web"):
    return f"arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/{name}/0123456789abcdef"


def forward(*groups, weights=None):
    weights = weights or [1] * len(groups)
    tuples = [
        {"TargetGroupArn": group_arn(name), "Weight": weight}
        for name, weight in zip(groups, weights, strict=True)
    ]
    return ({"Type": "forward", "ForwardConfig": {"TargetGroups": tuples}},)


def listener(*rules, port=80, protocol="HTTP", default=None, certificates=("certificate/1",)):
    last = ListenerRule(arn=f"rule/{port}/default", priority=None, actions=default or forward("web"))
    return Listener(
        arn=f"listener/{port}", port=port, protocol=protocol, rules=(*rules, last), certificates=certificates
    )


class Rig:
    def __init__(self, *listeners, idle_timeout_s=60, **group):
        self.engine = Engine()
        self.journal = Journal(lambda: self.engine.now_ms)
        self.store = Store()
        self.faults = Faults()
        self.catalog = Catalog()
        self.host = LocalHost()
        self.workload = Workload(self.engine, self.catalog, self.host, self.faults)
        self.exits = []
        self.logs = []
        self.workload.on_exit.append(lambda *told: self.exits.append((self.engine.now_ms, *told)))
        self.workload.log = lambda *line: self.logs.append(line)
        self.groups = {group_arn(): TargetGroup(arn=group_arn(), name="web", **group)}
        self.balancer = Balancer(
            arn="lb",
            name="shop",
            dns_name=HOST,
            idle_timeout_s=idle_timeout_s,
            listeners=listeners or (listener(),),
        )
        self.plane = Dataplane(self.engine, self.journal, self.store, self.workload, balancing=self)

    # Balancing

    def by_dns_name(self, name):
        return self.balancer if name == HOST else None

    def target_group(self, arn):
        return self.groups.get(arn)

    # A day in the life

    def add_group(self, name, **group):
        self.groups[group_arn(name)] = TargetGroup(arn=group_arn(name), name=name, **group)

    def task(self, n, image="web:1.0", *, group="web", state=TargetState.HEALTHY, port=8080, **environment):
        task = Task(
            arn=f"arn:aws:ecs:ap-northeast-1:123456789012:task/shop/{n:032x}",
            id=f"{n:032x}",
            cluster_arn="cluster/shop",
            task_definition_arn=f"arn:aws:ecs:ap-northeast-1:123456789012:task-definition/{group}:1",
            group=f"service:{group}",
            last_status=TaskStatus.RUNNING,
            eni=Eni(id=f"eni-{n}", subnet_id="subnet-1", private_ip=f"10.0.1.{n}", mac="02:00:00:00:00:01"),
        )
        self.store.put_task(task)
        reference = image if "/" in image else f"public.ecr.aws/ecslab/{image}"
        definition = ContainerDefinition(name="web", image=reference, container_ports=(8080,))
        assert self.workload.start(task, definition, digest=None, environment=environment) is None
        if state is not None:
            key = TargetKey(target_group_arn=group_arn(group), target_id=f"10.0.1.{n}", port=port)
            target = Target(key=key, task_arn=task.arn, state=state, became_healthy_at_ms=0)
            self.store.put_target(target)
        return task

    def target_of(self, task):
        return next(t for t in self.store.targets.values() if t.task_arn == task.arn)

    def drain(self, task, delay_ms):
        target = self.target_of(task)
        self.store.put_target(target_health.draining(target, until_ms=self.engine.now_ms + delay_ms))
        self.engine.call_at(self.engine.now_ms + delay_ms, "drained", task.arn)

    def set_state(self, task, state):
        self.store.put_target(replace(self.target_of(task), state=state))

    def handle(self, wake):
        if wake.kind == "program":
            self.workload.handle(wake)
        elif wake.kind == "drained":
            key = self.target_of(self.store.tasks[wake.key]).key
            self.store.drop_target(key)
            self.plane.target_gone(key)
        elif wake.kind == "stop":
            self.workload.stop(wake.key, "web")
        elif wake.kind == "kill":
            self.workload.kill(wake.key, "web")
        else:
            self.plane.handle(wake)

    def run(self, until_ms):
        self.engine.run_until(until_ms, self.handle, lambda: None)

    def ask(self, url=URL + "/", method="GET", headers=None, body=""):
        request = self.plane.request(method, url, headers, body)
        done = lambda: self.plane.result(request) is not None  # noqa: E731
        self.engine.run_until(self.engine.now_ms + 600_000, self.handle, lambda: None, done)
        return self.plane.take(request)
