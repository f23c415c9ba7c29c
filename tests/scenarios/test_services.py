"""Services: creation, scaling, healing, the end. Order and texts: ecs-behaviour.md 5.3, 5.6, 5.7, 5.9, 5.17."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.story import Story


def test_a_service_behind_a_load_balancer():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable()
        assert story.told() == snapshot("""\

00:00:00 d1 web:1 PRIMARY IN_PROGRESS
00:00:01 shop/web start_tasks: rolling.start
00:00:01 t1 PROVISIONING
00:00:01 t2 PROVISIONING
00:00:01 (service web) has started 2 tasks: (task t1) (task t2).
00:00:09 t1 PENDING
00:00:10 t2 PENDING
00:00:12 t1 ACTIVATING
00:00:13 t2 ACTIVATING
00:00:16 target of t1 initial
00:00:16 (service web) registered 1 targets in (target-group web)
00:00:17 target of t2 initial
00:00:17 (service web) registered 1 targets in (target-group web)
00:00:18 t1 RUNNING
00:00:19 t2 RUNNING
00:00:19.333 target of t1 healthy
00:00:20.333 target of t2 healthy
00:00:20.333 shop/web complete_deployment: rolling.complete
00:00:20.333 d1 web:1 PRIMARY COMPLETED
00:00:20.333 (service web) (deployment d1) deployment completed.
00:00:20.333 (service web) has reached a steady state.
""")


def test_without_a_load_balancer_a_task_is_healthy_40_seconds_after_running():
    """Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent."""
    with Story() as story:
        story.service(story.definition(), desired=1, balanced=False)
        story.stable()
        assert story.told("task.status", "deployment.state") == snapshot("""\

00:00:00 d1 web:1 PRIMARY IN_PROGRESS
00:00:01 t1 PROVISIONING
00:00:09 t1 PENDING
00:00:12 t1 ACTIVATING
00:00:18 t1 RUNNING
00:00:58 d1 web:1 PRIMARY COMPLETED
""")


def test_a_stopped_task_is_healed():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        story.ecs.stop_task(cluster="shop", task=story.tasks()[0]["taskArn"], reason="a drill")
        story.advance("2m")
        assert story.told() == snapshot("""\

00:00:20.333 t1 stop_task: task.stopped_by_user
00:00:20.333 t1 RUNNING (stopping)
00:00:20.333 target of t1 draining
00:00:20.333 t1 DEACTIVATING
00:00:20.333 t1 wait: task.waits_for_draining
00:00:20.333 (service web) deregistered 1 targets in (target-group web)
00:00:20.333 (service web) has begun draining connections on 1 tasks.
00:00:20.333 shop/web start_tasks: scale.out
00:00:20.333 t3 PROVISIONING
00:00:20.333 (service web) has started 1 tasks: (task t3).
00:00:28.333 t3 PENDING
00:00:31.333 t3 ACTIVATING
00:00:35.333 target of t3 initial
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:37.333 t3 RUNNING
00:00:38.666 target of t3 healthy
00:00:50.333 target of t1 unused
00:00:50.333 t1 STOPPING
00:00:50.333 t1 web exits 0
00:00:50.333 t1 DEPROVISIONING
00:00:58.333 t1 STOPPED UserInitiated: a drill
00:00:58.333 (service web) has reached a steady state.
""")
        stopped = story.tasks("STOPPED")[0]
        assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "a drill")
        assert stopped["containers"][0]["exitCode"] == 0


def test_scaling_out_and_in():
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable().told()
        story.update(desiredCount=3)
        story.stable()
        assert story.events() == snapshot("""\

00:00:20.333 (service web) has started 2 tasks: (task t2) (task t3).
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:36.333 (service web) registered 1 targets in (target-group web)
00:00:39.666 (service web) has reached a steady state.
""")
        story.update(desiredCount=1)
        story.stable().advance("1m")
        assert story.events() == snapshot("""\

00:00:40.666 (service web) has stopped 2 running tasks: (task t3) (task t2).
00:00:40.666 (service web) deregistered 2 targets in (target-group web)
00:00:40.666 (service web) has begun draining connections on 2 tasks.
00:01:18.666 (service web) has reached a steady state.
""")
        assert len(story.now()["deployments"]) == 1, "a new count is no deployment"


def test_an_unhealthy_task_is_replaced_start_first():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        sick = story.tasks()[0]["taskArn"].rsplit("/", 1)[1]
        story.world.do("fault", {"kind": "fail_health", "match": sick})
        story.advance("3m")
        assert story.told() == snapshot("""\

00:00:40.333 target of t1 unhealthy (Target.ResponseCodeMismatch)
00:00:40.333 shop/web start_tasks: replace.start_first
00:00:40.333 t3 PROVISIONING
00:00:40.333 (service web) has started 1 tasks: (task t3). Amazon ECS replaced 1 tasks due to an unhealthy status.
00:00:48.333 t3 PENDING
00:00:51.333 t3 ACTIVATING
00:00:55.333 target of t3 initial
00:00:55.333 (service web) registered 1 targets in (target-group web)
00:00:57.333 t3 RUNNING
00:00:58.666 target of t3 healthy
00:00:58.666 (service web) (task t1) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [500]).
00:00:58.666 (service web) has stopped 1 running tasks: (task t1).
00:00:58.666 t1 stop_task: replace.stop_replaced
00:00:58.666 t1 RUNNING (stopping)
00:00:58.666 target of t1 draining
00:00:58.666 t1 DEACTIVATING
00:00:58.666 t1 wait: task.waits_for_draining
00:00:58.666 (service web) deregistered 1 targets in (target-group web)
00:00:58.666 (service web) has begun draining connections on 1 tasks.
00:01:28.666 target of t1 unused
00:01:28.666 t1 STOPPING
00:01:28.666 t1 web exits 0
00:01:28.666 t1 DEPROVISIONING
00:01:36.666 t1 STOPPED ServiceSchedulerInitiated: Task failed ELB health checks in (target-group web)
00:01:36.666 (service web) has reached a steady state.
""")


def test_an_unhealthy_task_is_stopped_first_where_there_is_no_room():
    with Story() as story:
        story.service(story.definition(), desired=2, minimum=50, maximum=100)
        story.stable().told()
        sick = story.tasks()[0]["taskArn"].rsplit("/", 1)[1]
        story.world.do("fault", {"kind": "fail_health", "match": sick})
        story.advance("4m")
        assert story.events() == snapshot("""\

00:00:40.333 (service web) (task t1) (port 8080) is unhealthy in (target-group web) due to (reason Health checks failed with these codes: [500]).
00:00:40.333 (service web) has stopped 1 running tasks: (task t1).
00:00:40.333 (service web) deregistered 1 targets in (target-group web)
00:00:40.333 (service web) has begun draining connections on 1 tasks.
00:01:18.333 (service web) has started 1 tasks: (task t3).
00:01:33.333 (service web) registered 1 targets in (target-group web)
00:01:36.666 (service web) has reached a steady state.
""")
        assert story.now()["runningCount"] == 2


def test_the_grace_period_keeps_a_slow_starter_alive():
    """Source: botocore ecs CreateServiceRequest.healthCheckGracePeriodSeconds."""
    image = "public.ecr.aws/ecslab/web:slow-start"
    with Story() as story:
        story.service(story.definition(image), desired=1, healthCheckGracePeriodSeconds=180)
        story.advance("4m")
        assert story.now()["runningCount"] == 1
        assert not story.tasks("STOPPED")
    with Story() as story:
        story.service(story.definition(image), desired=1)
        story.advance("4m")
        assert len(story.tasks("STOPPED")) >= 2, (
            "without it the task is killed before it listens, again and again"
        )


def test_deleting_a_service():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        story.ecs.delete_service(cluster="shop", service="web", force=True)
        assert story.now()["status"] == "DRAINING"
        story.advance("2m")
        assert story.told() == snapshot("""\

00:00:21.333 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:00:21.333 t1 stop_task: service.draining
00:00:21.333 t1 RUNNING (stopping)
00:00:21.333 target of t1 draining
00:00:21.333 t1 DEACTIVATING
00:00:21.333 t1 wait: task.waits_for_draining
00:00:21.333 t2 stop_task: service.draining
00:00:21.333 t2 RUNNING (stopping)
00:00:21.333 target of t2 draining
00:00:21.333 t2 DEACTIVATING
00:00:21.333 t2 wait: task.waits_for_draining
00:00:21.333 (service web) deregistered 2 targets in (target-group web)
00:00:21.333 (service web) has begun draining connections on 2 tasks.
00:00:51.333 target of t1 unused
00:00:51.333 t1 STOPPING
00:00:51.333 target of t2 unused
00:00:51.333 t2 STOPPING
00:00:51.333 t1 web exits 0
00:00:51.333 t1 DEPROVISIONING
00:00:51.333 t2 web exits 0
00:00:51.333 t2 DEPROVISIONING
00:00:59.333 t1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d1)
00:00:59.333 t2 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d1)
""")
        assert story.now()["status"] == "INACTIVE"
        assert story.ecs.list_services(cluster="shop")["serviceArns"] == []
        again = story.service(story.definition(), desired=1)
        assert again["status"] == "ACTIVE", "the name is free again"


def test_tasks_spread_over_zones():
    with Story() as story:
        story.service(story.definition(), desired=5)
        story.stable()
        zones = sorted(t["availabilityZone"] for t in story.tasks())
        assert zones.count("ap-northeast-1a") - zones.count("ap-northeast-1c") in (-1, 1)


def test_steady_state_is_told_again_every_six_hours():
    """Source: ecs-behaviour.md 5.3."""
    with Story() as story:
        story.service(story.definition(), desired=1)
        story.stable().advance("13h")
        told = [e["message"] for e in story.now()["events"] if "steady" in e["message"]]
        assert len(told) == 3
