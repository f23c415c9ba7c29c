"""Checks, verdicts, and what is said about them."""

from __future__ import annotations

import json

import pytest

from ecsim.view.rendering import COLUMNS, width
from ecsim.view.snapshot import Picture
from ecslab.course.problem import CourseProblem
from ecslab.lab import checks
from ecslab.lab.evidence import Evidence
from ecslab.lab.feedback import feedback, hint_view
from ecslab.lab.messages import load_messages, worded

CHECKS = '''
from ecslab.lab.checks import check, passed, seen
@check("1.1", points=2)
def one(evidence):
    """The answer is two."""
    if evidence.answer == 2:
        return passed(got=2)
    return seen("other", because=("rolling.complete", {"desired": 3}), got=evidence.answer)
@check("1.2", points=1)
def two(evidence):
    return 1 / evidence.answer
'''

MESSAGES = """
["1.1"]
title = { en = "two", ja = "2 である" }
expected = { en = "`2` <b>", ja = "`2` であること" }
look = { en = "chapter 1", ja = "第 1 章" }
after = { en = "it was {got}", ja = "{got} でした" }
hints = [{ en = "a", ja = "あ" }, { en = "b", ja = "い" }, { en = "c", ja = "う" }]
["1.1".mistakes.other]
seen = { en = "{got} at {at:clock}", ja = "{got}" }
why = { en = "names: {got:list}", ja = "名前：{got:list}" }
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "checks.py").write_text(CHECKS, encoding="utf-8")
    (tmp_path / "messages.toml").write_text(MESSAGES, encoding="utf-8")
    return tmp_path


def evidence(answer=None):
    return Evidence(client=None, journal=(), picture=Picture(now_ms=0, region="x"), answer=answer)


def test_checks_are_found_in_their_order(folder):
    found = checks.load(folder)
    assert {name: one.points for name, one in found.items()} == {"1.1": 2, "1.2": 1}
    assert found["1.1"].about == "The answer is two."


@pytest.mark.parametrize(("answer", "line"), [(2, "[pass] 1.1 (2/2 points)"), (3, "[fail] 1.1 (0/2 points)")])
def test_a_verdict_has_one_line(folder, answer, line):
    verdict = checks.run(checks.load(folder)["1.1"], evidence(answer))
    assert (verdict.line, verdict.points) == (line, 2 if answer == 2 else 0)


def test_a_check_that_breaks_does_not_pass_and_takes_nothing_down(folder):
    verdict = checks.run(checks.load(folder)["1.2"], evidence(0))
    assert (verdict.passed, verdict.mistake, verdict.line) == (
        False,
        "check-broke",
        "[fail] 1.2 (0/1 points)",
    )
    assert "ZeroDivisionError" in str(verdict.facts["error"])


def test_a_check_that_returns_no_finding_does_not_pass(folder):
    assert not checks.run(checks.load(folder)["1.2"], evidence(1)).passed


def test_an_id_twice_is_told(folder):
    (folder / "checks.py").write_text(CHECKS.replace('"1.2"', '"1.1"'), encoding="utf-8")
    with pytest.raises(CourseProblem, match=r"1\.1 is there twice"):
        checks.load(folder)


def said(folder, answer, lang):
    verdict = checks.run(checks.load(folder)["1.1"], evidence(answer))
    return feedback(verdict, load_messages(folder)["1.1"], lang)


def test_a_failure_tells_expected_seen_why_and_where_to_look(folder):
    lines = said(folder, 3, "en").text.split("\n")
    assert lines[0].startswith("✗ 1.1  two")
    assert lines[0].endswith("0 of 2 points")
    assert [line.split()[0] for line in lines[1:] if line.startswith("  ") and line[2] != " "] == [
        "expected",
        "seen",
        "why",
        "look",
    ]
    assert 'lab.hint("1.1")' in lines[-1]


def test_the_clouds_own_reason_is_quoted(folder):
    assert "3 tasks are healthy" in " ".join(said(folder, 3, "en").text.split())


def test_japanese_is_spoken(folder):
    text = said(folder, 3, "ja").text
    for word in ("期待", "実際", "2 点中 0 点"):
        assert word in text
    assert "expected" not in text


def test_after_a_pass_it_is_explained(folder):
    assert "it was 2" in said(folder, 2, "en").text
    assert "2 でした" in said(folder, 2, "ja").text


def test_html_is_escaped_and_marks_code(folder):
    html = said(folder, 3, "en").html
    assert "<b>" not in html.replace("<body>", "")
    assert '<code class="ev-mono">2</code> &lt;b&gt;' in html
    assert "<b>" not in said(folder, "<b>", "en").html


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_line_is_wider_than_a_terminal(folder, lang):
    for answer in (2, "long " * 60):
        assert max(width(line) for line in said(folder, answer, lang).text.split("\n")) <= COLUMNS


def test_hints_count(folder):
    message = load_messages(folder)["1.1"]
    assert hint_view("1.1", 1, message, "en").text.startswith("Hint 1 of 3 for 1.1\n  a\n")
    assert "next one" not in hint_view("1.1", 3, message, "en").text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a}", "x"),
        ("{a:clock}", "x"),
        ("{t:clock}", "00:01:01"),
        ("{l:list}", "p, q"),
        ("{l}", "p, q"),
        ("{e:list}", "-"),
        ("{gone}", "?"),
    ],
)
def test_facts_are_worded(template, text):
    assert worded(template, {"a": "x", "t": 61_000, "l": ["p", "q"], "e": []}) == text


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('ja = "2 である"', 'jp = "2"', "`title` is not there in en and ja"),
        ('{ en = "c", ja = "う" }', "", "2 hints"),
        ('["1.1".mistakes.other]\nseen', '["1.1".mistakes.other]\nsein', "`seen` is not there"),
        ("look = {", "lock = {", "unknown: lock"),
        ('title = { en = "two"', 'title = { en = " "', "`title` is not there"),
        ('["1.1"]\n', '["1.1"\n', "is not TOML"),
    ],
)
def test_messages_that_are_not_right_are_told(folder, before, after, told):
    assert before in MESSAGES
    (folder / "messages.toml").write_text(MESSAGES.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(CourseProblem, match=told):
        load_messages(folder)


def test_a_verdict_can_be_sent(folder):
    verdict = checks.run(checks.load(folder)["1.1"], evidence(3))
    assert json.dumps(dict(verdict.facts))
