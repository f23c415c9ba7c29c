"""The world of a cloud in another process. Nothing here imports the cloud: it runs where the learner's code runs."""

from __future__ import annotations

import http.client
import json
import threading
from typing import Any, Protocol
from urllib.parse import urlsplit

PATH = "/_ecslab/world/"
TIMEOUT_S = 600.0
"""How long one verb may take, in real time."""


class WorldRefused(Exception):  # noqa: N818
    """A verb that could not be done.

    Attributes:
        kind: "argument", "unknown", "refused", "network" (as `ecsim.cloud.world.WorldError`), or "connection".
    """

    def __init__(self, message: str, kind: str = "argument") -> None:
        super().__init__(message)
        self.kind = kind


class Programs(Protocol):
    """Runs programs here; `ecsim.workload.host.LocalHost` does."""

    def call(self, program: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Call a program."""
        ...


class RemoteWorld:
    """The learner's port of a cloud in another process.

    Args:
        url: where its AWS API is, e.g. "http://127.0.0.1:8080".
        programs: runs the programs that were written here, when the cloud calls them.
    """

    def __init__(self, url: str, programs: Programs | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname:
            raise ValueError(f"the address of a cloud looks like http://127.0.0.1:8080, not {url!r}")
        self.url = url.rstrip("/")
        self.programs = programs
        self._host, self._port = parts.hostname, parts.port or 80
        self._connection: http.client.HTTPConnection | None = None
        self._turn = threading.RLock()

    def do(self, verb: str, args: dict[str, Any] | None = None) -> Any:
        """Do a verb; programs that were written here run here meanwhile.

        Raises:
            WorldRefused: it cannot be done, or the cloud cannot be reached.
        """
        with self._turn:
            answer = self._post(verb, args or {})
            while "call" in answer:
                answer = self._post("_answer", self._reaction(answer["call"]))
        if "error" in answer:
            error = answer["error"]
            raise WorldRefused(str(error.get("message", "")), str(error.get("kind", "argument")))
        return answer.get("result")

    def close(self) -> None:
        """Close the connection; the next verb opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _reaction(self, call: dict[str, Any]) -> dict[str, Any]:
        if self.programs is None:
            reaction: dict[str, Any] = {"error": f"nobody runs the program {call['program']!r} here"}
        else:
            reaction = self.programs.call(call["program"], call["method"], call["payload"])
        return {"id": call["id"], "result": reaction}

    def _post(self, verb: str, message: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps(message).encode()
        for again in (True, False):
            fresh = self._connection is None
            if self._connection is None:
                self._connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
            try:
                self._connection.request("POST", PATH + verb, body, {"Content-Type": "application/json"})
                response = self._connection.getresponse()
                answer = json.loads(response.read())
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError) as problem:
                self.close()
                # A connection that was kept open may have been closed over there before this verb was sent.
                if fresh or not again:
                    raise self._unreachable(problem) from problem
            except (OSError, http.client.HTTPException, ValueError) as problem:
                self.close()
                raise self._unreachable(problem) from problem
            else:
                return (
                    answer
                    if isinstance(answer, dict)
                    else {"error": {"message": "no answer that can be read"}}
                )
        raise AssertionError("unreachable")

    def _unreachable(self, problem: Exception) -> WorldRefused:
        return WorldRefused(
            f"the cloud at {self.url} does not answer ({type(problem).__name__}: {problem})", "connection"
        )
