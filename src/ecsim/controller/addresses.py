"""Network interfaces: which subnet, which address.

Tasks spread over Availability Zones, and within a zone over its subnets. The first four addresses and the last one
of a subnet are AWS's own. Source: Amazon VPC User Guide, subnet sizing.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Sequence
from functools import cache

from ecsim.clock.identity import Identity
from ecsim.model.answers import Subnet
from ecsim.model.task import Eni

RESERVED_FIRST = 4

_network = cache(ipaddress.ip_network)
"""Each subnet's range is read once."""


class Addresses:
    """Free private addresses by subnet. An address is used again only after the others were."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._next: dict[str, int] = {}
        self._used: dict[str, dict[int, None]] = {}

    def choose(self, subnets: Sequence[Subnet], zones: Counter[str]) -> Subnet:
        """The subnet in the zone with the fewest tasks; among equals the first one named, least used."""
        return min(subnets, key=lambda s: (zones[s.availability_zone], len(self._used.get(s.id, ()))))

    def interface(self, subnet: Subnet, *, task_id: str, security_groups: tuple[str, ...]) -> Eni | None:
        """A network interface in a subnet, or None when the subnet has no free address."""
        network = _network(subnet.cidr)
        free = network.num_addresses - RESERVED_FIRST - 1
        used = self._used.setdefault(subnet.id, {})
        if len(used) >= free:
            return None
        offset = self._next.get(subnet.id)
        if offset is None:
            offset = self._identity.draw("address", subnet.id, 0, max(0, free // 2 - 1))
        while offset % free in used:
            offset += 1
        used[offset % free] = None
        self._next[subnet.id] = offset + 1
        address = network[RESERVED_FIRST + offset % free]
        h = self._identity.hexadecimal("eni", task_id)
        mac = ":".join(("0a", *(h[20 + n : 22 + n] for n in range(0, 10, 2))))
        return Eni(
            id=f"eni-{h[:17]}",
            subnet_id=subnet.id,
            private_ip=str(address),
            mac=mac,
            security_groups=security_groups,
        )

    def release(self, eni: Eni, cidr: str | None) -> None:
        """Give an address back."""
        if cidr is None:
            return
        network = _network(cidr)
        offset = int(ipaddress.ip_address(eni.private_ip)) - int(network[0]) - RESERVED_FIRST
        self._used.get(eni.subnet_id, {}).pop(offset, None)
