"""Shards: together they are the whole run, byte for byte; what does not fit is not merged."""

from __future__ import annotations

import pytest

from ecslab import cli
from ecslab.grading import command
from ecslab.grading.engine import keys
from ecslab.grading.engine.shards import shard_of
from ecslab.grading.intake import Taken
from tests.grading.conftest import files
from tests.grading.engine.conftest import submission

COUNT = 3


@pytest.fixture
def shard(toy, folder, tmp_path):
    def grade(number: int, *more: str, of: int = COUNT, out: str = "", code: int = command.DONE) -> str:
        place = str(tmp_path / (out or f"s{number}"))
        assert cli.main(["grade", str(folder), "--out", place, "--shard", f"{number}/{of}", *more]) == code
        return place

    return grade


@pytest.fixture
def merge(tmp_path, capsys):
    def put(*places: str, code: int = command.DONE) -> str:
        capsys.readouterr()
        assert cli.main(["merge", *places, "--out", str(tmp_path / "merged")]) == code
        return capsys.readouterr().err

    return put


def test_shards_merged_are_one_run(shard, merge, toy, folder, tmp_path):
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "whole")]) == command.DONE
    toy.graded.clear()
    places = [shard(number) for number in (3, 1, 2)]
    assert sorted(toy.graded) == ["ann/one", "ann/two", "ben", "cho", "dan/one"]
    merge(*places)
    assert files(tmp_path / "merged") == files(tmp_path / "whole")
    toy.graded.clear()
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "merged")]) == command.DONE
    assert toy.graded == [], "a merged run goes on as any other"


def test_a_learner_stays_together_and_where_they_are():
    names = [f"learner-{number}/{lab}" for number in range(1000) for lab in ("a", "b")]
    where = {name: shard_of(Taken(name=name), 4) for name in names}
    assert all(where[f"{one}/a"] == where[f"{one}/b"] for one in {name.partition("/")[0] for name in names})
    sizes = [list(where.values()).count(number) for number in (1, 2, 3, 4)]
    assert sum(sizes) == 2000
    assert min(sizes) > 400
    assert (where["learner-0/a"], where["learner-1/a"], where["learner-2/a"]) == (4, 4, 2), "for ever"


def test_missing_and_double_shards(shard, merge, tmp_path):
    one, two, three = (shard(number) for number in (1, 2, 3))
    assert "missing: shard 1/3, 3/3" in merge(two, code=command.USAGE)
    assert "shard 2/3 is there twice" in merge(one, two, two, three, code=command.USAGE)
    assert "there is no journal.sqlite here" in merge(one, str(tmp_path), code=command.USAGE)
    assert "is one of the shards" in merge(one, two, three, str(tmp_path / "merged"), code=command.USAGE)
    assert not (tmp_path / "merged").exists()


def test_shards_that_were_graded_differently(shard, merge, folder, monkeypatch):
    one, two = shard(1), shard(2)
    assert "seed None and 5" in merge(one, two, shard(3, "--seed", "5", out="a"), code=command.USAGE)
    assert "of 3 and of 4 shards" in merge(one, two, shard(3, of=4, out="b"), code=command.USAGE)
    (folder / "new.ipynb").write_bytes(submission(3))
    assert "different sets" in merge(one, two, shard(3, out="c"), code=command.USAGE)
    (folder / "new.ipynb").unlink()
    real = keys._files
    with monkeypatch.context() as patch:
        patch.setattr(keys, "_files", lambda *found: real(*found)[::-1])
        other = shard(3, out="d")
    assert "different" in merge(one, two, other, code=command.USAGE)
    monkeypatch.setattr(keys, "program_key", lambda: "0")


def test_a_shard_that_is_not_finished(shard, merge, toy):
    one, two = shard(1), shard(2)
    toy.stop_after = len(toy.graded)
    three = shard(3, code=command.INTERRUPTED)
    assert "are not graded yet" in merge(one, two, three, code=command.USAGE)
    toy.stop_after = 10**9
    assert not merge(one, two, shard(3))


def test_a_damaged_shard(shard, merge, tmp_path):
    places = [shard(number) for number in (1, 2, 3)]
    (tmp_path / "s2" / "journal.sqlite").write_bytes(b"x" * 5000)
    assert "is damaged" in merge(*places, code=command.USAGE)
    assert (tmp_path / "s2" / "journal.sqlite").exists()


def test_a_folder_of_another_shard_is_left_alone(shard, capsys):
    place = shard(1)
    capsys.readouterr()
    shard(2, out="s1", code=command.USAGE)
    assert "is of shard 1/3: choose another --out for shard 2/3" in capsys.readouterr().err
    assert shard(1) == place


@pytest.mark.parametrize("wrong", ["0/3", "4/3", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_a_shard_that_makes_no_sense(wrong, tmp_path):
    with pytest.raises(SystemExit) as ended:
        cli.main(["grade", str(tmp_path), "--out", str(tmp_path / "o"), "--shard", wrong])
    assert ended.value.code == command.USAGE
