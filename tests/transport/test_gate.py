"""The gate: what is journalled, what is stable, and that nothing leaves as a 5xx."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from tests.effects.rig import Rig

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260401/ap-northeast-1/{}/aws4_request, "
    "SignedHeaders=host, Signature=00"
)


def raw(rig, service, *, target=None, body=b"", path="/", method="POST", kind="application/x-amz-json-1.1"):
    headers = {"Authorization": SIGNED.format(service), "Content-Type": kind, "Host": "127.0.0.1:4566"}
    if target:
        headers["X-Amz-Target"] = target
    return rig.gate.handle(method, path, headers, body)


def calls(rig):
    return [(entry.subject, entry.fields["by"], entry.fields["error"]) for entry in rig.journal.of("call")]


def test_calls_are_journalled_with_who_what_and_how_it_ended(rig):
    rig.client("ecs").list_clusters(maxResults=5)
    rig.gate.client("ec2", by="given").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
    rig.gate.client("ec2").describe_subnets()
    with pytest.raises(ClientError):
        rig.client("ecs").delete_cluster(cluster="nothing")
    assert calls(rig) == [
        ("ecs.ListClusters", "learner", None),
        ("ec2.DescribeVpcs", "given", None),
        ("ecs.DeleteCluster", "learner", "ClusterNotFoundException"),
    ]
    first, second, third = rig.journal.of("call")
    assert [entry.fields["n"] for entry in (first, second, third)] == [1, 2, 3]
    assert first.fields["params"] == {"maxResults": 5}
    assert second.fields["params"] == {"Filters": [{"Name": "is-default", "Values": ["true"]}]}


def test_a_call_stands_before_what_it_causes():
    def ecs(_operation, _parameters, _caller):
        rig.journal.record("service.status", "shop/web", status="ACTIVE")
        return {}

    with Rig(ecs=ecs) as rig:
        rig.client("ecs").list_clusters()
        assert [entry.kind for entry in rig.journal] == ["call", "service.status"]


def test_parameters_of_every_protocol_are_shown_in_awss_names(rig):
    vpc = rig.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    rig.client("elbv2").create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip"
    )
    rig.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    rig.client("scheduler").create_schedule_group(Name="nightly")
    shown = [entry.fields["params"] for entry in rig.journal.of("call")]
    assert shown[0] == {"CidrBlock": "10.0.0.0/16"}
    assert shown[1] == {"Name": "web", "Protocol": "HTTP", "Port": 8080, "VpcId": vpc, "TargetType": "ip"}
    assert shown[2] == {"Name": "p", "Value": "v", "Type": "String"}
    assert shown[3] == {"Name": "nightly", "ClientToken": "token-1"}
    assert rig.journal.of("call", "scheduler.CreateScheduleGroup")


def made_by(rig, *, more):
    """The ids of a few things, made with or without unrelated calls in between."""
    ec2 = rig.client("ec2")
    if more:
        ec2.describe_vpcs()
        rig.client("iam").list_roles()
        rig.gate.client("ec2").create_security_group(GroupName="own", Description="of the cloud itself")
        rig.gate.client("secretsmanager").create_secret(Name="own", SecretString="x")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    if more:
        ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    secret = rig.client("secretsmanager").create_secret(Name="db", SecretString="x")
    balancer = rig.client("elbv2").create_load_balancer(Name="w", Subnets=[subnet])["LoadBalancers"][0]
    return [vpc, subnet, secret["ARN"], secret["VersionId"], balancer["LoadBalancerArn"]]


def test_an_unrelated_call_changes_no_id():
    with Rig() as rig:
        without = made_by(rig, more=False)
    with Rig() as rig:
        assert made_by(rig, more=True) == without


def test_another_seed_gives_other_ids():
    made = []
    for seed in ("7", "8"):
        with Rig(seed=seed) as rig:
            made.append(made_by(rig, more=False))
    assert all(one != other for one, other in zip(*made, strict=True))


def test_request_ids_and_dates_are_the_clouds(rig):
    rig.pass_time(60_000)
    answers = [
        rig.client("ec2").describe_vpcs(),
        rig.client("ecs").list_clusters(),
        rig.client("iam").list_roles(),
    ]
    ids = [answer["ResponseMetadata"]["RequestId"] for answer in answers]
    assert len(set(ids)) == 3
    assert all(len(each) == 36 for each in ids)
    dates = {answer["ResponseMetadata"]["HTTPHeaders"]["date"] for answer in answers}
    assert dates == {"Wed, 01 Apr 2026 00:01:00 GMT"}


def test_client_tokens_filled_in_by_the_sdk_do_not_reach_the_journal(rig):
    rig.client("ecs")
    with pytest.raises(ClientError):
        rig.client("ecs").create_service(serviceName="web", taskDefinition="web", clientToken="mine")
    (entry,) = rig.journal.of("call")
    assert entry.fields["params"]["clientToken"] == "token-1"


def test_ecs_is_in_one_region(rig):
    elsewhere = SIGNED.format("ecs").replace("ap-northeast-1", "us-east-1")
    headers = {"Authorization": elsewhere, "X-Amz-Target": "AmazonEC2ContainerServiceV20141113.ListClusters"}
    status, _, content = rig.gate.handle("POST", "/", headers, b"{}")
    assert status == 400
    assert json.loads(content)["message"] == "This cloud has ECS in ap-northeast-1 only, not in us-east-1."


@pytest.mark.parametrize(
    ("service", "target", "body", "kind", "status", "expected"),
    [
        (
            "ecs",
            "AmazonEC2ContainerServiceV20141113.Nothing",
            b"{}",
            "application/x-amz-json-1.1",
            400,
            "UnknownOperationException",
        ),
        ("logs", "Logs_20140328.Nothing", b"{}", "application/x-amz-json-1.1", 400, "NotImplemented"),
        (
            "ec2",
            None,
            b"Action=Nothing&Version=2016-11-15",
            "application/x-www-form-urlencoded",
            400,
            "NotImplemented",
        ),
        (
            "elasticloadbalancing",
            None,
            b"Action=Nothing&Version=2015-12-01",
            "application/x-www-form-urlencoded",
            400,
            "NotImplemented",
        ),
        (
            "iam",
            None,
            b"Action=Nothing&Version=2010-05-08",
            "application/x-www-form-urlencoded",
            400,
            "NotImplemented",
        ),
        ("nosuchservice", "X.Y", b"{}", "application/x-amz-json-1.1", 400, "NotImplemented"),
        ("scheduler", None, b"{}", "application/json", 400, "UnknownOperationException"),
    ],
)
def test_what_is_not_simulated_answers_4xx_in_the_right_form(
    rig, service, target, body, kind, status, expected
):
    got, headers, content = raw(rig, service, target=target, body=body, kind=kind)
    assert got == status, content
    assert "html" not in headers["Content-Type"]
    assert expected in content.decode()
    if kind.endswith("urlencoded"):
        assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
        assert b"<Code>" in content
    else:
        assert json.loads(content)["__type"] == expected


def test_unsigned_requests_get_aws_own_refusal(rig):
    status, headers, content = rig.gate.handle("GET", "/", {"Host": "127.0.0.1:4566"}, b"")
    assert status == 403
    assert json.loads(content)["__type"] == "MissingAuthenticationToken"
    assert headers["Date"] == "Wed, 01 Apr 2026 00:00:00 GMT"
    assert calls(rig) == []


def test_a_crash_inside_moto_is_a_4xx_and_is_kept_for_developers(rig, monkeypatch):
    import moto.ec2.responses.vpcs as broken

    def crash(_self):
        raise KeyError("securityGroups")

    monkeypatch.setattr(broken.VPCs, "describe_vpcs", crash)
    with pytest.raises(ClientError) as refused:
        rig.client("ec2").describe_vpcs()
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
    assert "KeyError: 'securityGroups'" in rig.gate.problems[-1]
    assert calls(rig) == [("ec2.DescribeVpcs", "learner", "NotImplemented")]


def test_our_own_mistakes_are_4xx_for_learners_and_raise_in_tests():
    def broken(_operation, _parameters, _caller):
        raise ZeroDivisionError("oops")

    with Rig(ecs=broken, strict=False) as rig:
        with pytest.raises(ClientError) as refused:
            rig.client("ecs").list_clusters()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert "ZeroDivisionError" in rig.gate.problems[-1]
    with Rig(ecs=broken) as rig, pytest.raises(ZeroDivisionError):
        rig.client("ecs").list_clusters()


def test_a_client_for_looking_only_refuses_to_change_anything(rig):
    client = rig.gate.read_only_client("ec2")
    assert client.describe_vpcs()["Vpcs"]
    with pytest.raises(PermissionError, match="ec2:CreateVpc"):
        client.create_vpc(CidrBlock="10.0.0.0/16")
    assert calls(rig) == []


def test_listeners_hear_of_changes_of_other_services_only(rig):
    heard = []
    rig.gate.changed.append(lambda service, operation: heard.append(f"{service}.{operation}"))
    rig.client("ec2").describe_vpcs()
    rig.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    rig.client("ecs").list_clusters()
    with pytest.raises(ClientError):
        rig.client("ec2").create_subnet(VpcId="vpc-0", CidrBlock="10.0.1.0/24")
    assert heard == ["ec2.CreateVpc"]
