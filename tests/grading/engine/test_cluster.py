"""Grading on a real Dask cluster: several worker processes on 127.0.0.1, one of which is killed."""

from __future__ import annotations

import builtins
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from ecslab.grading import command
from ecslab.grading.engine.cluster import Cluster, grade_one
from ecslab.grading.engine.keys import Keys, options_key, program_key
from ecslab.grading.engine.stored import dumped
from ecslab.grading.engine.work import Authority, Options
from ecslab.grading.forkserver import ServerFailed
from ecslab.grading.intake import Shelf, Taken
from ecslab.grading.jail import tiers
from ecslab.grading.jail.tier import Tier
from ecslab.grading.scratch import place
from tests.grading.books import ROOT, blank, reworked, solved
from tests.grading.conftest import Graded, files

WORKERS = 3


def test_without_dask_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] == "distributed":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ServerFailed, match=re.escape("pip install 'ecslab[dask]'")):
        Cluster(Options(root=ROOT), "tcp://127.0.0.1:1")


def dask(*words: str, environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=environment["TMPDIR"],
        env={**os.environ, **environment},
        start_new_session=True,
    )


def said(process: subprocess.Popen, what: str) -> str:
    """Wait for a line of a process's log; it is read no further."""
    lines = []
    for line in process.stderr:
        lines.append(line)
        if found := re.search(what, line):
            return found[0]
    pytest.fail(f"it ended without saying {what}, but:\n{''.join(lines)}")


@pytest.fixture
def cluster():
    """A scheduler and its workers; the scheduler's address, and the workers."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=place()))
        environment = {"TMPDIR": folder, "ECSLAB_HOME": str(ROOT)}
        processes = []

        def start(*words: str) -> subprocess.Popen:
            processes.append(dask(*words, environment=environment))
            return processes[-1]

        def end():
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
                process.wait()
                process.stderr.close()

        stack.callback(end)
        scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        address = said(scheduler, r"tcp://127\.0\.0\.1:\d+")
        workers = [
            start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
            for _ in range(WORKERS)
        ]
        yield address, workers


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_dask_worker_killed_in_the_middle_changes_nothing(cluster, grade, tmp_path):
    address, workers = cluster
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        for name, book in (("ann", solved(lang="ja")), ("ben", blank()), ("cho", reworked())):
            (folder / f"{name}-{number}.ipynb").write_bytes(book.bytes())
    (folder / "bad.ipynb").write_bytes(b"{")
    assert grade(["grade", str(folder), "--out", str(tmp_path / "here"), "--jobs", "2"]) == command.DONE
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ecslab.cli",
            "grade",
            str(folder),
            "--out",
            str(tmp_path / "there"),
            "--dask",
            address,
        ],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    try:
        said(process, r"graded \d of 9")
        at_work = [worker for worker in workers if grandchildren(worker.pid)]
        assert at_work, "nobody grades"
        left = grandchildren(at_work[0].pid)
        at_work[0].send_signal(signal.SIGKILL)
        _, rest = process.communicate(timeout=600)
    finally:
        process.kill()
    assert process.returncode == command.DONE, rest
    assert "Traceback" not in rest
    assert files(tmp_path / "there") == files(tmp_path / "here")
    assert Graded(tmp_path / "there").points("ann-1") == (14, 14)
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in left):
        assert time.monotonic() < deadline, "what the killed worker had started is still there"
        time.sleep(0.1)


def grandchildren(pid: int) -> list[int]:
    """The processes below a process."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in thread.read_text().split():
                found += [int(child), *grandchildren(int(child))]
    return found


@pytest.mark.parametrize(
    ("about", "says"),
    [({"program": "0.0"}, "a Dask worker has ecslab 0"), ({"key": "0"}, "a Dask worker has other labs in")],
)
def test_a_worker_that_would_grade_differently_does_not(about, says):
    options = Options(root=ROOT, tier=Tier.PROCESS)
    content = solved().bytes()
    taken = Taken(name="a", learner="Ann", late=True)
    with Shelf() as shelf:
        kept = replace(taken, content=shelf.keep(content))
        key = Keys(options).of(kept, Authority(options).prepare(kept))
    fits = {
        "taken": dumped(taken),
        "versions": [],
        "hidden": "",
        "root": str(ROOT),
        "options": options_key(options),
        "program": program_key(),
        "key": key,
    }
    assert says in json.loads(grade_one(content, {**fits, **about}))["misfit"]


def test_a_worker_without_the_jail_does_not_grade(monkeypatch):
    options = Options(root=ROOT, tier=Tier.LANDLOCK)
    monkeypatch.setattr(tiers, "offered", lambda: {Tier.LANDLOCK: "there is none"})
    about = {
        "taken": dumped(Taken(name="a")),
        "root": str(ROOT),
        "versions": [],
        "hidden": "",
        "options": options_key(options),
    }
    assert "`landlock` does not work here: there is none" in json.loads(grade_one(b"", about))["misfit"]
