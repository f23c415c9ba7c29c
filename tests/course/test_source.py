"""Reading a lab.md: what is right is read, and what is wrong is told with its line, its key and a remedy."""

from __future__ import annotations

import pytest

from ecslab.course.problem import CourseProblem
from ecslab.course.source import Role, read
from tests.course.sources import CODE, HEAD, INTRO, SMALL, write


def test_a_lab_is_read(tmp_path):
    lab = read(write(tmp_path))
    assert (lab.slug, lab.version, lab.seed, lab.points) == ("99-small", 3, 5, 2)
    assert [(cell.key, cell.role) for cell in lab.cells] == [
        ("intro", Role.PROSE),
        ("start", Role.GIVEN),
        ("answer", Role.ANSWER),
        ("check", Role.CHECK),
    ]
    assert lab.cells[0].prose == {"en": "# Small {{ port }}", "ja": "# 小さなラボ {{ port }}"}
    assert lab.cells[2].answer.starter == "kept = 1\nfound = None"
    assert lab.cells[2].answer.solution == "kept = 1\nfound = kept + 1"
    assert (lab.cells[3].check, lab.cells[3].points) == ("1.1", 2)


def test_a_cell_remembers_its_line(tmp_path):
    lab = read(write(tmp_path))
    lines = SMALL.split("\n")
    assert [lines[cell.line - 1][:3] for cell in lab.cells] == ["+++", "```", "```", "```"]


SPOILED = {
    "no front matter": (HEAD, "", "front matter has no `ecslab: lab:`", None),
    "points that do not add up": (
        "points: 2\n  title",
        "points: 3\n  title",
        "check cells have 2 points, the front matter says 3",
        None,
    ),
    "a title in one language": (
        "{en: Small, ja: 小さなラボ}",
        "{en: Small}",
        "title is needed in en and ja",
        None,
    ),
    "a folder of another name": (
        "lab: 99-small",
        "lab: 98-other",
        "called '98-other' but its folder is '99-small'",
        None,
    ),
    "an unknown setting": (
        "  seed: 5\n",
        "  seed: 5\n  seeds: 6\n",
        "unknown in the front matter: seeds",
        None,
    ),
    "a missing translation": (
        '+++ {"key": "intro", "role": "prose", "lang": "ja"}\n\n# 小さなラボ {{ port }}\n',
        "",
        "only there in: en",
        "intro",
    ),
    "the same language twice": ('"lang": "ja"', '"lang": "en"', "only there in: en", "intro"),
    "a third language": ('"lang": "ja"', '"lang": "de"', "a prose cell is Markdown with a lang", "intro"),
    "a key twice": (":key: check\n", ":key: answer\n", "the key is used twice", "answer"),
    "a key that is no id": (":key: check\n", ":key: check.1\n", "a cell needs a key, not 'check.1'", None),
    "no key": (":key: check\n", "", "a cell needs a key, not None", None),
    "an unknown role": (":role: given", ":role: gift", "no such role: 'gift'", "start"),
    "unknown metadata": (":role: given\n", ":role: given\n:point: 1\n", "unknown metadata: point", "start"),
    "code with a language": (":role: given\n", ":role: given\n:lang: en\n", "code is written once", "start"),
    "points where none are": (
        ":role: given\n",
        ":role: given\n:points: 1\n",
        "only check cells have points",
        "start",
    ),
    "a check without points": (":points: 2\n", "", "a check cell says its points", "check"),
    "a check that checks nothing": ('lab.check("1.1", answer=found)', "found", "calls lab.check", "check"),
    "an answer without a region": (
        "### solution\nfound = kept + 1\n### starter\nfound = None\n### end\n",
        "x = 1\n",
        "without a `### solution` region",
        "answer",
    ),
    "a region that never ends": ("### end\n", "", "this region has no `### end`", "answer"),
    "a starter without a solution": ("### solution\n", "", "`### starter` without", "answer"),
    "metadata that is no JSON": (
        '{"key": "intro", "role": "prose", "lang": "en"}',
        '{"key": }',
        "could not be read",
        None,
    ),
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_wrong_is_told(tmp_path, name):
    before, after, told, key = SPOILED[name]
    assert before in SMALL, "the spoiler does not fit the lab any more"
    path = write(tmp_path, SMALL.replace(before, after, 1))
    with pytest.raises(CourseProblem) as caught:
        read(path)
    problem = caught.value
    assert told in problem.what
    assert problem.key == key
    assert problem.remedy
    assert str(path) in str(problem)


def test_the_line_of_a_problem_in_a_region_is_the_regions(tmp_path):
    text = SMALL.replace("### end\n", "")
    with pytest.raises(CourseProblem) as caught:
        read(write(tmp_path, text))
    assert text.split("\n")[caught.value.line - 1 : caught.value.line + 4].count("### solution") == 1


def test_two_cells_for_one_check_are_told(tmp_path):
    extra = (
        CODE[CODE.index("```{code-cell} ipython3\n:key: check") :]
        .replace(":key: check", ":key: again")
        .replace("points: 2", "points: 0")
    )
    with pytest.raises(CourseProblem, match="runs in more than one cell"):
        read(write(tmp_path, SMALL + "\n" + extra))


def test_a_lab_that_is_not_there(tmp_path):
    with pytest.raises(CourseProblem, match="cannot be read"):
        read(tmp_path / "lab.md")


def test_a_starter_may_be_left_out(tmp_path):
    path = write(tmp_path, SMALL.replace("### starter\nfound = None\n", ""))
    assert read(path).cells[2].answer.starter == "kept = 1\n# Your code here"


def test_a_region_inside_a_block_keeps_its_indent(tmp_path):
    text = SMALL.replace(
        "### solution\nfound = kept + 1\n### starter\nfound = None\n### end\n",
        "if kept:\n    ### solution\n    found = 2\n    ### end\n    pass\n",
    )
    assert (
        read(write(tmp_path, text)).cells[2].answer.starter
        == "kept = 1\nif kept:\n    # Your code here\n    pass"
    )


def test_the_pieces_are_a_lab():
    assert SMALL == HEAD + INTRO + CODE
