"""Hidden checks: they count, and nothing that a learner reads says more than their points."""

from __future__ import annotations

import json

import pytest

from ecslab.course.problem import CourseProblem
from ecslab.grading import command
from ecslab.grading.hidden import Hidden, HiddenChecks, check_hidden, hidden_results
from tests.grading.books import FIRST, solved
from tests.grading.conftest import Graded

CHECKS = '''
"""Hidden checks."""
from ecslab.lab.checks import Evidence, Finding, check, passed, seen


@check("1.no-spare-cluster", points=1)
def no_spare(evidence: Evidence) -> Finding:
    names = [one["clusterName"] for one in evidence.client("ecs").describe_clusters(clusters=["spare"])["clusters"]]
    return seen("spare-cluster-zebra", names=names) if names else passed()


@check("7.four-at-the-end", points=2)
def four(evidence: Evidence) -> Finding:
    service = evidence.client("ecs").describe_services(cluster="shop", services=["web"])["services"][0]
    return passed() if service["runningCount"] == 4 else seen("not-four-zebra", count=service["runningCount"])


@check("7.breaks", points=1)
def breaks(evidence: Evidence) -> Finding:
    raise RuntimeError("zebra in the check")
'''
LEARNERS = ("feedback", "gradescope", "junit.xml", "summary.md", "gradebook.csv", "gradebook.canvas.csv")
LEARNERS = (*LEARNERS, "gradebook.moodle.csv", "report.html")
SECRETS = ("no-spare-cluster", "four-at-the-end", "breaks", "zebra", "spare-cluster", "RuntimeError")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("instructor") / "hidden"
    (made / FIRST).mkdir(parents=True)
    (made / FIRST / "checks.py").write_text(CHECKS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def graded(tmp_path_factory, grade, folder):
    place = tmp_path_factory.mktemp("class")
    asks = "import urllib.request\ntry:\n    lab.check('1.no-spare-cluster')\nexcept Exception as e:\n    print(e)\n"
    (place / "in").mkdir()
    (place / "in" / "alice.ipynb").write_bytes(solved().bytes())
    both = "for name in ('shop', 'spare'):\n    ecs.create_cluster(clusterName=name)"
    spare = solved(lang="ja").answer("answer-1", both).also("answer-3", asks)
    (place / "in" / "bob.ipynb").write_bytes(spare.bytes())
    (place / "in" / "carol.ipynb").write_bytes(solved().double("answer-1").bytes())
    arguments = ["grade", str(place / "in"), "--out", str(place / "out"), "--hidden", str(folder)]
    assert grade(arguments) == command.DONE
    return Graded(place / "out")


def test_they_count(graded):
    assert graded.points("alice") == (14 + 3, 14 + 4)
    assert graded.points("bob") == (14 + 2, 14 + 4)
    assert graded.points("carol") == (0, 14 + 4)
    assert [one["passed"] for one in graded["alice"]["hidden"]] == [True, True, False]
    assert [one["passed"] for one in graded["carol"]["hidden"]] == [None, None, None]
    assert graded["bob"]["hidden"][0]["mistake"] == "spare-cluster-zebra"
    assert graded["alice"]["hidden"][2]["mistake"] == "check-broke"


def test_nothing_for_learners_says_more_than_their_points(graded):
    looked = 0
    for name in LEARNERS:
        place = graded.out / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            text = path.read_text(encoding="utf-8")
            looked += 1
            for secret in SECRETS:
                # bob's own code names a check that he guessed; what his notebook raised may say so
                guessed = path.stem == "bob" and secret == "no-spare-cluster"
                assert guessed or secret not in text, (path, secret)
    assert looked == 3 + 3 + 6


def test_their_points_are_said_in_both_languages(graded):
    assert "hidden checks: 3 of 4 points" in (graded.out / "feedback/alice.html").read_text(encoding="utf-8")
    assert "隠しチェック：4 点中 2 点" in (graded.out / "feedback/bob.html").read_text(encoding="utf-8")
    data = json.loads((graded.out / "gradescope/alice.json").read_text(encoding="utf-8"))
    assert data["tests"][-1]["name"] == "hidden checks: 3 of 4 points"


def test_the_instructor_sees_everything(graded):
    lines = (graded.out / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines if '"hidden"' in line]
    found = {(one["submission"], one["check"]): one for one in entries}
    assert found["bob", "1.no-spare-cluster"]["facts"] == {"names": ["spare"]}
    assert found["bob", "1.no-spare-cluster"]["points"] == 0
    assert found["alice", "7.four-at-the-end"]["why"] == "passed"


def lab(tmp_path, text):
    (tmp_path / FIRST).mkdir()
    (tmp_path / FIRST / "checks.py").write_text("from ecslab.lab.checks import *\n" + text, encoding="utf-8")
    return tmp_path


ONE = '@check({id!r}, points=1)\ndef one(evidence):\n    "about"\n    return passed()\n'


def test_an_id_names_its_task(tmp_path):
    with pytest.raises(CourseProblem, match="'spare' is not the id of a hidden check"):
        Hidden.of(lab(tmp_path, ONE.format(id="spare")), FIRST)


def test_an_id_is_no_check_of_the_lab(tmp_path, capsys, grade):
    (tmp_path / "h").mkdir()
    folder = lab(tmp_path / "h", ONE.format(id="2.1"))
    (tmp_path / "a.ipynb").write_bytes(solved().bytes())
    arguments = ["grade", str(tmp_path / "a.ipynb"), "--out", str(tmp_path / "out"), "--hidden", str(folder)]
    assert grade(arguments) == command.USAGE
    assert "has a check 2.1 of its own" in capsys.readouterr().err


def test_a_folder_without_hidden_checks_is_a_slip(tmp_path):
    with pytest.raises(CourseProblem, match="no hidden checks of any lab"):
        check_hidden(tmp_path, [FIRST])
    check_hidden(None, [FIRST])


def test_they_run_after_the_last_check_of_their_task(tmp_path):
    text = "".join(
        ONE.format(id=name).replace("def one", f"def c{n}") for n, name in enumerate(("1.a", "2.b"))
    )
    path = lab(tmp_path, text) / FIRST
    checks = HiddenChecks(str(path), ["1.1", "1.2", "2.1"])
    assert checks.after("1.1", None) == {}
    assert list(checks.after("1.2", None)) == ["1.a"]
    assert list(checks.after("2.1", None)) == ["2.b"]
    assert HiddenChecks("", ["1.1"]).after("1.1", None) == {}


def test_what_was_not_told_did_not_run():
    hidden = Hidden(points=(("1.a", 2), ("2.b", 3)))
    found = hidden_results(hidden, {"1.a": {"passed": True, "mistake": None, "facts": {}}})
    assert [(one.points, one.points_max, one.passed) for one in found] == [(2, 2, True), (0, 3, None)]
