"""The labs in nbgrader itself: its own generate, validate and autograde, as a process, with its own gradebook."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecslab.cli import main

ROOT = Path(__file__).resolve().parents[2]
LAB = "02-first-service"
POINTS = 14

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder as `ecslab kit nbgrader` makes it, with the assignment generated."""
    folder = tmp_path_factory.mktemp("teaching") / "course"
    assert main(["kit", "nbgrader", str(folder), "--lab", LAB]) == 0
    nbgrader(folder, "generate_assignment", LAB)
    return folder


def nbgrader(folder: Path, *arguments: str) -> str:
    programs = Path(sys.executable).parent
    ran = subprocess.run(
        [str(programs / "nbgrader"), *arguments],
        cwd=folder,
        # It calls alembic by its bare name.
        env={**os.environ, "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", "")])},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def cells(path: Path) -> dict[str, str]:
    return {c["id"]: "".join(c["source"]) for c in json.loads(path.read_text(encoding="utf-8"))["cells"]}


def test_what_learners_get_is_the_lab(course: Path) -> None:
    """generate_assignment neither clears the starters nor drops a cell."""
    assert cells(course / "release" / LAB / f"{LAB}.ipynb") == cells(ROOT / "labs" / "en" / f"{LAB}.ipynb")


def test_autograde_gives_what_our_grader_gives(course: Path) -> None:
    """Solved: everything. Untouched: nothing. A check cell that a learner emptied is restored: nothing."""
    solved = ROOT / "solutions" / "en" / f"{LAB}.ipynb"
    untouched = course / "release" / LAB / f"{LAB}.ipynb"
    emptied = json.loads(untouched.read_text(encoding="utf-8"))
    for cell in emptied["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            cell["source"] = "pass"
    for name, text in {
        "solved": solved.read_text(encoding="utf-8"),
        "untouched": untouched.read_text(encoding="utf-8"),
        "emptied": json.dumps(emptied),
    }.items():
        folder = course / "submitted" / name / LAB
        folder.mkdir(parents=True)
        (folder / f"{LAB}.ipynb").write_text(text, encoding="utf-8")
    nbgrader(course, "autograde", LAB)
    nbgrader(course, "export", "--to", "grades.csv")
    with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert scores == {"solved": POINTS, "untouched": 0, "emptied": 0}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_validate(tmp_path: Path, lang: str) -> None:
    """nbgrader's own word about a solved lab, and about an untouched one, in a folder outside the course."""
    for kind, word in (("solutions", "Success! Your notebook passes all the tests."), ("labs", "FAILED")):
        book = tmp_path / f"{kind}.ipynb"
        shutil.copyfile(ROOT / kind / lang / f"{LAB}.ipynb", book)
        told = nbgrader(tmp_path, "validate", book.name)
        assert word in told
        assert ("check" in told.lower()) == (kind == "labs")
