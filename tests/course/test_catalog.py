"""The list of labs, and where the course is found."""

from __future__ import annotations

import pytest

from ecslab.course.catalog import Course
from ecslab.course.places import find_root, lab_folder
from ecslab.course.problem import CourseProblem
from tests.course.sources import write

HEAD = '[course]\ntitle = { en = "A", ja = "B" }\n'
ENTRY = HEAD + '[[lab]]\nslug = "99-small"\nchapter = "99"\nminutes = 5\nrequires = []\n'


@pytest.fixture
def root(tmp_path):
    (tmp_path / "course").mkdir()
    write(tmp_path / "course")
    (tmp_path / "course" / "course.toml").write_text(ENTRY, encoding="utf-8")
    return tmp_path


def spoil(root, before, after):
    path = root / "course" / "course.toml"
    assert before in ENTRY
    path.write_text(ENTRY.replace(before, after), encoding="utf-8")


def test_a_course_is_read(root):
    lab = Course.load(root).lab("99-small")
    assert (lab.points, lab.version, lab.minutes, lab.title["ja"]) == (2, 3, 5, "小さなラボ")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("minutes = 5\n", "", "`minutes` is missing"),
        ("minutes = 5", 'minutes = "5"', "`minutes` is missing or is not of type int"),
        ("requires = []", 'requires = ["01-none"]', "requires 01-none"),
        ("minutes = 5", "minutes = 5\npoints = 3", "unknown: points"),
        ("[course]", "[course", "is not TOML"),
        ('slug = "99-small"', 'slug = "98-gone"', "cannot be read"),
    ],
)
def test_what_is_wrong_is_told(root, before, after, told):
    spoil(root, before, after)
    with pytest.raises(CourseProblem, match=told):
        Course.load(root)


def test_a_lab_that_is_being_written_is_no_part_of_the_course_yet(root):
    (root / "course" / "course.toml").write_text(HEAD, encoding="utf-8")
    course = Course.load(root)
    assert (course.labs, course.unlisted()) == ((), ["99-small"])


def test_the_course_is_found_from_below_and_by_name(root, monkeypatch, tmp_path_factory):
    below = root / "labs" / "en"
    below.mkdir(parents=True)
    monkeypatch.delenv("ECSLAB_HOME", raising=False)
    assert find_root(below) == root.resolve()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.setenv("ECSLAB_HOME", str(root))
    assert find_root(elsewhere) == root
    monkeypatch.setenv("ECSLAB_HOME", str(elsewhere))
    with pytest.raises(CourseProblem, match="not here"):
        find_root(root)


def test_an_unknown_lab_names_those_that_there_are(root):
    with pytest.raises(CourseProblem, match=r"no lab '42-none'\. There are: 99-small"):
        lab_folder(root, "42-none")
    with pytest.raises(CourseProblem, match="There are: 99-small"):
        lab_folder(root, "../course/99-small")
