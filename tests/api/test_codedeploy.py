"""CodeDeploy's API refuses in its own exception names; UpdateService refuses what takes a CodeDeploy deployment.

Source: botocore codedeploy (exceptions), botocore ecs UpdateService; the texts were seen in public threads.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.scenarios.codedeploy import APPSPEC, CodeDeployed, appspec

GROUP = {"applicationName": "shop", "deploymentGroupName": "web"}


@pytest.fixture(scope="module")
def shop():
    with CodeDeployed() as story:
        yield story


def refused(call, **params):
    with pytest.raises(ClientError) as told:
        call(**params)
    return told.value.response["Error"]["Code"].removesuffix("Exception")


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("get_application", {"applicationName": "none"}, "ApplicationDoesNotExist"),
        ("get_application", {"applicationName": "a b"}, "InvalidApplicationName"),
        (
            "create_application",
            {"applicationName": "shop", "computePlatform": "ECS"},
            "ApplicationAlreadyExists",
        ),
        ("create_application", {"applicationName": "other"}, "NotImplemented"),
        ("get_deployment_group", GROUP | {"deploymentGroupName": "none"}, "DeploymentGroupDoesNotExist"),
        ("get_deployment_config", {"deploymentConfigName": "none"}, "DeploymentConfigDoesNotExist"),
        (
            "delete_deployment_config",
            {"deploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"},
            "InvalidOperation",
        ),
        ("get_deployment", {"deploymentId": "d-000000000"}, "DeploymentDoesNotExist"),
        ("get_deployment", {"deploymentId": "x"}, "InvalidDeploymentId"),
        ("create_deployment", {"applicationName": "shop"}, "DeploymentGroupNameRequired"),
        ("create_deployment", GROUP, "RevisionRequired"),
        ("create_deployment", GROUP | {"revision": appspec("a: [")}, "InvalidRevision"),
        ("create_deployment", GROUP | {"revision": {"revisionType": "S3"}}, "InvalidRevision"),
        (
            "create_deployment",
            GROUP | {"revision": appspec(APPSPEC.format(definition="web:99"))},
            "InvalidRevision",
        ),
        ("list_deployments", {"applicationName": "shop"}, "DeploymentGroupNameRequired"),
        ("list_deployments", {"includeOnlyStatuses": ["Lost"]}, "InvalidDeploymentStatus"),
        ("list_on_premises_instances", {}, "NotImplemented"),
    ],
)
def test_refusals_have_codedeploys_names(shop, operation, params, code):
    assert refused(getattr(shop.codedeploy, operation), **params) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"deploymentStyle": {"deploymentType": "IN_PLACE"}}, "InvalidDeploymentStyle"),
        ({"serviceRoleArn": "me"}, "InvalidRole"),
        ({"ecsServices": [{"serviceName": "none", "clusterName": "shop"}]}, "InvalidECSService"),
        ({"loadBalancerInfo": {}}, "InvalidLoadBalancerInfo"),
        ({"blueGreenDeploymentConfiguration": {}}, "InvalidBlueGreenDeploymentConfiguration"),
        ({"autoRollbackConfiguration": {"enabled": True}}, "InvalidAutoRollbackConfig"),
        ({"alarmConfiguration": {"enabled": True}}, "InvalidAlarmConfig"),
        ({"deploymentConfigName": "none"}, "DeploymentConfigDoesNotExist"),
    ],
)
def test_wrong_deployment_groups(shop, changes, code):
    names = {"applicationName": "shop", "currentDeploymentGroupName": "web"}
    before = shop.codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"]
    assert refused(shop.codedeploy.update_deployment_group, **names, **changes) == code
    assert shop.codedeploy.get_deployment_group(**GROUP)["deploymentGroupInfo"] == before


def test_a_service_has_one_deployment_group(shop):
    params = shop.members("ECSAllAtOnce")
    create = shop.codedeploy.create_deployment_group
    code = refused(create, applicationName="shop", deploymentGroupName="second", **params)
    assert code == "ECSServiceMappingLimitExceeded"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"taskDefinition": "web:1"}, "Unable to update task definition on services with a CODE_DEPLOY"),
        ({"loadBalancers": []}, "Unable to update load balancers on services with a CODE_DEPLOY"),
        ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}}, "network parameters"),
        ({"forceNewDeployment": True}, "Cannot force a new deployment on services with a CODE_DEPLOY"),
        ({"deploymentController": {"type": "EXTERNAL"}}, "cannot be changed"),
        (
            {"deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1}},
            "CodeDeploy has its own",
        ),
    ],
)
def test_what_update_service_refuses(shop, changes, words):
    with pytest.raises(ClientError, match=words):
        shop.update(**changes)


def test_what_update_service_allows(shop):
    shown = shop.update(desiredCount=3, healthCheckGracePeriodSeconds=5, enableECSManagedTags=True)
    assert (shown["desiredCount"], shown["healthCheckGracePeriodSeconds"]) == (3, 5)
    shop.update(desiredCount=2)
    with pytest.raises(ClientError, match="CODE_DEPLOY"):
        shop.ecs.create_task_set(cluster="shop", service="web", taskDefinition="web:1")
    assert len(shop.ecs.describe_task_sets(cluster="shop", service="web")["taskSets"]) == 1


def test_one_deployment_at_a_time_and_configurations_of_ones_own(shop):
    made = shop.codedeploy.create_deployment_config(
        deploymentConfigName="half",
        computePlatform="ECS",
        trafficRoutingConfig={
            "type": "TimeBasedLinear",
            "timeBasedLinear": {"linearPercentage": 50, "linearInterval": 2},
        },
    )
    assert made["deploymentConfigId"]
    assert "half" in shop.codedeploy.list_deployment_configs()["deploymentConfigsList"]
    shop.told_to = len(shop.cloud.journal)
    deployment = shop.deploy(deploymentConfigName="half")
    content = appspec(APPSPEC.format(definition="web:1"))
    assert refused(shop.codedeploy.create_deployment, **GROUP, revision=content) == "DeploymentLimitExceeded"
    shop.advance("6m")
    assert shop.status(deployment) == "Succeeded"
    shares = [line.split()[-2] for line in shop.path("codedeploy.traffic").strip().splitlines()]
    assert shares == ["0", "0", "50", "100"]
    shop.codedeploy.delete_deployment_config(deploymentConfigName="half")
    assert refused(shop.codedeploy.get_deployment_config, deploymentConfigName="half")


def test_tags(shop):
    arn = "arn:aws:codedeploy:ap-northeast-1:123456789012:application:shop"
    shop.codedeploy.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "web"}])
    assert shop.codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "team", "Value": "web"}
    ]
    shop.codedeploy.untag_resource(ResourceArn=arn, TagKeys=["team"])
    assert shop.codedeploy.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
