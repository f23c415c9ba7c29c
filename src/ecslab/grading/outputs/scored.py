"""What every output is made of: results with their scores, and how they are presented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ecslab.grading.policy import Policy
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.score import Line, Score, score


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A submission's result with what it is worth."""

    result: SubmissionResult
    score: Score

    @property
    def who(self) -> str:
        """The learner's name where a record says it, else the submission's."""
        return self.result.learner or self.result.name

    def line(self, check: CheckResult) -> Line:
        """What a check contributes."""
        return next(one for one in self.score.lines if one.check == check.id and not one.hidden)

    def points(self, check: CheckResult) -> tuple[Fraction, Fraction]:
        """A check's points and possible points, weighted and scaled."""
        line = self.line(check)
        return line.points * self.score.scale, line.points_max * self.score.scale

    def full(self, check: CheckResult) -> bool:
        """Whether it is graded and has all its points, by the grader or the instructor."""
        line = self.line(check)
        if line.override is not None:
            return line.earned >= line.worth
        found = check.passed is True and check.agreed and check.points == check.points_max
        return self.result.status == "graded" and found


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How results are presented to people.

    Attributes:
        lang: of pages for the instructor; a learner's page is in the language of the notebook.
        site: the address of the course's site, to which feedback links; empty for no links.
        chapters: pages of the site by what checks say under "look at", by language; see `ecslab.course.chapters`.
    """

    lang: str = "en"
    site: str = ""
    chapters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def link(self, look: str, lang: str) -> str | None:
        """The address of the place that a check refers to; None where there is none."""
        page = self.chapters.get(lang, {}).get(look)
        return f"{self.site.rstrip('/')}/{page}" if self.site and page else None


def scored(results: Sequence[SubmissionResult], policy: Policy) -> tuple[Scored, ...]:
    """The results in order of names, with their scores."""
    ordered = sorted(results, key=lambda one: one.name)
    return tuple(Scored(result=one, score=score(one, policy)) for one in ordered)
