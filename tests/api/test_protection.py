"""Task scale-in protection: UpdateTaskProtection and GetTaskProtection."""

from __future__ import annotations

import pytest

from ecsim.model.task import TaskStatus
from tests.api.rig import ARN, Rig

MINUTE = 60_000


@pytest.fixture
def web(shop: Rig):
    """The service `web` with desired count 2, and two RUNNING tasks of it."""
    service = shop.service()
    tasks = [
        shop.task(status=TaskStatus.RUNNING, service_arn=service["serviceArn"], deployment_id="ecs-svc/1")
        for _ in range(2)
    ]
    return shop, [task.arn for task in tasks]


def update(rig, tasks, *, enabled=True, **more):
    return rig.call("UpdateTaskProtection", cluster="shop", tasks=tasks, protectionEnabled=enabled, **more)


def get(rig, tasks):
    return rig.call("GetTaskProtection", cluster="shop", tasks=tasks)


@pytest.mark.parametrize(
    ("given", "minutes"), [({}, 120), ({"expiresInMinutes": 1}, 1), ({"expiresInMinutes": 2880}, 2880)]
)
def test_protection_ends_after_two_hours_or_as_asked_for(web, given, minutes):
    """botocore: UpdateTaskProtectionRequest.expiresInMinutes (1 to 2,880, 120 by default)."""
    rig, (one, other) = web
    rig.now_ms = 5 * MINUTE
    end = (5 + minutes) * MINUTE
    protected = {"taskArn": one, "protectionEnabled": True, "expirationDate": end}
    assert update(rig, [one], **given) == {"protectedTasks": [protected], "failures": []}
    assert get(rig, [one, other])["protectedTasks"] == [
        protected,
        {"taskArn": other, "protectionEnabled": False},
    ]
    rig.now_ms = end
    assert get(rig, [one])["protectedTasks"] == [{"taskArn": one, "protectionEnabled": False}]


def test_protection_is_renewed_and_taken_back(web):
    """botocore: UpdateTaskProtection (the period is always reset)."""
    rig, (one, _) = web
    update(rig, [one])
    rig.now_ms = 30 * MINUTE
    assert update(rig, [one], expiresInMinutes=10)["protectedTasks"][0]["expirationDate"] == 40 * MINUTE
    woken = len(rig.woken)
    assert update(rig, [one], enabled=False)["protectedTasks"] == [
        {"taskArn": one, "protectionEnabled": False}
    ]
    assert rig.woken[woken:] == [f"{ARN}:service/shop/web"], "the scheduler must look: the task may go now"


@pytest.mark.parametrize("minutes", [0, -1, 2881])
def test_periods_out_of_range(web, minutes):
    rig, (one, _) = web
    error = rig.refused(
        "UpdateTaskProtection", cluster="shop", tasks=[one], protectionEnabled=True, expiresInMinutes=minutes
    )
    assert error.code == "InvalidParameterException"


def test_standalone_tasks_and_unknown_ones_fail_beside_the_others(web):
    """ECS Developer Guide, api_failures_messages: TASK_NOT_VALID, MISSING."""
    rig, (one, _) = web
    standalone = rig.task(status=TaskStatus.RUNNING).arn
    missing = f"{ARN}:task/shop/{'0' * 32}"
    failures = [{"arn": standalone, "reason": "TASK_NOT_VALID"}, {"arn": missing, "reason": "MISSING"}]
    answer = update(rig, [standalone, "0" * 32, one])
    assert answer["failures"] == failures
    assert [t["taskArn"] for t in answer["protectedTasks"]] == [one]
    assert get(rig, [standalone, missing])["failures"] == failures


def test_no_more_protected_tasks_than_desired(web):
    """ECS Developer Guide, task-scale-in-protection: DEPLOYMENT_BLOCKED."""
    rig, (one, other) = web
    service = f"{ARN}:service/shop/web"
    third = rig.task(status=TaskStatus.RUNNING, service_arn=service, deployment_id="ecs-svc/2").arn
    answer = update(rig, [one, other, third])
    assert [t["taskArn"] for t in answer["protectedTasks"]] == [one, other]
    assert answer["failures"] == [{"arn": third, "reason": "DEPLOYMENT_BLOCKED"}]
    assert update(rig, [one])["failures"] == [], "renewing is no further protected task"
    update(rig, [other], enabled=False)
    assert update(rig, [third])["failures"] == []
    rig.now_ms = 121 * MINUTE
    assert update(rig, [other])["failures"] == [], "by now the others' protection has ended"


@pytest.mark.parametrize(
    ("operation", "more", "most"),
    [("UpdateTaskProtection", {"protectionEnabled": True}, 10), ("GetTaskProtection", {}, 100)],
)
def test_how_many_tasks_a_call_takes(web, operation, more, most):
    """botocore: UpdateTaskProtectionRequest.tasks, GetTaskProtectionRequest.tasks."""
    rig, _ = web
    ids = [f"{n:032x}" for n in range(most + 1)]
    assert len(rig.call(operation, cluster="shop", tasks=ids[:most], **more)["failures"]) == most
    assert rig.refused(operation, cluster="shop", tasks=ids, **more).code == "InvalidParameterException"
    assert rig.refused(operation, cluster="shop", tasks=[], **more).code == "InvalidParameterException"
