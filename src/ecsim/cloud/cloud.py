"""The cloud: every part put together. The only place that knows everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from ecsim.api import codedeploy, ecs, mount
from ecsim.api.ecs.desk import Desk
from ecsim.api.gate import READS, Gate
from ecsim.api.wire import Caller, moment
from ecsim.clock.duration import milliseconds
from ecsim.clock.engine import Engine, Wake
from ecsim.clock.identity import Identity
from ecsim.clock.journal import Journal
from ecsim.cloud import collecting, stacks
from ecsim.cloud.settling import Settling
from ecsim.controller.loop import KINDS, Controller
from ecsim.controller.shell import Shell
from ecsim.dataplane.exchange import Exchange, Result
from ecsim.dataplane.plane import Dataplane
from ecsim.effects.alarms import Alarms
from ecsim.effects.cloudmap import CloudMap
from ecsim.effects.ec2 import Ec2
from ecsim.effects.ecr import Registry
from ecsim.effects.elbv2 import HARMLESS, Elbv2
from ecsim.effects.firewall import Firewall
from ecsim.effects.hosts import Hosts
from ecsim.effects.logs import Logs
from ecsim.effects.metrics import Measured, Metrics
from ecsim.effects.names import Names
from ecsim.effects.secrets import Secrets
from ecsim.faults import Fault, Faults
from ecsim.store import Store
from ecsim.view.snapshot import Picture
from ecsim.workload.functions import Functions
from ecsim.workload.host import Host, LocalHost
from ecsim.workload.images import Catalog
from ecsim.workload.runtime import Workload

_HEALTH_DEPENDS_ON = ("elbv2", "ec2", "cloudformation")
"""Services whose calls may change what a health check meets: target groups, listeners, security groups."""
CLOSE_TIMEOUT_S = 5.0
"""How long, in real time, a cloud that is closed waits for what another thread does in it."""
ACCOUNT, REGION = "123456789012", "ap-northeast-1"


class Cloud:
    """A simulated AWS account in one region.

    Args:
        seed: ids, addresses and draws depend on it and on nothing else.
        account: twelve digits.
        region: one of AWS's names.
        strict_images: refuse public images that nobody knows, instead of running a plain web server for them.
        host: runs the programs that learners wrote; by default this process.
        settled: every call that changes something lets time pass until its consequences are there, before it
            answers; a call that finds time passing already does not.
        strict: the cloud's own mistakes raise instead of becoming an AWS error (for tests).

    Attributes:
        gate: the AWS API.
        engine, journal, identity, store: time, memory, chance and state.
        workload, catalog, host: containers' programs.
        functions: Lambda functions that people wrote.
        dataplane: HTTP through load balancers.
        faults: what is switched on.

    Raises:
        ecsim.api.mount.AlreadyInstalled: another cloud is open in this process.
    """

    def __init__(
        self,
        seed: int | str = 0,
        *,
        account: str = ACCOUNT,
        region: str = REGION,
        strict_images: bool = False,
        host: Host | None = None,
        settled: bool = False,
        strict: bool = False,
    ) -> None:
        self.seed, self.account, self.region = str(seed), account, region
        self.engine = Engine()
        self.identity = Identity(seed)
        self.journal = Journal(lambda: self.engine.now_ms)
        self.store = Store()
        self.faults = Faults()
        self.host: Host = host if host is not None else LocalHost()
        self.catalog = Catalog(strict=strict_images)
        self.gate = Gate(
            engine=self.engine,
            journal=self.journal,
            seed=self.seed,
            account=account,
            region=region,
            own={"ecs": self._ecs, "codedeploy": self._codedeploy},
            strict=strict,
        )
        self._build()
        self._settling = Settling(self) if settled else None
        self._time_passes = False
        self.stacks = stacks.Stacks(self.gate, self.engine)
        mount.install(
            now=self.gate.now,
            seed=self.seed,
            targets=self.controller.targets,
            service_exists=self._service_exists,
            account=self.stacks,
            zone_is_lost=lambda zone: zone in self.faults.lost_zones,
        )
        self.is_open = True

    def _build(self) -> None:
        """Wire the parts that need each other."""
        self.balancing = Elbv2(self.gate)
        self.network = Ec2(self.gate)
        self.hosts = Hosts(self.gate)
        self.registry = Registry(self.gate, known_public=self.catalog.known_public)
        self.logs = Logs(self.gate, now_ms=lambda: self.engine.now_ms)
        self.workload = Workload(self.engine, self.catalog, self.host, self.faults)
        firewall = Firewall(self.network, self.balancing)
        self.dataplane = Dataplane(
            self.engine,
            self.journal,
            self.store,
            self.workload,
            self.balancing,
            gates=firewall,
            names=Names(self.gate),
        )
        self.metrics = Metrics(self.gate, self.journal, self.balancing, now_ms=lambda: self.engine.now_ms)
        self.dataplane.ended.append(self._measured)
        self.functions = Functions(self.host)
        shell = Shell(
            engine=self.engine,
            journal=self.journal,
            identity=self.identity,
            store=self.store,
            network=self.network,
            hosts=self.hosts,
            balancing=self.balancing,
            gates=firewall,
            registry=self.registry,
            secrets=Secrets(self.gate),
            logs=self.logs,
            workload=self.workload,
            functions=self.functions,
            alarms=Alarms(self.gate),
            account=self.account,
            region=self.region,
            date=lambda at_ms: moment(at_ms).strftime("%Y-%m-%dT%H:%M:%S"),
        )
        shell.target_gone.append(self.dataplane.target_gone)
        self.controller = Controller(shell)
        self.gate.changed.append(self._changed)
        self.workload.on_exit.append(self.controller.container_exited)
        self.workload.log = self.controller.log
        self.desk = self._desk(shell)

    def _desk(self, shell: Shell) -> Desk:
        """What ECS's own operations work with."""
        return Desk(
            store=self.store,
            identity=self.identity,
            journal=self.journal,
            account=self.account,
            region=self.region,
            now_ms=lambda: self.engine.now_ms,
            wake_service=self.controller.wake_service,
            wake_task=self.controller.wake_task,
            launch=self.controller.launch,
            stop=self.controller.stop,
            balancing=self.balancing,
            network=self.network,
            host=self.hosts.one,
            namespace=CloudMap(self.gate).namespace,
            date=shell.date,
            admit=self.controller.fleet.admit,
            instance_changed=self.controller.fleet.changed,
            scaling_group=self.hosts.group,
            watch_provider=self.controller.scaling.watch,
        )

    # The AWS API

    def client(self, service: str, *, by: str | None = "learner") -> Any:
        """A boto3 client of this cloud, in process, without sockets."""
        return self.gate.client(service, by=by)

    def _ecs(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:  # noqa: ARG002
        answer = ecs.operations[operation](self.desk, parameters)
        if self._settling is None or self._time_passes or operation.startswith(READS):
            return answer
        self._settling.settle()
        return self._settling.told_anew(answer)

    def _codedeploy(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:  # noqa: ARG002
        return codedeploy.operations[operation](self.desk, parameters)

    def _service_exists(self, cluster: str, service: str) -> bool:
        arn = f"arn:aws:ecs:{self.region}:{self.account}:service/{cluster}/{service}"
        found = self.store.services.get(arn)
        return found is not None and found.status == "ACTIVE"

    def _changed(self, service: str, operation: str) -> None:
        """A call to another service: health checks may come out differently from now on."""
        if service in _HEALTH_DEPENDS_ON and operation not in HARMLESS:
            self.controller.disturb_targets()

    def _measured(self, exchange: Exchange, result: Result) -> None:
        """A request has come to its end: count it."""
        if exchange.balancer is None:
            return
        seen = Measured(
            load_balancer_arn=exchange.balancer.arn,
            target_group_arn=exchange.group.arn if exchange.group is not None else None,
            status=result.status,
            code=result.code,
            ms=result.ms,
            is_http=not exchange.layer4,
            was_forwarded=exchange.target is not None,
        )
        self.metrics.count(self.now_ms, seen)

    # Time

    @property
    def now_ms(self) -> int:
        """The present moment, in milliseconds since the cloud's start."""
        return self.engine.now_ms

    def advance(self, duration: str | float) -> int:
        """Let time pass.

        Args:
            duration: such as "2m", or seconds.

        Returns:
            The new present moment, in milliseconds since the cloud's start.
        """
        return self.advance_ms(milliseconds(duration))

    def advance_ms(self, duration_ms: int) -> int:
        """Let time pass, in milliseconds."""
        with self.gate.lock:
            self._run(self.now_ms + duration_ms)
        return self.now_ms

    def until(self, arrived: Callable[[], bool], timeout: str | float = "30m") -> bool:
        """Let time pass until something holds, at most for `timeout`; returns whether it holds."""
        with self.gate.lock:
            end = self.now_ms + milliseconds(timeout)
            self._run(end, arrived)
            return arrived()

    def _run(self, until_ms: int, stop: Callable[[], bool] | None = None) -> None:
        passed_before, self._time_passes = self._time_passes, True

        def over() -> bool:
            return not self.is_open or (stop is not None and stop())

        try:
            with collecting.seldom():
                self.engine.run_until(until_ms, self._handle, self.controller.settle, stop=over)
        finally:
            self._time_passes = passed_before

    def _handle(self, wake: Wake) -> None:
        if wake.kind in KINDS:
            self.controller.handle(wake)
        elif wake.kind == "program":
            self.workload.handle(wake)
        elif wake.kind == stacks.KIND:
            self.stacks.handle(wake)
        else:
            self.dataplane.handle(wake)

    # Looking

    def picture(self) -> Picture:
        """Everything as it is now, for views."""
        groups: dict[str, None] = {}
        for target in self.store.targets.values():
            groups.setdefault(target.key.target_group_arn, None)
        for service in self.store.services.values():
            for deployment in service.deployments:
                for balancer in deployment.load_balancers:
                    groups.setdefault(balancer.target_group_arn, None)
        known = {arn: self.balancing.target_group(arn) for arn in groups}
        return Picture(
            now_ms=self.now_ms,
            region=self.region,
            clusters=tuple(self.store.clusters.values()),
            services=tuple(self.store.services.values()),
            tasks=tuple(self.store.tasks.values()),
            task_definitions=dict(self.store.task_definitions),
            targets=tuple(self.store.targets.values()),
            target_groups={arn: group for arn, group in known.items() if group is not None},
            balancers=self.balancing.balancers(),
            container_instances=tuple(self.store.container_instances.values()),
            journal=tuple(self.journal),
        )

    # Breaking

    def inject(self, fault: Fault) -> list[str]:
        """Switch a fault on; returns the ids of the tasks that it concerns at once.

        Raises:
            ValueError: it is for a container instance or an Availability Zone that is not there.
        """
        with self.gate.lock:
            self.controller.outages.check(fault)
            self.journal.record("fault", str(fault.kind), match=fault.match, value=dict(fault.value), on=True)
            self.faults.inject(fault)
            struck = self.workload.strike(fault) + self.controller.outages.strike(fault)
            self.controller.disturb()
            self.controller.settle()
            return struck

    def heal(self, kind: Any = None, match: str | None = None) -> int:
        """Switch faults off; returns how many."""
        with self.gate.lock:
            healed = self.faults.heal(kind, match)
            self.journal.record("fault", str(kind or "*"), match=match, value={}, on=False)
            self.controller.outages.heal(self.faults.lost_zones)
            self.controller.disturb()
            return healed

    def close(self) -> None:
        """Give moto back. A closed cloud answers no more calls.

        What another thread is doing here (a server's, whose client may be gone) ends first: time stops where it is, and
        a call is answered. Else it would go on in the next cloud of this process.
        """
        if not self.is_open:
            return
        self.is_open = False
        ended = self.gate.lock.acquire(timeout=CLOSE_TIMEOUT_S)
        try:
            mount.uninstall()
        finally:
            if ended:
                self.gate.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()
