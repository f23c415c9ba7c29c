"""Load balancing as ECS uses it: target groups, their targets, listeners and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsim.model.task import TargetKey


class TargetState(StrEnum):
    """Source: botocore elbv2 TargetHealthStateEnum."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetGroup:
    """What of a target group behaviour depends on. Durations in seconds.

    Attributes:
        in_use: whether a listener or a rule forwards to it.
        health_check_port: "traffic-port" or a number as text.
        matcher: HTTP codes as AWS writes them: "200", "200-299", "200,302".
        algorithm: "round_robin", "least_outstanding_requests" or "weighted_random".
        stickiness: "lb_cookie", "app_cookie" or "source_ip"; empty when it is off.
        sticky_cookie: the application's cookie that "app_cookie" follows.
        cross_zone: "true", "false" or "use_load_balancer_configuration".
        terminates: whether connections end with the deregistration delay (Network Load Balancer).
    """

    arn: str
    name: str
    protocol: str = "HTTP"
    port: int = 80
    vpc_id: str = ""
    target_type: str = "ip"
    health_check_enabled: bool = True
    health_check_protocol: str = "HTTP"
    health_check_port: str = "traffic-port"
    health_check_path: str = "/"
    health_check_interval_s: int = 30
    health_check_timeout_s: int = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    matcher: str = "200"
    deregistration_delay_s: int = 300
    slow_start_s: int = 0
    algorithm: str = "round_robin"
    stickiness: str = ""
    sticky_s: int = 86_400
    sticky_cookie: str = ""
    cross_zone: str = "use_load_balancer_configuration"
    terminates: bool = False
    in_use: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One target of a group.

    Attributes:
        reason: e.g. "Elb.InitialHealthChecking"; None when healthy.
        in_a_row: how many health checks in a row had the same outcome.
        last_outcome: whether the last health check passed; None before the first.
        draining_until_ms: when the deregistration delay ends, or None.
    """

    key: TargetKey
    task_arn: str | None = None
    availability_zone: str | None = None
    state: TargetState = TargetState.INITIAL
    reason: str | None = "Elb.RegistrationInProgress"
    description: str | None = "Target registration is in progress"
    registered_at_ms: int = 0
    draining_until_ms: int | None = None
    in_a_row: int = 0
    last_outcome: bool | None = None
    became_healthy_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerRule:
    """A rule of a listener. The default rule has the priority None.

    Attributes:
        conditions: in the API's own form (Field, Values, PathPatternConfig, ...).
        actions: in the API's own form (Type, TargetGroupArn, ForwardConfig, RedirectConfig, ...).
    """

    arn: str
    priority: int | None
    conditions: tuple[Mapping[str, Any], ...] = ()
    actions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A listener with its rules, lowest priority number first, the default rule last.

    Attributes:
        certificates: the ARNs of its certificates, the default one first.
    """

    arn: str
    port: int
    protocol: str
    rules: tuple[ListenerRule, ...] = ()
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IngressRule:
    """Who may come in through a security group.

    Attributes:
        protocol: "tcp", "udp", "icmp" or "-1" for all.
        from_port, to_port: None when every port is open.
        cidrs, groups: where the connection may come from: addresses, or members of security groups.
    """

    protocol: str
    from_port: int | None = None
    to_port: int | None = None
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Balancer:
    """A load balancer with its listeners.

    Attributes:
        type: "application", "network" or "gateway".
        security_groups: those that it was made with; without any, its traffic is not checked.
        subnets: (Availability Zone, subnet id) of each of its nodes.
        cross_zone: whether every node sends to the targets of all zones.
    """

    arn: str
    name: str
    dns_name: str
    type: str = "application"
    state: str = "active"
    idle_timeout_s: int = 60
    security_groups: tuple[str, ...] = ()
    subnets: tuple[tuple[str, str], ...] = ()
    cross_zone: bool = True
    listeners: tuple[Listener, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Where the listener rules of a service send traffic. Empty for services that shift none.

    Attributes:
        forwards: by the ARN of a rule or a listener, the target groups with their weights; None when there is no such
            rule, or when it forwards nothing.
        is_slow: whether a Network Load Balancer is among them.
    """

    forwards: Mapping[str, tuple[tuple[str, int], ...] | None] = field(default_factory=dict)
    is_slow: bool = False
