"""Security groups on the way from a customer to a task, as they are now.

Approximate: only load balancers that were made with security groups are checked, and only what comes in. A task
without security groups has its VPC's default one, which lets in nobody but its own members.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from ecsim.decide.load_balancing.reachability import admits
from ecsim.effects.ec2 import Ec2
from ecsim.effects.elbv2 import Elbv2
from ecsim.model.network import Balancer

_NODE = 5
"""A load balancer's node has the first address of its subnet that AWS does not keep for itself: our choice."""


class Firewall:
    """Asks security groups.

    Args:
        network: EC2's part.
        balancing: Elastic Load Balancing's part.
    """

    def __init__(self, network: Ec2, balancing: Elbv2) -> None:
        self._network = network
        self._balancing = balancing

    def customer_reaches(self, balancer: Balancer, address: str, port: int) -> bool:
        """Whether a customer's connection gets to a load balancer's port."""
        if not balancer.security_groups:
            return True
        return admits(self._network.ingress(balancer.security_groups), port=port, addresses=(address,))

    def balancer_reaches(self, target_group_arn: str, security_groups: Sequence[str], port: int) -> bool:
        """Whether the load balancer of a target group gets to a port behind these security groups."""
        balancer = self._balancing.balancer_of(target_group_arn)
        if balancer is None or not balancer.security_groups:
            return True
        rules = self._network.ingress(security_groups)
        return admits(rules, port=port, addresses=self._nodes(balancer), groups=balancer.security_groups)

    def _nodes(self, balancer: Balancer) -> tuple[str, ...]:
        subnets = self._network.subnets([subnet for _, subnet in balancer.subnets])
        return tuple(str(ipaddress.ip_network(subnet.cidr)[_NODE]) for subnet in subnets)
