"""What a learner meets in a notebook: starting, asking, going wrong."""

# ruff: noqa: E501 - cells are quoted as a learner would write them

from __future__ import annotations

import pytest

from ecslab.notebook.inprocess import run_cells, surroundings
from tests.labs.rig import FIRST, ROLLING, ROOT, source

START = (
    'import boto3\nfrom ecslab import lab\ncloud = lab.start("02-first-service")\necs = boto3.client("ecs")\n'
)


def cells(*texts):
    """Cells that hold these texts."""
    given = next(cell for cell in source(FIRST).cells if cell.key == "start")
    return [(given, text) for text in texts]


def ask(*texts, lang="en"):
    """Run these after the lab has started; returns the last cell's run."""
    with surroundings(ROOT, lang):
        runs = run_cells(cells(START, *texts))
    assert runs[0].error is None
    return runs[-1]


def test_start_says_what_there_is():
    with surroundings(ROOT, "en"):
        out = run_cells(cells(START))[0].out
    assert out.startswith("Lab 02-first-service is ready. The cloud's clock stands at 00:00:00.\n")
    assert "target_group_arn" in out


WRONG = {
    "an unknown check": (
        'lab.check("9.9")',
        "LabError: there is no check '9.9' in this lab; there are 1.1, 2.1",
    ),
    "an unknown hint": ('lab.hint("9.9")', "LabError: there is no check '9.9'"),
    "an answer that is no value": (
        'lab.check("3.1", answer=cloud)',
        "LabError: answer= takes text, numbers, lists and dicts, not Cloud",
    ),
    "an unknown lab": ('lab.start("03-none")', "LabError: /"),
    "a seed that is no number": (
        'import os; os.environ["ECSLAB_SEED"] = "x"; lab.start("02-first-service")',
        "LabError: a seed is a whole number, not 'x'",
    ),
    "time that cannot be read": ('cloud.advance("soon")', "LabError: cannot read the duration 'soon'"),
    "time that goes back": ("cloud.advance(-5)", "LabError: cannot read the duration -5"),
    "a service that is not there": (
        'cloud.until_stable("wbe")',
        "LabError: there is no service 'wbe'; there are: none",
    ),
    "something that is not given": (
        'cloud.given["subnet"]',
        "LabError: nothing named 'subnet' is given; there are: vpc_id",
    ),
    "a URL that is none": ('cloud.http.get("http://[")', "LabError: "),
    "an address that nobody has": ('cloud.http.get("http://shop.example/")', "LabError: "),
    "a stream that is too fast": (
        'cloud.traffic.constant(cloud.given["url"], per_second=1e9)',
        "LabError: traffic_start: per_second is a number",
    ),
    "a fault that there is not": (
        'cloud.fault("flood")',
        "LabError: fault: there is no fault 'flood'; there are: crash",
    ),
    "a program that is none": (
        'cloud.images.push("a:1", 3)',
        "LabError: push a class that inherits from lab.Program, not 3",
    ),
    "a stock image that there is not": (
        'cloud.images.push("a:1", "web:9")',
        "LabError: push: there is no stock image 'web:9'",
    ),
    "an aws command without a command": ("%%aws\n# nothing", "LabError: %%aws needs a command"),
    "an aws command that is a shell's": (
        "%%aws\necs list-clusters | head",
        "LabError: %%aws runs aws commands",
    ),
    "an unknown variable": (
        "%%aws\necs describe-clusters --clusters $nobody",
        "LabError: ${nobody}: NameError",
    ),
    "an aws command that AWS refuses": (
        "%%aws\necs list-tasks --cluster none",
        "CommandFailed: An error occurred (ClusterNotFoundException)",
    ),
    "an aws command that lacks an option": (
        "%%aws\necs describe-services",
        "CommandFailed: aws: error: the following arguments are required: --services",
    ),
    "a call that AWS refuses": (
        'ecs.list_tasks(cluster="none")',
        "ClusterNotFoundException: An error occurred (ClusterNotFoundException)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_goes_wrong_is_one_clear_line(name):
    text, told = WRONG[name]
    run = ask(text)
    assert run.error is not None
    assert run.error.startswith(told)
    assert "\n" not in run.error
    shown = [line for line in run.out.split("\n") if line.strip()]
    assert len(shown) <= 2, f"more than the learner's line and the error: {run.out}"
    assert "Traceback" not in run.out


def test_a_lab_that_has_not_started_says_so():
    with surroundings(ROOT, "ja"):
        run = run_cells(cells('from ecslab import lab\nlab.check("1.1")'))[-1]
    assert run.error is not None
    assert "lab.start" in run.error


def test_starting_again_begins_anew():
    run = ask(
        'ecs.create_cluster(clusterName="shop")',
        START + 'print(ecs.list_clusters()["clusterArns"], cloud.now)',
    )
    assert run.error is None
    assert run.out.endswith("[] 00:00:00\n")


def test_hints_come_one_after_the_other_in_the_notebooks_language():
    with surroundings(ROOT, "ja"):
        runs = run_cells(cells(START, *['lab.hint("1.1")'] * 4))
    firsts = [run.shown[0].split("\n")[0] for run in runs[1:]]
    assert firsts == ["1.1 のヒント 1 / 3", "1.1 のヒント 2 / 3", "1.1 のヒント 3 / 3", "1.1 のヒント 3 / 3"]


def test_a_failed_check_shows_why_and_one_line():
    run = ask('lab.check("1.1")')
    assert run.line == "[fail] 1.1 (0/1 points)"
    assert run.check_failed
    assert "no ACTIVE cluster of that name" in run.shown[0]


def test_the_canonical_line_is_the_same_in_both_languages():
    assert ask('lab.check("1.1")', lang="ja").line == ask('lab.check("1.1")').line


def test_variables_reach_the_cli_and_its_answer_comes_back():
    run = ask(
        '%%aws\necs create-cluster --cluster-name ${"sh" + "op"} --output json',
        'print(_aws["cluster"]["clusterName"])',
    )
    assert run.error is None
    assert run.out == "shop\n"


def test_a_waiter_moves_virtual_time():
    """boto3's waiters would wait for minutes; here the cloud's clock does."""
    run = ask(
        'ecs.create_cluster(clusterName="shop")',
        "try:\n    ecs.get_waiter('tasks_running').wait(cluster='shop', tasks=['0' * 32], WaiterConfig={'MaxAttempts': 2, 'Delay': 60})\n"
        "except Exception as error:\n    print(type(error).__name__, cloud.now)",
    )
    assert run.out.startswith("WaiterError 00:0")


def test_faults_and_views_work_from_the_handle():
    start = 'from ecslab import lab\ncloud = lab.start("11-rolling")\n'
    with surroundings(ROOT, "en"):
        runs = run_cells(
            cells(
                start,
                'cloud.fault("fail_health", "web"); cloud.advance("2m"); cloud.heal("fail_health", "web"); cloud.until_stable("web")',
                'str(cloud.events("web"))',
                "str(cloud.map())",
                'str(cloud.timeline("web", end="1m"))',
                "str(cloud.cost())",
                "repr(cloud)",
                'r = cloud.http.post(cloud.given["url"], {"a": 1}); (r.status, r.ok, r.ms)',
                'str(cloud.traffic.burst(cloud.given["url"], requests=5).report())',
            )
        )
    assert [run.error for run in runs if run.error] == []


def test_a_program_in_a_cell_runs_behind_the_load_balancer():
    start = (
        'import boto3\nfrom ecslab import lab\ncloud = lab.start("11-rolling")\necs = boto3.client("ecs")\n'
    )
    program = (
        '@cloud.image("shop.example/hello:1", commands=("sh", "curl"))\n'
        "class Hello(lab.Program):\n"
        "    def request(self, container, request):\n"
        '        return lab.Response(status=201, body=f"hello {request.path}", takes="1s")\n'
    )
    serve = (
        'register = ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]\n'
        'names = ("family", "networkMode", "cpu", "memory", "executionRoleArn", "requiresCompatibilities")\n'
        'one = {**register["containerDefinitions"][0], "image": "shop.example/hello:1"}\n'
        "ecs.register_task_definition(**{n: register[n] for n in names}, containerDefinitions=[one])\n"
        'task = ecs.run_task(cluster="shop", taskDefinition="web", launchType="FARGATE", networkConfiguration='
        'ecs.describe_services(cluster="shop", services=["web"])["services"][0]["networkConfiguration"])["tasks"][0]["taskArn"]\n'
        'cloud.advance("1m")\n'
        'details = ecs.describe_tasks(cluster="shop", tasks=[task])["tasks"][0]["attachments"][0]["details"]\n'
        'ip = next(d["value"] for d in details if d["name"] == "privateIPv4Address")\n'
        'answer = cloud.http.get(f"http://{ip}:8080/x")\n'
        "print(answer.status, answer.body, answer.ms)\n"
    )
    with surroundings(ROOT, "en"):
        runs = run_cells(cells(start, program, serve))
    assert [run.error for run in runs if run.error] == []
    assert runs[-1].out == "201 hello /x 1000\n"


def test_there_is_a_lab_to_roll():
    assert source(ROLLING).points == 17
