"""The runtime: which containers run, which requests are in flight in them, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ecsim.clock.engine import Engine, Wake
from ecsim.faults import Fault, FaultKind, Faults
from ecsim.model.answers import Failure, Probe
from ecsim.model.task import Task
from ecsim.model.task_definition import ContainerDefinition
from ecsim.workload import shell, stock
from ecsim.workload.host import Host
from ecsim.workload.images import Catalog, Pushed
from ecsim.workload.inside import Inside, path_request
from ecsim.workload.messages import Answer
from ecsim.workload.program import Request
from ecsim.workload.runs import Begun, Hosted, Run

OnExit = Callable[[str, str, int, str | None], None]
"""(task ARN, container, exit code, reason)."""
OnAbort = Callable[[int], None]
"""(id of the request in flight)."""
Log = Callable[[str, str, int, str], None]
"""(task ARN, container, at_ms, line)."""

SIGKILLED = 137
"""128 + SIGKILL's number. Source: ecs-behaviour.md 2.5."""
HEALTH_AGENT = "ELB-HealthChecker/2.0"
"""Source: ALB user guide, target group health checks."""
FAULT_STATUS = 500
"""What a health check gets from a program with the fault FAIL_HEALTH."""


class Workload:
    """The containers' programs.

    Attributes:
        on_exit: told when a container ends.
        on_abort: told about each request that was in flight in a container that ended.
        log: told each line that a program writes, or None.
    """

    def __init__(
        self,
        engine: Engine,
        catalog: Catalog,
        host: Host,
        faults: Faults,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._faults = faults
        self._tasks: dict[str, Hosted] = {}
        self._in_flight: dict[int, tuple[Hosted, Run]] = {}
        self._serial = 0
        self._request_id = 0
        self.on_exit: list[OnExit] = []
        self.on_abort: list[OnAbort] = []
        self.log: Log | None = None
        self._inside = Inside(engine, host, self._say)

    # The controller's side

    def start(
        self,
        task: Task,
        definition: ContainerDefinition,
        *,
        digest: str | None,
        environment: Mapping[str, str],
    ) -> Failure | None:
        """Start a container now; a Failure is `CannotStartContainerError: ...`."""
        program = self._catalog.program_for(definition.image, digest)
        if program is None:
            error = "CannotStartContainerError: failed to get container status"
            return Failure(text=f"{error}: nobody knows what {definition.image} runs")
        hosted = self._tasks.get(task.arn)
        if hosted is None:
            hosted = Hosted(
                arn=task.arn, task_id=task.id, group=task.group, availability_zone=task.availability_zone
            )
            self._tasks[task.arn] = hosted
        self._serial += 1
        run = Run(
            serial=self._serial,
            started_at_ms=self._engine.now_ms,
            name=definition.name,
            image=definition.image,
            program=program,
            essential=definition.essential,
            environment=environment,
            ports=definition.container_ports,
            listening={},
        )
        hosted.runs[run.name] = run
        self._inside.start(hosted, run)
        return None

    def stop(self, task_arn: str, container: str, signal: str = "SIGTERM") -> None:
        """Send the stop signal; what the program does about it is its own affair, and never at once."""
        found = self._find(task_arn, container)
        if found is None or self._fault(FaultKind.HANG, found[0]) is not None:
            return
        self._inside.signal(*found, signal)

    def kill(
        self, task_arn: str, container: str, *, exit_code: int = SIGKILLED, reason: str | None = None
    ) -> None:
        """End it now (SIGKILL, or OOM with a reason)."""
        found = self._find(task_arn, container)
        if found is not None:
            self._end(*found, exit_code, reason)

    def vanish(self, task_arn: str) -> None:
        """The host of a task is gone, and its programs with it: nobody is told of their end."""
        hosted = self._tasks.get(task_arn)
        for run in list(hosted.runs.values()) if hosted is not None else ():
            assert hosted is not None, task_arn
            self._end(hosted, run, SIGKILLED, None, told=False)

    def probe(self, task_arn: str, port: int, path: str, protocol: str, timeout_ms: int) -> Probe:
        """One load balancer health check against the program that listens on the port."""
        hosted = self._tasks.get(task_arn)
        if hosted is None or self._fault(FaultKind.HANG, hosted) is not None:
            return Probe(problem="timeout")
        run = hosted.listener(port, self._engine.now_ms)
        if run is None:
            return Probe(problem="refused")
        failing = self._fault(FaultKind.FAIL_HEALTH, hosted)
        if protocol not in ("HTTP", "HTTPS"):
            return Probe(problem="refused") if failing is not None else Probe(status=0)
        if failing is not None:
            return Probe(status=_number(failing.value.get("status"), FAULT_STATUS))
        answer = self._inside.ask(hosted, run, path_request(path, HEALTH_AGENT))
        if answer.takes_ms is None or answer.takes_ms > timeout_ms:
            return Probe(problem="timeout")
        return Probe(status=answer.status)

    def command(self, task_arn: str, container: str, command: Sequence[str], timeout_ms: int) -> int | None:
        """Run a health command in a container: its exit code, or None when it took too long."""
        found = self._find(task_arn, container)
        if found is None:
            return SIGKILLED
        hosted, run = found
        outcome = shell.run(
            command,
            has=run.program.commands,
            fetch=lambda port, path, agent: self._fetch(hosted, port, path, agent),
            own=lambda argv: self._own(hosted, run, argv),
        )
        return None if outcome.took_ms is None or outcome.took_ms > timeout_ms else outcome.code

    def _fetch(self, hosted: Hosted, port: int, path: str, agent: str) -> shell.Got:
        """What a command gets that asks a port of its task: a fault of the program is seen by whoever asks it."""
        got = self._inside.fetch(hosted, port, path, agent)
        if got.status is None:
            return got
        if self._fault(FaultKind.HANG, hosted) is not None:
            return shell.Got(status=got.status, takes_ms=None)
        failing = self._fault(FaultKind.FAIL_HEALTH, hosted)
        return (
            got if failing is None else shell.Got(status=_number(failing.value.get("status"), FAULT_STATUS))
        )

    def _own(self, hosted: Hosted, run: Run, argv: Sequence[str]) -> shell.Outcome | None:
        """What the image's program itself makes of a command."""
        if self._fault(FaultKind.HANG, hosted) is not None:
            return shell.Outcome(code=1, took_ms=None) if isinstance(run.program, Pushed) else None
        own = self._inside.command(hosted, run, argv)
        if own is not None and self._fault(FaultKind.FAIL_HEALTH, hosted) is not None:
            return shell.Outcome(code=1, took_ms=own.took_ms)
        return own

    def settled(self, task_arn: str) -> bool:
        """Whether the answers of its programs stay as they are until something happens to the task.

        True for stock programs that are up and that no fault concerns. When a fault is switched on or off,
        look again.
        """
        hosted = self._tasks.get(task_arn)
        if hosted is None:
            return True
        if (
            self._fault(FaultKind.HANG, hosted) is not None
            or self._fault(FaultKind.FAIL_HEALTH, hosted) is not None
        ):
            return False
        now_ms = self._engine.now_ms
        return all(run.settles_at_ms() <= now_ms for run in hosted.runs.values())

    # The data plane's side

    def begin(self, task_arn: str, port: int, request: Request) -> Begun:
        """Give a request to the program that listens on a port of a task."""
        hosted = self._tasks.get(task_arn)
        if hosted is None:
            return Begun(problem="unreachable")
        hung = self._fault(FaultKind.HANG, hosted) is not None
        run = hosted.listener(port, self._engine.now_ms)
        if run is None:
            return Begun(problem="refused")
        self._request_id += 1
        number = self._request_id
        run.in_flight[number] = None
        self._in_flight[number] = (hosted, run)
        answer = Answer(takes_ms=None) if hung else self._inside.ask(hosted, run, request)
        return Begun(id=number, duration_ms=answer.takes_ms, answer=answer, container=run.name)

    def finish(self, request_id: int) -> bool:
        """The time of a request in flight is over: whether its answer goes out (not when it hangs)."""
        found = self._in_flight.get(request_id)
        if found is None:
            return False
        if self._fault(FaultKind.HANG, found[0]) is not None:
            return False
        self.forget(request_id)
        return True

    def forget(self, request_id: int) -> None:
        """Nobody waits for this answer any more."""
        found = self._in_flight.pop(request_id, None)
        if found is None:
            return
        hosted, run = found
        run.in_flight.pop(request_id, None)
        if run.finishing is not None and not run.in_flight:
            self._inside.later(0, hosted, run, "exit", code=run.finishing)

    def task_ids(self) -> list[str]:
        """The ids of the tasks that run containers, oldest first."""
        return [hosted.task_id for hosted in self._tasks.values()]

    # Faults and time

    def strike(self, fault: Fault) -> list[str]:
        """Let a fault that ends programs (CRASH, OUT_OF_MEMORY) happen now; others act while they are on.

        `fault.value` may name a `container` and an `exit_code`; otherwise the first essential container of
        each matching task ends.

        Returns:
            The ids of the tasks that it hit.
        """
        if fault.kind not in (FaultKind.CRASH, FaultKind.OUT_OF_MEMORY):
            return []
        alone = Faults()
        alone.inject(fault)
        hit: list[str] = []
        for hosted in list(self._tasks.values()):
            if alone.on(fault.kind, task_id=hosted.task_id, group=hosted.group) is None:
                continue
            name = fault.value.get("container")
            runs = [
                run for run in hosted.runs.values() if (run.essential if name is None else run.name == name)
            ]
            if runs:
                memory = fault.kind is FaultKind.OUT_OF_MEMORY
                code = SIGKILLED if memory else _number(fault.value.get("exit_code"), 1)
                self._end(hosted, runs[0], code, stock.OUT_OF_MEMORY if memory else None)
                hit.append(hosted.task_id)
        return hit

    def handle(self, wake: Wake) -> None:
        """Handle a wake of the kind "program"."""
        hosted = self._tasks.get(wake.key)
        run = None if hosted is None else hosted.runs.get(str(wake.detail["container"]))
        if hosted is None or run is None or run.serial != wake.detail["run"]:
            return
        if wake.detail["what"] == "exit":
            self._inside.say_goodbye(hosted, run, wake)
            reason = wake.detail.get("reason")
            self._end(hosted, run, _number(wake.detail["code"], 1), None if reason is None else str(reason))
        else:
            hangs = self._fault(FaultKind.HANG, hosted) is not None
            self._inside.wake(hosted, run, wake, hangs=hangs)

    # Ends

    def _end(self, hosted: Hosted, run: Run, code: int, reason: str | None, *, told: bool = True) -> None:
        """A container ends: tell the controller, then fail what was in flight."""
        if hosted.runs.get(run.name) is not run:
            return
        del hosted.runs[run.name]
        if not hosted.runs:
            self._tasks.pop(hosted.arn, None)
        self._inside.forget(hosted, run)
        aborted = list(run.in_flight)
        run.in_flight.clear()
        for number in aborted:
            self._in_flight.pop(number, None)
        for tell in self.on_exit if told else ():
            tell(hosted.arn, run.name, code, reason)
        for number in aborted:
            for abort in self.on_abort:
                abort(number)

    def _say(self, hosted: Hosted, run: Run, line: str) -> None:
        if self.log is not None:
            self.log(hosted.arn, run.name, self._engine.now_ms, line)

    def _find(self, task_arn: str, container: str) -> tuple[Hosted, Run] | None:
        hosted = self._tasks.get(task_arn)
        run = None if hosted is None else hosted.runs.get(container)
        return None if hosted is None or run is None else (hosted, run)

    def _fault(self, kind: FaultKind, hosted: Hosted) -> Fault | None:
        return self._faults.on(kind, task_id=hosted.task_id, group=hosted.group)


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
