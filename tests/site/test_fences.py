import re
import xml.etree.ElementTree as ET

import markdown
import pytest
import yaml

from ecslab.site.fences import project_folder
from ecslab.site.fences.code import console, exchanges
from ecslab.site.fences.diagram import diagram
from ecslab.site.fences.diagram.layout import place, text_width, wrap
from ecslab.site.fences.diagram.picture import parse
from ecslab.site.fences.diagram.route import _crosses, _segments, route
from ecslab.site.fences.fields import FenceError
from ecslab.site.fences.quiz import quiz
from ecslab.site.fences.timeline import timeline
from ecslab.site.words import WORDS

QUIZ = {
    "id": "ceiling",
    "question": "How *many*?",
    "options": [{"text": "`4`", "right": True, "why": "floor"}, {"text": "5", "why": "not up"}],
}


def render(text, root, lang="en"):
    config = yaml.safe_load((root / "mkdocs.base.yml").read_text())["markdown_extensions"]
    extensions = [name for name in config if name != "pymdownx.highlight"]
    configs = {name: values for name, values in config.items() if values and name in extensions}
    configs["ecslab.site.fences"] = {"lang": lang, "root": str(root)}
    return markdown.Markdown(extensions=extensions, extension_configs=configs).convert(text)


def fence(name, fields):
    return f"```{name}\n{yaml.safe_dump(fields, allow_unicode=True)}```\n"


def test_a_quiz_is_a_fieldset_whose_inputs_have_labels_and_reasons(root):
    html = render(fence("quiz", QUIZ), root)
    inputs = re.findall(
        r'<input type="(\w+)" name="ceiling" id="([^"]+)" data-right="(\w+)" aria-describedby="([^"]+)"', html
    )
    assert [(kind, right) for kind, _, right, _ in inputs] == [("radio", "true"), ("radio", "false")]
    for _, key, _, why in inputs:
        assert f'<label for="{key}">' in html
        assert f'id="{why}"' in html
    assert "<legend>How <em>many</em>?" in html
    assert 'role="status"' in html
    assert "<details" in html, "without JavaScript the answers are folded, not lost"


def test_several_right_answers_are_checkboxes(root):
    fields = {**QUIZ, "options": [*QUIZ["options"], {"text": "four", "right": True, "why": "the same"}]}
    assert render(fence("quiz", fields), root).count('type="checkbox"') == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"options": [{"text": "1", "right": True, "why": "x"}]}, "two options"),
        ({"options": [{"text": "1", "why": "x"}, {"text": "2", "why": "x"}]}, "some right"),
        ({"options": [{"text": "1", "right": True}, {"text": "2", "why": "x"}]}, "missing why"),
        ({"anwser": 1}, "unknown anwser"),
    ],
)
def test_a_wrong_quiz_is_refused_with_its_reason(change, said):
    with pytest.raises(FenceError, match=said):
        quiz(yaml.safe_dump({**QUIZ, **change}), "en")


def test_a_mistake_in_a_fence_fails_the_build(root):
    with pytest.raises(Exception, match="quiz: missing id"):
        render("```quiz\nquestion: x\n```\n", root)


def test_titles_of_boxes_are_in_the_readers_language(root):
    page = '!!! onaws\n    Text.\n\n!!! warning\n    Text.\n\n!!! note "Own"\n    Text.\n'
    assert re.findall(r'admonition-title">([^<]+)', render(page, root, "ja")) == [
        "実際の AWS では",
        "注意",
        "Own",
    ]


def test_margin_marks_are_text(root):
    html = render("## Watch { #watch .operate }\n\nLong text. { .develop }\n", root)
    assert '<span class="track track--operate">Operate</span></p><h2 class="operate" id="watch">' in html
    assert '<p class="develop"><span class="track track--develop">Develop</span>Long text.</p>' in html


def test_only_the_first_bold_use_of_a_term_carries_its_meaning(root):
    html = render("A **task definition** and a **task definition**, **nothing known**.\n", root)
    assert html.count('role="tooltip"') == 1
    assert '<dfn aria-describedby="tip-term-task-definition" class="term" tabindex="0">' in html
    assert 'role="tooltip"' in render("An **ALB**.\n", root), "an abbreviation in brackets is a name, too"


def test_a_console_block_copies_as_commands_alone(root):
    html = render(
        "```console\n$ aws ecs list-clusters \\\n    --output text\nCLUSTERARNS\tx\n$ aws sts x\n```\n", root
    )
    codes = re.findall(r"<code[^>]*>(.*?)</code>", html, flags=re.DOTALL)
    plain = [re.sub("<[^>]+>", "", code) for code in codes]
    assert plain == ["aws ecs list-clusters \\\n    --output text", "aws sts x"]
    assert "<samp>CLUSTERARNS" in html


def test_a_console_block_begins_with_a_command():
    with pytest.raises(FenceError, match="begins with"):
        exchanges("oops\n$ aws x")
    with pytest.raises(FenceError, match="no command"):
        console("")


BOXES = {
    "title": "T",
    "text": "D",
    "boxes": {
        "user": {"at": [1, 2], "label": "Customer", "kind": "person"},
        "alb": {"at": [2, 2], "label": "Application Load Balancer", "kind": "aws"},
        "web1": {"at": [3, 1], "label": "task web", "kind": "task"},
        "web2": {"at": [3, 3], "label": "タスク定義の新しいリビジョン", "kind": "task"},
    },
    "groups": {"cluster": {"around": ["web1", "web2"], "label": "cluster shop"}},
    "arrows": [
        {"from": "user", "to": "alb", "label": "HTTP"},
        {"from": "alb", "to": "web1"},
        {"from": "alb", "to": "web2", "style": "dashed"},
        {"from": "user", "to": "web2"},
    ],
}


@pytest.mark.parametrize("size", [740, 350])
def test_boxes_fit_do_not_overlap_and_arrows_go_around_them(size):
    picture = parse(yaml.safe_dump(BOXES))
    placed = place(picture, picture.cells if size == 740 else picture.narrow_cells, size)
    assert placed.width <= size
    rects = list(placed.boxes.items())
    for number, (_, a) in enumerate(rects):
        assert a.x >= 0
        assert a.x + a.w <= placed.width
        for _, b in rects[number + 1 :]:
            assert a.x + a.w <= b.x or b.x + b.w <= a.x or a.y + a.h <= b.y or b.y + b.h <= a.y
    for arrow in picture.arrows:
        path = route(placed, arrow.source, arrow.target, [])
        for key, rect in rects:
            if key not in (arrow.source, arrow.target):
                assert not any(_crosses(segment, rect) for segment in _segments(path)), (arrow, key)


def test_a_diagram_is_two_wellformed_drawings_with_a_text_alternative():
    html = diagram(yaml.safe_dump(BOXES), "en")
    svgs = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(svgs) == 2
    for svg in svgs:
        tree = ET.fromstring(svg)
        named = tree.get("aria-labelledby").split()
        texts = [e.text for e in tree.iter() if e.get("id") in named]
        assert texts == ["T", "D"]
    assert len(set(re.findall(r' id="([^"]+)"', html))) == 4


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"boxes": {**BOXES["boxes"], "x": {"at": [1, 2], "label": "x"}}}, "both at"),
        ({"boxes": {"x": {"at": [0, 1], "label": "x"}}}, "both from 1"),
        ({"boxes": {"x": {"at": [6, 1], "label": "x"}}}, "there are 5"),
        ({"arrows": [{"from": "user", "to": "nobody"}]}, "no box 'nobody'"),
        ({"groups": {"g": {"around": ["user", "web1"], "label": "g"}}}, "would enclose"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused_with_its_reason(change, said):
    with pytest.raises(FenceError, match=said):
        diagram(yaml.safe_dump({**BOXES, **change}), "en")


def test_words_wrap_at_spaces_and_japanese_anywhere():
    assert wrap("Application Load Balancer", 15, 90) == ("Application", "Load", "Balancer")
    lines = wrap("新しいリビジョンのタスク", 15, 80)
    assert len(lines) > 1
    assert all(text_width(line, 15) <= 80 for line in lines)


TIMELINE = {
    "recording": "rolling-100-200",
    "caption": "A rolling update",
    "steps": [{"at": "update", "say": "It begins."}, {"at": "completed", "say": "Done."}],
}


def test_a_timeline_is_complete_without_javascript(root):
    html = timeline(yaml.safe_dump(TIMELINE), "en", recordings=root / "docs" / "recordings")
    assert html.count('<svg class="reel') == 2
    for svg in re.findall(r"<svg class=\"reel.*?</svg>", html, flags=re.DOTALL):
        clip = next(e for e in ET.fromstring(svg).iter() if e.get("class") == "reel__clip")
        assert clip.get("width") == ET.fromstring(svg).get("width"), "everything is uncovered"
    assert re.search(r'<ol class="timeline__steps"><li data-at="\d+">.*It begins\..*Done\.', html)
    assert '<div class="timeline__controls" hidden>' in html
    assert "</script" not in html.split("timeline__events", 1)[1].split("</script>")[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"recording": "nothing"}, "not recorded"),
        ({"steps": [{"at": "nowhere", "say": "x"}]}, "no mark 'nowhere'"),
        ({"steps": TIMELINE["steps"][::-1]}, "follow each other"),
    ],
)
def test_a_timeline_needs_its_recording_and_its_marks(root, change, said):
    with pytest.raises(FenceError, match=said):
        timeline(yaml.safe_dump({**TIMELINE, **change}), "en", recordings=root / "docs" / "recordings")


def test_both_languages_have_the_same_words_of_the_site():
    assert set(WORDS["en"]) == set(WORDS["ja"])
    for key, text in WORDS["en"].items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", WORDS["ja"][key]), key


def test_the_project_folder_is_found_from_below_and_missed_elsewhere(root, tmp_path):
    assert project_folder(root / "docs" / "en") == root
    with pytest.raises(FileNotFoundError, match="not inside the course"):
        project_folder(tmp_path)
