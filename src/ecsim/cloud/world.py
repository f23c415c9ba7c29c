"""The two ports.

The learner's port is the world beside the AWS API: time passes, customers come, images are pushed, things break, and
one may look. Each verb is journalled. The grader's port is everything else. Arguments and results are JSON values.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ecsim.clock.engine import Engine
from ecsim.cloud.cloud import Cloud
from ecsim.cloud.looks import look
from ecsim.faults import Fault, FaultKind
from ecsim.workload.functions import TAKES_MS, Written, name_of
from ecsim.workload.images import Pushed

Verb = Callable[[dict[str, Any]], Any]
DURATION_MAX_MS = 31 * 24 * 3_600_000
"""Time passes at most so far at once: more is a slip, and would take for ever."""
HTTP_TIMEOUT_MS = 120_000
LANGUAGES = ("en", "ja")


class WorldError(Exception):
    """A verb that cannot be done, with the reason in one line.

    Attributes:
        kind: "argument", "unknown", "refused" or "network".
    """

    def __init__(self, message: str, kind: str = "argument") -> None:
        super().__init__(message)
        self.kind = kind


class World:
    """The learner's port.

    Attributes:
        extensions: verbs that the cloud's owner adds, by name. This package knows nothing of what they mean.
        allowed_faults: the kinds of fault that a learner may inject; None allows all.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.extensions: dict[str, Verb] = {}
        self.allowed_faults: tuple[str, ...] | None = None
        self._verbs: dict[str, Verb] = {
            "now": self._now,
            "advance": self._advance,
            "until_stable": self._until_stable,
            "http": self._http,
            "traffic_start": self._traffic_start,
            "traffic_stop": self._traffic_stop,
            "traffic_report": self._traffic_report,
            "push": self._push,
            "function": self._function,
            "view": self._view,
            "fault": self._fault,
        }
        self._silent = ("now", "view", "traffic_report")

    def do(self, verb: str, args: dict[str, Any] | None = None) -> Any:
        """Do a verb.

        Raises:
            WorldError: it is unknown, or its arguments are not right; the message says what is.
        """
        args = dict(args or {})
        with self._cloud.gate.lock:
            if verb in self.extensions:
                return self.extensions[verb](args)
            found = self._verbs.get(verb)
            if found is None:
                known = ", ".join([*self._verbs, *self.extensions])
                raise WorldError(f"there is no verb {verb!r} here; there are: {known}", "unknown")
            if verb not in self._silent:
                self._cloud.journal.record("world", verb, **_journalled(args))
            try:
                return found(args)
            except (AttributeError, KeyError, TypeError, ValueError) as problem:
                if _while_time_passed(problem):
                    raise  # the simulation's own mistake is not the caller's
                what = f"missing {problem}" if isinstance(problem, KeyError) else str(problem)
                raise WorldError(f"{verb}: {what}") from problem

    # Time

    def _now(self, _args: dict[str, Any]) -> dict[str, Any]:
        return {"now_ms": self._cloud.now_ms}

    def _advance(self, args: dict[str, Any]) -> dict[str, Any]:
        duration = args["duration_ms"]
        if not isinstance(duration, int) or isinstance(duration, bool) or duration < 0:
            raise ValueError(f"duration_ms is a whole number of milliseconds, 0 or more, not {duration!r}")
        _check_length("duration_ms", duration)
        return {"now_ms": self._cloud.advance_ms(duration)}

    def _until_stable(self, args: dict[str, Any]) -> dict[str, Any]:
        wanted = self._services(args)
        timeout = args.get("timeout_ms", 1_800_000)
        if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not timeout >= 0:
            raise ValueError(f"timeout_ms is a number of milliseconds, 0 or more, not {timeout!r}")
        _check_length("timeout_ms", timeout)
        timeout = round(timeout)
        store = self._cloud.store

        def settled(arn: str) -> bool:
            service = store.services[arn]
            return service.steady or service.status == "INACTIVE"

        # A call that came just now has not been looked at yet: let the scheduler look first.
        self._cloud.advance_ms(min(timeout, 1_001))
        self._cloud.until(lambda: all(map(settled, wanted)), timeout / 1_000)
        waiting = [store.services[arn].name for arn in wanted if not settled(arn)]
        return {"stable": not waiting, "now_ms": self._cloud.now_ms, "waiting": waiting}

    def _services(self, args: dict[str, Any]) -> list[str]:
        """The ARNs of the services that a verb names; all ACTIVE ones when it names none."""
        store = self._cloud.store
        cluster = args.get("cluster")
        names = args.get("services") or []
        chosen = []
        for name in names:
            found = [
                s.arn
                for s in store.services.values()
                if name in (s.name, s.arn) and (cluster is None or s.cluster_arn.endswith(f"/{cluster}"))
            ]
            if not found:
                known = ", ".join(s.name for s in store.services.values()) or "none"
                raise WorldError(f"there is no service {name!r}; there are: {known}")
            chosen += found
        return chosen or [s.arn for s in store.services.values() if s.status == "ACTIVE"]

    # Customers

    def _http(self, args: dict[str, Any]) -> dict[str, Any]:
        plane = self._cloud.dataplane
        request_id = plane.request(
            args.get("method", "GET"),
            args["url"],
            headers=args.get("headers") or {},
            body=args.get("body", ""),
            client="learner",
            timeout_s=args.get("timeout_s"),
        )
        self._cloud.until(lambda: plane.result(request_id) is not None, HTTP_TIMEOUT_MS / 1_000)
        result = plane.take(request_id)
        if result is None:
            raise WorldError(f"no answer from {args['url']} within {HTTP_TIMEOUT_MS // 1_000} s", "network")
        if result.status is None:
            raise WorldError(result.problem or f"no answer from {args['url']}", "network")
        return {
            "status": result.status,
            "headers": dict(result.headers),
            "body": result.body,
            "ms": result.ms,
            "code": result.code,
            "task": result.task,
        }

    def _traffic_start(self, args: dict[str, Any]) -> dict[str, Any]:
        started = self._cloud.dataplane.start_traffic(
            args["pattern"],
            method=args.get("method", "GET"),
            url=args["url"],
            headers=args.get("headers") or {},
        )
        return {"id": started}

    def _traffic_stop(self, args: dict[str, Any]) -> Any:
        self._cloud.dataplane.stop_traffic(args["id"])
        return self._cloud.dataplane.report(args["id"])

    def _traffic_report(self, args: dict[str, Any]) -> Any:
        return self._cloud.dataplane.report(args["id"])

    # Images

    def _push(self, args: dict[str, Any]) -> dict[str, Any]:
        cloud, reference, program = self._cloud, args["reference"], args["program"]
        stock = program.get("stock")
        digest = cloud.registry.put(reference, stock or program["name"])
        runnable = stock or Pushed(name=program["name"], commands=tuple(program.get("commands", ("sh",))))
        cloud.catalog.push(reference, runnable, digest=digest)
        return {"reference": reference, "digest": digest}

    def _function(self, args: dict[str, Any]) -> dict[str, Any]:
        """A Lambda function that runs where it was written, by its name or ARN."""
        name, takes = name_of(args["name"]), args.get("takes_ms", TAKES_MS)
        if not isinstance(takes, int) or isinstance(takes, bool) or takes < 0:
            raise ValueError(f"takes_ms is a whole number of milliseconds, 0 or more, not {takes!r}")
        self._cloud.functions.put(name, Written(program=str(args["program"]), takes_ms=takes))
        return {"arn": f"arn:aws:lambda:{self._cloud.region}:{self._cloud.account}:function:{name}"}

    # What may be seen, and what may break

    def _view(self, args: dict[str, Any]) -> dict[str, Any]:
        lang = args.get("lang", "en")
        if lang not in LANGUAGES:
            raise ValueError(f"lang is one of {', '.join(LANGUAGES)}, not {lang!r}")
        view = look(args["name"], self._cloud.picture(), lang, args.get("args") or {})
        return {"text": view.text, "html": view.html}

    def _fault(self, args: dict[str, Any]) -> dict[str, Any]:
        kinds = [str(kind) for kind in FaultKind]
        kind = args["kind"]
        if kind not in kinds:
            raise ValueError(f"there is no fault {kind!r}; there are: {', '.join(kinds)}")
        if self.allowed_faults is not None and kind not in self.allowed_faults:
            allowed = ", ".join(self.allowed_faults) or "none"
            raise WorldError(f"this lab does not allow the fault {kind!r}; it allows: {allowed}", "refused")
        if not args.get("on", True):
            return {"healed": self._cloud.heal(FaultKind(kind), args.get("match"))}
        match, value = args.get("match", "*"), args.get("value") or {}
        if not isinstance(match, str) or not match or not isinstance(value, dict):
            raise ValueError(
                "match is a text (a service, a task id, an instance, a zone or *), value an object"
            )
        fault = Fault(kind=FaultKind(kind), match=match, value=value)
        return {"tasks": self._cloud.inject(fault)}


class Control:
    """The grader's port: state, journal, time and faults without limits."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.extensions: dict[str, Verb] = {}

    def do(self, verb: str, args: dict[str, Any] | None = None) -> Any:
        """Do a verb: journal, calls, seed, advance, or one that the cloud's owner added."""
        args = dict(args or {})
        cloud = self._cloud
        with cloud.gate.lock:
            if verb in self.extensions:
                return self.extensions[verb](args)
            if verb == "journal":
                return {"text": cloud.journal.text()}
            if verb == "calls":
                return [
                    {"at_ms": e.at_ms, "operation": e.subject, **e.fields} for e in cloud.journal.of("call")
                ]
            if verb == "seed":
                return {"seed": cloud.seed}
            if verb == "advance":
                return {"now_ms": cloud.advance_ms(int(args["duration_ms"]))}
            if verb == "problems":
                return list(cloud.gate.problems)
            raise WorldError(f"there is no verb {verb!r} on this port", "unknown")


def _check_length(name: str, duration_ms: float) -> None:
    if duration_ms > DURATION_MAX_MS:
        raise ValueError(f"{name} is at most 31 days at once ({DURATION_MAX_MS}), not {duration_ms}")


def _while_time_passed(problem: BaseException) -> bool:
    """Whether an error comes from within the simulation, and not from reading the arguments."""
    step = problem.__traceback__
    while step is not None:
        if step.tb_frame.f_code is Engine.run_until.__code__:
            return True
        step = step.tb_next
    return False


def _journalled(args: dict[str, Any]) -> dict[str, Any]:
    """A verb's arguments as the journal shows them: long texts shortened."""
    limit = 200
    return {
        name: value if not isinstance(value, str) or len(value) <= limit else value[:limit] + "…"
        for name, value in args.items()
    }
