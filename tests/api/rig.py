"""A desk made by hand: the ECS API without a controller, every answer held against botocore's output shapes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import botocore.session
import pytest
from botocore.validate import ParamValidator

from ecsim.api import ecs
from ecsim.api.ecs.desk import Desk
from ecsim.api.errors import ApiError
from ecsim.clock.identity import Identity
from ecsim.clock.journal import Journal
from ecsim.model.launch import Launched
from ecsim.model.network import TargetGroup
from ecsim.model.task import Container, DesiredStatus, Eni, StopCode, Task, TaskStatus
from ecsim.store import Store

MODEL = botocore.session.get_session().get_service_model("ecs")
ACCOUNT, REGION = "123456789012", "ap-northeast-1"
ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
GROUP = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/web/0123456789abcdef"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-a", "subnet-c"]}}

_TYPES = {
    "string": str,
    "integer": int,
    "long": int,
    "timestamp": int,
    "boolean": bool,
    "double": float | int,
    "float": float | int,
}


def assert_fits(shape, value, path="answer"):
    """The value is one that AWS could answer: known members, right types, known words."""
    if shape.type_name == "structure":
        assert isinstance(value, dict), path
        if shape.is_document_type:
            return
        unknown = [member for member in value if member not in shape.members]
        assert not unknown, f"{path}: AWS has no {unknown}"
        for member, inner in value.items():
            assert_fits(shape.members[member], inner, f"{path}.{member}")
    elif shape.type_name == "list":
        assert isinstance(value, list), f"{path}: {value!r}"
        for index, inner in enumerate(value):
            assert_fits(shape.member, inner, f"{path}[{index}]")
    elif shape.type_name == "map":
        for key, inner in value.items():
            assert_fits(shape.value, inner, f"{path}[{key!r}]")
    else:
        assert isinstance(value, _TYPES[shape.type_name]), f"{path}: {value!r} is no {shape.type_name}"
        assert shape.type_name == "boolean" or not isinstance(value, bool), f"{path}: {value!r}"
        if getattr(shape, "enum", None):
            assert value in shape.enum, f"{path}: {value!r} is none of {shape.enum}"


@dataclass(frozen=True)
class FakeSubnet:
    id: str
    vpc_id: str = "vpc-1"


@dataclass
class Rig:
    """The API on a store of its own, with fakes for the world."""

    now_ms: int = 0
    woken: list[str] = field(default_factory=list)
    launches: list = field(default_factory=list)
    stops: list[tuple[str, str | None]] = field(default_factory=list)
    groups: dict[str, TargetGroup] = field(default_factory=dict)
    rules: dict[str, tuple] = field(default_factory=dict)

    def __post_init__(self):
        self.store, self.identity = Store(), Identity("rig")
        self.journal = Journal(lambda: self.now_ms)
        self.groups[GROUP] = TargetGroup(arn=GROUP, name="web")
        self.desk = Desk(
            store=self.store,
            identity=self.identity,
            journal=self.journal,
            account=ACCOUNT,
            region=REGION,
            now_ms=lambda: self.now_ms,
            wake_service=self.woken.append,
            wake_task=self.woken.append,
            launch=self.launch,
            stop=self.stop,
            balancing=self,
            network=self,
        )

    # What the API needs of the world

    def subnets(self, subnet_ids):
        return [FakeSubnet(i) for i in subnet_ids if i in ("subnet-a", "subnet-c")]

    def security_groups(self, group_ids):
        return [each for each in group_ids if each != "sg-nowhere"]

    def target_group(self, arn):
        return self.groups.get(arn)

    def forwards(self, arn):
        return self.rules.get(arn)

    def launch(self, launch):
        self.launches.append(launch)
        tasks = [
            self.task(
                cluster=launch.cluster_arn.rsplit("/", 1)[1],
                task_definition_arn=launch.task_definition.arn,
                group=launch.group,
                started_by=launch.started_by,
                overrides=launch.overrides,
                tags=launch.tags,
                network_configuration=launch.network_configuration,
            )
            for _ in range(launch.count)
        ]
        return Launched(tasks=tuple(tasks))

    def stop(self, arn, reason):
        self.stops.append((arn, reason))
        task = self.store.tasks[arn]
        stopped = replace(
            task,
            desired_status=DesiredStatus.STOPPED,
            stop_code=StopCode.USER_INITIATED,
            stopped_reason=reason or "Task stopped by user",
            stopping_at_ms=self.now_ms,
        )
        self.store.put_task(stopped)

    # What tests do

    def call(self, operation, /, **params):
        """Call an operation; request and answer are held against botocore's shapes."""
        shape = MODEL.operation_model(operation)
        report = ParamValidator().validate(params, shape.input_shape)
        assert not report.has_errors(), report.generate_report()
        answer = ecs.operations[operation](self.desk, params)
        assert_fits(shape.output_shape, answer)
        return answer

    def refused(self, operation, /, **params) -> ApiError:
        """Call an operation that AWS refuses; the store's services must not change by it."""
        before = dict(self.store.services), dict(self.store.tasks), dict(self.store.task_definitions)
        with pytest.raises(ApiError) as caught:
            ecs.operations[operation](self.desk, params)
        assert before == (self.store.services, self.store.tasks, self.store.task_definitions)
        assert caught.value.message
        return caught.value

    def cluster(self, name="shop"):
        return self.call("CreateCluster", clusterName=name)["cluster"]

    def definition(self, family="web", **changes):
        return self.call("RegisterTaskDefinition", **fargate_definition(family=family, **changes))[
            "taskDefinition"
        ]

    def service(self, name="web", **changes):
        return self.call("CreateService", **service_request(serviceName=name, **changes))["service"]

    def task(self, *, cluster="shop", status=TaskStatus.PROVISIONING, **changes) -> Task:
        """A task in the store, as the controller would put it."""
        number = self.identity.hexadecimal("task", "rig")
        arn = f"{ARN}:task/{cluster}/{number}"
        task = Task(
            arn=arn,
            id=number,
            cluster_arn=f"{ARN}:cluster/{cluster}",
            last_status=status,
            platform_version="1.4.0",
            availability_zone="ap-northeast-1a",
            cpu="256",
            memory="512",
            eni=Eni(id="eni-1", subnet_id="subnet-a", private_ip="10.0.0.5", mac="0a:00:00:00:00:01"),
            created_at_ms=self.now_ms,
            **{
                "task_definition_arn": f"{ARN}:task-definition/web:1",
                "group": "family:web",
                "network_configuration": NETWORK,
                "containers": (
                    Container(name="web", arn=f"{ARN}:container/{cluster}/{number}/c", image="nginx:1.27"),
                ),
                **changes,
            },
        )
        self.store.put_task(task)
        return task


def fargate_definition(**changes):
    """A right RegisterTaskDefinition for Fargate, with changes; a change to None takes a member away."""
    request = {
        "family": "web",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [container()],
        **changes,
    }
    return {member: value for member, value in request.items() if value is not None}


def container(**changes):
    """A right container definition, with changes."""
    request = {"name": "web", "image": "nginx:1.27", "portMappings": [{"containerPort": 80}], **changes}
    return {member: value for member, value in request.items() if value is not None}


def service_request(**changes):
    """A right CreateService on Fargate, with changes; a change to None takes a member away."""
    request = {
        "cluster": "shop",
        "serviceName": "web",
        "taskDefinition": "web",
        "desiredCount": 2,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
        **changes,
    }
    return {member: value for member, value in request.items() if value is not None}
