"""What RegisterTaskDefinition refuses, rule by rule. Texts without a source in the table are not held on to."""

from __future__ import annotations

import pytest

from ecsim.decide.task.task_definition_rules import problems, refusal
from tests.api.rig import container, fargate_definition

ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"
ECR = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1"
SECRET = {"name": "KEY", "valueFrom": "arn:aws:ssm:ap-northeast-1:123456789012:parameter/key"}
CHECK = {"command": ["CMD-SHELL", "true"]}


def awslogs(**options):
    wanted = {"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p", **options}
    kept = {name: value for name, value in wanted.items() if value is not None}
    return {"logDriver": "awslogs", "options": kept}


def on_fargate(*containers, **changes):
    return fargate_definition(containerDefinitions=list(containers) or [container()], **changes)


def on_ec2(*containers, **changes):
    return {"family": "web", "containerDefinitions": list(containers) or [container(memory=64)], **changes}


RIGHT = {
    "the smallest": on_fargate(),
    "a digest and no ports": on_fargate(container(image="nginx@sha256:" + "0" * 64, portMappings=None)),
    "with a log group": on_fargate(container(logConfiguration=awslogs()), executionRoleArn=ROLE),
    "from ECR": on_fargate(container(image=ECR), executionRoleArn=ROLE),
    "with a secret": on_fargate(container(secrets=[SECRET]), executionRoleArn=ROLE),
    "with a health check": on_fargate(container(healthCheck={**CHECK, "interval": 5, "startPeriod": 300})),
    "the host port is the container's": on_fargate(
        container(portMappings=[{"containerPort": 80, "hostPort": 80, "name": "http", "protocol": "tcp"}])
    ),
    "one port over tcp and udp": on_fargate(
        container(portMappings=[{"containerPort": 53}, {"containerPort": 53, "protocol": "udp"}])
    ),
    "a sidecar that must come first": on_fargate(
        container(dependsOn=[{"containerName": "init", "condition": "SUCCESS"}]),
        container(name="init", portMappings=None, essential=False),
    ),
    "memory split exactly": on_fargate(
        container(memory=256, cpu=128), container(name="b", portMappings=None, memory=256, cpu=128)
    ),
    "the largest": on_fargate(cpu="32 vCPU", memory="244 GB"),
    "SYS_PTRACE": on_fargate(container(linuxParameters={"capabilities": {"add": ["SYS_PTRACE"]}})),
    "a shared process namespace": on_fargate(pidMode="task"),
    "on EC2, a bridge and dynamic ports": on_ec2(container(memoryReservation=64)),
    "on EC2, privileged": on_ec2(container(memory=64, privileged=True, links=["b"])),
    "on EC2, without task sizes": on_ec2(requiresCompatibilities=["EC2"]),
    "on EC2, a log driver of its own": on_ec2(
        container(memory=64, logConfiguration={"logDriver": "json-file"})
    ),
}


@pytest.mark.parametrize("request_", RIGHT.values(), ids=list(RIGHT))
def test_right_definitions(request_):
    assert list(problems(request_)) == []


IN_AWSS_WORDS = [
    # ecs-behaviour.md 3.2 (OBS4, DG23)
    (fargate_definition(cpu=None), "Fargate requires that 'cpu' be defined at the task level."),
    (fargate_definition(memory=None), "Fargate requires that 'memory' be defined at the task level."),
    (fargate_definition(networkMode=None), "Fargate only supports network mode \u2018awsvpc\u2019."),
    (fargate_definition(networkMode="bridge"), "Fargate only supports network mode \u2018awsvpc\u2019."),
    (
        fargate_definition(cpu="lots"),
        "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide.",
    ),
    (
        on_ec2(cpu="64"),
        "Invalid 'cpu' setting for task. For more information, see the Troubleshooting section of the "
        "Amazon ECS Developer Guide.",
    ),
    (
        on_fargate(container(image=ECR)),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
    ),
    (
        on_fargate(container(logConfiguration=awslogs())),
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
    ),
    (
        on_fargate(container(portMappings=[{"containerPort": 80, "hostPort": 8080}])),
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ),
    (
        on_ec2(
            container(portMappings=[{"containerPort": 80, "hostPort": 8080}], memory=64), networkMode="host"
        ),
        "When networkMode=host, the host ports and container ports in port mappings must match.",
    ),
    (
        on_ec2(container()),
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ),
    (
        on_fargate(container(logConfiguration={"logDriver": "awslogs"}), executionRoleArn=ROLE),
        "Log driver awslogs requires options: awslogs-region, awslogs-group",
    ),
    (
        on_fargate(
            container(resourceRequirements=[{"type": "GPU", "value": "1"}]),
        ),
        "Tasks using the Fargate launch type do not support GPU resource requirements.",
    ),
    (
        fargate_definition(pidMode="host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. "
        "The supported value for pidMode is 'task'.",
    ),
]


@pytest.mark.parametrize(("request_", "message"), IN_AWSS_WORDS, ids=[m[:60] for _, m in IN_AWSS_WORDS])
def test_refusals_in_awss_words(request_, message):
    """ecs-behaviour.md 3.2; the texts of the table were seen in real answers."""
    assert refusal(request_) == message


@pytest.mark.parametrize(
    ("cpu", "memory"), [("256", "4096"), ("512", "8192"), ("300", "512"), ("16384", "61440")]
)
def test_a_pair_that_fargate_does_not_have(cpu, memory):
    """ECS Developer Guide, task-cpu-memory-error; today's API adds the values."""
    text = refusal(fargate_definition(cpu=cpu, memory=memory))
    assert text.startswith(f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory.")


def ports(*mappings):
    return on_fargate(container(portMappings=list(mappings)))


def linux(**parameters):
    return on_fargate(container(linuxParameters=parameters))


def depending(condition, name="init", **changes):
    init = container(name="init", portMappings=None, essential=False, **changes)
    return on_fargate(container(dependsOn=[{"containerName": name, "condition": condition}]), init)


WRONG = {
    # botocore: RegisterTaskDefinitionRequest
    "no family": ({"family": "", **on_ec2()} | {"family": ""}, "Family"),
    "a family with a space": (fargate_definition(family="a b"), "Family"),
    "a family that is too long": (fargate_definition(family="a" * 256), "Family"),
    "no container": (fargate_definition(containerDefinitions=[]), "empty"),
    "an unknown network mode": (fargate_definition(networkMode="vpc"), "Network mode"),
    "an unknown compatibility": (fargate_definition(requiresCompatibilities=["LAMBDA"]), "requiresCompat"),
    # General Reference, Amazon ECS quotas
    "eleven containers": (
        on_fargate(*[container(name=f"c{n}", portMappings=None) for n in range(11)]),
        "at most 10",
    ),
    # botocore: ContainerDefinition
    "no name": (on_fargate(container(name=None)), "name"),
    "no image": (on_fargate(container(image=None)), "image"),
    "a name twice": (on_fargate(container(), container(portMappings=None)), "unique"),
    "no essential container": (on_fargate(container(essential=False)), "essential"),
    "more memory than the task": (on_fargate(container(memory=513)), "greater than for the task"),
    "more memory in all than the task": (
        on_fargate(container(memory=300), container(name="b", portMappings=None, memory=300)),
        "memory",
    ),
    "more cpu in all than the task": (on_fargate(container(cpu=300)), "cpu"),
    "a reservation above the limit": (
        on_fargate(container(memory=100, memoryReservation=200)),
        "memoryReservation",
    ),
    "a stop timeout of two minutes and a second": (on_fargate(container(stopTimeout=121)), "stop timeout"),
    "a stop timeout of a second": (on_ec2(container(memory=64, stopTimeout=1)), "stop timeout"),
    "a start timeout of a second": (on_fargate(container(startTimeout=1)), "start timeout"),
    "a secret without an execution role": (on_fargate(container(secrets=[SECRET])), "executionRoleArn"),
    "an unknown volume": (on_fargate(container(mountPoints=[{"sourceVolume": "v"}])), "Unknown volume"),
    "eleven environment files": (
        on_fargate(container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/a.env"}] * 11)),
        "ten or less",
    ),
    "an environment file that is no .env": (
        on_fargate(container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::b/a.txt"}])),
        ".env",
    ),
    # botocore: PortMapping
    "port 0": (ports({"containerPort": 0}), "containerPort"),
    "port 70000": (ports({"containerPort": 70_000}), "containerPort"),
    "a port twice": (ports({"containerPort": 80}, {"containerPort": 80}), "multiple times"),
    "a port in two containers": (on_fargate(container(), container(name="b")), "multiple times"),
    "a port name twice": (
        ports({"containerPort": 80, "name": "a"}, {"containerPort": 81, "name": "a"}),
        "already used",
    ),
    "a port name in capitals": (ports({"containerPort": 80, "name": "HTTP"}), "invalid characters"),
    "an unknown protocol": (ports({"containerPort": 80, "protocol": "icmp"}), "tcp,udp"),
    "ports without a network": (on_ec2(networkMode="none"), "networkMode=none"),
    "a port and a range": (ports({"containerPort": 80, "containerPortRange": "80-90"}), "port range"),
    # botocore: HealthCheck
    "a health check that is no command": (on_fargate(container(healthCheck={"command": ["true"]})), "CMD"),
    "an interval of 4": (on_fargate(container(healthCheck={**CHECK, "interval": 4})), "interval"),
    "a timeout of 61": (on_fargate(container(healthCheck={**CHECK, "timeout": 61})), "timeout"),
    "11 retries": (on_fargate(container(healthCheck={**CHECK, "retries": 11})), "retries"),
    "a start period of 301": (
        on_fargate(container(healthCheck={**CHECK, "startPeriod": 301})),
        "startPeriod",
    ),
    # botocore: ContainerDependency.condition
    "waiting for nobody": (depending("START", "db"), "does not exist"),
    "waiting for what has no health check": (depending("HEALTHY"), "health check"),
    "waiting for the end of an essential container": (
        on_fargate(
            container(dependsOn=[{"containerName": "init", "condition": "COMPLETE"}]),
            container(name="init", portMappings=None),
        ),
        "essential",
    ),
    "an unknown condition": (depending("SOON"), "condition"),
    "waiting for each other": (
        on_fargate(
            container(dependsOn=[{"containerName": "b", "condition": "START"}]),
            container(
                name="b", portMappings=None, dependsOn=[{"containerName": "web", "condition": "START"}]
            ),
        ),
        "cycle",
    ),
    # botocore: LogConfiguration, ContainerRestartPolicy, EphemeralStorage
    "a log driver that Fargate has not": (
        on_fargate(container(logConfiguration={"logDriver": "json-file"})),
        "not a valid log driver",
    ),
    "no stream prefix on Fargate": (
        on_fargate(
            container(logConfiguration=awslogs(**{"awslogs-stream-prefix": None})), executionRoleArn=ROLE
        ),
        "awslogs-stream-prefix",
    ),
    "FireLens without a router": (
        on_fargate(container(logConfiguration={"logDriver": "awsfirelens"})),
        "firelens configuration",
    ),
    "a restart period of 59": (
        on_fargate(container(restartPolicy={"enabled": True, "restartAttemptPeriod": 59})),
        "restartAttemptPeriod",
    ),
    "20 GiB of ephemeral storage": (fargate_definition(ephemeralStorage={"sizeInGiB": 20}), "at least 21"),
    "201 GiB of ephemeral storage": (fargate_definition(ephemeralStorage={"sizeInGiB": 201}), "at most 200"),
    "ephemeral storage on EC2": (on_ec2(ephemeralStorage={"sizeInGiB": 30}), "EphemeralStorage"),
    # ECS Developer Guide, fargate-tasks-services
    "privileged": (on_fargate(container(privileged=True)), "privileged"),
    "links": (on_fargate(container(links=["b"])), "Links"),
    "a host name": (on_fargate(container(hostname="web")), "hostname"),
    "extra hosts": (on_fargate(container(extraHosts=[{"hostname": "a", "ipAddress": "b"}])), "Extra hosts"),
    "DNS servers": (on_fargate(container(dnsServers=["1.1.1.1"])), "DNS"),
    "DNS search domains": (on_fargate(container(dnsSearchDomains=["a"])), "DNS"),
    "no networking": (on_fargate(container(disableNetworking=True)), "Networking"),
    "Docker security options": (on_fargate(container(dockerSecurityOptions=["a"])), "dockerSecurityOptions"),
    "devices": (linux(devices=[{"hostPath": "/dev/a"}]), "devices"),
    "shared memory": (linux(sharedMemorySize=1), "sharedMemorySize"),
    "tmpfs": (linux(tmpfs=[{"containerPath": "/a", "size": 1}]), "tmpfs"),
    "swap": (linux(maxSwap=0), "maxSwap"),
    "swappiness": (linux(swappiness=1), "swappiness"),
    "a capability": (linux(capabilities={"add": ["NET_ADMIN"]}), "NET_ADMIN"),
    "placement constraints": (fargate_definition(placementConstraints=[{"type": "memberOf"}]), "constraints"),
    "an IPC mode": (fargate_definition(ipcMode="task"), "ipcMode"),
    "a Docker volume": (
        fargate_definition(volumes=[{"name": "v", "dockerVolumeConfiguration": {}, "host": {}}])
        | {"volumes": [{"name": "v", "dockerVolumeConfiguration": {"scope": "task"}}]},
        "dockerVolumeConfiguration",
    ),
    "a path of the host": (
        fargate_definition(volumes=[{"name": "v", "host": {"sourcePath": "/a"}}]),
        "sourcePath",
    ),
    # botocore: FirelensConfiguration
    "a FireLens file in S3": (
        on_fargate(
            container(firelensConfiguration={"type": "fluentbit", "options": {"config-file-type": "s3"}})
        ),
        "config-file-type",
    ),
}


@pytest.mark.parametrize(("request_", "words"), WRONG.values(), ids=list(WRONG))
def test_wrong_definitions(request_, words):
    """Sources: beside the groups of the table; the rules are AWS's, the words after them partly ours."""
    assert words in refusal(request_)


FARGATE_ONLY = [
    "privileged",
    "Docker security options",
    "devices",
    "swap",
    "a capability",
    "placement constraints",
]


@pytest.mark.parametrize("case", FARGATE_ONLY)
def test_what_only_fargate_refuses_is_right_on_ec2(case):
    """ECS Developer Guide, fargate-tasks-services."""
    assert refusal({**WRONG[case][0], "requiresCompatibilities": ["EC2"]}) is None
