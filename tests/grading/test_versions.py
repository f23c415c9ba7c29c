"""Last week's notebook is graded as it was handed out last week."""

from __future__ import annotations

import json
import shutil

import pytest

from ecslab.cli import main
from ecslab.course.editions import FILES, bump, editions, missing
from ecslab.course.manifest import manifest_path
from ecslab.course.problem import CourseProblem
from ecslab.grading import command
from ecslab.grading.engine.keys import Keys
from ecslab.grading.engine.work import Authority, Options, Work
from ecslab.grading.intake import Shelf, Taken
from tests.grading.books import FIRST, ROOT, solved
from tests.grading.conftest import Graded


@pytest.fixture
def course(tmp_path):
    """A course with one lab, which may be changed."""
    root = tmp_path / "course-of-mine"
    shutil.copytree(
        ROOT / "course" / FIRST, root / "course" / FIRST, ignore=shutil.ignore_patterns("__pycache__")
    )
    (root / "solutions" / "manifests").mkdir(parents=True)
    shutil.copy(manifest_path(ROOT, FIRST, 1), manifest_path(root, FIRST, 1))
    text = (ROOT / "course" / "course.toml").read_text(encoding="utf-8")
    head, first, *_ = text.split("[[lab]]")
    (root / "course" / "course.toml").write_text(f"{head}[[lab]]{first}", encoding="utf-8")
    return root


def second_version(root):
    """Version 2, in which check 1.1 wants a cluster named mall and is worth 3 points."""
    bump(root, FIRST)
    folder = root / "course" / FIRST
    checks = (folder / "checks.py").read_text(encoding="utf-8")
    assert '@check("1.1", points=1)' in checks
    changed = checks.replace('@check("1.1", points=1)', '@check("1.1", points=3)').replace('"shop"', '"mall"')
    (folder / "checks.py").write_text(changed, encoding="utf-8")
    manifest = json.loads(manifest_path(root, FIRST, 1).read_text(encoding="utf-8"))
    manifest.update(version=2, points=16)
    for cell in manifest["cells"]:
        if cell.get("check") == "1.1":
            cell.update(points=3, line="[pass] 1.1 (3/3 points)")
    manifest_path(root, FIRST, 2).write_text(json.dumps(manifest), encoding="utf-8")


def of_version(number):
    book = solved()
    book.data["metadata"]["ecslab"]["version"] = number
    return book.bytes()


def test_each_version_by_its_own_checks(course, tmp_path, grade, monkeypatch):
    second_version(course)
    monkeypatch.setenv("ECSLAB_HOME", str(course))
    (tmp_path / "in").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "in" / f"v{number}.ipynb").write_bytes(of_version(number))
    assert grade(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == command.DONE
    graded = Graded(tmp_path / "out")
    assert graded.points("v1") == (14, 14)
    assert "older-version" in graded.codes("v1")
    assert graded["v2"]["checks"][0]["points_max"] == 3
    assert graded["v2"]["checks"][0]["mistake"] == "no-cluster"
    assert "older-version" not in graded.codes("v2")
    assert graded["v3"]["notices"][0]["text"].endswith("here; there are: 1, 2.")
    assert graded.points("v3") == (0, 0)


def test_bump_keeps_everything_and_counts_up(course, capsys, monkeypatch):
    monkeypatch.setenv("ECSLAB_HOME", str(course))
    assert main(["bump", FIRST]) == 0
    kept = course / "course" / FIRST / "versions" / "1"
    assert str(kept) in capsys.readouterr().out
    for name in FILES:
        assert (kept / name).read_bytes() == (ROOT / "course" / FIRST / name).read_bytes()
    assert (kept / "manifest.json").read_bytes() == manifest_path(ROOT, FIRST, 1).read_bytes()
    text = (course / "course" / FIRST / "lab.md").read_text(encoding="utf-8")
    assert "\n  version: 2\n" in text
    assert text.replace("version: 2", "version: 1", 1) == (kept / "lab.md").read_text(encoding="utf-8")
    assert list(editions(course, FIRST)) == [1]  # version 2 is not built yet
    with pytest.raises(CourseProblem, match="ecslab build"):
        bump(course, FIRST)


def test_a_version_that_is_not_kept_is_missed(course):
    second_version(course)
    assert missing(course, FIRST) == []
    shutil.rmtree(course / "course" / FIRST / "versions")
    assert missing(course, FIRST) == [1]


def test_the_instructors_folder_has_more_versions_but_changes_none(course, tmp_path):
    second_version(course)
    mine = tmp_path / "mine"
    shutil.copytree(course / "course" / FIRST / "versions" / "1", mine / FIRST / "1")
    shutil.copytree(course / "course" / FIRST / "versions" / "1", mine / FIRST / "7")
    (mine / FIRST / "8").mkdir()
    found = editions(course, FIRST, [mine])
    assert list(found) == [1, 2, 7]
    assert found[1].folder == course / "course" / FIRST / "versions" / "1"
    assert found[7].folder == mine / FIRST / "7"


def test_a_kept_version_is_in_the_key_of_its_grades_only(course, tmp_path):
    second_version(course)

    def keys():
        options = Options(root=course)
        made = {}
        for number in (1, 2):
            with Shelf() as shelf:
                taken = Taken(name="a", content=shelf.keep(of_version(number)))
                work = Authority(options).prepare(taken)
                assert isinstance(work, Work)
                made[number] = Keys(options).of(taken, work)
        return made

    before = keys()
    old = course / "course" / FIRST / "versions" / "1" / "checks.py"
    old.write_text(old.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    after = keys()
    assert after[1] != before[1]
    assert after[2] == before[2]


def test_a_folder_that_is_not_there_is_said(tmp_path, capsys, grade):
    (tmp_path / "a.ipynb").write_bytes(solved().bytes())
    arguments = [
        "grade",
        str(tmp_path / "a.ipynb"),
        "--out",
        str(tmp_path / "out"),
        "--versions",
        str(tmp_path / "x"),
    ]
    assert grade(arguments) == command.USAGE
    assert "is not a folder" in capsys.readouterr().err
