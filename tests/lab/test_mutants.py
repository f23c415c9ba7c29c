"""What counts as an argument of a solution, and what is made of it."""

from __future__ import annotations

import pytest

from ecslab.course.problem import CourseProblem
from ecslab.course.source import read
from ecslab.notebook.mutants import changed, defences, mutants_of
from tests.course.sources import SMALL, write

START = 'cloud = lab.start("99-small")\n'
CLIENT = START + 'import boto3\necs = boto3.client("ecs")\n'


def made(tmp_path, solution):
    text = SMALL.replace(START, CLIENT).replace("found = kept + 1\n", solution + "\n")
    return {mutant.id: mutant.source for mutant in mutants_of(read(write(tmp_path, text)))}


def test_each_argument_is_dropped_and_changed(tmp_path):
    found = made(tmp_path, 'ecs.create_service(serviceName="web", desiredCount=2)')
    assert list(found) == [
        "answer: ecs.create_service(serviceName) dropped",
        "answer: ecs.create_service(serviceName) changed",
        "answer: ecs.create_service(desiredCount) dropped",
        "answer: ecs.create_service(desiredCount) changed",
    ]
    assert "ecs.create_service(desiredCount=2)" in found["answer: ecs.create_service(serviceName) dropped"]
    assert "desiredCount=_ecslab_changed(2)" in found["answer: ecs.create_service(desiredCount) changed"]


def test_members_are_arguments_too(tmp_path):
    found = made(tmp_path, 'ecs.update_service(a={"b": {"c": 1}, "d": [{"e": 2}], "f": ["g"]})')
    assert [name.removeprefix("answer: ecs.update_service(a)") for name in found] == [
        " dropped",
        ".b dropped",
        ".b.c dropped",
        ".b.c changed",
        ".d dropped",
        ".d[0].e dropped",
        ".d[0].e changed",
        ".f dropped",
        ".f changed",
    ]


def test_dicts_that_are_made_before_the_call_count(tmp_path):
    found = made(tmp_path, 'network = {"subnets": [1]}\necs.run_task(n=network)')
    assert "answer: network.subnets dropped" in found


def test_a_first_value_that_is_overwritten_does_not_count(tmp_path):
    assert made(tmp_path, "found = []\nfound = [kept]") == {
        "answer: found changed": "kept = 1\nfound = []\nfound = _ecslab_changed([kept])"
    }


def test_a_mutant_leaves_the_others_alone(tmp_path):
    """Each is the solution with one thing different, although all are made from one tree."""
    found = made(tmp_path, 'ecs.run_task(a=1, b={"c": 2})')
    assert [source.split("\n")[1] for source in found.values()] == [
        "ecs.run_task(b={'c': 2})",
        "ecs.run_task(a=_ecslab_changed(1), b={'c': 2})",
        "ecs.run_task(a=1)",
        "ecs.run_task(a=1, b={})",
        "ecs.run_task(a=1, b={'c': _ecslab_changed(2)})",
    ]


def test_options_of_the_cli(tmp_path):
    text = SMALL.replace(
        "kept = 1\n### solution\nfound = kept + 1\n",
        "%%aws\n### solution\necs a --b c d --query x\necs e --f\n",
    )
    found = {one.id: one.source for one in mutants_of(read(write(tmp_path, text)))}
    assert found == {
        "answer: aws ecs a --b dropped": "%%aws\necs a --query x\necs e --f",
        "answer: aws ecs a --b changed": "%%aws\necs a --b cx d --query x\necs e --f",
        "answer: aws ecs a --b changed (call 2)": "%%aws\necs a --b c dx --query x\necs e --f",
        "answer: aws ecs e --f dropped": "%%aws\necs a --b c d --query x\necs e",
    }


@pytest.mark.parametrize(
    ("value", "other"),
    [
        (True, False),
        (3, 4),
        ("x", "xx"),
        ("10", "11"),
        ([1, 2], [1]),
        ({"a": 1, "b": 2}, {"a": 1}),
        (None, None),
    ],
)
def test_another_value(value, other):
    assert changed(value) == other


def test_defences_have_reasons(tmp_path):
    path = tmp_path / "mutants.toml"
    assert defences(path) == {}
    path.write_text('[[defended]]\nmutants = ["a", "b"]\nwhy = "right"\n', encoding="utf-8")
    assert defences(path) == {"a": "right", "b": "right"}
    path.write_text('[[defended]]\nmutants = ["a"]\nwhy = " "\n', encoding="utf-8")
    with pytest.raises(CourseProblem, match="a defence has"):
        defences(path)
