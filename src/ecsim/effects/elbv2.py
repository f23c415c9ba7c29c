"""Elastic Load Balancing's part: target groups, load balancers, listeners and rules as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ecsim.decide.load_balancing.routing import forwarded_to
from ecsim.effects.clients import Clients, error_code
from ecsim.effects.shifts import Shifts
from ecsim.model.network import Balancer, Listener, ListenerRule, TargetGroup

HARMLESS = ("RegisterTargets", "DeregisterTargets", "AddTags", "RemoveTags")
"""Operations that change nothing of what is remembered here."""
_OF_ATTRIBUTES = ("ModifyTargetGroupAttributes",)
_OF_A_NEW_GROUP = ("CreateTargetGroup",)
_OF_GROUPS = ("DeleteTargetGroup", "ModifyTargetGroup")
"""Operations that change target groups, but no listener: a group that is in use cannot be deleted."""
_OF_LISTENERS = ("CreateListener", "ModifyListener", "DeleteListener")
"""Operations that change no rule but a listener's default one, which DescribeListeners shows too."""
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
        self._described: dict[str, Mapping[str, Any] | None] = {}
        self._attributes: dict[str, dict[str, str]] = {}
        self._balancers: tuple[Balancer, ...] | None = None
        self._balancer_attributes: dict[str, dict[str, str]] = {}
        self._rules_of: dict[str, tuple[Any, tuple[ListenerRule, ...]]] = {}
        self._by_dns_name: dict[str, Balancer] = {}
        self._in_use: dict[str, Balancer] = {}
        clients.changed.append(self._changed)
        self._shifts = Shifts(clients, changed=self._rules_changed)
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

    def named(self, name: str) -> str | None:
        """The ARN of the target group of a name, or None when there is none."""
        from botocore.exceptions import ClientError

        try:
            found = self._clients.client("elbv2").describe_target_groups(Names=[name])["TargetGroups"]
        except ClientError:
            return None
        return str(found[0]["TargetGroupArn"]) if found else None

    def routes(self, listener: str, groups: Sequence[str]) -> tuple[str, ...]:
        """The rules of a listener that forward to one of the groups; its default rule by the listener's own ARN."""
        listeners = (each for balancer in self.balancers() for each in balancer.listeners)
        found = next((each for each in listeners if each.arn == listener), None)
        return tuple(
            rule.arn if rule.priority is not None else listener
            for rule in (found.rules if found is not None else ())
            if any(arn in groups for action in rule.actions for arn in forwarded_to(action))
        )

    def _changed(self, service: str, operation: str) -> None:
        if service not in ("elbv2", "cloudformation") or operation in HARMLESS:
            return
        self._groups.clear()
        if operation in _OF_ATTRIBUTES:
            self._attributes.clear()
        elif operation in _OF_A_NEW_GROUP:
            self._described = {arn: found for arn, found in self._described.items() if found is not None}
        elif operation in _OF_GROUPS:
            self._described.clear()
        elif operation in _OF_LISTENERS:
            self._balancers = None
        else:
            self._described.clear()
            self._attributes.clear()
            self._balancer_attributes.clear()
            self._rules_changed()

    def _rules_changed(self) -> None:
        self._groups.clear()
        self._balancers = None
        self._rules_of.clear()

    def _look_up(self, arn: str) -> TargetGroup | None:
        client = self._clients.client("elbv2")
        if arn not in self._described:
            self._described[arn] = self._describe(client, arn)
        found = self._described[arn]
        if found is None:
            return None
        if arn not in self._attributes:
            listed = client.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
            self._attributes[arn] = {each["Key"]: each["Value"] for each in listed}
        return _target_group(found, self._attributes[arn], in_use=self.in_use(arn))

    @staticmethod
    def _describe(client: Any, arn: str) -> Mapping[str, Any] | None:
        from botocore.exceptions import ClientError

        try:
            found = client.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        except ClientError as error:
            if error_code(error) in ("TargetGroupNotFound", "ValidationError"):
                return None
            raise
        return found[0] if found else None

    def _balancer(self, client: Any, found: Mapping[str, Any]) -> Balancer:
        arn = found["LoadBalancerArn"]
        if arn not in self._balancer_attributes:
            listed = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
            self._balancer_attributes[arn] = {each["Key"]: each["Value"] for each in listed}
        attributes = self._balancer_attributes[arn]
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
                    rules=self._rules(client, listener),
                    certificates=self._certificates(client, listener),
                )
                for page in pages
                for listener in page["Listeners"]
            ),
        )

    def _rules(self, client: Any, listener: Mapping[str, Any]) -> tuple[ListenerRule, ...]:
        """A listener's rules in order: as they were last, while its default actions are the same."""
        arn, default = listener["ListenerArn"], listener.get("DefaultActions")
        known = self._rules_of.get(arn)
        if known is not None and known[0] == default:
            return known[1]
        found = [
            ListenerRule(
                arn=rule["RuleArn"],
                priority=None if rule["Priority"] == "default" else int(rule["Priority"]),
                conditions=tuple(rule.get("Conditions", ())),
                actions=tuple(rule.get("Actions", ())),
            )
            for page in client.get_paginator("describe_rules").paginate(ListenerArn=arn)
            for rule in page["Rules"]
        ]
        rules = tuple(sorted(found, key=lambda rule: rule.priority or _RULES_LAST))
        self._rules_of[arn] = default, rules
        return rules

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
    return TargetGroup(
        arn=found["TargetGroupArn"],
        name=found["TargetGroupName"],
        protocol=protocol,
        port=int(found.get("Port") or 80),
        vpc_id=found.get("VpcId") or "",
        target_type=found.get("TargetType") or "instance",
        health_check_enabled=bool(found.get("HealthCheckEnabled", True)),
        health_check_protocol=found.get("HealthCheckProtocol") or protocol,
        health_check_port=str(found.get("HealthCheckPort") or "traffic-port"),
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
