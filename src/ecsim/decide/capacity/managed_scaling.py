"""Managed scaling of a capacity provider's Auto Scaling group: how many instances there should be.

Every minute, `CapacityProviderReservation = M / N * 100`: M instances are needed, N are there. 100 when both are 0; 200
when none is there and one is needed, so that the first scale-out from zero brings two. Above the target capacity the
group grows at once; below it for 15 minutes, it shrinks. Sources: ECS Developer Guide, cluster-auto-scaling,
managed-scaling-behavior; ecs-behaviour.md 7.2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecsim.model.capacity_provider import CapacityProvider
from ecsim.model.container_instance import Resources
from ecsim.model.reason import Reason, because

PERIOD_MS = 60_000
"""The metric is published every minute."""
SCALE_IN_DATAPOINTS = 15
"""So many minutes in a row below the target before the group shrinks."""
FROM_ZERO = 200
"""The reservation when no instance is there and one is needed, in percent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the group has to carry.

    Attributes:
        existing: instances of the group, N.
        busy: those of them with a task that is not a daemon's.
        waiting: what each task that waits for room takes.
        fresh: what a new instance of the group offers.
        low_minutes: for how many minutes in a row the reservation was below the target, before this one.
    """

    existing: int
    busy: int
    fresh: Resources
    waiting: Sequence[Resources] = ()
    low_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do now.

    Attributes:
        reservation: CapacityProviderReservation, in percent.
        desired: how many instances the group should have.
        low_minutes: for the next minute's look.
    """

    reservation: int
    desired: int
    low_minutes: int
    reason: Reason


def needed(load: Load) -> int:
    """M: instances with tasks, and those that the waiting tasks need.

    Tasks that are alike are packed onto new instances; of all kinds, the one that needs most counts. A task that
    fits on no new instance is left out.
    """
    extra = 0
    for wanted, count in Counter(load.waiting).items():
        fit = _how_many(wanted, load.fresh)
        if fit:
            extra = max(extra, -(-count // fit))
    return load.busy + extra


def _how_many(wanted: Resources, fresh: Resources) -> int:
    """How many tasks that are alike fit on a new instance."""
    most = 1 if wanted.ports else 10_000
    for part, whole in (
        (wanted.cpu, fresh.cpu),
        (wanted.memory, fresh.memory),
        (wanted.gpus, fresh.gpus),
        (wanted.enis, fresh.enis),
    ):
        if part:
            most = min(most, whole // part)
    return most


def reservation(m: int, n: int) -> int:
    """CapacityProviderReservation in percent, rounded up."""
    if n == 0:
        return FROM_ZERO if m else 100
    return -(-m * 100 // n)


def verdict(provider: CapacityProvider, load: Load) -> Verdict:
    """The reservation and how many instances the group should have."""
    n, m, target = load.existing, needed(load), provider.target_capacity
    percent = reservation(m, n)
    numbers = {"needed": m, "existing": n, "reservation": percent, "target": target}
    wanted = -(-m * 100 // target)
    if percent > target:
        if n == 0:
            wanted = FROM_ZERO // 100
        step = min(max(wanted - n, provider.minimum_step), provider.maximum_step)
        reason = because("scaling.out", **numbers, desired=n + step)
        return Verdict(reservation=percent, desired=n + step, low_minutes=0, reason=reason)
    if percent < target and wanted < n:
        low = load.low_minutes + 1
        if low < SCALE_IN_DATAPOINTS:
            reason = because("scaling.low", **numbers, minutes=low, datapoints=SCALE_IN_DATAPOINTS)
            return Verdict(reservation=percent, desired=n, low_minutes=low, reason=reason)
        reason = because("scaling.in", **numbers, desired=wanted)
        return Verdict(reservation=percent, desired=wanted, low_minutes=low, reason=reason)
    return Verdict(reservation=percent, desired=n, low_minutes=0, reason=because("scaling.steady", **numbers))


def victims(instances: Iterable[tuple[str, bool]], count: int, *, protects: bool) -> list[str]:
    """Which instances the group gives up: with termination protection empty ones only, else the oldest ones.

    Args:
        instances: id, and whether it has a task that is not a daemon's; oldest first.
        count: how many are to go.
        protects: managed termination protection. Source: botocore AutoScalingGroupProvider.
    """
    every = list(instances)
    empty = [each for each, busy in every if not busy]
    if protects:
        return empty[:count]
    return [each for each, _ in every][:count]
