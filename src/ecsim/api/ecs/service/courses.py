"""How service deployments went: their states, read from the journal.

PENDING until the scheduler has looked at it; then IN_PROGRESS; STOP_REQUESTED and STOPPED when another deployment
takes its place or it failed without rollback; ROLLBACK_REQUESTED when StopServiceDeployment was called;
ROLLBACK_IN_PROGRESS and ROLLBACK_SUCCESSFUL or ROLLBACK_FAILED after that, and after the circuit breaker.
Source: botocore ServiceDeploymentStatus; ECS Developer Guide, service-deployment.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ecsim.decide.reconcile import LOOK_AFTER_MS
from ecsim.model.service import DeploymentStatus, RolloutState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecsim.api.ecs.desk import Desk
    from ecsim.clock.journal import Entry
    from ecsim.model.service import Service

COMPLETED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
"""Source: ECS Developer Guide, service-deployment (stages)."""

ROLLING_BACK = "rolling back to deploymentId {}."
"""How the state reason of a deployment ends that a rollback has made PRIMARY again. Source: ecs-behaviour.md 5.5."""


@dataclass(slots=True)
class Course:
    """How one service deployment went so far.

    Attributes:
        created_at_ms: when the call came; the scheduler looks `LOOK_AFTER_MS` later.
        requested_at_ms: when StopServiceDeployment was called, or None.
        leaving_at_ms: when another deployment took its place, or None.
        trip: the numbers with which the circuit breaker gave it up, or empty.
        shifts: whether its strategy shifts traffic: then it rolls back, whatever made it fail.
        is_rollback_due: whether what gave it up wants a rollback (a breaker or an alarm may not).
        problem: what else made an end of it, as AWS words it, or an empty text.
    """

    deployment_id: str
    created_at_ms: int
    requested_at_ms: int | None = None
    status: str = "IN_PROGRESS"
    leaving_at_ms: int | None = None
    finished_at_ms: int | None = None
    stopped_at_ms: int | None = None
    rolled_back_to: str | None = None
    rolled_back_at_ms: int | None = None
    failed: bool = False
    trip: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    shifts: bool = False
    is_rollback_due: bool = True

    @property
    def started_at_ms(self) -> int:
        """When the scheduler first looks at it."""
        return self.created_at_ms + LOOK_AFTER_MS

    @property
    def is_rollback_wanted_by_user(self) -> bool:
        """Whether it ended because StopServiceDeployment was called."""
        return self.requested_at_ms is not None

    def take(self, entry: Entry) -> None:
        """Follow one `deployment.state` entry of the same service."""
        state, own = entry.fields["rollout_state"], entry.subject == self.deployment_id
        if own and self.status == "IN_PROGRESS":
            if state == RolloutState.COMPLETED:
                self._end("SUCCESSFUL", entry.at_ms)
            elif state == RolloutState.FAILED:
                self.failed = True
                self.stopped_at_ms = entry.at_ms
                self._end("STOPPED", entry.at_ms)
            elif entry.fields["status"] != DeploymentStatus.PRIMARY:
                self.status, self.leaving_at_ms = "STOP_REQUESTED", entry.at_ms
        elif self.failed and self.status == "STOPPED" and self._is_return(entry):
            self.status, self.finished_at_ms = "ROLLBACK_IN_PROGRESS", None
            self.rolled_back_to, self.rolled_back_at_ms = entry.subject, entry.at_ms
        elif self.status == "ROLLBACK_IN_PROGRESS" and entry.subject == self.rolled_back_to:
            if state == RolloutState.COMPLETED:
                self._end("ROLLBACK_SUCCESSFUL", entry.at_ms)
            elif state == RolloutState.FAILED or entry.fields["status"] != DeploymentStatus.PRIMARY:
                self._end("ROLLBACK_FAILED", entry.at_ms)

    @staticmethod
    def _is_return(entry: Entry) -> bool:
        return str(entry.fields["reason"]).endswith(ROLLING_BACK.format(entry.subject))

    def _end(self, status: str, at_ms: int) -> None:
        self.status, self.finished_at_ms = status, at_ms

    def arrive(self, now_ms: int) -> None:
        """Say what the passing of time alone has made of it."""
        if self.status == "STOPPED" and self.has_no_candidate:
            self.status = "ROLLBACK_FAILED"
        if self.status == "STOP_REQUESTED" and self.leaving_at_ms is not None:
            end = self.leaving_at_ms + LOOK_AFTER_MS
            if now_ms >= end:
                self.stopped_at_ms = end
                self._end("STOPPED", end)
        elif self.status == "IN_PROGRESS" and self.requested_at_ms is not None:
            self.status = "ROLLBACK_REQUESTED"
        elif self.status == "IN_PROGRESS" and now_ms < self.started_at_ms:
            self.status = "PENDING"

    @property
    def has_no_candidate(self) -> bool:
        """Whether there was nothing to roll back to. Source: ECS Developer Guide, action-logs-troubleshooting."""
        return self.failed and self.shifts and self.rolled_back_to is None and self.is_rollback_due

    def last_change_ms(self, now_ms: int) -> int:
        """When its state last changed; while it is on its way, its counts change all the time."""
        if self.status not in COMPLETED:
            return now_ms
        return self.finished_at_ms if self.finished_at_ms is not None else self.created_at_ms


def courses(desk: Desk, service: Service, wanted: Iterable[str]) -> dict[str, Course]:
    """How these service deployments of a service went, by ARN."""
    label = f"{service.cluster_arn.rsplit('/', 1)[1]}/{service.name}"
    states = [e for e in desk.journal.of("deployment.state") if e.fields["service"] == label]
    trips = {
        str(e.fields["deployment"]): e.fields
        for e in desk.journal.of("decision", label)
        if e.fields["action"] == "fail_deployment"
    }
    found = {}
    for arn in wanted:
        kept = desk.rollouts[arn]
        course = Course(
            kept["deployment"],
            kept["created_at_ms"],
            kept.get("rollback_requested_at_ms"),
            trip=cast("Mapping[str, int]", trips.get(kept["deployment"], {}).get("why", {})),
            shifts=kept["configuration"]["strategy"] != "ROLLING",
            is_rollback_due=not str(trips.get(kept["deployment"], {}).get("code", "")).endswith(".trip"),
            problem=str(trips.get(kept["deployment"], {}).get("problem", "")),
        )
        begun = False
        for entry in states:
            begun = begun or entry.subject == course.deployment_id
            if begun:
                course.take(entry)
        course.arrive(desk.now_ms())
        found[arn] = course
    return found
