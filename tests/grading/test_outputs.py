"""The files of a run, from results made by hand: safe in spreadsheets, XML and browsers, and fit for their readers."""

from __future__ import annotations

import csv
import io
import itertools
import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from ecslab.grading.outputs import feedback, gradebook, inert, junit, results_json
from ecslab.grading.outputs.scored import Presentation, scored
from ecslab.grading.outputs.write import NAMES, finish, write_outputs
from ecslab.grading.policy import Policy
from ecslab.grading.progress import Progress, duration
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.words import NOTICES, PAGE, Notice

EVIL = '<script>alert(1)</script>"\x1b[31m\x00]]>&::error::'
GOOD = SubmissionResult(
    name="alice",
    sha256="0" * 64,
    status="graded",
    lab="02-first-service",
    version=1,
    seed=2,
    lang="en",
    checks=(
        CheckResult(id="1.1", points=1, points_max=1, passed=True, asked=True, agreed=True, text="well done"),
        CheckResult(id="2.1", points=0, points_max=2, passed=False, asked=True, mistake="none", text=EVIL),
        CheckResult(id="3.1", points=0, points_max=2, passed=True, notice=Notice("not-agreed")),
    ),
    notices=(Notice("cell-failed", {"cell": "answer-2", "error": EVIL}),),
    calls=({"n": 1, "at_ms": 61_000, "call": f"ecs.{EVIL}", "error": EVIL},),
)
REFUSED = SubmissionResult(
    name='=HYPERLINK("http://evil")', sha256=None, status="refused", notices=(Notice("not-regular"),)
)
FAILED = SubmissionResult(
    name="carol",
    sha256="1" * 64,
    status="failed",
    lab="02-first-service",
    version=1,
    seed=2,
    lang="ja",
    checks=(CheckResult(id="1.1", points=0, points_max=1, notice=Notice("not-run")),),
    notices=(Notice("grader-failed", {"why": "x"}),),
)
ALL = (GOOD, REFUSED, FAILED)


def made(results):
    return scored(results, Policy())


def test_results_fit_their_schema():
    data = json.loads(results_json.to_json(made(ALL), ["x.txt"], "process"))
    jsonschema.validate(data, results_json.schema())
    assert [one["points"] for one in data["submissions"]] == [0, 1, 0]


def test_the_schema_notices_what_is_wrong():
    data = json.loads(results_json.to_json(made([GOOD]), [], "process"))
    data["submissions"][0]["points"] = -1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, results_json.schema())
    silent = json.loads(results_json.to_json(made([REFUSED]), [], "process"))
    silent["submissions"][0]["notices"] = []
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(silent, results_json.schema())


def test_the_gradebook_reads_back():
    refused, alice, _ = csv.DictReader(io.StringIO(gradebook.to_csv(made(ALL))))
    assert alice["submission"] == "alice"
    assert (alice["points"], alice["points_max"], alice["percent"]) == ("1", "5", "20.0")
    assert (alice["02-first-service 1.1"], alice["02-first-service 2.1"]) == ("1", "0")
    assert refused["02-first-service 1.1"] == ""
    assert refused["percent"] == ""


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "  =", "\uff1d", "\uff20"])
def test_no_cell_begins_like_a_formula(start):
    assert inert.cell(f"{start}1+1").startswith("'")
    assert inert.cell("alice-1") == "alice-1"


def test_junit_reads_back():
    root = ET.fromstring(junit.to_xml(made(ALL)))
    suites = root.findall("testsuite")
    counts = [(s.get("tests"), s.get("failures"), s.get("errors")) for s in suites]
    assert counts == [("1", "1", "0"), ("3", "2", "0"), ("1", "0", "1")]
    cases = suites[1].findall("testcase")
    assert [case.find("failure") is None for case in cases] == [True, False, False]
    assert "script" in cases[1].find("failure").text
    for suite in suites:
        assert len(suite.findall("testcase")) == int(suite.get("tests"))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]


def test_feedback_escapes_everything():
    for one in ALL:
        page = feedback.to_html(made([one])[0], Presentation(), "process")
        tags = Tags()
        tags.feed(page)
        assert "script" not in tags.tags
        assert "Content-Security-Policy" in page
    assert "00:01:01" in feedback.to_html(made([GOOD])[0], Presentation(), "process")


def test_feedback_files_have_plain_names_that_do_not_collide():
    names = ["alice", "a/b", "a-b", "../../etc/passwd", ".", "x" * 300, "日本", "A", "a"]
    files = feedback.file_names(names)
    assert len(set(files.values())) == len(names)
    assert files["alice"] == "alice"
    for file in files.values():
        assert file.replace("-", "").replace(".", "").replace("_", "").isalnum()
        assert not file.startswith(".")
        assert len(file) < 130


def test_every_notice_is_there_in_both_languages_with_the_same_fields():
    import string

    for code, texts in NOTICES.items():
        fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in texts]
        assert fields[0] == fields[1], code
        assert all(texts), code
    assert set(PAGE["en"]) == set(PAGE["ja"])


def test_an_earlier_run_is_kept(tmp_path):
    write_outputs(tmp_path, [GOOD])
    first = (tmp_path / "results.json").read_bytes()
    write_outputs(tmp_path, [FAILED])
    assert (tmp_path / "earlier" / "results.json").read_bytes() == first
    assert [path.name for path in (tmp_path / "feedback").iterdir()] == ["carol.html"]
    write_outputs(tmp_path, [GOOD])
    assert (tmp_path / "results.json").read_bytes() == first


def test_the_same_again_leaves_the_earlier_run_alone(tmp_path):
    write_outputs(tmp_path, [FAILED])
    write_outputs(tmp_path, [GOOD])
    write_outputs(tmp_path, [GOOD], timings={"alice": {"wall_s": 2.0}})
    assert "carol" in (tmp_path / "earlier" / "results.json").read_text()
    assert "2.0" in (tmp_path / "timings.json").read_text()


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("policy", [None, Policy(text="# of the instructor\n")], ids=["no-policy", "policy"])
def test_a_run_killed_while_it_writes_loses_nothing(tmp_path, monkeypatch, policy):
    """Before each change of a name, one after another: what was there is in earlier/ in the end, the new in its place."""
    for steps in itertools.count():
        out = tmp_path / str(steps)
        write_outputs(out, [FAILED], policy=Policy(text="# old\n"))
        old = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        with monkeypatch.context() as patch:
            left = [steps]

            def counted(real, left=left):
                def change(*arguments, **options):
                    if not left[0]:
                        raise Killed
                    left[0] -= 1
                    return real(*arguments, **options)

                return change

            for name in ("rename", "rmdir", "unlink"):
                patch.setattr(Path, name, counted(getattr(Path, name)))
            try:
                write_outputs(out, [GOOD], policy=policy)
            except Killed:
                killed = True
            else:
                killed = False
        finish(out)
        write_outputs(out, [GOOD], policy=policy)
        assert {path.name: path.read_bytes() for path in (out / "earlier").iterdir() if path.is_file()} == old
        assert (out / "grading.toml").exists() == (policy is not None)
        assert [path.name for path in (out / "feedback").iterdir()] == ["alice.html"]
        assert not [path.name for path in out.iterdir() if path.name.startswith(".")]
        if not killed:
            assert steps > len(NAMES)
            return


def test_the_order_of_arrival_does_not_matter(tmp_path):
    write_outputs(tmp_path / "a", ALL)
    write_outputs(tmp_path / "b", ALL[::-1])
    files = [path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*") if path.is_file()]
    assert {path.parts[0] for path in files} == {*NAMES} - {"grading.toml"}
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_progress_says_the_time_left():
    now = [0.0]
    stream = io.StringIO()
    progress = Progress(stream, 4, clock=lambda: now[0])
    now[0] = 30.0
    progress.step()
    assert stream.getvalue() == "graded 1 of 4, about 1 min 30 s left\n"
    now[0] = 31.0
    progress.step()
    assert progress.line() == "graded 2 of 4, about 31 s left"
    now[0] = 34.0
    progress.step()
    assert progress.line() == "graded 3 of 4, about 2 s left", "the warm-up is over"
    progress.step()
    assert stream.getvalue().splitlines()[-1] == "graded 4 of 4"
    assert (duration(59.4), duration(61)) == ("59 s", "1 min 1 s")
