"""What must be there before each documented command: the table of prerequisites.

A prerequisite is made through the same API, by boto3 in process. Where an example speaks of an id that only the cloud
can choose, the fixture says which of ours stands for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.facts.cli_examples.stage import Stage

Prepare = Callable[[Stage], None]
FIXTURES: dict[str, Prepare] = {}

SUBNETS = ("subnet-12344321", "subnet-12345678", "subnet-0d0eab1bb38d5ca64", "subnet-0db5010045995c2d5")
GROUPS = ("sg-12344321", "sg-12345678", "sg-02556bf85a191f59a")
ALARMS_OFF = {"alarmNames": [], "rollback": False, "enable": False}
BREAKER = {"enable": True, "rollback": True}


def before(*keys: str) -> Callable[[Prepare], Prepare]:
    """Put a fixture into the table for these examples."""

    def put(prepare: Prepare) -> Prepare:
        for key in keys:
            assert key not in FIXTURES, key
            FIXTURES[key] = prepare
        return prepare

    return put


def nothing(_: Stage) -> None:
    """An example that needs nothing."""


for _key in (
    "create-cluster 1",
    "create-cluster 3",
    "list-account-settings 1",
    "put-account-setting 1",
    "put-account-setting-default 1",
    "put-account-settings 1",
    "register-task-definition 1",
    "register-task-definition 2",
):
    before(_key)(nothing)


# Parts


def network(stage: Stage, *, public: bool = False) -> dict[str, Any]:
    """Two subnets and a security group under their documented names."""
    ec2 = stage.cloud.client("ec2")
    subnets = sorted(s["SubnetId"] for s in ec2.describe_subnets()["Subnets"])
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    stage.names |= {name: subnets[index % 2] for index, name in enumerate(SUBNETS)}
    stage.names |= dict.fromkeys(GROUPS, group)
    return {
        "awsvpcConfiguration": {
            "subnets": subnets[:1],
            "securityGroups": [group],
            "assignPublicIp": "ENABLED" if public else "DISABLED",
        }
    }


def fargate(stage: Stage, family: str, *, revisions: int = 1, **changes: Any) -> None:
    """A Fargate task definition, up to a revision."""
    container = {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]}
    for _ in range(revisions):
        stage.ecs.register_task_definition(
            **{
                "family": family,
                "requiresCompatibilities": ["FARGATE"],
                "networkMode": "awsvpc",
                "cpu": "256",
                "memory": "512",
                "containerDefinitions": [container],
            }
            | changes
        )


def on_instances(stage: Stage, family: str, *, revisions: int = 1, **changes: Any) -> None:
    """A task definition for container instances, up to a revision."""
    container = {
        "name": "sleep",
        "image": "busybox",
        "cpu": 10,
        "memory": 10,
        "command": ["sleep", "360"],
        **changes.pop("container", {}),
    }
    for _ in range(revisions):
        stage.ecs.register_task_definition(family=family, containerDefinitions=[container], **changes)


def service(stage: Stage, cluster: str, name: str, definition: str, **changes: Any) -> dict[str, Any]:
    """A Fargate service, not yet steady."""
    request = {
        "cluster": cluster,
        "serviceName": name,
        "taskDefinition": definition,
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": network(stage, public=True),
        **changes,
    }
    request = {member: value for member, value in request.items() if value is not None}
    made: dict[str, Any] = stage.ecs.create_service(**request)["service"]
    return made


def cluster(stage: Stage, name: str, **changes: Any) -> None:
    """A cluster."""
    stage.ecs.create_cluster(clusterName=name, **changes)


def standalone(stage: Stage, name: str, family: str, count: int = 1) -> list[str]:
    """Fargate tasks without a service; their ids."""
    tasks = stage.ecs.run_task(
        cluster=name,
        taskDefinition=family,
        launchType="FARGATE",
        networkConfiguration=network(stage),
        count=count,
    )["tasks"]
    return [task["taskArn"].rpartition("/")[2] for task in tasks]


# Clusters


@before("delete-cluster 1", "tag-resource 1", "tag-resource 2", "update-cluster-settings 1")
def _a_cluster(stage: Stage) -> None:
    cluster(stage, "MyCluster")


@before("describe-clusters 1")
def _default_with_a_service(stage: Stage) -> None:
    cluster(stage, "default")
    fargate(stage, "web")
    service(stage, "default", "web", "web", desiredCount=0)


@before("list-clusters 1")
def _two_clusters(stage: Stage) -> None:
    cluster(stage, "MyECSCluster1")
    cluster(stage, "AnotherECSCluster")


@before("list-tags-for-resource 1", "untag-resource 1")
def _a_tagged_cluster(stage: Stage) -> None:
    tags = [{"key": f"key{n}", "value": f"value{n}"} for n in (1, 2, 3)]
    cluster(stage, "MyCluster", tags=tags)


# Account settings


@before("delete-account-setting 1", "list-account-settings 2")
def _a_users_setting(stage: Stage) -> None:
    stage.ecs.put_account_setting(
        name="serviceLongArnFormat",
        value="enabled",
        principalArn=f"arn:aws:iam::{stage.account}:user/MyUser",
    )


# Task definitions


@before("delete-task-definitions 1")
def _an_inactive_definition(stage: Stage) -> None:
    role = f"arn:aws:iam::{stage.account}:role/ecsTaskExecutionRole"
    options = {
        "awslogs-create-group": "true",
        "awslogs-group": "/ecs/curltest",
        "awslogs-region": stage.region,
        "awslogs-stream-prefix": "ecs",
    }
    container = {
        "name": "ctest",
        "image": "mreferre/eksutils",
        "entryPoint": ["sh", "-c"],
        "command": ["curl ${ECS_CONTAINER_METADATA_URI_V4}/task"],
        "logConfiguration": {"logDriver": "awslogs", "options": options},
    }
    fargate(stage, "curltest", taskRoleArn=role, executionRoleArn=role, containerDefinitions=[container])
    stage.ecs.deregister_task_definition(taskDefinition="curltest:1")


@before("deregister-task-definition 1")
def _curler(stage: Stage) -> None:
    container = {
        "name": "curler",
        "image": "curl:latest",
        "cpu": 100,
        "memory": 256,
        "command": ["curl -v http://example.com/"],
        "entryPoint": [],
    }
    on_instances(stage, "curler", container=container)


@before("describe-task-definition 1")
def _hello_world(stage: Stage) -> None:
    word = {"name": "wordpress", "image": "wordpress", "cpu": 10, "memory": 500, "links": ["mysql"]}
    word["portMappings"] = [{"containerPort": 80, "hostPort": 80}]
    data = {"name": "mysql", "image": "mysql", "cpu": 10, "memory": 500}
    data["environment"] = [{"name": "MYSQL_ROOT_PASSWORD", "value": "password"}]
    for _ in range(8):
        stage.ecs.register_task_definition(family="hello_world", containerDefinitions=[word, data])


@before("list-task-definition-families 1", "list-task-definition-families 2")
def _four_families(stage: Stage) -> None:
    for family in ("node-js-app", "web-timer", "hpcc", "hpcc-c4-8xlarge"):
        on_instances(stage, family)


@before("list-task-definitions 1", "list-task-definitions 2")
def _six_revisions(stage: Stage) -> None:
    for family, revisions in (("sleep300", 2), ("sleep360", 1), ("wordpress", 6)):
        on_instances(stage, family, revisions=revisions)
    for gone in ("sleep300:1", "wordpress:1", "wordpress:2"):
        stage.ecs.deregister_task_definition(taskDefinition=gone)


# Services


@before("create-service 1")
def _sample_fargate(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    fargate(stage, "sample-fargate")
    network(stage)


@before("create-service 2")
def _sleep360(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    on_instances(stage, "sleep360", revisions=2)


@before("create-service 3")
def _a_cluster_only(stage: Stage) -> None:
    cluster(stage, "MyCluster")


@before("create-service 4")
def _classic_balancer(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    port = {"containerPort": 80, "hostPort": 80}
    on_instances(stage, "ecs-demo", container={"name": "ecs-demo", "portMappings": [port]})
    stage.names["simple-demo"] = "ecs-demo"  # the page calls the container by two names
    stage.cloud.client("elb").create_load_balancer(
        LoadBalancerName="EC2Contai-EcsElast-123456789012",
        Listeners=[{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=[f"{stage.region}a"],
    )


def with_volume(stage: Stage, revisions: int) -> None:
    """A Fargate definition with a volume that is configured at launch."""
    container = {
        "name": "container-using-ebs",
        "image": "amazonlinux:2",
        "mountPoints": [{"sourceVolume": "myEBSVolume", "containerPath": "/mount/ebs"}],
    }
    fargate(
        stage,
        "mytaskdef",
        revisions=revisions,
        cpu="1024",
        memory="3072",
        containerDefinitions=[container],
        volumes=[{"name": "myEBSVolume", "configuredAtLaunch": True}],
    )


EBS = {
    "volumeType": "gp3",
    "sizeInGiB": 100,
    "iops": 3000,
    "throughput": 125,
    "roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
    "filesystemType": "ext4",
}


@before("create-service 5")
def _with_volumes(stage: Stage) -> None:
    cluster(stage, "mycluster")
    stage.names["myEbsVolume"] = "myEBSVolume"  # the page writes it in two ways
    with_volume(stage, 3)
    network(stage)


@before("run-task 2")
def _with_a_volume(stage: Stage) -> None:
    cluster(stage, "default")
    stage.names["1111222333"] = stage.account  # eleven digits are no account
    with_volume(stage, 4)
    network(stage)


@before("delete-service 1")
def _to_be_deleted(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    fargate(stage, "web")
    service(stage, "MyCluster", "MyService1", "web")


@before("list-services 1", "wait/services-stable 1")
def _my_service(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    fargate(stage, "web")
    service(stage, "MyCluster", "MyService", "web")


@before("wait/services-inactive 1")
def _draining(stage: Stage) -> None:
    _my_service(stage)
    stage.settle()
    stage.ecs.delete_service(cluster="MyCluster", service="MyService", force=True)


@before("describe-services 1")
def _ten_tasks(stage: Stage) -> None:
    cluster(stage, "default")
    fargate(stage, "amazon-ecs-sample")
    service(stage, "default", "my-http-service", "amazon-ecs-sample", desiredCount=10)
    stage.settle()


@before("list-services-by-namespace 1")
def _connected(stage: Stage) -> None:
    stage.cloud.client("servicediscovery").create_http_namespace(Name="service-connect")
    container = {
        "name": "web",
        "image": "nginx",
        "portMappings": [{"name": "http", "containerPort": 80}],
    }
    fargate(stage, "web", containerDefinitions=[container])
    for name, serving in (("MyCluster", "MyService"), ("tutorial", "service-connect-nginx-service")):
        cluster(stage, name)
        connect = {"enabled": True, "namespace": "service-connect", "services": [{"portName": "http"}]}
        service(stage, name, serving, "web", serviceConnectConfiguration=connect)


@before("update-service 1")
def _the_old_definition(stage: Stage) -> None:
    cluster(stage, "test")
    fargate(stage, "old-amazon-ecs-sample", revisions=4)
    fargate(stage, "amazon-ecs-sample", revisions=2)
    service(
        stage,
        "test",
        "my-http-service",
        "old-amazon-ecs-sample",
        desiredCount=2,
        enableECSManagedTags=True,
        availabilityZoneRebalancing="DISABLED",
        platformVersion="1.4.0",
        deploymentConfiguration={"alarms": ALARMS_OFF, "deploymentCircuitBreaker": BREAKER},
    )
    stage.cloud.advance("13h")


@before("update-service 2", "update-service 5")
def _one_task_on_fargate(stage: Stage) -> None:
    cluster(stage, "MyCluster", capacityProviders=["FARGATE"])
    fargate(stage, "MyTaskDefinition")
    placed = network(stage, public=True)
    placed["awsvpcConfiguration"]["subnets"] = [stage.names[name] for name in SUBNETS[2:]]
    service(
        stage,
        "MyCluster",
        "my-http-service",
        "MyTaskDefinition",
        enableECSManagedTags=True,
        launchType=None,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        networkConfiguration=placed,
        availabilityZoneRebalancing="ENABLED" if stage.example.number == 2 else "DISABLED",
        deploymentConfiguration={"alarms": ALARMS_OFF, "deploymentCircuitBreaker": BREAKER},
    )
    stage.settle()
    if stage.example.number == 5:  # the page shows a service that is about to get its second task
        stage.ecs.update_service(cluster="MyCluster", service="my-http-service", desiredCount=2)


@before("update-service 3", "update-service 4")
def _before_volumes(stage: Stage) -> None:
    cluster(stage, "mycluster")
    stage.names |= {"myEbsVolume": "myEBSVolume", "ebs-volume": "myEBSVolume"}
    fargate(stage, "myoldtaskdef")
    shared: dict[str, Any] = {
        "desiredCount": 2,
        "enableECSManagedTags": True,
        "deploymentConfiguration": {"alarms": ALARMS_OFF, "deploymentCircuitBreaker": BREAKER},
    }
    if stage.example.number == 3:
        with_volume(stage, 1)
        service(stage, "mycluster", "my-http-service", "myoldtaskdef", **shared)
    else:
        with_volume(stage, 2)
        fargate(stage, "mytaskdef")
        volumes = [{"name": "myEBSVolume", "managedEBSVolume": EBS}]
        service(stage, "mycluster", "my-http-service", "mytaskdef:1", volumeConfigurations=volumes, **shared)
    stage.settle()


# Task sets

TASK_SET = "1234567890123456789"


def external(stage: Stage) -> dict[str, Any]:
    """A service with an external controller, and what its task sets run: on container instances, as the pages show."""
    cluster(stage, "MyCluster")
    port = {"containerPort": 80}
    for family in ("MyTaskDefinition", "sample-fargate"):
        on_instances(stage, family, revisions=2, networkMode="awsvpc", container={"portMappings": [port]})
    stage.ecs.create_service(
        cluster="MyCluster",
        serviceName="MyService",
        desiredCount=1,
        deploymentController={"type": "EXTERNAL"},
    )
    return network(stage)


@before("create-task-set 1")
def _no_task_set_yet(stage: Stage) -> None:
    external(stage)


@before("delete-task-set 1", "describe-task-sets 1", "update-service-primary-task-set 1", "update-task-set 1")
def _a_task_set(stage: Stage) -> None:
    placed = external(stage)
    is_half = stage.example.page == "update-service-primary-task-set"
    made = stage.ecs.create_task_set(
        cluster="MyCluster",
        service="MyService",
        taskDefinition="sample-fargate:2",
        networkConfiguration=placed,
        scale={"value": 50.0 if is_half else 0.0, "unit": "PERCENT"},
    )["taskSet"]
    stage.names[TASK_SET] = made["id"].rpartition("/")[2]
    stage.cloud.advance("2s")


# Service deployments


@before("describe-service-deployments 1", "list-service-deployments 1", "describe-service-revisions 1")
def _a_finished_deployment(stage: Stage) -> None:
    cluster(stage, "example-cluster", capacityProviders=["FARGATE"])
    collector = "public.ecr.aws/aws-observability/aws-otel-collector:v0.32.0"
    containers = [
        {"name": "aws-otel-collector", "image": collector},
        {"name": "web", "image": "nginx", "portMappings": [{"containerPort": 80}]},
    ]
    fargate(stage, "webserver", revisions=5, containerDefinitions=containers)
    placed = network(stage, public=True)
    placed["awsvpcConfiguration"]["subnets"] = [stage.names[name] for name in SUBNETS[2:]]
    made = service(
        stage,
        "example-cluster",
        "example-service",
        "webserver",
        launchType=None,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        networkConfiguration=placed,
        serviceConnectConfiguration={"enabled": False},
        deploymentConfiguration={"alarms": ALARMS_OFF, "deploymentCircuitBreaker": BREAKER},
    )
    stage.settle()
    listed = stage.ecs.list_service_deployments(cluster="example-cluster", service=made["serviceName"])
    deployment = listed["serviceDeployments"][0]
    stage.names |= {
        "ejGvqq2ilnbKT9qj0vLJe": deployment["serviceDeploymentArn"].rpartition("/")[2],
        "1485800978477494678": deployment["targetServiceRevisionArn"].rpartition("/")[2],
    }


# Tasks


@before("describe-tasks 2")
def _two_of_services(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    container = {"name": "web", "image": "nginx", "cpu": 99, "memory": 100}
    fargate(stage, "webserver", revisions=2, containerDefinitions=[container])
    service(stage, "MyCluster", "tdsevicetag", "webserver", desiredCount=2)
    stage.settle()
    tasks = stage.ecs.list_tasks(cluster="MyCluster")["taskArns"]
    documented = ("74de0355a10a4f979ac495c14EXAMPLE", "d789e94343414c25b9f6bd59eEXAMPLE")
    stage.names |= dict(zip(documented, (arn.rpartition("/")[2] for arn in tasks), strict=True))


@before("execute-command 1")
def _with_exec(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    container = {"name": "MyContainer", "image": "nginx"}
    role = f"arn:aws:iam::{stage.account}:role/ecsTaskRole"
    fargate(stage, "web", containerDefinitions=[container], taskRoleArn=role)
    service(stage, "MyCluster", "web", "web", enableExecuteCommand=True)
    stage.settle()
    task = stage.ecs.list_tasks(cluster="MyCluster")["taskArns"][0]
    stage.names["d789e94343414c25b9f6bd59eEXAMPLE"] = task.rpartition("/")[2]


@before("get-task-protection 1", "update-task-protection 1", "update-task-protection 2")
def _a_service_task(stage: Stage) -> None:
    cluster(stage, "ECS-project-update-cluster")
    fargate(stage, "web")
    service(stage, "ECS-project-update-cluster", "web", "web")
    stage.settle()
    task = stage.ecs.list_tasks(cluster="ECS-project-update-cluster")["taskArns"][0]
    stage.names["c43ed3b1331041f289316f958adb6a24"] = task.rpartition("/")[2]


@before("list-tasks 1")
def _two_tasks(stage: Stage) -> None:
    cluster(stage, "default")
    fargate(stage, "web")
    standalone(stage, "default", "web", 2)


@before("wait/tasks-running 1")
def _starting(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    fargate(stage, "web")
    task = standalone(stage, "MyCluster", "web")[0]
    stage.names["task/a1b2c3d4-5678-90ab-cdef-44444EXAMPLE"] = f"task/MyCluster/{task}"


@before("wait/task-stopped 1", "wait/task-stopped 2")
def _stopping(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    fargate(stage, "web")
    tasks = standalone(stage, "MyCluster", "web", 2)
    stage.settle()
    for task in tasks:
        stage.ecs.stop_task(cluster="MyCluster", task=task)
    documented = ("2c196f0a00dd4f58b7c8897a5c7bce13", "4d590253bb114126b7afa7b58EXAMPLE")
    stage.names |= dict(zip(documented, tasks, strict=True))


# Container instances


def instance(stage: Stage, name: str, kind: str, documented: str = "", **agent: Any) -> str:
    """An EC2 instance whose agent is registered with a cluster; its ARN."""
    made = stage.cloud.client("ec2").run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType=kind
    )["Instances"][0]
    document = json.dumps({"instanceId": made["InstanceId"], "region": stage.region})
    registered = stage.ecs.register_container_instance(
        cluster=name, instanceIdentityDocument=document, instanceIdentityDocumentSignature="signed", **agent
    )["containerInstance"]
    arn: str = registered["containerInstanceArn"]
    if documented:
        stage.names[documented] = arn.rpartition("/")[2]
        old = stage.arn("container-instance", documented)  # ARNs of the old form name no cluster
        stage.names[old] = arn
    return arn


@before("deregister-container-instance 1")
def _an_instance(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    instance(stage, "MyCluster", "t2.micro", "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE")


@before("describe-container-instances 1")
def _an_instance_of_update(stage: Stage) -> None:
    cluster(stage, "update")
    instance(stage, "update", "t2.medium", "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE")


@before("update-container-agent 1")
def _an_instance_of_default(stage: Stage) -> None:
    cluster(stage, "default")
    agent = {"agentVersion": "1.0.0", "agentHash": "4023248", "dockerVersion": "DockerVersion: 1.5.0"}
    documented = "a1b2c3d4-5678-90ab-cdef-11111EXAMPLE"
    instance(stage, "default", "t2.medium", documented, versionInfo=agent)


@before("list-container-instances 1")
def _two_instances(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    for _ in range(2):
        instance(stage, "MyCluster", "t2.micro")


@before("update-container-instances-state 1")
def _a_busy_instance(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "c5.large", "765936fadbdd46b5991a4bd70c2a43d4")
    on_instances(stage, "sleep360", container={"cpu": 256, "memory": 512})
    stage.ecs.run_task(cluster="default", taskDefinition="sleep360", launchType="EC2", count=2)
    stage.settle()


@before("put-attributes 1")
def _an_instance_without_a_stack(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "t2.micro", "1c3be8ed-df30-47b4-8f1e-6e68ebd01f34")


@before("list-attributes 1", "delete-attributes 1")
def _an_instance_with_a_stack(stage: Stage) -> None:
    cluster(stage, "default")
    arn = instance(stage, "default", "t2.micro", "1c3be8ed-df30-47b4-8f1e-6e68ebd01f34")
    stack = {"name": "stack", "value": "production", "targetId": arn}
    stage.ecs.put_attributes(cluster="default", attributes=[stack])


@before("list-tasks 2")
def _a_task_on_an_instance(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "t2.micro", "a1b2c3d4-5678-90ab-cdef-33333EXAMPLE")
    on_instances(stage, "sleep360")
    stage.ecs.run_task(cluster="default", taskDefinition="sleep360", launchType="EC2")


@before("start-task 1")
def _an_instance_to_start_on(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "t2.micro", "765936fadbdd46b5991a4bd70c2a43d4")
    on_instances(stage, "sleep360", revisions=3, cpu="128", memory="128")


@before("start-task 2")
def _an_instance_for_a_volume(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "c6g.large", "765936fadbdd46b5991a4bd70c2a43d4")
    with_volume(stage, 4)
    network(stage)


@before("stop-task 1")
def _a_task_that_could_not_start(stage: Stage) -> None:
    cluster(stage, "default")
    instance(stage, "default", "t2.micro", "765936fadbdd46b5991a4bd70c2a43d4")
    image = {"image": f"{stage.account}.dkr.ecr.{stage.region}.amazonaws.com/nothing:1"}
    on_instances(stage, "sleep360", revisions=3, cpu="128", memory="128", container=image)
    tasks = stage.ecs.run_task(cluster="default", taskDefinition="sleep360", launchType="EC2")["tasks"]
    stage.names["666fdccc2e2d4b6894dd422f4eeee8f8"] = tasks[0]["taskArn"].rpartition("/")[2]
    stage.settle()


@before("describe-tasks 1")
def _a_service_task_on_an_instance(stage: Stage) -> None:
    cluster(stage, "MyCluster")
    instance(stage, "MyCluster", "t2.micro")
    app = {
        "name": "simple-app",
        "image": "httpd:2.4",
        "memory": 300,
        "portMappings": [{"containerPort": 80, "hostPort": 80}],
    }
    on_instances(stage, "console-sample-app-static2", container=app)
    stage.ecs.create_service(
        cluster="MyCluster",
        serviceName="testupdate",
        taskDefinition="console-sample-app-static2",
        desiredCount=1,
        launchType="EC2",
    )
    stage.settle()
    task = stage.ecs.list_tasks(cluster="MyCluster")["taskArns"][0]
    stage.names["4d590253bb114126b7afa7b58EXAMPLE"] = task.rpartition("/")[2]


# Capacity providers


def scaling_group(stage: Stage, name: str) -> str:
    """An Auto Scaling group without instances; its ARN."""
    autoscaling, ec2 = stage.cloud.client("autoscaling"), stage.cloud.client("ec2")
    ec2.create_launch_template(
        LaunchTemplateName=name, LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "t2.micro"}
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchTemplate={"LaunchTemplateName": name, "Version": "$Latest"},
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=[f"{stage.region}a"],
        NewInstancesProtectedFromScaleIn=True,
    )
    groups = autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    arn: str = groups[0]["AutoScalingGroupARN"]
    return arn


def provider(stage: Stage, name: str, **changes: Any) -> None:
    """A capacity provider of a group of its own."""
    scaling = {"status": "ENABLED", "targetCapacity": 100, **changes.pop("managedScaling", {})}
    group = {
        "autoScalingGroupArn": scaling_group(stage, name[:32]),
        "managedScaling": scaling,
        "managedTerminationProtection": changes.pop("protection", "DISABLED"),
        "managedDraining": changes.pop("draining", "ENABLED"),
    }
    stage.ecs.create_capacity_provider(name=name, autoScalingGroupProvider=group, **changes)


LONG_NAME = "Infra-ECS-Cluster-ECS-project-update-cluster-d6bb6d5b-EC2CapacityProvider-3fIpdkLywwFt"


@before("create-capacity-provider 1")
def _a_group(stage: Stage) -> None:
    arn = scaling_group(stage, "MyASG")
    stage.names["57ffcb94-11f0-4d6d-bf60-3bac5EXAMPLE"] = arn.split(":")[6]


@before("capacity-provider-update 1")
def _a_provider_to_update(stage: Stage) -> None:
    provider(stage, LONG_NAME)


@before("delete-capacity-provider 1", "delete-capacity-provider 2")
def _a_provider_to_delete(stage: Stage) -> None:
    provider(stage, "ExampleCapacityProvider")


@before("describe-capacity-providers 1", "describe-capacity-providers 2")
def _a_tagged_provider(stage: Stage) -> None:
    provider(
        stage,
        "MyCapacityProvider",
        managedScaling={"minimumScalingStepSize": 1, "maximumScalingStepSize": 1000},
        protection="ENABLED",
        tags=[{"key": "environment", "value": "production"}],
    )


@before("create-cluster 2")
def _two_providers(stage: Stage) -> None:
    for name in ("MyCapacityProvider1", "MyCapacityProvider2"):
        provider(stage, name)
    stage.ecs.put_account_setting_default(name="containerInsights", value="enabled")


@before(*(f"put-cluster-capacity-providers {number}" for number in (1, 2, 3)))
def _a_cluster_with_providers(stage: Stage) -> None:
    names = ["MyCapacityProvider1", "MyCapacityProvider2"]
    for name in names:
        provider(stage, name)
    has = names[:1] if stage.example.number == 1 else names
    insights = [{"name": "containerInsights", "value": "enabled"}]
    cluster(stage, "MyCluster", capacityProviders=has, settings=insights)
    stage.settle()


@before("describe-clusters 2")
def _a_sample_cluster(stage: Stage) -> None:
    provider(stage, "sampleCapacityProvider", draining="DISABLED")
    cluster(stage, "sampleCluster", capacityProviders=["sampleCapacityProvider"])
    stage.settle()


@before("update-cluster 1", "update-cluster 2")
def _a_cluster_with_a_provider(stage: Stage) -> None:
    provider(stage, LONG_NAME)
    strategy = [{"capacityProvider": LONG_NAME, "weight": 1, "base": 0}]
    cluster(
        stage,
        "ECS-project-update-cluster",
        capacityProviders=[LONG_NAME],
        defaultCapacityProviderStrategy=strategy,
        settings=[{"name": "containerInsights", "value": "enabled"}],
        serviceConnectDefaults={"namespace": "before"},
    )
    stage.settle()


@before("run-task 1")
def _a_default_strategy(stage: Stage) -> None:
    provider(stage, "example-capacity-provider")
    strategy = [{"capacityProvider": "example-capacity-provider", "weight": 1}]
    cluster(
        stage,
        "default",
        capacityProviders=["example-capacity-provider"],
        defaultCapacityProviderStrategy=strategy,
    )
    on_instances(stage, "sleep360")
    autoscaling = stage.cloud.client("autoscaling")
    autoscaling.update_auto_scaling_group(
        AutoScalingGroupName="example-capacity-provider", MinSize=1, MaxSize=2, DesiredCapacity=1
    )
    launched = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"][0]["Instances"][0][
        "InstanceId"
    ]
    document = json.dumps({"instanceId": launched, "region": stage.region})
    stage.ecs.register_container_instance(cluster="default", instanceIdentityDocument=document)
    stage.settle()
