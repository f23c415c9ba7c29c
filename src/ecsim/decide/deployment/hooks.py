"""Lifecycle hooks: what a function's answer means, and when a hook needs attention.

Source: ECS Developer Guide, lambda-lifecycle-hooks, pause-lifecycle-hooks, troubleshooting-blue-green.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsim.model.replacing import replace
from ecsim.model.strategy import (
    ALL,
    MINUTE_MS,
    Hook,
    HookRun,
    HookStatus,
    HookTarget,
    Progress,
    Stage,
)

CALL_BACK_S = 30
"""When a function that answered IN_PROGRESS is called again, unless it says so itself."""

CALL_BACK_MAX_S = 24 * 3_600
ANSWER_MS = 15 * MINUTE_MS
"""A function must answer within this time. Source: ECS Developer Guide, blue-green-deployment-how-it-works."""


def begin(hook: Hook, place: int, hook_id: str, now_ms: int) -> HookRun:
    """A configured hook as its stage starts it."""
    paused = hook.target_type is HookTarget.PAUSE
    return HookRun(
        id=hook_id,
        hook=place,
        target_type=hook.target_type,
        target_arn=hook.target_arn,
        status=HookStatus.AWAITING_ACTION if paused else HookStatus.IN_PROGRESS,
        expires_at_ms=now_ms + hook.timeout_ms,
        timeout_continues=hook.timeout_continues,
        details=hook.details,
        due_at_ms=None if paused else now_ms,
    )


def is_due(run: HookRun, now_ms: int) -> bool:
    """Whether the function is to be called now."""
    return run.status is HookStatus.IN_PROGRESS and run.due_at_ms is not None and run.due_at_ms <= now_ms


def moments(run: HookRun) -> list[int]:
    """When an open hook needs attention again."""
    return [moment for moment in (run.expires_at_ms, run.due_at_ms, run.answered_at_ms) if moment is not None]


def called(run: HookRun, answer: Mapping[str, Any] | str, *, takes_ms: int, now_ms: int) -> HookRun:
    """The hook after its function was called; the answer counts when it has arrived."""
    if takes_ms > ANSWER_MS:
        answer = {"errorMessage": f"Task timed out after {ANSWER_MS // 1_000}.00 seconds"}
        takes_ms = ANSWER_MS
    return replace(run, due_at_ms=None, answer=answer, answered_at_ms=now_ms + takes_ms)


def heard(run: HookRun, now_ms: int) -> HookRun:
    """The hook after what has arrived by now: an answer, or the end of its time. The same one when nothing has."""
    if not run.status.is_open:
        return run
    if run.answered_at_ms is not None and run.answered_at_ms <= min(now_ms, run.expires_at_ms):
        return _understood(run, run.answered_at_ms)
    if now_ms >= run.expires_at_ms:
        who = f"target {run.target_arn}" if run.target_arn else run.id
        problem = f"Lifecycle hook {who} timed out."  # AWS's words are not documented
        return replace(
            run,
            status=HookStatus.TIMED_OUT,
            due_at_ms=None,
            answered_at_ms=None,
            answer=None,
            problem=problem,
        )
    return run


def _understood(run: HookRun, now_ms: int) -> HookRun:
    """The hook after its function's answer."""
    answer, arn = run.answer, run.target_arn
    done = replace(run, answer=None, answered_at_ms=None)
    if not isinstance(answer, Mapping):
        return _failed(done, f"ECS was unable to invoke hook target {arn} due to {answer}")
    status = answer.get("hookStatus")
    if status == HookStatus.SUCCEEDED:
        return replace(done, status=HookStatus.SUCCEEDED)
    if status == HookStatus.FAILED:
        return _failed(done, f"Lifecycle hook target {arn} returned FAILED status.")
    if status != HookStatus.IN_PROGRESS:
        what = "HookStatus must not be null" if status is None else f"{status!r} is no HookStatus"
        return _failed(done, f"ECS was unable to parse the response from {arn} due to {what}")
    delay_s = _delay_s(answer.get("callBackDelay"))
    more = answer.get("hookDetails")
    details = {**run.details, **more} if isinstance(more, Mapping) else run.details
    return replace(done, due_at_ms=now_ms + round(delay_s * 1_000), details=details)


def _delay_s(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= CALL_BACK_MAX_S:
        return CALL_BACK_S
    return given


def _failed(run: HookRun, problem: str) -> HookRun:
    return replace(run, status=HookStatus.FAILED, problem=problem)


def continued(run: HookRun, *, rollback: bool) -> HookRun:
    """A paused hook after ContinueServiceDeployment."""
    if not rollback:
        return replace(run, status=HookStatus.SUCCEEDED)
    return _failed(run, f"Lifecycle hook {run.id} was rolled back.")  # AWS's words are not documented


def payload(
    progress: Progress,
    run: HookRun,
    *,
    execution_id: str,
    service_arn: str,
    deployment_arn: str,
    revisions: Mapping[str, str],
) -> dict[str, Any]:
    """The event that a hook's function gets.

    The weights are told in the stages that shift them, and production's before it is shifted.

    Args:
        progress: how far the deployment is.
        run: the hook.
        execution_id: of this call.
        service_arn: the service.
        deployment_arn: the service deployment.
        revisions: service revision ARNs by deployment id.
    """
    test, production = {}, {}
    if progress.stage is Stage.TEST_TRAFFIC_SHIFT:
        test = _weights(progress, progress.test, revisions)
    if progress.stage in (Stage.PRE_PRODUCTION_TRAFFIC_SHIFT, Stage.PRODUCTION_TRAFFIC_SHIFT):
        production = _weights(progress, progress.production, revisions)
    event = {
        "executionId": execution_id,
        "lifecycleStage": str(progress.stage),
        "resourceArn": deployment_arn,
        "executionDetails": {
            "serviceArn": service_arn,
            "targetServiceRevisionArn": revisions[progress.target],
            "testTrafficWeights": test,
            "productionTrafficWeights": production,
        },
    }
    return event | ({"hookDetails": dict(run.details)} if run.details else {})


def fields(progress: Progress, run: HookRun) -> dict[str, object]:
    """What the journal tells of a hook."""
    return {
        "stage": str(progress.stage),
        "hook": run.id,
        "type": str(run.target_type),
        "target": run.target_arn,
        "status": str(run.status),
        "expires_at_ms": run.expires_at_ms,
        "timeout_action": "CONTINUE" if run.timeout_continues else "ROLLBACK",
    }


def _weights(progress: Progress, share: int, revisions: Mapping[str, str]) -> dict[str, float]:
    weights = {revisions[progress.target]: percent(share)}
    if progress.source is not None:
        weights[revisions[progress.source]] = percent(ALL - share)
    return weights


def percent(tenths: int) -> float:
    """Tenths of a percent as a percentage: whole where it is whole."""
    return tenths // 10 if tenths % 10 == 0 else tenths / 10
