"""CodeDeploy as Amazon ECS uses it: applications, deployment groups, traffic routing, and deployments under way.

Blue is the task set that serves production when a deployment begins, green the replacement. Shares of traffic are whole
tenths of a percent, as in `ecsim.model.strategy`. Source: botocore codedeploy; CodeDeploy User Guide,
deployment-steps-ecs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ecsim.model.replacing import replace
from ecsim.model.service import Deployment
from ecsim.model.strategy import ALL


class Phase(StrEnum):
    """What a deployment goes through, in order: AWS's lifecycle events, and between them its two waits.

    Source: CodeDeploy User Guide, deployment-steps-ecs (events); botocore codedeploy DeploymentWaitType (waits).
    """

    BEFORE_INSTALL = "BeforeInstall"
    INSTALL = "Install"
    AFTER_INSTALL = "AfterInstall"
    ALLOW_TEST_TRAFFIC = "AllowTestTraffic"
    AFTER_ALLOW_TEST_TRAFFIC = "AfterAllowTestTraffic"
    READY_WAIT = "READY_WAIT"
    BEFORE_ALLOW_TRAFFIC = "BeforeAllowTraffic"
    ALLOW_TRAFFIC = "AllowTraffic"
    AFTER_ALLOW_TRAFFIC = "AfterAllowTraffic"
    TERMINATION_WAIT = "TERMINATION_WAIT"
    TERMINATE = "TERMINATE"

    @property
    def is_event(self) -> bool:
        """Whether it is one of the lifecycle events that a deployment target shows."""
        return self not in (Phase.READY_WAIT, Phase.TERMINATION_WAIT, Phase.TERMINATE)

    @property
    def is_wait(self) -> bool:
        """Whether ContinueDeployment can end it."""
        return self in (Phase.READY_WAIT, Phase.TERMINATION_WAIT)


HOOKS = (
    Phase.BEFORE_INSTALL,
    Phase.AFTER_INSTALL,
    Phase.AFTER_ALLOW_TEST_TRAFFIC,
    Phase.BEFORE_ALLOW_TRAFFIC,
    Phase.AFTER_ALLOW_TRAFFIC,
)
"""Where an AppSpec may have a Lambda function. Source: botocore codedeploy PutLifecycleEventHookExecutionStatus."""

BACK = (Phase.ALLOW_TEST_TRAFFIC, Phase.ALLOW_TRAFFIC, Phase.TERMINATE)
"""What a rollback goes through: traffic goes back to blue, then green goes. AWS documents the first half only."""


class DeploymentState(StrEnum):
    """Source: botocore codedeploy DeploymentStatus. Queued and Baking do not occur here."""

    CREATED = "Created"
    IN_PROGRESS = "InProgress"
    READY = "Ready"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    STOPPED = "Stopped"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens."""
        return self in (DeploymentState.SUCCEEDED, DeploymentState.FAILED, DeploymentState.STOPPED)


class EventState(StrEnum):
    """Source: botocore codedeploy LifecycleEventStatus."""

    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    SUCCEEDED = "Succeeded"
    FAILED = "Failed"
    SKIPPED = "Skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A CodeDeploy application. `compute_platform` is ECS: this cloud has no other."""

    id: str
    name: str
    compute_platform: str = "ECS"
    created_at_ms: int = 0
    revisions: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficRouting:
    """A deployment configuration of the compute platform ECS. Source: botocore codedeploy TrafficRoutingConfig.

    Attributes:
        type: AllAtOnce, TimeBasedCanary or TimeBasedLinear.
        percentage: of the first step (canary), or of every step (linear).
        interval_min: minutes between two steps.
        is_predefined: whether it is AWS's own.
    """

    id: str
    name: str
    type: str = "AllAtOnce"
    percentage: int = 100
    interval_min: int = 0
    created_at_ms: int = 0
    is_predefined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A deployment group of the compute platform ECS.

    Attributes:
        cluster, service: names; `service_arn` is what they mean.
        target_groups: the pair, by name.
        production, test: the ARNs of the listeners; there may be no test listener.
        ready_wait_ms: how long a deployment waits to be continued before it reroutes traffic; None does not wait.
        termination_wait_ms: how long blue stays after the last step.
        rollback_events: what is rolled back automatically: DEPLOYMENT_FAILURE and the two others.
        alarms: what is watched; empty when alarms are not enabled.
        document: the members as they were given.
    """

    id: str
    name: str
    application: str
    config_name: str
    service_role_arn: str
    cluster: str
    service: str
    service_arn: str
    target_groups: tuple[str, str]
    production: str
    test: str | None = None
    ready_wait_ms: int | None = None
    termination_wait_ms: int = 0
    rollback_events: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSpec:
    """What an AppSpec asks for. Source: CodeDeploy User Guide, reference-appspec-file-structure-resources.

    Attributes:
        network_configuration: in ECS's own form, or None to keep the service's.
        capacity_provider_strategy: in ECS's own form, or None to keep the service's.
        hooks: the function of each event that has one.
    """

    task_definition: str
    container_name: str
    container_port: int
    platform_version: str | None = None
    network_configuration: Mapping[str, Any] | None = None
    capacity_provider_strategy: tuple[Mapping[str, Any], ...] | None = None
    hooks: Mapping[Phase, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookCall:
    """A Lambda function that was called and reports by PutLifecycleEventHookExecutionStatus.

    Attributes:
        id: the lifecycleEventHookExecutionId.
        status: what was reported: Succeeded or Failed, or None.
        counts_at_ms: when the report counts: a function that answered takes its time.
        problem: why it could not be called, or an empty text.
    """

    id: str
    function: str
    called_at_ms: int
    status: str | None = None
    counts_at_ms: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRun:
    """A lifecycle event of a deployment target. `hook_id` is the call of its function, or None."""

    phase: Phase
    hook_id: str | None = None
    status: EventState = EventState.PENDING
    started_at_ms: int | None = None
    ended_at_ms: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Why a deployment did not succeed. Source: botocore codedeploy ErrorInformation."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDeployment:
    """A deployment of CodeDeploy.

    Attributes:
        id: `d-` and nine letters and digits.
        creator: user or codeDeployRollback.
        group: the deployment group's name; `plan` is the group as it was when the deployment was created.
        replacement: green as the AppSpec asks for it, before it has an id and a target group.
        blue, green: ids of task sets; green is None before Install.
        blue_group, green_group: ARNs of target groups.
        steps: green's share of production after each step; `step` is how many are done.
        interval_ms: between two steps.
        phase: how far it is, since `entered_at_ms`.
        continued: whether ContinueDeployment ended this wait.
        stopping: StopDeployment was called: True rolls back, False does not, None was not called.
        rollback_of: the deployment that this one rolls back, or None.
        rollback: the deployment that rolls this one back, or None.
        rollback_told: what became of that, as rollbackInfo says it.
        revision: as it was given to CreateDeployment.
        document: further members of CreateDeployment, as given.
    """

    id: str
    application: str
    group: str
    plan: Group
    config_name: str
    service_arn: str
    spec: AppSpec
    replacement: Deployment
    creator: str = "user"
    description: str | None = None
    revision: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)
    status: DeploymentState = DeploymentState.CREATED
    created_at_ms: int = 0
    started_at_ms: int | None = None
    completed_at_ms: int | None = None
    updated_at_ms: int = 0
    ended: Ended | None = None
    blue: str = ""
    green: str | None = None
    blue_group: str = ""
    green_group: str = ""
    steps: tuple[int, ...] = (ALL,)
    interval_ms: int = 0
    phase: Phase = Phase.BEFORE_INSTALL
    entered_at_ms: int = 0
    step: int = 0
    shifted_at_ms: int | None = None
    production: int = 0
    test: int = 0
    hook: HookCall | None = None
    continued: bool = False
    stopping: bool | None = None
    events: tuple[EventRun, ...] = ()
    rollback_of: str | None = None
    rollback: str | None = None
    rollback_told: str = ""

    @property
    def is_rollback(self) -> bool:
        """Whether it brings traffic back to blue."""
        return self.rollback_of is not None

    @property
    def phases(self) -> tuple[Phase, ...]:
        """What it goes through."""
        return BACK if self.is_rollback else tuple(Phase)

    @property
    def has_waited(self) -> bool:
        """Whether the wait before blue's end has begun. Source: botocore instanceTerminationWaitTimeStarted."""
        phases = tuple(Phase)
        return phases.index(self.phase) >= phases.index(Phase.TERMINATION_WAIT) and not self.is_rollback

    def event(self, phase: Phase) -> EventRun | None:
        """The lifecycle event of that name, or None."""
        return next((run for run in self.events if run.phase is phase), None)

    def with_event(self, run: EventRun) -> CodeDeployment:
        """The same deployment with another state of one event."""
        return replace(self, events=tuple(run if each.phase is run.phase else each for each in self.events))
