"""The life of single tasks. Source: ecs-behaviour.md 2."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.story import ACCOUNT, REGION, Story


def run(story, definition, **more):
    answer = story.ecs.run_task(
        cluster="shop",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration=story.network(),
        **more,
    )
    assert not answer["failures"]
    return answer["tasks"][0]["taskArn"]


def described(story, arn):
    return story.ecs.describe_tasks(cluster="shop", tasks=[arn])["tasks"][0]


def logging(group="/ecs/web"):
    options = {"awslogs-group": group, "awslogs-region": REGION, "awslogs-stream-prefix": "web"}
    return {"logDriver": "awslogs", "options": options}


def test_a_task_that_does_its_work_and_ends():
    with Story() as story:
        arn = run(story, story.definition("public.ecr.aws/ecslab/report:1.0"))
        story.advance("10m")
        assert story.told() == snapshot("""\

00:00:00 t1 PROVISIONING
00:00:09 t1 PENDING
00:00:12 t1 ACTIVATING
00:00:18 t1 RUNNING
00:00:46 t1 web exits 0
00:00:46 t1 stop_task: task.essential_exited
00:00:46 t1 RUNNING (stopping)
00:00:46 t1 DEPROVISIONING
00:00:54 t1 STOPPED EssentialContainerExited: Essential container in task exited
""")
        task = described(story, arn)
        assert (task["stopCode"], task["stoppedReason"]) == (
            "EssentialContainerExited",
            "Essential container in task exited",
        )
        assert task["containers"][0]["exitCode"] == 0
        moments = [
            task[name]
            for name in (
                "createdAt",
                "connectivityAt",
                "pullStartedAt",
                "pullStoppedAt",
                "startedAt",
                "stoppingAt",
                "stoppedAt",
            )
        ]
        assert moments == sorted(moments)


def test_a_stopped_task_is_forgotten_after_an_hour():
    """Source: botocore ecs DescribeTasks."""
    with Story() as story:
        arn = run(story, story.definition())
        story.advance("1m")
        story.ecs.stop_task(cluster="shop", task=arn)
        story.advance("59m")
        assert described(story, arn)["lastStatus"] == "STOPPED"
        story.advance("3m")
        answer = story.ecs.describe_tasks(cluster="shop", tasks=[arn])
        assert (answer["tasks"], answer["failures"][0]["reason"]) == ([], "MISSING")


def test_sigterm_is_ignored_until_the_stop_timeout():
    """Source: botocore ecs ContainerDefinition.stopTimeout; exit code 137 is 128 + SIGKILL."""
    with Story() as story:
        definition = story.definition("public.ecr.aws/ecslab/web:stubborn", stopTimeout=20)
        arn = run(story, definition)
        story.advance("1m").told()
        story.ecs.stop_task(cluster="shop", task=arn)
        story.advance("1m")
        assert story.told() == snapshot("""\

00:01:00 t1 stop_task: task.stopped_by_user
00:01:00 t1 RUNNING (stopping)
00:01:00 t1 STOPPING
00:01:20 t1 kill: task.killed_after_stop_timeout
00:01:20 t1 web exits 137
00:01:20 t1 DEPROVISIONING
00:01:28 t1 STOPPED UserInitiated: Task stopped by user
""")


def test_a_missing_log_group_stops_the_start():
    with Story() as story:
        arn = run(story, story.definition(logConfiguration=logging("/ecs/none")))
        story.advance("2m")
        task = described(story, arn)
        assert task["stopCode"] == "TaskFailedToStart"
        assert task["stoppedReason"].startswith("ResourceInitializationError: ")
        assert "startedAt" not in task


def test_logs_reach_cloudwatch():
    with Story() as story:
        logs = story.cloud.client("logs")
        logs.create_log_group(logGroupName="/ecs/web")
        arn = run(story, story.definition(logConfiguration=logging()))
        story.advance("1m")
        stream = f"web/web/{arn.rsplit('/', 1)[1]}"
        events = logs.get_log_events(logGroupName="/ecs/web", logStreamName=stream, startFromHead=True)[
            "events"
        ]
        assert events
        started = described(story, arn)["pullStoppedAt"].timestamp() * 1_000
        assert all(e["timestamp"] >= started for e in events)


def test_secrets_are_injected_or_stop_the_start():
    with Story() as story:
        vault = story.cloud.client("secretsmanager")
        secret = vault.create_secret(Name="db", SecretString='{"password": "hunter2"}')["ARN"]
        good = story.definition(secrets=[{"name": "DB_PASSWORD", "valueFrom": f"{secret}:password::"}])
        arn = run(story, good)
        story.advance("1m")
        assert described(story, arn)["lastStatus"] == "RUNNING"
        missing = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:none-AbCdEf"
        bad = run(story, story.definition(secrets=[{"name": "DB_PASSWORD", "valueFrom": missing}]))
        story.advance("1m")
        task = described(story, bad)
        assert task["stopCode"] == "TaskFailedToStart"
        assert missing in task["stoppedReason"]


def test_a_health_command_asks_the_program():
    """Source: botocore ecs HealthCheck."""

    def check(port):
        command = ["CMD-SHELL", f"curl -f http://localhost:{port}/health || exit 1"]
        return {"command": command, "interval": 5, "retries": 2, "timeout": 2}

    with Story() as story:
        good = run(story, story.definition(healthCheck=check(8080)))
        wrong_port = run(story, story.definition(healthCheck=check(9090)))
        no_curl = run(story, story.definition("public.ecr.aws/ecslab/web:no-curl", healthCheck=check(8080)))
        story.advance("2m")
        health = [described(story, arn)["healthStatus"] for arn in (good, wrong_port, no_curl)]
        assert health == ["HEALTHY", "UNHEALTHY", "UNHEALTHY"]
        states = [described(story, arn)["lastStatus"] for arn in (wrong_port, no_curl)]
        assert states == ["RUNNING", "RUNNING"], "standalone tasks keep running whatever their health"


def test_a_dependency_that_must_be_healthy():
    """Source: botocore ecs ContainerDependency."""
    check = {
        "command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"],
        "interval": 5,
        "retries": 2,
    }
    containers = [
        {
            "name": "api",
            "image": "public.ecr.aws/ecslab/web:1.0",
            "portMappings": [{"containerPort": 8080}],
            "healthCheck": check,
        },
        {
            "name": "late",
            "image": "public.ecr.aws/ecslab/worker:1.0",
            "dependsOn": [{"containerName": "api", "condition": "HEALTHY"}],
        },
    ]
    with Story() as story:
        arn = run(story, story.definition(containers=containers))
        story.advance("16s")
        task = described(story, arn)
        assert {c["name"]: c["lastStatus"] for c in task["containers"]} == {
            "api": "RUNNING",
            "late": "PENDING",
        }
        assert task["lastStatus"] == "ACTIVATING"
        story.advance("30s")
        assert described(story, arn)["lastStatus"] == "RUNNING"
        story.ecs.stop_task(cluster="shop", task=arn)
        story.told()
        story.advance("1m")
        assert story.told("container.exit") == snapshot("""\

00:00:46 t1 late exits 0
00:00:46 t1 api exits 0
""")
