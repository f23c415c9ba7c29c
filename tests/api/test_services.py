"""Services: creating, updating, deleting, describing, listing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from ecsim.model.network import TargetGroup
from ecsim.model.service import RolloutState, ServiceEvent
from ecsim.model.task import TaskStatus
from tests.api.rig import ARN, GROUP, NETWORK, container, fargate_definition, service_request

SERVICE = f"{ARN}:service/shop/web"
BALANCERS = [{"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}]


def states(shown):
    return [(d["status"], d["rolloutState"], d["desiredCount"]) for d in shown["deployments"]]


def looked_at(rig):
    """Do what the scheduler does first: the PRIMARY deployment is complete."""
    service = rig.store.services[SERVICE]
    done = replace(
        service.primary,
        desired_count=service.desired_count,
        rollout_state=RolloutState.COMPLETED,
        ever_completed=True,
    )
    rig.store.put_service(replace(service, deployments=(done,), steady=True))


# Creating


def test_a_new_service_as_the_api_answers_it(shop):
    """ecs-behaviour.md 5.5: PRIMARY, IN_PROGRESS, desired count 0 until the scheduler has looked."""
    assert shop.call("CreateService", **service_request(loadBalancers=BALANCERS)) == snapshot(
        {
            "service": {
                "serviceArn": "arn:aws:ecs:ap-northeast-1:123456789012:service/shop/web",
                "serviceName": "web",
                "clusterArn": "arn:aws:ecs:ap-northeast-1:123456789012:cluster/shop",
                "loadBalancers": [
                    {
                        "targetGroupArn": "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/0123456789abcdef",
                        "containerName": "web",
                        "containerPort": 80,
                    }
                ],
                "serviceRegistries": [],
                "status": "ACTIVE",
                "desiredCount": 2,
                "runningCount": 0,
                "pendingCount": 0,
                "taskDefinition": "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1",
                "deploymentConfiguration": {
                    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
                    "maximumPercent": 200,
                    "minimumHealthyPercent": 100,
                    "strategy": "ROLLING",
                    "bakeTimeInMinutes": 0,
                },
                "deployments": [
                    {
                        "id": "ecs-svc/9037180792357631772",
                        "status": "PRIMARY",
                        "taskDefinition": "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1",
                        "desiredCount": 0,
                        "pendingCount": 0,
                        "runningCount": 0,
                        "failedTasks": 0,
                        "createdAt": 0,
                        "updatedAt": 0,
                        "rolloutState": "IN_PROGRESS",
                        "rolloutStateReason": "ECS deployment ecs-svc/9037180792357631772 in progress.",
                        "launchType": "FARGATE",
                        "platformVersion": "1.4.0",
                        "platformFamily": "Linux",
                        "networkConfiguration": {
                            "awsvpcConfiguration": {
                                "subnets": ["subnet-a", "subnet-c"],
                                "securityGroups": [],
                                "assignPublicIp": "DISABLED",
                            }
                        },
                    }
                ],
                "roleArn": "arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
                "events": [],
                "createdAt": 0,
                "currentServiceRevisions": [
                    {
                        "arn": "arn:aws:ecs:ap-northeast-1:123456789012:service-revision/shop/web/9037180792357631772",
                        "requestedTaskCount": 0,
                        "runningTaskCount": 0,
                        "pendingTaskCount": 0,
                    }
                ],
                "placementConstraints": [],
                "placementStrategy": [],
                "schedulingStrategy": "REPLICA",
                "deploymentController": {"type": "ECS"},
                "createdBy": "arn:aws:iam::123456789012:root",
                "resourceManagementType": "CUSTOMER",
                "healthCheckGracePeriodSeconds": 0,
                "propagateTags": "NONE",
                "enableECSManagedTags": False,
                "enableExecuteCommand": False,
                "availabilityZoneRebalancing": "ENABLED",
                "launchType": "FARGATE",
                "platformVersion": "LATEST",
                "platformFamily": "Linux",
                "networkConfiguration": {
                    "awsvpcConfiguration": {
                        "subnets": ["subnet-a", "subnet-c"],
                        "securityGroups": [],
                        "assignPublicIp": "DISABLED",
                    }
                },
            }
        }
    )
    assert shop.woken == [SERVICE]


def test_the_journal_tells_of_a_new_service(shop):
    shop.service()
    assert [(e.kind, e.subject.split("/")[0]) for e in shop.journal] == [
        ("service.status", "shop"),
        ("service.desired", "shop"),
        ("deployment.state", "ecs-svc"),
    ]
    fields = dict(shop.journal.of("deployment.state")[0].fields)
    reason = fields.pop("reason")
    assert fields == {
        "service": "shop/web",
        "task_definition": "web:1",
        "status": "PRIMARY",
        "rollout_state": "IN_PROGRESS",
    }
    assert reason.startswith("ECS deployment ecs-svc/")
    assert reason.endswith(" in progress.")


def test_counts_come_from_the_tasks(shop):
    shown = shop.service()
    deployment = shown["deployments"][0]["id"]
    owned = {"service_arn": SERVICE, "deployment_id": deployment}
    for status in (TaskStatus.RUNNING, TaskStatus.RUNNING, TaskStatus.PENDING, TaskStatus.ACTIVATING):
        shop.task(status=status, **owned)
    for status in (TaskStatus.DEACTIVATING, TaskStatus.STOPPING, TaskStatus.STOPPED):
        shop.task(status=status, **owned)
    shown = shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
    assert (shown["runningCount"], shown["pendingCount"]) == (2, 2)
    assert shown["deployments"][0]["runningCount"] == 2
    assert shown["deployments"][0]["pendingCount"] == 2


def test_the_same_request_again_answers_the_same_service(shop):
    """ecs-behaviour.md 5.1: creation is idempotent."""
    first = shop.service()
    assert shop.service(clientToken="again") == first
    assert shop.refused("CreateService", **service_request(desiredCount=3)).message == (
        "Creation of service was not idempotent."
    )
    assert len(shop.journal.of("deployment.state")) == 1


def test_a_draining_name_cannot_be_used_and_an_inactive_one_can(shop):
    shop.service()
    shop.call("DeleteService", cluster="shop", service="web", force=True)
    assert "still Draining" in shop.refused("CreateService", **service_request()).message
    shop.store.put_service(replace(shop.store.services[SERVICE], status="INACTIVE"))
    assert shop.service()["status"] == "ACTIVE"


def test_names_are_unique_in_a_cluster_only(shop):
    shop.cluster("other")
    shop.service()
    assert shop.service(cluster="other")["serviceArn"] == f"{ARN}:service/other/web"


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"networkConfiguration": None},
            "InvalidParameterException",
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        ),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-x"]}}},
            "InvalidParameterException",
            "Error retrieving subnet information for [subnet-x]: The subnet ID 'subnet-x' does not exist "
            "(ErrorCode: InvalidSubnetID.NotFound)",
        ),
        ({"taskDefinition": "nothing"}, "ClientException", "TaskDefinition not found."),
        ({"taskDefinition": "web:9"}, "ClientException", "TaskDefinition not found."),
        (
            {"loadBalancers": [{**BALANCERS[0], "containerName": "db"}]},
            "InvalidParameterException",
            "The container db does not exist in the task definition.",
        ),
        (
            {"loadBalancers": [{**BALANCERS[0], "containerPort": 8080}]},
            "InvalidParameterException",
            "The container web did not have a container port 8080 defined.",
        ),
        (
            {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
            "InvalidParameterException",
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        ),
        (
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]},
            "InvalidParameterException",
            "Specifying both a launch type and capacity provider strategy is not supported. "
            "Remove one and try again.",
        ),
        (
            {"schedulingStrategy": "DAEMON", "desiredCount": None},
            "InvalidParameterException",
            "The daemon scheduling strategy is not supported for FARGATE launch type.",
        ),
        (
            {"platformVersion": "9.9.9"},
            "PlatformUnknownException",
            "The specified platform version does not exist.",
        ),
    ],
)
def test_refusals_in_awss_words(shop, changes, code, message):
    """ecs-behaviour.md 3.3, 4 and 5.1."""
    error = shop.refused("CreateService", **service_request(**changes))
    assert (error.code, error.message) == (code, message)
    assert not shop.woken


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"serviceName": "a b"}, "invalid characters"),
        ({"desiredCount": None}, "desiredCount"),
        ({"desiredCount": -1}, "negative"),
        ({"launchType": "MAGIC"}, "launchType"),
        ({"placementStrategy": [{"type": "random"}]}, "not supported with FARGATE"),
        ({"deploymentConfiguration": {"minimumHealthyPercent": 101}}, "at most 100"),
        ({"deploymentConfiguration": {"maximumPercent": 99}}, "at least 100"),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "exactly one target group"),
        ({"propagateTags": "SOME"}, "propagateTags"),
        ({"healthCheckGracePeriodSeconds": -1}, "healthCheckGracePeriodSeconds"),
        ({"enableExecuteCommand": True}, "taskRoleArn"),
        ({"loadBalancers": [{"containerName": "web", "containerPort": 80}]}, "targetGroupArn"),
        ({"loadBalancers": [{**BALANCERS[0], "targetGroupArn": GROUP + "0"}]}, "does not exist"),
        ({"tags": [{"key": "k", "value": "v"}] * 2}, "Duplicate"),
    ],
)
def test_other_wrong_services_are_refused_and_leave_nothing(shop, changes, words):
    assert words in shop.refused("CreateService", **service_request(**changes)).message


def test_a_target_group_must_be_of_type_ip_and_have_a_load_balancer(shop):
    """ecs-behaviour.md 5.1."""
    shop.groups[GROUP] = TargetGroup(arn=GROUP, name="web", target_type="instance")
    error = shop.refused("CreateService", **service_request(loadBalancers=BALANCERS))
    assert error.message == (
        f"The provided target group {GROUP} has target type instance, which is incompatible with the awsvpc "
        "network mode specified in the task definition."
    )
    shop.groups[GROUP] = TargetGroup(arn=GROUP, name="web", in_use=False)
    error = shop.refused("CreateService", **service_request(loadBalancers=BALANCERS))
    assert error.message == (
        f"The target group with targetGroupArn {GROUP} does not have an associated load balancer."
    )


def test_an_inactive_revision_cannot_be_used(shop):
    """botocore: op DeregisterTaskDefinition."""
    shop.call("DeregisterTaskDefinition", taskDefinition="web:1")
    error = shop.refused("CreateService", **service_request(taskDefinition="web:1"))
    assert (error.code, error.message) == ("ClientException", "TaskDefinition is inactive")


def test_a_definition_that_does_not_fit_fargate_is_refused(shop):
    shop.definition("odd", requiresCompatibilities=None, cpu="300", memory="700")
    error = shop.refused("CreateService", **service_request(taskDefinition="odd"))
    assert error.message == "Task definition does not support launch_type FARGATE."


def test_a_large_task_needs_platform_version_1_4_0(shop):
    """ecs-behaviour.md 3.1."""
    shop.definition("large", cpu="8192", memory="16384")
    request = service_request(taskDefinition="large", platformVersion="1.3.0")
    assert shop.refused("CreateService", **request).code == "PlatformTaskDefinitionIncompatibilityException"
    assert shop.service("large", taskDefinition="large")["deployments"][0]["platformVersion"] == "1.4.0"


def test_a_capacity_provider_strategy_instead_of_a_launch_type(rig):
    rig.call("CreateCluster", clusterName="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    rig.definition()
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    shown = rig.service(launchType=None, capacityProviderStrategy=strategy)
    assert "launchType" not in shown
    assert shown["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    assert "launchType" not in shown["deployments"][0]


def test_the_circuit_breaker_is_read_with_its_defaults(shop):
    """botocore: DeploymentCircuitBreaker, ThresholdConfiguration."""
    breaker = {"enable": True, "rollback": True}
    shown = shop.service(deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    assert shown["deploymentConfiguration"]["deploymentCircuitBreaker"] == {
        "enable": True,
        "rollback": True,
        "resetOnHealthyTask": True,
        "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50},
    }
    read = shop.store.services[SERVICE].deployment_configuration.circuit_breaker
    assert (read.enable, read.rollback, read.threshold_type, read.threshold_value) == (
        True,
        True,
        "BOUNDED_PERCENT",
        50,
    )


# Updating


def test_changing_the_count_starts_no_deployment(shop):
    """botocore: UpdateServiceRequest.desiredCount."""
    shop.service()
    shown = shop.call("UpdateService", cluster="shop", service="web", desiredCount=5)["service"]
    assert shown["desiredCount"] == 5
    assert len(shown["deployments"]) == 1
    assert shop.woken == [SERVICE, SERVICE]
    assert shop.journal.of("service.desired")[-1].fields == {"desired": 5}


def test_a_new_revision_is_a_new_primary_with_no_tasks_yet(shop):
    """ecs-behaviour.md 5.5, from a real answer to update-service."""
    shop.service()
    looked_at(shop)
    shop.definition()
    shown = shop.call("UpdateService", cluster="shop", service="web", taskDefinition="web")["service"]
    assert states(shown) == [("PRIMARY", "IN_PROGRESS", 0), ("ACTIVE", "COMPLETED", 2)]
    assert [d["taskDefinition"].rsplit("/", 1)[1] for d in shown["deployments"]] == ["web:2", "web:1"]
    assert shown["taskDefinition"].endswith("web:2")
    assert not shop.store.services[SERVICE].steady
    written = [(e.fields["status"], e.fields["task_definition"]) for e in shop.journal.of("deployment.state")]
    assert written == [("PRIMARY", "web:1"), ("PRIMARY", "web:2"), ("ACTIVE", "web:1")]


def moved(rig):
    """A request for each member of UpdateService, and whether it starts a deployment."""
    rig.definition()
    other = GROUP.replace("web", "other")
    rig.groups[other] = TargetGroup(arn=other, name="other")
    return {
        "taskDefinition": ("web:2", True),
        "networkConfiguration": ({"awsvpcConfiguration": {"subnets": ["subnet-a"]}}, True),
        "platformVersion": ("1.3.0", True),
        "forceNewDeployment": (True, True),
        "loadBalancers": ([{**BALANCERS[0], "targetGroupArn": other}], True),
        "serviceRegistries": ([{"registryArn": "arn:aws:servicediscovery:x:1:service/srv-1"}], True),
        "serviceConnectConfiguration": ({"enabled": True, "namespace": "shop"}, True),
        "desiredCount": (7, False),
        "deploymentConfiguration": ({"minimumHealthyPercent": 50}, False),
        "availabilityZoneRebalancing": ("DISABLED", False),
        "healthCheckGracePeriodSeconds": (30, False),
        "enableECSManagedTags": (True, False),
        "propagateTags": ("SERVICE", False),
    }


@pytest.mark.parametrize(
    "member",
    [
        "taskDefinition",
        "networkConfiguration",
        "platformVersion",
        "forceNewDeployment",
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "desiredCount",
        "deploymentConfiguration",
        "availabilityZoneRebalancing",
        "healthCheckGracePeriodSeconds",
        "enableECSManagedTags",
        "propagateTags",
    ],
)
def test_which_changes_start_a_deployment(shop, member):
    """botocore: UpdateServiceRequest, the text on each member; ecs-behaviour.md 5.2."""
    shop.service()
    value, deploys = moved(shop)[member]
    shown = shop.call("UpdateService", cluster="shop", service="web", **{member: value})["service"]
    assert len(shown["deployments"]) == (2 if deploys else 1)
    if member not in (
        "forceNewDeployment",
        "taskDefinition",
        "deploymentConfiguration",
        "networkConfiguration",
    ):
        described = shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
        where = described if member in described else described["deployments"][0]
        assert member == "serviceConnectConfiguration" or where[member] == value


def test_giving_what_is_already_there_starts_no_deployment(shop):
    """botocore: UpdateServiceRequest.volumeConfigurations and others: non-null and different."""
    shop.service(loadBalancers=BALANCERS)
    shown = shop.call(
        "UpdateService",
        cluster="shop",
        service="web",
        taskDefinition="web:1",
        networkConfiguration=NETWORK,
        platformVersion="LATEST",
        loadBalancers=BALANCERS,
        desiredCount=2,
    )["service"]
    assert len(shown["deployments"]) == 1


def test_a_second_update_leaves_two_deployments_behind_the_primary(shop):
    shop.service()
    for _ in range(2):
        shop.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    shown = shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
    assert [d["status"] for d in shown["deployments"]] == ["PRIMARY", "ACTIVE", "ACTIVE"]
    assert len({d["id"] for d in shown["deployments"]}) == 3


def test_members_of_the_configuration_that_are_not_given_stay(shop):
    breaker = {"enable": True, "rollback": True}
    shop.service(deploymentConfiguration={"deploymentCircuitBreaker": breaker, "maximumPercent": 150})
    given = {"minimumHealthyPercent": 50}
    shown = shop.call("UpdateService", cluster="shop", service="web", deploymentConfiguration=given)[
        "service"
    ]
    configuration = shown["deploymentConfiguration"]
    assert (configuration["minimumHealthyPercent"], configuration["maximumPercent"]) == (50, 150)
    assert configuration["deploymentCircuitBreaker"]["enable"]


def test_an_update_resets_the_launch_throttle(shop):
    """ecs-behaviour.md 5.8."""
    shop.service()
    service = shop.store.services[SERVICE]
    late = replace(service.primary, failed_launches=4, next_launch_at_ms=999_000, failed_tasks=4)
    shop.store.put_service(replace(service, deployments=(late,)))
    shop.call("UpdateService", cluster="shop", service="web", desiredCount=2)
    primary = shop.store.services[SERVICE].primary
    assert (primary.failed_launches, primary.next_launch_at_ms, primary.failed_tasks) == (0, 0, 4)


def test_a_service_on_a_deregistered_revision_can_still_scale(shop):
    """botocore: op DeregisterTaskDefinition."""
    shop.service()
    shop.call("DeregisterTaskDefinition", taskDefinition="web:1")
    assert (
        shop.call("UpdateService", cluster="shop", service="web", desiredCount=4)["service"]["desiredCount"]
        == 4
    )
    assert shop.call("UpdateService", cluster="shop", service="web", taskDefinition="web:1")["service"]


def test_a_new_revision_must_keep_the_balanced_port(shop):
    shop.service(loadBalancers=BALANCERS)
    shop.definition(containerDefinitions=[container(portMappings=[{"containerPort": 8080}])])
    error = shop.refused("UpdateService", cluster="shop", service="web", taskDefinition="web")
    assert error.message == "The container web did not have a container port 80 defined."


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"service": "nothing"}, "ServiceNotFoundException"),
        ({"service": "web", "taskDefinition": "web:9"}, "ClientException"),
        ({"service": "web", "desiredCount": -1}, "InvalidParameterException"),
        (
            {"service": "web", "capacityProviderStrategy": [{"capacityProvider": "MINE"}]},
            "InvalidParameterException",
        ),
    ],
)
def test_wrong_updates_change_nothing(shop, params, code):
    shop.service()
    assert shop.refused("UpdateService", cluster="shop", **params).code == code


def test_going_to_a_capacity_provider_and_back_to_the_launch_type(rig):
    """botocore: UpdateServiceRequest.capacityProviderStrategy: no deployment; an empty list goes back."""
    rig.call("CreateCluster", clusterName="shop", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    rig.definition()
    rig.service()
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    update = {"cluster": "shop", "service": "web", "forceNewDeployment": True}
    shown = rig.call("UpdateService", **update, capacityProviderStrategy=strategy)["service"]
    assert "launchType" not in shown
    assert shown["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT"
    assert (
        rig.call("UpdateService", **update, capacityProviderStrategy=[])["service"]["launchType"] == "FARGATE"
    )


# Deleting


def test_a_service_with_tasks_is_deleted_by_force_or_at_zero(shop):
    """ecs-behaviour.md 5.1."""
    shop.service()
    error = shop.refused("DeleteService", cluster="shop", service="web")
    assert error.message == "The service cannot be stopped while it is scaled above 0."
    shown = shop.call("DeleteService", cluster="shop", service="web", force=True)["service"]
    assert (shown["status"], shown["desiredCount"]) == ("DRAINING", 0)
    assert shop.woken[-1] == SERVICE
    assert [e.fields["status"] for e in shop.journal.of("service.status")] == ["ACTIVE", "DRAINING"]


def test_a_draining_service_is_hidden_from_the_list_but_described(shop):
    """botocore: op DeleteService."""
    shop.service(desiredCount=0)
    shop.call("DeleteService", cluster="shop", service="web")
    assert shop.call("ListServices", cluster="shop")["serviceArns"] == []
    assert (
        shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]["status"] == "DRAINING"
    )
    assert shop.refused("UpdateService", cluster="shop", service="web").code == "ServiceNotActiveException"
    shop.store.put_service(replace(shop.store.services[SERVICE], status="INACTIVE"))
    shown = shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
    assert (shown["status"], shown["deployments"]) == ("INACTIVE", [])
    assert shop.refused("DeleteService", cluster="shop", service="web").code == "ServiceNotFoundException"


# Describing and listing


def test_describe_takes_names_and_arns_and_tells_what_is_missing(shop):
    shop.service()
    answer = shop.call("DescribeServices", cluster="shop", services=["web", SERVICE, "db"])
    assert [s["serviceName"] for s in answer["services"]] == ["web", "web"]
    assert answer["failures"] == [{"arn": f"{ARN}:service/db", "reason": "MISSING"}]


def test_what_is_wrong_with_the_network_is_told_before_the_platform(shop):
    """Nobody documents the order; both texts are AWS's. moto's tests expect this one (test_service_exceptions)."""
    ec2 = {"launchType": "EC2", "platformVersion": "1.4.0"}

    def refused(**vpc):
        error = shop.refused(
            "CreateService", **service_request(**ec2, networkConfiguration={"awsvpcConfiguration": vpc})
        )
        return error.message

    assert refused(subnets=[]) == "subnets can not be empty."
    assert refused(subnets=["subnet-a"], securityGroups=["sg-a", "sg-nowhere"]) == (
        "Error retrieving security group information for [sg-a, sg-nowhere]: "
        "The security group 'sg-nowhere' does not exist (ErrorCode: InvalidGroup.NotFound)"
    )
    assert refused(subnets=["subnet-a"]) == (
        "The platform version must be null when specifying an EC2 launch type."
    )


def test_an_arn_of_another_cluster_is_missing(shop):
    shop.cluster("other")
    shop.service(cluster="other")
    answer = shop.call("DescribeServices", cluster="shop", services=[f"{ARN}:service/other/web"])
    assert [f["reason"] for f in answer["failures"]] == ["MISSING"]


def test_events_are_newest_first_and_tags_only_when_asked_for(shop):
    shop.service(tags=[{"key": "team", "value": "a"}])
    service = shop.store.services[SERVICE]
    events = tuple(ServiceEvent(id=str(n), at_ms=n, message=f"m{n}") for n in (2, 1))
    shop.store.put_service(replace(service, events=events))
    shown = shop.call("DescribeServices", cluster="shop", services=["web"])["services"][0]
    assert [e["message"] for e in shown["events"]] == ["m2", "m1"]
    assert "tags" not in shown
    shown = shop.call("DescribeServices", cluster="shop", services=["web"], include=["TAGS"])["services"][0]
    assert shown["tags"] == [{"key": "team", "value": "a"}]


@pytest.mark.parametrize("count", [0, 11])
def test_describe_takes_one_to_ten_services(shop, count):
    """botocore: DescribeServicesRequest.services."""
    error = shop.refused("DescribeServices", cluster="shop", services=["web"] * count)
    assert error.code == "InvalidParameterException"


def test_lists_show_ten_at_a_time_unless_asked(shop):
    """botocore: ListServicesRequest.maxResults."""
    for number in range(12):
        shop.service(f"web-{number}")
    first = shop.call("ListServices", cluster="shop")
    assert len(first["serviceArns"]) == 10
    second = shop.call("ListServices", cluster="shop", nextToken=first["nextToken"])
    assert [arn.rsplit("/", 1)[1] for arn in second["serviceArns"]] == ["web-10", "web-11"]
    assert "nextToken" not in second
    assert len(shop.call("ListServices", cluster="shop", maxResults=100)["serviceArns"]) == 12
    assert shop.call("ListServices", cluster="shop", launchType="EC2")["serviceArns"] == []
    assert shop.call("ListServices", cluster="shop", schedulingStrategy="DAEMON")["serviceArns"] == []


def test_a_service_on_ec2_is_accepted_and_has_no_platform(rig):
    """botocore: CreateServiceRequest.launchType; neither type nor strategy given means EC2."""
    rig.cluster()
    rig.definition(
        requiresCompatibilities=None,
        networkMode="bridge",
        cpu=None,
        memory=None,
        containerDefinitions=[container(memory=64)],
    )
    shown = rig.service(launchType=None, networkConfiguration=None)
    assert shown["launchType"] == "EC2"
    assert "platformVersion" not in shown
    assert "networkConfiguration" not in shown


def test_the_definition_of_the_request_is_not_changed(shop):
    request = fargate_definition(family="same")
    before = repr(request)
    shop.call("RegisterTaskDefinition", **request)
    assert repr(request) == before
