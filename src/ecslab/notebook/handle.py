"""The learner's handle on the cloud: time passing, customers coming, things breaking, and pictures of it all.

Everything else is done with boto3 or the AWS CLI, as on AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ecsim.clock.duration import clock_text, milliseconds
from ecsim.view.rendering import View
from ecsim.workload.program import Program
from ecslab.lab.customers import Http, Images, Traffic
from ecslab.notebook.link import Link
from ecslab.notebook.say import say
from ecslab.notebook.tidy import LabError


class Given(dict[str, Any]):
    """What the lab's starting state hands to the learner: `cloud.given["vpc_id"]` or `cloud.given.vpc_id`."""

    def __getattr__(self, name: str) -> Any:
        if name in self:
            return self[name]
        raise AttributeError(f"nothing named {name!r} is given; there are: {', '.join(self) or 'none'}")

    def __missing__(self, name: str) -> Any:
        raise LabError(f"nothing named {name!r} is given; there are: {', '.join(self) or 'none'}")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Stability:
    """The outcome of waiting. True when everything came to rest."""

    stable: bool
    now: str
    waiting: tuple[str, ...]
    text: str

    def __bool__(self) -> bool:
        return self.stable

    def __repr__(self) -> str:
        return self.text


class Registry(Images):
    """The registry of a lab: it takes programs too that were written in a cell."""

    def __init__(self, link: Link) -> None:
        super().__init__(link.do)
        self._link = link

    def push(self, reference: str, program: type[Program] | str) -> str:
        """Make a reference run a program: a class written in a cell, or a stock image by its name ("web:2.0").

        Returns:
            The reference, for use in a task definition.
        """
        if isinstance(program, str):
            return super().push(reference, program)
        if not (isinstance(program, type) and issubclass(program, Program)):
            raise LabError(f"push a class that inherits from lab.Program, not {program!r}")
        self._link.push(reference, program)
        return reference


class Cloud:
    """The cloud of a running lab."""

    def __init__(self, link: Link, *, lang: str, given: Mapping[str, Any], lab: str, seed: int) -> None:
        self._link, self._lang = link, lang
        self.lab, self.seed = lab, seed
        self.given = Given(given)
        self.http = Http(link.do)
        self.traffic = Traffic(link.do)
        self.images = Registry(link)

    # Time

    @property
    def now(self) -> str:
        """The virtual time since the lab's start, as HH:MM:SS."""
        return clock_text(self._link.do("now", {})["now_ms"])

    def advance(self, duration: str | float) -> str:
        """Let time pass: "90s", "2m", "1h30m", or seconds. Returns the new time."""
        self._link.do("advance", {"duration_ms": _duration(duration)})
        return self.now

    def until_stable(
        self, *services: str, cluster: str | None = None, timeout: str | float = "10m"
    ) -> Stability:
        """Let time pass until the services are stable, as `aws ecs wait services-stable` would.

        Args:
            services: names; all services of the cluster when none is given.
            cluster: the only one when None.
            timeout: the longest virtual time to wait.
        """
        timeout_ms = _duration(timeout)
        args: dict[str, Any] = {"services": list(services), "timeout_ms": timeout_ms}
        if cluster is not None:
            args["cluster"] = cluster
        result = self._link.do("until_stable", args)
        now, waiting = clock_text(result["now_ms"]), tuple(str(one) for one in result.get("waiting", ()))
        names = ", ".join(services) or "*"
        text = (
            say(self._lang, "stable", now=now, services=names)
            if result["stable"]
            else say(
                self._lang,
                "unstable",
                now=now,
                waited=clock_text(timeout_ms),
                waiting=", ".join(waiting) or names,
            )
        )
        return Stability(stable=bool(result["stable"]), now=now, waiting=waiting, text=text)

    # Pictures

    def map(self) -> View:
        """The clusters, services and tasks as they stand."""
        return self._view("map")

    def timeline(
        self, service: str, start: str | float | None = None, end: str | float | None = None
    ) -> View:
        """What happened to a service's tasks, deployments and targets over time."""
        span = {"start_ms": start, "end_ms": end}
        return self._view(
            "timeline",
            service=service,
            **{name: _duration(at) for name, at in span.items() if at is not None},
        )

    def why(self, subject: str) -> View:
        """Why things are as they are: of a service, a task id (or its beginning), a deployment, or "503"."""
        return self._view("why", subject=subject)

    def events(self, service: str) -> View:
        """The service's events, as DescribeServices lists them, oldest first."""
        return self._view("events", service=service)

    def cost(self) -> View:
        """What AWS would have charged up to now."""
        return self._view("cost")

    def _view(self, name: str, **args: Any) -> View:
        result = self._link.do("view", {"name": name, "args": args, "lang": self._lang})
        return View(text=result["text"], html=result["html"])

    # Things breaking

    def fault(self, kind: str, match: str = "*", **value: Any) -> None:
        """Break something.

        Args:
            kind: "crash", "fail_health", "hang", "out_of_memory" of a task; "instance_lost" of a container instance;
                "zone_lost" of an Availability Zone, which lasts until `heal`.
            match: a task id, a service, or "*" for all; the id of an instance; the name of a zone.
            value: more about it, e.g. `exit_code=3` of a crash.
        """
        self._link.do("fault", {"kind": kind, "match": match, "value": value, "on": True})

    def heal(self, kind: str, match: str = "*") -> None:
        """End the faults of a kind, all of them or those of that match. What has ended or is gone stays so."""
        self._link.do("fault", {"kind": kind, "match": match, "value": {}, "on": False})

    # Programs

    def image(
        self, reference: str, commands: tuple[str, ...] = ()
    ) -> Callable[[type[Program]], type[Program]]:
        """Push the class below as an image: `@cloud.image("shop/web:4.0")`."""

        def push(program: type[Program]) -> type[Program]:
            if commands:
                program.commands = tuple(commands)
            self.images.push(reference, program)
            return program

        return push

    def function(
        self, name: str, *, takes: str | float = "1s"
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Make the function below a Lambda function: `@cloud.function("check-green", takes="5s")`.

        A lifecycle hook calls it with (event, context); it returns `{"hookStatus": "SUCCEEDED"}`. Its ARN is then
        `the_function.arn`. It runs while time passes, and cannot call AWS meanwhile.

        Args:
            name: of the Lambda function.
            takes: how long it takes, in virtual time.
        """

        def make(function: Callable[..., Any]) -> Callable[..., Any]:
            if not callable(function):
                raise LabError(f"a Lambda function is a function, not {function!r}")
            vars(function)["arn"] = self._link.function(name, function, _duration(takes))
            return function

        return make

    def __repr__(self) -> str:
        return f"<cloud of {self.lab}, {self.now}>"


def _duration(value: str | float) -> int:
    try:
        return milliseconds(value)
    except ValueError as error:
        raise LabError(str(error)) from None
