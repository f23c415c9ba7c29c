"""Lab 06: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import play
from tests.labs.test_clean_up import test_cleaning_up_leaves_nothing_that_costs as cleaned_up

SERVICES = "06-services"
ORDER = '{"with_room": "start", "without_room": "stop", "decided_by": "maximumPercent"}'

RIGHT = {
    "ids as ARNs": (
        "1.1",
        {
            "answer-1": (
                'crashed = task["taskArn"].split("/")[-1]',
                'crashed = task["taskArn"]',
            )
        },
    ),
    "one ended after the other": (
        "1.2",
        {"answer-1b": ('cloud.fault("crash"', 'cloud.advance("3m")\ncloud.fault("crash"')},
    ),
    "other thresholds instead of a longer grace period": (
        "2.1",
        {
            "answer-2": (
                "healthCheckGracePeriodSeconds=180)",
                "healthCheckGracePeriodSeconds=0)\n"
                'elbv2.modify_target_group(TargetGroupArn=group["TargetGroupArn"], '
                "UnhealthyThresholdCount=10)\n",
            )
        },
    ),
    "a longer grace period": ("2.1", {"answer-2": ("Seconds=180", "Seconds=300")}),
    "the draining as text": ("3.1", {"answer-3": ("int(delay)", "delay")}),
    "no room by a maximum of 149": (
        "4.1",
        {"answer-4": ('"minimumHealthyPercent": 50, "maximumPercent": 100', '"maximumPercent": 149')},
    ),
    "a task that hangs": ("4.1", {"answer-4": ('"fail_health"', '"hang"')}),
    "force": (
        "6.1",
        {
            "answer-6": (
                'ecs.update_service(cluster="shop", service="api", desiredCount=0)\n'
                'cloud.until_stable("api")\n'
                'ecs.delete_service(cluster="shop", service="api")',
                'ecs.delete_service(cluster="shop", service="api", force=True)',
            )
        },
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_other_right_ways_pass(name):
    check, answers = RIGHT[name]
    mistakes, runs = play(SERVICES, answers, until=check)
    assert [run.error for run in runs if run.error] == []
    assert mistakes[check] is None


WRONG = {
    "swapped": (
        "1.1",
        {
            "answer-1": (
                '"unhealthy": unhealthy, "reason": reason, "replacement": replacement',
                '"unhealthy": replacement, "reason": reason, "replacement": unhealthy',
            )
        },
    ),
    "other-code": (
        "1.1",
        {"answer-1": ('== "EssentialContainerExited"', '== "ServiceSchedulerInitiated"')},
    ),
    "other-start": (
        "1.1",
        {"answer-1": ('if "due to an unhealthy status" in message', 'if "has started 2 tasks" in message')},
    ),
    "reason": ("1.1", {"answer-1": (r"due to \(reason (.*)\)\.", r"unhealthy in (.*) due")}),
    "nobody-stopped": ("1.2", {"answer-1b": ('ecs.stop_task(cluster="shop", task=first)', "")}),
    "nobody-crashed": (
        "1.2",
        {
            "answer-1b": (
                'cloud.fault("crash", second.split("/")[-1])',
                'ecs.stop_task(cluster="shop", task=second)',
            )
        },
    ),
    "by-hand": (
        "1.2",
        {
            "answer-1b": (
                'cloud.until_stable("web")',
                'ecs.update_service(cluster="shop", service="web", desiredCount=5)\ncloud.until_stable("web")',
            )
        },
    ),
    "fewer": (
        "1.2",
        {
            "answer-1b": (
                "ecs.stop_task(",
                'ecs.update_service(cluster="shop", service="web", desiredCount=2)\necs.stop_task(',
            )
        },
    ),
    "no-grace": ("2.1", {"answer-2": ("healthCheckGracePeriodSeconds=180", "desiredCount=2")}),
    "shorter-than-the-start": ("2.1", {"answer-2": ("Seconds=180", "Seconds=40")}),
    "no-time-to-come-back": ("2.1", {"answer-2": ("Seconds=180", "Seconds=95")}),
    "older-tasks": (
        "2.1",
        {
            "answer-2": (
                'cloud.until_stable("api")',
                'cloud.until_stable("api")\n'
                'ecs.update_service(cluster="shop", service="api", healthCheckGracePeriodSeconds=90)',
            )
        },
    ),
    "too-generous": ("2.1", {"answer-2": ("Seconds=180", "Seconds=3600")}),
    "not-yet": ("2.1", {"answer-2": ('cloud.until_stable("api")', 'cloud.advance("60s")')}),
    "not-scaled-in": (
        "3.1",
        {"answer-3": ('ecs.update_service(cluster="shop", service="web", desiredCount=2)', "")},
    ),
    "too-late": ("3.1", {"answer-3": ('cloud.advance("10s")', 'cloud.advance("5m")')}),
    "target-state": ("3.1", {"answer-3": ('surplus["lastStatus"]', '"draining"')}),
    "the-default": ("3.1", {"answer-3": ("int(delay)", "300")}),
    "nobody-unhealthy": ("4.1", {"answer-4": ('"fail_health"', '"crash"')}),
    "never-without-room": (
        "4.1",
        {"answer-4": ('"maximumPercent": 100', '"maximumPercent": 150')},
    ),
    "the-floor": (
        "4.1",
        {"answer-4": ('"decided_by": "maximumPercent"', '"decided_by": "minimumHealthyPercent"')},
    ),
    "stuck": ("5.1", {"answer-5": ("-(-(desired + 1) * 100 // desired)", "(desired * 100 + 50) // desired")}),
    "too-many": ("5.1", {"answer-5": ("-(-(desired + 1) * 100 // desired)", "300")}),
    "dip": (
        "5.1",
        {
            "answer-5": (
                '"minimumHealthyPercent": 100,\n        "maximumPercent": -(-(desired + 1) * 100 // desired),',
                '"minimumHealthyPercent": 0, "maximumPercent": 100,',
            )
        },
    ),
    "went-back": (
        "5.1",
        {"answer-5": ('service="worker",\n', 'service="worker",\n    taskDefinition="worker:1",\n')},
    ),
    "only-scaled": ("6.1", {"answer-6": ('ecs.delete_service(cluster="shop", service="api")', "")}),
    "draining": (
        "6.1",
        {
            "answer-6": (
                'cloud.until_stable("api")\necs.delete_service(cluster="shop", service="api")\ncloud.advance("1m")',
                'cloud.advance("5s")\necs.delete_service(cluster="shop", service="api")\ncloud.advance("5s")',
            )
        },
    ),
    "not-a-status": (
        "6.1",
        {
            "answer-6": (
                'ecs.describe_services(cluster="shop", services=["api"])["services"][0]["status"]',
                'ecs.list_services(cluster="shop")["serviceArns"]',
            )
        },
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistakes_are_called_by_their_names(name):
    check, answers = WRONG[name]
    mistakes, _runs = play(SERVICES, answers, until=check)
    assert mistakes[check] == name


def test_a_refused_delete_is_called_by_its_name():
    answers = {
        "answer-6": 'try:\n    ecs.delete_service(cluster="shop", service="api")\n'
        "except ecs.exceptions.InvalidParameterException as refusal:\n    proof = str(refusal)"
    }
    mistakes, _runs = play(SERVICES, answers, until="6.1")
    assert mistakes["6.1"] == "refused"


def test_a_service_without_tasks_has_nothing_to_heal():
    """The letter (everything that is desired runs) against the sense."""
    answers = {
        "answer-1b": (
            "first, second =",
            'ecs.update_service(cluster="shop", service="web", desiredCount=0)\nfirst, second =',
        )
    }
    mistakes, _runs = play(SERVICES, answers, until="1.2")
    assert mistakes["1.2"] is not None


@pytest.mark.parametrize("check", ["1.2", "3.1", "4.1"])
def test_a_deleted_storefront_is_told_and_breaks_no_check(check):
    key, name = {
        "1.2": ("answer-1b", "codes"),
        "3.1": ("answer-3", "leaving"),
        "4.1": ("answer-4", "order"),
    }[check]
    gone = 'ecs.delete_service(cluster="shop", service="web", force=True)\n'
    gone += f'cloud.advance("5m")\n{name} = {{}}'
    mistakes, _runs = play(SERVICES, {key: gone}, until=check)
    assert mistakes[check] == "gone"


def test_scaling_away_the_sick_is_no_replacement():
    """After both replacements everything that is desired runs, but nothing is desired."""
    away = '\necs.update_service(cluster="shop", service="web", desiredCount=0)\ncloud.advance("5m")'
    answers = {"answer-4": ('"decided_by": "maximumPercent"}', '"decided_by": "maximumPercent"}' + away)}
    mistakes, _runs = play(SERVICES, answers, until="4.1")
    assert mistakes["4.1"] == "not-settled"


def test_cleaning_up_leaves_nothing_that_costs():
    cleaned_up(SERVICES)
