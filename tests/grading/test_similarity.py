"""Similarity: it sees through other names, other order and comments, and leaves honest short answers alone."""

from __future__ import annotations

import json
import random
import re
import time

import pytest

from ecslab.cli import main
from ecslab.grading.similarity.compare import Answers, common_from, compare
from ecslab.grading.similarity.pages import Compared, to_html
from ecslab.grading.similarity.shapes import marks
from tests.grading.books import FIRST, blank, solved

OWN = """
container_port = cloud.given["port"]
wanted = {"subnets": sorted(cloud.given["subnets"]), "assignPublicIp": "ENABLED"}
waits = [7, 11, 13, 17]
def until_healthy(group, at_least, patience=29):
    for pause in waits * patience:
        answer = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        good = [one["Target"]["Id"] for one in answer if one["TargetHealth"]["State"] == "healthy"]
        if len(good) >= at_least:
            return dict(zip(good, range(len(good))))
        cloud.advance(f"{pause}s")
    raise TimeoutError(f"only {len(good)} of {at_least} became healthy")
spec = ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])["taskDefinition"]
sizes = {name: int(spec.get(name, 0)) * 2 for name in ("cpu", "memory")}
ecs.tag_resource(resourceArn=spec["taskDefinitionArn"], tags=[{"key": "sizes", "value": str(sizes)}])
print(until_healthy(cloud.given["target_group_arn"], at_least=2))
"""
RENAMED = (
    OWN.replace("until_healthy", "wait_for_all")
    .replace("pause", "p")
    .replace("answer", "result")
    .replace("good", "ids")
    .replace("spec", "td")
    .replace("sizes", "double")
    .replace('"double"', '"sizes"')
    .replace("waits", "steps")
    .replace("wanted", "net")
)


def reordered(source):
    head, body = source.strip("\n").split("def ", 1)
    lines = head.strip().split("\n")
    return "\n".join(lines[::-1]) + "\ndef " + body


def commented(source):
    return "\n".join(f"{line}  # note {n}" if line else "# --" for n, line in enumerate(source.split("\n")))


def answers(name, source, key="answer-6"):
    return Answers(name=name, learner=name, sources={key: source})


def others(count):
    """Learners who solved the task by themselves, each in one of a few obvious ways."""
    ways = (
        'ecs.update_service(cluster="shop", service="web", desiredCount=4)',
        'ecs.update_service(service="web", cluster="shop", desiredCount=4)\ncloud.advance("2m")',
        "%%aws\necs update-service --cluster shop --service web --desired-count 4",
        "!aws ecs update-service --cluster shop --service web --desired-count 4\ncloud.advance('5m')",
    )
    return [answers(f"other-{n:03}", ways[n % len(ways)]) for n in range(count)]


@pytest.mark.parametrize(
    "copy",
    [OWN, RENAMED, reordered(OWN), commented(OWN), commented(reordered(RENAMED))],
    ids=["same", "renamed", "reordered", "commented", "all of it"],
)
def test_a_copy_in_disguise_is_seen(copy):
    pairs = compare([*others(20), answers("zoe", OWN), answers("adam", copy)], [])
    assert [pair.names for pair in pairs] == [("adam", "zoe")]
    assert pairs[0].score > 0.9
    assert pairs[0].places[0].cells == ("answer-6", "answer-6")


def test_a_copy_into_another_cell_is_seen():
    pairs = compare([*others(20), answers("zoe", OWN), answers("adam", RENAMED, key="answer-7")], [])
    assert pairs[0].places[0].cells == ("answer-7", "answer-6")


def test_honest_short_answers_are_left_alone():
    for count in (2, 5, 40):
        assert compare(others(count), []) == []


def test_different_long_answers_are_left_alone():
    mine = """
seen = {}
for name in ["a", "b"]:
    while name not in seen:
        seen[name] = cloud.http.get(cloud.given["url"], headers={"Host": name}).status
assert all(code == 200 for code in seen.values()), seen
tasks = ecs.list_tasks(cluster="shop", serviceName="web", desiredStatus="RUNNING")["taskArns"]
print(len(tasks), tasks[0].rpartition("/")[2])
"""
    assert compare([answers("zoe", OWN), answers("adam", mine)], []) == []


def test_what_was_given_does_not_count():
    assert compare([answers("zoe", OWN), answers("adam", RENAMED)], [OWN]) == []


def test_what_many_of_the_class_have_does_not_count():
    class_of = [answers(f"learner-{n:02}", OWN) for n in range(6)]
    assert compare([*class_of, *others(14)], []) == []
    assert len(compare([*class_of[:3], *others(14)], [])) == 3
    assert [common_from(count) for count in (2, 20, 50, 100, 2_000)] == [4, 4, 6, 11, 61]


def test_a_learner_is_not_compared_with_themselves():
    twice = [Answers(name=name, learner="zoe", sources={"answer-1": OWN}) for name in ("zoe/a", "zoe/b")]
    assert compare(twice, []) == []


@pytest.mark.parametrize(
    "source",
    ["", "x = (", "%%aws\n", "\0", "!", "a = " + "-" * 3_000 + "1", "def f(:\n  pass\n" * 50, "あ = '店'"],
)
def test_anything_has_a_shape(source):
    assert marks(source) == marks(source)


def test_the_shell_has_a_shape_too():
    long = "%%aws\necs run-task --cluster shop --count 3 --launch-type FARGATE --started-by me --group x \\\n --tags key=a,value=b"
    assert len(marks(long)) > 1
    assert max(mark.last for mark in marks(long)) == 3
    spaced = long.replace(" --count", "    --count") + "  # mine"
    assert {mark.print for mark in marks(long)} == {mark.print for mark in marks(spaced)}


def test_the_command_writes_both_files(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    for name, book in {
        "zoe": solved().answer("answer-6", OWN),
        "アダム": solved(lang="ja").answer("answer-6", commented(RENAMED) + "\nx = '</pre><script>'"),
        "eve": solved(),
        "blank": blank(),
    }.items():
        (tmp_path / "in" / f"{name}.ipynb").write_bytes(book.bytes())
    (tmp_path / "in" / "broken.ipynb").write_text("{")
    arguments = ["similar", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "ja"]
    assert main(arguments) == 0
    assert f"{FIRST}: pairs of the same shape: 1, of 4 submissions" in capsys.readouterr().out
    (lab,) = json.loads((tmp_path / "out" / "similarity.json").read_text(encoding="utf-8"))["labs"]
    (pair,) = lab["pairs"]
    assert pair["submissions"] == ["zoe", "アダム"]
    html = (tmp_path / "out" / "similarity.html").read_text(encoding="utf-8")
    assert "アダム" in html
    assert "<script" not in html
    assert "<mark>" in html
    first = html, (tmp_path / "out" / "similarity.json").read_bytes()
    assert main(arguments) == 0
    assert first[0] == (tmp_path / "out" / "similarity.html").read_text(encoding="utf-8")


def test_a_path_that_is_not_there(tmp_path, capsys):
    assert main(["similar", str(tmp_path / "x"), "--out", str(tmp_path / "out")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_no_pairs_is_said():
    assert "No two submissions" in to_html([Compared(lab=FIRST, answers={}, pairs=[])], "en")


@pytest.mark.slow
def test_two_thousand_are_compared_within_a_minute():
    """Each writes seven cells of their own; ten copy from their neighbours."""
    draw = random.Random(5)
    words = [f"name_{n}" for n in range(400)]
    calls = ["describe_services", "list_tasks", "describe_tasks", "update_service", "run_task", "stop_task"]

    def cell():
        lines = []
        for _ in range(draw.randrange(4, 14)):
            a, b, c = draw.sample(words, 3)
            call, number = draw.choice(calls), draw.randrange(40)
            lines += [
                f"{a} = ecs.{call}(cluster='shop', tasks=[{b}['{c}']], count={number})['{draw.choice(words)}']"
            ]
        return "\n".join(lines)

    everything = []
    for n in range(2_000):
        sources = {f"answer-{k}": cell() for k in range(1, 8)}
        everything.append(Answers(name=f"l{n:04}", learner=f"l{n:04}", sources=sources))
    for n in range(10):
        sources = {
            key: re.sub(r"name_(\d+) =", r"mine_\1 =", text) for key, text in everything[n].sources.items()
        }
        everything[1_000 + n] = Answers(name=f"l{1_000 + n:04}", learner="", sources=sources)
    began = time.process_time()
    pairs = compare(everything, [])
    used = time.process_time() - began
    assert used < 60, used
    copied = sorted(pair.names for pair in pairs[:10])
    assert copied == [(f"l{n:04}", f"l{1_000 + n:04}") for n in range(10)]
