"""A workload without a controller: containers are started by hand."""

from ecsim.clock.engine import Engine
from ecsim.clock.journal import Journal
from ecsim.faults import Faults
from ecsim.model.task import Task
from ecsim.model.task_definition import ContainerDefinition
from ecsim.workload.host import LocalHost
from ecsim.workload.images import Catalog, Pushed
from ecsim.workload.program import Request
from ecsim.workload.runtime import Workload


class Rig:
    def __init__(self, host=None, *, strict=False):
        self.engine = Engine()
        self.journal = Journal(lambda: self.engine.now_ms)
        self.faults = Faults()
        self.catalog = Catalog(strict=strict)
        self.host = host if host is not None else LocalHost()
        self.workload = Workload(self.engine, self.catalog, self.host, self.faults)
        self.exits = []
        self.lines = []
        self.aborted = []
        self.workload.on_exit.append(
            lambda task, container, code, reason: self.exits.append(
                (self.engine.now_ms, task, container, code, reason)
            )
        )
        self.workload.on_abort.append(self.aborted.append)
        self.workload.log = lambda _task, _container, at_ms, line: self.lines.append((at_ms, line))

    def start(self, image="web:1.0", *, task="t1", name="web", ports=(8080,), essential=True, **environment):
        made = Task(
            arn=task, id=f"id-{task}", cluster_arn="c", task_definition_arn="td", group="service:shop-web"
        )
        reference = image if "/" in image else f"public.ecr.aws/ecslab/{image}"
        definition = ContainerDefinition(
            name=name, image=reference, container_ports=ports, essential=essential
        )
        return self.workload.start(made, definition, digest=None, environment=environment)

    def push(self, program, reference="123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1"):
        told = self.host.add(program)
        self.catalog.push(reference, Pushed(name=told["name"], commands=tuple(told["commands"])))
        return reference

    def run(self, until_ms):
        self.engine.run_until(until_ms, self.workload.handle, lambda: None)

    def probe(self, path="/health", *, task="t1", port=8080, protocol="HTTP", timeout_ms=5_000):
        answer = self.workload.probe(task, port, path, protocol, timeout_ms)
        return answer.problem or answer.status

    def command(self, *command, task="t1", name="web", timeout_ms=5_000):
        return self.workload.command(task, name, command, timeout_ms)

    def get(self, path="/", *, task="t1", port=8080):
        return self.workload.begin(task, port, Request(path=path))

    def codes(self):
        return [(at_ms, code) for at_ms, _, _, code, _ in self.exits]
