"""Limits and defaults of task protection, capacity, settings and attributes, held against botocore's own prose."""

from __future__ import annotations

import pytest

from ecsim.api.ecs import account_settings
from ecsim.api.ecs.cluster import capacity_providers
from ecsim.api.ecs.container_instance import attributes
from ecsim.api.ecs.launch import capacity
from ecsim.api.ecs.service import namespaces
from ecsim.api.ecs.task import protection
from ecsim.model.task_definition import RestartPolicy
from tests.facts.documents import numbers, prose


@pytest.mark.parametrize(
    ("shape", "member", "pattern", "ours"),
    [
        ("UpdateTaskProtectionRequest", "tasks", r"up to (\d+) task IDs", protection.UPDATE_MAX),
        ("GetTaskProtectionRequest", "tasks", r"up to (\d+) task IDs", protection.GET_MAX),
        (
            "UpdateTaskProtectionRequest",
            "expiresInMinutes",
            r"protected for (\d+) minutes",
            protection.MINUTES_DEFAULT,
        ),
        (
            "DescribeCapacityProvidersRequest",
            "capacityProviders",
            r"Up to (\d+) capacity providers",
            capacity_providers.DESCRIBE_MAX,
        ),
        (
            "DescribeCapacityProvidersRequest",
            "maxResults",
            r"between 1 and (\d+)",
            capacity_providers.PAGE_SIZE,
        ),
        ("ListAccountSettingsRequest", "maxResults", r"between 1 and (\d+)", account_settings.PAGE_SIZE),
        ("ListAccountSettingsRequest", "maxResults", r"up to (\d+) results", account_settings.PAGE_SIZE),
        ("ListServicesByNamespaceRequest", "maxResults", r"up to (\d+) results", namespaces.LIST_SIZE),
        ("PutAttributesRequest", "attributes", r"up to (\d+) attributes", attributes.ATTRIBUTES_MAX),
        ("DeleteAttributesRequest", "attributes", r"up to (\d+) attributes", attributes.ATTRIBUTES_MAX),
        (
            "ContainerRestartPolicy",
            "restartAttemptPeriod",
            r"By default, a container must run for (\d+) seconds",
            RestartPolicy().restart_attempt_period_s,
        ),
    ],
)
def test_how_many(shape, member, pattern, ours):
    """botocore: the members named in the table."""
    assert numbers(pattern, shape, member) == (ours,)


def test_the_longest_protection():
    """botocore: UpdateTaskProtectionRequest.expiresInMinutes."""
    text = prose("UpdateTaskProtectionRequest", "expiresInMinutes")
    assert f"from 1 minute to up to {protection.MINUTES_MAX:,} minutes" in text


@pytest.mark.parametrize(
    "member", ["serviceLongArnFormat", "fargateTaskRetirementWaitPeriod", "awsvpcTrunking"]
)
def test_the_settings_are_described_by_aws(member):
    """botocore: PutAccountSettingRequest.name."""
    assert member in prose("PutAccountSettingRequest", "name")
    assert member in account_settings.VALUES


def test_the_days_of_the_retirement_wait_period():
    """botocore: PutAccountSettingRequest.value."""
    text = prose("PutAccountSettingRequest", "value")
    for days in account_settings.VALUES["fargateTaskRetirementWaitPeriod"]:
        assert f"{days} - Amazon Web Services sends the notification" in text


def test_base_and_weight():
    """botocore: CapacityProviderStrategyItem."""
    assert "The valid range is 0 to 1,000" in prose("CapacityProviderStrategyItem", "weight")
    assert "default value of 0 is used" in prose("CapacityProviderStrategyItem", "weight")
    assert "Only one capacity provider in a capacity provider strategy can have a base defined" in prose(
        "CapacityProviderStrategyItem", "base"
    )
    assert "The valid range is 0 to 100,000" in prose("CapacityProviderStrategyItem", "base")
    assert capacity.FARGATE_PROVIDERS == ("FARGATE", "FARGATE_SPOT")


def test_a_strategy_starts_no_deployment():
    """botocore: UpdateServiceRequest.capacityProviderStrategy; behaviour: tests/scenarios."""
    assert "doesn't trigger a new service deployment" in prose(
        "UpdateServiceRequest", "capacityProviderStrategy"
    )


def test_stop_types():
    """botocore: StopServiceDeploymentRequest.stopType: ABORT is in the enum, ROLLBACK alone is valid."""
    assert "The valid values are ROLLBACK." in prose("StopServiceDeploymentRequest", "stopType")


def test_a_start_timeout_stops_the_task():
    """botocore: ContainerDefinition.startTimeout."""
    assert "This results in the task transitioning to a STOPPED state." in prose(
        "ContainerDefinition", "startTimeout"
    )
