"""Task definitions: what ECS keeps and shows, and their life."""

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from ecsim.model.task_definition import HealthCheck
from tests.api.rig import ARN, container, fargate_definition

ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1"


def test_a_registered_definition_has_its_defaults_filled_in(rig):
    """ecs-behaviour.md 3; the defaults and their order are those of real answers."""
    assert rig.definition() == snapshot(
        {
            "taskDefinitionArn": "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1",
            "containerDefinitions": [
                {
                    "name": "web",
                    "image": "nginx:1.27",
                    "cpu": 0,
                    "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
                    "essential": True,
                    "environment": [],
                    "mountPoints": [],
                    "volumesFrom": [],
                    "systemControls": [],
                }
            ],
            "family": "web",
            "revision": 1,
            "volumes": [],
            "requiresAttributes": [
                {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.18"},
                {"name": "ecs.capability.task-eni"},
            ],
            "placementConstraints": [],
            "compatibilities": ["EC2", "FARGATE", "MANAGED_INSTANCES"],
            "registeredBy": "arn:aws:iam::123456789012:root",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "status": "ACTIVE",
            "registeredAt": 0,
        }
    )


def test_a_definition_with_everything(rig):
    web = container(
        image=ECR,
        secrets=[{"name": "KEY", "valueFrom": "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:k"}],
        logConfiguration={
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/ecs/web",
                "awslogs-region": "ap-northeast-1",
                "awslogs-stream-prefix": "ecs",
            },
        },
        healthCheck={"command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"]},
    )
    shown = rig.definition(
        containerDefinitions=[web],
        executionRoleArn=ROLE,
        taskRoleArn="webTaskRole",
        cpu=".5 vCPU",
        memory="1 GB",
    )
    assert (shown["cpu"], shown["memory"]) == ("512", "1024")
    assert shown["taskRoleArn"] == "arn:aws:iam::123456789012:role/webTaskRole"
    assert shown["containerDefinitions"][0]["healthCheck"] == {
        "command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"],
        "interval": 30,
        "timeout": 5,
        "retries": 3,
    }
    assert [attribute["name"] for attribute in shown["requiresAttributes"]] == snapshot(
        [
            "com.amazonaws.ecs.capability.logging-driver.awslogs",
            "ecs.capability.execution-role-awslogs",
            "com.amazonaws.ecs.capability.ecr-auth",
            "com.amazonaws.ecs.capability.docker-remote-api.1.19",
            "ecs.capability.secrets.asm.environment-variables",
            "com.amazonaws.ecs.capability.task-iam-role",
            "ecs.capability.container-health-check",
            "ecs.capability.execution-role-ecr-pull",
            "com.amazonaws.ecs.capability.docker-remote-api.1.18",
            "ecs.capability.task-eni",
            "com.amazonaws.ecs.capability.docker-remote-api.1.29",
        ]
    )
    kept = rig.store.latest_active("web")
    assert (kept.cpu, kept.memory, kept.execution_role_arn) == (512, 1024, ROLE)
    read = kept.containers[0]
    assert read.health_check == HealthCheck(command=("CMD-SHELL", "curl -f http://localhost/ || exit 1"))
    assert (read.container_ports, read.log_driver, read.stop_timeout_s) == ((80,), "awslogs", 30)


def test_for_ec2_the_network_is_a_bridge_and_the_host_port_dynamic(rig):
    """botocore: RegisterTaskDefinitionRequest.networkMode, PortMapping.hostPort."""
    shown = rig.definition(
        requiresCompatibilities=None,
        networkMode=None,
        cpu=None,
        memory=None,
        containerDefinitions=[container(memory=128)],
    )
    assert shown["compatibilities"] == ["EXTERNAL", "EC2"]
    assert shown["containerDefinitions"][0]["portMappings"] == [
        {"containerPort": 80, "hostPort": 0, "protocol": "tcp"}
    ]
    assert "networkMode" not in shown
    assert rig.store.latest_active("web").network_mode == "bridge"


def test_an_awsvpc_definition_of_the_right_size_fits_fargate_unasked(rig):
    """botocore: TaskDefinition.compatibilities."""
    assert "FARGATE" in rig.definition("a", requiresCompatibilities=None)["compatibilities"]
    odd = rig.definition("b", requiresCompatibilities=None, cpu="300", memory="700")
    assert "FARGATE" not in odd["compatibilities"]


def test_revisions_count_up_and_are_never_used_again(rig):
    """botocore: op DeleteTaskDefinitions, the text on revisions."""
    assert [rig.definition()["revision"] for _ in range(3)] == [1, 2, 3]
    for revision in (1, 2, 3):
        rig.call("DeregisterTaskDefinition", taskDefinition=f"web:{revision}")
    rig.call("DeleteTaskDefinitions", taskDefinitions=["web:1", "web:2", "web:3"])
    rig.now_ms += 1
    rig.call("ListTaskDefinitions", status="DELETE_IN_PROGRESS")
    assert not rig.store.task_definitions
    assert rig.definition()["revision"] == 4


@pytest.mark.parametrize("text", ["web:1", f"{ARN}:task-definition/web:1"])
def test_describe_takes_a_revision_by_name_or_arn(rig, text):
    rig.definition()
    rig.definition()
    assert rig.call("DescribeTaskDefinition", taskDefinition=text)["taskDefinition"]["revision"] == 1
    assert rig.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["revision"] == 2


def test_a_family_alone_means_its_newest_active_revision(rig):
    """botocore: op RunTask, the text on family and revision."""
    rig.definition()
    rig.definition()
    rig.now_ms = 5_000
    gone = rig.call("DeregisterTaskDefinition", taskDefinition="web:2")["taskDefinition"]
    assert (gone["status"], gone["deregisteredAt"]) == ("INACTIVE", 5_000)
    assert rig.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["revision"] == 1
    assert (
        rig.call("DescribeTaskDefinition", taskDefinition="web:2")["taskDefinition"]["status"] == "INACTIVE"
    )


def test_tags_are_shown_when_asked_for(rig):
    request = fargate_definition(tags=[{"key": "team", "value": "a"}])
    assert rig.call("RegisterTaskDefinition", **request)["tags"] == [{"key": "team", "value": "a"}]
    assert rig.call("DescribeTaskDefinition", taskDefinition="web")["tags"] == []
    shown = rig.call("DescribeTaskDefinition", taskDefinition="web", include=["TAGS"])
    assert shown["tags"] == [{"key": "team", "value": "a"}]


@pytest.mark.parametrize(
    ("operation", "text", "message"),
    [
        ("DescribeTaskDefinition", "nothing", "Unable to describe task definition."),
        ("DescribeTaskDefinition", "web:9", "Unable to describe task definition."),
        ("DeregisterTaskDefinition", "web", "Revision is missing."),
        ("DescribeTaskDefinition", "web:x", "Invalid revision number. Number: x"),
    ],
)
def test_what_is_not_there_is_refused(rig, operation, text, message):
    """ecs-behaviour.md 3.3."""
    rig.definition()
    assert rig.refused(operation, taskDefinition=text).message == message


def test_a_refused_registration_leaves_no_revision(rig):
    error = rig.refused("RegisterTaskDefinition", **fargate_definition(memory="600"))
    assert error.code == "ClientException"
    assert rig.definition()["revision"] == 1


def test_lists_are_by_family_and_then_by_revision(rig):
    """botocore: ListTaskDefinitionsRequest.sort."""
    for family in ("web", "api", "web"):
        rig.definition(family)
    names = ["api:1", "web:1", "web:2"]
    arns = [f"{ARN}:task-definition/{name}" for name in names]
    assert rig.call("ListTaskDefinitions")["taskDefinitionArns"] == arns
    assert rig.call("ListTaskDefinitions", sort="DESC")["taskDefinitionArns"] == arns[::-1]
    assert rig.call("ListTaskDefinitions", familyPrefix="web")["taskDefinitionArns"] == arns[1:]
    assert rig.call("ListTaskDefinitions", familyPrefix="we")["taskDefinitionArns"] == []
    rig.call("DeregisterTaskDefinition", taskDefinition="api:1")
    assert rig.call("ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"] == arns[:1]


def test_families_by_status_and_prefix(rig):
    """botocore: ListTaskDefinitionFamiliesRequest."""
    for family in ("web", "worker", "api"):
        rig.definition(family)
    rig.call("DeregisterTaskDefinition", taskDefinition="api:1")
    assert rig.call("ListTaskDefinitionFamilies")["families"] == ["api", "web", "worker"]
    assert rig.call("ListTaskDefinitionFamilies", status="ACTIVE")["families"] == ["web", "worker"]
    assert rig.call("ListTaskDefinitionFamilies", status="INACTIVE")["families"] == ["api"]
    assert rig.call("ListTaskDefinitionFamilies", familyPrefix="wo")["families"] == ["worker"]


def test_only_inactive_revisions_can_be_deleted(rig):
    """botocore: op DeleteTaskDefinitions."""
    rig.definition()
    rig.definition()
    rig.call("DeregisterTaskDefinition", taskDefinition="web:1")
    answer = rig.call("DeleteTaskDefinitions", taskDefinitions=["web:1", "web:2", "web:3", "web"])
    assert [d["status"] for d in answer["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
    reasons = {f["arn"].rpartition("/")[2]: f["reason"] for f in answer["failures"]}
    assert "still in ACTIVE status" in reasons["web:2"]
    assert reasons["web:3"].startswith("The specified task definition does not exist.")
    assert reasons["web"].startswith("The specified task definition identifier is invalid.")


def test_a_volume_shows_its_defaults(rig):
    """botocore: Volume.host, EFSVolumeConfiguration.rootDirectory."""
    shown = rig.definition(
        volumes=[{"name": "scratch"}, {"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]
    )["volumes"]
    assert shown == [
        {"name": "scratch", "host": {}},
        {"name": "files", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/"}},
    ]


def test_a_deleted_revision_stays_while_a_task_or_a_service_uses_it(shop):
    """botocore: op DeleteTaskDefinitions, the text on DELETE_IN_PROGRESS."""
    service = shop.service()
    shop.call("DeregisterTaskDefinition", taskDefinition="web:1")
    shop.call("DeleteTaskDefinitions", taskDefinitions=["web:1"])
    shop.now_ms += 10_000
    shown = shop.call("DescribeTaskDefinition", taskDefinition="web:1")["taskDefinition"]
    assert shown["status"] == "DELETE_IN_PROGRESS"
    shop.call("DeleteService", cluster="shop", service="web", force=True)
    gone = replace(shop.store.services[service["serviceArn"]], status="INACTIVE")
    shop.store.put_service(gone)
    shop.call("ListTaskDefinitions")
    assert f"{ARN}:task-definition/web:1" not in shop.store.task_definitions


def test_a_revision_that_is_deregistered_between_two_pages_loses_nothing(rig):
    for _ in range(4):
        rig.definition()
    first = rig.call("ListTaskDefinitions", maxResults=2)
    rig.call("DeregisterTaskDefinition", taskDefinition="web:2")
    second = rig.call("ListTaskDefinitions", maxResults=2, nextToken=first["nextToken"])
    assert [arn[-1] for arn in first["taskDefinitionArns"] + second["taskDefinitionArns"]] == list("1234")
    families = [rig.definition(f"f{n}")["family"] for n in range(3)]
    page = rig.call("ListTaskDefinitionFamilies", maxResults=2)
    rest = rig.call("ListTaskDefinitionFamilies", nextToken=page["nextToken"])
    assert page["families"] + rest["families"] == [*families, "web"]
