"""Tasks: describing, listing, stopping."""

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from ecsim.model.task import Container, DesiredStatus, HealthStatus, StopCode, TaskStatus
from tests.api.rig import ARN

SERVICE = f"{ARN}:service/shop/web"


def listed(rig, **params):
    return rig.call("ListTasks", cluster="shop", **params)["taskArns"]


def test_a_running_task_as_the_api_shows_it(shop):
    task = shop.task(status=TaskStatus.RUNNING)
    ran = Container(
        name="web",
        arn=f"{ARN}:container/shop/{task.id}/0",
        image="nginx:1.27",
        last_status="RUNNING",
        health_status=HealthStatus.HEALTHY,
        has_health_check=True,
        runtime_id=f"{task.id}-1",
        image_digest="sha256:" + "0" * 64,
        started_at_ms=18_000,
    )
    shop.store.put_task(
        replace(
            task,
            containers=(ran,),
            health_status=HealthStatus.HEALTHY,
            connectivity_at_ms=9_000,
            pull_started_at_ms=12_000,
            pull_stopped_at_ms=16_000,
            started_at_ms=18_000,
        )
    )
    assert shop.call("DescribeTasks", cluster="shop", tasks=[task.id])["tasks"] == snapshot(
        [
            {
                "attachments": [
                    {
                        "id": "24101995-5323-8fdd-23cd-3542e9e6187a",
                        "type": "ElasticNetworkInterface",
                        "status": "ATTACHED",
                        "details": [
                            {"name": "subnetId", "value": "subnet-a"},
                            {"name": "networkInterfaceId", "value": "eni-1"},
                            {"name": "macAddress", "value": "0a:00:00:00:00:01"},
                            {
                                "name": "privateDnsName",
                                "value": "ip-10-0-0-5.ap-northeast-1.compute.internal",
                            },
                            {"name": "privateIPv4Address", "value": "10.0.0.5"},
                        ],
                    }
                ],
                "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
                "availabilityZone": "ap-northeast-1a",
                "clusterArn": "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shop",
                "connectivity": "CONNECTED",
                "containers": [
                    {
                        "containerArn": "arn:aws:ecs:ap-northeast-1:123456789012:container/shop/a7816e9e2453dc32ddf8323559910142/0",
                        "taskArn": "arn:aws:ecs:ap-northeast-1:123456789012:task/shop/a7816e9e2453dc32ddf8323559910142",
                        "name": "web",
                        "image": "nginx:1.27",
                        "lastStatus": "RUNNING",
                        "networkBindings": [],
                        "networkInterfaces": [
                            {
                                "attachmentId": "24101995-5323-8fdd-23cd-3542e9e6187a",
                                "privateIpv4Address": "10.0.0.5",
                            }
                        ],
                        "healthStatus": "HEALTHY",
                        "cpu": "0",
                        "imageDigest": "sha256:0000000000000000000000000000000000000000000000000000000000000000",
                        "runtimeId": "a7816e9e2453dc32ddf8323559910142-1",
                    }
                ],
                "cpu": "256",
                "createdAt": 0,
                "desiredStatus": "RUNNING",
                "enableExecuteCommand": False,
                "group": "family:web",
                "healthStatus": "HEALTHY",
                "lastStatus": "RUNNING",
                "memory": "512",
                "overrides": {"containerOverrides": [{"name": "web"}], "inferenceAcceleratorOverrides": []},
                "tags": [],
                "taskArn": "arn:aws:ecs:ap-northeast-1:123456789012:task/shop/a7816e9e2453dc32ddf8323559910142",
                "taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1",
                "version": 1,
                "connectivityAt": 9000,
                "pullStartedAt": 12000,
                "pullStoppedAt": 16000,
                "startedAt": 18000,
                "launchType": "FARGATE",
                "platformVersion": "1.4.0",
                "platformFamily": "Linux",
                "ephemeralStorage": {"sizeInGiB": 20},
                "fargateEphemeralStorage": {"sizeInGiB": 20},
            }
        ]
    )


def test_a_stopped_task_tells_why(shop):
    """botocore: Task.stopCode, Task.stoppedReason, Container.exitCode."""
    task = shop.task()
    ended = replace(task.containers[0], last_status="STOPPED", exit_code=137, reason="OutOfMemoryError: ...")
    shop.store.put_task(
        replace(
            task,
            containers=(ended,),
            last_status=TaskStatus.STOPPED,
            desired_status=DesiredStatus.STOPPED,
            stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED,
            stopped_reason="Essential container in task exited",
            stopping_at_ms=5,
            execution_stopped_at_ms=6,
            stopped_at_ms=7,
        )
    )
    shown = shop.call("DescribeTasks", cluster="shop", tasks=[task.arn])["tasks"][0]
    assert (shown["stopCode"], shown["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert (shown["stoppingAt"], shown["executionStoppedAt"], shown["stoppedAt"]) == (5, 6, 7)
    assert (shown["containers"][0]["exitCode"], shown["containers"][0]["lastStatus"]) == (137, "STOPPED")
    assert shown["attachments"][0]["status"] == "DELETED"


def test_a_provisioning_task_has_no_address_yet(shop):
    """botocore: Attachment.status."""
    task = shop.task()
    attachment = shop.call("DescribeTasks", cluster="shop", tasks=[task.id])["tasks"][0]["attachments"][0]
    assert attachment["status"] == "PRECREATED"
    assert [detail["name"] for detail in attachment["details"]] == ["subnetId"]


def test_describe_takes_ids_and_arns_and_tells_what_is_missing(shop):
    task = shop.task()
    answer = shop.call("DescribeTasks", cluster="shop", tasks=[task.id, task.arn, "0" * 32])
    assert [t["taskArn"] for t in answer["tasks"]] == [task.arn, task.arn]
    assert answer["failures"] == [{"arn": f"{ARN}:task/shop/{'0' * 32}", "reason": "MISSING"}]


def test_a_task_of_another_cluster_is_missing(shop):
    shop.cluster("other")
    task = shop.task(cluster="other")
    for name in (task.id, task.arn):
        assert shop.call("DescribeTasks", cluster="shop", tasks=[name])["tasks"] == []


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([], "Tasks cannot be empty."),
        (["abc"], "taskId length should be one of [32,36]"),
        (["0" * 32] * 101, "Tasks can have at most 100 items."),
    ],
)
def test_wrong_descriptions_are_refused(shop, tasks, message):
    error = shop.refused("DescribeTasks", cluster="shop", tasks=tasks)
    assert (error.code, error.message) == ("InvalidParameterException", message)


def test_tags_are_shown_when_asked_for(shop):
    task = shop.task(tags=(("team", "a"),))
    assert shop.call("DescribeTasks", cluster="shop", tasks=[task.id])["tasks"][0]["tags"] == []
    shown = shop.call("DescribeTasks", cluster="shop", tasks=[task.id], include=["TAGS"])["tasks"][0]
    assert shown["tags"] == [{"key": "team", "value": "a"}]


def test_the_list_shows_what_is_wanted_running_unless_asked(shop):
    """botocore: ListTasksRequest.desiredStatus."""
    running = shop.task(status=TaskStatus.PENDING)
    stopped = shop.task(status=TaskStatus.STOPPING, desired_status=DesiredStatus.STOPPED)
    assert listed(shop) == [running.arn]
    assert listed(shop, desiredStatus="STOPPED") == [stopped.arn]
    assert listed(shop, desiredStatus="PENDING") == []
    assert "desiredStatus" in shop.refused("ListTasks", cluster="shop", desiredStatus="DONE").message


def test_filters(shop):
    """botocore: ListTasksRequest."""
    shop.service()
    of_service = {"service_arn": SERVICE, "started_by": "ecs-svc/1", "group": "service:web"}
    a = shop.task(**of_service)
    b = shop.task(task_definition_arn=f"{ARN}:task-definition/worker:3", started_by="me")
    gone = shop.task(status=TaskStatus.STOPPED, desired_status=DesiredStatus.STOPPED, **of_service)
    assert listed(shop, serviceName="web") == listed(shop, serviceName=SERVICE) == [a.arn]
    assert listed(shop, serviceName="web", desiredStatus="STOPPED") == [gone.arn]
    assert listed(shop, family="worker") == [b.arn]
    assert listed(shop, family="work") == []
    assert listed(shop, startedBy="me") == [b.arn]
    assert listed(shop, launchType="FARGATE") == [a.arn, b.arn]
    assert listed(shop, launchType="EC2") == []
    assert listed(shop, containerInstance="i") == []


def test_a_filter_by_a_service_that_is_not_there(shop):
    assert shop.refused("ListTasks", cluster="shop", serviceName="x").code == "ServiceNotFoundException"


@pytest.mark.parametrize(
    "other", [{"family": "web"}, {"desiredStatus": "STOPPED"}, {"launchType": "FARGATE"}]
)
def test_started_by_must_be_the_only_filter(shop, other):
    """botocore: ListTasksRequest.startedBy."""
    assert (
        shop.refused("ListTasks", cluster="shop", startedBy="me", **other).code == "InvalidParameterException"
    )


def test_pages_follow_each_other_and_survive_changes(shop):
    tasks = [shop.task() for _ in range(7)]
    first = shop.call("ListTasks", cluster="shop", maxResults=3)
    assert first["taskArns"] == [task.arn for task in tasks[:3]]
    shop.store.drop_task(tasks[0].arn)
    late = shop.task()
    second = shop.call("ListTasks", cluster="shop", maxResults=3, nextToken=first["nextToken"])
    third = shop.call("ListTasks", cluster="shop", maxResults=3, nextToken=second["nextToken"])
    assert second["taskArns"] + third["taskArns"] == [task.arn for task in tasks[3:]] + [late.arn]
    assert "nextToken" not in third


def test_a_page_that_ends_exactly_at_the_end_has_no_token(shop):
    tasks = [shop.task() for _ in range(4)]
    first = shop.call("ListTasks", cluster="shop", maxResults=2)
    second = shop.call("ListTasks", cluster="shop", maxResults=2, nextToken=first["nextToken"])
    assert second == {"taskArns": [task.arn for task in tasks[2:]]}


@pytest.mark.parametrize(
    "params", [{"maxResults": 101}, {"maxResults": -1}, {"nextToken": "?"}, {"nextToken": "eA=="}]
)
def test_wrong_pages_are_refused(shop, params):
    shop.task()
    assert shop.refused("ListTasks", cluster="shop", **params).code == "InvalidParameterException"


def test_stop(shop):
    """ecs-behaviour.md 2.5."""
    task = shop.task(status=TaskStatus.RUNNING)
    shown = shop.call("StopTask", cluster="shop", task=task.id, reason="enough")["task"]
    assert (shown["desiredStatus"], shown["stopCode"]) == ("STOPPED", "UserInitiated")
    assert shop.stops == [(task.arn, "enough")]
    shop.call("StopTask", cluster="shop", task=task.arn)
    assert len(shop.stops) == 1


def test_stopping_what_is_not_there(shop):
    error = shop.refused("StopTask", cluster="shop", task="0" * 32)
    assert (error.code, error.message) == ("InvalidParameterException", "The referenced task was not found.")


def test_ecs_exec_shows_its_agent(shop):
    """botocore: ManagedAgent."""
    task = shop.task(status=TaskStatus.RUNNING, enable_execute_command=True)
    running = replace(task.containers[0], last_status="RUNNING", started_at_ms=3)
    shop.store.put_task(replace(task, containers=(running,)))
    shown = shop.call("DescribeTasks", cluster="shop", tasks=[task.id])["tasks"][0]
    assert shown["containers"][0]["managedAgents"] == [
        {"name": "ExecuteCommandAgent", "lastStatus": "RUNNING", "lastStartedAt": 3}
    ]


def test_without_container_instances(shop):
    assert shop.call("ListContainerInstances", cluster="shop") == {"containerInstanceArns": []}
    assert shop.call("ListAttributes", cluster="shop", targetType="container-instance") == {"attributes": []}
    answer = shop.call("DescribeContainerInstances", cluster="shop", containerInstances=["i1"])
    assert answer["failures"] == [{"arn": f"{ARN}:container-instance/shop/i1", "reason": "MISSING"}]


@pytest.mark.parametrize("filters", [{}, {"serviceName": "web"}])
def test_a_task_that_stops_between_two_pages_loses_nothing(shop, filters):
    shop.service()
    tasks = [shop.task(service_arn=SERVICE) for _ in range(4)]
    first = shop.call("ListTasks", cluster="shop", maxResults=2, **filters)
    ended = replace(tasks[1], last_status=TaskStatus.STOPPED, desired_status=DesiredStatus.STOPPED)
    shop.store.put_task(ended)
    second = shop.call("ListTasks", cluster="shop", maxResults=2, nextToken=first["nextToken"], **filters)
    assert second["taskArns"] == [task.arn for task in tasks[2:]]
