"""What a submission is worth: what the grader found, and the instructor's policy. Pure.

In this order: each check's points (an override goes first), times its weight; the sum, scaled to what the lab is worth;
less what late work costs; and an override of the whole has the last word.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from ecslab.grading.policy import Extension, LateRule, Override, Policy
from ecslab.grading.results import CheckResult, HiddenResult, SubmissionResult

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one check contributes.

    Attributes:
        check: its id.
        hidden: one of the instructor's hidden checks.
        earned, worth: its own points: by the grader or an override, and at most.
        weight: by the policy.
        points, points_max: earned and worth, times the weight.
        override: the override that set `earned`.
    """

    check: str
    hidden: bool
    earned: Fraction
    worth: int
    weight: Fraction
    override: Override | None = None

    @property
    def points(self) -> Fraction:
        """What it contributes."""
        return self.earned * self.weight

    @property
    def points_max(self) -> Fraction:
        """What it could contribute."""
        return self.worth * self.weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """How late a submission is, and what that costs.

    Attributes:
        due: the due time that holds for it.
        by: how late; None when nobody says when it was handed in.
        marked: the record says that it was late, whether or not it says when.
        days: how many days have begun; 0 within the grace.
        percent: what is taken off, of `of`.
        cut_off: it came too late to earn anything.
        extension: where the due time comes from, if not from the lab.
    """

    due: datetime
    by: timedelta | None
    marked: bool = False
    days: int = 0
    percent: Fraction = Fraction(0)
    of: str = "earned"
    cut_off: bool = False
    extension: Extension | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What a submission is worth, and why.

    Attributes:
        lines: by check.
        scale: what the sum of the lines is multiplied with.
        late: None where no due time holds.
        lost: the points that lateness cost.
        computed: the points without any override, as the grader and the policy have it.
        override: the override of the whole.
        points, points_max: in the end; at least 0.
    """

    lines: tuple[Line, ...]
    scale: Fraction
    late: Late | None
    lost: Fraction
    computed: Fraction
    override: Override | None
    points: Fraction
    points_max: Fraction

    def part(self, *, hidden: bool) -> tuple[Fraction, Fraction]:
        """Points and possible points of the hidden or of the other checks, before lateness."""
        lines = [line for line in self.lines if line.hidden is hidden]
        points = sum((line.points for line in lines), Fraction(0))
        return points * self.scale, sum((line.points_max for line in lines), Fraction(0)) * self.scale

    @property
    def percent(self) -> Fraction | None:
        """Of what could be earned; None when nothing could."""
        return 100 * self.points / self.points_max if self.points_max else None


def score(one: SubmissionResult, policy: Policy) -> Score:
    """What a submission is worth by a policy."""
    rules = policy.of(one.lab)
    overrides = [entry for entry in policy.overrides if entry.about(one)]
    by_check = {entry.check: entry for entry in overrides}  # a later one goes before an earlier one
    if by_check:
        computed = score(one, replace(policy, overrides=())).points
    lines = tuple(
        _line(check, rules.weight(check.id), by_check.get(check.id), hidden=hidden)
        for checks, hidden in ((one.checks, False), (one.hidden, True))
        for check in checks
    )
    total = sum((line.points for line in lines), Fraction(0))
    possible = sum((line.points_max for line in lines), Fraction(0))
    scale = rules.points / possible if rules.points is not None and possible else Fraction(1)
    points, points_max = total * scale, possible * scale
    late = _late(one, policy)
    lost = _lost(late, points, points_max)
    whole = by_check.get(None)
    return Score(
        lines=lines,
        scale=scale,
        late=late,
        lost=lost,
        computed=computed if by_check else points - lost,
        override=whole,
        points=whole.points if whole is not None else points - lost,
        points_max=points_max,
    )


def _line(
    check: CheckResult | HiddenResult, weight: Fraction, override: Override | None, *, hidden: bool
) -> Line:
    earned = Fraction(check.points) if override is None else override.points
    return Line(
        check=check.id,
        hidden=hidden,
        earned=earned,
        worth=check.points_max,
        weight=weight,
        override=override,
    )


def _late(one: SubmissionResult, policy: Policy) -> Late | None:
    """How late it is, by the rule of its lab, or the general one."""
    extension = next((entry for entry in reversed(policy.extensions) if entry.about(one)), None)
    due = extension.due if extension is not None else policy.of(one.lab).due
    if due is None or one.lab is None:
        return None
    rule = policy.of(one.lab).late or policy.late
    moment = _moment(one.submitted_at)
    if moment is None:
        by = timedelta(0) if one.late is False else None
        return Late(due=due, by=by, marked=one.late is True, of=rule.of, extension=extension)
    by = moment - due
    if by <= rule.grace:
        return Late(due=due, by=max(by, timedelta(0)), of=rule.of, extension=extension)
    days = -(-by // _DAY)
    return Late(
        due=due,
        by=by,
        days=days,
        percent=_percent(rule, days),
        of=rule.of,
        cut_off=rule.cut_off is not None and by > rule.cut_off,
        extension=extension,
    )


def _moment(text: str | None) -> datetime | None:
    """A moment that a record names; None where it names none, or one without an offset."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.utcoffset() is not None else None


def _percent(rule: LateRule, days: int) -> Fraction:
    return min(days * rule.percent_per_day, rule.percent_at_most)


def _lost(late: Late | None, points: Fraction, points_max: Fraction) -> Fraction:
    if late is None:
        return Fraction(0)
    if late.cut_off:
        return points
    return min(points, late.percent / 100 * (points if late.of == "earned" else points_max))


def plain(value: Fraction) -> int | float:
    """A number for people and files: whole, or with at most two decimals, halves away from zero."""
    hundredths = int(value * 100 + Fraction(1, 2)) if value >= 0 else -int(-value * 100 + Fraction(1, 2))
    whole, rest = divmod(hundredths, 100)
    return whole if not rest else hundredths / 100


def shown(value: Fraction) -> str:
    """The same as text."""
    return str(plain(value))
