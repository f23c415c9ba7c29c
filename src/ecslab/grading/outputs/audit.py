"""audit.jsonl: why each point was given or not, one JSON object a line. The instructor's file: it names hidden checks.

For every submission a line for each check (the verdict that the grader computed, the line that nbval compared, the
weight, an override) and one for the whole (lateness, scale, override, the points in the end).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from ecslab.course.canonical import verdict_line
from ecslab.grading.outputs.results_json import entry_data, late_data
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.results import CheckResult
from ecslab.grading.score import Line, plain

FILE = "audit.jsonl"


def to_jsonl(everything: Sequence[Scored]) -> str:
    """The audit trail, in the order of the results."""
    return "".join(
        json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        for one in everything
        for entry in _entries(one)
    )


def _entries(one: Scored) -> Iterator[dict[str, Any]]:
    result, score = one.result, one.score
    about = {
        "submission": result.name,
        "sha256": result.sha256,
        "lab": result.lab,
        "version": result.version,
        "seed": result.seed,
    }
    for check in result.checks:
        yield {
            **about,
            "kind": "check",
            "computed": check.points,
            "verdict": check.passed,
            "asked": check.asked,
            "compared": verdict_line(check.id, passed=True, points=check.points_max),
            "agreed": check.agreed,
            "mistake": check.mistake,
            "why": _why(check),
            **_weighed(one, one.line(check)),
        }
    for hidden, line in zip(result.hidden, (line for line in score.lines if line.hidden), strict=True):
        why = "not-run" if hidden.passed is None else "passed" if hidden.passed else "not-passed"
        yield {
            **about,
            "kind": "hidden",
            "computed": hidden.points,
            "verdict": hidden.passed,
            "mistake": hidden.mistake,
            "facts": dict(hidden.facts),
            "why": why,
            **_weighed(one, line),
        }
    yield {
        **about,
        "kind": "submission",
        "status": result.status,
        "notices": [notice.code for notice in result.notices],
        "submitted_at": result.submitted_at,
        "scale": plain(score.scale),
        "late": None if score.late is None else late_data(score.late),
        "lost": plain(score.lost),
        "computed": plain(score.computed),
        "override": None if score.override is None else entry_data(score.override),
        "points": plain(score.points),
        "points_max": plain(score.points_max),
    }


def _why(check: CheckResult) -> str:
    """In one word: why the grader gave these points."""
    if check.notice is not None:
        return check.notice.code
    if check.passed is None:
        return "not-run"
    if check.passed:
        return "passed-and-agreed" if check.agreed else "not-agreed"
    return "not-passed"


def _weighed(one: Scored, line: Line) -> dict[str, Any]:
    return {
        "check": line.check,
        "earned": plain(line.earned),
        "worth": line.worth,
        "weight": plain(line.weight),
        "override": None if line.override is None else entry_data(line.override),
        "points": plain(line.points * one.score.scale),
        "points_max": plain(line.points_max * one.score.scale),
    }
