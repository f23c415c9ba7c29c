"""Faults: declared failures as values. A lab declares which ones its learner may inject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What can go wrong on demand."""

    CRASH = "crash"
    """The program of a task ends now, with the exit code in `value`."""
    FAIL_HEALTH = "fail_health"
    """Health checks (the load balancer's and commands) of matching tasks fail from now on."""
    HANG = "hang"
    """Matching tasks stop answering: requests and health checks time out."""
    OUT_OF_MEMORY = "out_of_memory"
    """The kernel kills the program: exit code 137 with the OutOfMemoryError reason."""
    INSTANCE_LOST = "instance_lost"
    """An EC2 instance is gone for good, with the tasks on it. `match` is its id or a container instance's."""
    ZONE_LOST = "zone_lost"
    """An Availability Zone is out of order until it is healed: what was there is lost. `match` is its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        match: a task id (or its beginning), a service name, or "*"; for INSTANCE_LOST an instance, for ZONE_LOST
            an Availability Zone.
        value: more about it, plain values only.
    """

    kind: FaultKind
    match: str = "*"
    value: Mapping[str, object] = field(default_factory=dict)


class Faults:
    """The faults that are switched on. Iterates in order of injection."""

    def __init__(self) -> None:
        self._active: list[Fault] = []

    def inject(self, fault: Fault) -> None:
        """Switch a fault on."""
        self._active.append(fault)

    def heal(self, kind: FaultKind | None = None, match: str | None = None) -> int:
        """Switch faults off: of a kind or of every kind, with that match or with any (None and "*"); how many."""
        kept = [
            fault
            for fault in self._active
            if (kind is not None and fault.kind is not kind) or match not in (None, "*", fault.match)
        ]
        healed = len(self._active) - len(kept)
        self._active = kept
        return healed

    @property
    def lost_zones(self) -> tuple[str, ...]:
        """The Availability Zones that are out of order."""
        lost = (fault.match for fault in self._active if fault.kind is FaultKind.ZONE_LOST)
        return tuple(dict.fromkeys(lost))

    def on(self, kind: FaultKind, *, task_id: str, group: str) -> Fault | None:
        """The fault of that kind that concerns this task, or None. `group` is e.g. "service:web"."""
        for fault in self._active:
            service = group.removeprefix("service:")
            if fault.kind is kind and (
                fault.match in ("*", service) or task_id.startswith(fault.match or "-")
            ):
                return fault
        return None
