"""What is patched in moto, and that all of it is given back."""

from __future__ import annotations

import sys
import threading
import time
import types

import pytest
from botocore.exceptions import ClientError

from ecsim.api import mount
from ecsim.cloud.cloud import Cloud
from tests.effects.rig import Rig


def snapshot():
    """Every global of every module of moto."""
    return {
        name: dict(vars(module))
        for name, module in sys.modules.items()
        if name.startswith("moto.") and isinstance(module, types.ModuleType)
    }


def use_everything(rig):
    """Import services and make them look at clocks and draw."""
    vpc = rig.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    rig.client("elbv2").create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    rig.client("ecr").create_repository(repositoryName="shop")
    rig.client("secretsmanager").create_secret(Name="db", SecretString="x")
    rig.client("logs").create_log_group(logGroupName="/ecs/web")
    rig.client("iam").create_role(RoleName="task", AssumeRolePolicyDocument="{}")
    rig.client("kms").create_key()


def test_everything_is_given_back():
    with Rig() as rig:
        use_everything(rig)
    before = snapshot()
    with Rig() as rig:
        use_everything(rig)
        during = snapshot()
    after = snapshot()

    def differing(then):
        return [
            f"{module}.{name}"
            for module, names in before.items()
            for name, value in names.items()
            if then[module].get(name) is not value
        ]

    patched = differing(during)
    assert "moto.core.utils.datetime" in patched
    assert "moto.secretsmanager.models.time" in patched
    assert "moto.kms.utils.os" in patched
    assert differing(after) == []


def test_the_methods_of_services_are_given_back():
    import moto.ecr.models
    import moto.ecs.models
    import moto.elbv2.models

    owners = (moto.elbv2.models.ELBv2Backend, moto.ecr.models.ECRBackend, moto.ecr.models.Image)
    before = [dict(vars(owner)) for owner in owners]
    backend = moto.ecs.models.ecs_backends.backend
    with Rig():
        assert moto.ecs.models.ecs_backends.backend is not backend
        assert [dict(vars(owner)) for owner in owners] != before
    assert [dict(vars(owner)) for owner in owners] == before
    assert moto.ecs.models.ecs_backends.backend is backend


def test_one_cloud_at_a_time(rig):
    with pytest.raises(mount.AlreadyInstalled, match="close"):
        Rig()
    assert rig.client("ec2").describe_vpcs()["Vpcs"]


def test_clouds_one_after_another_start_empty_and_the_same():
    ids = []
    for _ in range(3):
        with Rig() as rig:
            ec2 = rig.client("ec2")
            assert len(ec2.describe_vpcs()["Vpcs"]) == 1, "only the default VPC"
            ids.append(ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])
    assert ids == [ids[0]] * 3


def test_clients_of_a_closed_cloud_say_so():
    with Rig() as first:
        ec2, ecs = first.client("ec2"), first.client("ecs")
        ec2.describe_vpcs()
    with Rig():
        for call in (ec2.describe_vpcs, ecs.list_clusters):
            with pytest.raises(ClientError, match="This cloud is closed"):
                call()


def test_the_hooks_are_where_we_know_them():
    mount.self_check(deeply=True)


def test_a_hook_that_moved_is_named(monkeypatch):
    import moto.elbv2.models

    monkeypatch.setattr(moto.elbv2.models.ELBv2Backend, "register_targets", lambda self, arn: None)
    with pytest.raises(
        mount.HookMoved, match=r"register_targets: expected the parameters .*found \['self', 'arn'\]"
    ):
        mount.self_check(deeply=True)


def test_every_clock_in_moto_is_the_clouds(rig):
    """Twelve timestamps of ten services: none may be the machine's."""
    rig.pass_time(3_600_000)
    use_everything(rig)
    acm = rig.client("acm")
    certificate = acm.request_certificate(DomainName="shop.example.com")["CertificateArn"]
    rig.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    rig.client("sqs").create_queue(QueueName="q")
    shown = [
        rig.client("logs").describe_log_groups()["logGroups"][0]["creationTime"] / 1_000,
        rig.client("iam").get_role(RoleName="task")["Role"]["CreateDate"].timestamp(),
        rig.client("ecr").describe_repositories()["repositories"][0]["createdAt"].timestamp(),
        rig.client("secretsmanager").describe_secret(SecretId="db")["CreatedDate"].timestamp(),
        rig.client("kms")
        .describe_key(KeyId=rig.client("kms").list_keys()["Keys"][0]["KeyId"])["KeyMetadata"]["CreationDate"]
        .timestamp(),
        acm.describe_certificate(CertificateArn=certificate)["Certificate"]["CreatedAt"].timestamp(),
        rig.client("ssm").get_parameter(Name="p")["Parameter"]["LastModifiedDate"].timestamp(),
    ]
    assert [round(at - 1_775_001_600) for at in shown] == [3_600] * len(shown)


def test_application_auto_scaling_sees_our_services(rig):
    scaling = rig.client("application-autoscaling")

    def register(service):
        scaling.register_scalable_target(
            ServiceNamespace="ecs",
            ResourceId=f"service/shop/{service}",
            ScalableDimension="ecs:service:DesiredCount",
            MinCapacity=1,
            MaxCapacity=3,
        )

    register("web")
    with pytest.raises(ClientError, match="ECS service doesn't exist"):
        register("nothing")


def test_a_closed_cloud_ends_what_other_threads_do_in_it():
    """A verb whose client is gone must not go on in the next cloud of the process."""
    cloud, under_way, seen, ended = Cloud(seed=1), threading.Event(), [], []

    def never():
        under_way.set()
        time.sleep(0.2)
        seen.append(mount.is_installed_for(cloud.gate.now))
        return False

    def wait():
        ended.append(cloud.until(never, "1000h"))

    other = threading.Thread(target=wait)
    other.start()
    assert under_way.wait(10)
    cloud.close()
    other.join(5)
    assert ended == [False]
    assert seen
    assert all(seen), "moto was taken away while it was used"
    Cloud(seed=2).close()
