"""Both languages say the same."""

from pathlib import Path

import pytest

from ecslab.site.pages import head
from ecslab.site.parity import differences, source_hash

ROOT = Path(__file__).parents[2]
ENGLISH = sorted((ROOT / "docs" / "en").rglob("*.md"))
CHAPTERS = [path for path in ENGLISH if path.parent.name == "en" and path.name[0].isdigit()]


def japanese(path):
    return ROOT / "docs" / "ja" / path.relative_to(ROOT / "docs" / "en")


def test_both_languages_have_the_same_files():
    ja = sorted(path.relative_to(ROOT / "docs" / "ja") for path in (ROOT / "docs" / "ja").rglob("*.md"))
    assert ja == [path.relative_to(ROOT / "docs" / "en") for path in ENGLISH]


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.name)
def test_headings_code_quizzes_and_pictures_are_the_same(path):
    assert differences(path.read_text("utf-8"), japanese(path).read_text("utf-8")) == []


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_a_translation_says_of_which_text_it_is_one(path):
    """`python -m ecslab.site stamp`, when both say the same again."""
    assert head(japanese(path).read_text("utf-8")).get("source") == source_hash(path.read_text("utf-8"))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.name)
def test_a_chapter_tells_its_length_and_what_it_is_about(path):
    for page in (path, japanese(path)):
        found = head(page.read_text("utf-8"))
        assert isinstance(found.get("minutes"), int)
        assert found.get("description")


@pytest.mark.parametrize(
    ("en", "ja", "said"),
    [
        ("## A { #a }\n", "## A { #b }\n", "headings"),
        ("## A { #a }\n", "### A { #a }\n", "headings"),
        ("## A\n", "## A\n", "heading without id"),
        ("```python\nx = 1  # one\n```\n", "```python\nx = 2  # 一\n```\n", "code"),
        ("```output\n# 1\n```\n", "```output\n# 2\n```\n", "code"),
        ("!!! onaws\n    x\n", "!!! note\n    x\n", "boxes"),
        ("x { .operate }\n", "x { .develop }\n", "marks"),
        ("```lab\na\n```\n", "```lab\nb\n```\n", "fences"),
        (
            "```quiz\nid: a\noptions: [{right: true}, {}]\n```\n",
            "```quiz\nid: a\noptions: [{}, {right: true}]\n```\n",
            "fences",
        ),
    ],
)
def test_a_difference_is_told(en, ja, said):
    assert any(said in line for line in differences(en, ja))


def test_comments_and_words_may_differ():
    en = "## A { #a }\n\n```python\nx = 1  # one\n```\n"
    ja = "## あ { #a }\n\n```python\nx = 1  # 一\n```\n"
    assert differences(en, ja) == []


def test_what_programs_printed_does_not_make_a_translation_old():
    page = "Text.\n\n```console\n$ aws x\n{}\n```\n```output\n{}\n```\n"
    assert source_hash(page.format("1", "2")) == source_hash(page.format("3", "4"))
    assert source_hash("Text.") != source_hash("Text!")
