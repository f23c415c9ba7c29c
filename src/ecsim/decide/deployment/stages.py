"""A deployment with traffic shifting as a machine of stages: what is next, given how far it is.

Forward, stage by stage: RECONCILE_SERVICE (only when older revisions are in the way), PRE_SCALE_UP, SCALE_UP,
POST_SCALE_UP, TEST_TRAFFIC_SHIFT, POST_TEST_TRAFFIC_SHIFT, then PRE_PRODUCTION_TRAFFIC_SHIFT and
PRODUCTION_TRAFFIC_SHIFT once for every step of traffic, POST_PRODUCTION_TRAFFIC_SHIFT, BAKE_TIME, CLEAN_UP. A stage
does its work, then runs its hooks; when both are done the next one begins.

Back: SCALE_UP (until blue has a healthy task), PRODUCTION_TRAFFIC_SHIFT, TEST_TRAFFIC_SHIFT, CLEAN_UP. The Lambda hooks
of the two shifts run again, and what they answer holds nothing up. Source: ECS Developer Guide,
blue-green-deployment-how-it-works, canary-deployment, lambda-lifecycle-hooks; ecs-behaviour.md 5.14. The order within
a stage is not documented, nor is what a failing hook does to a rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ecsim.decide.deployment import hooks
from ecsim.model.reason import Reason, because
from ecsim.model.replacing import replace
from ecsim.model.strategy import ALL, MINUTE_MS, SHIFT_STAGES, HookStatus, Progress, Shifting, Stage, Strategy

STAGE_MS = 24 * 60 * MINUTE_MS
"""A stage, and each step of production traffic, may last this long. Source: ECS Developer Guide, canary-deployment."""

DEPLOYMENT_MS = 30 * 24 * 60 * MINUTE_MS
"""A whole deployment may last this long. Source: ECS Developer Guide, canary-deployment."""

SLOW_MS = 10 * MINUTE_MS
"""A shift takes this much longer behind a Network Load Balancer.

Source: ECS Developer Guide, nlb-resources-for-blue-green.
"""

_ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What of the service the machine depends on.

    Attributes:
        green_healthy, blue_healthy: tasks of the revision that count as healthy.
        green_left, blue_left: its tasks that are not STOPPED.
        others_left: tasks of revisions that are neither.
        is_slow: whether a Network Load Balancer is involved.
    """

    now_ms: int
    desired: int
    green_healthy: int = 0
    blue_healthy: int = 0
    green_left: int = 0
    blue_left: int = 0
    others_left: int = 0
    is_slow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """Nothing to do before `until_ms`, or before something changes."""

    reason: Reason
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """This is how far it is now; `reason` is None when that is not worth a word."""

    progress: Progress
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Move traffic to the shares in `progress`; then this is how far it is."""

    progress: Progress
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginHooks:
    """Start this stage's hooks: their places among the configured ones."""

    hooks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHook:
    """Call a hook's function now."""

    hook_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """It cannot go on; `text` is why, as AWS words it after "Service deployment rolled back because"."""

    reason: Reason
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive:
    """It is over."""


Move = Stay | Go | Shift | BeginHooks | CallHook | GiveUp | Arrive


def steps_of(strategy: Strategy, *, percent: int = ALL) -> tuple[int, ...]:
    """Green's share of production after each step, in tenths of a percent.

    Args:
        strategy: BLUE_GREEN jumps, CANARY first takes `percent`, LINEAR adds `percent` each time.
        percent: in tenths of a percent, above 0.

    Source: botocore ecs CanaryConfiguration, LinearConfiguration; ecs-behaviour.md 5.14.
    """
    if strategy is Strategy.CANARY:
        return (percent, ALL) if percent < ALL else (ALL,)
    if strategy is Strategy.LINEAR:
        count = -(-ALL // percent)
        return tuple(min(ALL, percent * nth) for nth in range(1, count + 1))
    return (ALL,)


def begun(
    *, target: str, source: str | None, shifting: Shifting, others: bool, production: int, now_ms: int
) -> Progress:
    """A deployment with traffic shifting as it begins.

    Args:
        target: the deployment that comes in.
        source: the one that serves production, or None.
        shifting: as configured.
        others: whether there are older revisions beside the source.
        production: the share of production that goes to the target's target group already.
        now_ms: the present moment.
    """
    return Progress(
        target=target,
        source=source,
        stage=Stage.RECONCILE_SERVICE if others else Stage.PRE_SCALE_UP,
        started_at_ms=now_ms,
        entered_at_ms=now_ms,
        production=production,
        shifting=shifting,
    )


def turned_back(progress: Progress, *, source: str, now_ms: int) -> Progress:
    """The same deployment at the beginning of its way back to `source`."""
    return replace(
        progress,
        source=source,
        stage=Stage.SCALE_UP,
        entered_at_ms=now_ms,
        step=0,
        shifted_at_ms=None,
        hooks=(),
        are_hooks_begun=False,
        is_rollback=True,
        is_checked=True,
        problem="",
    )


def next_move(progress: Progress, situation: Situation) -> Move:
    """What is next."""
    if progress.problem and not progress.is_rollback:
        return GiveUp(reason=because("strategy.network", text=progress.problem), text=progress.problem)
    waiting = _work(progress, situation)
    if isinstance(waiting, Stay) and not progress.is_rollback:
        return _in_time(progress, situation.now_ms, waiting)
    if waiting is not None:
        return waiting
    if not progress.are_hooks_begun:
        return _begin_hooks(progress)
    held = _hooks(progress, situation.now_ms)
    if held is not None:
        return held
    baking = _step_bake(progress, situation)
    return baking if baking is not None else _next(progress, situation.now_ms)


def _work(p: Progress, s: Situation) -> Move | None:
    """The stage's own work; None when it is done, or when there is none."""
    work = _WORK.get(p.stage)
    return work(p, s) if work is not None else None


def _reconcile(p: Progress, s: Situation) -> Move | None:
    if p.shifted_at_ms is None:
        return _shift(p, s.now_ms, production=0)
    return Stay(reason=because("strategy.reconcile", left=s.others_left)) if s.others_left else None


def _scale_up(p: Progress, s: Situation) -> Move | None:
    if p.is_rollback:
        return _blue_up(p, s)
    if s.green_healthy >= s.desired:
        return None
    return Stay(
        reason=because("strategy.scale_up", healthy=s.green_healthy, desired=s.desired, deployment=p.target)
    )


def _move_traffic(p: Progress, s: Situation) -> Move | None:
    if p.shifted_at_ms is None:
        if p.stage is Stage.TEST_TRAFFIC_SHIFT:
            return _shift(p, s.now_ms, test=0 if p.is_rollback else ALL)
        return _shift(p, s.now_ms, production=0 if p.is_rollback else p.shifting.steps[p.step])
    until = _settled_at(p, s)
    if s.now_ms >= until:
        return None
    return Stay(
        reason=because("strategy.settle", stage=str(p.stage), minutes=SLOW_MS // MINUTE_MS), until_ms=until
    )


def _bake(p: Progress, s: Situation) -> Move | None:
    """Both revisions run; a first deployment has only one, and nothing to go back to."""
    until = p.entered_at_ms + (p.shifting.bake_ms if p.source is not None else 0)
    if s.now_ms >= until:
        return None
    return Stay(reason=because("strategy.bake", minutes=p.shifting.bake_ms // MINUTE_MS), until_ms=until)


def _clean_up(p: Progress, s: Situation) -> Move | None:
    left = (s.green_left if p.is_rollback else s.blue_left) + s.others_left
    if not left:
        return None
    deployment = p.target if p.is_rollback else p.source or ""
    return Stay(reason=because("strategy.clean_up", left=left, deployment=deployment))


def _blue_up(p: Progress, s: Situation) -> Move | None:
    """On the way back, traffic moves as soon as blue can take it; after a stage's time in any case."""
    if not p.production or s.blue_healthy or not s.desired or s.now_ms >= p.entered_at_ms + STAGE_MS:
        return None
    return Stay(
        reason=because(
            "strategy.scale_up", healthy=s.blue_healthy, desired=s.desired, deployment=p.source or ""
        ),
        until_ms=p.entered_at_ms + STAGE_MS,
    )


def _shift(p: Progress, now_ms: int, *, production: int | None = None, test: int | None = None) -> Shift:
    if production is not None:
        reason = because(
            "strategy.shift_production",
            percent=percent_text(production),
            deployment=p.target,
            step=p.step + 1,
            steps=1 if p.is_rollback or p.stage is Stage.RECONCILE_SERVICE else len(p.shifting.steps),
        )
        return Shift(progress=replace(p, production=production, shifted_at_ms=now_ms), reason=reason)
    share = p.test if test is None else test
    reason = because("strategy.shift_test", percent=percent_text(share), deployment=p.target)
    return Shift(progress=replace(p, test=share, shifted_at_ms=now_ms), reason=reason)


def percent_text(tenths: int) -> str:
    """Tenths of a percent as people write them: 1000 is "100", 55 is "5.5"."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def _settled_at(p: Progress, s: Situation) -> int:
    """When the shift of this stage is through."""
    return (p.shifted_at_ms or 0) + (SLOW_MS if s.is_slow else 0)


def _step_bake(p: Progress, s: Situation) -> Stay | None:
    """Between two steps of production traffic; none after the last."""
    last = p.step + 1 >= len(p.shifting.steps)
    if p.is_rollback or p.stage is not Stage.PRODUCTION_TRAFFIC_SHIFT or last:
        return None
    until = _settled_at(p, s) + p.shifting.step_bake_ms
    if s.now_ms >= until:
        return None
    minutes = p.shifting.step_bake_ms // MINUTE_MS
    return Stay(
        reason=because("strategy.step_bake", percent=percent_text(p.production), minutes=minutes),
        until_ms=until,
    )


def _in_time(p: Progress, now_ms: int, stay: Stay) -> Move:
    """Wait, but not for ever. Waiting for a bake time is not what the limit is for."""
    late = _too_late(p, now_ms)
    if late is not None:
        return late
    limits = [p.started_at_ms + DEPLOYMENT_MS]
    if p.stage is not Stage.BAKE_TIME:
        limits.append(p.entered_at_ms + STAGE_MS)
    if stay.until_ms is not None:
        limits.append(stay.until_ms)
    return replace(stay, until_ms=min(limits))


def _too_late(p: Progress, now_ms: int) -> GiveUp | None:
    """The limits of a stage and of the whole deployment. AWS's words for them are not documented."""
    if now_ms >= p.started_at_ms + DEPLOYMENT_MS:
        return GiveUp(
            reason=because("strategy.deployment_timeout", days=30), text="the deployment timed out."
        )
    if p.stage is not Stage.BAKE_TIME and now_ms >= p.entered_at_ms + STAGE_MS:
        return GiveUp(
            reason=because("strategy.stage_timeout", stage=str(p.stage), hours=24),
            text=f"the {p.stage} lifecycle stage timed out.",
        )
    return None


def _begin_hooks(p: Progress) -> Move:
    """Which hooks this stage has; on the way back only those of the shifts."""
    due = tuple(
        place
        for place, hook in enumerate(p.shifting.hooks)
        if p.stage in hook.stages and (not p.is_rollback or p.stage in SHIFT_STAGES)
    )
    return BeginHooks(hooks=due) if due else Go(progress=replace(p, are_hooks_begun=True))


def _hooks(p: Progress, now_ms: int) -> Move | None:
    """What the hooks of this stage need; None when the stage need not wait for them."""
    for run in p.hooks:
        heard = hooks.heard(run, now_ms)
        if heard is not run:
            runs = tuple(heard if each is run else each for each in p.hooks)
            return Go(progress=replace(p, hooks=runs))
    for run in p.hooks:
        stops = run.status is HookStatus.FAILED or (
            run.status is HookStatus.TIMED_OUT and not run.timeout_continues
        )
        if stops and not p.is_rollback:
            reason = because(
                "strategy.hook_failed" if run.status is HookStatus.FAILED else "strategy.hook_timed_out",
                stage=str(p.stage),
                target=run.target_arn or run.id,
            )
            return GiveUp(reason=reason, text=f"{p.stage} lifecycle hook(s) failed. {run.problem}")
    for run in p.hooks:
        if hooks.is_due(run, now_ms):
            return CallHook(hook_id=run.id)
    waiting = [run for run in p.hooks if run.status.is_open]
    if not waiting:
        return None
    moments = [moment for run in waiting for moment in hooks.moments(run)]
    reason = because("strategy.hooks", stage=str(p.stage), open=len(waiting))
    paused = any(run.status is HookStatus.AWAITING_ACTION for run in waiting)
    if paused or p.is_rollback:  # a pause has a limit of its own, longer than a stage's
        return Stay(reason=reason, until_ms=min(moments))
    return _in_time(p, now_ms, Stay(reason=reason, until_ms=min(moments)))


def _next(p: Progress, now_ms: int) -> Move:
    """The next stage, or the end."""
    following = _following(p)
    if following is None:
        return Arrive()
    again = following is Stage.PRE_PRODUCTION_TRAFFIC_SHIFT and p.stage is Stage.PRODUCTION_TRAFFIC_SHIFT
    return Go(
        progress=replace(
            p,
            stage=following,
            step=p.step + 1 if again else p.step,
            entered_at_ms=now_ms,
            shifted_at_ms=None,
            hooks=(),
            are_hooks_begun=False,
        ),
        reason=because("strategy.stage", stage=str(following), before=str(p.stage)),
    )


def _following(p: Progress) -> Stage | None:
    if p.is_rollback:
        back = (Stage.SCALE_UP, Stage.PRODUCTION_TRAFFIC_SHIFT, Stage.TEST_TRAFFIC_SHIFT, Stage.CLEAN_UP)
        place = back.index(p.stage) + 1
        return back[place] if place < len(back) else None
    if p.stage is Stage.PRODUCTION_TRAFFIC_SHIFT and p.step + 1 < len(p.shifting.steps):
        return Stage.PRE_PRODUCTION_TRAFFIC_SHIFT
    place = _ORDER.index(p.stage) + 1
    return _ORDER[place] if place < len(_ORDER) else None


_WORK: Mapping[Stage, Callable[[Progress, Situation], Move | None]] = {
    Stage.RECONCILE_SERVICE: _reconcile,
    Stage.SCALE_UP: _scale_up,
    Stage.TEST_TRAFFIC_SHIFT: _move_traffic,
    Stage.PRODUCTION_TRAFFIC_SHIFT: _move_traffic,
    Stage.BAKE_TIME: _bake,
    Stage.CLEAN_UP: _clean_up,
}
