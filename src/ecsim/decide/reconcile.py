"""One look at one service: what should happen now, and why.

Level-triggered: it sees everything, remembers nothing, and may be called at any time. The controller applies the
plan and looks again until the plan is empty or only waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ecsim.decide.deployment import alarms, breaker, early, shifting, stopping
from ecsim.decide.deployment.rolling import Rollout, next_step
from ecsim.decide.plan import (
    Action,
    CompleteDeployment,
    DropDeployment,
    Plan,
    ReachSteadyState,
    SetDesired,
    SetStatus,
    StartTasks,
    StopTask,
    Tell,
    Wait,
)
from ecsim.decide.service import daemon, draining, rebalancing
from ecsim.decide.service.condition import Condition, Seen, look
from ecsim.decide.service.daemon import Ground
from ecsim.decide.service.protection import hold
from ecsim.decide.service.replacement import replace_unhealthy
from ecsim.decide.service.scale import scaling_stopped_reason, stop_surplus
from ecsim.decide.service.task_sets import keep_task_sets
from ecsim.model.network import Target, Wiring
from ecsim.model.reason import Reason, because
from ecsim.model.service import Deployment, RolloutState, Service
from ecsim.model.task import BEFORE_RUNNING, StopCode, TargetKey, Task, TaskStatus

STUCK = (
    "(service {name}) was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)
"""Source: ECS Developer Guide, service-event-messages-list."""

INCONSISTENT = "(service {name}) is unable to consistently start tasks successfully."
"""Source: ECS Developer Guide, service-event-messages-list."""

THROTTLE_TOLD_AFTER = 3

LOOK_AFTER_MS = 1_000
"""The scheduler looks at a service this long after a call changed it."""


NO_GROUND = Ground()
"""What a service sees of container instances that does not run on every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a look needs: the service, its tasks that are not STOPPED, their targets, traffic and alarms.

    Attributes:
        ground: the container instances, for a DAEMON service.
        zones: where tasks may go, for a service whose Availability Zones are balanced; else empty.
        open_zones: those of them with room for one more task.
        leaving: ARNs of the tasks on DRAINING container instances.
    """

    service: Service
    tasks: tuple[Task, ...]
    targets: Mapping[TargetKey, Target]
    now_ms: int
    wiring: Wiring = field(default_factory=Wiring)
    leaving: tuple[str, ...] = ()
    alarms: Mapping[str, alarms.Alarm] = field(default_factory=dict)
    ground: Ground = NO_GROUND
    zones: tuple[str, ...] = ()
    open_zones: tuple[str, ...] = ()


def reconcile(snapshot: Snapshot) -> Plan:
    """Decide what to do about a service now."""
    service = snapshot.service
    if service.status != "ACTIVE":
        return _wind_down(snapshot)
    grace = service.health_check_grace_period_s
    seen = [look(task, snapshot.targets, grace_s=grace, now_ms=snapshot.now_ms) for task in snapshot.tasks]
    if service.has_task_sets:
        return (*keep_task_sets(service, seen, snapshot.now_ms), *_later(service, seen))
    back = service.progress is not None and service.progress.is_rollback
    trip: Action | None = None
    if not back and not shifting.is_left_behind(service):
        trip = (
            stopping.verdict(service) or breaker.verdict(service) or alarms.verdict(service, snapshot.alarms)
        )
    if snapshot.leaving:
        seen = draining.marked(seen, snapshot.leaving)
    if trip is not None:
        return (trip,)
    if shifting.is_under_way(service):
        return alarms.polled(
            service, shifting.plan(service, seen, snapshot.wiring, snapshot.now_ms), snapshot.now_ms
        )
    placed = _by_place(snapshot, seen)
    if placed is not None:
        return alarms.polled(service, (*placed, *_later(service, seen)), snapshot.now_ms)
    actions: list[Action] = []
    _show_desired(service, seen, actions)
    replaced = draining.stop_pending(seen, service) if snapshot.leaving else []
    replaced = replaced or replace_unhealthy(service, seen)
    actions += replaced
    if not any(isinstance(action, StartTasks | StopTask) for action in replaced):
        failed = service.primary.rollout_state is RolloutState.FAILED
        actions += _after_failure(service, seen) if failed else _roll(service, seen, snapshot.now_ms)
    _arrive(snapshot, seen, actions)
    return alarms.polled(service, (*actions, *_later(service, seen)), snapshot.now_ms)


def is_still(snapshot: Snapshot, plan: Plan) -> bool:
    """Whether a plan stays the same until the service or the condition of a task changes, or what it waits for comes.

    It only waits, once the desired counts are shown; and nothing that is not written in the service matters to it, as
    traffic, alarms, container instances, the launch throttle and the end of a protection do.
    """
    service = snapshot.service
    return (
        all(isinstance(action, Wait | SetDesired) for action in plan)
        and service.status == "ACTIVE"
        and service.progress is None
        and not service.has_task_sets
        and service.scheduling_strategy != "DAEMON"
        and not snapshot.zones
        and snapshot.now_ms >= service.primary.next_launch_at_ms
        and alarms.watched(service) is None
        and all(
            task.protected_until_ms is None and task.container_instance_arn is None for task in snapshot.tasks
        )
    )


def _by_place(snapshot: Snapshot, seen: list[Seen]) -> list[Action] | None:
    """What to do where it matters on which instance or in which zone a task is; None to go on by numbers alone."""
    service = snapshot.service
    if service.scheduling_strategy == "DAEMON":
        kept = daemon.plan(service, seen, snapshot.ground, snapshot.now_ms)
        _arrive(snapshot, seen, kept)
        return kept
    if not snapshot.zones:
        return None
    moved = rebalancing.plan(
        service, seen, zones=snapshot.zones, open_zones=snapshot.open_zones, now_ms=snapshot.now_ms
    )
    is_moving = service.rebalancing is not None and service.primary.rollout_state is RolloutState.COMPLETED
    return moved if moved or is_moving else None


def _later(service: Service, seen: list[Seen]) -> list[Action]:
    """Look again when a task's condition may have changed by the passing of time alone."""
    moments = [s.until_ms for s in seen if s.until_ms is not None]
    if not moments:
        return []
    reason = because("scale.pending", active=len(seen), desired=service.desired_count)
    return [Wait(reason=reason, until_ms=min(moments))]


def _wind_down(snapshot: Snapshot) -> Plan:
    """A deleted service: stop everything; INACTIVE when all tasks are STOPPING or beyond.

    Source: botocore ecs DeleteService.
    """
    service = snapshot.service
    if service.status == "INACTIVE":
        return ()
    stops = tuple(
        StopTask(
            task_arn=task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=scaling_stopped_reason(task.deployment_id or ""),
            reason=because("service.draining"),
        )
        for task in snapshot.tasks
        if task.desired_status == "RUNNING"
    )
    leaving = (*BEFORE_RUNNING, TaskStatus.RUNNING, TaskStatus.DEACTIVATING)
    if not stops and not any(task.last_status in leaving for task in snapshot.tasks):
        return (SetStatus(status="INACTIVE"),)
    return stops


def _show_desired(service: Service, seen: list[Seen], actions: list[Action]) -> None:
    """Each deployment's desired count: the service's for the primary, what is left for the others."""
    for deployment in service.deployments:
        if deployment is service.primary and deployment.rollout_state is not RolloutState.FAILED:
            wanted = service.desired_count
        else:
            wanted = _active(seen, deployment)
        if deployment.desired_count != wanted:
            actions.append(SetDesired(deployment_id=deployment.id, count=wanted))


def _active(seen: list[Seen], deployment: Deployment) -> int:
    return sum(
        1 for s in seen if s.task.deployment_id == deployment.id and s.condition is not Condition.STOPPING
    )


def _roll(service: Service, seen: list[Seen], now_ms: int) -> list[Action]:
    """Bring the primary deployment up to the desired count and the old ones down."""
    primary = service.primary
    new, old, kept = _parted(seen, primary)
    surplus = stop_surplus(service, new)
    if surplus:
        return surplus
    configuration = service.deployment_configuration
    conditions, conditions_old = [s.condition for s in new], [s.condition for s in old]
    rollout = Rollout(
        desired=service.desired_count,
        minimum_healthy_percent=configuration.minimum_healthy_percent,
        maximum_percent=configuration.maximum_percent,
        active_new=len(new) - conditions.count(Condition.STOPPING) - conditions.count(Condition.UNHEALTHY),
        healthy_new=conditions.count(Condition.HEALTHY),
        healthy_old=conditions_old.count(Condition.HEALTHY),
        useless_old=conditions_old.count(Condition.PENDING) + conditions_old.count(Condition.UNHEALTHY),
        starting_old=conditions_old.count(Condition.STARTING),
        total=len(seen),
        stopping=_count(seen, Condition.STOPPING),
        protected=len(kept),
        healthy_protected=_count(kept, Condition.HEALTHY),
        no_place=primary.unplaced and now_ms < primary.next_launch_at_ms,
    )
    missing = rollout.desired - rollout.active_new
    if old and early.is_met(service, rollout.healthy_new):
        return _early(service, old, rollout)
    if not old and not kept and missing <= 0:
        return hold(service, new, len(seen)) if missing < 0 else []
    step = next_step(rollout)
    if not old and not kept and not step.start:
        return [Wait(reason=because("scale.pending", active=rollout.active_new, desired=rollout.desired))]
    if step.start and now_ms < primary.next_launch_at_ms:
        return _throttled(service, now_ms)
    if step.start:
        return [
            _start(service, step.start, step.reason, rolling=bool(old or kept), active=rollout.active_new)
        ]
    actions: list[Action] = _stop_old(service, old, step.stop_useless, step.stop_healthy, step.reason)
    if step.held:
        return hold(service, kept, len(seen))
    if step.stuck:
        return [Tell(message=STUCK.format(name=service.name)), Wait(reason=step.reason)]
    return actions or [Wait(reason=step.reason)]


def _parted(seen: list[Seen], primary: Deployment) -> tuple[list[Seen], list[Seen], list[Seen]]:
    """The primary deployment's tasks, the old ones that may be stopped, and the old ones that protection keeps."""
    new: list[Seen] = []
    old: list[Seen] = []
    kept: list[Seen] = []
    stopping, primary_id = Condition.STOPPING, primary.id
    for s in seen:
        if s.task.deployment_id == primary_id and not s.is_leaving:
            new.append(s)
        elif s.condition is not stopping:
            (kept if s.is_held else old).append(s)
    return new, old, kept


def _early(service: Service, old: list[Seen], rollout: Rollout) -> list[Action]:
    """Enough for the early success criteria: the old tasks go first, or the deployment is done first."""
    if not early.clears_first(service):
        return []
    reason = because("early.met", healthy=rollout.healthy_new, desired=rollout.desired)
    return _stop_old(service, old, len(old), len(old), reason)


def _start(service: Service, count: int, reason: Reason, *, rolling: bool, active: int) -> StartTasks:
    if not rolling and service.primary.rollout_state is RolloutState.COMPLETED:
        reason = because("scale.out", start=count, active=active, desired=service.desired_count)
    return StartTasks(deployment_id=service.primary.id, count=count, reason=reason)


def _count(seen: list[Seen], condition: Condition) -> int:
    return [s.condition for s in seen].count(condition)


def _throttled(service: Service, now_ms: int) -> list[Action]:
    primary = service.primary
    delay_s = -(-(primary.next_launch_at_ms - now_ms) // 1_000)
    reason = because("throttle.wait", failed_launches=primary.failed_launches, delay_s=delay_s)
    wait = Wait(reason=reason, until_ms=primary.next_launch_at_ms)
    if primary.failed_launches >= THROTTLE_TOLD_AFTER:
        return [Tell(message=INCONSISTENT.format(name=service.name)), wait]
    return [wait]


def _stop_old(service: Service, old: list[Seen], useless: int, healthy: int, reason: Reason) -> list[Action]:
    """Stop old tasks: the oldest deployment first; pending and unhealthy ones before healthy ones."""
    age = {d.id: place for place, d in enumerate(reversed(service.deployments))}
    oldest_first = sorted(old, key=lambda s: age.get(s.task.deployment_id or "", -1))
    rank = {Condition.PENDING: 0, Condition.UNHEALTHY: 1, Condition.STARTING: 2}
    spare = sorted((s for s in oldest_first if s.condition in rank), key=lambda s: rank[s.condition])
    well = [s for s in oldest_first if s.condition is Condition.HEALTHY]
    return [
        StopTask(
            task_arn=s.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=scaling_stopped_reason(service.primary.id),
            reason=reason,
        )
        for s in [*spare[:useless], *well[:healthy]]
    ]


def _after_failure(service: Service, seen: list[Seen]) -> list[Action]:
    """A failed primary launches nothing more; its tasks that are not healthy go."""
    reason = because("breaker.failed_deployment", deployment=service.primary.id)
    return [
        StopTask(
            task_arn=s.task.arn,
            stop_code=StopCode.SERVICE_SCHEDULER_INITIATED,
            stopped_reason=scaling_stopped_reason(service.primary.id),
            reason=reason,
        )
        for s in seen
        if s.task.deployment_id == service.primary.id
        and s.condition in (Condition.PENDING, Condition.STARTING, Condition.UNHEALTHY)
        and not s.is_held
    ]


def _arrive(snapshot: Snapshot, seen: list[Seen], actions: list[Action]) -> None:
    """Drop empty old deployments; tell when the primary has arrived and when the service is steady."""
    service = snapshot.service
    if any(isinstance(action, StartTasks | StopTask) for action in actions):
        return
    left = {s.task.deployment_id for s in seen}
    dropped = [d.id for d in service.deployments[1:] if d.id not in left]
    actions += [DropDeployment(deployment_id=deployment_id) for deployment_id in dropped]
    primary = service.primary
    settled = (
        len(service.deployments) - len(dropped) == 1
        and len(seen) == service.desired_count
        and all(s.condition is Condition.HEALTHY for s in seen)
    )
    if primary.rollout_state is RolloutState.FAILED or not (settled or _is_early(service, seen)):
        return
    if primary.rollout_state is RolloutState.IN_PROGRESS:
        baking = alarms.bake(service, snapshot.alarms, snapshot.now_ms)
        if baking:
            actions += baking
            return
        reason = because("rolling.complete", desired=service.desired_count)
        if not settled:
            healthy = _count([s for s in seen if s.task.deployment_id == primary.id], Condition.HEALTHY)
            reason = because("early.complete", healthy=healthy, desired=service.desired_count)
        actions.append(CompleteDeployment(deployment_id=primary.id, reason=reason))
    if settled:
        actions.append(ReachSteadyState())


def _is_early(service: Service, seen: list[Seen]) -> bool:
    """Whether the deployment is done before all of its tasks are there, or before all of the old ones are gone."""
    if early.needed(service) is None:
        return False
    new = [s for s in seen if s.task.deployment_id == service.primary.id]
    if not early.is_met(service, _count(new, Condition.HEALTHY)):
        return False
    return len(new) == len(seen) or not early.clears_first(service)
