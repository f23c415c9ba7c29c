"""A look at a service whose deployment shifts traffic: keep both revisions as they should be, and move on.

Green has no tasks before SCALE_UP and all of them from then on; blue keeps all of its own until CLEAN_UP. On the way
back it is the other way round. Source: botocore ecs ServiceDeployment.lifecycleStage; ecs-behaviour.md 5.14.
"""

from __future__ import annotations

from ecsim.decide.deployment import stages, wiring
from ecsim.decide.deployment.stages import Arrive, BeginHooks, CallHook, GiveUp, Go, Shift, Situation, Stay
from ecsim.decide.plan import (
    Action,
    CallFunction,
    CompleteDeployment,
    DropDeployment,
    FailDeployment,
    Plan,
    SetDesired,
    SetProgress,
    StartHooks,
    StartTasks,
    StopTask,
    Wait,
)
from ecsim.decide.service.condition import Condition, Seen
from ecsim.decide.service.percents import max_total
from ecsim.decide.service.protection import hold
from ecsim.decide.service.replacement import replace_unhealthy
from ecsim.decide.service.scale import scaling_stopped_reason, stop_surplus
from ecsim.model.network import Wiring
from ecsim.model.reason import because
from ecsim.model.replacing import replace
from ecsim.model.service import Deployment, RolloutState, Service
from ecsim.model.strategy import Progress, Stage, Strategy
from ecsim.model.task import StopCode

_BEFORE_GREEN = (Stage.RECONCILE_SERVICE, Stage.PRE_SCALE_UP)


def is_under_way(service: Service) -> bool:
    """Whether a deployment with traffic shifting is on its way, forward or back, or has left something behind."""
    return service.progress is not None


def is_left_behind(service: Service) -> bool:
    """Whether another deployment has taken the place of the one that shifted traffic, and shifts none itself.

    Until that is seen to, nothing may be decided about the PRIMARY: it is not the one that `progress` tells of.
    """
    progress = service.progress
    if progress is None:
        return False
    newest = progress.source if progress.is_rollback else progress.target
    rolling = service.deployment_configuration.strategy is Strategy.ROLLING
    return service.deployment(progress.target) is None or (service.primary.id != newest and rolling)


def plan(service: Service, seen: list[Seen], known: Wiring, now_ms: int) -> Plan:
    """What to do now."""
    progress = service.progress
    assert progress is not None, f"{service.name} shifts no traffic"
    if is_left_behind(service):
        return _leave(service, progress)
    if not progress.is_checked:
        problem = wiring.problem(service, progress, known)
        return (SetProgress(progress=replace(progress, is_checked=True, problem=problem)),)
    actions: list[Action] = []
    waits: list[Action] = []
    for deployment in reversed(service.deployments):
        wanted = _wanted(service, progress, deployment)
        mine = [s for s in seen if s.task.deployment_id == deployment.id]
        for action in _keep(service, deployment, wanted, mine, now_ms):
            (waits if isinstance(action, Wait) else actions).append(action)
    move = stages.next_move(progress, _situation(service, progress, seen, known, now_ms))
    later = [s.until_ms for s in seen if s.until_ms is not None]
    return (*actions, *_do(service, progress, move), *_waits(waits, move, later, now_ms))


def _leave(service: Service, progress: Progress) -> Plan:
    """Give production back to blue, whose target group a rolling deployment goes on with."""
    reason = because("strategy.left", deployment=progress.target)
    back = replace(progress, production=0, test=0)
    shifts = progress.source is not None and service.deployment(progress.target) is not None
    return (
        SetProgress(progress=back, reason=reason, shifts=shifts),
        SetProgress(progress=None),
    )


def _wanted(service: Service, progress: Progress, deployment: Deployment) -> int:
    """How many tasks a deployment should have now."""
    desired, back, last = service.desired_count, progress.is_rollback, progress.stage is Stage.CLEAN_UP
    if deployment.id == progress.target:
        if back:
            return 0 if last else min(desired, deployment.desired_count)
        return 0 if progress.stage in _BEFORE_GREEN else desired
    if deployment.id == progress.source:
        return 0 if last and not back else desired
    return 0


def _keep(
    service: Service, deployment: Deployment, wanted: int, mine: list[Seen], now_ms: int
) -> list[Action]:
    """Bring one deployment to the number of tasks that it should have, and replace its unhealthy ones.

    Tasks that must leave a DRAINING container instance go when others have taken their place.
    """
    actions: list[Action] = []
    if deployment.desired_count != wanted:
        actions.append(SetDesired(deployment_id=deployment.id, count=wanted))
    if wanted == 0:
        return actions + _empty(service, deployment, mine)
    coming = deployment.rollout_state is RolloutState.IN_PROGRESS and deployment.rolled_back_from is None
    state = RolloutState.IN_PROGRESS if coming else RolloutState.COMPLETED
    if deployment.rollout_state is RolloutState.FAILED:
        return actions  # it launches nothing more, and goes as soon as its traffic has gone
    alone = replace(service, desired_count=wanted, deployments=(replace(deployment, rollout_state=state),))
    staying = [s for s in mine if not s.is_leaving]
    steps = replace_unhealthy(alone, mine) or stop_surplus(alone, staying)
    if steps:
        return actions + steps
    if sum(1 for s in staying if s.condition is Condition.HEALTHY) >= wanted:
        actions += _empty(service, deployment, [s for s in mine if s.is_leaving])
    active = sum(1 for s in staying if s.condition not in (Condition.STOPPING, Condition.UNHEALTHY))
    room = max_total(wanted, service.deployment_configuration.maximum_percent) - len(mine)
    start = min(wanted - active, room)
    if start <= 0:
        return actions
    if now_ms < deployment.next_launch_at_ms:
        delay_s = -(-(deployment.next_launch_at_ms - now_ms) // 1_000)
        reason = because("throttle.wait", failed_launches=deployment.failed_launches, delay_s=delay_s)
        return [*actions, Wait(reason=reason, until_ms=deployment.next_launch_at_ms)]
    reason = because(
        "strategy.start",
        start=start,
        active=active,
        desired=wanted,
        deployment=deployment.id,
    )
    return [*actions, StartTasks(deployment_id=deployment.id, count=start, reason=reason)]


def _empty(service: Service, deployment: Deployment, mine: list[Seen]) -> list[Action]:
    """Stop every task of a deployment that may be stopped."""
    staying = [s for s in mine if s.condition is not Condition.STOPPING]
    reason = because("strategy.stop", deployment=deployment.id, left=len(staying))
    stops: list[Action] = [
        StopTask(
            task_arn=s.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=scaling_stopped_reason(service.primary.id),
            reason=reason,
        )
        for s in staying
        if not s.is_held
    ]
    return stops or hold(service, staying, len(mine))


def _situation(
    service: Service, progress: Progress, seen: list[Seen], known: Wiring, now_ms: int
) -> Situation:
    green = [s for s in seen if s.task.deployment_id == progress.target]
    blue = [s for s in seen if progress.source is not None and s.task.deployment_id == progress.source]
    return Situation(
        now_ms=now_ms,
        desired=service.desired_count,
        green_healthy=sum(1 for s in green if s.condition is Condition.HEALTHY),
        blue_healthy=sum(1 for s in blue if s.condition is Condition.HEALTHY),
        green_left=len(green),
        blue_left=len(blue),
        others_left=len(seen) - len(green) - len(blue),
        is_slow=known.is_slow,
    )


def _do(service: Service, progress: Progress, move: stages.Move) -> list[Action]:
    match move:
        case Go():
            return [SetProgress(progress=move.progress, reason=move.reason), *_gone(service, move.progress)]
        case Shift():
            return [SetProgress(progress=move.progress, reason=move.reason, shifts=True)]
        case BeginHooks():
            return [StartHooks(hooks=move.hooks)]
        case CallHook():
            return [CallFunction(hook_id=move.hook_id)]
        case GiveUp():
            last = service.last_completed
            back_to = last.id if last is not None and last.id != service.primary.id else None
            return [
                FailDeployment(
                    deployment_id=service.primary.id,
                    roll_back_to=back_to,
                    reason=move.reason,
                    problem=move.text,
                    told=f"Service deployment rolled back because {move.text}".removesuffix("."),
                )
            ]
        case Arrive():
            staying = service.primary.id
            gone = [DropDeployment(deployment_id=d.id) for d in service.deployments if d.id != staying]
            reason = because("strategy.complete", deployment=progress.target, desired=service.desired_count)
            if progress.is_rollback:
                reason = because("strategy.rolled_back", deployment=staying, desired=service.desired_count)
            return [
                *gone,
                SetProgress(progress=None),
                CompleteDeployment(deployment_id=staying, reason=reason),
            ]
        case Stay():
            return []


def _gone(service: Service, progress: Progress) -> list[Action]:
    """After RECONCILE_SERVICE, the revisions that were in the way are gone."""
    if progress.stage is not Stage.PRE_SCALE_UP:
        return []
    kept = (progress.target, progress.source)
    return [DropDeployment(deployment_id=d.id) for d in service.deployments if d.id not in kept]


def _waits(waits: list[Action], move: stages.Move, later: list[int], now_ms: int) -> list[Action]:
    """One reason to wait: the stage's, else a deployment's; and the moment at which to look again."""
    if not isinstance(move, Stay):
        return []
    moments = [move.until_ms, *later, *(w.until_ms for w in waits if isinstance(w, Wait))]
    ahead = [moment for moment in moments if moment is not None and moment > now_ms]
    return [Wait(reason=move.reason, until_ms=min(ahead, default=None))]
