"""Every output by its reader's rules: schemas, importers' rules, runners' parsers; and harmless whatever learners wrote."""

from __future__ import annotations

import argparse
import csv
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from ecslab.cli import main
from ecslab.course.problem import CourseProblem
from ecslab.grading.outputs import (
    audit,
    class_page,
    feedback,
    github,
    gradescope,
    inert,
    junit,
    lms,
    results_json,
    timing_page,
)
from ecslab.grading.outputs.scored import Presentation, scored
from ecslab.grading.outputs.write import write_outputs
from ecslab.grading.policy import Policy
from ecslab.grading.policy_file import read_policy
from ecslab.grading.reporting import Reporting
from ecslab.grading.results import CheckResult, HiddenResult, SubmissionResult
from ecslab.grading.words import Notice
from tests.grading.books import FIRST, ROOT

EVIL = '<img src=x onerror=alert(1)>"\x1b]0;x\x07\x1b[31m\x00]]>&\u202e::error::x ##[error]y `@all` | [a](http://evil) \ud800'
EVIL = EVIL.encode("utf-8", "replace").decode()
TITLES = {"1.1": "クラスター shop がある", "2.1": "the task definition", "2.2": "the service"}
WORDS = {
    "expected": "`shop` が ACTIVE",
    "seen": EVIL,
    "why": "because\nof that",
    "look": "第 02 章「クラスター」",
}
HIDDEN = HiddenResult(
    id="1.zebra", points=0, points_max=2, passed=False, mistake="zebra", facts={"zebra": EVIL}
)


def submission(name, points=(1, 0, 2), *, lab=FIRST, status="graded", **more):
    worth = (1, 2, 2)
    checks = tuple(
        CheckResult(
            id=check,
            points=got,
            points_max=most,
            passed=got == most,
            asked=True,
            agreed=got == most,
            mistake=None if got == most else "none",
            text=f"✗ {check} {EVIL}\nline",
            title=TITLES[check],
            words=WORDS if got != most else {"after": "done"},
            hints=() if got == most else ("first", "second `x`", EVIL),
        )
        for check, got, most in zip(TITLES, points, worth, strict=True)
    )
    about = {"lab": lab, "version": 1, "seed": 2} if lab else {}
    base = {"name": name, "sha256": "0" * 64, "status": status, "checks": checks if lab else (), **about}
    return SubmissionResult(**{**base, **more})


EVERY = (
    submission(
        "alice",
        hidden=(HIDDEN,),
        notices=(Notice("cell-failed", {"cell": "answer-2", "error": EVIL}),),
        calls=({"n": 1, "at_ms": 61_000, "call": f"ecs.{EVIL}", "error": EVIL},),
        submitted_at="2026-12-02T00:00:00Z",
        learner="Sato, Alice",
        learner_id="4711",
    ),
    submission(
        "佐藤/二番",
        (1, 2, 2),
        lang="ja",
        hidden=(HIDDEN,),
        learner="佐藤 花子",
        learner_id="hanako@example.org",
    ),
    submission(EVIL, (0, 0, 0), learner=f"={EVIL}"),
    submission("=cmd|' /C calc'!A0", lab=None, status="refused", notices=(Notice("not-regular"),)),
    submission(
        "::error::name", (0, 0, 0), status="failed", notices=(Notice("grader-failed", {"why": EVIL}),)
    ),
)
POLICY = read_policy(
    f"""
[late]
percent_per_day = 10
[lab.{FIRST}]
due = 2026-12-01T23:59:00+09:00
points = 100
column = "Lab 02 (99)"
tasks = {{ 2 = 1.5 }}
[[override]]
submission = "佐藤/二番"
check = "2.1"
points = 1
reason = "口頭で説明 <b>"
by = "T. Sato"
when = 2026-12-03
""",
    Path("grading.toml"),
)


def made(results=EVERY, policy=POLICY):
    return scored(results, policy)


def test_results_json_fits_its_schema_and_reads_back(tmp_path):
    text = results_json.to_json(made(), ["x"], "namespaces")
    jsonschema.Draft202012Validator.check_schema(results_json.schema())
    jsonschema.validate(json.loads(text), results_json.schema())
    (tmp_path / "results.json").write_text(text, encoding="utf-8")
    run = results_json.load(tmp_path / "results.json")
    assert sorted(EVERY, key=lambda one: one.name) == list(run.results)
    assert (run.aside, run.isolation) == (("x",), "namespaces")
    assert results_json.to_json(made(run.results), run.aside, run.isolation) == text


def test_junit_fits_the_schema():
    schema = xmlschema.XMLSchema(junit.schema())
    text = junit.to_xml(made())
    schema.validate(text)
    assert "クラスター" not in text.split("<testcase")[0]
    root = xmlschema.XMLResource(text).root
    assert len(root) == len(EVERY)
    for wrong in (text.replace('tests="4"', 'tests="-1"', 1), text.replace(' message="', ' note="', 1)):
        assert wrong != text
        assert not schema.is_valid(wrong)


GRADESCOPE = {
    "description": "gradescope-autograders.readthedocs.io/en/latest/specs/, Output format",
    "type": "object",
    "additionalProperties": False,
    "required": ["score", "tests"],
    "$defs": {
        "visibility": {"enum": ["hidden", "after_due_date", "after_published", "visible"]},
        "format": {"enum": ["text", "html", "simple_format", "md", "ansi"]},
    },
    "properties": {
        "score": {"type": "number", "minimum": 0},
        "execution_time": {"type": "number"},
        "output": {"type": "string"},
        "output_format": {"$ref": "#/$defs/format"},
        "test_output_format": {"$ref": "#/$defs/format"},
        "test_name_format": {"$ref": "#/$defs/format"},
        "visibility": {"$ref": "#/$defs/visibility"},
        "stdout_visibility": {"$ref": "#/$defs/visibility"},
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": {"$ref": "#/$defs/format"},
                    "number": {"type": "string"},
                    "output": {"type": "string"},
                    "output_format": {"$ref": "#/$defs/format"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": {"$ref": "#/$defs/visibility"},
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}


def test_gradescope_by_its_documentation():
    for one in made():
        data = json.loads(gradescope.to_json(one))
        jsonschema.validate(data, GRADESCOPE)
        assert "\x1b" not in json.dumps(data, ensure_ascii=False)
        assert "zebra" not in json.dumps(data)
    alice = json.loads(gradescope.to_json(next(one for one in made() if one.result.name == "alice")))
    assert alice["tests"][0]["name"] == "クラスター shop がある"
    assert alice["tests"][-1]["name"].startswith("hidden checks: 0 of ")
    assert "10 % off" in alice["output"]
    assert sum(test["score"] for test in alice["tests"]) > alice["score"]  # less what lateness cost


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_canvas_by_its_importers_rules():
    """instructure/canvas-lms, lib/gradebook_importer.rb: `header?`, `update_column_count`, `process_pp`."""
    head, possible, *learners = rows(lms.to_canvas(made(), POLICY))
    assert "Student" in head[0]
    assert head[1] == "ID"
    assert (head[2], head[3], head[4]) == ("SIS User ID", "SIS Login ID", "Section")
    assert head[5:] == ["Lab 02 (99)"]
    assert "Points Possible" in possible[0]
    assert possible[5] == "100"
    by_name = {row[0]: row for row in learners}
    assert by_name["Sato, Alice"][1] == "4711"
    assert float(by_name["Sato, Alice"][5]) > 0
    assert by_name["佐藤 花子"][3] == "hanako@example.org"
    assert by_name["::error::name"][5] == ""  # the grader failed: Canvas keeps what it has
    assert all(len(row) == len(head) for row in learners)


def test_moodle_by_its_importers_rules():
    """moodle/moodle, mod/assign/feedback/offline/importgradeslib.php: the columns, and "Participant " before the id."""
    head, *learners = rows(lms.to_moodle(made(), POLICY))
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(head)
    by_name = {row[head.index("Full name")]: row for row in learners}
    assert by_name["Sato, Alice"][head.index("Identifier")] == "Participant 4711"
    assert by_name["佐藤 花子"][head.index("Email address")] == "hanako@example.org"
    comment = by_name["佐藤 花子"][head.index("Feedback comments")]
    assert comment.startswith("隠しチェック")
    two = [submission("a", learner="A"), submission("b", learner="A", lab="11-rolling")]
    head, row = rows(lms.to_moodle(made(two, Policy()), Policy()))
    assert (head[3:5], row[3:5]) == ([FIRST, "11-rolling"], ["3", "3"])


def test_the_last_of_several_submissions_counts():
    at = "2026-12-0{}T00:00:00Z"
    both = [
        submission("a/1", (1, 2, 2), learner_id="1", submitted_at=at.format(1)),
        submission("a/2", (1, 0, 0), learner_id="1", submitted_at=at.format(2)),
    ]
    assert rows(lms.to_canvas(made(both, Policy()), Policy()))[2][5] == "1"
    untimed = [submission("a/1", (1, 2, 2), learner_id="1"), submission("a/2", (1, 0, 0), learner_id="1")]
    assert rows(lms.to_canvas(made(untimed, Policy()), Policy()))[2][5] == "5"


@pytest.mark.parametrize("make", [lms.to_canvas, lms.to_moodle])
def test_no_cell_of_an_import_is_a_formula(make):
    for row in rows(make(made(), POLICY)):
        for value in row:
            assert not value.startswith(("=", "+", "-", "@", "|", "\t")), value
            assert "\x1b" not in value


def runner_sees(line):
    """A line as actions/runner takes it (`ActionCommand.cs`): its command, properties and message."""
    text = line.lstrip()
    if text.startswith("::") and "::" in text[2:]:
        info, _, data = text[2:].partition("::")
        command, _, rest = info.partition(" ")
        properties = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
        undo = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
        for code, char in undo.items():
            properties = {name: value.replace(code, char) for name, value in properties.items()}
        for code in ("%0D", "%0A", "%25"):
            data = data.replace(code, undo[code])
        return command, properties, data
    return ("legacy", {}, line) if "##[" in line and "]" in line.partition("##[")[2] else None


def test_annotations_say_what_they_should_and_nothing_else():
    files = {"alice": "submission/a,b:c%.ipynb"}
    found = github.to_annotations(made(EVERY[:1]), files, "en")
    command, properties, message = runner_sees(found[0])
    assert command == "error"
    assert properties == {"file": "submission/a,b:c%.ipynb", "title": "2.1 the task definition"}
    assert message.endswith("\nline")
    everything = github.to_annotations(made((*EVERY, submission("zed", (0, 0, 0)))), {}, "en")
    assert len(everything) == github.ANNOTATIONS_MAX
    assert runner_sees(everything[-1])[2] == "… and 3 more problems: see the summary."
    for line in everything:
        assert "\n" not in line
        assert runner_sees(line)[0] == "error"
        assert "##[" not in line
        assert "\x1b" not in line


def test_the_summary_shows_text_and_nothing_else():
    few, many = github.to_markdown(made(EVERY[:3]), "ja"), github.to_markdown(made(), "en")
    assert "クラスター shop" in few
    assert "隠しチェック" in few
    for text in (few, many):
        assert "<" not in text.replace("&lt;", "")
        assert "](http" not in text
        assert "@all" not in text
        assert "\x1b" not in text
        assert "zebra" not in text
    for line in few.splitlines():
        if line.startswith("| ") and not line.startswith("| | "):
            assert len([n for n, c in enumerate(line) if c == "|" and line[n - 1] != "\\"]) == 5


def test_a_summary_fits_into_githubs_limit(monkeypatch):
    assert github.BYTES_MAX < 2**20
    monkeypatch.setattr(github, "BYTES_MAX", 9_000)
    crowd = [submission(f"学習者-{n:05}", (0, 0, 0)) for n in range(300)]
    text = github.to_markdown(made(crowd, Policy()), "en")
    assert 8_000 < len(text.encode()) < 9_200
    assert text.rstrip().endswith("the gradebook has them all.")


@pytest.mark.parametrize(
    "text",
    [
        "::error::x",
        "  ::warning file=a::x",
        "a ##[error]x",
        "\x1b[2Jx",
        "a\r\n::add-mask::x",
        "\u2028::error::x",
    ],
)
def test_a_line_of_a_log_is_no_command(text):
    safe = inert.log_line(text)
    assert runner_sees(safe) is None
    assert "\x1b" not in safe
    assert "\n" not in safe
    assert "x" in safe


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "srcdoc", "action"), (tag, name)
            if name == "href":
                self.links.append(value)

    def handle_data(self, data):
        self.text += data


def pages():
    look = Presentation(
        lang="ja",
        site="https://example.org/ecs",
        chapters={"en": {WORDS["look"]: "02-building-blocks/#cluster"}},
    )
    yield from (feedback.to_html(one, look, "namespaces") for one in made())
    yield from (class_page.to_html(made(), lang, "namespaces") for lang in ("en", "ja"))
    yield class_page.to_html((), "en", "namespaces")
    yield timing_page.to_html({EVIL: {"wall_s": 2.0, "task_1_s": 1.0}, "b": {"wall_s": 4.0}}, "en")
    yield timing_page.to_html({}, "ja")


def test_pages_hold_nothing_of_the_learners_but_text():
    for text in pages():
        found = Page(text)
        assert not {"script", "img", "iframe", "form", "link", "object", "b"} & set(found.tags)
        assert "default-src 'none'" in text.replace("&#x27;", "'")
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "zebra" not in text
        assert all(link.startswith("https://example.org/ecs/") for link in found.links)


def test_feedback_says_everything_that_is_known():
    alice, hanako = (
        next(p for p in pages() if name in Page(p).text) for name in ("Sato, Alice", "佐藤 花子")
    )
    text = Page(alice).text
    for part in (
        "expected",
        "because",
        "Hint 3 of 3",
        "counts 1.5-fold",
        "10 % off",
        "00:01:01",
        "namespaces",
    ):
        assert part in text, part
    assert "https://example.org/ecs/02-building-blocks/#cluster" in Page(alice).links
    text = Page(hanako).text
    assert "講師が 1 点としました (T. Sato、2026-12-03)：口頭で説明 <b>" in text
    assert "隠しチェック" in text


def test_the_audit_trail_says_why():
    entries = [json.loads(line) for line in audit.to_jsonl(made()).splitlines()]
    by = {(one["submission"], one.get("check"), one["kind"]): one for one in entries}
    passed = by["alice", "1.1", "check"]
    assert (passed["why"], passed["compared"]) == ("passed-and-agreed", "[pass] 1.1 (1/1 points)")
    assert by["alice", "2.1", "check"]["why"] == "not-passed"
    assert by["alice", "1.zebra", "hidden"]["mistake"] == "zebra"
    whole = by["alice", None, "submission"]
    assert (whole["late"]["percent"], whole["late"]["days"]) == (10, 1)
    lines = [one for one in entries if one["submission"] == "alice" and one["kind"] != "submission"]
    assert sum(one["points"] for one in lines) - whole["lost"] == pytest.approx(whole["points"], abs=0.02)
    given = by["佐藤/二番", "2.1", "check"]
    assert (given["computed"], given["earned"]) == (2, 1)
    whole = by["佐藤/二番", None, "submission"]
    assert whole["computed"] > whole["points"]
    override = given["override"]
    assert override == {"by": "T. Sato", "line": 9, "reason": "口頭で説明 <b>", "when": "2026-12-03"}


def test_byte_equal_whatever_the_order_and_timings(tmp_path):
    write_outputs(tmp_path / "a", EVERY, policy=POLICY, timings={"alice": {"wall_s": 1.0}})
    write_outputs(tmp_path / "b", EVERY[::-1], policy=POLICY)
    for path in sorted((tmp_path / "a").rglob("*")):
        if path.is_file() and path.stem != "timings":
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes(), path
    assert (tmp_path / "a" / "grading.toml").read_text(encoding="utf-8") == POLICY.text


def test_report_makes_the_same_files_anew(tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    write_outputs(out, EVERY, policy=POLICY, timings={"alice": {"wall_s": 1.0}}, isolation="namespaces")
    before = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert main(["report", str(out)]) == 0
    said = capsys.readouterr()
    assert "the policy of before holds" in said.err
    assert f"5 submissions: {out / 'gradebook.csv'}" in said.out
    after = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert {name: text for name, text in after.items() if name.parts[0] != "earlier"} == before
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    (tmp_path / "other.toml").write_text(
        f'[lab.{FIRST}]\npoints = 10\n[[override]]\nsubmission = "nobody"\npoints = 1\nreason = "r"\n'
        'by = "b"\nwhen = 2026-12-03\n[[override]]\nsubmission = "alice"\ncheck = "9.9"\npoints = 1\nreason = "r"\n'
        'by = "b"\nwhen = 2026-12-03\n',
        encoding="utf-8",
    )
    assert main(["report", str(out), "--policy", str(tmp_path / "other.toml"), "--lang", "ja"]) == 0
    said = capsys.readouterr()
    assert "other.toml:3: this override fits no submission here: nobody" in said.err
    assert "other.toml:9: alice has no check 9.9" in said.err
    assert len([line for line in said.out.splitlines() if runner_sees(line)]) == 8
    assert (tmp_path / "summary").read_text(encoding="utf-8") == (out / "summary.md").read_text(
        encoding="utf-8"
    )
    assert 'lang="ja"' in (out / "report.html").read_text(encoding="utf-8")


def test_merged_shards_keep_their_policy(tmp_path):
    nothing = argparse.Namespace(policy=None, site=None, lang="en")
    for name, text in (
        ("out", ""),
        ("a", "[late]\n"),
        ("b", "[late]\n"),
        ("c", "[late]\npercent_per_day = 1\n"),
    ):
        (tmp_path / name).mkdir()
        if text:
            (tmp_path / name / "grading.toml").write_text(text)
    out, a, b, c = (tmp_path / name for name in ("out", "a", "b", "c"))
    assert Reporting.of(nothing, ROOT, out, a, b).policy_path == a / "grading.toml"
    assert Reporting.of(nothing, ROOT, out).policy_path is None
    with pytest.raises(CourseProblem, match="is another policy than"):
        Reporting.of(nothing, ROOT, out, a, c)
    assert Reporting.of(nothing, ROOT, c, a, b).policy.late.percent_per_day == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ('{"format": 1}', "format 2"),
        ('{"format": 2}', "its schema"),
    ],
)
def test_report_of_what_is_no_result(tmp_path, capsys, content, said):
    if content is not None:
        (tmp_path / "results.json").write_text(content)
    assert main(["report", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_a_policy_for_a_lab_that_is_not_there(tmp_path, capsys):
    write_outputs(tmp_path / "out", EVERY)
    (tmp_path / "g.toml").write_text("[lab.99-x]\npoints = 1\n")
    assert main(["report", str(tmp_path / "out"), "--policy", str(tmp_path / "g.toml")]) == 2
    assert "there is no lab '99-x'" in capsys.readouterr().err


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_in_a_browser(tmp_path, scheme):
    """They fit a phone and a desk, load nothing, and say nothing on the console."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for nth, text in enumerate(pages()):
            path = tmp_path / f"{nth}.html"
            path.write_text(text, encoding="utf-8")
            for width in (360, 1100):
                page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
                said, asked = [], []
                page.on("console", lambda message, said=said: said.append(message.text))
                page.on("request", lambda request, asked=asked: asked.append(request.url))
                page.goto(path.as_uri())
                root = "document.documentElement"
                assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), (nth, width)
                assert (said, asked) == ([], [path.as_uri()])
                page.close()
        browser.close()
