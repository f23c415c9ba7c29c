"""Every operation of the services that the course uses: an answer or a 4xx in AWS's form, never a crash."""

from __future__ import annotations

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError

SERVICES = (
    "acm",
    "application-autoscaling",
    "cloudformation",
    "cloudwatch",
    "codedeploy",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "events",
    "iam",
    "kms",
    "logs",
    "route53",
    "scheduler",
    "secretsmanager",
    "servicediscovery",
    "sns",
    "sqs",
    "ssm",
    "sts",
)
STREAMS = ("StartLiveTail",)
"""Answers that are streams of events: botocore reads them in another way."""
DEPTH_MAX = 6


def least(shape, depth=0):
    """The least that a shape allows."""
    kind = shape.type_name
    if kind == "structure":
        return (
            {}
            if depth > DEPTH_MAX
            else {name: least(shape.members[name], depth + 1) for name in shape.required_members}
        )
    if kind == "list":
        return [least(shape.member, depth + 1) for _ in range(shape.metadata.get("min", 1))]
    if kind == "map":
        return {}
    if kind == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "x" * max(1, shape.metadata.get("min", 1))
    return {"boolean": True, "blob": b"x", "timestamp": 1_775_001_600}.get(
        kind, max(1, shape.metadata.get("min", 1))
    )


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_answers_as_aws_would(rig, service):
    client = rig.client(service)
    model = client.meta.service_model
    asked = 0
    for name in model.operation_names:
        shape = model.operation_model(name).input_shape
        try:
            answer = getattr(client, xform_name(name))(**(least(shape) if shape is not None else {}))
            status = answer["ResponseMetadata"]["HTTPStatusCode"]
        except ParamValidationError:
            continue
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            code = error.response["Error"].get("Code")
            assert code, f"{service}:{name} answered {status} without a code"
            assert code != str(status), f"{service}:{name} answered {status} in no form that AWS has"
        assert 200 <= status < 500, f"{service}:{name} answered {status}"
        asked += 1
    assert asked > len(model.operation_names) * 0.5
