"""Elastic Load Balancing's part: target groups, load balancers, listeners and rules as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ecsim.decide.load_balancing.routing import forwarded_to
from ecsim.effects.clients import Clients, error_code
from ecsim.effects.shifts import Shifts
from ecsim.model.network import Balancer, Listener, ListenerRule, TargetGroup

HARMLESS = ("RegisterTargets", "DeregisterTargets", "AddTags", "RemoveTags")
"""Operations that change nothing of what is remembered here."""
_WITH_TLS = ("HTTPS", "TLS")
_RULES_LAST = 50_001
"""Where the default rule stands: priorities end at 50,000 (botocore elbv2 RulePriority)."""


class Elbv2:
    """Looks load balancing up, and remembers it until something changes there.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._groups: dict[str, TargetGroup | None] = {}
        self._balancers: tuple[Balancer, ...] | None = None
        self._by_dns_name: dict[str, Balancer] = {}
        self._in_use: dict[str, Balancer] = {}
        clients.changed.append(self._changed)
        self._shifts = Shifts(clients, changed=self._forget)
        self.forwards, self.shift = self._shifts.forwards, self._shifts.shift

    def target_group(self, arn: str) -> TargetGroup | None:
        """The target group, or None when there is none (any more)."""
        if arn not in self._groups:
            self._groups[arn] = self._look_up(arn)
        return self._groups[arn]

    def balancers(self) -> tuple[Balancer, ...]:
        """Every load balancer with its listeners and rules, oldest first."""
        if self._balancers is None:
            client = self._clients.client("elbv2")
            pages = client.get_paginator("describe_load_balancers").paginate()
            self._balancers = tuple(
                self._balancer(client, found) for page in pages for found in page["LoadBalancers"]
            )
            self._by_dns_name = {each.dns_name.lower(): each for each in self._balancers}
            self._in_use = {
                arn: balancer
                for balancer in self._balancers
                for listener in balancer.listeners
                for rule in listener.rules
                for action in rule.actions
                for arn in forwarded_to(action)
            }
        return self._balancers

    def by_dns_name(self, name: str) -> Balancer | None:
        """The load balancer of a DNS name, in whatever case, or None."""
        self.balancers()
        return self._by_dns_name.get(name.lower().rstrip("."))

    def balancer_of(self, target_group_arn: str) -> Balancer | None:
        """The load balancer that forwards to the target group, or None."""
        self.balancers()
        return self._in_use.get(target_group_arn)

    def forwarding(self) -> tuple[tuple[str, Balancer], ...]:
        """Every target group that gets traffic, with its load balancer."""
        self.balancers()
        return tuple(self._in_use.items())

    def in_use(self, target_group_arn: str) -> bool:
        """Whether a listener or a rule forwards to the target group."""
        self.balancers()
        return target_group_arn in self._in_use

    def _changed(self, service: str, operation: str) -> None:
        if service in ("elbv2", "cloudformation") and operation not in HARMLESS:
            self._forget()

    def _forget(self) -> None:
        self._groups.clear()
        self._balancers = None

    def _look_up(self, arn: str) -> TargetGroup | None:
        from botocore.exceptions import ClientError

        client = self._clients.client("elbv2")
        try:
            found = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
            listed = client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
        except ClientError as error:
            if error_code(error) in ("TargetGroupNotFound", "ValidationError"):
                return None
            raise
        if not found:
            return None
        attributes = {each["Key"]: each["Value"] for each in listed}
        return _target_group(found[0], attributes, in_use=self.in_use(arn))

    def _balancer(self, client: Any, found: Mapping[str, Any]) -> Balancer:
        arn = found["LoadBalancerArn"]
        listed = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in listed}
        pages = client.get_paginator("describe_listeners").paginate(LoadBalancerArn=arn)
        return Balancer(
            arn=arn,
            name=found["LoadBalancerName"],
            dns_name=found["DNSName"],
            type=found["Type"],
            state=found["State"]["Code"],
            idle_timeout_s=int(attributes.get("idle_timeout.timeout_seconds", 60)),
            security_groups=tuple(found.get("SecurityGroups") or ()),
            subnets=tuple((zone["ZoneName"], zone["SubnetId"]) for zone in found["AvailabilityZones"]),
            cross_zone=_crosses_zones(found["Type"], attributes),
            listeners=tuple(
                Listener(
                    arn=listener["ListenerArn"],
                    port=int(listener["Port"]),
                    protocol=listener["Protocol"],
                    rules=tuple(self._rules(client, listener["ListenerArn"])),
                    certificates=self._certificates(client, listener),
                )
                for page in pages
                for listener in page["Listeners"]
            ),
        )

    @staticmethod
    def _rules(client: Any, listener_arn: str) -> Iterator[ListenerRule]:
        found = [
            ListenerRule(
                arn=rule["RuleArn"],
                priority=None if rule["Priority"] == "default" else int(rule["Priority"]),
                conditions=tuple(rule.get("Conditions", ())),
                actions=tuple(rule.get("Actions", ())),
            )
            for page in client.get_paginator("describe_rules").paginate(ListenerArn=listener_arn)
            for rule in page["Rules"]
        ]
        yield from sorted(found, key=lambda rule: rule.priority or _RULES_LAST)

    @staticmethod
    def _certificates(client: Any, listener: Mapping[str, Any]) -> tuple[str, ...]:
        if listener["Protocol"] not in _WITH_TLS:
            return ()
        found = client.describe_listener_certificates(ListenerArn=listener["ListenerArn"])["Certificates"]
        default_first = sorted(found, key=lambda each: not each.get("IsDefault"))
        return tuple(each["CertificateArn"] for each in default_first)


def _crosses_zones(balancer_type: str, attributes: Mapping[str, str]) -> bool:
    """Always for an Application Load Balancer, on request for a Network Load Balancer.

    Source: botocore elbv2 LoadBalancerAttribute.Key, load_balancing.cross_zone.enabled.
    """
    return balancer_type == "application" or attributes.get("load_balancing.cross_zone.enabled") == "true"


def _target_group(found: Mapping[str, Any], attributes: Mapping[str, str], *, in_use: bool) -> TargetGroup:
    protocol = found.get("Protocol") or "HTTP"
    matcher = found.get("Matcher") or {}
    sticky = attributes.get("stickiness.enabled") == "true"
    stickiness = attributes.get("stickiness.type", "lb_cookie") if sticky else ""
    health_check_port = str(found.get("HealthCheckPort") or "traffic-port")  # moto takes any text
    return TargetGroup(
        arn=found["TargetGroupArn"],
        name=found["TargetGroupName"],
        protocol=protocol,
        port=int(found.get("Port") or 80),
        vpc_id=found.get("VpcId") or "",
        target_type=found.get("TargetType") or "instance",
        health_check_enabled=bool(found.get("HealthCheckEnabled", True)),
        health_check_protocol=found.get("HealthCheckProtocol") or protocol,
        health_check_port=health_check_port if health_check_port.isdecimal() else "traffic-port",
        health_check_path=found.get("HealthCheckPath") or "/",
        health_check_interval_s=int(found.get("HealthCheckIntervalSeconds") or 30),
        health_check_timeout_s=int(found.get("HealthCheckTimeoutSeconds") or 5),
        healthy_threshold=int(found.get("HealthyThresholdCount") or 5),
        unhealthy_threshold=int(found.get("UnhealthyThresholdCount") or 2),
        matcher=str(matcher.get("HttpCode") or "200"),
        deregistration_delay_s=int(attributes.get("deregistration_delay.timeout_seconds", 300)),
        slow_start_s=int(attributes.get("slow_start.duration_seconds", 0)),
        algorithm=attributes.get("load_balancing.algorithm.type", "round_robin"),
        stickiness=stickiness,
        sticky_s=int(attributes.get(f"stickiness.{stickiness}.duration_seconds", 86_400)),
        sticky_cookie=attributes.get("stickiness.app_cookie.cookie_name", ""),
        cross_zone=attributes.get("load_balancing.cross_zone.enabled", "use_load_balancer_configuration"),
        terminates=attributes.get("deregistration_delay.connection_termination.enabled") == "true",
        in_use=in_use,
    )
