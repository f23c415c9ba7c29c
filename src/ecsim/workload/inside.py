"""A container from inside: its program is called, and what it does is done, on virtual time.

Stock programs are data and are read here; a program that somebody wrote is called through the host, and only while
time moves, so that it may live in another process. Ends are never immediate: they come as wakes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ecsim.clock.engine import Engine, Wake
from ecsim.workload import shell, stock
from ecsim.workload.host import Host
from ecsim.workload.images import Pushed
from ecsim.workload.messages import SERVER_ERROR, UNREADABLE, Answer, Reaction, read_reaction
from ecsim.workload.program import Request
from ecsim.workload.runs import Hosted, Run
from ecsim.workload.stock import OnSigterm

SIGTERMED = 143
"""128 + SIGTERM's number. Source: ecs-behaviour.md 2.5."""

Say = Callable[[Hosted, Run, str], None]
"""Writes a line to a container's log."""


class Inside:
    """What programs are asked and what they do.

    Args:
        engine: the clock; wakes of the kind "program" come back by `wake` and `say_goodbye`.
        host: runs the programs that people wrote.
        say: writes a line to a container's log.
    """

    def __init__(self, engine: Engine, host: Host, say: Say) -> None:
        self._engine = engine
        self._host = host
        self._say = say
        self._ended: list[str] = []

    # Its life

    def start(self, hosted: Hosted, run: Run) -> None:
        """The container starts."""
        program = run.stock
        if program is None:
            self.later(0, hosted, run, "start")
            return
        environment = run.environment
        open_at = self._engine.now_ms + stock.listen_after_ms(program, environment)
        for port in stock.ports_of(program, run.ports, environment):
            run.listening[port] = open_at
        if program.start_line is not None:
            self._say(hosted, run, program.start_line)
        after_ms = program.exit_after_ms
        if after_ms is not None:
            code, reason = program.exit_code, program.exit_reason
            self.later(after_ms, hosted, run, "exit", code=code, reason=reason, own=True)
        if program.every_ms is not None:
            self._beat(hosted, run, program.every_ms)

    def signal(self, hosted: Hosted, run: Run, signal: str) -> None:
        """The container gets a signal."""
        program = run.stock
        if program is None:
            self.later(0, hosted, run, "signal", signal=signal)
        elif program.on_sigterm is OnSigterm.DIE:
            self.later(0, hosted, run, "exit", code=SIGTERMED)
        elif program.on_sigterm is OnSigterm.FINISH:
            self._finish(hosted, run, 0)

    def wake(self, hosted: Hosted, run: Run, wake: Wake, *, hangs: bool) -> None:
        """Something that was planned is due: a tick, or the call of a program that somebody wrote."""
        match wake.detail["what"]:
            case "tick":
                self._tick(hosted, run, wake, hangs=hangs)
            case "start":
                self._react(hosted, run, self._call(hosted, run, "start"), fatal=True)
            case "signal":
                signal = str(wake.detail["signal"])
                self._react(hosted, run, self._call(hosted, run, "signal", signal=signal), fatal=False)

    def say_goodbye(self, hosted: Hosted, run: Run, wake: Wake) -> None:
        """A stock program that ends by itself says why."""
        program = run.stock
        if program is not None and program.exit_line is not None and wake.detail.get("own"):
            self._say(hosted, run, program.exit_line)

    def forget(self, hosted: Hosted, run: Run) -> None:
        """The container has ended; its program is told with the next message to the host."""
        if run.stock is None:
            self._ended.append(_run_id(hosted, run))

    # What it is asked

    def ask(self, hosted: Hosted, run: Run, request: Request) -> Answer:
        """What the program answers to a request."""
        program = run.stock
        if program is not None:
            if request.path == "/crash":
                self.later(0, hosted, run, "exit", code=1)
                return Answer(takes_ms=None)
            age_ms = self._engine.now_ms - run.started_at_ms
            return stock.answer(program, request, run.environment, hosted.task_id, age_ms=age_ms)
        sent = {
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": dict(request.headers),
            "body": request.body,
        }
        reaction = self._call(hosted, run, "request", request=sent)
        self._react(hosted, run, reaction, fatal=False)
        if reaction.answer is not None:
            return reaction.answer
        leaves = any(effect[0] == "exit" for effect in reaction.effects)
        if reaction.hung or (leaves and reaction.error is None):
            return Answer(takes_ms=None)
        if reaction.error is None:
            self._say(hosted, run, f"Traceback: {UNREADABLE}")
        return SERVER_ERROR

    def command(self, hosted: Hosted, run: Run, argv: Sequence[str]) -> shell.Outcome | None:
        """What the program itself makes of a command; None for "as usual"."""
        if run.stock is not None:
            return None
        reaction = self._call(hosted, run, "command", argv=list(argv))
        self._react(hosted, run, reaction, fatal=False)
        if reaction.hung:
            return shell.Outcome(code=1, took_ms=None)
        code = 1 if reaction.error is not None else reaction.code
        return None if code is None else shell.Outcome(code=code)

    def fetch(self, hosted: Hosted, port: int, path: str, agent: str) -> shell.Got:
        """What a command gets that asks a port of its own task."""
        run = hosted.listener(port, self._engine.now_ms)
        if run is None:
            return shell.Got(status=None)
        answer = self.ask(hosted, run, path_request(path, agent))
        return shell.Got(status=answer.status, takes_ms=answer.takes_ms)

    def _call(self, hosted: Hosted, run: Run, method: str, **more: object) -> Reaction:
        """Call a program through its host; whatever comes back is only believed after it was read."""
        assert isinstance(run.program, Pushed), f"{run.image} is a stock program"
        facts: dict[str, Any] = {
            "id": _run_id(hosted, run),
            "name": run.name,
            "task_id": hosted.task_id,
            "image": run.image,
            "service": hosted.service,
            "availability_zone": hosted.availability_zone,
            "environment": dict(run.environment),
            "ports": list(run.ports),
            "now_ms": self._engine.now_ms,
        }
        ended, self._ended = self._ended, []
        payload = {"container": facts, "ended": ended, **more}
        return read_reaction(self._host.call(run.program.name, method, payload))

    # What it does

    def _react(self, hosted: Hosted, run: Run, reaction: Reaction, *, fatal: bool) -> None:
        """Do what a program asked for; an error is `fatal` where nobody waits for an answer."""
        for effect in reaction.effects:
            match effect:
                case ("log", line):
                    self._say(hosted, run, line)
                case ("listen", port, after_ms):
                    run.listening[port] = self._engine.now_ms + after_ms
                case ("exit", code, after_ms):
                    self.later(after_ms, hosted, run, "exit", code=code)
                case ("finish", code):
                    self._finish(hosted, run, code)
                case ("every", interval_ms):
                    self._beat(hosted, run, interval_ms)
        if reaction.error is not None:
            self._say(hosted, run, f"Traceback: {reaction.error}")
            if fatal:
                self.later(0, hosted, run, "exit", code=1)

    def _finish(self, hosted: Hosted, run: Run, code: int) -> None:
        """Close the ports, and end when nothing is in flight any more."""
        run.listening.clear()
        run.finishing = code
        if not run.in_flight:
            self.later(0, hosted, run, "exit", code=code)

    def _beat(self, hosted: Hosted, run: Run, interval_ms: int) -> None:
        run.every_ms = interval_ms
        run.beat += 1
        self.later(interval_ms, hosted, run, "tick", beat=run.beat)

    def _tick(self, hosted: Hosted, run: Run, wake: Wake, *, hangs: bool) -> None:
        if run.beat != wake.detail["beat"] or run.every_ms is None:
            return
        program = run.stock
        if program is not None and not hangs:
            self._say(hosted, run, program.tick_line)
        elif not hangs:
            self._react(hosted, run, self._call(hosted, run, "tick"), fatal=True)
        if run.beat == wake.detail["beat"]:
            self._beat(hosted, run, run.every_ms)

    def later(self, after_ms: int, hosted: Hosted, run: Run, what: str, **detail: object) -> None:
        """Plan something for a container: "start", "signal", "tick" or "exit"."""
        self._engine.call_at(
            self._engine.now_ms + after_ms,
            "program",
            hosted.arn,
            container=run.name,
            run=run.serial,
            what=what,
            **detail,
        )


def _run_id(hosted: Hosted, run: Run) -> str:
    return f"{hosted.task_id}/{run.name}/{run.serial}"


def path_request(path: str, agent: str) -> Request:
    """A plain GET, as a health check sends it; the path may have a query."""
    path, _, query = path.partition("?")
    return Request(path=path or "/", query=query, headers={"user-agent": agent})
