"""A mistake, what its feedback asks for, and the right way in the same notebook: the second try counts.

Found by cold readings: what a check reads from the journal stays there, and a learner who has understood must not
be refused for what came before. The first tries are mistakes of the other tests here; each is called by its name.
"""

from __future__ import annotations

import pytest

from tests.labs.rig import FIRST, play, source, verdicts

TASKS, SERVICES = "03-task-definitions", "06-services"


def _author(slug, key):
    return next(cell.source("en", solved=True) for cell in source(slug).cells if cell.key == key)


STABLE = 'cloud.until_stable("web")\n'
SCALE = 'ecs.update_service(cluster="shop", service="web", desiredCount={})\n' + STABLE
PERCENTS = (
    'ecs.update_service(cluster="shop", service="worker", forceNewDeployment={}, '
    'deploymentConfiguration={{"minimumHealthyPercent": {}, "maximumPercent": {}}})\n'
    'cloud.until_stable("worker", timeout="20m")\n'
)
OPEN = """
document = boto3.client("secretsmanager").get_secret_value(SecretId="shop/db")["SecretString"]
value = __import__("json").loads(document)["password"]
container = {"name": "web", "image": "public.ecr.aws/ecslab/web:1.0", "memory": 256}
container["environment"] = [{"name": "DB_PASSWORD", "value": value}]
ecs.register_task_definition(family="web", containerDefinitions=[container])
"""

# by name: the lab, the check, the answer, the mistake of the first try, the first try, and the second
TRIES = {
    "02: four tasks, replaced on the way": (
        FIRST,
        "6.1",
        "answer-6",
        "replaced",
        'ecs.update_service(cluster="shop", service="web", desiredCount=4, forceNewDeployment=True)\n'
        + STABLE,
        SCALE.format(2) + SCALE.format(4),
    ),
    "02: four by way of six": (
        FIRST,
        "6.1",
        "answer-6",
        "replaced",
        SCALE.format(6) + SCALE.format(4),
        SCALE.format(2) + SCALE.format(4),
    ),
    "03: a revision with the password, deregistered": (
        TASKS,
        "2.1",
        "answer-2",
        "in-the-open",
        OPEN + _author(TASKS, "answer-2"),
        'ecs.deregister_task_definition(taskDefinition="web:1")',
    ),
    "03: SUCCESS after START": (
        TASKS,
        "3.1",
        "answer-3",
        "side-by-side",
        _author(TASKS, "answer-3").replace("SUCCESS", "START"),
        _author(TASKS, "answer-3"),
    ),
    "03: SUCCESS after COMPLETE": (
        TASKS,
        "3.1",
        "answer-3",
        "in-spite-of-failure",
        _author(TASKS, "answer-3").replace("SUCCESS", "COMPLETE"),
        _author(TASKS, "answer-3"),
    ),
    "03: the cell of the tag once more": (
        TASKS,
        "6.1",
        "answer-6",
        "digest",
        2 * (_author(TASKS, "answer-6") + "\n"),
        'cloud.images.push(reference, "web:1.0")\n' + _author(TASKS, "answer-6"),
    ),
    "06: by the scheduler, after a count of one's own": (
        SERVICES,
        "1.2",
        "answer-1b",
        "by-hand",
        _author(SERVICES, "answer-1b") + "\n" + SCALE.format(4),
        SCALE.format(3) + _author(SERVICES, "answer-1b"),
    ),
    "06: looked too late, scaled in again": (
        SERVICES,
        "3.1",
        "answer-3",
        "too-late",
        _author(SERVICES, "answer-3").replace('"10s"', '"6m"'),
        SCALE.format(3) + _author(SERVICES, "answer-3"),
    ),
    "06: one task was too few": (
        SERVICES,
        "3.1",
        "answer-3",
        "went-lower",
        "leaving = None\n" + SCALE.format(1) + SCALE.format(2),
        SCALE.format(3) + _author(SERVICES, "answer-3"),
    ),
    "06: the worker, after a dip": (
        SERVICES,
        "5.1",
        "answer-5",
        "dip",
        PERCENTS.format(False, 66, 125),
        PERCENTS.format(True, 100, 134),
    ),
    "06: the worker, after too many": (
        SERVICES,
        "5.1",
        "answer-5",
        "too-many",
        PERCENTS.format(False, 100, 200),
        PERCENTS.format(True, 100, 134),
    ),
}


@pytest.mark.parametrize("name", TRIES)
def test_the_second_try_counts(name):
    slug, check, key, mistake, first, second = TRIES[name]
    judged = next(cell.source("en", solved=True) for cell in source(slug).cells if cell.check == check)
    tried = f"{first}\ntry:\n    {judged.strip()}\nexcept CheckFailed:\n    pass\n"
    with verdicts() as given:
        _mistakes, runs = play(
            slug, {key: f"from ecslab.notebook.tidy import CheckFailed\n{tried}{second}"}, until=check
        )
    assert [run.error for run in runs if run.error] == []
    assert [one.mistake for one in given if one.check == check] == [mistake, None]
