"""What submissions are worth: right ones full points, whatever way; others nothing, whatever they try.

One run grades them all, two at a time.
"""

from __future__ import annotations

import os
from pathlib import Path

import jsonschema
import pytest

from ecslab.grading.outputs import results_json
from tests.grading import books
from tests.grading.books import FIRST, ROLLING, blank, line_of, solved
from tests.grading.conftest import Graded
from tests.grading.ways import WAYS

CELL_S = 8


def forged_outputs():
    def forge(cell):
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": line_of(cell) + "\n"}]
        cell["execution_count"] = 1

    return blank().each_check(forge)


def printed_lines():
    """Every check cell prints its pass, and so does every answer."""

    def write(cell):
        cell["source"] = f"print({line_of(cell)!r})"

    book = blank().each_check(write)
    return book.also("answer-2", "\n".join(f"print({line_of(cell)!r})" for cell in book.checks))


def retagged():
    def tag(cell):
        cell["metadata"]["tags"] = ["raises-exception", "nbval-skip", "nbval-ignore-output"]
        cell["source"] = "# NBVAL_SKIP\n" + "".join(cell["source"])

    return blank().each_check(tag)


def foreign_kernel(book):
    book.data["metadata"]["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "bash"}
    return book


FAKE_CHECK = """
from ecslab import lab
import ecslab.notebook.door as door
POINTS = {"1.1": 1, "2.1": 2, "3.1": 2, "4.1": 3, "5.1": 2, "6.1": 2, "7.1": 2}
def check(name, answer=None):
    print(f"[pass] {name} ({POINTS[name]}/{POINTS[name]} points)")
lab.check = check
door.check = check
private_ip = served_by = replacement = None
"""
FAKE_LINK = """
from ecslab.notebook import door, link
class Yes:
    endpoint_url = ""
    def __init__(self, real): self.real = real
    def do(self, verb, args):
        if verb != "verdict":
            return self.real.do(verb, args)
        points = {"1.1": 1, "2.1": 2, "3.1": 2, "4.1": 3, "5.1": 2, "6.1": 2, "7.1": 2}[args["check"]]
        return {"passed": True, "points": points, "line": f"[pass] {args['check']} ({points}/{points} points)"}
    def __getattr__(self, name): return getattr(self.real, name)
door._running.link = Yes(door._running.link)
private_ip = served_by = replacement = None
"""
FAKE_SHELL = """
import builtins, sys
shell = get_ipython()
POINTS = {"1.1": 1, "2.1": 2, "3.1": 2, "4.1": 3, "5.1": 2, "6.1": 2, "7.1": 2}
def rewrite(lines):
    text = "".join(lines)
    for name, points in POINTS.items():
        if f'lab.check("{name}"' in text:
            return [f'print("[pass] {name} ({points}/{points} points)")\\n']
    return lines
shell.input_transformers_cleanup.append(rewrite)
"""
ASK_EARLY = """
import json, urllib.request, os
def ask(verb, args):
    request = urllib.request.Request(os.environ["ECSLAB_CLOUD_URL"] + "/_ecslab/" + verb,
        json.dumps(args).encode(), {"Content-Type": "application/json"})
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as error:
        return json.load(error)
for name in ("1.1", "2.1"):
    print(ask("world/verdict", {"check": name}))
for verb in ("journal", "calls", "seed", "problems", "advance", "open", "close"):
    assert "error" in ask(f"control/{verb}", {"duration_ms": 1, "check": "1.1"}), verb
    assert "error" in ask(f"world/{verb}", {"check": "1.1"}) or verb == "advance", verb
"""
PEEK = """
import os, sys
print(sorted(os.environ), os.getcwd(), os.listdir("."))
assert os.listdir(".") == []
known = {"ECSLAB_CLOUD_URL", "ECSLAB_LANG", "HOME", "IPYTHONDIR", "LANG", "PATH", "TMPDIR", "MPLBACKEND",
         "AWS_MAX_ATTEMPTS", "TERM", "CLICOLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "PAGER", "GIT_PAGER",
         "PYDEVD_USE_FRAME_EVAL", "PYTHONIOENCODING"}
strange = [n for n in os.environ if n not in known and not n.startswith("AWS_")]
assert not strange, strange
first = open("/proc/self/environ").read().split("\\0")
assert sorted(x.split("=")[0] for x in first if x) == ["HOME", "LANG", "LC_ALL", "PATH"], first
assert not [m for m in sys.modules if m.split(".")[0] == "moto"]
links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
opened = [os.readlink(link) for link in links if os.path.lexists(link)]
assert not [o for o in opened if "course" in o or "solutions" in o], opened
"""
LEAVE_BEHIND = """
import subprocess, os
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sleep", ["sleep", "86399"])
    os._exit(0)
subprocess.Popen(["sleep", "86399"], start_new_session=True)
None
"""
STOP_SIGNAL = """
import signal
try:
    while True: pass
except KeyboardInterrupt:
    while True:
        try:
            while True: pass
        except KeyboardInterrupt: pass
"""


def _submissions():
    return {
        "untouched-en": (blank(), 0),
        "untouched-ja": (blank(lang="ja"), 0),
        "untouched-rolling": (blank(ROLLING), 0),
        "solved-en": (solved(), 14),
        "solved-ja": (solved(lang="ja"), 14),
        "solved-rolling-en": (solved(ROLLING), 17),
        "solved-rolling-ja": (solved(ROLLING, "ja"), 17),
        "way-boto3": (solved().answers(WAYS[FIRST]["boto3"]), 14),
        "way-cli": (solved().answers(WAYS[FIRST]["cli"]), 14),
        "way-reworked": (books.reworked(), 14),
        "blank-forged-outputs": (forged_outputs(), 0),
        "blank-printed-lines": (printed_lines(), 0),
        "blank-retagged": (retagged(), 0),
        "blank-no-checks": (blank().without(*(cell["id"] for cell in blank().checks)), 0),
        "blank-fake-check": (blank().also("answer-2", FAKE_CHECK), 0),
        "blank-fake-link": (blank().also("answer-2", FAKE_LINK), 0),
        "blank-fake-shell": (blank().also("answer-2", FAKE_SHELL), 0),
        "blank-foreign-kernel": (foreign_kernel(blank()), 0),
        "solved-no-checks": (solved().without(*(cell["id"] for cell in blank().checks)), 14),
        "solved-broken-checks": (solved().each_check(lambda cell: cell.update(source="1/0")), 14),
        "solved-foreign-kernel": (foreign_kernel(solved()), 14),
        "solved-no-given": (solved().without("start", "first-map", "intro", "second-map"), 14),
        "solved-asks-early": (solved().also("answer-2", ASK_EARLY), 14),
        "solved-peeks": (solved().also("answer-2", PEEK), 14),
        "solved-no-answer-6": (solved().without("answer-6"), 10),
        "solved-then-exit": (
            solved().also("answer-2", "ecs.list_clusters()").answer("answer-7", "exit()"),
            12,
        ),
        "solved-exits-at-the-end": (solved().answer("answer-7", "exit()"), 12),
        "solved-then-dies": (solved().answer("answer-5", "import os; os._exit(9)"), 12),
        "solved-then-loops": (solved().answer("answer-5", "while True: pass"), 12),
        "solved-then-deaf": (solved().answer("answer-5", STOP_SIGNAL), 12),
        "solved-then-floods": (solved().answer("answer-5", "for _ in range(9000): print('x' * 1000)"), 12),
        "solved-then-raises": (solved().answer("answer-5", "raise SystemExit('<b>enough</b>')"), 12),
        "solved-leaves-behind": (solved().also("answer-5", LEAVE_BEHIND), 14),
        "solved-not-python": (solved().answer("answer-5", "this is not python ("), 12),
    }


SUBMISSIONS = _submissions()


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("audit")


@pytest.fixture(scope="module")
def graded(tmp_path_factory, grade, audit) -> Graded:
    folder, out = tmp_path_factory.mktemp("submissions"), tmp_path_factory.mktemp("out")
    for name, (book, _) in SUBMISSIONS.items():
        (folder / f"{name}.ipynb").write_bytes(book.bytes())
    for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "boto3.py"):
        (folder / name).write_text("raise SystemExit('this ran')\n[pytest]\naddopts = --nbval\n")
    code = grade(
        [
            "grade",
            str(folder),
            "--out",
            str(out),
            "--jobs",
            "2",
            f"--cell-timeout={CELL_S}",
            f"--audit={audit}",
        ]
    )
    assert code == 0
    return Graded(out)


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_worth(graded, name):
    assert graded[name]["status"] == "graded", graded[name]["notices"]
    points, points_max = graded.points(name)
    failed = {check["id"]: check["text"] for check in graded[name]["checks"] if not check["points"]}
    assert points == SUBMISSIONS[name][1], (graded[name]["notices"], failed)
    assert points_max == {FIRST: 14, ROLLING: 17}[graded[name]["lab"]]


def test_files_beside_the_notebooks_do_not_run(graded):
    for name in ("conftest.py", "pytest.ini", "sitecustomize.py", "boto3.py"):
        assert graded[name]["status"] == "refused"
        assert graded.codes(name) == ["not-ipynb"]


def test_the_results_fit_their_schema(graded):
    jsonschema.Draft202012Validator.check_schema(results_json.schema())
    jsonschema.validate(graded.data, results_json.schema())


def test_points_come_only_where_verdict_and_line_agree(graded):
    for one in graded.data["submissions"]:
        for check in one["checks"]:
            earned = check["passed"] is True and check["agreed"]
            assert check["points"] == (check["points_max"] if earned else 0)


def test_a_printed_pass_is_seen_and_earns_nothing(graded):
    for name in ("blank-fake-check", "blank-fake-link", "blank-fake-shell"):
        agreed = [check for check in graded[name]["checks"] if check["agreed"]]
        assert len(agreed) >= 6, "the forged line did not even reach nbval"
        assert not any(check["passed"] or check["asked"] for check in agreed)


def test_an_honest_check_was_asked_for(graded):
    assert all(check["asked"] for check in graded["solved-en"]["checks"])


def test_the_learners_process_opens_nothing_of_the_course(graded, audit):
    lines = [line for path in audit.iterdir() for line in path.read_text().splitlines()]
    assert len(list(audit.iterdir())) == len(SUBMISSIONS)
    assert any("connection.json" in line for line in lines), "the record is there"
    for folder in ("course", "solutions", "labs"):
        assert not [line for line in lines if str(books.ROOT / folder) + "/" in line]
        assert not [line for line in lines if line.endswith(f"{books.ROOT / folder}'")]


def test_what_happened_is_said(graded):
    assert "kernel-died" in graded.codes("solved-then-dies")
    assert "kernel-died" in graded.codes("solved-then-exit")
    assert "cell-timeout" in graded.codes("solved-then-loops")
    assert "cell-timeout" in graded.codes("solved-then-deaf")
    assert "missing" in graded.codes("solved-no-answer-6")
    assert "cell-failed" in graded.codes("solved-not-python")


def test_later_checks_run_after_a_kernel_died(graded):
    earned = {check["id"]: check["points"] for check in graded["solved-then-dies"]["checks"]}
    assert earned["4.1"] == 3
    assert earned["5.1"] == 0
    assert earned["6.1"] == 2


def test_nothing_is_left_behind(graded):
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            assert b"86399" not in words, "a process that a submission started is still there"


def test_feedback_is_in_the_learners_language_and_escaped(graded):
    english = (graded.out / "feedback" / "untouched-en.html").read_text(encoding="utf-8")
    japanese = (graded.out / "feedback" / "untouched-ja.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in english
    assert "0 of 14 points" in english
    assert '<html lang="ja">' in japanese
    assert "14 点中 0 点" in japanese
    raised = (graded.out / "feedback" / "solved-then-raises.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;enough&lt;/b&gt;" in raised
    assert "<b>enough" not in raised


def test_feedback_shows_the_last_calls_and_no_solution(graded):
    page = (graded.out / "feedback" / "way-boto3.html").read_text(encoding="utf-8")
    assert "ecs.StopTask" in page
    blank_page = (graded.out / "feedback" / "untouched-en.html").read_text(encoding="utf-8")
    solution = solved().cell("answer-4")["source"]
    for line in "".join(solution).splitlines():
        assert len(line.strip()) < 20 or line.strip() not in blank_page
    for page in (graded.out / "feedback").iterdir():
        text = page.read_text(encoding="utf-8")
        assert str(books.ROOT) not in text
        assert "/tmp/" not in text


def test_nothing_is_lost(graded):
    assert len(graded.data["submissions"]) == len(SUBMISSIONS) + 4
    assert len(list((graded.out / "feedback").iterdir())) == len(SUBMISSIONS) + 4
    rows = (graded.out / "gradebook.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == len(SUBMISSIONS) + 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_grading_twice_is_byte_equal(tmp_path, grade):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "solved.ipynb").write_bytes(solved().bytes())
    (folder / "rolling.ipynb").write_bytes(solved(ROLLING, "ja").bytes())
    (folder / "dies.ipynb").write_bytes(SUBMISSIONS["solved-then-dies"][0].bytes())
    (folder / "bad.ipynb").write_bytes(b"{")
    os.mkfifo(folder / "fifo.ipynb")
    for out, jobs in (("one", "1"), ("two", "2")):
        assert grade(["grade", str(folder), "--out", str(tmp_path / out), "--jobs", jobs]) == 0
    assert Graded(tmp_path / "one").files() == Graded(tmp_path / "two").files()


@pytest.mark.parametrize("asked", [True, False])
def test_another_seed_is_worth_the_same(tmp_path, grade, asked):
    folder = tmp_path / "in"
    folder.mkdir()
    for lab in (FIRST, ROLLING):
        for kind, book in (("solved", solved(lab)), ("blank", blank(lab))):
            book.data["metadata"]["ecslab"]["seed"] = 7
            (folder / f"{kind}-{lab}.ipynb").write_bytes(book.bytes())
    more = ["--seed", "8"] if asked else []
    assert grade(["grade", str(folder), "--out", str(tmp_path / "out"), "--jobs", "2", *more]) == 0
    graded = Graded(tmp_path / "out")
    for lab in (FIRST, ROLLING):
        assert graded[f"solved-{lab}"]["seed"] == (8 if asked else 7)
        assert graded.codes(f"solved-{lab}") == ["other-seed" if asked else "own-seed"]
        assert graded.points(f"solved-{lab}")[0] == graded.points(f"solved-{lab}")[1]
        assert graded.points(f"blank-{lab}")[0] == 0


def test_values_of_another_seed_are_wrong_under_this_one(tmp_path, grade):
    """Seed 2 has port 3000, seed 7 has 8000: an answer that was copied from another learner's lab does not fit."""
    book = solved()
    source = "".join(book.cell("answer-2")["source"]).replace('cloud.given["port"]', "3000")
    book.answer("answer-2", source)
    (tmp_path / "copied.ipynb").write_bytes(book.bytes())
    arguments = ["grade", str(tmp_path / "copied.ipynb"), "--out", str(tmp_path / "out")]
    assert grade([*arguments, "--seed", "2"]) == 0
    assert Graded(tmp_path / "out").points("copied") == (14, 14)
    assert grade([*arguments, "--seed", "7"]) == 0
    points = {check["id"]: check["points"] for check in Graded(tmp_path / "out")["copied"]["checks"]}
    assert points["2.1"] == 0
