"""Subnets as EC2 knows them."""

from __future__ import annotations

import pytest

from ecsim.effects.ec2 import Ec2


@pytest.fixture
def made(rig):
    ec2 = rig.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    return [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"ap-northeast-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for n, zone in ((1, "a"), (2, "c"))
    ]


def test_subnets_come_in_the_order_asked_for_and_unknown_ones_are_left_out(rig, made):
    found = Ec2(rig.gate).subnets([made[1], "subnet-00000000000000000", made[0]])
    assert [(subnet.id, subnet.cidr, subnet.availability_zone) for subnet in found] == [
        (made[1], "10.0.2.0/24", "ap-northeast-1c"),
        (made[0], "10.0.1.0/24", "ap-northeast-1a"),
    ]


def test_subnets_are_looked_up_once_until_ec2_changes(rig, made, calls_of):
    effect = Ec2(rig.gate)

    def ask_twice():
        effect.subnets(made)
        effect.subnets(made)

    assert calls_of(ask_twice) == ["ec2.DescribeSubnets"]
    rig.client("ec2").delete_subnet(SubnetId=made[0])
    assert [subnet.id for subnet in effect.subnets(made)] == [made[1]]
