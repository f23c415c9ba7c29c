"""Lambda functions that people wrote, as lifecycle hooks call them: an event in, an answer out.

A function runs where it was written, as programs do: the cloud sends the event to the host and gets the answer back as
JSON. It cannot call AWS meanwhile, and it takes the virtual time that was declared for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecsim.workload.host import Host

TAKES_MS = 1_000
"""How long a function takes, unless it was declared otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A function that a host runs, and how long it takes."""

    program: str
    takes_ms: int = TAKES_MS


class Functions:
    """The functions of the account, by name.

    Args:
        host: runs them.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._written: dict[str, Written] = {}

    def put(self, name: str, written: Written) -> None:
        """Make a function known, or replace it. `name` is the part of its ARN after "function:"."""
        self._written[name] = written

    def invoke(self, arn: str, event: Mapping[str, Any]) -> tuple[Mapping[str, Any] | str, int]:
        """Call a function: its answer, or a text that says what went wrong; and how long it takes, in milliseconds."""
        written = self._written.get(name_of(arn))
        if written is None:
            return f"Function not found: {arn}", TAKES_MS
        reaction = self._host.call(written.program, "invoke", {"event": dict(event)})
        if reaction.get("hung"):
            return {"errorMessage": "the function did not answer"}, written.takes_ms
        if (
            reaction.get("error") is not None
        ):  # Lambda answers with the error, so that ECS finds no hookStatus
            return {"errorMessage": str(reaction["error"])}, written.takes_ms
        answer = reaction.get("result")
        if not isinstance(answer, Mapping):
            return {}, written.takes_ms
        return answer, written.takes_ms


def name_of(arn: str) -> str:
    """The name of a function in its ARN, without a version or an alias; a plain name is one already."""
    return arn.partition(":function:")[2].partition(":")[0] or arn
