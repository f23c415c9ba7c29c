"""Text fits a terminal and stays in its columns, full-width characters too."""

from __future__ import annotations

from ecsim.view import cluster_map, cost, events, timeline, why
from ecsim.view.rendering import COLUMNS, clipped, padded, table, width, wrapped


def test_width_counts_full_width_twice():
    assert [width(t) for t in ("web", "タスク", "サービス web", "か\u3099")] == [3, 6, 12, 2]


def test_padding_and_clipping_by_columns():
    assert padded("タスク", 8) == "タスク  "
    assert padded("タスク", 5) == "タス~"
    assert width(padded("タスク", 4)) == 4
    assert clipped("deployment", 6) == "deplo~"


def test_table_columns_begin_at_the_same_place():
    lines = table([("タスク", "x", "1"), ("web", "yy", "2")])
    assert lines == ["タスク  x   1", "web     yy  2"]


def test_wrapping_indents_and_keeps_punctuation_off_the_line_start():
    assert wrapped("one two three", first="> ", columns=8) == ["> one", "  two", "  three"]
    lines = wrapped("あいうえお、かきく。", columns=10)
    assert lines[0].endswith("、") or not lines[1].startswith("、")
    assert "".join(lines) == "あいうえお、かきく。"


def _views(picture, lang):
    yield cluster_map(picture, lang)
    yield timeline(picture, "web", lang)
    yield why(picture, "web", lang)
    yield events(picture, "web", lang)
    yield cost(picture, lang)


def test_no_line_is_wider_than_a_terminal(story, lang):
    for view in _views(story, lang):
        for line in view.text.splitlines():
            longest = max((width(word) for word in line.split()), default=0)
            assert width(line) <= COLUMNS or longest > COLUMNS - 16, line


def test_no_line_ends_with_blanks(story, lang):
    for view in _views(story, lang):
        assert all(line == line.rstrip() for line in view.text.splitlines())


def test_a_view_prints_as_its_text(story, lang):
    view = cluster_map(story, lang)
    assert str(view) == repr(view) == view.text
    assert view._repr_html_() == view.html
