"""Clusters."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from ecsim.model.task import TaskStatus
from tests.api.rig import ARN


def test_a_new_cluster(rig):
    assert rig.call("CreateCluster", clusterName="shop", tags=[{"key": "team", "value": "a"}]) == snapshot(
        {
            "cluster": {
                "clusterArn": "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shop",
                "clusterName": "shop",
                "status": "ACTIVE",
                "registeredContainerInstancesCount": 0,
                "runningTasksCount": 0,
                "pendingTasksCount": 0,
                "activeServicesCount": 0,
                "statistics": [],
                "tags": [{"key": "team", "value": "a"}],
                "settings": [{"name": "containerInsights", "value": "disabled"}],
                "capacityProviders": [],
                "defaultCapacityProviderStrategy": [],
            }
        }
    )


def test_a_cluster_without_a_name_is_the_default_one(rig):
    assert rig.call("CreateCluster")["cluster"]["clusterName"] == "default"
    assert [c["clusterName"] for c in rig.call("DescribeClusters")["clusters"]] == ["default"]


def test_creating_it_again_answers_the_same_cluster(rig):
    first = rig.call("CreateCluster", clusterName="shop", tags=[{"key": "team", "value": "a"}])
    assert rig.call("CreateCluster", clusterName="shop") == first


def test_describe_takes_names_and_arns_and_tells_what_is_missing(rig):
    rig.cluster("shop")
    answer = rig.call("DescribeClusters", clusters=["shop", f"{ARN}:cluster/shop", "nowhere"])
    assert [c["clusterName"] for c in answer["clusters"]] == ["shop", "shop"]
    assert answer["failures"] == [{"arn": f"{ARN}:cluster/nowhere", "reason": "MISSING"}]


def test_settings_tags_and_statistics_are_shown_when_asked_for(shop):
    shop.call("TagResource", resourceArn=f"{ARN}:cluster/shop", tags=[{"key": "team", "value": "a"}])
    shop.task(status=TaskStatus.RUNNING)
    shop.task(status=TaskStatus.PENDING)
    plain = shop.call("DescribeClusters", clusters=["shop"])["clusters"][0]
    assert (plain["tags"], plain["settings"], plain["statistics"]) == ([], [], [])
    assert (plain["runningTasksCount"], plain["pendingTasksCount"]) == (1, 1)
    include = ["TAGS", "SETTINGS", "STATISTICS", "CONFIGURATIONS", "ATTACHMENTS"]
    full = shop.call("DescribeClusters", clusters=["shop"], include=include)["clusters"][0]
    assert full["tags"] == [{"key": "team", "value": "a"}]
    assert full["settings"] == [{"name": "containerInsights", "value": "disabled"}]
    assert {"name": "runningFargateTasksCount", "value": "1"} in full["statistics"]


def test_a_deleted_cluster_is_inactive_and_gone_from_the_list(rig):
    rig.cluster("shop")
    rig.cluster("other")
    assert rig.call("DeleteCluster", cluster="shop")["cluster"]["status"] == "INACTIVE"
    assert rig.call("ListClusters")["clusterArns"] == [f"{ARN}:cluster/other"]
    assert rig.call("DescribeClusters", clusters=["shop"])["clusters"][0]["status"] == "INACTIVE"
    assert rig.refused("ListTasks", cluster="shop").code == "ClusterNotFoundException"
    assert rig.cluster("shop")["status"] == "ACTIVE"


def test_a_cluster_with_services_or_tasks_cannot_be_deleted(shop):
    """botocore: ClusterContainsServicesException, ClusterContainsTasksException."""
    task = shop.task(status=TaskStatus.RUNNING)
    assert shop.refused("DeleteCluster", cluster="shop").code == "ClusterContainsTasksException"
    shop.store.drop_task(task.arn)
    shop.service()
    assert shop.refused("DeleteCluster", cluster="shop").code == "ClusterContainsServicesException"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"clusterName": "a b"}, "invalid characters"),
        ({"clusterName": "c", "capacityProviders": ["MINE"]}, "capacity provider was not found"),
        (
            {
                "clusterName": "c",
                "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            },
            "not associated with the cluster",
        ),
        (
            {
                "clusterName": "c",
                "capacityProviders": ["FARGATE"],
                "defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 0}],
            },
            "weight value greater than zero",
        ),
        ({"clusterName": "c", "tags": [{"key": "aws:x", "value": "1"}]}, "aws:"),
    ],
)
def test_wrong_clusters_are_refused(rig, request_, words):
    assert words in rig.refused("CreateCluster", **request_).message
    assert not rig.store.clusters


def test_an_arn_of_another_account_is_refused(rig):
    arn = "arn:aws:ecs:ap-northeast-1:999999999999:cluster/shop"
    error = rig.refused("ListTasks", cluster=arn)
    assert error.message == "Identifier is for 999999999999. Your accountId is 123456789012"
