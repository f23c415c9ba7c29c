"""Nothing outlives a grade: no process, no folder, no mount, also when the grader itself is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecslab.grading.jail.watch import descendants
from tests.grading.books import solved
from tests.grading.jail.test_limits import running
from tests.grading.jail.users import ROOT, USERS, command, folder_of, need

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")
STAY = """
import subprocess, time
subprocess.Popen(["sleep", "86355"])
subprocess.Popen(["sleep", "86355"], start_new_session=True)
time.sleep(300)
"""
CASES = [
    pytest.param(user, tier, marks=[] if (user, tier) == ("root", "namespaces") else [pytest.mark.slow])
    for user in USERS
    for tier in ("namespaces", "landlock")
]


def until(arrived, timeout_s: float = 90.0) -> bool:
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if arrived():
            return True
        time.sleep(0.1)
    return False


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(("user", "tier"), CASES)
def test_a_killed_grader_leaves_nothing(user, tier):
    need(tier)
    source = STAY if tier == "namespaces" else STAY.replace(", start_new_session=True", "")
    mounts = Path("/proc/mounts").read_text()
    with folder_of(user) as folder:
        (folder / "in").mkdir(mode=0o755)
        (folder / "in" / "stays.ipynb").write_bytes(solved().answer("answer-2", source).bytes())
        words = [
            "-m",
            "ecslab.cli",
            "grade",
            str(folder / "in"),
            "--out",
            str(folder / "out"),
            "--tier",
            tier,
        ]
        environment = {"TMPDIR": str(folder), "PATH": os.environ["PATH"], "HOME": str(folder)}
        arguments = command(user, sys.executable, *words, "--jobs", "1")
        with subprocess.Popen(arguments, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as grader:
            try:
                assert until(lambda: len(running("86355")) == 2), "the learner's processes never came up"
                everything = descendants(grader.pid)
                assert len(everything) >= 8
            finally:
                os.kill(grader.pid, signal.SIGKILL)
        assert until(lambda: all(gone(pid) for pid in everything), 20), [
            Path(f"/proc/{pid}/cmdline").read_bytes() for pid in everything if not gone(pid)
        ]
        assert running("86355") == []
        assert Path("/proc/mounts").read_text() == mounts
        left = [path for path in folder.iterdir() if path.name.startswith("ecslab-")]
        assert len(left) == 1
        # The next grader sweeps what the killed one left.
        again = command(user, sys.executable, "-I", "-c", SWEEP)
        subprocess.run(again, env=environment, cwd=ROOT, check=True, timeout=60)
        assert [path for path in folder.iterdir() if path.name.startswith("ecslab-")] == []


SWEEP = "from ecslab.grading.scratch import Scratch; Scratch().close()"
