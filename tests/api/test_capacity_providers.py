"""Capacity providers of clusters, and the settings of clusters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecsim.model.task import TaskStatus
from tests.api.rig import ARN, Rig

BOTH = ["FARGATE", "FARGATE_SPOT"]
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def put(rig, providers=BOTH, strategy=()):
    return rig.call(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=providers,
        defaultCapacityProviderStrategy=list(strategy),
    )["cluster"]


def refused(rig, providers=BOTH, strategy=()):
    return rig.refused(
        "PutClusterCapacityProviders",
        cluster="shop",
        capacityProviders=providers,
        defaultCapacityProviderStrategy=list(strategy),
    )


def test_fargate_and_fargate_spot_always_exist(rig):
    """botocore: CapacityProvider.type; PutClusterCapacityProvidersRequest.capacityProviders."""
    answer = rig.call("DescribeCapacityProviders")
    assert [(p["name"], p["status"], p["type"]) for p in answer["capacityProviders"]] == [
        ("FARGATE", "ACTIVE", "FARGATE"),
        ("FARGATE_SPOT", "ACTIVE", "FARGATE_SPOT"),
    ]
    assert answer["capacityProviders"][0]["capacityProviderArn"] == f"{ARN}:capacity-provider/FARGATE"


def test_describing_by_name_arn_cluster_and_page(shop):
    arn = f"{ARN}:capacity-provider/FARGATE_SPOT"
    answer = shop.call("DescribeCapacityProviders", capacityProviders=[arn, "MINE"])
    assert [p["name"] for p in answer["capacityProviders"]] == ["FARGATE_SPOT"]
    assert answer["failures"] == [{"arn": f"{ARN}:capacity-provider/MINE", "reason": "MISSING"}]
    assert shop.call("DescribeCapacityProviders", cluster="shop")["capacityProviders"] == []
    put(shop, ["FARGATE"])
    of_cluster = shop.call("DescribeCapacityProviders", cluster="shop")["capacityProviders"]
    assert [p["name"] for p in of_cluster] == ["FARGATE"]
    first = shop.call("DescribeCapacityProviders", maxResults=1)
    second = shop.call("DescribeCapacityProviders", maxResults=1, nextToken=first["nextToken"])
    assert [p["name"] for page in (first, second) for p in page["capacityProviders"]] == BOTH
    assert "nextToken" not in second
    assert shop.refused("DescribeCapacityProviders", maxResults=11).code == "InvalidParameterException"


def test_putting_replaces_the_list_and_the_default_strategy(shop):
    """botocore: PutClusterCapacityProviders."""
    cluster = put(shop, [f"{ARN}:capacity-provider/FARGATE", "FARGATE_SPOT"], SPOT)
    assert cluster["capacityProviders"] == BOTH
    assert cluster["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}
    ]
    cluster = put(shop, ["FARGATE"])
    assert (cluster["capacityProviders"], cluster["defaultCapacityProviderStrategy"]) == (["FARGATE"], [])
    described = shop.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert described["capacityProviders"] == ["FARGATE"]


@pytest.mark.parametrize(
    ("providers", "strategy"),
    [
        (["MINE"], []),
        (["FARGATE"], SPOT),
        (BOTH, [{"capacityProvider": "FARGATE"}]),
        (BOTH, [{"capacityProvider": n, "weight": 1, "base": 1} for n in BOTH]),
        (BOTH, [{"capacityProvider": "FARGATE", "weight": 1001}]),
        (BOTH, [{"capacityProvider": "FARGATE", "weight": 1, "base": 100_001}]),
        (BOTH, [{"capacityProvider": "FARGATE", "weight": 1}] * 2),
    ],
)
def test_wrong_providers_and_strategies(shop, providers, strategy):
    """botocore: CapacityProviderStrategyItem; ecs-behaviour.md 7.1."""
    assert refused(shop, providers, strategy).code == "InvalidParameterException"
    assert shop.call("DescribeClusters", clusters=["shop"])["clusters"][0]["capacityProviders"] == []


def test_a_provider_in_use_stays(shop):
    """botocore: PutClusterCapacityProviders (ResourceInUseException)."""
    put(shop)
    task = shop.task(status=TaskStatus.RUNNING, capacity_provider_name="FARGATE_SPOT")
    assert refused(shop, ["FARGATE"]).code == "ResourceInUseException"
    assert put(shop, ["FARGATE_SPOT"])["capacityProviders"] == ["FARGATE_SPOT"]
    shop.store.put_task(replace(task, last_status=TaskStatus.STOPPED))
    put(shop)
    shop.service(launchType=None, capacityProviderStrategy=SPOT)
    assert refused(shop, ["FARGATE"]).code == "ResourceInUseException"
    shop.call("UpdateService", cluster="shop", service="web", capacityProviderStrategy=[])
    assert put(shop, ["FARGATE"])["capacityProviders"] == ["FARGATE"]


def test_a_provider_that_a_rollback_returns_to_stays(shop):
    put(shop)
    arn = shop.service(launchType=None, capacityProviderStrategy=SPOT)["serviceArn"]
    good = shop.store.services[arn].primary
    update = {"cluster": "shop", "service": "web", "capacityProviderStrategy": []}
    shop.call("UpdateService", **update, forceNewDeployment=True)
    service = shop.store.services[arn]
    alone = replace(service, deployments=service.deployments[:1], last_completed=good)
    shop.store.put_service(alone)
    assert refused(shop, ["FARGATE"]).code == "ResourceInUseException"
    shop.store.put_service(replace(alone, last_completed=alone.primary))
    assert put(shop, ["FARGATE"])["capacityProviders"] == ["FARGATE"]


def test_a_service_takes_the_default_strategy_of_its_cluster(shop):
    """botocore: CreateServiceRequest.capacityProviderStrategy."""
    put(
        shop,
        BOTH,
        [
            {"capacityProvider": "FARGATE", "weight": 1, "base": 2},
            {"capacityProvider": "FARGATE_SPOT", "weight": 3},
        ],
    )
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 2},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0},
    ]
    shown = shop.service(launchType=None)
    assert shown["capacityProviderStrategy"] == strategy
    assert shown["deployments"][0]["capacityProviderStrategy"] == strategy
    arn = shown["currentServiceRevisions"][0]["arn"]
    revision = shop.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"][0]
    assert revision["capacityProviderStrategy"] == strategy
    assert "launchType" not in revision


def test_other_capacity_starts_no_deployment(shop):
    """botocore: UpdateServiceRequest.capacityProviderStrategy."""
    put(shop)
    shop.service()
    shown = shop.call("UpdateService", cluster="shop", service="web", capacityProviderStrategy=SPOT)[
        "service"
    ]
    assert len(shown["deployments"]) == 1
    assert shown["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT"
    kept = shop.call("UpdateService", cluster="shop", service="web", desiredCount=3)["service"]
    assert kept["capacityProviderStrategy"] == shown["capacityProviderStrategy"]


def test_a_deployment_keeps_the_capacity_that_it_had(shop):
    put(shop)
    shop.service()
    shown = shop.call(
        "UpdateService", cluster="shop", service="web", capacityProviderStrategy=SPOT, forceNewDeployment=True
    )["service"]
    new, old = shown["deployments"]
    assert (new.get("launchType"), old["launchType"]) == (None, "FARGATE")
    assert "capacityProviderStrategy" not in old


# Settings of clusters


def settings(rig):
    return rig.call("DescribeClusters", clusters=["shop"], include=["SETTINGS"])["clusters"][0]["settings"]


@pytest.mark.parametrize("value", ["enhanced", "enabled", "disabled"])
@pytest.mark.parametrize("operation", ["UpdateCluster", "UpdateClusterSettings"])
def test_container_insights(shop, operation, value):
    """botocore: ClusterSetting."""
    given = [{"name": "containerInsights", "value": value}]
    assert shop.call(operation, cluster="shop", settings=given)["cluster"]["settings"] == given
    assert settings(shop) == given


@pytest.mark.parametrize(
    "setting",
    [{"name": "containerInsights", "value": "on"}, {"name": "containerInsights"}, {"value": "enabled"}],
)
@pytest.mark.parametrize("operation", ["UpdateCluster", "UpdateClusterSettings", "CreateCluster"])
def test_settings_that_there_are_not(shop, operation, setting):
    name = {"clusterName": "new"} if operation == "CreateCluster" else {"cluster": "shop"}
    assert shop.refused(operation, **name, settings=[setting]).code == "InvalidParameterException"


def test_update_cluster_changes_only_what_is_given(shop):
    logging = {"executeCommandConfiguration": {"logging": "DEFAULT"}}
    shop.call("UpdateCluster", cluster="shop", configuration=logging)
    namespace = "arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/ns-1"
    shown = shop.call("UpdateCluster", cluster="shop", serviceConnectDefaults={"namespace": namespace})[
        "cluster"
    ]
    assert (shown["configuration"], shown["serviceConnectDefaults"]) == (logging, {"namespace": namespace})
    assert shown["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    shown = shop.call("UpdateCluster", cluster="shop", serviceConnectDefaults={"namespace": ""})["cluster"]
    assert "serviceConnectDefaults" not in shown


def test_an_inactive_cluster_is_not_found():
    rig = Rig()
    rig.cluster()
    rig.call("DeleteCluster", cluster="shop")
    assert refused(rig).code == "ClusterNotFoundException"
    assert rig.refused("UpdateCluster", cluster="shop").code == "ClusterNotFoundException"
