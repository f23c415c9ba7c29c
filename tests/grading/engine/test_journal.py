"""The journal: what is in it is not graded again, what is not is, and nothing that was in it is thrown away."""

from __future__ import annotations

import sqlite3

import pytest

from ecslab import cli
from ecslab.grading import command
from ecslab.grading.engine import keys, pool
from ecslab.grading.engine.journal import Journal, JournalBusy
from ecslab.grading.engine.stored import dumped, loaded
from ecslab.grading.forkserver import ServerFailed
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.words import Notice
from tests.grading.conftest import files
from tests.grading.engine.conftest import submission

ALL = ["ann/one", "ann/two", "ben", "cho", "dan/one"]


@pytest.fixture
def run(toy, folder, tmp_path):
    """`ecslab grade` on the folder; gives what was graded in this run."""

    def ecslab(*more: str, code: int = command.DONE, out: str = "out") -> list[str]:
        toy.graded.clear()
        assert cli.main(["grade", str(folder), "--out", str(tmp_path / out), *more]) == code
        return sorted(toy.graded)

    return ecslab


def gradings(out):
    with Journal(out / "journal.sqlite") as journal:
        return {row.result.name: row.gradings for row in journal.rows()}


def test_a_finished_run_started_again_grades_nothing_and_writes_the_same(run, tmp_path):
    assert run() == ALL
    first = files(tmp_path / "out")
    timings = (tmp_path / "out" / "timings.json").read_bytes()
    assert run() == []
    assert files(tmp_path / "out") == first
    assert (tmp_path / "out" / "timings.json").read_bytes() == timings
    assert set(gradings(tmp_path / "out").values()) == {1}
    assert not (tmp_path / "out" / "journal.sqlite-wal").exists()


def test_only_what_changed_is_graded(run, folder, tmp_path):
    run()
    (folder / "ben.ipynb").write_bytes(submission(8))
    (folder / "fay.ipynb").write_bytes(submission(9))
    (folder / "cho.ipynb").unlink()
    assert run() == ["ben", "fay"]
    assert "cho" not in (tmp_path / "out" / "results.json").read_text()
    resumed = files(tmp_path / "out")
    run(out="afresh")
    assert files(tmp_path / "afresh") == resumed


@pytest.mark.parametrize(
    ("more", "again"),
    [
        (["--regrade"], ALL),
        (["--regrade", "ann", "cho"], ["ann/one", "ann/two", "cho"]),
        (["--regrade", "ann/two"], ["ann/two"]),
        (["--seed", "7"], ALL),
        (["--cell-timeout", "5"], ALL),
        (["--jobs", "2"], []),
    ],
)
def test_what_is_graded_again(run, more, again):
    run()
    assert run(*more) == again


def test_regrade_of_nobody_is_a_clear_error(run, capsys):
    run()
    assert run("--regrade", "ann", "zoe", code=command.USAGE) == []
    assert "nothing was handed in by zoe" in capsys.readouterr().err


def test_another_lab_or_another_grader_grades_everything_again(run, monkeypatch):
    run()
    monkeypatch.setattr(keys, "program_key", lambda: "another")
    assert run() == ALL


def test_the_files_of_a_lab_belong_to_its_key(run, monkeypatch):
    real = keys._files
    run()
    monkeypatch.setattr(keys, "_files", lambda *found: real(*found) + "changed")
    assert run() == ALL


@pytest.mark.parametrize("after", range(6))
def test_an_interrupted_run_goes_on_where_it_was(run, toy, tmp_path, capsys, after):
    toy.stop_after = after
    code = command.INTERRUPTED if after < len(ALL) else command.DONE
    first = run(code=code)
    assert len(first) == after
    said = capsys.readouterr().err
    assert (f"interrupted: {after + 1} of 6 are graded and kept" in said) == (after < len(ALL))
    assert (tmp_path / "out" / "results.json").exists() == (after == len(ALL))
    toy.stop_after, toy.backwards = 10**9, True
    second = run()
    assert sorted(first + second) == ALL
    assert set(gradings(tmp_path / "out").values()) == {1}
    run(out="at-once")
    assert files(tmp_path / "at-once") == files(tmp_path / "out")


def test_a_regrade_that_is_interrupted_goes_on_too(run, toy):
    run()
    toy.stop_after = 2
    first = run("--regrade", code=command.INTERRUPTED)
    toy.stop_after = 10**9
    assert sorted(first + run()) == ALL


def test_what_failed_by_the_graders_fault_is_graded_again(run, toy, tmp_path):
    toy.stop_after, toy.stop = 3, ServerFailed
    first = run(code=command.FAILED)
    assert (tmp_path / "out" / "results.json").read_text().count("grader-failed") == 2
    toy.stop_after = 10**9
    assert sorted(first + run()) == ALL


def test_two_graders_on_one_folder(run, tmp_path, capsys):
    run()
    with Journal(tmp_path / "out" / "journal.sqlite"):
        assert run(code=command.USAGE) == []
        with pytest.raises(JournalBusy):
            Journal(tmp_path / "out" / "journal.sqlite")
    assert "another `ecslab grade` is at work in" in capsys.readouterr().err
    assert run() == []


def spoil(path, statement):
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


def overwritten(path):
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\x07" * 8192
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (lambda path: path.write_bytes(b"not a database" * 100), "damaged (file is not a database)"),
        (overwritten, "damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "damaged"),
        (lambda path: spoil(path, "PRAGMA user_version = 99"), "has the format 99, this ecslab has 1"),
        (lambda path: spoil(path, "PRAGMA application_id = 1"), "is not a journal of ecslab"),
    ],
)
def test_a_journal_that_cannot_be_used_is_set_aside(run, tmp_path, capsys, harm, says):
    run()
    first = files(tmp_path / "out")
    path = tmp_path / "out" / "journal.sqlite"
    harm(path)
    harmed = path.read_bytes()
    assert run() == ALL
    said = capsys.readouterr().err
    assert says in said
    assert "everything is graded anew" in said
    assert (tmp_path / "out" / "journal.unfit-1.sqlite").read_bytes() == harmed
    assert files(tmp_path / "out") == first
    assert run() == []


def test_a_row_that_was_changed_on_the_disk_is_graded_again(run, tmp_path):
    run()
    first = files(tmp_path / "out")
    path = tmp_path / "out" / "journal.sqlite"
    spoil(
        path, "UPDATE grade SET result = replace(result, '\"points\":1', '\"points\":2') WHERE name = 'cho'"
    )
    assert run() == ["cho"]
    assert files(tmp_path / "out") == first


def test_a_full_disk_is_said(run, monkeypatch, capsys):
    real = Journal._ask

    def full(self, statement, values=()):
        if statement.startswith("INSERT OR REPLACE"):
            raise sqlite3.OperationalError("database or disk is full")
        return real(self, statement, values)

    monkeypatch.setattr(Journal, "_ask", full)
    run(code=command.USAGE)
    assert "cannot be used any more (database or disk is full)" in capsys.readouterr().err


def test_results_come_back_as_they_were():
    whole = SubmissionResult(
        name="\u3042\ud800\x00",
        sha256="1",
        status="graded",
        lab="x",
        version=1,
        seed=2,
        checks=(CheckResult(id="1", points=1, points_max=2, passed=None, notice=Notice("a", {"b": "c"})),),
        notices=(Notice("d"),),
        calls=({"n": 1, "error": None},),
    )
    bare = SubmissionResult(name="a", sha256=None, status="refused")
    for result in (whole, bare):
        assert loaded(SubmissionResult, dumped(result)) == result
    for wrong in ("{}", "[]", '{"name": 1}', "1", '{"other": 2}'):
        with pytest.raises(ValueError, match="not a SubmissionResult"):
            loaded(SubmissionResult, wrong)


def test_the_default_is_a_pool_on_every_core(monkeypatch):
    options = []
    monkeypatch.setattr(command, "Pool", options.append)
    arguments = cli.parser(["ecslab.grading.command"]).parse_args(["grade", "x", "--out", "y"])
    command._engine(arguments, pool.Options(root=None, jobs=arguments.jobs or command.cores()))
    assert options[0].jobs == command.cores()
