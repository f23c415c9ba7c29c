"""Graders and workers killed with -9 at random moments: the run goes on, and ends with the same bytes."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from ecslab.grading import command
from ecslab.grading.engine.journal import Journal
from ecslab.grading.scratch import PREFIX, Scratch, place, sweep
from tests.grading.books import ROOT, blank, solved
from tests.grading.conftest import Graded, files
from tests.grading.engine.victim import KINDS

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
KILLS = 20
SEED = 20_260_401
NAMES = ("ann", "ben", "dan")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A few submissions; the last one is refused."""
    into = tmp_path_factory.mktemp("in")
    for name, book in (("ann", solved()), ("ben", blank())):
        (into / f"{name}.ipynb").write_bytes(book.bytes())
    (into / "dan.ipynb").write_bytes(b"{")
    return into


@pytest.fixture(scope="module")
def warm(kept_servers):
    """The fork servers by kind."""
    servers = {kind: kept_servers(kind, *([str(ROOT)] if kind == "cloud" else [])) for kind in KINDS}
    for server in servers.values():
        server.wait_ready()
    return servers


@pytest.fixture(scope="module")
def whole(folder, grade, warm, tmp_path_factory):
    """A run that nobody disturbed, and how long it took."""
    out = tmp_path_factory.mktemp("whole")
    began = time.monotonic()
    assert grade(["grade", str(folder), "--out", str(out), "--jobs", "2"]) == command.DONE
    assert [Graded(out).points(name)[0] for name in NAMES] == [14, 0, 0]
    return files(out), time.monotonic() - began


def gradings(out):
    with Journal(out / "journal.sqlite") as journal:
        return {row.result.name: row.gradings for row in journal.rows()}


@pytest.fixture
def victim(warm, folder, tmp_path, monkeypatch):
    """Start `ecslab grade` in a process of its own, with temporary folders of its own."""
    monkeypatch.setenv("TMPDIR", tempfile.mkdtemp(dir=place()))
    started: list[subprocess.Popen] = []

    def start(out: Path, jobs: int = 2) -> subprocess.Popen:
        numbers = [warm[kind].requests.fileno() for kind in KINDS]
        words = ["grade", str(folder), "--out", str(out), "--jobs", str(jobs)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.grading.engine.victim", *map(str, numbers), *words],
            pass_fds=numbers,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stderr.close()
    Path(os.environ["TMPDIR"]).rmdir()


def finished(process: subprocess.Popen) -> str:
    _, said = process.communicate(timeout=600)
    assert process.returncode == command.DONE, said.decode()
    return said.decode()


def kill_after(process: subprocess.Popen, seconds: float) -> bool:
    """Whether it was still there to be killed."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.communicate()
    return process.returncode == -signal.SIGKILL


@linux
@pytest.mark.slow
def test_a_grader_killed_again_and_again(victim, whole, tmp_path):
    """Each run is killed, resumed, killed, ... until it ends; then the next begins."""
    expected, takes = whole
    chance = random.Random(SEED)
    kills, ends, had = 0, 0, 0
    while kills < KILLS or had:
        out = tmp_path / f"out-{ends}"
        process = victim(out)
        if kills < KILLS:
            if kill_after(process, chance.uniform(0.2, 0.5 + takes)):
                kills += 1
                if (out / "journal.sqlite").exists():
                    now = gradings(out)
                    assert set(now.values()) <= {1}
                    assert len(now) >= had, "what was graded is lost"
                    had = len(now)
                continue
            assert process.returncode == command.DONE
        else:
            finished(process)
        assert files(out) == expected
        assert gradings(out) == dict.fromkeys(NAMES, 1)
        ends, had = ends + 1, 0
    assert ends > 0


@linux
def test_a_killed_grader_goes_on_and_leaves_no_folder(victim, whole, tmp_path):
    """Killed as soon as it has graded one: that one is not graded again."""
    expected, _ = whole
    process = victim(tmp_path / "out", 1)
    while b"graded 1" not in (line := process.stderr.readline()):
        assert line, "it ended"
    assert kill_after(process, 0)
    left = list(Path(os.environ["TMPDIR"]).glob(f"{PREFIX}*"))
    assert len(left) == 1
    had = gradings(tmp_path / "out")
    assert len(had) == 2
    said = finished(victim(tmp_path / "out"))
    assert f"{len(had)} of 3 need no grading" in said
    assert files(tmp_path / "out") == expected
    assert gradings(tmp_path / "out") == dict.fromkeys(NAMES, 1)
    assert not left[0].exists()


@linux
@pytest.mark.slow
def test_ctrl_c_stops_cleanly(victim, whole, tmp_path):
    process = victim(tmp_path / "out")
    while b"need no grading" not in (line := process.stderr.readline()):
        assert line, "it ended"
    time.sleep(0.2)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=120)
    assert process.returncode == command.INTERRUPTED
    assert b"To go on, run the same command again." in said
    assert b"Traceback" not in said
    finished(victim(tmp_path / "out"))
    assert files(tmp_path / "out") == whole[0]


class Killer(threading.Thread):
    """Kills one process of one kind at a moment."""

    def __init__(self, server, seconds: float, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.server, self.seconds, self.chance = server, seconds, chance
        self.killed: list[int] = []

    def run(self) -> None:
        time.sleep(self.seconds)
        guards = children(self.server)
        found = [*guards, *(pid for guard in guards for pid in children(guard))]
        if found:
            pid = self.chance.choice(sorted(found))
            self.killed.append(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                self.killed.clear()


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@linux
@pytest.mark.slow
def test_workers_and_clouds_killed_at_random_moments(folder, whole, grade, warm, tmp_path):
    """One process a run: a worker, a cloud, or what guards one of them."""
    expected, takes = whole
    chance = random.Random(SEED)
    kills = 0
    for number in range(3 * KILLS):
        kind = chance.choice(["worker", "cloud"])
        killer = Killer(warm[kind]._process.pid, chance.uniform(0.0, takes), chance)
        killer.start()
        out = tmp_path / f"out-{number}"
        assert grade(["grade", str(folder), "--out", str(out), "--jobs", "2"]) == command.DONE
        killer.join()
        kills += len(killer.killed)
        assert files(out) == expected, (number, kind, killer.seconds)
        assert set(gradings(out).values()) == {1}
        if kills == KILLS:
            return
    pytest.fail(f"only {kills} kills hit")


def test_a_folder_swept_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    """Another grader sweeps between the making of a folder and its lock."""
    monkeypatch.setattr("ecslab.grading.scratch.place", lambda: tmp_path)
    real, swept = tempfile.mkdtemp, []

    def mkdtemp(**options):
        made = real(**options)
        if not swept:
            swept.extend(sweep(tmp_path))
            assert swept == [Path(made).name]
        return made

    monkeypatch.setattr(tempfile, "mkdtemp", mkdtemp)
    scratch = Scratch()
    assert (scratch.next() / "..").resolve() == scratch.folder
    scratch.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_while_it_is_removed_goes_too(tmp_path, monkeypatch):
    """A process of a grader that was killed writes into the folder until it ends."""
    monkeypatch.setattr("ecslab.grading.scratch.place", lambda: tmp_path)
    dead = Scratch()
    inside = dead.next()
    os.close(dead._lock)
    real, times = shutil.rmtree, []

    def rmtree(path, **options):
        real(path, **options)
        if len(times) < 3:
            times.append(path)
            inside.mkdir()
            (inside / "late").write_text("")

    monkeypatch.setattr(shutil, "rmtree", rmtree)
    assert sweep(tmp_path) == [dead.folder.name]
    assert times == [inside] * 3
    assert list(tmp_path.iterdir()) == []


def test_folders_of_the_dead_are_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("ecslab.grading.scratch.place", lambda: tmp_path)
    alive = Scratch()
    (alive.next() / "x").write_text("")
    dead = Scratch()
    dead.next()
    os.close(dead._lock)
    (tmp_path / "ecslab-of-somebody-else").mkdir()
    (tmp_path / "ecslab-link").symlink_to(tmp_path / "ecslab-of-somebody-else")
    (tmp_path / "ecslab-file").write_text("")
    assert sweep(tmp_path) == [dead.folder.name]
    assert alive.folder.is_dir()
    assert (tmp_path / "ecslab-of-somebody-else").is_dir()
    (tmp_path / ".ecslab-new-before-its-lock").mkdir()
    half = tmp_path / ".ecslab-new-before-its-name"
    half.mkdir()
    (half / "lock").touch()
    assert sweep(tmp_path) == [".ecslab-new-before-its-lock", half.name]
    alive.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "ecslab-file",
        "ecslab-link",
        "ecslab-of-somebody-else",
    ]
