"""Who gets through to whom: security groups between customers, load balancers and tasks.

Security groups are stateful lists of what is allowed; what no rule allows is dropped without an answer, so the other
side times out. Source: Amazon VPC User Guide, security groups; ecs-behaviour.md 8.3 (504: "security group!").
Outgoing rules are not looked at: a new security group allows everything out.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence

from ecsim.model.network import IngressRule

_ALL = "-1"


def admits(
    rules: Iterable[IngressRule], *, port: int, addresses: Sequence[str] = (), groups: Sequence[str] = ()
) -> bool:
    """Whether the rules let a TCP connection in.

    Args:
        rules: of all security groups of the side that is connected to.
        port: the port that is connected to.
        addresses: every address that the connection may come from; all of them must be allowed, or
        groups: one of the caller's own security groups.
    """
    open_here = [rule for rule in rules if _is_open(rule, port)]
    if any(group in rule.groups for rule in open_here for group in groups):
        return True
    return bool(addresses) and all(
        any(_inside(address, cidr) for rule in open_here for cidr in rule.cidrs) for address in addresses
    )


def _is_open(rule: IngressRule, port: int) -> bool:
    if rule.protocol == _ALL:
        return True
    if rule.protocol != "tcp":
        return False
    low = port if rule.from_port is None else rule.from_port
    high = port if rule.to_port is None else rule.to_port
    return low <= port <= high


def _inside(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)
