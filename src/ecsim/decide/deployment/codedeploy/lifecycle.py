"""A deployment of CodeDeploy as a machine of phases: what is next, given how far it is.

Forward: BeforeInstall, Install (green comes), AfterInstall, AllowTestTraffic, AfterAllowTestTraffic, the wait until
somebody says go (if the group wants one), BeforeAllowTraffic, AllowTraffic (step by step), AfterAllowTraffic, the wait
before blue's end, blue's end. Back, as a deployment of its own: both listeners to blue, then green's end.

Source: CodeDeploy User Guide, deployment-steps-ecs, reference-appspec-file-structure-hooks, troubleshooting-ecs (the
time limits and the texts). Where the wait stands among the events, and that blue is gone when a deployment has
succeeded, is not documented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecsim.decide.deployment.stages import percent_text
from ecsim.model.codedeploy import (
    BACK,
    HOOKS,
    CodeDeployment,
    DeploymentState,
    Ended,
    EventRun,
    EventState,
    Phase,
)
from ecsim.model.reason import Reason, because
from ecsim.model.replacing import replace
from ecsim.model.strategy import ALL, MINUTE_MS

HOUR_MS = 60 * MINUTE_MS
INSTALL_MS = HOUR_MS
"""So long may the replacement task set take to become healthy. Source: CodeDeploy User Guide, troubleshooting-ecs."""

HOOK_MS = HOUR_MS
"""So long may a function take to report. Source: CodeDeploy User Guide, reference-appspec-file-structure-hooks."""

INSTALL_TIMED_OUT = (
    "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is "
    "60 minutes."
)
READY_TIMED_OUT = (
    "The deployment timed out while waiting for a notification to continue. This time out period is {minutes} "
    "minutes."
)
HOOK_TIMED_OUT = (
    "The deployment timed out while waiting for a status callback. CodeDeploy expects a status callback within one "
    "hour after a deployment hook is invoked."
)
HOOK_FAILED = "The deployment failed because one or more of the lifecycle event validation functions failed."
NOT_BEHIND = (
    "The ELB could not be updated due to the following error: Primary taskset target group must be behind "
    "listener"
)
"""Source of the five: CodeDeploy User Guide, troubleshooting-ecs."""

ALARM_ACTIVE = (
    "One or more alarms have been activated according to the Amazon CloudWatch metrics you selected, and the affected "
    "deployments have been stopped. Activated alarms: <{alarms}>"
)
STOPPED = "The deployment was stopped by a call of StopDeployment."
SERVICE_GONE = "The Amazon ECS service {service} is not ACTIVE any more."
NO_TASK_SET = "The Amazon ECS service has lost a task set of this deployment."
"""AWS's words for the last four are not documented (the first was seen in public threads)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the machine depends on besides the deployment.

    Attributes:
        is_active: whether the service is ACTIVE.
        blue_there, green_there: whether the task set is listed.
        blue_draining, green_draining: whether it was deleted and its tasks are on their way out.
        green_steady: whether green has all its tasks, all of them healthy.
        green_running: how many of its tasks are RUNNING.
        desired: how many tasks a task set of this service has.
        primary: the id of the PRIMARY task set.
        leftovers: task sets that an earlier deployment left behind.
        alarms: names of the watched alarms that are in ALARM.
        is_wired: whether the listeners send traffic to blue.
        refused: what Elastic Load Balancing said against the last shift, or an empty text.
    """

    now_ms: int
    is_active: bool = True
    blue_there: bool = True
    blue_draining: bool = False
    green_there: bool = False
    green_draining: bool = False
    green_steady: bool = False
    green_running: int = 0
    desired: int = 0
    primary: str = ""
    leftovers: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    is_wired: bool = True
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Nothing to do before `until_ms`, or before something changes."""

    reason: Reason
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Go on to a phase."""

    phase: Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTaskSet:
    """Create green."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesTraffic:
    """Give green these shares; `step` is how many steps of production are done then."""

    reason: Reason
    production: int | None = None
    test: int | None = None
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction:
    """Call the function of this phase."""

    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MakePrimary:
    """This task set is PRIMARY from now on."""

    task_set: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTaskSet:
    """Delete a task set."""

    task_set: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Give:
    """Give it up, as FAILED or Stopped; roll back or leave everything as it is."""

    status: DeploymentState
    ended: Ended
    reason: Reason
    roll_back: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed:
    """It is over, and good."""

    reason: Reason


Move = (
    Stay | Enter | CreateTaskSet | MovesTraffic | CallFunction | MakePrimary | DeleteTaskSet | Give | Succeed
)


def next_move(d: CodeDeployment, s: Situation) -> Move:
    """What is next."""
    given_up = _given_up(d, s)
    if given_up is not None:
        return given_up
    if d.status is DeploymentState.CREATED:
        return Enter(phase=d.phases[0])
    move = _WORK[d.phase](d, s)
    return move if move is not None else _next(d)


def _next(d: CodeDeployment) -> Move:
    phases = d.phases
    place = phases.index(d.phase) + 1
    if place < len(phases):
        return Enter(phase=phases[place])
    return Succeed(reason=because("codedeploy.succeed", deployment=d.id))


def can_stop(d: CodeDeployment) -> bool:
    """Whether StopDeployment still ends it: not when a task set is on its way out."""
    return d.phase is not Phase.TERMINATE


def _given_up(d: CodeDeployment, s: Situation) -> Give | None:
    """What ends a deployment in any phase, except when blue is on its way out already."""
    if not s.is_active:
        text = SERVICE_GONE.format(service=d.plan.service)
        return _fail(d, "INVALID_ECS_SERVICE", text, because("codedeploy.no_service"), can_return=False)
    if d.phase is Phase.TERMINATE:
        return None
    if d.stopping is not None:
        return Give(
            status=DeploymentState.STOPPED,
            ended=Ended(code="MANUAL_STOP", message=STOPPED),
            reason=because("codedeploy.stop_requested"),
            roll_back=d.stopping and _can_return(d, s),
        )
    if s.alarms and not d.is_rollback:
        alarms = ", ".join(s.alarms)
        return Give(
            status=DeploymentState.STOPPED,
            ended=Ended(code="ALARM_ACTIVE", message=ALARM_ACTIVE.format(alarms=alarms)),
            reason=because("codedeploy.alarm", alarms=alarms),
            roll_back=_wants(d, "DEPLOYMENT_STOP_ON_ALARM") and _can_return(d, s),
        )
    if s.refused:
        return _fail(
            d, "ELASTIC_LOAD_BALANCING_INVALID", s.refused, because("codedeploy.elb", text=s.refused)
        )
    lost = not s.blue_there or (d.green is not None and not s.green_there)
    if lost and d.status is not DeploymentState.CREATED:
        return _fail(d, "ECS_UPDATE_ERROR", NO_TASK_SET, because("codedeploy.lost"), can_return=s.blue_there)
    return None


def _wants(d: CodeDeployment, event: str) -> bool:
    return event in d.plan.rollback_events


def _can_return(d: CodeDeployment, s: Situation) -> bool:
    """Whether there is anything to go back from, and to. Source: reference-appspec-file-structure-hooks."""
    return d.green is not None and s.blue_there and not s.blue_draining and not d.is_rollback


def _fail(
    d: CodeDeployment, code: str, message: str, reason: Reason, *, can_return: bool | None = None
) -> Give:
    able = (
        d.green is not None and not d.is_rollback
        if can_return is None
        else can_return and d.green is not None
    )
    return Give(
        status=DeploymentState.FAILED,
        ended=Ended(code=code, message=message),
        reason=reason,
        roll_back=able and _wants(d, "DEPLOYMENT_FAILURE"),
    )


def _hook(d: CodeDeployment, s: Situation) -> Move | None:
    """The phase's function: called once, then its report is awaited."""
    function = d.spec.hooks.get(d.phase)
    if function is None:
        return None
    call = d.hook
    if call is None:
        return CallFunction(function=function)
    if call.problem:
        reason = because("codedeploy.hook_failed", event=str(d.phase), function=function)
        return _fail(d, "HOOK_EXECUTION_FAILURE", call.problem, reason)
    if call.status is not None and s.now_ms >= call.counts_at_ms:
        if call.status == "Succeeded":
            return None
        reason = because("codedeploy.hook_failed", event=str(d.phase), function=function)
        return _fail(d, "HOOK_EXECUTION_FAILURE", HOOK_FAILED, reason)
    limit = call.called_at_ms + HOOK_MS
    if s.now_ms >= limit:
        reason = because("codedeploy.hook_timed_out", event=str(d.phase), function=function)
        return _fail(d, "TIMEOUT", HOOK_TIMED_OUT, reason)
    until = limit if call.status is None else min(limit, call.counts_at_ms)
    return Stay(reason=because("codedeploy.hook", event=str(d.phase), function=function), until_ms=until)


def _install(d: CodeDeployment, s: Situation) -> Move | None:
    if d.green is None:
        if not s.is_wired:
            return _fail(d, "ELASTIC_LOAD_BALANCING_INVALID", NOT_BEHIND, because("codedeploy.not_behind"))
        if d.shifted_at_ms is None:
            return MovesTraffic(reason=because("codedeploy.attach"), production=0)
        if s.leftovers:
            return DeleteTaskSet(task_set=s.leftovers[0], reason=because("codedeploy.leftover"))
        return CreateTaskSet(reason=because("codedeploy.create", desired=s.desired))
    if s.green_steady:
        return None
    until = d.entered_at_ms + INSTALL_MS
    if s.now_ms >= until:
        return _fail(d, "TIMEOUT", INSTALL_TIMED_OUT, because("codedeploy.install_timed_out"))
    reason = because("codedeploy.install", running=s.green_running, desired=s.desired)
    return Stay(reason=reason, until_ms=until)


def _test_traffic(d: CodeDeployment, _: Situation) -> Move | None:
    goal = 0 if d.is_rollback else ALL
    if d.plan.test is None or d.shifted_at_ms is not None:
        return None
    return MovesTraffic(reason=because("codedeploy.test", percent=percent_text(goal)), test=goal)


def _ready(d: CodeDeployment, s: Situation) -> Move | None:
    wait_ms = d.plan.ready_wait_ms
    if wait_ms is None or d.continued:
        return None
    minutes, until = wait_ms // MINUTE_MS, d.entered_at_ms + wait_ms
    if s.now_ms < until:
        return Stay(reason=because("codedeploy.ready_wait", minutes=minutes), until_ms=until)
    failed = _fail(
        d,
        "TIMEOUT",
        READY_TIMED_OUT.format(minutes=minutes),
        because("codedeploy.ready_timed_out", minutes=minutes),
    )
    return replace(failed, status=DeploymentState.STOPPED)


def _traffic(d: CodeDeployment, s: Situation) -> Move | None:
    if d.is_rollback:
        if d.shifted_at_ms is None:
            return MovesTraffic(reason=because("codedeploy.shift_back"), production=0)
        return _primary(d.blue, s)
    assert d.green is not None, f"{d.id} has no replacement task set"
    if d.step == len(d.steps):
        return _primary(d.green, s)
    until = d.shifted_at_ms + d.interval_ms if d.shifted_at_ms is not None else s.now_ms
    if s.now_ms < until:
        minutes = d.interval_ms // MINUTE_MS
        reason = because("codedeploy.interval", percent=percent_text(d.production), minutes=minutes)
        return Stay(reason=reason, until_ms=until)
    share = d.steps[d.step]
    reason = because("codedeploy.shift", percent=percent_text(share), step=d.step + 1, steps=len(d.steps))
    return MovesTraffic(reason=reason, production=share, step=d.step + 1)


def _primary(task_set: str, s: Situation) -> Move | None:
    if s.primary == task_set:
        return None
    return MakePrimary(task_set=task_set, reason=because("codedeploy.primary", task_set=task_set))


def _termination_wait(d: CodeDeployment, s: Situation) -> Move | None:
    wait_ms = d.plan.termination_wait_ms
    until = d.entered_at_ms + wait_ms
    if d.continued or s.now_ms >= until:
        return None
    reason = because("codedeploy.termination_wait", minutes=wait_ms // MINUTE_MS)
    return Stay(reason=reason, until_ms=until)


def _terminate(d: CodeDeployment, s: Situation) -> Move | None:
    """The task set that has lost its traffic goes: blue, on the way back green."""
    leaving = d.green if d.is_rollback else d.blue
    there, draining = (s.green_there, s.green_draining) if d.is_rollback else (s.blue_there, s.blue_draining)
    if not there or leaving is None:
        return None
    if not draining:
        return DeleteTaskSet(task_set=leaving, reason=because("codedeploy.terminate", task_set=leaving))
    return Stay(reason=because("codedeploy.draining", task_set=leaving))


_WORK: Mapping[Phase, Callable[[CodeDeployment, Situation], Move | None]] = {
    **dict.fromkeys(HOOKS, _hook),
    Phase.INSTALL: _install,
    Phase.ALLOW_TEST_TRAFFIC: _test_traffic,
    Phase.READY_WAIT: _ready,
    Phase.ALLOW_TRAFFIC: _traffic,
    Phase.TERMINATION_WAIT: _termination_wait,
    Phase.TERMINATE: _terminate,
}


# What a move makes of the deployment


def pending(phases: tuple[Phase, ...], *, has_test: bool) -> tuple[EventRun, ...]:
    """The lifecycle events of a deployment that has not begun; a rollback moves test traffic if there is a listener."""
    back = phases == BACK
    return tuple(
        EventRun(phase=phase)
        for phase in phases
        if phase.is_event and (has_test or not back or phase is not Phase.ALLOW_TEST_TRAFFIC)
    )


def entered(d: CodeDeployment, phase: Phase, now_ms: int) -> CodeDeployment:
    """The deployment at the beginning of a phase; the event before it is over."""
    d = _closed(d, EventState.SUCCEEDED, now_ms)
    run = d.event(phase)
    if run is not None:
        d = d.with_event(replace(run, status=EventState.IN_PROGRESS, started_at_ms=now_ms))
    return replace(
        d,
        status=DeploymentState.READY if _waits(d, phase) else DeploymentState.IN_PROGRESS,
        started_at_ms=now_ms if d.started_at_ms is None else d.started_at_ms,
        phase=phase,
        entered_at_ms=now_ms,
        updated_at_ms=now_ms,
        shifted_at_ms=None,
        hook=None,
        continued=False,
    )


def ended(d: CodeDeployment, status: DeploymentState, why: Ended | None, now_ms: int) -> CodeDeployment:
    """The deployment when it is over; events that never came are Skipped."""
    failed = EventState.FAILED if why is not None else EventState.SUCCEEDED
    d = _closed(d, failed, now_ms, why.message if why is not None else "")
    runs = tuple(
        replace(run, status=EventState.SKIPPED) if run.status is EventState.PENDING else run
        for run in d.events
    )
    return replace(
        d, status=status, ended=why, completed_at_ms=now_ms, updated_at_ms=now_ms, events=runs, hook=None
    )


def _waits(d: CodeDeployment, phase: Phase) -> bool:
    if phase is Phase.READY_WAIT:
        return d.plan.ready_wait_ms is not None
    return phase is Phase.TERMINATION_WAIT and d.plan.termination_wait_ms > 0


def _closed(d: CodeDeployment, status: EventState, now_ms: int, problem: str = "") -> CodeDeployment:
    """The deployment without an event in progress. What had nothing to do was Skipped."""
    run = d.event(d.phase)
    if run is None or run.status is not EventState.IN_PROGRESS:
        return d
    idle = d.phase in HOOKS and d.phase not in d.spec.hooks
    idle = idle or (d.phase is Phase.ALLOW_TEST_TRAFFIC and d.plan.test is None)
    if status is EventState.SUCCEEDED and idle:
        status = EventState.SKIPPED
    return d.with_event(replace(run, status=status, ended_at_ms=now_ms, problem=problem))


def deployment_id(drawn: str) -> str:
    """An id in CodeDeploy's form, of nine letters and digits. Source: CodeDeploy User Guide, its examples."""
    return f"d-{drawn.upper()}"


def fields(d: CodeDeployment) -> dict[str, object]:
    """What the journal tells of a deployment's state."""
    told: dict[str, object] = {"status": str(d.status), "group": f"{d.application}/{d.group}"}
    if d.ended is not None:
        told |= {"code": d.ended.code, "message": d.ended.message}
    if d.rollback_of is not None:
        told["rollback_of"] = d.rollback_of
    return told
