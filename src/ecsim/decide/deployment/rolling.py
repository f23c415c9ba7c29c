"""A rolling update: how many tasks to start and to stop now.

Worked example, 4 tasks, minimum 100 %, maximum 150 %: floor 4, ceiling 6. First +2 new (6 in all). When both are
healthy, 6 are healthy and 2 may go: -2 old. Only when those are STOPPED is there room for +2 new; when they are
healthy, the last 2 old go. Source: ECS Developer Guide, deployment-type-ecs; ecs-behaviour.md 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.decide.service.percents import max_total, min_healthy
from ecsim.model.reason import Reason, because


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """The numbers that a step depends on.

    Attributes:
        active_new: tasks of the primary deployment that ECS wants RUNNING, unhealthy ones not counted.
        healthy_new, healthy_old: tasks that count as healthy and may be stopped.
        useless_old: old tasks that are pending or unhealthy: stopping them makes nobody poorer.
        starting_old: old tasks that are RUNNING and not yet known to be healthy.
        total: every task that is not STOPPED, those on their way out included.
        stopping: tasks on their way out.
        protected: old tasks that scale-in protection keeps from being stopped; they are in none of the counts of old
            tasks above, but in `total`.
        healthy_protected: those of them that count as healthy.
        no_place: whether no container instance has room for a new task at present.
    """

    desired: int
    minimum_healthy_percent: int
    maximum_percent: int
    active_new: int
    healthy_new: int
    healthy_old: int
    useless_old: int
    starting_old: int
    total: int
    stopping: int
    protected: int = 0
    healthy_protected: int = 0
    no_place: bool = False

    @property
    def healthy(self) -> int:
        """Every task that counts as healthy."""
        return self.healthy_new + self.healthy_old + self.healthy_protected

    @property
    def floor(self) -> int:
        """Tasks that must stay healthy."""
        return min_healthy(self.desired, self.minimum_healthy_percent)

    @property
    def ceiling(self) -> int:
        """Tasks that may exist. Where there is no room for more, those that exist."""
        ceiling = max_total(self.desired, self.maximum_percent)
        return min(ceiling, self.total) if self.no_place else ceiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do now.

    Attributes:
        start: new tasks to start.
        stop_useless: old tasks to stop that are pending, unhealthy or not yet healthy.
        stop_healthy: old tasks to stop that are healthy.
        stuck: whether nothing can ever move with these percents.
        held: whether only scale-in protection is in the way.
    """

    start: int = 0
    stop_useless: int = 0
    stop_healthy: int = 0
    stuck: bool = False
    held: bool = False
    reason: Reason


def next_step(rollout: Rollout) -> Step:
    """Start first; stop old tasks as new ones become healthy, or earlier if only that makes room.

    Whether ECS stops old tasks early when it could also start new ones is not documented; starting first is this
    simulation's choice (ecs-behaviour.md 5.4).
    """
    r = rollout
    missing = r.desired - r.active_new
    start = max(0, min(missing, r.ceiling - r.total))
    if start:
        return Step(
            start=start,
            reason=because(
                "rolling.start",
                start=start,
                active=r.active_new,
                desired=r.desired,
                total=r.total,
                max_total=r.ceiling,
            ),
        )
    spare_old = r.useless_old + r.starting_old
    if missing > 0:
        return _make_room(r, spare_old)
    if r.useless_old:
        return Step(
            stop_useless=r.useless_old, reason=because("rolling.stop_old_unhealthy", old=r.useless_old)
        )
    # Every new task is there: old ones go as new ones become healthy, never below the desired count.
    healthy = r.healthy
    keep = max(r.floor, r.desired)
    stop = min(r.healthy_old, max(0, healthy - keep))
    stop_starting = r.starting_old if r.healthy_new >= r.desired else 0
    if stop or stop_starting:
        reason = because("rolling.stop_old", healthy=healthy, floor=keep, old=stop + stop_starting)
        return Step(stop_useless=stop_starting, stop_healthy=stop, reason=reason)
    if r.healthy_new < r.desired:
        return Step(
            reason=because(
                "rolling.wait_healthy",
                healthy=healthy,
                floor=r.floor,
                new_healthy=r.healthy_new,
                desired=r.desired,
            )
        )
    if r.protected and not r.stopping:
        return _held(r)
    return Step(
        reason=because("rolling.wait_draining", stopping=r.stopping, total=r.total, max_total=r.ceiling)
    )


def _held(r: Rollout) -> Step:
    return Step(
        held=True,
        reason=because("rolling.protected", protected=r.protected, total=r.total, desired=r.desired),
    )


def _make_room(r: Rollout, spare_old: int) -> Step:
    """The ceiling is reached and new tasks are missing: stop what the floor allows."""
    healthy = r.healthy
    wanted = (r.desired - r.active_new) - max(0, r.ceiling - r.total) - r.stopping
    if wanted <= 0:
        return Step(
            reason=because("rolling.wait_draining", stopping=r.stopping, total=r.total, max_total=r.ceiling)
        )
    room = because(
        "rolling.stop_to_make_room",
        healthy=healthy,
        min_healthy=r.floor,
        total=r.total,
        max_total=r.ceiling,
        minimum_healthy_percent=r.minimum_healthy_percent,
    )
    useless = min(spare_old, wanted)
    healthy_stop = min(r.healthy_old, wanted - useless, max(0, healthy - r.floor))
    if useless or healthy_stop:
        return Step(stop_useless=useless, stop_healthy=healthy_stop, reason=room)
    in_flight = r.stopping or r.active_new > r.healthy_new
    if in_flight:
        return Step(
            reason=because(
                "rolling.ceiling",
                active=r.active_new,
                desired=r.desired,
                total=r.total,
                max_total=r.ceiling,
                maximum_percent=r.maximum_percent,
            )
        )
    if r.protected:
        return _held(r)
    return Step(
        stuck=True,
        reason=because(
            "rolling.stuck",
            desired=r.desired,
            min_healthy=r.floor,
            max_total=r.ceiling,
            minimum_healthy_percent=r.minimum_healthy_percent,
            maximum_percent=r.maximum_percent,
        ),
    )
