"""The messages between the cloud and a program: JSON only, and nothing in an answer is taken on trust.

An answer (a "reaction") is a dict:
    effects: a list of ["log", line], ["listen", port, after_ms], ["exit", code, after_ms], ["finish", code],
        ["every", interval_ms]
    response: {"status", "body", "headers", "takes_ms"} (of `request`); takes_ms null: it never answers
    code: the exit code of a command, or null for "as a usual image does" (of `command`)
    error: one line when the program raised
    hung: true when the program did not answer in time
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EFFECTS_MAX = 1_000
"""More effects in one answer are cut off."""
LINE_MAX = 256_000
"""Characters of a log line; CloudWatch Logs takes 256 KiB an event."""
BODY_MAX = 1_000_000
"""Characters of a body."""
HEADERS_MAX = 100
DELAY_MAX_MS = 366 * 24 * 3_600_000
"""Longer waits are the same as never, in a lab."""
TICK_MIN_MS = 100
EXIT_CODE_MAX = 255
PORT_MAX = 65_535
STATUS_MIN, STATUS_MAX = 200, 599

UNREADABLE = "the program sent an answer that cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A program's answer to a request; `takes_ms` None means that it never comes."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    takes_ms: int | None = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What a program did when it was called.

    Attributes:
        effects: pairs or triples, see the module's text.
        answer: of `request`.
        code: of `command`.
        error: one line, when the program raised.
        hung: whether it did not answer in time.
    """

    effects: tuple[tuple[Any, ...], ...] = ()
    answer: Answer | None = None
    code: int | None = None
    error: str | None = None
    hung: bool = False


SERVER_ERROR = Answer(status=500, body="Internal Server Error\n", takes_ms=20)


def clean(text: str, limit: int) -> str:
    """Text that can be stored and printed anywhere, cut at `limit` characters."""
    return text[:limit].encode("utf-8", "replace").decode("utf-8")


def _whole(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(UNREADABLE)
    return min(max(value, low), high)


def _effect(raw: object) -> tuple[Any, ...]:
    if not isinstance(raw, list | tuple):
        raise TypeError(UNREADABLE)
    match list(raw):
        case ["log", str() as line]:
            return ("log", clean(line, LINE_MAX))
        case ["listen", port, after_ms]:
            return ("listen", _whole(port, 1, PORT_MAX), _whole(after_ms, 0, DELAY_MAX_MS))
        case ["exit", code, after_ms]:
            return ("exit", _whole(code, 0, EXIT_CODE_MAX), _whole(after_ms, 0, DELAY_MAX_MS))
        case ["finish", code]:
            return ("finish", _whole(code, 0, EXIT_CODE_MAX))
        case ["every", interval_ms]:
            return ("every", _whole(interval_ms, TICK_MIN_MS, DELAY_MAX_MS))
        case _:
            raise TypeError(UNREADABLE)


def _answer(raw: object) -> Answer | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise TypeError(UNREADABLE)
    body, headers, takes_ms = raw.get("body", ""), raw.get("headers", {}), raw.get("takes_ms")
    if not isinstance(body, str) or not isinstance(headers, Mapping):
        raise TypeError(UNREADABLE)
    pairs = [(str(name), str(value)) for name, value in headers.items()][:HEADERS_MAX]
    return Answer(
        status=_whole(raw.get("status", 200), STATUS_MIN, STATUS_MAX),
        body=clean(body, BODY_MAX),
        headers={clean(name, LINE_MAX): clean(value, LINE_MAX) for name, value in pairs},
        takes_ms=None if takes_ms is None else _whole(takes_ms, 0, DELAY_MAX_MS),
    )


def read_reaction(raw: object) -> Reaction:
    """Read what came back from a program's host; whatever is wrong with it is an error of the program."""
    if not isinstance(raw, Mapping):
        return Reaction(error=UNREADABLE)
    try:
        effects = raw.get("effects") or ()
        if not isinstance(effects, list | tuple):
            raise TypeError(UNREADABLE)  # noqa: TRY301
        code, error = raw.get("code"), raw.get("error")
        return Reaction(
            effects=tuple(_effect(effect) for effect in effects[:EFFECTS_MAX]),
            answer=_answer(raw.get("response")),
            code=None if code is None else _whole(code, 0, EXIT_CODE_MAX),
            error=None if error is None else clean(str(error), LINE_MAX),
            hung=raw.get("hung") is True,
        )
    except TypeError:
        return Reaction(error=UNREADABLE)
