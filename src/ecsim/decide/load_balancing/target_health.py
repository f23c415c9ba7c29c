"""Target health: what one health check makes of a target.

Exact: states, thresholds, reasons and descriptions (ecs-behaviour.md 8.1, from the ALB user guide's
target-group-health-checks and botocore elbv2 TargetHealth).
"""

from __future__ import annotations

from ecsim.model.network import Target, TargetGroup, TargetState
from ecsim.model.replacing import replace

_IN_PROGRESS = ("Elb.InitialHealthChecking", "Initial health checks in progress")
_DRAINING = ("Target.DeregistrationInProgress", "Target deregistration is in progress")
_NOT_IN_USE = (
    "Target.NotInUse",
    "Target group is not configured to receive traffic from the load balancer",
)
_NOT_REGISTERED = ("Target.NotRegistered", "Target is not registered to the target group")
_TIMEOUT = ("Target.Timeout", "Request timed out")
_FAILED = ("Target.FailedHealthChecks", "Health checks failed")


def matches(status: int, matcher: str) -> bool:
    """Whether an HTTP status fits a matcher: "200", "200,302" or "200-299".

    Source: botocore elbv2 Matcher.HttpCode.
    """
    for part in matcher.split(","):
        low, _, high = part.strip().partition("-")
        if low.isdecimal() and int(low) <= status <= int(high if high.isdecimal() else low):
            return True
    return False


def passes(group: TargetGroup, *, status: int | None, problem: str | None) -> bool:
    """Whether the answer to a health check counts as a success: for TCP any accepted connection does."""
    if problem is not None or status is None:
        return False
    if group.health_check_protocol not in ("HTTP", "HTTPS"):
        return True
    return matches(status, group.matcher)


def after_check(
    target: Target, group: TargetGroup, *, status: int | None, problem: str | None, now_ms: int
) -> Target:
    """The target after one health check.

    A target that is still `initial` needs one success to become healthy, whatever the healthy threshold;
    `unhealthy_threshold` failures in a row make it unhealthy; from there `healthy_threshold` successes in a
    row bring it back. A draining target is not checked: it stays as it is.

    Args:
        target: as it was.
        group: its thresholds and matcher.
        status: the HTTP status, 0 for an accepted TCP connection, None without an answer.
        problem: None, "timeout" or "refused".
        now_ms: the present moment.
    """
    if target.state is TargetState.DRAINING:
        return target
    passed = passes(group, status=status, problem=problem)
    was_unused = target.state is TargetState.UNUSED
    in_a_row = target.in_a_row + 1 if target.last_outcome is passed and not was_unused else 1
    target = replace(target, in_a_row=in_a_row, last_outcome=passed)
    if was_unused:
        target = replace(target, state=TargetState.INITIAL)
    if passed:
        return _after_success(target, group, now_ms)
    return _after_failure(target, group, status, problem)


def _after_success(target: Target, group: TargetGroup, now_ms: int) -> Target:
    if target.state is TargetState.HEALTHY:
        return target
    if target.state is TargetState.UNHEALTHY and target.in_a_row < group.healthy_threshold:
        return target
    return replace(
        target, state=TargetState.HEALTHY, reason=None, description=None, became_healthy_at_ms=now_ms
    )


def _after_failure(target: Target, group: TargetGroup, status: int | None, problem: str | None) -> Target:
    if target.state is TargetState.UNHEALTHY or target.in_a_row >= group.unhealthy_threshold:
        reason, description = _failure(status, problem)
        return replace(
            target,
            state=TargetState.UNHEALTHY,
            reason=reason,
            description=description,
            became_healthy_at_ms=None,
        )
    if target.state is TargetState.INITIAL:
        return replace(target, reason=_IN_PROGRESS[0], description=_IN_PROGRESS[1])
    return target


def _failure(status: int | None, problem: str | None) -> tuple[str, str]:
    if problem == "timeout":
        return _TIMEOUT
    if problem is not None or status is None:
        return _FAILED
    return "Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]"


def checking(target: Target) -> Target:
    """The target when its registration is done and the first checks are on their way."""
    if target.state is not TargetState.INITIAL:
        return target
    return replace(target, reason=_IN_PROGRESS[0], description=_IN_PROGRESS[1])


def draining(target: Target, *, until_ms: int) -> Target:
    """The target after DeregisterTargets; the deregistration delay ends at `until_ms`."""
    return replace(
        target,
        state=TargetState.DRAINING,
        reason=_DRAINING[0],
        description=_DRAINING[1],
        draining_until_ms=until_ms,
    )


def not_in_use(target: Target) -> Target:
    """The target while no listener or rule forwards to its group."""
    return replace(
        target,
        state=TargetState.UNUSED,
        reason=_NOT_IN_USE[0],
        description=_NOT_IN_USE[1],
        in_a_row=0,
        last_outcome=None,
        became_healthy_at_ms=None,
    )


def not_registered(target: Target) -> Target:
    """The target when its deregistration is complete, or when it never was registered."""
    return replace(
        target, state=TargetState.UNUSED, reason=_NOT_REGISTERED[0], description=_NOT_REGISTERED[1]
    )
