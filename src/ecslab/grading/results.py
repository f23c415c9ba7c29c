"""What a grade is, as values. No time of grading, no path, no port in them: grading twice gives equal values.

What the grader found is here. What it is worth by the instructor's policy is `ecslab.grading.score`; files are made of
both in `ecslab.grading.outputs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecslab.grading.words import Notice

ISOLATION = "process"
"""What is said where nobody knows the tier (`ecslab.grading.jail.tier`): the weakest one."""


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
        text: the explanation, for a terminal.
        title: what the check claims, in the submission's language.
        words: the explanation in parts: `after`, or `expected`, `seen`, `why` and `look`; text between backticks is
            code.
        hints: of a check that did not pass, the first one the vaguest.
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
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    notice: Notice | None = None

    @property
    def task(self) -> str:
        """The task that the check belongs to: "2" of "2.1"."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenResult:
    """One hidden check of one submission. Only the instructor sees more of it than its points.

    Attributes:
        id: e.g. "2.no-spare-cluster".
        points, points_max: as in `CheckResult`.
        passed: None when it did not run.
        mistake, facts: what was seen, when it did not pass.
    """

    id: str
    points: int
    points_max: int
    passed: bool | None = None
    mistake: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """The task after which it runs."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionResult:
    """One submission.

    Attributes:
        name: unique in the run.
        sha256: of the file; None when it was not read.
        status: "graded", "refused" (worth 0, and says why), or "failed" (the grader's fault: grade again).
        lab, version, seed, lang: what was graded; None as far as it is unknown.
        learner: the learner's name, as the submission's record has it; empty where there is none.
        learner_id: the learner's number or login where the record comes from (Canvas: user id, Moodle: participant).
        submitted_at: when it was handed in, from the record: ISO 8601 with an offset; None when nobody says.
        late: the record says that it was handed in late, or that it was not; None when it does not say.
        hidden: the instructor's hidden checks.
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
    learner: str = ""
    learner_id: str = ""
    submitted_at: str | None = None
    late: bool | None = None
    checks: tuple[CheckResult, ...] = ()
    hidden: tuple[HiddenResult, ...] = ()
    notices: tuple[Notice, ...] = ()
    calls: tuple[Mapping[str, Any], ...] = ()

    @property
    def points(self) -> int:
        """The points earned, before any policy."""
        return sum(one.points for one in self.checks) + sum(one.points for one in self.hidden)

    @property
    def points_max(self) -> int:
        """The points that could be earned, before any policy; 0 for a submission that belongs to no lab."""
        return sum(one.points_max for one in self.checks) + sum(one.points_max for one in self.hidden)

    @property
    def message(self) -> str:
        """Everything that the learner should know, in one line."""
        return " ".join(notice.text(self.lang) for notice in self.notices)
