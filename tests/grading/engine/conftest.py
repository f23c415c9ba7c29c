"""An engine that needs no processes: it gives each submission what its bytes say, and counts."""

from __future__ import annotations

import pytest

from ecslab.grading import command
from tests.grading.books import FIRST, SERVICES, blank


class Toy:
    """Grades at once: a check passes when the first answer names it.

    Attributes:
        graded: the names, in the order in which they were graded.
        stop_after: so many, then it is stopped by `stop`.
    """

    def __init__(self) -> None:
        self.graded: list[str] = []
        self.stop_after, self.stop = 10**9, KeyboardInterrupt
        self.backwards = False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def grade(self, everything, done):
        works = list(everything)
        for work in works[::-1] if self.backwards else works:
            if len(self.graded) == self.stop_after:
                raise self.stop("told to")
            self.graded.append(work.taken.name)
            said = work.submission.sources["answer-1"]
            checks = {
                name: {
                    "passed": name in said,
                    "asked": True,
                    "agreed": name in said,
                    "mistake": None,
                    "text": f"{name} \ud800 \x1b[1m",
                    **MORE,
                }
                for name in work.manifest.checks
            }
            done(work, work.result({"checks": checks, "calls": CALLS}), {"wall_s": len(self.graded)})


MORE = {"title": "a claim", "words": {"seen": "nothing \ud800"}, "hints": ["look"]}
CALLS = [{"n": 1, "at_ms": 1, "call": "ecs.\ud800", "error": None}]


@pytest.fixture
def toy(monkeypatch):
    made = Toy()
    monkeypatch.setattr(command, "_engine", lambda *_: made)
    return made


@pytest.fixture
def folder(tmp_path):
    """Five learners, two with a folder, one of them with two labs; one hands in what cannot be graded."""
    into = tmp_path / "in"
    for number, name in enumerate(["ann/one", "ann/two", "ben", "cho", "dan/one"]):
        path = into / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(submission(number, SERVICES if name == "ann/two" else FIRST))
    (into / "eva.ipynb").write_text("nothing")
    return into


def submission(number: int, lab: str = FIRST) -> bytes:
    return blank(lab).answer("answer-1", f"# {number}: 1.1 {'2.1' if number % 2 else ''}").bytes()
