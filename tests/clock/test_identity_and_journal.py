"""Chance is seeded, draws are independent, the journal is text."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsim.clock.duration import clock_text, milliseconds
from ecsim.clock.identity import Identity
from ecsim.clock.journal import Journal


def test_the_same_seed_draws_the_same_and_another_does_not():
    draws = [[Identity(seed).hexadecimal("task", "web") for _ in range(3)] for seed in (1, 1, 2)]
    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


@given(st.lists(st.sampled_from(["task", "eni", "event"]), max_size=30))
def test_an_unrelated_draw_changes_no_other(kinds):
    alone, among = Identity(7), Identity(7)
    expected = [alone.uuid("wanted", "web") for _ in kinds]
    seen = []
    for kind in kinds:
        among.digits(kind, "other")
        seen.append(among.uuid("wanted", "web"))
    assert seen == expected


def test_shapes():
    """Sources: ecs-behaviour.md section 1."""
    identity = Identity("x")
    assert re.fullmatch(r"[0-9a-f]{32}", identity.hexadecimal("task"))
    assert re.fullmatch(r"[1-9][0-9]{18}", identity.digits("deployment"))
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", identity.uuid("e")
    )
    assert re.fullmatch(r"[0-9A-Za-z]{21}", identity.base62("service-deployment"))
    assert all(3 <= identity.draw("n", "", 3, 5) <= 5 for _ in range(50))


def test_draws_do_not_depend_on_the_hash_seed():
    code = "from ecsim.clock.identity import Identity as I; i = I(5); print([i.uuid('a', s) for s in 'xyxy'])"
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "random")
    ]
    assert len(dict.fromkeys(outputs)) == 1


def test_a_line_an_entry():
    now = [0]
    journal = Journal(lambda: now[0])
    journal.record("task.status", "abc", status="RUNNING", service=None)
    now[0] = 61_500
    journal.record("task.exit", "abc", code=1)
    journal.record("tasks", "abc", text="止")
    assert journal.text().splitlines() == [
        '00:00:00 task.status abc status="RUNNING" service=null',
        "00:01:01.500 task.exit abc code=1",
        '00:01:01.500 tasks abc text="止"',
    ]
    assert [e.serial for e in journal.of("task")] == [0, 1], (
        "a kind finds what is below it, not its namesakes"
    )
    assert [e.serial for e in journal.since(2)] == [2]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("90s", 90_000),
        ("2m", 120_000),
        ("1h30m", 5_400_000),
        ("250ms", 250),
        ("1.5s", 1_500),
        (3, 3_000),
        (0.25, 250),
        ("1d", 86_400_000),
        ("1h 5s", 3_605_000),
    ],
)
def test_durations(text, ms):
    assert milliseconds(text) == ms


@pytest.mark.parametrize(
    "text", ["", "2", "m", "-1s", "1s2", "two minutes", -1, float("nan"), float("inf"), True, None]
)
def test_durations_that_cannot_be_read_say_what_can(text):
    with pytest.raises(ValueError, match='write "90s", "2m"'):
        milliseconds(text)


def test_clock_text():
    assert [clock_text(ms) for ms in (0, 61_000, 3_600_500, 360_000_000)] == [
        "00:00:00",
        "00:01:01",
        "01:00:00.500",
        "100:00:00",
    ]


def test_half_a_character_can_be_written_too():
    """A client may send a lone surrogate in JSON; the journal stays text that a file takes."""
    journal = Journal(lambda: 0)
    journal.record("call", "ecs.RunTask", group="\ud83d", name="店")
    text = journal.text()
    assert text.encode("utf-8")
    assert "\\ud83d" in text
    assert "店" in text
