"""Reading `grading.toml`: the instructor's policy. What is wrong is said with line, key and what is allowed.

```toml
[late]                          # for every lab
grace = "15m"                   # s, m, h or d
percent_per_day = 10
percent_at_most = 50
cut_off = "7d"
of = "earned"                   # or "possible"

[lab.02-first-service]
due = 2026-12-01T23:59:00+09:00
points = 100
tasks = { 2 = 1.5 }
checks = { "2.1" = 2 }
column = "Lab 02 (4711)"
late = { percent_per_day = 20 } # instead of [late]

[[override]]
submission = "alice"            # or: learner = "Sato Hanako"
check = "2.1"                   # without: the points of the whole submission
points = 2
reason = "..."
by = "T. Sato"
when = 2026-12-03

[[extension]]
learner = "bob"
due = 2026-12-08T23:59:00+09:00
reason = "ill"
by = "T. Sato"
when = 2026-11-30
```
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from ecslab.course.problem import CourseProblem
from ecslab.grading.policy import Extension, LabPolicy, LateRule, Override, Policy

BYTES_MAX = 1_000_000
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_LENGTH = re.compile(r"(\d{1,6})([smhd])")
_TABLE = re.compile(r"\[\[?\s*([^\]]+?)\s*\]\]?")
_PERCENT_MAX, _WEIGHT_MAX, _POINTS_MAX = 100, 1_000, 1_000_000
_SUBJECT = ("submission", "learner", "lab", "reason", "by", "when")

Read = Callable[[Any], Any]


class _Wrong(Exception):  # noqa: N818 - caught here, and worded as a CourseProblem
    """A value is none of those that are allowed."""


def load_policy(path: Path) -> Policy:
    """Read a policy.

    Raises:
        CourseProblem: it cannot be read, or something in it is not allowed.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise CourseProblem(path, f"is larger than {BYTES_MAX:,} bytes", "Is it a grading.toml?")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseProblem(path, f"cannot be read ({error.strerror})", "Give a grading.toml") from None
    except UnicodeDecodeError:
        raise CourseProblem(path, "is not UTF-8", "Save it as UTF-8") from None
    return read_policy(text, path)


def read_policy(text: str, path: Path) -> Policy:
    """The policy that a text says; `path` is for messages.

    Raises:
        CourseProblem: something in it is not allowed.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        raise CourseProblem(path, f"is not TOML: {error}", "Mend that line", line=line) from None
    return _File(path, text).policy(data)


class _File:
    """A file that is being read: knows where things are in it.

    Args:
        path: the file.
        text: its content.
    """

    def __init__(self, path: Path, text: str) -> None:
        self._path, self._text = path, text
        self._lines = text.splitlines()

    def policy(self, data: Mapping[str, Any]) -> Policy:
        top: dict[str, Read] = dict.fromkeys(("late", "lab", "override", "extension"), _anything)
        self._fields(data, top, (), ())
        labs = self._table(data.get("lab", {}), ("lab",))
        return Policy(
            late=self._late(data.get("late", {}), ("late",)),
            labs={name: self._lab(entry, ("lab", name)) for name, entry in labs.items()},
            overrides=tuple(self._entries(data, "override", Override)),
            extensions=tuple(self._entries(data, "extension", Extension)),
            text=self._text,
        )

    def _late(self, data: Any, where: tuple[str, ...]) -> LateRule:
        known: dict[str, Read] = {
            "grace": _length,
            "percent_per_day": _number(_PERCENT_MAX),
            "percent_at_most": _number(_PERCENT_MAX),
            "cut_off": _length,
            "of": _one_of("earned", "possible"),
        }
        return LateRule(**self._fields(data, known, where, ()))

    def _lab(self, data: Any, where: tuple[str, ...]) -> LabPolicy:
        known: dict[str, Read] = {
            "due": _moment,
            "points": _number(_POINTS_MAX),
            "tasks": _weights(r"\d+", 'tasks by number, like "2"'),
            "checks": _weights(r"\d+\.\S+", 'checks by id, like "2.1"'),
            "column": _text,
            "late": _anything,
        }
        found = self._fields(data, known, where, ())
        if "late" in found:
            found["late"] = self._late(found["late"], (*where, "late"))
        return LabPolicy(**found)

    def _entries(self, data: Mapping[str, Any], kind: str, make: Callable[..., Any]) -> list[Any]:
        entries = data.get(kind, [])
        if not isinstance(entries, list):
            raise self._problem((kind,), None, "is a table", f"Write [[{kind}]], with two brackets")
        known: dict[str, Read] = {**dict.fromkeys(_SUBJECT, _text), "when": _day}
        known |= {"check": _check, "points": _number(_POINTS_MAX)} if kind == "override" else {"due": _moment}
        required = ("reason", "by", "when", "points" if kind == "override" else "due")
        made = []
        for nth, entry in enumerate(entries):
            found = self._fields(entry, known, (kind, str(nth)), required)
            if ("submission" in found) == ("learner" in found):
                raise self._problem(
                    (kind, str(nth)),
                    None,
                    "needs to say whom it is about, once",
                    'Write submission = "name in the gradebook", or learner = "name, number or login"',
                )
            made.append(make(line=self._line((kind, str(nth)), None), **found))
        return made

    def _table(self, data: Any, where: tuple[str, ...]) -> Mapping[str, Any]:
        if not isinstance(data, dict):
            raise self._problem(where, None, "is not a table", f"Write [{'.'.join(where)}]")
        return data

    def _fields(
        self, data: Any, known: Mapping[str, Read], where: tuple[str, ...], required: tuple[str, ...]
    ) -> dict[str, Any]:
        """The values of a table, each as its reader makes it."""
        found = {}
        for name, value in self._table(data, where).items():
            if name not in known:
                raise self._problem(where, name, f"`{name}` is not known", f"Known are {', '.join(known)}")
            try:
                found[name] = known[name](value)
            except _Wrong as allowed:
                raise self._problem(
                    where, name, f"`{name}` is {_seen(value)}", f"Allowed: {allowed}"
                ) from None
        for name in required:
            if name not in found:
                raise self._problem(where, None, f"`{name}` is missing", f"Needed are {', '.join(required)}")
        return found

    def _problem(self, where: tuple[str, ...], name: str | None, what: str, remedy: str) -> CourseProblem:
        kind = where[0] if where else ""
        key = (
            f"{kind} {int(where[1]) + 1}"
            if kind in ("override", "extension") and len(where) > 1
            else ".".join(where)
        )
        return CourseProblem(self._path, what, remedy, line=self._line(where, name), key=key or None)

    def _line(self, where: tuple[str, ...], name: str | None) -> int:
        """The line of a key, or else of its table; 1 when it cannot be told."""
        nth, kind = -1, where[0] if where else ""
        several = kind in ("override", "extension")
        inside, head = not where, 1
        for number, line in enumerate(self._lines, start=1):
            table = _TABLE.match(line.strip())
            if table is not None:
                path = tuple(part.strip("\"' ") for part in re.findall(r'"[^"]*"|[^.]+', table.group(1)))
                nth += path == (kind,)
                inside = path == ((kind,) if several else where) and (
                    not several or len(where) == 1 or str(nth) == where[1]
                )
                head = number if inside else head
            if (
                inside
                and name is not None
                and re.match(rf"""["']?{re.escape(name)}["']?\s*[=.]""", line.strip())
            ):
                return number
            if table is not None and name is not None and not where and path[0] == name:
                return number
        if head == 1 and len(where) > 1 and not several:  # an inline table: the line of its key
            return self._line(where[:-1], where[-1])
        return head


def _anything(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong("text between quotation marks")
    return value.strip()


def _check(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d+\.\S+", value):
        raise _Wrong('the id of a check, like "2.1"')
    return value


def _one_of(*words: str) -> Read:
    def read(value: Any) -> str:
        if value not in words:
            raise _Wrong(" or ".join(f'"{word}"' for word in words))
        return str(value)

    return read


def _number(most: int) -> Read:
    def read(value: Any) -> Fraction:
        fits = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not fits or not Decimal(value).is_finite() or not 0 <= value <= most:
            raise _Wrong(f"a number from 0 to {most:,}")
        return Fraction(value)

    return read


def _weights(pattern: str, keys: str) -> Read:
    number = _number(_WEIGHT_MAX)

    def read(value: Any) -> dict[str, Fraction]:
        if not isinstance(value, dict) or not all(re.fullmatch(pattern, key) for key in value):
            raise _Wrong(f"{{ {keys} = a weight from 0 to {_WEIGHT_MAX:,} }}")
        return {key: number(weight) for key, weight in value.items()}

    return read


def _length(value: Any) -> timedelta:
    found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong('a length of time like "30m", "12h" or "7d"')
    return timedelta(seconds=int(found.group(1)) * _UNITS[found.group(2)])


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise _Wrong("a moment with its offset, like 2026-12-01T23:59:00+09:00, without quotation marks")
    return value


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise _Wrong("a day like 2026-12-03, without quotation marks")
    return value


def _seen(value: Any, limit: int = 60) -> str:
    text = str(value) if isinstance(value, date | Decimal) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
