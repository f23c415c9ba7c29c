"""Plans: what a decider wants done, each action with its reason."""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.model.reason import Reason
from ecsim.model.service import AlarmWatch
from ecsim.model.strategy import Progress
from ecsim.model.task import StopCode


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTasks:
    """Start `count` tasks of a deployment; `replacing` of them stand in for unhealthy ones.

    Attributes:
        instances: ARNs of the container instances to start one task each on (DAEMON); empty for placement.
        zone: the Availability Zone to start them in, if it must be that one (AZ rebalancing).
        provider: the capacity provider to start them with, where the zone is given.
        rebalances: whether Availability Zones are being balanced, which the event says.
    """

    deployment_id: str
    count: int
    reason: Reason
    replacing: int = 0
    instances: tuple[str, ...] = ()
    zone: str | None = None
    provider: str | None = None
    rebalances: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTask:
    """Stop a task."""

    task_arn: str
    stop_code: StopCode
    stopped_reason: str
    reason: Reason
    failed_health: bool = False
    rebalances: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDesired:
    """Show another desired count for a deployment."""

    deployment_id: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteDeployment:
    """The primary deployment has arrived."""

    deployment_id: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class FailDeployment:
    """The deployment is given up; roll back to another one if given.

    Attributes:
        stopped: whether StopServiceDeployment asked for it, and not the circuit breaker.
        problem: what went wrong when it was neither of the two, as AWS words it after "rolled back because".
        told: how the service event says why.
    """

    deployment_id: str
    roll_back_to: str | None
    reason: Reason
    stopped: bool = False
    problem: str = ""
    told: str = "tasks failed to start"


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDeployment:
    """An old deployment has no tasks left."""

    deployment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Write a service event; `once`: not again while the same text was told in the last 6 hours.

    Source: ECS Developer Guide, service-event-messages (duplicates are suppressed until solved or 6 hours pass).
    """

    message: str
    once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to do now, and why; look again at `until_ms` if given, else when something changes."""

    reason: Reason
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachSteadyState:
    """The service is steady."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStability:
    """A task set has become steady, or is no longer."""

    deployment_id: str
    steady: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStatus:
    """The service becomes DRAINING or INACTIVE."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProgress:
    """A deployment with traffic shifting is so far now; None when it is over or given up.

    Attributes:
        shifts: whether traffic has to be moved to the shares in `progress` first.
    """

    progress: Progress | None
    reason: Reason | None = None
    shifts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAlarms:
    """What is known of the PRIMARY deployment's alarms now."""

    watch: AlarmWatch
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartHooks:
    """Start lifecycle hooks of the present stage: their places among the configured ones."""

    hooks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFunction:
    """Call the function of a lifecycle hook."""

    hook_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDaemonCount:
    """A DAEMON service wants as many tasks as there are matching container instances."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebalance:
    """A task is being moved to a zone from now on, or none any more."""

    zone: str | None


Action = (
    StartTasks
    | StopTask
    | SetDesired
    | CompleteDeployment
    | FailDeployment
    | DropDeployment
    | Tell
    | Wait
    | ReachSteadyState
    | SetStability
    | SetStatus
    | SetDaemonCount
    | Rebalance
    | SetProgress
    | SetAlarms
    | StartHooks
    | CallFunction
)
Plan = tuple[Action, ...]
