"""What a container runs: the class that people subclass, and what it sees of the world.

A program never waits: it says what it does and how long that takes ("2s"), and virtual time does the rest. It
knows nothing of the cloud; everything that it does to its container is written down as effects, plain values
that can be sent as a message.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ecsim.clock.duration import milliseconds

DEFAULT_TAKES = "20ms"
"""How long an answer takes when the program does not say."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, as the program sees it.

    Attributes:
        path: without the query.
        query: the query as it came, without the question mark.
        headers: names in lower case.
    """

    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer.

    Attributes:
        takes: how long the program needs for it ("50ms", or seconds as a number); None: it never answers.
    """

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: str | float | None = DEFAULT_TAKES


class Container:
    """The container from inside.

    Attributes:
        name: the container's name in the task definition.
        task_id: the id of its task.
        image: the image reference.
        service: the service's name, or None for a standalone task.
        availability_zone: where the task runs.
        environment: what the task definition, its secrets and overrides put there.
        ports: the container ports of the task definition.
        now_ms: virtual milliseconds since the cloud's start.
        effects: what the program did during this call, in order; plain values.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.id = str(facts["id"])
        self.name = str(facts["name"])
        self.task_id = str(facts["task_id"])
        self.image = str(facts["image"])
        self.service: str | None = facts["service"]
        self.availability_zone = str(facts["availability_zone"])
        self.environment: dict[str, str] = dict(facts["environment"])
        self.ports: tuple[int, ...] = tuple(facts["ports"])
        self.now_ms = int(facts["now_ms"])
        self.effects: list[list[Any]] = []

    def log(self, line: object) -> None:
        """Write a line to stdout (the task's log stream, when it has one)."""
        self.effects.append(["log", str(line)])

    def listen(self, port: int, after: str | float = 0) -> None:
        """Open a port, now or `after` some time; requests to a port that nobody opened are refused."""
        self.effects.append(["listen", int(port), milliseconds(after)])

    def exit(self, code: int = 0, after: str | float = 0) -> None:
        """End with an exit code, now or `after` some time. Requests in flight at that moment fail."""
        self.effects.append(["exit", int(code), milliseconds(after)])

    def finish(self, code: int = 0) -> None:
        """Shut down gracefully: close the ports, answer the requests that are in flight, then exit."""
        self.effects.append(["finish", int(code)])

    def every(self, interval: str | float) -> None:
        """Call `tick` again and again, once an interval (at least 100 ms)."""
        self.effects.append(["every", milliseconds(interval)])


class Program:
    """A container's program. Subclass it and override what should be different.

    Every container gets an instance of its own, so attributes of `self` are its memory. `print` writes to the
    container's log. An exception gives a line on the log, and status 500 (in `request`) or exit code 1 (in
    `start` and `tick`); `sys.exit(3)` ends the container with 3.

    Attributes:
        commands: the commands that the image has; a health check with `curl` needs "curl".
    """

    commands: tuple[str, ...] = ("sh",)

    def start(self, container: Container) -> None:
        """Run once, when the container starts. As it stands, it listens on the container's ports."""
        for port in container.ports:
            container.listen(port)

    def request(self, container: Container, request: Request) -> Any:
        """Answer a request.

        Return a Response, a text, a dict (sent as JSON), `(status, body)` or `(status, body, headers)`; None is
        an empty 200.
        """
        return Response(body=f"{container.name} in task {container.task_id}: {request.path}\n")

    def tick(self, container: Container) -> None:
        """Periodic work; runs when `container.every` was called."""

    def signal(self, container: Container, name: str) -> None:  # noqa: ARG002
        """A signal came. As it stands, the program dies of it at once: exit code 143."""
        container.exit(143)

    def command(self, container: Container, argv: Sequence[str]) -> int | None:  # noqa: ARG002
        """Run one command in the container (a health check's, word by word) and return its exit code.

        None means: as a usual image does (curl and wget ask the program, a command that is not in `commands`
        is not found: 127).
        """
        return None
