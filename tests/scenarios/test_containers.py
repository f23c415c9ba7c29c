"""Restart policies and start time-outs. Source: ecs-behaviour.md 2.3, 2.4; ECS Developer Guide,
container-restart-policy."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.story import Story

WEB = "public.ecr.aws/ecslab/web:"
KINDS = ("task.status", "container.exit", "decision", "service.event", "target.state")


def test_an_essential_container_is_started_again_in_its_task():
    """It works for a minute, then ends with 1; the task stays the same one."""
    with Story() as story:
        policy = {"enabled": True, "restartAttemptPeriod": 60}
        story.service(story.definition(WEB + "crash-later", restartPolicy=policy), desired=1)
        story.stable().told()
        before = story.tasks()[0]
        story.advance("150s")
        assert story.told(*KINDS) == snapshot("""\

00:01:16 t1 web exits 1
00:01:16 t1 restart_container: task.container_restarted
00:02:16 t1 web exits 1
00:02:16 t1 restart_container: task.container_restarted
""")
        after = story.tasks()[0]
        assert after["taskArn"] == before["taskArn"]
        container = after["containers"][0]
        assert (container["lastStatus"], "exitCode" in container) == ("RUNNING", False)


def test_one_that_ends_too_early_or_with_an_ignored_code_is_not():
    for image, policy in (
        ("broken", {"enabled": True, "restartAttemptPeriod": 60}),
        ("crash-later", {"enabled": True, "restartAttemptPeriod": 61}),
        ("crash-later", {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [1]}),
        ("crash-later", {"enabled": False}),
    ):
        with Story() as story:
            definition = story.definition(WEB + image, restartPolicy=policy)
            run = {"cluster": "shop", "taskDefinition": definition, "launchType": "FARGATE"}
            task = story.ecs.run_task(**run, networkConfiguration=story.network())["tasks"][0]
            story.advance("3m")
            shown = story.ecs.describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"][0]
            assert (shown["lastStatus"], shown["stopCode"]) == ("STOPPED", "EssentialContainerExited"), image


def test_a_restarted_container_begins_its_health_checks_anew():
    with Story() as story:
        definition = story.definition(
            WEB + "1.0",
            restartPolicy={"enabled": True, "restartAttemptPeriod": 60},
            healthCheck={"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"], "interval": 10},
        )
        story.service(definition, desired=1, balanced=False)
        story.stable().advance("2m")
        story.told()
        story.world.do("fault", {"kind": "crash", "match": "web"})
        assert story.tasks()[0]["healthStatus"] == "UNKNOWN"
        story.advance("1m")
        assert story.tasks()[0]["healthStatus"] == "HEALTHY"
        checks = [e.at_ms for e in story.cloud.journal.of("container.health")]
        assert len(checks) == 2, "one chain of checks for each run"


def test_the_load_balancer_sees_what_a_restarted_container_does():
    """A target that was left in peace is checked again after a restart."""
    with Story() as story:
        definition = story.definition(restartPolicy={"enabled": True, "restartAttemptPeriod": 60})
        story.service(definition, desired=1)
        story.stable().advance("5m")
        story.world.do("fault", {"kind": "crash", "match": "web"})
        story.world.do("fault", {"kind": "fail_health", "match": "web"})
        story.advance("25s")
        assert story.healthy() == 0


def test_the_start_timeout_of_a_dependency():
    """botocore: ContainerDefinition.startTimeout: the waiting container gives up, and the task stops."""
    check = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/health"], "interval": 30}
    with Story() as story:
        definition = story.definition(
            containers=[
                {
                    "name": "db",
                    "image": WEB + "bad-health",
                    "healthCheck": check,
                    "startTimeout": 40,
                    "essential": False,
                },
                {
                    "name": "web",
                    "image": WEB + "2.0",
                    "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
                },
            ]
        )
        run = {"cluster": "shop", "taskDefinition": definition, "launchType": "FARGATE"}
        task = story.ecs.run_task(**run, networkConfiguration=story.network())["tasks"][0]
        story.advance("2m")
        assert story.told(*KINDS) == snapshot("""\

00:00:00 t1 PROVISIONING
00:00:09 t1 PENDING
00:00:12 t1 ACTIVATING
00:00:56 t1 stop_task: task.dependency_timed_out
00:00:56 t1 ACTIVATING (stopping)
00:00:56 t1 STOPPING
00:00:56 t1 db exits 0
00:00:56 t1 DEPROVISIONING
00:01:04 t1 STOPPED TaskFailedToStart: Essential container in task exited
""")
        shown = story.ecs.describe_tasks(cluster="shop", tasks=[task["taskArn"]])["tasks"][0]
        assert shown["stopCode"] == "TaskFailedToStart"
