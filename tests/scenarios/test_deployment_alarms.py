"""Deployment alarms and early success of rolling deployments. Source: ecs-behaviour.md 5.4, 5.12."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.blue import alarm
from tests.scenarios.story import Story

V2 = "public.ecr.aws/ecslab/web:2.0"
V3 = "public.ecr.aws/ecslab/web:3.0"
TOLD = ("service.event", "deployment.state", "decision")


def describe(story):
    arns = story.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    found = story.ecs.describe_service_deployments(serviceDeploymentArns=[arns[0]["serviceDeploymentArn"]])
    return found["serviceDeployments"][0]


def steady(story, **more):
    """A rolling service, steady, with an alarm that is OK."""
    watched = alarm(story) | more
    story.service(story.definition(), desired=2)
    story.stable().told()
    return {"alarms": watched}


def test_an_alarm_during_a_rolling_deployment_rolls_back():
    with Story() as story:
        watched = steady(story)
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration=watched)
        story.advance("30s")
        alarm(story, "ALARM")
        story.stable()
        assert story.told(*TOLD) == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 shop/web start_tasks: rolling.start
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:21.333 shop/web wait: rolling.wait_healthy
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:36.333 (service web) registered 1 targets in (target-group web)
00:00:38.666 (service web) has stopped 1 running tasks: (task t1).
00:00:38.666 t1 stop_task: rolling.stop_old
00:00:38.666 t1 wait: task.waits_for_draining
00:00:38.666 (service web) deregistered 1 targets in (target-group web)
00:00:38.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:38.666 shop/web wait: rolling.wait_healthy
00:00:39.666 (service web) has stopped 1 running tasks: (task t2).
00:00:39.666 t2 stop_task: rolling.stop_old
00:00:39.666 t2 wait: task.waits_for_draining
00:00:39.666 (service web) deregistered 1 targets in (target-group web)
00:00:39.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:39.666 shop/web wait: alarms.watch
00:00:51.333 shop/web fail_deployment: alarms.trip_and_roll_back
00:00:51.333 d2 web:2 PRIMARY FAILED
00:00:51.333 (service web) (deployment d2) deployment failed: alarm detected.
00:00:51.333 (service web) rolling back to deployment d1.
00:00:51.333 shop/web roll_back: alarms.roll_back
00:00:51.333 d1 web:1 PRIMARY IN_PROGRESS
00:00:51.333 d2 web:2 ACTIVE FAILED
00:00:51.333 shop/web wait: rolling.wait_draining
00:01:16.666 shop/web start_tasks: rolling.start
00:01:16.666 (service web) has started 1 tasks: (task t5).
00:01:16.666 shop/web wait: rolling.wait_draining
00:01:17.666 shop/web start_tasks: rolling.start
00:01:17.666 (service web) has started 1 tasks: (task t6).
00:01:17.666 shop/web wait: rolling.wait_healthy
00:01:31.666 (service web) registered 1 targets in (target-group web)
00:01:32.666 (service web) registered 1 targets in (target-group web)
00:01:34.999 (service web) has stopped 1 running tasks: (task t3).
00:01:34.999 t3 stop_task: rolling.stop_old
00:01:34.999 t3 wait: task.waits_for_draining
00:01:34.999 (service web) deregistered 1 targets in (target-group web)
00:01:34.999 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:01:34.999 shop/web wait: rolling.wait_healthy
00:01:35.999 (service web) has stopped 1 running tasks: (task t4).
00:01:35.999 t4 stop_task: rolling.stop_old
00:01:35.999 t4 wait: task.waits_for_draining
00:01:35.999 (service web) deregistered 1 targets in (target-group web)
00:01:35.999 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:02:13.999 d2 web:2 INACTIVE FAILED
00:02:13.999 shop/web complete_deployment: rolling.complete
00:02:13.999 d1 web:1 PRIMARY COMPLETED
00:02:13.999 (service web) (deployment d1) deployment completed.
00:02:13.999 (service web) has reached a steady state.
""")
        described = describe(story)
        assert described["status"] == "ROLLBACK_SUCCESSFUL"
        assert described["alarms"]["triggeredAlarmNames"] == ["5xx"]
        assert story.now()["taskDefinition"].endswith("web:1")


def test_an_alarm_that_is_on_at_the_beginning_is_ignored():
    """Source: ECS Developer Guide, deployment-alarm-failure."""
    with Story() as story:
        watched = steady(story)
        alarm(story, "ALARM")
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration=watched)
        story.stable()
        described = describe(story)
        assert (described["status"], described["alarms"]["status"]) == ("SUCCESSFUL", "DISABLED")
        assert [
            line.split(" ", 1)[1] for line in story.told("decision").splitlines() if "alarms" in line
        ] == ["shop/web ignore_alarms: alarms.ignored"]


def test_a_deployment_with_alarms_is_completed_after_its_bake_time():
    """Two minutes here: the alarm's period times its evaluation periods (approximate); or bakeTimeInMinutes."""
    with Story() as story:
        watched = steady(story)
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration=watched)
        story.stable()
        assert [
            line for line in story.told(*TOLD).splitlines() if "bake" in line or "complete" in line
        ] == snapshot(
            [
                "00:01:17.666 shop/web wait: alarms.bake",
                "00:03:17.666 shop/web complete_deployment: rolling.complete",
                "00:03:17.666 (service web) (deployment d2) deployment completed.",
            ]
        )
        story.update(taskDefinition=story.definition(V3), deploymentConfiguration={"bakeTimeInMinutes": 10})
        story.stable()
        assert [
            line for line in story.told(*TOLD).splitlines() if "bake" in line or "complete" in line
        ] == snapshot(
            [
                "00:04:15.999 shop/web wait: alarms.bake",
                "00:14:15.999 shop/web complete_deployment: rolling.complete",
                "00:14:15.999 (service web) (deployment d3) deployment completed.",
            ]
        )


def test_without_rollback_the_deployment_fails_and_stays():
    with Story() as story:
        watched = steady(story, rollback=False)
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration=watched)
        story.advance("30s")
        alarm(story, "ALARM")
        story.advance("10m")
        states = [(d["status"], d["rolloutState"]) for d in story.now()["deployments"]]
        assert states[0] == ("PRIMARY", "FAILED")
        assert describe(story)["status"] == "STOPPED"


def early(story, cleanup):
    """Deploy web:2.0 to four tasks, done when half of them are healthy."""
    story.service(story.definition(), desired=4, minimum=50, maximum=150)
    story.stable().told()
    criteria = {"enable": True, "healthyPercent": 50, "sourceServiceRevisionCleanup": cleanup}
    story.update(
        taskDefinition=story.definition(V2), deploymentConfiguration={"earlySuccessCriteria": criteria}
    )
    story.stable()
    return story.events()


def test_early_success_that_removes_the_old_tasks_first():
    """Source: botocore ecs DeploymentEarlySuccessCriteria (BLOCKING)."""
    with Story() as story:
        assert early(story, "BLOCKING") == snapshot("""\

00:00:21.333 (service web) has started 2 tasks: (task t5) (task t6).
00:00:21.333 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:00:21.333 (service web) deregistered 2 targets in (target-group web)
00:00:21.333 (service web, taskSet d1) has begun draining connections on 2 tasks.
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:37.333 (service web) registered 1 targets in (target-group web)
00:00:40.666 (service web) has stopped 2 running tasks: (task t3) (task t4).
00:00:40.666 (service web) deregistered 2 targets in (target-group web)
00:00:40.666 (service web, taskSet d1) has begun draining connections on 2 tasks.
00:00:59.333 (service web) has started 2 tasks: (task t7) (task t8).
00:01:13.333 (service web) registered 1 targets in (target-group web)
00:01:14.333 (service web) registered 1 targets in (target-group web)
00:01:18.666 (service web) (deployment d2) deployment completed.
00:01:18.666 (service web) has reached a steady state.
""")


def test_early_success_that_removes_the_old_tasks_afterwards():
    """Source: botocore ecs DeploymentEarlySuccessCriteria (DEFERRED)."""
    with Story() as story:
        assert early(story, "DEFERRED") == snapshot("""\

00:00:21.333 (service web) has started 2 tasks: (task t5) (task t6).
00:00:21.333 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:00:21.333 (service web) deregistered 2 targets in (target-group web)
00:00:21.333 (service web, taskSet d1) has begun draining connections on 2 tasks.
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:37.333 (service web) registered 1 targets in (target-group web)
00:00:40.666 (service web) (deployment d2) deployment completed.
00:00:59.333 (service web) has started 2 tasks: (task t7) (task t8).
00:01:13.333 (service web) registered 1 targets in (target-group web)
00:01:14.333 (service web) registered 1 targets in (target-group web)
00:01:16.666 (service web) has stopped 1 running tasks: (task t3).
00:01:16.666 (service web) deregistered 1 targets in (target-group web)
00:01:16.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:17.666 (service web) has stopped 1 running tasks: (task t4).
00:01:17.666 (service web) deregistered 1 targets in (target-group web)
00:01:17.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:01:55.666 (service web) has reached a steady state.
""")
