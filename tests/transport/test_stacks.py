"""CloudFormation makes, changes and deletes resources of this cloud's ECS."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from ecsim.api.stack_properties import Refused, converted, in_order
from ecsim.cloud.cloud import Cloud

CONTAINER = {
    "Name": "web",
    "Image": "nginx:1",
    "Essential": "true",
    "PortMappings": [{"ContainerPort": "80"}],
}


def template(image="nginx:1", count=2, **more):
    return {
        "Parameters": {"Env": {"Type": "String", "Default": "test"}},
        "Resources": {
            # Named before what it refers to: the order of a template means nothing.
            "Web": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "Cluster": {"Ref": "Shop"},
                    "ServiceName": "web",
                    "TaskDefinition": {"Ref": "Definition"},
                    "DesiredCount": count,
                    "LaunchType": "FARGATE",
                    "DeploymentConfiguration": {
                        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": "true"}
                    },
                    "NetworkConfiguration": {
                        "AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "AssignPublicIp": "ENABLED"}
                    },
                    **more,
                },
            },
            "Definition": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "Family": "web",
                    "Cpu": 256,
                    "Memory": "512",
                    "NetworkMode": "awsvpc",
                    "RequiresCompatibilities": ["FARGATE"],
                    "ContainerDefinitions": [
                        {
                            **CONTAINER,
                            "Image": image,
                            "Environment": [{"Name": "ENV", "Value": {"Ref": "Env"}}],
                            "DockerLabels": {"Team": "Shop"},
                        }
                    ],
                    "Volumes": [{"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1"}}],
                    "Tags": [{"Key": "team", "Value": "shop"}],
                },
            },
            "Shop": {
                "Type": "AWS::ECS::Cluster",
                "Properties": {"ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}]},
            },
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"},
            },
        },
        "Outputs": {
            "Cluster": {"Value": {"Ref": "Shop"}},
            "Arn": {"Value": {"Fn::GetAtt": ["Shop", "Arn"]}},
            "Name": {"Value": {"Fn::GetAtt": ["Web", "Name"]}},
            "Definition": {"Value": {"Ref": "Definition"}},
        },
    }


class Stack:
    def __init__(self, cloud):
        self.cloud = cloud
        self.cfn, self.ecs = cloud.client("cloudformation"), cloud.client("ecs")

    def create(self, body):
        return self.cfn.create_stack(StackName="shop", TemplateBody=json.dumps(body))

    def update(self, body, **more):
        self.cfn.update_stack(StackName="shop", TemplateBody=json.dumps(body), **more)

    @property
    def outputs(self):
        found = self.cfn.describe_stacks(StackName="shop")["Stacks"][0]["Outputs"]
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    def service(self):
        cluster = self.outputs["Cluster"]
        return self.ecs.describe_services(cluster=cluster, services=["web"])["services"][0]


@pytest.fixture
def stack():
    with Cloud(strict=True) as cloud:
        yield Stack(cloud)


def test_a_stack_runs_a_service(stack):
    """Source: CloudFormation Template Reference, AWS_ECS (Ref, Fn::GetAtt, properties)."""
    stack.create(template())
    outputs = stack.outputs
    assert outputs["Cluster"].startswith("shop-Shop-")  # no name was given
    assert outputs["Arn"].endswith(f":cluster/{outputs['Cluster']}")
    assert outputs["Name"] == "web"
    assert outputs["Definition"].endswith(":task-definition/web:1")
    cluster = stack.ecs.describe_clusters(clusters=[outputs["Cluster"]], include=["SETTINGS"])["clusters"][0]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    definition = stack.ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])
    assert definition["tags"] == [{"key": "team", "value": "shop"}]
    shown = definition["taskDefinition"]
    assert (shown["cpu"], shown["memory"]) == ("256", "512")
    assert shown["volumes"][0]["efsVolumeConfiguration"]["fileSystemId"] == "fs-1"
    container = shown["containerDefinitions"][0]
    assert container["environment"] == [{"name": "ENV", "value": "test"}]
    assert container["dockerLabels"] == {"Team": "Shop"}  # the keys of a map are the user's
    assert container["essential"] is True
    stack.cloud.advance("5m")
    service = stack.service()
    assert service["runningCount"] == 2
    assert service["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is True


def test_a_new_image_is_rolled_out(stack):
    """The service refers to the definition by Ref only: its part of the template does not change."""
    stack.create(template())
    stack.cloud.advance("5m")
    stack.update(template(image="nginx:2"))
    assert stack.service()["taskDefinition"].endswith("web:2")
    first = stack.ecs.describe_task_definition(taskDefinition="web:1")["taskDefinition"]
    assert first["status"] == "INACTIVE"
    stack.cloud.advance("15m")
    service = stack.service()
    assert [deployment["rolloutState"] for deployment in service["deployments"]] == ["COMPLETED"]
    assert service["runningCount"] == 2


def test_a_parameter_changes_what_refers_to_it(stack):
    stack.create(template())
    stack.update(template(), Parameters=[{"ParameterKey": "Env", "ParameterValue": "live"}])
    definition = stack.ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert definition["containerDefinitions"][0]["environment"] == [{"name": "ENV", "value": "live"}]
    assert stack.service()["taskDefinition"].endswith("web:2")


def test_a_count_is_changed_in_place_and_a_launch_type_is_not(stack):
    stack.create(template())
    before = stack.service()
    stack.update(template(count=3))
    after = stack.service()
    assert after["desiredCount"] == 3
    assert [d["id"] for d in after["deployments"]] == [d["id"] for d in before["deployments"]]


def test_deleting_a_stack_drains_it(stack):
    """The cluster goes when its tasks have gone. Source: botocore ecs DeleteCluster."""
    stack.create(template())
    stack.cloud.advance("5m")
    cluster = stack.outputs["Cluster"]
    stack.cfn.delete_stack(StackName="shop")
    shown = stack.ecs.describe_clusters(clusters=[cluster])["clusters"][0]
    assert (shown["status"], shown["runningTasksCount"]) == ("ACTIVE", 2)
    stack.cloud.advance("5m")
    shown = stack.ecs.describe_clusters(clusters=[cluster])["clusters"][0]
    assert (shown["status"], shown["runningTasksCount"]) == ("INACTIVE", 0)
    assert stack.ecs.list_task_definitions()["taskDefinitionArns"] == []


def test_what_ecs_refuses_is_a_validation_error(stack):
    body = template()
    body["Resources"]["Definition"]["Properties"]["Memory"] = "300"
    with pytest.raises(ClientError, match=r"ValidationError.*No Fargate configuration exists"):
        stack.create(body)


def test_a_property_that_does_not_exist_is_named(stack):
    with pytest.raises(ClientError, match="Encountered unsupported property Colour"):
        stack.create(template(Colour="red"))


def test_capacity_providers_of_a_stack(stack):
    resources = {
        "Shop": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "shop"}},
        "Providers": {
            "Type": "AWS::ECS::ClusterCapacityProviderAssociations",
            "Properties": {
                "Cluster": {"Ref": "Shop"},
                "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
                "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": "2"}],
            },
        },
    }
    stack.create({"Resources": resources})
    cluster = stack.ecs.describe_clusters(clusters=["shop"])["clusters"][0]
    assert cluster["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert cluster["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE_SPOT", "weight": 2, "base": 0}
    ]
    stack.update({"Resources": {"Shop": resources["Shop"]}})
    assert stack.ecs.describe_clusters(clusters=["shop"])["clusters"][0]["capacityProviders"] == []


def test_resources_come_after_those_that_they_refer_to():
    resources = {
        "A": {"DependsOn": ["B"]},
        "B": {"Properties": {"x": {"Fn::GetAtt": "C.Arn"}}},
        "C": {"Properties": {"y": [{"Ref": "AWS::Region"}, {"Fn::GetAtt": ["D", "Arn"]}]}},
        "D": {},
    }
    assert in_order(resources) == ["D", "C", "B", "A"]


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"DesiredCount": "many"}, "#/DesiredCount: expected type: Number, found: str"),
        ({"LoadBalancers": {}}, "#/LoadBalancers: expected type: JSONArray, found: JSONObject"),
        ({"EnableExecuteCommand": "yes"}, "#/EnableExecuteCommand: expected type: Boolean, found: str"),
        ({"ServiceName": ["web"]}, "#/ServiceName: expected type: String, found: JSONArray"),
        ({"DeploymentController": "ECS"}, "#/DeploymentController: expected type: JSONObject, found: str"),
    ],
)
def test_a_value_of_another_type_is_refused(properties, message):
    with Cloud() as cloud:
        shape = cloud.client("ecs").meta.service_model.operation_model("CreateService").input_shape
    with pytest.raises(Refused, match=message):
        converted(shape, properties, "")
