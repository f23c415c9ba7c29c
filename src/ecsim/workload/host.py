"""Where programs run: a host is called with messages and answers with messages.

`LocalHost` runs them in this process. A cloud in another process has a host of its own that sends the message
over the connection to a `LocalHost` there, so that both give the same answers, byte for byte.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from ecsim.clock.duration import milliseconds
from ecsim.workload.program import Container, Program, Request, Response

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_RESPONSE_PARTS = (1, 2, 3)


class Host(Protocol):
    """Runs programs."""

    def call(self, program: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Call a program.

        Args:
            program: its name, as `describe` gave it.
            method: "start", "request", "tick", "signal" or "command".
            payload: `container` (its facts), `ended` (ids of containers that are gone), and `request`,
                `signal` or `argv`.

        Returns:
            A reaction (see `ecsim.workload.messages`). It never raises.
        """
        ...


class NoHost:
    """A host without programs: for a cloud that only runs stock images."""

    def call(self, program: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Answer that the program is not there."""
        return {"error": f"nobody runs the program {program!r} any more"}


class LocalHost:
    """Runs programs in this process, one instance for each container."""

    def __init__(self) -> None:
        self._programs: dict[str, type[Program]] = {}
        self._instances: dict[str, Program] = {}
        self._functions: dict[str, Callable[..., Any]] = {}

    def add(self, program: type[Program]) -> dict[str, Any]:
        """Make a program known.

        Returns:
            Its description, as the world verb `push` wants it: `{"name", "commands", "stock"}`. Adding a class
            of the same name again gives a new name, so that running containers keep theirs.

        Raises:
            TypeError: it is not a subclass of Program.
        """
        if not (isinstance(program, type) and issubclass(program, Program)):
            raise TypeError(f"a program is a subclass of Program, not {program!r}")
        nth = sum(name.rpartition(".")[0] == program.__name__ for name in self._programs) + 1
        name = f"{program.__name__}.{nth}"
        self._programs[name] = program
        return {"name": name, "commands": [str(command) for command in program.commands], "stock": None}

    def add_function(self, function: Callable[..., Any]) -> str:
        """Make a Lambda function known: called with an event (and None as its context), it returns JSON values.

        Returns:
            A name for `call`, a new one each time.

        Raises:
            TypeError: it cannot be called.
        """
        if not callable(function):
            raise TypeError(f"a function is something that can be called, not {function!r}")
        name = f"function.{len(self._functions) + 1}"
        self._functions[name] = function
        return name

    def call(self, program: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Call a program that was added; see `Host.call`. A function's method is "invoke"."""
        if method == "invoke":
            return self._invoke(program, payload["event"])
        for container_id in payload.get("ended", ()):
            self._instances.pop(container_id, None)
        kind = self._programs.get(program)
        if kind is None:
            return NoHost().call(program, method, payload)
        container = Container(payload["container"])
        printed = io.StringIO()
        reaction: dict[str, Any] = {}
        try:
            with contextlib.redirect_stdout(_Lines(container, printed)):
                instance = self._instances.get(container.id)
                if instance is None:
                    instance = self._instances[container.id] = kind()
                reaction = _run(instance, method, container, payload)
        except SystemExit as end:
            container.exit(_exit_code(end))
        except Exception as problem:  # noqa: BLE001 - a program's own fault is never the cloud's
            reaction = {"error": _told(problem, kind.__module__)}
        if printed.getvalue():
            container.log(printed.getvalue())
        return {"effects": container.effects, **reaction}

    def _invoke(self, name: str, event: Mapping[str, Any]) -> dict[str, Any]:
        function = self._functions.get(name)
        if function is None:
            return NoHost().call(name, "invoke", {})
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answer = function(json.loads(json.dumps(event)), None)
            return {"result": json.loads(json.dumps(answer))}
        except SystemExit as end:
            return {"error": f"Runtime exited with exit status {_exit_code(end)}"}
        except Exception as problem:  # noqa: BLE001 - a function's own fault is never the cloud's
            return {"error": _told(problem, getattr(function, "__module__", ""))}


class _Lines(io.TextIOBase):
    """Turns what is printed into log lines, in the order in which things happened."""

    def __init__(self, container: Container, rest: io.StringIO) -> None:
        self._container = container
        self._rest = rest

    def write(self, text: str) -> int:
        *lines, rest = (self._rest.getvalue() + text).split("\n")
        for line in lines:
            self._container.log(line)
        self._rest.seek(0)
        self._rest.truncate()
        self._rest.write(rest)
        return len(text)


def _run(program: Program, method: str, container: Container, payload: Mapping[str, Any]) -> dict[str, Any]:
    match method:
        case "start":
            program.start(container)
        case "tick":
            program.tick(container)
        case "signal":
            program.signal(container, payload["signal"])
        case "command":
            code = program.command(container, list(payload["argv"]))
            return {"code": None if code is None else int(code)}
        case "request":
            return {"response": _message(program.request(container, Request(**payload["request"])))}
        case _:
            return {"error": f"programs know no {method!r}"}
    return {}


def _message(given: object) -> dict[str, Any]:
    """What `request` returned, as a message."""
    if isinstance(given, Response):
        response = given
    elif given is None:
        response = Response()
    elif isinstance(given, str):
        response = Response(body=given)
    elif isinstance(given, Mapping):
        response = Response(body=_json(given), headers={"content-type": "application/json"})
    elif isinstance(given, tuple) and len(given) in _RESPONSE_PARTS and isinstance(given[0], int):
        response = Response(*given)
    else:
        raise TypeError(
            f"request() returned {type(given).__name__}: return a Response, a text, or (status, body)"
        )
    body: object = response.body
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    elif isinstance(body, Mapping | list):
        body = _json(body)
    return {
        "status": int(response.status),
        "body": str(body),
        "headers": {str(name).lower(): str(value) for name, value in response.headers.items()},
        "takes_ms": None if response.takes is None else milliseconds(response.takes),
    }


def _json(value: Mapping[Any, Any] | Sequence[Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _exit_code(end: SystemExit) -> int:
    if end.code is None:
        return 0
    return end.code if isinstance(end.code, int) else 1


def _told(problem: Exception, module: str) -> str:
    """An exception as one line that is the same in every process: with the program's own last line."""
    place, trace = "", problem.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__") == module:
            place = f" ({trace.tb_frame.f_code.co_name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    text = _ADDRESS.sub("", " ".join(str(problem).split()))
    return f"{type(problem).__name__}: {text}{place}"
