"""One lab, the same submissions: our grader in its jail against nbgrader, nbclient and plain nbval.

What a submission costs is the CPU of a run of many less that of a run of one, so that neither side pays for its start;
`whole_cpu_s` is a run's CPU divided by its submissions, start included.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LAB = "02-first-service"
SUBMISSIONS = int(os.environ.get("ECSLAB_BENCH_SUBMISSIONS", "20"))
"""How many submissions a run grades; every one is the solved lab, which runs every cell to its end."""
FEW = 1


def used(command: list[str], **options: Any) -> dict[str, float]:
    """Seconds of CPU (of a command and all that it started) and of real time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": cpu, "wall_s": time.monotonic() - began}


def a_submission(many: dict[str, float], few: dict[str, float]) -> dict[str, float]:
    """What one more submission costs."""
    more = SUBMISSIONS - FEW
    return {
        "cpu_s": (many["cpu_s"] - few["cpu_s"]) / more,
        "whole_cpu_s": many["cpu_s"] / SUBMISSIONS,
        "an_hour": 3600 * more / max(0.001, many["wall_s"] - few["wall_s"]),
    }


@contextmanager
def handed_in(count: int) -> Iterator[Path]:
    """A folder with so many solved labs in `in`."""
    solved = (ROOT / "solutions" / "en" / f"{LAB}.ipynb").read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "in").mkdir()
        for n in range(count):
            (here / "in" / f"learner-{n}.ipynb").write_bytes(solved)
        yield here


def _ours(jobs: int) -> dict[str, float]:
    found = []
    for count in (SUBMISSIONS, FEW):
        with handed_in(count) as here:
            words = ["grade", str(here / "in"), "--out", str(here / "out"), "--jobs", str(jobs)]
            found.append(used([sys.executable, "-m", "ecslab.cli", *words], cwd=ROOT))
    return a_submission(*found)


def graded_jailed() -> dict[str, float]:
    """Our grader, one worker, in the strongest jail that this machine offers."""
    return _ours(1)


def graded_by_two() -> dict[str, float]:
    """The same with two workers at a time."""
    return _ours(2)


def graded_by_nbgrader() -> dict[str, float]:
    """`nbgrader autograde` of the same submissions, in a course as `ecslab kit nbgrader` makes it."""
    programs = Path(sys.executable).parent
    nbgrader = str(programs / "nbgrader")
    # It calls alembic by its bare name.
    environment = {**os.environ, "PATH": os.pathsep.join([str(programs), os.environ.get("PATH", "")])}
    found = []
    for count in (SUBMISSIONS, FEW):
        with handed_in(count) as here:
            course = here / "course"
            kit = ["kit", "nbgrader", str(course), "--lab", LAB]
            used([sys.executable, "-m", "ecslab.cli", *kit], cwd=ROOT)
            used([nbgrader, "generate_assignment", LAB], cwd=course, env=environment)
            for path in sorted((here / "in").iterdir()):
                folder = course / "submitted" / path.stem / LAB
                folder.mkdir(parents=True)
                path.rename(folder / f"{LAB}.ipynb")
            found.append(used([nbgrader, "autograde", LAB], cwd=course, env=environment))
    return a_submission(*found)


def run_by_nbclient() -> dict[str, float]:
    """Nbclient executes the same notebooks: no checks are compared."""
    program = (
        "import sys, nbformat; from nbclient import NotebookClient\n"
        "for path in sys.argv[1:]:\n"
        "    NotebookClient(nbformat.read(path, 4), kernel_name='python3').execute()\n"
    )
    found = []
    for count in (SUBMISSIONS, FEW):
        with handed_in(count) as here:
            paths = [str(path) for path in sorted((here / "in").iterdir())]
            found.append(used([sys.executable, "-c", program, *paths], env=_environment(), cwd=here))
    return a_submission(*found)


def run_by_nbval() -> dict[str, float]:
    """Plain `pytest --nbval-lax` of the same notebooks, in learners' own kernels."""
    flags = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "--noconftest",
        "-c",
        os.devnull,
        "--nbval-lax",
    ]
    found = []
    for count in (SUBMISSIONS, FEW):
        with handed_in(count) as here:
            command = [sys.executable, "-m", "pytest", *flags, str(here / "in")]
            found.append(used(command, env=_environment(), cwd=here))
    return a_submission(*found)


def _environment() -> dict[str, str]:
    return {**os.environ, "ECSLAB_HOME": str(ROOT), "ECSLAB_LANG": "en"}
