"""Limits and defaults of the ECS API, held against botocore's own prose."""

from __future__ import annotations

import pytest

from ecsim.api.ecs import pages
from ecsim.api.ecs.launch import network_configuration
from ecsim.api.ecs.service import rollouts, service_rules, services
from ecsim.api.ecs.task import run_task, tasks
from ecsim.decide.task import task_definition_rules as rules
from tests.facts.documents import numbers, prose


@pytest.mark.parametrize("member", ["interval", "timeout", "retries", "startPeriod"])
def test_the_ranges_of_a_health_check(member):
    """botocore: HealthCheck."""
    assert rules.HEALTH_RANGES[member] == numbers(r"between (\d+) and (\d+)", "HealthCheck", member)


@pytest.mark.parametrize(("member", "default"), [("interval", 30), ("timeout", 5), ("retries", 3)])
def test_the_defaults_of_a_health_check(rig, member, default):
    """botocore: HealthCheck."""
    assert numbers(r"default value is (\d+)", "HealthCheck", member) == (default,)
    check = {"command": ["CMD-SHELL", "true"]}
    shown = rig.definition(containerDefinitions=[{"name": "a", "image": "b", "healthCheck": check}])
    assert shown["containerDefinitions"][0]["healthCheck"][member] == default


def test_ephemeral_storage():
    """botocore: EphemeralStorage.sizeInGiB."""
    found = numbers(
        r"minimum .* is (\d+) GiB and the maximum .* is (\d+) GiB", "EphemeralStorage", "sizeInGiB"
    )
    assert found == rules.EPHEMERAL_STORAGE_GIB


def test_the_restart_policy():
    """botocore: ContainerRestartPolicy.restartAttemptPeriod."""
    found = numbers(
        r"minimum restartAttemptPeriod of (\d+) .* maximum restartAttemptPeriod of (\d+)",
        "ContainerRestartPolicy",
        "restartAttemptPeriod",
    )
    assert found == rules.RESTART_PERIOD_S


def test_the_longest_stop_timeout_on_fargate():
    """botocore: ContainerDefinition.stopTimeout."""
    found = numbers(r"max stop timeout value is (\d+) seconds", "ContainerDefinition", "stopTimeout")
    assert found == (rules.STOP_TIMEOUT_S[1],)


@pytest.mark.parametrize(
    ("where", "drivers"),
    [("For tasks on Fargate", rules.FARGATE_DRIVERS), ("hosted on Amazon EC2 instances", rules.EC2_DRIVERS)],
)
def test_log_drivers(where, drivers):
    """botocore: LogConfiguration.logDriver."""
    text = prose("LogConfiguration", "logDriver")
    sentence = text[text.index(where) :].split(".")[0]
    listed = sentence.split("log drivers are ")[1].replace("and ", "").split(", ")
    assert sorted(listed) == sorted(drivers)


@pytest.mark.parametrize(
    ("shape", "member", "pattern", "ours"),
    [
        ("RunTaskRequest", "count", r"up to (\d+) tasks", run_task.COUNT_MAX),
        ("RunTaskRequest", "clientToken", r"Up to (\d+) characters", run_task.TOKEN_MAX),
        ("DescribeServicesRequest", "services", r"up to (\d+) services", services.DESCRIBE_MAX),
        ("DescribeTasksRequest", "tasks", r"up to (\d+) task IDs", tasks.DESCRIBE_MAX),
        ("AwsVpcConfiguration", "subnets", r"limit of (\d+) subnets", network_configuration.SUBNETS_MAX),
        (
            "AwsVpcConfiguration",
            "securityGroups",
            r"limit of (\d+) security groups",
            network_configuration.SECURITY_GROUPS_MAX,
        ),
        ("ListTasksRequest", "maxResults", r"between 1 and (\d+)", pages.PAGE_MAX),
        ("ListTasksRequest", "maxResults", r"returns up to (\d+) results", pages.PAGE_MAX),
        ("ListServicesRequest", "maxResults", r"returns up to (\d+) results", services.LIST_SIZE),
        ("ListServiceDeploymentsRequest", "maxResults", r"returns up to (\d+) results", rollouts.LIST_SIZE),
    ],
)
def test_how_many(shape, member, pattern, ours):
    """botocore: the members named in the table."""
    assert numbers(pattern, shape, member) == (ours,)


def test_the_grace_period():
    """botocore: UpdateServiceRequest.healthCheckGracePeriodSeconds."""
    text = prose("UpdateServiceRequest", "healthCheckGracePeriodSeconds").replace(",", "")
    assert f"up to {service_rules.GRACE_PERIOD_MAX_S} seconds" in text


@pytest.mark.parametrize("member", ["type", "value"])
def test_the_threshold_of_the_circuit_breaker(member):
    """botocore: ThresholdConfiguration."""
    default = service_rules.BREAKER_DEFAULTS[member]
    assert f"The default is {default}." in prose("ThresholdConfiguration", member)


def test_started_by_stands_alone():
    """botocore: ListTasksRequest.startedBy."""
    assert "it must be the only filter" in prose("ListTasksRequest", "startedBy")


@pytest.mark.parametrize(
    "member",
    [
        "desiredCount",
        "deploymentConfiguration",
        "availabilityZoneRebalancing",
        "healthCheckGracePeriodSeconds",
        "enableExecuteCommand",
        "enableECSManagedTags",
        "propagateTags",
        "capacityProviderStrategy",
        "placementStrategy",
        "placementConstraints",
    ],
)
def test_members_that_start_no_deployment(member):
    """botocore: UpdateServiceRequest; the behaviour is tested in tests/api/test_services.py."""
    assert "doesn't trigger a new service deployment" in prose("UpdateServiceRequest", member)


@pytest.mark.parametrize(
    "member",
    [
        "taskDefinition",
        "networkConfiguration",
        "platformVersion",
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
    ],
)
def test_members_that_start_a_deployment(member):
    """botocore: UpdateServiceRequest; the behaviour is tested in tests/api/test_services.py."""
    text = prose("UpdateServiceRequest", member)
    assert "triggers a new service deployment" in text or "create a new service deployment" in text
