"""Sticky sessions: the cookies by which a load balancer knows where a client was before.

The real cookies are encrypted; here they are a fingerprint of the target (or group) and the moment until which they
hold. Source: ALB User Guide, sticky-sessions: AWSALB (duration-based), AWSALBAPP-0 (application-based), AWSALBTG
(target groups of a rule); a cookie of a target that is not healthy any more is not followed, the client gets a new
one; every answer renews AWSALB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from ecsim.model.network import Target, TargetGroup, TargetState

DURATION_COOKIE = "AWSALB"
APPLICATION_COOKIE = "AWSALBAPP-0"
GROUP_COOKIE = "AWSALBTG"
COOKIES = {"lb_cookie": DURATION_COOKIE, "app_cookie": APPLICATION_COOKIE}
_FINGERPRINT = 40


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request, by name."""
    pairs = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
    return {name: value for name, equals, value in pairs if equals}


def set_cookies(headers: Mapping[str, str]) -> list[str]:
    """The Set-Cookie lines of an answer: several stand in one header, one a line."""
    return [line for line in headers.get("set-cookie", "").split("\n") if line]


def stays_with_target(
    group: TargetGroup, targets: Iterable[Target], cookies: Mapping[str, str], *, now_ms: int
) -> Target | None:
    """The target that a client's cookie names, if it is still healthy; None when any may be asked."""
    name = COOKIES.get(group.stickiness)
    value = cookies.get(name, "") if name is not None else ""
    if not _holds(value, now_ms):
        return None
    return next(
        (
            target
            for target in targets
            if target.state is TargetState.HEALTHY and value.startswith(_of_target(target))
        ),
        None,
    )


def stays_with_group(arns: Iterable[str], cookies: Mapping[str, str], *, now_ms: int) -> str | None:
    """The target group that a client's cookie names, or None."""
    value = cookies.get(GROUP_COOKIE, "")
    if not _holds(value, now_ms):
        return None
    return next((arn for arn in arns if value.startswith(_fingerprint(arn))), None)


def target_cookie(
    group: TargetGroup, target: Target, answered: Mapping[str, str], *, now_ms: int
) -> str | None:
    """The Set-Cookie line that binds the client to the target that answered, or None.

    Args:
        group: with its stickiness.
        target: who answered.
        answered: the headers of its answer: with "app_cookie", the application's own cookie begins the session.
        now_ms: the present moment.
    """
    name = COOKIES.get(group.stickiness)
    if name is None:
        return None
    if group.stickiness == "app_cookie":
        wanted = f"{group.sticky_cookie}="
        if not any(line.startswith(wanted) for line in set_cookies(answered)):
            return None
    return _line(name, _of_target(target), until_ms=now_ms + group.sticky_s * 1_000)


def group_cookie(arn: str, *, sticky_s: int, now_ms: int) -> str:
    """The Set-Cookie line that binds the client to a target group of a rule."""
    return _line(GROUP_COOKIE, _fingerprint(arn), until_ms=now_ms + sticky_s * 1_000)


def _line(name: str, fingerprint: str, *, until_ms: int) -> str:
    return f"{name}={fingerprint}.{until_ms:x}; Path=/"


def _holds(value: str, now_ms: int) -> bool:
    until = value.rpartition(".")[2]
    try:
        return now_ms < int(until, 16)
    except ValueError:
        return False


def _of_target(target: Target) -> str:
    key = target.key
    return _fingerprint(f"{key.target_group_arn}/{key.target_id}:{key.port}")


def _fingerprint(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:_FINGERPRINT]
