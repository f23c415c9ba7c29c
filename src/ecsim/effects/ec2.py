"""EC2's part: which subnets exist."""

from __future__ import annotations

from collections.abc import Sequence

from ecsim.effects.clients import Clients
from ecsim.model.answers import Subnet


class Ec2:
    """Looks subnets up, and remembers them until something changes in EC2.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._known: dict[str, Subnet | None] = {}
        clients.changed.append(self._changed)

    def subnets(self, subnet_ids: Sequence[str]) -> list[Subnet]:
        """The subnets that exist, in the order asked for."""
        missing = list(dict.fromkeys(each for each in subnet_ids if each not in self._known))
        if missing:
            self._look_up(missing)
        found = (self._known[each] for each in subnet_ids)
        return [subnet for subnet in found if subnet is not None]

    def _changed(self, service: str, _operation: str) -> None:
        if service in ("ec2", "cloudformation"):
            self._known.clear()

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
