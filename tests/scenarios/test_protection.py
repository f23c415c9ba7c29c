"""Task scale-in protection. Source: ECS Developer Guide, task-scale-in-protection; ecs-behaviour.md 5.7."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.story import Story


def protect(story, tasks, minutes=None):
    answer = story.ecs.update_task_protection(
        cluster="shop",
        tasks=[t["taskArn"] for t in tasks],
        protectionEnabled=True,
        **({"expiresInMinutes": minutes} if minutes else {}),
    )
    assert answer["failures"] == []


def test_scaling_in_spares_protected_tasks_until_their_protection_ends():
    with Story() as story:
        story.service(story.definition(), desired=3, balanced=False)
        story.stable().told()
        protect(story, story.tasks()[1:], minutes=10)
        story.update(desiredCount=1)
        story.advance("15m")
        assert story.told("decision", "service.event", "task.status") == snapshot("""\

00:01:00 (service web) has stopped 1 running tasks: (task t1).
00:01:00 t1 stop_task: scale.in
00:01:00 t1 RUNNING (stopping)
00:01:00 t1 STOPPING
00:01:00 (service web) was unable to reach steady state because (taskSet d1) was unable to scale in due to (reason 2 tasks under protection)
00:01:00 shop/web wait: rolling.protected
00:01:00 t1 DEPROVISIONING
00:01:08 t1 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d1)
00:01:08 shop/web wait: rolling.protected
00:10:59 (service web) has stopped 1 running tasks: (task t3).
00:10:59 t3 stop_task: scale.in
00:10:59 t3 RUNNING (stopping)
00:10:59 t3 STOPPING
00:10:59 t3 DEPROVISIONING
00:11:07 t3 STOPPED ServiceSchedulerInitiated: Scaling activity initiated by (deployment d1)
00:11:07 (service web) has reached a steady state.
""")


def test_a_deployment_waits_for_a_protected_task():
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        protect(story, story.tasks()[:1], minutes=5)
        story.update(taskDefinition=story.definition())
        story.advance("8m")
        assert story.told("decision", "service.event", "deployment.state") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 shop/web start_tasks: rolling.start
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:21.333 shop/web wait: rolling.wait_healthy
00:00:35.333 (service web) registered 1 targets in (target-group web)
00:00:36.333 (service web) registered 1 targets in (target-group web)
00:00:38.666 (service web) has stopped 1 running tasks: (task t2).
00:00:38.666 t2 stop_task: rolling.stop_old
00:00:38.666 t2 wait: task.waits_for_draining
00:00:38.666 (service web) deregistered 1 targets in (target-group web)
00:00:38.666 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:00:38.666 shop/web wait: rolling.wait_healthy
00:00:39.666 shop/web wait: rolling.wait_draining
00:01:16.666 (service web) was unable to reach steady state because (taskSet d1) was unable to scale in due to (reason 1 tasks under protection)
00:01:16.666 shop/web wait: rolling.protected
00:05:20.333 (service web) has stopped 1 running tasks: (task t1).
00:05:20.333 t1 stop_task: rolling.stop_old
00:05:20.333 t1 wait: task.waits_for_draining
00:05:20.333 (service web) deregistered 1 targets in (target-group web)
00:05:20.333 (service web, taskSet d1) has begun draining connections on 1 tasks.
00:05:58.333 d1 web:1 INACTIVE COMPLETED
00:05:58.333 shop/web complete_deployment: rolling.complete
00:05:58.333 d2 web:2 PRIMARY COMPLETED
00:05:58.333 (service web) (deployment d2) deployment completed.
00:05:58.333 (service web) has reached a steady state.
""")


def test_stop_task_stops_a_protected_task_all_the_same():
    with Story() as story:
        story.service(story.definition(), desired=1, balanced=False)
        story.stable()
        task = story.tasks()[0]
        protect(story, [task])
        story.ecs.stop_task(cluster="shop", task=task["taskArn"])
        story.advance("1m")
        assert task["taskArn"] not in [t["taskArn"] for t in story.tasks()]


def test_protection_taken_back_lets_the_deployment_go_on():
    with Story() as story:
        story.service(story.definition(), desired=2, balanced=False)
        story.stable()
        tasks = story.tasks()
        protect(story, tasks)
        story.update(taskDefinition=story.definition())
        story.advance("30m")
        assert len(story.now()["deployments"]) == 2
        arns = [t["taskArn"] for t in tasks]
        story.ecs.update_task_protection(cluster="shop", tasks=arns, protectionEnabled=False)
        story.stable("5m")
        assert [d["rolloutState"] for d in story.now()["deployments"]] == ["COMPLETED"]
