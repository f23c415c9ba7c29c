"""Lab 12: other right ways pass, and typical mistakes are called by their names."""

from __future__ import annotations

import pytest

from tests.labs.rig import play, source
from tests.labs.test_clean_up import test_cleaning_up_leaves_nothing_that_costs as cleaned_up

LAB = "12-blue-green"
ORDER = ("answer-1", "answer-2", "answer-3", "answer-4", "answer-4b", "answer-5", "answer-6")
CELL = {"1.1": 0, "2.1": 1, "3.1": 2, "4.1": 3, "4.2": 4, "5.1": 5, "5.2": 5, "6.1": 6}

STABLE = 'cloud.until_stable("web", timeout="20m")\n'
ROLLED = (
    'ecs.update_service(cluster="shop", service="web", taskDefinition="{0}",\n'
    '                   deploymentConfiguration={{"strategy": "ROLLING"}})\n' + STABLE
)
SEND_BACK = """ecs.continue_service_deployment(
    serviceDeploymentArn=held["serviceDeploymentArn"],
    hookId=held["lifecycleHookDetails"][0]["hookId"],
    action="ROLLBACK",
)
"""
STOP = 'ecs.stop_service_deployment(serviceDeploymentArn=held["serviceDeploymentArn"], stopType="ROLLBACK")\n'
LOOK = 'print(cloud.http.get(test_url + "checkout"))\n'
PAUSE = (
    '        "lifecycleHooks": [{"targetType": "PAUSE", "lifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"]}],\n'
)
LINEAR = (
    '"strategy": "LINEAR",\n        "linearConfiguration": {"stepPercent": 10, "stepBakeTimeInMinutes": 3},\n'
)
ALARMS = '        "alarms": {"alarmNames": [cloud.given["alarm_name"]], "enable": True, "rollback": True},\n'
SAMPLE = """sample = cloud.traffic.constant(url, per_second=5)
cloud.advance("2m")
answers = sample.stop()["by_revision"]
share = 100 * answers["web:5"] / sum(answers.values())
"""
SIZE = '"canaryPercent": cloud.given["canary_percent"],'
CANARY = """        "canaryConfiguration": {
            "canaryPercent": cloud.given["canary_percent"],
            "canaryBakeTimeInMinutes": 5,
        },
"""
BY_HAND = 'cloudwatch.set_alarm_state(AlarmName="web-4xx", StateValue="ALARM", StateReason="by hand")\n'
RULE = """elbv2 = boto3.client("elbv2")
listener = cloud.given["production_rule_arn"].replace(":listener-rule/", ":listener/").rsplit("/", 1)[0]
own = elbv2.create_rule(
    ListenerArn=listener,
    Priority=10,
    Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
    Actions=[{"Type": "forward", "TargetGroupArn": cloud.given["target_group_arn"]}],
)["Rules"][0]["RuleArn"]
customers = """


def written(key):
    """The author's answer in a cell."""
    return next(cell.source("en", solved=True) for cell in source(LAB).cells if cell.key == key)


def changed(key, *pairs):
    """The author's answer in a cell, with other words in some places."""
    text = written(key)
    for before, after in pairs:
        assert before in text, f"{before!r} is not in the answer {key} any more"
        text = text.replace(before, after)
    return text


def played(check, *pairs, answer=None):
    """Play up to a check with another answer to its task. What comes before is done quickly, without customers."""
    place = CELL[check]
    mine = ORDER[place]
    quick = dict.fromkeys(ORDER[:place], "share = reading = None")
    if place:
        quick["answer-1"] = changed(
            "answer-1",
            ("customers = cloud.traffic.constant(url, per_second=5)\n", ""),
            ("report = customers.stop()\n", ""),
            ('"bakeTimeInMinutes": 5', f'"bakeTimeInMinutes": {5 if place == 1 else 0}'),
        )
    if check == "4.2":
        quick["answer-4"] = written("answer-4").rpartition("\nrelease()\n")[0]
    mistakes, runs = play(
        LAB, {**quick, mine: changed(mine, *pairs) if answer is None else answer}, until=check
    )
    assert [run.error for run in runs if run.error and not run.check_failed] == []
    return mistakes[check], " ".join(runs[-1].shown)


RIGHT = {
    "a rule of one's own on port 80": (
        "1.1",
        [("customers = ", RULE), ('cloud.given["production_rule_arn"],', "own,")],
    ),
    "a longer bake time": ("1.1", [('"bakeTimeInMinutes": 5', '"bakeTimeInMinutes": 7')]),
    "a rolling update by mistake, back, and once more": (
        "1.1",
        [("customers = ", ROLLED.format("web:2") + ROLLED.format("web:1") + "customers = ")],
    ),
    "the numbers by the deployment's own times": (
        "2.1",
        [
            ("(ended - began)", '(deployment()["finishedAt"] - deployment()["startedAt"])'),
            ('"PRODUCTION_TRAFFIC_SHIFT"', '"production_traffic_shift "'),
        ],
    ),
    "a pause right before the customers": (
        "3.1",
        [("POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT")],
    ),
    "sent back by StopServiceDeployment": ("3.1", [(SEND_BACK, STOP)]),
    "a look at more pages": (
        "3.1",
        [(LOOK, 'cloud.http.get(test_url)\ncloud.http.get(test_url + "checkout?cart=1")\n')],
    ),
    "customers met it, and the second attempt is right": (
        "3.1",
        [
            (
                "ecs.update_service(",
                'ecs.update_service(cluster="shop", service="web", taskDefinition="web:3")\n'
                + STABLE
                + 'ecs.update_service(cluster="shop", service="web", taskDefinition="web:2")\n'
                + STABLE
                + "ecs.update_service(",
            )
        ],
    ),
    "a gate right before the customers that asks less often": (
        "4.1",
        [("POST_TEST_TRAFFIC_SHIFT", "PRE_PRODUCTION_TRAFFIC_SHIFT"), ("120", "150")],
    ),
    "a gate in the test shift": ("4.1", [("POST_TEST_TRAFFIC_SHIFT", "TEST_TRAFFIC_SHIFT")]),
    "another ticket that means no": ("4.1", [('"REJECTED"', '"WITHDRAWN"')]),
    "approved later": ("4.2", [("6m", "9m")]),
    "customers counted by hand": (
        "5.2",
        [
            (
                SAMPLE,
                "pages = [cloud.http.get(url).body for _ in range(200)]\n"
                'share = sum("Summer sale" in page for page in pages) / 2\n',
            )
        ],
    ),
    "a canary of ten percent": (
        "6.1",
        [
            (
                LINEAR,
                '"strategy": "CANARY",\n'
                '        "canaryConfiguration": {"canaryPercent": 10, "canaryBakeTimeInMinutes": 5},\n',
            )
        ],
    ),
    "smaller steps and more customers": ("6.1", [('"stepPercent": 10', '"stepPercent": 5'), ("=5)", "=8)")]),
}
QUICK = (
    "the numbers by the deployment's own times",
    "a gate in the test shift",
    "a pause right before the customers",
)


def marked(names, quick):
    """Names of tests; all but the quick ones are slow."""
    return [pytest.param(name, marks=() if name in quick else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("name", marked(RIGHT, QUICK))
def test_other_right_ways_pass(name):
    check, pairs = RIGHT[name]
    assert played(check, *pairs)[0] is None


WRONG = {
    "1.1 not-deployed": [('taskDefinition="web:2"', 'taskDefinition="web:4"')],
    "1.1 rolling": [('"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5', '"strategy": "ROLLING"')],
    "1.1 in-steps": [
        (
            '"strategy": "BLUE_GREEN"',
            '"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 50, "stepBakeTimeInMinutes": 1}',
        )
    ],
    "1.1 swapped": [
        ("production_rule_arn", "x"),
        ("test_rule_arn", "production_rule_arn"),
        ('given["x"]', 'given["test_rule_arn"]'),
    ],
    "1.1 role": [('cloud.given["infrastructure_role_arn"]', 'cloud.given["hook_role_arn"]')],
    "1.1 unfinished": [(STABLE, 'cloud.advance("3m")\n')],
    "1.1 bake": [('"bakeTimeInMinutes": 5', '"bakeTimeInMinutes": 1')],
    "1.1 quiet": [("per_second=5", "per_second=2")],
    "2.1 no-answer": [('"seconds": (ended', '"minutes": (ended')],
    "2.1 one-more": [("len(tasks)", "4")],
    "2.1 most-tasks": [("len(tasks)", "9")],
    "2.1 test-stage": [('"PRODUCTION_TRAFFIC_SHIFT"', '"TEST_TRAFFIC_SHIFT"')],
    "2.1 bake-stage": [('"PRODUCTION_TRAFFIC_SHIFT"', '"BAKE_TIME"')],
    "2.1 only-bake": [("(ended - began).total_seconds()", "300")],
    "2.1 seconds": [("(ended - began).total_seconds()", "(ended - began).total_seconds() / 60")],
    "3.1 no-gate": [(PAUSE, ""), (SEND_BACK, "")],
    "3.1 let-in": [('"ROLLBACK"', '"CONTINUE"')],
    "3.1 not-looked": [(LOOK, "")],
    "3.1 looked-at-blue": [("POST_TEST_TRAFFIC_SHIFT", "POST_SCALE_UP")],
    "3.1 looked-elsewhere": [(LOOK, "cloud.http.get(test_url)\n")],
    "3.1 waiting": [(SEND_BACK, "")],
    "3.1 not-back": [(STABLE, 'cloud.advance("5s")\n')],
    "3.1 quiet": [("per_second=5", "per_second=1")],
    "4.1 no-function": [
        (
            '"AWS_LAMBDA"',
            '"PAUSE"',
        ),
        ('"hookTargetArn": gate.arn,', ""),
        ('"roleArn": cloud.given["hook_role_arn"],', ""),
    ],
    "4.1 stage": [("POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT")],
    "4.1 no-status": [('{"hookStatus": "IN_PROGRESS", "callBackDelay": 120}', '"IN_PROGRESS"')],
    "4.1 at-once": [('return {"hookStatus": "IN_PROGRESS", "callBackDelay": 120}', "pass")],
    "4.1 too-often": [(', "callBackDelay": 120', "")],
    "4.1 role": [('cloud.given["hook_role_arn"]', 'cloud.given["infrastructure_role_arn"]')],
    "4.1 never-no": [('ticket["state"] = "REJECTED"', 'ticket["state"] = "APPROVED"')],
    "4.1 unfinished": [(STABLE, 'cloud.advance("40s")\n')],
    "4.2 at-once": [('ticket["state"] = "OPEN"', 'ticket["state"] = "APPROVED"')],
    "4.2 never-yes": [('ticket["state"] = "APPROVED"', 'ticket["state"] = "approved"')],
    "4.2 unfinished": [('ticket["state"] = "APPROVED"', "pass")],
    "5.1 rolling": [('"strategy": "CANARY"', '"strategy": "ROLLING"'), (SAMPLE, "share = 0\n")],
    "5.1 strategy": [
        ('"strategy": "CANARY"', '"strategy": "BLUE_GREEN"'),
        (CANARY, ""),
        (SAMPLE, "share = 0\n"),
    ],
    "5.1 percent": [(SIZE, ""), (SAMPLE, "share = 0\n")],
    "5.1 length": [('"canaryBakeTimeInMinutes": 5,', ""), (SAMPLE, "share = 0\n")],
    "5.1 unfinished": [(STABLE, ""), (SAMPLE, "share = 0\n")],
    "5.2 no-answer": [("share = 100", "_ = 100")],
    "5.2 few": [("per_second=5", "per_second=0.5")],
    "5.2 fraction": [("100 * answers", "answers")],
    "5.2 the-old-one": [('answers["web:5"]', 'answers["web:2"]')],
    "5.2 share": [('"2m")\nanswers', '"7m")\nanswers')],
    "6.1 cried-wolf": [("watch(6)", 'cloud.advance("50s")\n' + BY_HAND), ('+ "checkout"', "")],
    "6.1 too-many": [('"stepPercent": 10', '"stepPercent": 50')],
    "6.1 quiet": [("per_second=5", "per_second=3")],
    "6.1 not-back": [('"rollback": True', '"rollback": False')],
    "6.1 was-red": [("watch(1)\n", BY_HAND), ("watch(6)", 'cloud.advance("5m")')],
    "6.1 no-alarm": [(ALARMS, "")],
    "6.1 unfinished": [(STABLE, ""), ("watch(6)", 'cloud.advance("6m")')],
    "6.1 other-way": [
        ("watch(6)", 'cloud.advance("1m")\nheld = deployment()\n' + STOP),
    ],
    "6.1 let-through": [("watch(6)", 'cloud.advance("6m")'), ('"stepPercent": 10', '"stepPercent": 50')],
}
CHEAP = (
    "1.1 not-deployed",
    "2.1 one-more",
    "2.1 only-bake",
    "3.1 looked-at-blue",
    "4.1 no-status",
    "5.1 strategy",
)


@pytest.mark.parametrize("name", marked(WRONG, CHEAP))
def test_a_mistake_is_called_by_its_name(name):
    check, mistake = name.split()
    assert played(check, *WRONG[name])[0] == mistake


@pytest.mark.slow
def test_a_function_that_fails_is_told_with_what_it_answered():
    """Lambda answers with the error; ECS finds no hookStatus and goes back."""
    mistake, told = played("4.1", ('if ticket["state"] == "OPEN":', 'if ticket["status"] == "OPEN":'))
    assert mistake == "no-status"
    assert "KeyError" in told


@pytest.mark.slow
def test_the_rules_of_a_service_that_shifts_nothing_are_missing():
    """A service that was given no load balancer replaces its tasks; its customers meet nobody."""
    answer = (
        'ecs.update_service(cluster="shop", service="web", taskDefinition="web:2", loadBalancers=[],\n'
        '                   deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5})\n'
        + STABLE
    )
    assert played("1.1", answer=answer)[0] == "no-wiring"


@pytest.mark.slow
@pytest.mark.parametrize("check", ["1.1", "3.1", "4.1", "5.1", "6.1"])
def test_a_service_that_was_deleted_is_called_gone(check):
    """Whatever a learner does to the cloud, a check says what it sees and does not break."""
    delete = (
        'ecs.delete_service(cluster="shop", service="web", force=True)\ncloud.advance("5m")\nshare = None\n'
    )
    assert played(check, answer=delete)[0] == "gone"


@pytest.mark.slow
def test_cleaning_up_leaves_nothing_that_costs():
    cleaned_up(LAB)
