"""What a submission may use in all: each limit ends what exceeds it, is said to the learner, and costs nobody else.

One run of the grader for each tier and user; every submission is solved except for one cell that takes too much.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from pathlib import Path

import pytest

from ecslab.grading.jail import reach
from tests.grading.books import solved
from tests.grading.jail.users import ROOT, USERS, folder_of, need, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")

MEMORY = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        mine = b"x" * (512 * 2**20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""
ONE_PROCESS = "mine = bytearray(4 * 2**30)"
BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
MANY_FILES = """
for number in range(1000):
    with open(f"file-{number}", "wb") as file:
        file.write(bytes(2**20))
import time
time.sleep(2)
"""
FLOOD = "while True: print('x' * 1000)"
RAW_FLOOD = """
kernel = get_ipython().kernel
socket = kernel.iopub_socket
while True:
    socket.send_multipart([b"stream", b"x" * 1_000_000])
"""
CLOUD = """
logs = boto3.client("logs")
logs.create_log_group(logGroupName="/flood")
for number in range(100_000):
    logs.create_log_stream(logGroupName="/flood", logStreamName=f"{number}")
    events = [{"timestamp": 1_700_000_000_000 + n, "message": "x" * 200_000} for n in range(5)]
    logs.put_log_events(logGroupName="/flood", logStreamName=f"{number}", logEvents=events)
"""
BEHIND = """
import os, subprocess
subprocess.Popen(["sleep", "86377"], start_new_session=True)
if os.fork() == 0:
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "86377"])
    os._exit(0)
os.kill(os.getppid(), 9)
"""
GREEDY = {
    "memory": (MEMORY, "limit-memory"),
    "one-process": (ONE_PROCESS, "cell-memory"),
    "bomb": (BOMB, None),
    "files": (MANY_FILES, None),
    "flood": (FLOOD, "cell-output"),
    "raw-flood": (RAW_FLOOD, "limit-output"),
    "behind": (BEHIND, None),
}
TELLS = {
    "bomb": {"limit-processes", "limit-memory", "cell-timeout", "cell-failed", "kernel-died"},
    "flood": {"cell-output", "limit-output", "cell-timeout", "kernel-died"},
    "raw-flood": {"limit-output", "limit-memory", "cell-timeout", "kernel-died"},
    "files": {"limit-disk", "cell-disk"},
    "behind": {"cell-failed", "kernel-died"},
}
CELL_S = 6


def greedy(user: str, tier: str) -> dict:
    """Who takes too much; without the bomb where Linux exempts the jail's user, root, from the limit of processes."""
    unbounded = (user, tier) == ("root", "landlock") and not reach.open_to_others()
    return {name: one for name, one in GREEDY.items() if name != "bomb" or not unbounded}


@cache
def graded(user: str, tier: str) -> dict:
    need(tier)
    with folder_of(user) as folder:
        (folder / "in").mkdir()
        (folder / "in").chmod(0o755)
        for name, (source, _) in greedy(user, tier).items():
            (folder / "in" / f"{name}.ipynb").write_bytes(solved().answer("answer-5", source).bytes())
        (folder / "in" / "honest.ipynb").write_bytes(solved().bytes())
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
        more = ["--jobs", "2", "--cell-timeout", str(CELL_S)]
        environment = {"TMPDIR": str(folder), "PATH": os.environ["PATH"], "HOME": str(folder)}
        done = run(user, sys.executable, *words, *more, cwd=ROOT, timeout=400, env=environment)
        assert done.returncode == 0, done.stderr
        data = json.loads((folder / "out" / "results.json").read_text())
        data["left"] = [path.name for path in folder.iterdir() if path.name.startswith("ecslab-")]
        return data


def of(data: dict, name: str) -> dict:
    return next(one for one in data["submissions"] if one["name"] == name)


CASES = [(user, tier) for user in USERS for tier in ("namespaces", "landlock")]


@pytest.mark.slow
@pytest.mark.parametrize(("user", "tier"), CASES)
def test_limits(user, tier):
    data = graded(user, tier)
    assert data["isolation"] == tier
    assert data["left"] == []
    wrong = {}
    for name, (_, code) in greedy(user, tier).items():
        one = of(data, name)
        codes = {notice["code"] for notice in one["notices"]}
        points = {check["id"]: check["points"] for check in one["checks"]}
        said = bool(codes & (TELLS.get(name) or {code}))
        if not said or one["status"] != "graded" or [points[n] for n in ("4.1", "5.1", "6.1")] != [3, 0, 2]:
            wrong[name] = (points, one["notices"])
    assert wrong == {}
    assert of(data, "honest")["points"] == 14
    assert of(data, "honest")["notices"] == []
    assert not running("86377")


def running(word: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if word.encode() in words:
                found.append(entry.name)
    return found
