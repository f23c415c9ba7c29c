"""results.json: everything that a run found and what it is worth, for programs; and reading it back.

The instructor's file: it names hidden checks. Its schema is `results.schema.json`, beside this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from ecslab.course.problem import CourseProblem
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.policy import Entry
from ecslab.grading.results import ISOLATION, CheckResult, HiddenResult, SubmissionResult
from ecslab.grading.score import Late, Score, plain
from ecslab.grading.words import NOTICES, Notice

FILE, SCHEMA_FILE = "results.json", "results.schema.json"
FORMAT = 2
_OF_CHECK = ("id", "points", "points_max", "passed", "asked", "agreed", "mistake", "text", "title")
_OF_SUBMISSION = (
    "name",
    "sha256",
    "status",
    "lab",
    "version",
    "seed",
    "lang",
    "learner",
    "learner_id",
    "submitted_at",
    "late",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What results.json holds of a run.

    Attributes:
        aside: files that are nobody's submission.
        isolation: how learners' code was kept apart.
    """

    results: tuple[SubmissionResult, ...]
    aside: tuple[str, ...] = ()
    isolation: str = ISOLATION


def to_json(everything: Sequence[Scored], aside: Sequence[str], isolation: str) -> str:
    """results.json."""
    data = {
        "format": FORMAT,
        "isolation": isolation,
        "submissions": [_submission(one.result, one.score) for one in everything],
        "aside": list(aside),
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _submission(one: SubmissionResult, score: Score) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in _OF_SUBMISSION},
        "points": plain(score.points),
        "points_max": plain(score.points_max),
        "score": _score(score),
        "notices": [_notice(notice, one.lang) for notice in one.notices],
        "checks": [
            {
                **{name: getattr(check, name) for name in _OF_CHECK},
                "words": dict(check.words),
                "hints": list(check.hints),
                "notice": None if check.notice is None else _notice(check.notice, one.lang),
            }
            for check in one.checks
        ],
        "hidden": [
            {
                "id": check.id,
                "points": check.points,
                "points_max": check.points_max,
                "passed": check.passed,
                "mistake": check.mistake,
                "facts": dict(check.facts),
            }
            for check in one.hidden
        ],
        "calls": [dict(call) for call in one.calls],
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "scale": plain(score.scale),
        "lost": plain(score.lost),
        "late": None if score.late is None else late_data(score.late),
        "override": None if score.override is None else entry_data(score.override),
        "lines": [
            {
                "check": line.check,
                "hidden": line.hidden,
                "earned": plain(line.earned),
                "worth": line.worth,
                "weight": plain(line.weight),
                "points": plain(line.points * score.scale),
                "points_max": plain(line.points_max * score.scale),
                "override": None if line.override is None else entry_data(line.override),
            }
            for line in score.lines
        ],
    }


def late_data(late: Late) -> dict[str, Any]:
    """How late a submission is, as JSON."""
    return {
        "due": late.due.isoformat(),
        "late_s": None if late.by is None else int(late.by.total_seconds()),
        "days": late.days,
        "percent": plain(late.percent),
        "of": late.of,
        "cut_off": late.cut_off,
        "marked": late.marked,
        "extension": None if late.extension is None else entry_data(late.extension),
    }


def entry_data(entry: Entry) -> dict[str, Any]:
    """Who decided something, when and why, as JSON."""
    return {"reason": entry.reason, "by": entry.by, "when": entry.when.isoformat(), "line": entry.line}


def _notice(notice: Notice, lang: str) -> dict[str, Any]:
    return {"code": notice.code, "fields": dict(notice.fields), "text": notice.text(lang)}


def load(path: Path) -> Run:
    """Read a results.json back: what was found, without what a policy made of it.

    Raises:
        CourseProblem: it cannot be read, or is none of this format.
    """
    remedy = "Give the --out folder of an `ecslab grade`"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseProblem(path, f"cannot be read ({error.strerror})", remedy) from None
    except ValueError as error:
        raise CourseProblem(path, f"is not JSON ({error})", remedy) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CourseProblem(path, f"is not a results.json of format {FORMAT}", "Grade again with this ecslab")
    try:
        return Run(
            results=tuple(_result(one) for one in data["submissions"]),
            aside=tuple(data["aside"]),
            isolation=str(data["isolation"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise CourseProblem(path, f"does not fit its schema ({error})", remedy) from None


def _result(data: Mapping[str, Any]) -> SubmissionResult:
    return SubmissionResult(
        **{name: data[name] for name in _OF_SUBMISSION},
        checks=tuple(
            CheckResult(
                **{name: check[name] for name in _OF_CHECK},
                words=dict(check["words"]),
                hints=tuple(check["hints"]),
                notice=None if check["notice"] is None else _notice_of(check["notice"]),
            )
            for check in data["checks"]
        ),
        hidden=tuple(HiddenResult(**check) for check in data["hidden"]),
        notices=tuple(_notice_of(notice) for notice in data["notices"]),
        calls=tuple(dict(call) for call in data["calls"]),
    )


def _notice_of(data: Mapping[str, Any]) -> Notice:
    code = str(data["code"])
    if code not in NOTICES:
        raise KeyError(f"notice {code!r}")
    return Notice(code, {str(name): str(value) for name, value in data["fields"].items()})


def schema() -> dict[str, Any]:
    """The JSON schema of results.json."""
    text = resources.files("ecslab.grading.outputs").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
