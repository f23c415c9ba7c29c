"""Lab 11: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import ROLLING, play

NO_TASK_1 = {"answer-1": "report = None"}
DEFAULTS = '{"minimumHealthyPercent": 100, "maximumPercent": 200, "deploymentCircuitBreaker": {"enable": True, "rollback": True}}'

RIGHT = {
    "more customers than asked for, in a closed loop": (
        "1.1",
        {"answer-1": ("traffic.constant(url, per_second=10)", "traffic.closed(url, clients=3)")},
    ),
    "a floor of two by another percent": (
        "3.1",
        {"answer-3": ('"minimumHealthyPercent": 66', '"minimumHealthyPercent": 34')},
    ),
    "breaker and image in one call": (
        "4.1",
        {
            "answer-4": f"""
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:broken"),
                   deploymentConfiguration={DEFAULTS})
cloud.advance("10m")
"""
        },
    ),
    "the stock program that finishes, pushed by name": (
        "6.1",
        {"answer-6": ("@cloud.image(image)\nclass", 'cloud.images.push(image, "web:graceful")\nclass')},
    ),
    "a new revision instead of a forced deployment": (
        "6.1",
        {"answer-6": ("forceNewDeployment=True", "taskDefinition=register(image)")},
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_ways_pass(name):
    check, answers = RIGHT[name]
    mistakes, runs = play(ROLLING, answers, until=check)
    assert [run.error for run in runs if run.error] == []
    assert mistakes[check] is None


WRONG = {
    "not-rolled-out": ("1.1", NO_TASK_1),
    "quiet": ("1.1", {"answer-1": ("per_second=10", "per_second=2")}),
    "unfinished": ("1.1", {"answer-1": ('cloud.until_stable("web")', 'cloud.advance("5s")')}),
    "dip": (
        "1.1",
        {
            "answer-1": (
                'taskDefinition=register("public.ecr.aws/ecslab/web:2.0")',
                'taskDefinition=register("public.ecr.aws/ecslab/web:2.0"), deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100}',
            )
        },
    ),
    "fewest-rounding": (
        "2.1",
        {
            "answer-2": (
                '-(-one["desiredCount"] * one["minimumHealthyPercent"] // 100)',
                'one["desiredCount"] * one["minimumHealthyPercent"] // 100',
            )
        },
    ),
    "most-rounding": (
        "2.1",
        {
            "answer-2": (
                'most = one["desiredCount"] * one["maximumPercent"] // 100',
                'most = -(-one["desiredCount"] * one["maximumPercent"] // 100)',
            )
        },
    ),
    "thinks-moves": (
        "2.1",
        {"answer-2": ('most > one["desiredCount"] or fewest < one["desiredCount"]', "True")},
    ),
    "too-many": ("3.1", {"answer-3": ('"maximumPercent": 100', '"maximumPercent": 200')}),
    "stuck": ("3.1", {"answer-3": ('"minimumHealthyPercent": 66', '"minimumHealthyPercent": 67')}),
    "no-breaker": ("4.1", {"answer-4": ('"enable": True', '"enable": False')}),
    "no-rollback": ("4.1", {"answer-4": ('"rollback": True', '"rollback": False')}),
    "undecided": ("4.1", {"answer-4": ('cloud.until_stable("web", timeout="30m")', 'cloud.advance("5s")')}),
    "rounding": ("4.2", {"answer-4b": "threshold = 31 // 2"}),
    "the-minimum": ("4.2", {"answer-4b": "threshold = 3"}),
    "exit-code": ("5.1", {"answer-5": ('dead["containers"][0]["exitCode"]', "137")}),
    "missing": ("5.1", {"answer-5": ('"missing": "SHOP_CATALOG"', '"missing": "the circuit breaker"')}),
    "only-once": (
        "6.1",
        {"answer-6": ('ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)', "")},
    ),
    "too-fast": ("6.1", {"answer-6": (', takes="2s"', "")}),
    "failures": ("6.1", {"answer-6": ('"Value": "10"', '"Value": "1"')}),
    "delay": ("6.1", {"answer-6": ('"Value": "10"', '"Value": "61"')}),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_called_by_their_names(name):
    check, answers = WRONG[name]
    mistakes, _runs = play(ROLLING, answers, until=check)
    assert mistakes[check] == name


def test_a_program_that_dies_of_sigterm_is_noticed_by_its_exit_code():
    mistakes, runs = play(ROLLING, {"answer-6": ("container.finish()", "container.exit(143)")}, until="6.1")
    assert mistakes["6.1"] == "exit-code"
    assert "143" in " ".join(runs[-1].shown)


def test_percents_of_task_3_in_task_4_cost_a_task():
    """The scheduler makes room for a broken task by stopping a good one, as the percents allow."""
    mistakes, _runs = play(
        ROLLING,
        {"answer-4": ('"minimumHealthyPercent": 100,\n        "maximumPercent": 200,', "")},
        until="4.1",
    )
    assert mistakes["4.1"] == "dip"


def test_nothing_is_healthy_that_is_not_there():
    """A service without tasks passes no check of a rollout, by whatever letter."""
    zero = 'ecs.update_service(cluster="shop", service="web", desiredCount=0)\ncloud.advance("5m")\n'
    answers = {
        "answer-3": zero
        + 'ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:3.0"))\ncloud.advance("5m")'
    }
    mistakes, _runs = play(ROLLING, answers, until="3.1")
    assert mistakes["3.1"] is not None


@pytest.mark.parametrize("check", ["1.1", "3.1", "4.1", "6.1"])
def test_a_service_that_was_deleted_is_called_gone(check):
    """Whatever a learner does to the cloud, a check says what it sees and does not break."""
    delete = 'ecs.delete_service(cluster="shop", service="web", force=True)\ncloud.advance("5m")\n'
    number = {"1.1": "1", "3.1": "3", "4.1": "4", "6.1": "6"}[check]
    mistakes, _runs = play(ROLLING, {f"answer-{number}": delete}, until=check, solved=False)
    assert mistakes[check] == "gone"
