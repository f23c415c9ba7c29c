"""RunTask."""

from __future__ import annotations

import pytest

from ecsim.model.service import CapacityProviderStrategyItem
from tests.api.rig import NETWORK, Rig, container

ROLE = "arn:aws:iam::123456789012:role/task"


def request(**changes):
    wanted = {
        "cluster": "shop",
        "taskDefinition": "web",
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
        **changes,
    }
    return {member: value for member, value in wanted.items() if value is not None}


def test_tasks_are_launched_as_asked(shop):
    answer = shop.call("RunTask", **request(count=2, startedBy="me", tags=[{"key": "team", "value": "a"}]))
    assert answer["failures"] == []
    assert [t["lastStatus"] for t in answer["tasks"]] == ["PROVISIONING"] * 2
    assert answer["tasks"][0]["tags"] == [{"key": "team", "value": "a"}]
    launch = shop.launches[0]
    assert (launch.count, launch.group, launch.started_by) == (2, "family:web", "me")
    assert (launch.launch_type, launch.platform_version) == ("FARGATE", "1.4.0")
    assert launch.network_configuration["awsvpcConfiguration"]["assignPublicIp"] == "DISABLED"
    assert launch.task_definition.arn.endswith("task-definition/web:1")


def test_one_task_in_the_default_cluster_and_a_group_of_ones_own():
    rig = Rig()
    rig.cluster("default")
    rig.definition()
    answer = rig.call("RunTask", **request(cluster=None, group="nightly"))
    assert [t["group"] for t in answer["tasks"]] == ["nightly"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"taskDefinition": "nothing"}, "TaskDefinition not found."),
        (
            {"networkConfiguration": None},
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            {"overrides": {"containerOverrides": [{"name": "db"}]}},
            "Override for container named db is not a container in the TaskDefinition.",
        ),
        (
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again.",
        ),
        ({"launchType": None}, "No Container Instances were found in your cluster."),
        ({"launchType": "EC2"}, "No Container Instances were found in your cluster."),
    ],
)
def test_refusals_in_awss_words(shop, changes, message):
    """ecs-behaviour.md 4."""
    error = shop.refused("RunTask", **request(**changes))
    assert (error.code, error.message) == ("InvalidParameterException", message)
    assert not shop.launches


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"count": 0}, "between 1 and 10"),
        ({"count": 11}, "between 1 and 10"),
        ({"propagateTags": "SERVICE"}, "propagateTags"),
        ({"startedBy": "x" * 129}, "startedBy"),
        ({"overrides": {"containerOverrides": [{"name": "web", "command": ["x" * 9000]}]}}, "8192"),
        ({"overrides": {"cpu": "256", "memory": "4096"}}, "No Fargate configuration exists"),
        ({"placementStrategy": [{"type": "random"}]}, "Placement strategies"),
        ({"enableExecuteCommand": True}, "taskRoleArn"),
        ({"platformVersion": "0.1"}, "platform version"),
    ],
)
def test_other_wrong_requests_launch_nothing(shop, changes, words):
    assert words in shop.refused("RunTask", **request(**changes)).message
    assert not shop.launches


def test_an_inactive_revision_cannot_be_run(shop):
    """botocore: op DeregisterTaskDefinition."""
    shop.call("DeregisterTaskDefinition", taskDefinition="web:1")
    error = shop.refused("RunTask", **request(taskDefinition="web:1"))
    assert (error.code, error.message) == ("InvalidParameterException", "TaskDefinition is inactive")


def test_a_network_configuration_that_is_not_wanted(shop):
    shop.definition(
        "bridge",
        requiresCompatibilities=None,
        networkMode="bridge",
        cpu=None,
        memory=None,
        containerDefinitions=[container(memory=64)],
    )
    error = shop.refused("RunTask", **request(taskDefinition="bridge"))
    assert error.message == "Task definition does not support launch_type FARGATE."


def test_a_network_that_is_missing_is_told_before_the_size_that_fargate_needs(shop):
    """Nobody documents the order; both texts are AWS's. moto's tests expect this one."""
    own = {"requiresCompatibilities": None, "cpu": None, "memory": None}
    shop.definition("plain", **own, containerDefinitions=[container(memory=64)])
    error = shop.refused("RunTask", **{**request(taskDefinition="plain"), "networkConfiguration": None})
    assert error.message == "Network Configuration must be provided when networkMode 'awsvpc' is specified."


def test_the_same_token_answers_the_same_tasks(shop):
    """botocore: RunTaskRequest.clientToken."""
    first = shop.call("RunTask", **request(clientToken="t"))
    assert shop.call("RunTask", **request(clientToken="t")) == first
    assert len(shop.launches) == 1
    error = shop.refused("RunTask", **request(clientToken="t", count=2))
    assert error.code == "ConflictException"
    assert error.extra == {"resourceIds": [first["tasks"][0]["taskArn"]]}


def test_overrides_are_checked_and_shown(shop):
    """botocore: TaskOverride, ContainerOverride."""
    overrides = {
        "containerOverrides": [{"name": "web", "command": ["sleep", "60"], "cpu": 128}],
        "cpu": ".5 vCPU",
        "memory": "1 GB",
        "taskRoleArn": ROLE,
    }
    shown = shop.call("RunTask", **request(overrides=overrides, enableExecuteCommand=True))["tasks"][0]
    assert shown["overrides"]["containerOverrides"] == [
        {"name": "web", "command": ["sleep", "60"], "cpu": 128}
    ]
    assert shown["containers"][0]["cpu"] == "128"
    assert (shop.launches[0].overrides["cpu"], shop.launches[0].overrides["memory"]) == ("512", "1024")
    assert shown["overrides"]["taskRoleArn"] == ROLE


def test_tags_of_the_definition_and_of_ecs_are_propagated(shop):
    """ecs-behaviour.md 4."""
    shop.definition("tagged", tags=[{"key": "team", "value": "a"}, {"key": "app", "value": "web"}])
    shop.call(
        "RunTask",
        **request(
            taskDefinition="tagged",
            propagateTags="TASK_DEFINITION",
            enableECSManagedTags=True,
            tags=[{"key": "team", "value": "b"}],
        ),
    )
    assert dict(shop.launches[0].tags) == {"aws:ecs:clusterName": "shop", "team": "b", "app": "web"}


def test_the_default_strategy_of_the_cluster():
    """botocore: RunTaskRequest.capacityProviderStrategy."""
    rig = Rig()
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    providers = ["FARGATE", "FARGATE_SPOT"]
    rig.call(
        "CreateCluster",
        clusterName="shop",
        capacityProviders=providers,
        defaultCapacityProviderStrategy=strategy,
    )
    rig.definition()
    rig.call("RunTask", **request(launchType=None))
    launch = rig.launches[0]
    assert launch.launch_type is None
    assert launch.capacity_provider_strategy == (
        CapacityProviderStrategyItem(capacity_provider="FARGATE_SPOT", weight=1),
    )
