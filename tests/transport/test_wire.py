"""The wire of ECS: what is read, what is refused, what is written."""

from __future__ import annotations

import json

import pytest

from ecsim.api.errors import ApiError
from ecsim.api.wire import Caller, Wire, epoch_s, moment, since_start_ms

CALLER = Caller(account="123456789012", region="ap-northeast-1")


def wire(result=None, *, strict=True):
    return Wire(lambda _operation, _parameters, _caller: result or {}, strict=strict)


def read(operation, raw):
    return wire().parameters(operation, json.dumps(raw).encode())


def test_members_that_aws_does_not_know_and_nulls_are_left_out():
    assert read("DescribeClusters", {"clusters": ["a", None], "include": None, "bogus": 1}) == {
        "clusters": ["a"]
    }


def test_an_empty_body_is_no_parameters():
    assert wire().parameters("ListClusters", b"") == {}


@pytest.mark.parametrize(
    ("operation", "raw", "message"),
    [
        ("DescribeClusters", {"clusters": [1]}, "NUMBER_VALUE can not be converted to a String"),
        ("DescribeClusters", {"clusters": "a"}, "STRING_VALUE can not be converted to a List"),
        (
            "RunTask",
            {"taskDefinition": "a", "count": True},
            "BOOLEAN_VALUE can not be converted to an Integer",
        ),
        ("RunTask", {"taskDefinition": "a", "overrides": []}, "Start of list found where not expected"),
        ("RunTask", {"taskDefinition": {}}, "Start of structure or map found where not expected."),
    ],
)
def test_wrong_types_are_refused(operation, raw, message):
    with pytest.raises(ApiError) as refused:
        read(operation, raw)
    assert (refused.value.code, refused.value.message) == ("SerializationException", message)


def test_a_body_that_is_not_json_is_refused():
    with pytest.raises(ApiError, match="SerializationException"):
        wire().parameters("ListClusters", b"<xml/>")
    with pytest.raises(ApiError, match="SerializationException"):
        wire().parameters("ListClusters", b"[]")


def test_a_missing_member_is_named():
    """botocore ecs: DescribeServicesRequest.services is required."""
    with pytest.raises(ApiError) as refused:
        read("DescribeServices", {"cluster": "shop"})
    assert refused.value.code == "InvalidParameterException"
    assert refused.value.message == "Services must not be null or empty."


def test_an_operation_that_nobody_knows():
    with pytest.raises(ApiError) as refused:
        wire().parameters("DescribeEverything", b"{}")
    assert refused.value.code == "UnknownOperationException"


def test_moments_become_seconds_and_nothing_that_aws_lacks_goes_out():
    made = {"tasks": [{"taskArn": "t", "createdAt": 1_500, "stoppedReason": None, "secret": 1}]}
    written = json.loads(wire(made, strict=False).call("DescribeTasks", {}, CALLER))
    assert written == {"tasks": [{"taskArn": "t", "createdAt": 1_775_001_601.5}]}


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        ({"tasks": [{"secret": 1}]}, r"DescribeTasks.tasks\[0\].secret: AWS's Task has no such member"),
        ({"tasks": [{"taskArn": 1}]}, r"DescribeTasks.tasks\[0\].taskArn: string is due"),
        ({"tasks": [{"createdAt": 1.5}]}, r"createdAt: timestamp is due"),
    ],
)
def test_in_tests_our_own_mistakes_are_told(made, problem):
    with pytest.raises(AssertionError, match=problem):
        wire(made).call("DescribeTasks", {}, CALLER)


def test_moments_there_and_back():
    assert moment(0).isoformat() == "2026-04-01T00:00:00+00:00"
    assert since_start_ms(epoch_s(86_400_001)) == 86_400_001
