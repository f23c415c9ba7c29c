"""Routing: which rule of a listener a request meets, what its action says, and which target gets the request.

Exact: order of the rules, conditions, wildcards, placeholders of redirects, fail-open (ecs-behaviour.md 8.1, 8.2,
from the ALB user guide's load-balancer-listeners and botocore elbv2 RuleCondition, Action). Approximate: weighted
groups and slow start follow an even sequence of draws where the real thing is random.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from re import DOTALL, IGNORECASE, Pattern
from re import compile as compile_pattern
from re import escape as escape_pattern
from typing import Any
from urllib.parse import parse_qsl

from ecsim.model.network import Balancer, Listener, ListenerRule, Target, TargetGroup, TargetState
from ecsim.model.task import TargetKey

DRAWS = 1_000_000
"""Draws are whole numbers from 0 up to this, exclusive."""
_GOLDEN = 618_034
"""The golden ratio of DRAWS: its multiples fill the range evenly, in any number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of a request routing depends on.

    Attributes:
        host: without the port.
        query: without the question mark.
        headers: names in lower case.
        protocol: "HTTP" or "HTTPS".
    """

    method: str = "GET"
    host: str = ""
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    source_ip: str = "203.0.113.10"
    protocol: str = "HTTP"
    port: int = 80


@dataclass(frozen=True, slots=True)
class Forward:
    """Send it to a target of a group.

    Attributes:
        sticky_s: how long the client stays with this group, 0 when it does not.
    """

    target_group_arn: str
    sticky_s: int = 0


@dataclass(frozen=True, slots=True)
class Redirect:
    """Answer with another address."""

    status: int
    location: str


@dataclass(frozen=True, slots=True)
class FixedResponse:
    """Answer with a given text."""

    status: int
    body: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An action that is not simulated (authenticate-oidc, ...), or none at all."""

    type: str


Outcome = Forward | Redirect | FixedResponse | Unsupported


def draw(nth: int) -> int:
    """The nth draw of an even sequence, from 0 up to DRAWS, exclusive."""
    return nth * _GOLDEN % DRAWS


# Rules


def meet(listener: Listener, asked: Asked) -> ListenerRule | None:
    """The rule that a request meets: the first by priority all of whose conditions hold, else the default."""
    numbered = [rule for rule in listener.rules if rule.priority is not None]
    for rule in sorted(numbered, key=lambda rule: rule.priority or 0):
        if all(holds(condition, asked) for condition in rule.conditions):
            return rule
    return next((rule for rule in listener.rules if rule.priority is None), None)


def holds(condition: Mapping[str, Any], asked: Asked) -> bool:
    """Whether a condition of a rule holds: one of its values fits."""
    kind = condition.get("Field")
    match kind:
        case "path-pattern":
            return _any(_values(condition, "PathPatternConfig"), asked.path, ignore_case=False)
        case "host-header":
            return _any(_values(condition, "HostHeaderConfig"), asked.host, ignore_case=True)
        case "http-request-method":
            return asked.method in _values(condition, "HttpRequestMethodConfig")
        case "source-ip":
            return any(_inside(asked.source_ip, cidr) for cidr in _values(condition, "SourceIpConfig"))
        case "http-header":
            config = condition.get("HttpHeaderConfig") or {}
            value = asked.headers.get(str(config.get("HttpHeaderName", "")).lower())
            return value is not None and _any(config.get("Values") or (), value, ignore_case=True)
        case "query-string":
            return _query_holds((condition.get("QueryStringConfig") or {}).get("Values") or (), asked.query)
    return False


def _values(condition: Mapping[str, Any], config: str) -> Sequence[str]:
    return (condition.get(config) or {}).get("Values") or condition.get("Values") or ()


@lru_cache(maxsize=4_096)
def _pattern(pattern: str, *, ignore_case: bool) -> Pattern[str]:
    """A pattern with `*` (any characters, none too) and `?` (exactly one)."""
    text = "".join(
        ".*" if letter == "*" else "." if letter == "?" else escape_pattern(letter) for letter in pattern
    )
    return compile_pattern(text, DOTALL | (IGNORECASE if ignore_case else 0))


def _any(patterns: Iterable[str], value: str, *, ignore_case: bool) -> bool:
    return any(_pattern(pattern, ignore_case=ignore_case).fullmatch(value) for pattern in patterns)


def _query_holds(wanted: Iterable[Mapping[str, str]], query: str) -> bool:
    pairs = parse_qsl(query, keep_blank_values=True)
    for want in wanted:
        key, value = want.get("Key"), want.get("Value", "")
        for has, given in pairs:
            if (not key or _any([key], has, ignore_case=True)) and _any([value], given, ignore_case=True):
                return True
    return False


def _inside(address: str, cidr: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return False


# Actions


def act(
    actions: Sequence[Mapping[str, Any]], asked: Asked, *, nth: int, stays_with: str | None = None
) -> Outcome:
    """What a rule's last action says.

    Args:
        actions: in the API's own form; the last by Order is the one that answers.
        asked: the request, for the placeholders of a redirect.
        nth: how many requests this rule forwarded before, for weighted groups.
        stays_with: the target group that the client's cookie names, if the groups of the rule are sticky.
    """
    if not actions:
        return Unsupported("none")
    action = max(actions, key=lambda action: int(action.get("Order") or 0))
    match action.get("Type"):
        case "forward":
            return _forward(action, nth, stays_with)
        case "redirect":
            return _redirect(action.get("RedirectConfig") or {}, asked)
        case "fixed-response":
            config = action.get("FixedResponseConfig") or {}
            return FixedResponse(
                int(config.get("StatusCode") or 200),
                str(config.get("MessageBody") or ""),
                str(config.get("ContentType") or "text/plain"),
            )
    return Unsupported(str(action.get("Type")))


def forwarded_to(action: Mapping[str, Any]) -> list[str]:
    """The target groups that an action forwards to, in order."""
    if action.get("Type") != "forward":
        return []
    weighted = action.get("ForwardConfig", {}).get("TargetGroups", [])
    arns = [each["TargetGroupArn"] for each in weighted]
    if "TargetGroupArn" in action:
        arns.insert(0, action["TargetGroupArn"])
    return list(dict.fromkeys(arns))


def _forward(action: Mapping[str, Any], nth: int, stays_with: str | None) -> Outcome:
    config = action.get("ForwardConfig") or {}
    groups = [
        (str(group["TargetGroupArn"]), int(1 if group.get("Weight") is None else group["Weight"]))
        for group in config.get("TargetGroups") or ()
    ]
    if not groups and action.get("TargetGroupArn"):
        groups = [(str(action["TargetGroupArn"]), 1)]
    sticky = config.get("TargetGroupStickinessConfig") or {}
    sticky_s = int(sticky.get("DurationSeconds") or 0) if _is_true(sticky.get("Enabled")) else 0
    if sticky_s and any(arn == stays_with and weight for arn, weight in groups):
        return Forward(str(stays_with), sticky_s)
    total = sum(weight for _, weight in groups)
    if total == 0:
        return Forward(groups[0][0]) if groups else Unsupported("forward")
    at = draw(nth) * total // DRAWS
    for arn, weight in groups:
        if at < weight:
            return Forward(arn, sticky_s)
        at -= weight
    raise AssertionError(f"{at} is beyond the weights {groups}")


def _is_true(value: object) -> bool:
    """Moto gives back booleans as they came: `True`, or a text."""
    return str(value).lower() == "true"


def _redirect(config: Mapping[str, Any], asked: Asked) -> Redirect:
    """Fill in the placeholders. Source: botocore elbv2 RedirectActionConfig."""
    known = {
        "#{protocol}": asked.protocol,
        "#{host}": asked.host,
        "#{port}": str(asked.port),
        "#{path}": asked.path.removeprefix("/"),
        "#{query}": asked.query,
    }

    def filled(name: str, otherwise: str) -> str:
        text = str(config.get(name) or otherwise)
        for placeholder, value in known.items():
            text = text.replace(placeholder, value)
        return text

    protocol = filled("Protocol", "#{protocol}").lower()
    port, query = filled("Port", "#{port}"), filled("Query", "#{query}")
    location = f"{protocol}://{filled('Host', '#{host}')}:{port}{filled('Path', '/#{path}')}"
    status = 302 if config.get("StatusCode") == "HTTP_302" else 301
    return Redirect(status, location + (f"?{query}" if query else ""))


# Names


def covers(pattern: str, host: str) -> bool:
    """Whether a certificate's name is good for a host: `*.example.com` covers one label more, and only one.

    Source: AWS Certificate Manager User Guide, certificate characteristics (wildcard names).
    """
    pattern, host = pattern.lower().rstrip("."), host.lower().rstrip(".")
    if pattern in ("*", host):
        return True
    return pattern.startswith("*.") and host.partition(".")[2] == pattern[2:]


# Targets


def eligible(targets: Sequence[Target]) -> tuple[Target, ...]:
    """The targets that may get a new request.

    The healthy ones; when there is none, every registered one, whatever its health: the balancer fails open.
    Draining and unused targets never do.
    """
    healthy = tuple(target for target in targets if target.state is TargetState.HEALTHY)
    if healthy:
        return healthy
    waiting = (TargetState.UNHEALTHY, TargetState.INITIAL, TargetState.UNAVAILABLE)
    return tuple(target for target in targets if target.state in waiting)


def choose(
    targets: Sequence[Target],
    *,
    nth: int,
    now_ms: int = 0,
    slow_start_s: int = 0,
    algorithm: str = "round_robin",
    in_flight: Mapping[TargetKey, int] | None = None,
) -> Target | None:
    """The target that gets the nth request of its group; None when there is nobody to ask.

    `round_robin` asks one after the other. `least_outstanding_requests` asks who has the fewest requests in flight,
    among equals one after the other. `weighted_random` follows an even sequence of draws. During `slow_start_s`
    after it became healthy, a target's share grows from nothing to a full one, as long as others are there to take
    the rest. Source: ALB User Guide, load-balancer-target-groups (routing algorithm, slow start mode).

    Args:
        targets: all of the group.
        nth: how many requests the group got before.
        now_ms: the present moment.
        slow_start_s: 0 when it is off.
        algorithm: of botocore elbv2 TargetGroupAttribute load_balancing.algorithm.type.
        in_flight: requests under way by target.
    """
    able = eligible(targets)
    if not able:
        return None
    if algorithm == "least_outstanding_requests":
        waiting = in_flight or {}
        fewest = min(waiting.get(target.key, 0) for target in able)
        idlest = [target for target in able if waiting.get(target.key, 0) == fewest]
        return idlest[nth % len(idlest)]
    shares = [_share(target, now_ms, slow_start_s) for target in able]
    even = slow_start_s == 0 or len(set(shares)) == 1
    if even and algorithm == "weighted_random":
        return able[draw(nth) * len(able) // DRAWS]
    if even:
        return able[nth % len(able)]
    at = draw(nth) * sum(shares) // DRAWS
    for target, share in zip(able, shares, strict=True):
        if at < share:
            return target
        at -= share
    raise AssertionError(f"{at} is beyond the shares {shares}")


def crosses_zones(group: TargetGroup, balancer: Balancer) -> bool:
    """Whether a node may send to targets of other zones: the group's own word, else the load balancer's."""
    if group.cross_zone in ("true", "false"):
        return group.cross_zone == "true"
    return balancer.cross_zone


def in_zone(targets: Sequence[Target], zones: Sequence[str], *, nth: int) -> tuple[Target, ...]:
    """The targets of one zone: where nodes keep to their own zone, the nth connection meets the nth node.

    DNS names only nodes that have a healthy target; when no zone has one, it names all that have any target that may
    be asked. A target without a zone is in every one.
    Source: NLB User Guide, target-group-health-checks and cross-zone load balancing.
    """
    there = {
        zone: tuple(target for target in targets if target.availability_zone in (None, "all", zone))
        for zone in zones
    }
    healthy = [z for z in zones if any(t.state is TargetState.HEALTHY for t in there[z])]
    named = healthy or [zone for zone in zones if eligible(there[zone])]
    return there[named[nth % len(named)]] if named else ()


_FULL_SHARE = 1_000


def _share(target: Target, now_ms: int, slow_start_s: int) -> int:
    if slow_start_s == 0 or target.became_healthy_at_ms is None:
        return _FULL_SHARE
    grown = (now_ms - target.became_healthy_at_ms) * _FULL_SHARE // (slow_start_s * 1_000)
    return min(max(grown, 0), _FULL_SHARE)
