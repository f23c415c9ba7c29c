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

from ecsim.model.network import Listener, ListenerRule, Target, TargetState

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
    """Send it to a target of a group."""

    target_group_arn: str


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


def act(actions: Sequence[Mapping[str, Any]], asked: Asked, *, nth: int) -> Outcome:
    """What a rule's last action says.

    Args:
        actions: in the API's own form; the last by Order is the one that answers.
        asked: the request, for the placeholders of a redirect.
        nth: how many requests this rule forwarded before, for weighted groups.
    """
    if not actions:
        return Unsupported("none")
    action = max(actions, key=lambda action: int(action.get("Order") or 0))
    match action.get("Type"):
        case "forward":
            return _forward(action, nth)
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


def _forward(action: Mapping[str, Any], nth: int) -> Outcome:
    config = action.get("ForwardConfig") or {}
    groups = [
        (str(group["TargetGroupArn"]), int(1 if group.get("Weight") is None else group["Weight"]))
        for group in config.get("TargetGroups") or ()
    ]
    if not groups and action.get("TargetGroupArn"):
        groups = [(str(action["TargetGroupArn"]), 1)]
    total = sum(weight for _, weight in groups)
    if total == 0:
        return Forward(groups[0][0]) if groups else Unsupported("forward")
    at = draw(nth) * total // DRAWS
    for arn, weight in groups:
        if at < weight:
            return Forward(arn)
        at -= weight
    raise AssertionError(f"{at} is beyond the weights {groups}")


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


def choose(targets: Sequence[Target], *, nth: int, now_ms: int = 0, slow_start_s: int = 0) -> Target | None:
    """The target that gets the nth request of its group: round robin; None when there is nobody to ask.

    During `slow_start_s` after it became healthy, a target's share grows from nothing to a full one, as long as
    others are there to take the rest.
    """
    able = eligible(targets)
    if not able:
        return None
    shares = [_share(target, now_ms, slow_start_s) for target in able]
    if slow_start_s == 0 or len(set(shares)) == 1:
        return able[nth % len(able)]
    at = draw(nth) * sum(shares) // DRAWS
    for target, share in zip(able, shares, strict=True):
        if at < share:
            return target
        at -= share
    raise AssertionError(f"{at} is beyond the shares {shares}")


_FULL_SHARE = 1_000


def _share(target: Target, now_ms: int, slow_start_s: int) -> int:
    if slow_start_s == 0 or target.became_healthy_at_ms is None:
        return _FULL_SHARE
    grown = (now_ms - target.became_healthy_at_ms) * _FULL_SHARE // (slow_start_s * 1_000)
    return min(max(grown, 0), _FULL_SHARE)
