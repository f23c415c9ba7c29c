"""The pool: a worker that dies is replaced, and nobody else notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ecslab.grading import command
from ecslab.grading.engine import pool
from ecslab.grading.scratch import PREFIX, place
from tests.grading.books import ROOT, blank, solved
from tests.grading.conftest import Graded, files
from tests.soak.watch import below


def test_a_worker_that_dies_twice_is_given_up_and_graded_by_the_next_run(tmp_path, grade, monkeypatch):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    for name in ("ann", "ben"):
        (folder / f"{name}.ipynb").write_bytes(blank().bytes())
    real, dead = pool.Pool._start, []

    def start(self, work):
        job = real(self, work)
        if work.taken.name == "ann":
            dead.append(job.folder)
            job.forked.channel.close()
            job.forked.channel, there = type(job.forked.channel).pair()
            there.close()
        return job

    with monkeypatch.context() as patch:
        patch.setattr(pool.Pool, "_start", start)
        assert grade(["grade", str(folder), "--out", str(out)]) == command.FAILED
    assert len(dead) == 2
    assert not any(path.exists() for path in dead)
    first = Graded(out)
    assert (first["ann"]["status"], first["ben"]["status"]) == ("failed", "graded")
    assert first.points("ann") == (0, 14)
    assert "the worker ended early" in first["ann"]["notices"][-1]["text"]
    assert grade(["grade", str(folder), "--out", str(out)]) == command.DONE
    second = Graded(out)
    assert second["ann"]["status"] == "graded"
    assert second["ben"] == first["ben"]


def test_a_result_without_its_cloud_is_not_taken(tmp_path, grade, monkeypatch):
    """The cloud is the grader's: when it is lost, the submission is graded once more."""
    (tmp_path / "ann.ipynb").write_bytes(solved().bytes())
    real, seen = pool._Job.read, []

    def read(job):
        real(job)
        if job.latest.get("final") and not seen:
            seen.append(job.work.taken.name)
            next(iter(job.latest["result"]["checks"].values()))["passed"] = None

    monkeypatch.setattr(pool._Job, "read", read)
    assert grade(["grade", str(tmp_path / "ann.ipynb"), "--out", str(tmp_path / "out")]) == command.DONE
    assert seen == ["ann"]
    assert Graded(tmp_path / "out").points("ann") == (14, 14)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_command_takes_everything_with_it(tmp_path, monkeypatch, grade):
    """Its servers, workers, clouds and kernels end; the next run removes its folder, and ends with the same bytes."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.ipynb").write_bytes(solved().bytes())
    temporary = Path(tempfile.mkdtemp(dir=place()))
    words = ["grade", str(folder), "--out", str(tmp_path / "out"), "--jobs", "2"]
    arguments = [sys.executable, "-m", "ecslab.cli", *words]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(arguments, cwd=ROOT, env=environment, stderr=subprocess.PIPE) as process:
        while b"graded 1" not in (line := process.stderr.readline()):
            assert line, "it ended"
        while (
            len(started := below(process.pid)) < 3 + 2 * 2
        ):  # servers, and two submissions' workers and clouds
            assert process.poll() is None, "it ended"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while any(alive(pid) for pid in started):
        assert time.monotonic() < deadline, [pid for pid in started if alive(pid)]
        time.sleep(0.05)
    assert [path.name.startswith(PREFIX) for path in temporary.iterdir()] == [True]
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert b"need no grading" in done.stderr
    temporary.rmdir()
    words[3] = str(tmp_path / "at-once")
    assert grade(words) == command.DONE
    assert files(tmp_path / "at-once") == files(tmp_path / "out")


def alive(pid: int) -> bool:
    """It runs; what has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
