"""What a grade is: values, and their JSON. No time, no path, no port in them: grading twice gives equal bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from ecslab.grading.words import Notice

SCHEMA_FILE = "results.schema.json"
FORMAT = 1
ISOLATION = "process"
"""The learner's code runs in a process of its own, with nothing of the grader's; it is not jailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check of one submission.

    Attributes:
        id: e.g. "2.1".
        points: earned.
        points_max: what it is worth.
        passed: the grader's own verdict; None when the check did not run.
        asked: the verdict was asked for by the check cell.
        agreed: nbval found the canonical line of a pass in the check cell's output.
        mistake: the name of what was seen, when it did not pass.
        text, html: the explanation.
        notice: why a passed check earned nothing, or a check did not run.
    """

    id: str
    points: int
    points_max: int
    passed: bool | None = None
    asked: bool = False
    agreed: bool = False
    mistake: str | None = None
    text: str = ""
    html: str = ""
    notice: Notice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionResult:
    """One submission.

    Attributes:
        name: unique in the run.
        sha256: of the file; None when it was not read.
        status: "graded", "refused" (worth 0, and says why), or "failed" (the grader's fault: grade again).
        lab, version, seed, lang: what was graded; None as far as it is unknown.
        notices: what the learner should know.
        calls: the last calls of the AWS API.
    """

    name: str
    sha256: str | None
    status: str
    lab: str | None = None
    version: int | None = None
    seed: int | None = None
    lang: str = "en"
    checks: tuple[CheckResult, ...] = ()
    notices: tuple[Notice, ...] = ()
    calls: tuple[Mapping[str, Any], ...] = ()

    @property
    def points(self) -> int:
        """The points earned."""
        return sum(check.points for check in self.checks)

    @property
    def points_max(self) -> int:
        """The points that could be earned; 0 for a submission that belongs to no lab."""
        return sum(check.points_max for check in self.checks)

    @property
    def message(self) -> str:
        """Everything that the learner should know, in one line."""
        return " ".join(notice.text(self.lang) for notice in self.notices)


def to_json(results: Sequence[SubmissionResult], aside: Sequence[str]) -> str:
    """results.json."""
    data = {
        "format": FORMAT,
        "isolation": ISOLATION,
        "submissions": [_submission(one) for one in results],
        "aside": list(aside),
    }
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _submission(one: SubmissionResult) -> dict[str, Any]:
    return {
        "name": one.name,
        "sha256": one.sha256,
        "status": one.status,
        "lab": one.lab,
        "version": one.version,
        "seed": one.seed,
        "lang": one.lang,
        "points": one.points,
        "points_max": one.points_max,
        "notices": [_notice(notice, one.lang) for notice in one.notices],
        "checks": [
            {
                "id": check.id,
                "points": check.points,
                "points_max": check.points_max,
                "passed": check.passed,
                "asked": check.asked,
                "agreed": check.agreed,
                "mistake": check.mistake,
                "text": check.text,
                "notice": None if check.notice is None else _notice(check.notice, one.lang),
            }
            for check in one.checks
        ],
        "calls": [dict(call) for call in one.calls],
    }


def _notice(notice: Notice, lang: str) -> dict[str, str]:
    return {"code": notice.code, "text": notice.text(lang)}


def schema() -> dict[str, Any]:
    """The JSON schema of results.json."""
    text = resources.files("ecslab.grading").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
