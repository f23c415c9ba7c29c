"""Every operation that botocore knows has an answer."""

from __future__ import annotations

import pytest

from ecsim.api import ecs
from ecsim.api.errors import ApiError
from tests.api.rig import MODEL, Rig


def test_every_operation_is_answered_and_none_is_made_up():
    assert sorted(ecs.operations) == sorted(MODEL.operation_names)


def test_no_operation_is_both_simulated_and_not():
    assert not set(ecs.simulated) & set(ecs.NOT_SIMULATED)


@pytest.mark.parametrize("operation", sorted(ecs.NOT_SIMULATED))
def test_an_operation_that_is_not_simulated_says_so_and_names_itself(operation):
    with pytest.raises(ApiError, match=operation) as caught:
        ecs.operations[operation](Rig().desk, {})
    assert caught.value.status == 400


NO_CLUSTER_NEEDED = (
    "CreateCluster",
    "DescribeClusters",
    "ListClusters",
    "RegisterTaskDefinition",
    "DescribeTaskDefinition",
    "ListTaskDefinitions",
    "ListTaskDefinitionFamilies",
    "DeregisterTaskDefinition",
    "DeleteTaskDefinitions",
    "DescribeServiceDeployments",
    "DescribeServiceRevisions",
    "ContinueServiceDeployment",
    "StopServiceDeployment",
    "TagResource",
    "UntagResource",
    "ListTagsForResource",
    "PutAccountSetting",
    "PutAccountSettingDefault",
    "DeleteAccountSetting",
    "ListAccountSettings",
    "ListServicesByNamespace",
    "CreateCapacityProvider",
    "UpdateCapacityProvider",
    "DeleteCapacityProvider",
    "DiscoverPollEndpoint",
)


@pytest.mark.parametrize("operation", [o for o in sorted(ecs.simulated) if o not in NO_CLUSTER_NEEDED])
def test_without_the_cluster_nothing_works(rig, operation):
    """botocore: ClusterNotFoundException of each of these operations."""
    request = {
        "cluster": "nowhere",
        "service": "web",
        "serviceName": "web",
        "targetType": "container-instance",
        "taskSet": "ecs-svc/1",
        "primaryTaskSet": "ecs-svc/1",
        "scale": {"value": 50.0, "unit": "PERCENT"},
    }
    error = rig.refused(operation, **request, tasks=["0" * 32], task="0" * 32, taskDefinition="web")
    assert (error.code, error.message) == ("ClusterNotFoundException", "Cluster not found.")
