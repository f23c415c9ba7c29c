"""Playing a lab with other answers than the author's."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from ecslab.course.catalog import Course
from ecslab.course.source import read
from ecslab.lab.stage import Stage
from ecslab.notebook.inprocess import run_cells, surroundings

ROOT = Path(__file__).resolve().parents[2]
FIRST, ROLLING = "02-first-service", "11-rolling"
LABS = tuple(lab.slug for lab in Course.load(ROOT).labs)


@cache
def source(slug):
    return read(ROOT / "course" / slug / "lab.md")


@contextmanager
def verdicts():
    """The verdicts of a stage, as they are given."""
    given = []
    real = Stage.verdict

    def verdict(self, check, answer=None):
        given.append(real(self, check, answer))
        return given[-1]

    with patch.object(Stage, "verdict", verdict):
        yield given


def play(slug, answers=None, *, until=None, lang="en", seed=None, solved=True, only_until=True):
    """Run a lab with some answers replaced; returns (mistake by check, the runs of its cells).

    Args:
        answers: by the key of the answer cell; a pair (before, after) changes the author's answer.
        until: the check after which to stop.
        solved: whether the other answers are the author's, or the starters.
    """
    cells = []
    for cell in source(slug).cells:
        text = cell.source(lang, solved=solved)
        change = (answers or {}).get(cell.key)
        if isinstance(change, tuple):
            before, after = change
            assert before in text, f"{before!r} is not in the answer {cell.key} any more"
            text = text.replace(before, after)
        elif change is not None:
            text = change
        cells.append((cell, text))
        if until is not None and cell.check == until:
            break
    with surroundings(ROOT, lang, seed), verdicts() as given:
        runs = run_cells(cells)
    return {verdict.check: verdict.mistake for verdict in given}, runs
