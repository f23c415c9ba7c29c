"""The instructor's policy: what it makes of a submission, and what is said of a file that is wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecslab.course.problem import CourseProblem
from ecslab.grading.policy import Policy
from ecslab.grading.policy_file import load_policy, read_policy
from ecslab.grading.results import CheckResult, HiddenResult, SubmissionResult
from ecslab.grading.score import plain, score

LAB = "02-first-service"


def one(earned=(1, 0, 2), *, at=None, late=None, hidden=(), **more):
    worth = (1, 2, 2)
    return SubmissionResult(
        name="alice",
        sha256="0" * 64,
        status="graded",
        lab=LAB,
        version=1,
        learner="Sato Hanako",
        learner_id="4711",
        submitted_at=at,
        late=late,
        checks=tuple(
            CheckResult(id=f"{n}.1", points=points, points_max=most, passed=points == most, agreed=True)
            for n, (points, most) in enumerate(zip(earned, worth, strict=True), start=1)
        ),
        hidden=tuple(hidden),
        **more,
    )


def policy(text):
    return read_policy(text, Path("grading.toml"))


LATE = """
[late]
grace = "15m"
percent_per_day = 10
percent_at_most = 35
cut_off = "7d"

[lab.02-first-service]
due = 2026-12-01T23:59:00+09:00
"""


def test_without_a_policy_the_points_are_the_checks():
    found = score(one(), Policy())
    assert (found.points, found.points_max, found.late, found.lost) == (3, 5, None, 0)
    assert found.percent == 60


def test_weights_of_tasks_and_checks():
    found = score(one(), policy(f'[lab.{LAB}]\ntasks = {{ 1 = 3, 3 = 0 }}\nchecks = {{ "3.1" = 0.5 }}\n'))
    assert [(line.points, line.points_max) for line in found.lines] == [(3, 3), (0, 2), (1, 1)]
    assert (found.points, found.points_max) == (4, 6)


def test_a_lab_can_be_worth_any_number_of_points():
    found = score(one(), policy(f"[lab.{LAB}]\npoints = 100\n"))
    assert (found.points, found.points_max) == (60, 100)
    assert score(one(earned=(0, 0, 0)), policy(f"[lab.{LAB}]\npoints = 100\n")).points == 0


@pytest.mark.parametrize(
    ("at", "days", "percent", "points"),
    [
        ("2026-12-01T14:59:00Z", 0, 0, 3),  # the due time itself, in UTC
        ("2026-11-01T00:00:00Z", 0, 0, 3),
        ("2026-12-01T15:14:00Z", 0, 0, 3),  # the end of the grace
        ("2026-12-01T15:14:01Z", 1, 10, Fraction("2.7")),
        ("2026-12-02T14:59:00Z", 1, 10, Fraction("2.7")),
        ("2026-12-02T14:59:01Z", 2, 20, Fraction("2.4")),
        ("2026-12-06T00:00:00Z", 5, 35, Fraction("1.95")),  # never more than 35
        ("2026-12-08T14:59:00Z", 7, 35, Fraction("1.95")),
        ("2026-12-08T14:59:01Z", 8, 35, 0),  # cut off
    ],
)
def test_late_work(at, days, percent, points):
    found = score(one(at=at), policy(LATE))
    assert (found.late.days, found.late.percent, found.points) == (days, percent, points)
    assert found.points + found.lost == 3


def test_percent_of_what_could_be_earned():
    found = score(one(at="2026-12-02T00:00:00Z"), policy(LATE.replace("[lab", 'of = "possible"\n[lab', 1)))
    assert found.lost == Fraction("0.5")
    nothing = score(one(earned=(0, 0, 0), at="2026-12-02T00:00:00Z"), policy(LATE))
    assert nothing.points == 0


@pytest.mark.parametrize("at", [None, "yesterday", "2026-12-09T00:00:00"])
def test_nothing_is_taken_off_when_nobody_says_when(at):
    found = score(one(at=at), policy(LATE))
    assert (found.points, found.late.by, found.late.marked) == (3, None, False)


def test_a_mark_without_a_time():
    assert score(one(late=True), policy(LATE)).late.marked
    assert score(one(late=False), policy(LATE)).late.by.total_seconds() == 0


def test_a_lab_has_its_own_rule():
    text = LATE + "late = { percent_per_day = 50 }\n"
    assert score(one(at="2026-12-02T00:00:00Z"), policy(text)).points == Fraction("1.5")


WHO = 'reason = "said so"\nby = "T. Sato"\nwhen = 2026-12-03\n'


def test_an_extension_moves_the_due_time():
    text = LATE + f'[[extension]]\nlearner = "4711"\ndue = 2026-12-08T00:00:00+09:00\n{WHO}'
    found = score(one(at="2026-12-05T00:00:00Z"), policy(text))
    assert found.points == 3
    assert found.late.extension.reason == "said so"
    assert score(one(at="2026-12-05T00:00:00Z"), policy(text.replace("4711", "4712"))).points < 3


def test_overrides_of_a_check_and_of_the_whole():
    text = f'[lab.{LAB}]\ntasks = {{ 2 = 2 }}\n[[override]]\nsubmission = "alice"\ncheck = "2.1"\npoints = 1.5\n{WHO}'
    found = score(one(), policy(text))
    assert found.points == 1 + 3 + 2
    assert found.lines[1].override.by == "T. Sato"
    whole = text + f'[[override]]\nlearner = "Sato Hanako"\nlab = "{LAB}"\npoints = 0\n{WHO}'
    assert score(one(), policy(whole)).points == 0
    other = whole.replace(f'lab = "{LAB}"', 'lab = "11-rolling"')
    assert score(one(), policy(other)).points == 6


def test_the_last_override_counts_and_late_work_comes_before_it():
    text = LATE + "".join(f'[[override]]\nsubmission = "alice"\npoints = {n}\n{WHO}' for n in (4, 2))
    assert score(one(at="2027-01-01T00:00:00Z"), policy(text)).points == 2


def test_hidden_checks_have_weights_too():
    hidden = [HiddenResult(id="1.x", points=0, points_max=2), HiddenResult(id="2.y", points=1, points_max=1)]
    found = score(one(hidden=hidden), policy(f'[lab.{LAB}]\ntasks = {{ 1 = 2 }}\nchecks = {{ "2.y" = 5 }}\n'))
    assert found.part(hidden=True) == (5, 9)
    assert found.points == 2 + 0 + 2 + 5


@given(
    earned=st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2)),
    weight=st.integers(0, 50).map(lambda n: n / 10),
    percent=st.integers(0, 100),
    day=st.integers(1, 28),
)
def test_points_stay_within_bounds(earned, weight, percent, day):
    text = f"[late]\npercent_per_day = {percent}\n[lab.{LAB}]\ndue = 2026-12-05T00:00:00Z\ntasks = {{ 2 = {weight} }}\n"
    found = score(one(earned=earned, at=f"2026-12-{day:02}T12:00:00Z"), policy(text))
    assert 0 <= found.points <= found.points_max
    assert found.lost >= 0
    assert isinstance(plain(found.points), int | float)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(20, 3), "6.67"), (Fraction(3), "3"), (Fraction(1, 8), "0.13"), (Fraction(5, 2), "2.5")],
)
def test_numbers_for_people(value, text):
    assert str(plain(value)) == text


OVERRIDE = '[[override]]\nsubmission = "a"\npoints = 1\n' + WHO


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[late]\ngrace = 5\n", 2, "`grace` is 5. Allowed: a length of time like"),
        ("[late]\npercent_per_day = 101\n", 2, "`percent_per_day` is 101. Allowed: a number from 0 to 100"),
        ("[late]\n\npercent_per_day = nan\n", 3, "Allowed: a number"),
        ('[late]\nof = "all"\n', 2, 'Allowed: "earned" or "possible"'),
        ("[late]\nper_day = 3\n", 2, "[late] `per_day` is not known. Known are grace, percent_per_day"),
        ("[bonus]\n", 1, "`bonus` is not known. Known are late, lab, override, extension"),
        (f"[lab.{LAB}]\ndue = 2026-12-01T00:00:00\n", 2, "a moment with its offset"),
        (f'[lab.{LAB}]\ndue = "2026-12-01"\n', 2, "`due` is '2026-12-01'. Allowed: a moment"),
        (f"[lab.{LAB}]\ntasks = {{ a = 1 }}\n", 2, "tasks by number"),
        (f'[lab.{LAB}]\nchecks = {{ "2.1" = -1 }}\n', 2, "a number from 0 to 1,000"),
        (f"[lab.{LAB}]\nlate = {{ grace = 3 }}\n", 2, f"[lab.{LAB}.late] `grace`"),
        (OVERRIDE + OVERRIDE.replace("points = 1\n", ""), 7, "[override 2] `points` is missing"),
        (OVERRIDE.replace('reason = "said so"\n', ""), 1, "[override 1] `reason` is missing"),
        (OVERRIDE.replace("said so", " "), 4, "`reason` is ' '. Allowed: text"),
        (OVERRIDE + OVERRIDE.replace("points = 1", "points = -1"), 9, "[override 2] `points` is -1"),
        (OVERRIDE.replace("points", 'learner = "b"\npoints'), 1, "needs to say whom it is about, once"),
        (OVERRIDE.replace('submission = "a"\n', ""), 1, "needs to say whom it is about, once"),
        (OVERRIDE.replace("2026-12-03", '"today"'), 6, "a day like 2026-12-03"),
        (OVERRIDE.replace("[[override]]", "[override]"), 1, "two brackets"),
        (OVERRIDE.replace("points", 'check = "two"\npoints'), 3, 'the id of a check, like "2.1"'),
        ("late = 3\n", 1, "is not a table"),
        ("[late]\ngrace = 5m\n", 2, "is not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_line_key_and_what_is_allowed(text, line, said):
    with pytest.raises(CourseProblem) as found:
        policy(text)
    assert f"grading.toml:{line}: " in str(found.value), str(found.value)
    assert said in str(found.value), str(found.value)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CourseProblem, match="cannot be read"):
        load_policy(tmp_path / "x.toml")
    (tmp_path / "y.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CourseProblem, match="not UTF-8"):
        load_policy(tmp_path / "y.toml")
    (tmp_path / "z.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(CourseProblem, match="larger"):
        load_policy(tmp_path / "z.toml")
