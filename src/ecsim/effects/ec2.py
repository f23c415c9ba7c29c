"""EC2's part: which subnets exist, and whom security groups let in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecsim.effects.clients import Clients
from ecsim.model.answers import Subnet
from ecsim.model.network import IngressRule


class Ec2:
    """Looks subnets and security groups up, and remembers them until something changes in EC2.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, Subnet | None] = {}
        self._groups: dict[str, bool] = {}
        self._ingress: dict[str, tuple[IngressRule, ...]] = {}
        clients.changed.append(self._changed)

    def subnets(self, subnet_ids: Sequence[str]) -> list[Subnet]:
        """The subnets that exist, in the order asked for."""
        missing = list(dict.fromkeys(each for each in subnet_ids if each not in self._known))
        if missing:
            self._look_up(missing)
        found = (self._known[each] for each in subnet_ids)
        return [subnet for subnet in found if subnet is not None]

    def security_groups(self, group_ids: Sequence[str]) -> list[str]:
        """The security groups that exist, in the order asked for."""
        missing = list(dict.fromkeys(each for each in group_ids if each not in self._groups))
        if missing:
            self._groups.update(dict.fromkeys(missing, False))
            pages = self._clients.client("ec2").get_paginator("describe_security_groups")
            for page in pages.paginate(Filters=[{"Name": "group-id", "Values": missing}]):
                self._groups.update((group["GroupId"], True) for group in page["SecurityGroups"])
        return [each for each in group_ids if self._groups[each]]

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("ec2", "cloudformation"):
            self._known.clear()
            self._groups.clear()
            self._ingress.clear()

    def ingress(self, group_ids: Iterable[str]) -> tuple[IngressRule, ...]:
        """What security groups let in, taken together; a group that does not exist lets in nothing."""
        wanted = list(dict.fromkeys(group_ids))
        missing = [each for each in wanted if each not in self._ingress]
        if missing:
            self._ingress.update(dict.fromkeys(missing, ()))
            pages = self._clients.client("ec2").get_paginator("describe_security_groups")
            for page in pages.paginate(Filters=[{"Name": "group-id", "Values": missing}]):
                for group in page["SecurityGroups"]:
                    rules = tuple(_ingress_rule(each) for each in group["IpPermissions"])
                    self._ingress[group["GroupId"]] = rules
        return tuple(rule for each in wanted for rule in self._ingress[each])

    def _look_up(self, subnet_ids: list[str]) -> None:
        # A filter, not SubnetIds: with those, one unknown id makes the whole call fail.
        pages = self._clients.client("ec2").get_paginator("describe_subnets")
        self._known.update(dict.fromkeys(subnet_ids))
        for page in pages.paginate(Filters=[{"Name": "subnet-id", "Values": subnet_ids}]):
            for subnet in page["Subnets"]:
                self._known[subnet["SubnetId"]] = Subnet(
                    id=subnet["SubnetId"],
                    availability_zone=subnet["AvailabilityZone"],
                    cidr=subnet["CidrBlock"],
                    vpc_id=subnet["VpcId"],
                )


def _ingress_rule(given: Mapping[str, Any]) -> IngressRule:
    every = given["IpProtocol"] == "-1"
    return IngressRule(
        protocol=given["IpProtocol"],
        from_port=None if every else given.get("FromPort"),
        to_port=None if every else given.get("ToPort"),
        cidrs=tuple(each["CidrIp"] for each in given.get("IpRanges", ())),
        groups=tuple(each["GroupId"] for each in given.get("UserIdGroupPairs", ()) if "GroupId" in each),
    )
