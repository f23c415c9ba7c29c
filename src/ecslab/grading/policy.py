"""The instructor's policy as data: weights, late work, extensions and overrides.

`grading.toml` is read in `ecslab.grading.policy_file`; what a policy makes of a submission is
`ecslab.grading.score`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from ecslab.grading.results import SubmissionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRule:
    """What late work costs.

    Attributes:
        grace: work that is late by no more than this counts as in time.
        percent_per_day: taken off for each day that has begun since the due time.
        percent_at_most: never more than this is taken off before the cut-off.
        cut_off: work that is later than this earns nothing; None for never.
        of: "earned": percent of what was earned; "possible": percent of what could be earned.
    """

    grace: timedelta = timedelta(0)
    percent_per_day: Fraction = Fraction(0)
    percent_at_most: Fraction = Fraction(100)
    cut_off: timedelta | None = None
    of: str = "earned"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabPolicy:
    """What holds for one lab.

    Attributes:
        due: with an offset; None for no due time.
        points: what the whole lab is worth, however many points its checks have; None for their sum.
        tasks: the weight of each task's checks, by task ("2"); 1 where nothing is said.
        checks: the weight of a check, by id; goes before its task's.
        column: the name of the lab's column in LMS imports, e.g. "Lab 02 (4711)" for a Canvas assignment.
        late: the lab's own rule.
    """

    due: datetime | None = None
    points: Fraction | None = None
    tasks: Mapping[str, Fraction] = field(default_factory=dict)
    checks: Mapping[str, Fraction] = field(default_factory=dict)
    column: str | None = None
    late: LateRule | None = None

    def weight(self, check: str) -> Fraction:
        """The weight of a check."""
        return self.checks.get(check, self.tasks.get(check.partition(".")[0], Fraction(1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Whom an entry is about, and why.

    Attributes:
        line: in the file.
        submission: the name of the submission in the run; or
        learner: the learner's name, number or login in the submission's record.
        lab: only this lab; None for any.
        reason: why.
        by: who decided.
        when: when it was decided.
    """

    line: int
    submission: str | None = None
    learner: str | None = None
    lab: str | None = None
    reason: str
    by: str
    when: date

    def about(self, one: SubmissionResult) -> bool:
        """Whether it is about this submission."""
        if self.lab is not None and self.lab != one.lab:
            return False
        if self.submission is not None:
            return self.submission == one.name
        return self.learner in (one.learner, one.learner_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(Entry):
    """Points that the instructor gives instead of the grader.

    Attributes:
        check: of this check, in the check's own points; None for the whole submission, in its final points.
        points: how many.
    """

    check: str | None = None
    points: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(Entry):
    """Another due time for somebody."""

    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything that the instructor decided.

    Attributes:
        text: the file that it was read from; it is kept beside the results.
    """

    late: LateRule = field(default_factory=LateRule)
    labs: Mapping[str, LabPolicy] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    extensions: tuple[Extension, ...] = ()
    text: str = ""

    def of(self, lab: str | None) -> LabPolicy:
        """What holds for a lab."""
        return self.labs.get(lab or "", LabPolicy())
