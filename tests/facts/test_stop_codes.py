"""Why tasks stop: the table of ecs-behaviour.md 2.5, row by row.

Not in it here: Fargate Spot's reclaim, Fargate's maintenance and failed managed daemons, which this cloud does not have.
"""

from __future__ import annotations

import re

import pytest

from tests.scenarios.fleet import FleetStory
from tests.scenarios.story import Story

HEALTH_CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/"], "interval": 5, "retries": 1}


def run(story, definition):
    """A standalone task on Fargate; its id."""
    answer = story.ecs.run_task(
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=story.network(),
    )
    story.advance("1m")
    return answer["tasks"][0]["taskArn"].rsplit("/", 1)[1]


def fault(story, kind, match, **value):
    story.world.do("fault", {"kind": kind, "match": match, "value": value})


def essential_container_exited(story):
    fault(story, "crash", run(story, story.definition()), exit_code=3)


def out_of_memory(story):
    fault(story, "out_of_memory", run(story, story.definition()))


def stop_task(story):
    story.ecs.stop_task(cluster="shop", task=run(story, story.definition()))


def stop_task_with_a_reason(story):
    story.ecs.stop_task(cluster="shop", task=run(story, story.definition()), reason="the end")


def replaced_by_a_deployment(story):
    story.service(story.definition(), desired=1)
    story.stable().update(taskDefinition=story.definition())


def scaled_in(story):
    story.service(story.definition(), desired=1)
    story.stable().update(desiredCount=0)


def load_balancer_check_failed(story):
    story.service(story.definition(), desired=1)
    story.stable()
    fault(story, "fail_health", story.tasks()[0]["taskArn"].rsplit("/", 1)[1])


def container_check_failed(story):
    story.service(story.definition(healthCheck=HEALTH_CHECK), desired=1, balanced=False)
    story.stable()
    fault(story, "fail_health", story.tasks()[0]["taskArn"].rsplit("/", 1)[1])


def rebalanced(story):
    story.service(story.definition(), desired=2)
    story.stable()
    fault(story, "zone_lost", "ap-northeast-1a")
    story.stable()
    story.world.do("fault", {"kind": "zone_lost", "match": None, "on": False})


def image_not_pulled(story):
    run(story, story.definition("public.ecr.aws/ecslab/web:missing-tag"))


def secret_not_there(story):
    arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:none-AbCdEf"
    run(story, story.definition(secrets=[{"name": "DB", "valueFrom": arn}]))


def instance_terminated(story):
    story.run(story.bridge())
    story.advance("1m")
    story.ec2.terminate_instances(InstanceIds=story.hosts)


def instance_stopped(story):
    story.run(story.bridge())
    story.advance("1m")
    story.ec2.stop_instances(InstanceIds=story.hosts)


def empty_capacity_provider(story):
    story.provider(maximum=0)
    story.run(story.bridge(), capacityProviderStrategy=[{"capacityProvider": "spare", "weight": 1}])
    story.advance("31m")


SCHEDULER, SCALING = (
    "ServiceSchedulerInitiated",
    r"Scaling activity initiated by \(deployment ecs-svc/\d{19}\)",
)
EXITED = ("EssentialContainerExited", "Essential container in task exited")
TABLE = [
    (Story, essential_container_exited, *EXITED, 3, None),
    (Story, out_of_memory, *EXITED, 137, "OutOfMemoryError: Container killed due to memory usage"),
    (Story, stop_task, "UserInitiated", "Task stopped by user", ..., None),
    (Story, stop_task_with_a_reason, "UserInitiated", "the end", ..., None),
    (Story, replaced_by_a_deployment, SCHEDULER, SCALING, ..., None),
    (Story, scaled_in, SCHEDULER, SCALING, ..., None),
    (
        Story,
        load_balancer_check_failed,
        SCHEDULER,
        r"Task failed ELB health checks in \(target-group arn:aws:elasticloadbalancing:.*\)",
        ...,
        None,
    ),
    (Story, container_check_failed, SCHEDULER, "Task failed container health checks", ..., None),
    (
        Story,
        rebalanced,
        SCHEDULER,
        r"Availability-zone rebalancing initiated by \(deployment ecs-svc/\d{19}\)",
        ...,
        None,
    ),
    (
        Story,
        image_not_pulled,
        "TaskFailedToStart",
        "CannotPullContainerError: .*not found",
        None,
        "CannotPullContainerError: ",
    ),
    (Story, secret_not_there, "TaskFailedToStart", "ResourceInitializationError: .*", None, None),
    (FleetStory, empty_capacity_provider, "TaskFailedToStart", "TaskFailedToStart: .*", None, None),
    (
        FleetStory,
        instance_terminated,
        "TerminationNotice",
        r"Host EC2 \(instance i-[0-9a-f]{17}\) terminated\.",
        None,
        None,
    ),
    (
        FleetStory,
        instance_stopped,
        "TerminationNotice",
        r"Host EC2 \(instance i-[0-9a-f]{17}\) stopped\.",
        None,
        None,
    ),
]


@pytest.mark.parametrize(
    ("shop", "cause", "code", "text", "exit_code", "reason"),
    TABLE,
    ids=lambda v: getattr(v, "__name__", None),
)
def test_2_5_stop_codes_and_reasons(shop, cause, code, text, exit_code, reason):
    """ecs-behaviour.md 2.5; `...`: the exit code is the program's affair."""
    with shop(**({"instances": 1} if shop is FleetStory else {})) as story:
        cause(story)
        stopped = story.advance("3m").tasks("STOPPED")
        fitting = [task for task in stopped if re.fullmatch(text, task["stoppedReason"])]
        assert fitting, [(task["stopCode"], task["stoppedReason"]) for task in stopped]
        task = fitting[0]
        assert task["stopCode"] == code
        (container,) = task["containers"]
        if exit_code is not ...:
            assert container.get("exitCode") == exit_code
        if reason is not None:
            assert container["reason"].startswith(reason)
