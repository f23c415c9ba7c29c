"""Right answers by other ways than the solutions' get full points: in both languages, whatever the seed."""

from __future__ import annotations

import pytest

from tests.grading.books import Book, solved
from tests.grading.conftest import Graded
from tests.grading.ways import WAYS

SEEDS = (1, 2, 3, 8, 22)
"""With these every value that a lab's `variant` can give comes at least once, but for the VPC's range."""

ALL = [(lab, way) for lab, ways in WAYS.items() for way in ways]


def book(lab: str, way: str, lang: str, seed: int) -> Book:
    made = solved(lab, lang).answers(WAYS[lab][way])
    made.data["metadata"]["ecslab"]["seed"] = seed
    return made


def graded(tmp_path, grade, books: dict[str, Book]) -> Graded:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, one in books.items():
        (folder / f"{name}.ipynb").write_bytes(one.bytes())
    assert grade(["grade", str(folder), "--out", str(tmp_path / "out"), "--jobs", "2"]) == 0
    return Graded(tmp_path / "out")


def lost(one: dict) -> list[str]:
    """What was not earned, and why."""
    return [check["text"] for check in one["checks"] if check["points"] != check["points_max"]]


def test_three_ways_a_lab():
    assert len(WAYS) >= 3
    assert min(len(ways) for ways in WAYS.values()) >= 3


def test_a_way_that_is_not_the_solution(tmp_path, grade):
    """One of each lab, each in another language or with another seed; all of them are tested among the slow tests."""
    chosen = {
        lab: book(lab, next(iter(ways)), "ja" if nth else "en", SEEDS[nth])
        for nth, (lab, ways) in enumerate(WAYS.items())
    }
    found = graded(tmp_path, grade, chosen)
    for name in chosen:
        assert not lost(found[name]), found[name]["notices"]
        assert found.points(name)[0] == found.points(name)[1] > 0


@pytest.mark.slow
@pytest.mark.parametrize(("lab", "way"), ALL, ids=[f"{lab}-{way}" for lab, way in ALL])
def test_every_way_every_language_every_seed(tmp_path, grade, lab, way):
    books = {f"{lang}-{seed}": book(lab, way, lang, seed) for lang in ("en", "ja") for seed in SEEDS}
    found = graded(tmp_path, grade, books)
    assert {name: lost(found[name]) for name in books} == {key: [] for key in books}
    for name in books:
        assert found[name]["seed"] == int(name.partition("-")[2])
        assert found.points(name)[0] == found.points(name)[1] > 0
