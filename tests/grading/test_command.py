"""`ecslab grade` on the command line: exit codes, bad input, and what it says."""

from __future__ import annotations

import json
import os

import pytest

from ecslab.grading import command
from ecslab.grading.engine import pool
from ecslab.grading.forkserver import ServerFailed
from tests.grading.books import blank, solved
from tests.grading.conftest import Graded


def metadata(book, **changes):
    book.data["metadata"]["ecslab"].update(changes)
    return book


def test_bad_submissions_are_worth_0_with_a_message(tmp_path, grade, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    contents = {
        "json": b"{}",
        "png": b"\x89PNG",
        "deep": b"[" * 200_000,
        "unknown-lab": metadata(solved(), lab="99-nothing").bytes(),
        "path-lab": metadata(solved(), lab="../../02-first-service").bytes(),
        "old": metadata(solved(), version=4000).bytes(),
        "twice": solved(lang="ja").double("answer-1").bytes(),
        "none": b"",
    }
    for name, content in contents.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    (folder / "link.ipynb").symlink_to("/etc/passwd")
    os.mkfifo(folder / "fifo.ipynb")
    assert grade(["grade", str(folder), "--out", str(tmp_path / "out")]) == command.DONE
    graded = Graded(tmp_path / "out")
    assert {name: graded.codes(name)[0] for name in graded.by_name} == {
        "deep": "not-notebook",
        "fifo": "not-regular",
        "json": "not-notebook",
        "link": "not-regular",
        "none": "not-notebook",
        "old": "unknown-version",
        "path-lab": "unknown-lab",
        "png": "not-notebook",
        "twice": "duplicate",
        "unknown-lab": "unknown-lab",
    }
    assert all(one["status"] == "refused" and one["points"] == 0 for one in graded.data["submissions"])
    assert graded.points("twice") == (0, 14)
    assert "キー answer-1" in graded["twice"]["notices"][0]["text"]
    said = capsys.readouterr()
    assert "10 refused" in said.out
    assert "refused: link: This is not a regular file" in said.out
    assert "root:" not in (tmp_path / "out" / "results.json").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{in}", "--out", "{out}", "--lab", "99-x"], "--lab 99-x: there is no such lab"),
        (["{in}/nothing.ipynb", "--out", "{out}"], "No such file or directory"),
        (["{in}", "--out", "{in}/out"], "is inside"),
        (["{in}", "--out", "{file}/out"], "Not a directory"),
    ],
)
def test_wrong_usage_is_one_clear_line(tmp_path, grade, capsys, arguments, message):
    (tmp_path / "in").mkdir()
    (tmp_path / "file").write_text("x")
    places = {"in": tmp_path / "in", "out": tmp_path / "out", "file": tmp_path / "file"}
    assert grade(["grade", *(one.format(**places) for one in arguments)]) == command.USAGE
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", [["--jobs", "0"], ["--cell-timeout", "0"], ["--timeout", "nan"], []])
def test_argparse_refuses_what_makes_no_sense(tmp_path, grade, wrong):
    with pytest.raises(SystemExit) as ended:
        grade(
            ["grade", str(tmp_path), *wrong] if not wrong else ["grade", str(tmp_path), "--out", "x", *wrong]
        )
    assert ended.value.code == command.USAGE


def test_a_grader_that_cannot_start_says_so(tmp_path, grade, capsys, monkeypatch):
    (tmp_path / "a.ipynb").write_bytes(blank().bytes())

    def fail(*_arguments):
        raise ServerFailed("the cloud fork server did not start (exit 1)")

    monkeypatch.setattr(pool, "ForkServer", fail)
    assert grade(["grade", str(tmp_path / "a.ipynb"), "--out", str(tmp_path / "out")]) == command.FAILED
    assert "the cloud fork server did not start" in capsys.readouterr().err


def test_a_worker_that_dies_loses_nothing(tmp_path, grade, monkeypatch):
    """The fork server of the workers is killed while it grades: the submission is graded by another."""
    (tmp_path / "a.ipynb").write_bytes(solved().bytes())
    real = pool.Pool._start
    killed = []

    def start(self, work):
        job = real(self, work)
        if not killed:
            killed.append(work.taken.name)
            self.servers["worker"]._process.kill()
            self.servers["worker"]._process.wait()
            job.forked.kill()
            job.forked.channel, there = type(job.forked.channel).pair()
            there.close()
        return job

    monkeypatch.setattr(pool.Pool, "_start", start)
    assert grade(["grade", str(tmp_path / "a.ipynb"), "--out", str(tmp_path / "out")]) == command.DONE
    assert Graded(tmp_path / "out").points("a") == (14, 14)
    assert killed == ["a"]


class Flaky:
    """A fork server whose process has ended without anybody noticing."""

    made = 0
    alive = True

    def __init__(self, kind: str, *_arguments: str) -> None:
        type(self).made += kind == "worker"

    def wait_ready(self) -> None:
        pass

    def fork(self) -> None:
        raise ConnectionResetError(104, "Connection reset by peer")

    def close(self) -> None:
        pass


def test_a_server_that_ends_again_and_again_is_given_up(tmp_path, grade, monkeypatch, capsys):
    (tmp_path / "a.ipynb").write_bytes(blank().bytes())
    monkeypatch.setattr(pool, "ForkServer", Flaky)
    assert grade(["grade", str(tmp_path / "a.ipynb"), "--out", str(tmp_path / "out")]) == command.FAILED
    assert "again and again" in capsys.readouterr().err
    assert Graded(tmp_path / "out").codes("a") == ["grader-failed"]
    assert Flaky.made == 3


def test_an_interrupted_run_says_how_to_go_on(tmp_path, grade, monkeypatch, capsys):
    (tmp_path / "a.txt").write_text("")
    (tmp_path / "b.ipynb").write_bytes(blank().bytes())
    arguments = ["grade", str(tmp_path / "a.txt"), str(tmp_path / "b.ipynb"), "--out", str(tmp_path / "out")]

    def interrupt(*_arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(pool, "ForkServer", interrupt)
        assert grade(arguments) == command.INTERRUPTED
    assert "1 of 2 are graded and kept" in capsys.readouterr().err
    assert not (tmp_path / "out" / "results.json").exists()
    assert grade(arguments) == command.DONE
    assert [one["status"] for one in Graded(tmp_path / "out").data["submissions"]] == ["refused", "graded"]


def test_the_time_of_a_submission_is_limited(tmp_path, grade):
    slow = solved().answer("answer-5", "import time; time.sleep(9)")
    (tmp_path / "slow.ipynb").write_bytes(slow.bytes())
    arguments = ["grade", str(tmp_path / "slow.ipynb"), "--out", str(tmp_path / "out"), "--timeout", "9"]
    assert grade(arguments) == command.DONE
    graded = Graded(tmp_path / "out")
    assert "out-of-time" in graded.codes("slow")
    points = {check["id"]: check["points"] for check in graded["slow"]["checks"]}
    assert points["1.1"] == 1
    assert points["7.1"] == 0
    assert graded["slow"]["checks"][-1]["notice"]["code"] == "not-run"


def test_timings_are_apart_and_complete(tmp_path, grade):
    (tmp_path / "a.ipynb").write_bytes(solved().bytes())
    assert grade(["grade", str(tmp_path / "a.ipynb"), "--out", str(tmp_path / "out")]) == command.DONE
    timings = json.loads((tmp_path / "out" / "timings.json").read_text())
    tasks = {f"task_{number}_s" for number in range(1, 8)}
    assert set(timings["a"]) == {"wall_s", "cpu_worker_s", "cpu_cloud_s", "cpu_kernel_s"} | tasks
    assert all(value > 0 for value in timings["a"].values())
    assert "wall_s" not in (tmp_path / "out" / "results.json").read_text()
