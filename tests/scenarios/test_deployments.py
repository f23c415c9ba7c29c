"""Rolling updates, the circuit breaker and rollback. Source: ecs-behaviour.md 5.4, 5.5, 5.11, 5.17."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from tests.scenarios.story import Story

V2 = "public.ecr.aws/ecslab/web:2.0"
BROKEN = "public.ecr.aws/ecslab/web:broken"


def test_a_rolling_update():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        answer = story.update(taskDefinition=story.definition(V2))
        new, old = answer["deployments"]
        assert (new["status"], new["desiredCount"], new["rolloutState"]) == ("PRIMARY", 0, "IN_PROGRESS")
        assert (old["status"], old["desiredCount"], old["rolloutState"]) == ("ACTIVE", 2, "COMPLETED")
        story.stable()
        assert story.told() == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 shop/web start_tasks: rolling.start
00:00:21.333 t3 PROVISIONING
00:00:21.333 t4 PROVISIONING
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:21.333 shop/web wait: rolling.wait_healthy
00:00:28.333 t4 PENDING
00:00:29.333 t3 PENDING
00:00:31.333 t4 ACTIVATING
00:00:32.333 t3 ACTIVATING
00:00:35.333 target of t4 initial
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:36.333 target of t3 initial
00:00:36.333 (service web) registered 1 targets in (target-group web)
00:00:37.333 t4 RUNNING
00:00:38.333 t3 RUNNING
00:00:38.666 target of t4 healthy
00:00:38.666 (service web) has stopped 1 running tasks: (task t1).
00:00:38.666 t1 stop_task: rolling.stop_old
00:00:38.666 t1 RUNNING (stopping)
00:00:38.666 target of t1 draining
00:00:38.666 t1 DEACTIVATING
00:00:38.666 t1 wait: task.waits_for_draining
00:00:38.666 (service web) deregistered 1 targets in (target-group web)
00:00:38.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:38.666 shop/web wait: rolling.wait_healthy
00:00:39.666 target of t3 healthy
00:00:39.666 (service web) has stopped 1 running tasks: (task t2).
00:00:39.666 t2 stop_task: rolling.stop_old
00:00:39.666 t2 RUNNING (stopping)
00:00:39.666 target of t2 draining
00:00:39.666 t2 DEACTIVATING
00:00:39.666 t2 wait: task.waits_for_draining
00:00:39.666 (service web) deregistered 1 targets in (target-group web)
00:00:39.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:08.666 target of t1 unused
00:01:08.666 t1 STOPPING
00:01:08.666 t1 web exits 0
00:01:08.666 t1 DEPROVISIONING
00:01:09.666 target of t2 unused
00:01:09.666 t2 STOPPING
00:01:09.666 t2 web exits 0
00:01:09.666 t2 DEPROVISIONING
00:01:16.666 t1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d2)
00:01:17.666 t2 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d2)
00:01:17.666 d1 web:1 INACTIVE COMPLETED
00:01:17.666 shop/web complete_deployment: rolling.complete
00:01:17.666 d2 web:2 PRIMARY COMPLETED
00:01:17.666 (service web) (deployment d2) deployment completed.
00:01:17.666 (service web) has reached a steady state.
""")


def test_four_tasks_at_100_150_go_in_two_waves():
    """Source: ecs-behaviour.md 5.4, the example."""
    with Story() as story:
        story.service(story.definition(), desired=4, maximum=150)
        story.stable().told()
        story.update(taskDefinition=story.definition(V2))
        story.stable()
        assert story.told("service.event") == snapshot("""\

00:00:21.333 (service web) has started 2 tasks: (task t5) (task t6).
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:37.333 (service web) registered 1 targets in (target-group web)
00:00:38.666 (service web) has stopped 1 running tasks: (task t1).
00:00:38.666 (service web) deregistered 1 targets in (target-group web)
00:00:38.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:40.666 (service web) has stopped 1 running tasks: (task t2).
00:00:40.666 (service web) deregistered 1 targets in (target-group web)
00:00:40.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:16.666 (service web) has started 1 tasks: (task t7).
00:01:18.666 (service web) has started 1 tasks: (task t8).
00:01:30.666 (service web) registered 1 targets in (target-group web)
00:01:33.666 (service web) registered 1 targets in (target-group web)
00:01:33.999 (service web) has stopped 1 running tasks: (task t3).
00:01:33.999 (service web) deregistered 1 targets in (target-group web)
00:01:33.999 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:36.999 (service web) has stopped 1 running tasks: (task t4).
00:01:36.999 (service web) deregistered 1 targets in (target-group web)
00:01:36.999 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:02:14.999 (service web) (deployment d2) deployment completed.
00:02:14.999 (service web) has reached a steady state.
""")


def test_two_tasks_at_75_100_are_stuck_and_say_so():
    """Source: botocore ecs DeploymentConfiguration; AWS's own example in the Developer Guide."""
    with Story() as story:
        story.service(story.definition(), desired=2, minimum=75, maximum=100)
        story.stable().told()
        story.update(taskDefinition=story.definition(V2))
        story.advance("1h")
        assert story.told() == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 (service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.
00:00:21.333 shop/web wait: rolling.stuck
""")
        story.update(deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100})
        story.stable()
        assert story.now()["taskDefinition"].endswith("web:2")


def test_a_broken_image_trips_the_breaker_and_rolls_back():
    with Story() as story:
        story.service(story.definition(), desired=3, breaker=True)
        story.stable().told()
        story.update(taskDefinition=story.definition(BROKEN))
        story.advance("10s")
        assert story.now()["deployments"][0]["desiredCount"] == 3
        story.stable()
        assert story.told("deployment.state", "service.event", "decision", "container.exit") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 shop/web start_tasks: rolling.start
00:00:21.333 (service web) has started 3 tasks: (task t4) (task t5) (task t6).
00:00:21.333 shop/web wait: rolling.wait_healthy
00:00:35.333 (service web) registered 2 targets in (target-group web)
00:00:36.333 t4 web exits 1
00:00:36.333 t4 stop_task: task.essential_exited
00:00:36.333 t6 web exits 1
00:00:36.333 t6 stop_task: task.essential_exited
00:00:36.333 (service web) deregistered 2 targets in (target-group web)
00:00:36.333 (service web) has begun draining connections on 2 tasks.
00:00:36.333 shop/web wait: rolling.wait_draining
00:00:37.333 (service web) registered 1 targets in (target-group web)
00:00:38.333 t5 web exits 1
00:00:38.333 t5 stop_task: task.essential_exited
00:00:38.333 (service web) deregistered 1 targets in (target-group web)
00:00:38.333 (service web) has begun draining connections on 1 tasks.
00:00:38.333 shop/web fail_deployment: breaker.trip_and_roll_back
00:00:38.333 d2 web:2 PRIMARY FAILED
00:00:38.333 (service web) (deployment d2) deployment failed: tasks failed to start.
00:00:38.333 (service web) rolling back to deployment d1.
00:00:38.333 shop/web roll_back: breaker.roll_back
00:00:38.333 d1 web:1 PRIMARY IN_PROGRESS
00:00:38.333 d2 web:2 ACTIVE FAILED
00:00:46.333 d2 web:2 INACTIVE FAILED
00:00:46.333 shop/web complete_deployment: rolling.complete
00:00:46.333 d1 web:1 PRIMARY COMPLETED
00:00:46.333 (service web) (deployment d1) deployment completed.
00:00:46.333 (service web) has reached a steady state.
""")
        now = story.now()
        assert now["taskDefinition"].endswith("web:1")
        assert now["deployments"][0]["rolloutState"] == "COMPLETED"


def test_without_rollback_the_old_tasks_keep_running():
    with Story() as story:
        story.service(story.definition(), desired=3, breaker=False)
        story.stable().told()
        story.update(taskDefinition=story.definition(BROKEN))
        story.advance("20m")
        failed, old = story.now()["deployments"]
        assert (failed["status"], failed["rolloutState"]) == ("PRIMARY", "FAILED")
        assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
        assert (old["status"], old["runningCount"]) == ("ACTIVE", 3)
        assert story.healthy() == 3
        launches = [e for e in story.now()["events"] if "has started" in e["message"]]
        assert len(launches) == 2, "nothing more is launched after the breaker tripped"


def test_a_first_deployment_has_nothing_to_roll_back_to():
    with Story() as story:
        story.service(story.definition(BROKEN), desired=1, breaker=True)
        story.advance("30m")
        only = story.now()["deployments"]
        assert [(d["status"], d["rolloutState"], d["runningCount"]) for d in only] == [
            ("PRIMARY", "FAILED", 0)
        ]


def test_without_a_breaker_launches_are_throttled_up_to_27_minutes():
    """Source: ECS Developer Guide, service-throttle-logic; ecs-behaviour.md 5.8."""
    with Story() as story:
        story.service(story.definition(BROKEN), desired=1)
        story.advance("3h")
        moments = [
            e.at_ms // 1_000
            for e in story.cloud.journal.of("decision")
            if e.fields["action"] == "start_tasks"
        ]
        gaps = [b - a for a, b in zip(moments, moments[1:], strict=False)]
        assert gaps == sorted(gaps)
        assert 27 * 60 <= gaps[-1] <= 28 * 60
        told = [e["message"] for e in story.now()["events"]]
        assert "(service web) is unable to consistently start tasks successfully." in told


def test_health_checks_that_fail_trip_the_breaker_too():
    """Stage 2. Source: ECS Developer Guide, deployment-circuit-breaker."""
    with Story() as story:
        story.service(story.definition(), desired=2, breaker=True)
        story.stable().told()
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/web:bad-health"))
        story.stable()
        assert story.told("deployment.state", "service.event") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:36.333 (service web) registered 1 targets in (target-group web)
00:00:48.666 (service web) (task t4) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [500]).
00:00:48.666 (service web) has stopped 1 running tasks: (task t4).
00:00:48.666 (service web) deregistered 1 targets in (target-group web)
00:00:48.666 (service web) has begun draining connections on 1 tasks.
00:00:49.666 (service web) (task t3) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [500]).
00:00:49.666 (service web) has stopped 1 running tasks: (task t3).
00:00:49.666 (service web) deregistered 1 targets in (target-group web)
00:00:49.666 (service web) has begun draining connections on 1 tasks.
00:01:26.666 (service web) has started 1 tasks: (task t5).
00:01:27.666 (service web) has started 1 tasks: (task t6).
00:01:41.666 (service web) registered 1 targets in (target-group web)
00:01:42.666 (service web) registered 1 targets in (target-group web)
00:01:54.999 (service web) (task t6) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [500]).
00:01:54.999 (service web) has stopped 1 running tasks: (task t6).
00:01:54.999 (service web) deregistered 1 targets in (target-group web)
00:01:54.999 (service web) has begun draining connections on 1 tasks.
00:01:54.999 d2 web:2 PRIMARY FAILED
00:01:54.999 (service web) (deployment d2) deployment failed: tasks failed to start.
00:01:54.999 (service web) rolling back to deployment d1.
00:01:54.999 d1 web:1 PRIMARY IN_PROGRESS
00:01:54.999 d2 web:2 ACTIVE FAILED
00:01:54.999 (service web) has stopped 1 running tasks: (task t5).
00:01:54.999 (service web) deregistered 1 targets in (target-group web)
00:01:54.999 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:02:32.999 d2 web:2 INACTIVE FAILED
00:02:32.999 d1 web:1 PRIMARY COMPLETED
00:02:32.999 (service web) (deployment d1) deployment completed.
00:02:32.999 (service web) has reached a steady state.
""")
        assert story.now()["taskDefinition"].endswith("web:1")


def test_an_image_that_does_not_exist():
    with Story() as story:
        story.service(story.definition(), desired=2, breaker=True)
        story.stable().told()
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/web:9.9"))
        story.stable()
        assert story.told("deployment.state", "service.event") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:41.333 (service web) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref public.ecr.aws/ecslab/web:9.9: public.ecr.aws/ecslab/web:9.9: not found.
00:00:42.333 (service web) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref public.ecr.aws/ecslab/web:9.9: public.ecr.aws/ecslab/web:9.9: not found.
00:01:11.333 (service web) has started 2 tasks: (task t5) (task t6).
00:01:31.333 (service web) was unable to place a task. Reason: CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref public.ecr.aws/ecslab/web:9.9: public.ecr.aws/ecslab/web:9.9: not found.
00:01:31.333 d2 web:2 PRIMARY FAILED
00:01:31.333 (service web) (deployment d2) deployment failed: tasks failed to start.
00:01:31.333 (service web) rolling back to deployment d1.
00:01:31.333 d1 web:1 PRIMARY IN_PROGRESS
00:01:31.333 d2 web:2 ACTIVE FAILED
00:01:31.333 (service web) stopped 1 pending tasks.
00:01:39.333 d2 web:2 INACTIVE FAILED
00:01:39.333 d1 web:1 PRIMARY COMPLETED
00:01:39.333 (service web) (deployment d1) deployment completed.
00:01:39.333 (service web) has reached a steady state.
""")
        stopped = story.tasks("STOPPED")
        assert stopped[0]["stopCode"] == "TaskFailedToStart"
        assert all("exitCode" not in c for t in stopped for c in t["containers"])


def test_an_update_on_top_of_an_update():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        story.update(taskDefinition=story.definition(V2))
        story.advance("5s")
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/web:3.0"))
        assert [d["status"] for d in story.now()["deployments"]] == ["PRIMARY", "ACTIVE", "ACTIVE"]
        story.stable()
        assert story.told("deployment.state", "service.event") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:25.333 d3 web:3 PRIMARY IN_PROGRESS
00:00:25.333 d2 web:2 ACTIVE IN_PROGRESS
00:00:26.333 (service web) stopped 2 pending tasks.
00:00:34.333 (service web) has started 2 tasks: (task t5) (task t6).
00:00:34.333 d2 web:2 INACTIVE IN_PROGRESS
00:00:48.333 (service web) registered 1 targets in (target-group web)
00:00:50.333 (service web) registered 1 targets in (target-group web)
00:00:51.666 (service web) has stopped 1 running tasks: (task t1).
00:00:51.666 (service web) deregistered 1 targets in (target-group web)
00:00:51.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:53.666 (service web) has stopped 1 running tasks: (task t2).
00:00:53.666 (service web) deregistered 1 targets in (target-group web)
00:00:53.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:31.666 d1 web:1 INACTIVE COMPLETED
00:01:31.666 d3 web:3 PRIMARY COMPLETED
00:01:31.666 (service web) (deployment d3) deployment completed.
00:01:31.666 (service web) has reached a steady state.
""")
        assert {t["taskDefinitionArn"].rsplit("/", 1)[1] for t in story.tasks()} == {"web:3"}


def test_a_rollback_over_an_unfinished_deployment_returns_to_the_last_completed_one():
    with Story() as story:
        story.service(story.definition(), desired=3, breaker=True)
        story.stable()
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/web:slow-start"))
        story.advance("5s")
        story.update(taskDefinition=story.definition(BROKEN))
        story.stable()
        assert story.now()["taskDefinition"].endswith("web:1")
        assert story.healthy() == 3


@pytest.mark.parametrize(
    "change",
    [
        {"desiredCount": 2},
        {"healthCheckGracePeriodSeconds": 30},
        {"enableExecuteCommand": True},
        {"deploymentConfiguration": {"minimumHealthyPercent": 50, "maximumPercent": 200}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_starts_no_deployment(change):
    """Source: botocore ecs UpdateServiceRequest; ecs-behaviour.md 5.2."""
    with Story() as story:
        story.service(story.definition(task_role=True), desired=1)
        story.stable()
        before = story.now()["deployments"][0]["id"]
        story.update(**change)
        assert [d["id"] for d in story.now()["deployments"]] == [before]


def test_force_new_deployment_starts_one():
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable()
        before = story.tasks()[0]["taskArn"]
        story.update(forceNewDeployment=True)
        assert len(story.now()["deployments"]) == 2
        story.stable()
        assert story.tasks()[0]["taskArn"] != before
