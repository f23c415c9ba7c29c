"""The strategies that shift traffic between two service revisions: what is configured, and how far a deployment is.

Percentages of traffic are whole tenths of a percent, from 0 to 1,000: AWS takes multiples of 0.1. Blue is the revision
that serves production when a deployment begins (its source), green the one that comes in (its target).
Source: botocore ecs DeploymentConfiguration, DeploymentLifecycleHook; ecs-behaviour.md 5.14.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ALL = 1_000
"""The whole traffic, in tenths of a percent."""

MINUTE_MS = 60_000


class Strategy(StrEnum):
    """Source: botocore ecs DeploymentStrategy."""

    ROLLING = "ROLLING"
    BLUE_GREEN = "BLUE_GREEN"
    LINEAR = "LINEAR"
    CANARY = "CANARY"


class Stage(StrEnum):
    """The lifecycle stages of a deployment, in order. Source: botocore ecs ServiceDeployment.lifecycleStage."""

    RECONCILE_SERVICE = "RECONCILE_SERVICE"
    PRE_SCALE_UP = "PRE_SCALE_UP"
    SCALE_UP = "SCALE_UP"
    POST_SCALE_UP = "POST_SCALE_UP"
    TEST_TRAFFIC_SHIFT = "TEST_TRAFFIC_SHIFT"
    POST_TEST_TRAFFIC_SHIFT = "POST_TEST_TRAFFIC_SHIFT"
    PRE_PRODUCTION_TRAFFIC_SHIFT = "PRE_PRODUCTION_TRAFFIC_SHIFT"
    PRODUCTION_TRAFFIC_SHIFT = "PRODUCTION_TRAFFIC_SHIFT"
    POST_PRODUCTION_TRAFFIC_SHIFT = "POST_PRODUCTION_TRAFFIC_SHIFT"
    BAKE_TIME = "BAKE_TIME"
    CLEAN_UP = "CLEAN_UP"

    @property
    def is_production(self) -> bool:
        """Whether it is production traffic that this stage moves."""
        return self in (Stage.RECONCILE_SERVICE, Stage.PRODUCTION_TRAFFIC_SHIFT)


HOOK_STAGES = tuple(
    stage for stage in Stage if stage not in (Stage.SCALE_UP, Stage.BAKE_TIME, Stage.CLEAN_UP)
)
"""Where hooks may be. Source: botocore ecs DeploymentLifecycleHookStage."""

SHIFT_STAGES = (Stage.TEST_TRAFFIC_SHIFT, Stage.PRODUCTION_TRAFFIC_SHIFT)
"""Where traffic moves: hooks of these stages are Lambda functions only, and run again on a rollback.

Source: botocore ecs DeploymentLifecycleHook.lifecycleStages; ECS Developer Guide, lambda-lifecycle-hooks.
"""


class HookTarget(StrEnum):
    """Source: botocore ecs DeploymentLifecycleHookTargetType."""

    AWS_LAMBDA = "AWS_LAMBDA"
    PAUSE = "PAUSE"


class HookStatus(StrEnum):
    """Source: botocore ecs DeploymentLifecycleHookStatus."""

    AWAITING_ACTION = "AWAITING_ACTION"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"

    @property
    def is_open(self) -> bool:
        """Whether the stage still waits for it."""
        return self in (HookStatus.AWAITING_ACTION, HookStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A lifecycle hook as it is configured.

    Attributes:
        target_arn: the function's ARN; None for PAUSE.
        stages: where it runs.
        details: what the function gets as `hookDetails`.
        timeout_ms: how long an answer may take.
        timeout_continues: whether the deployment goes on after that; else it is rolled back.
    """

    target_type: HookTarget = HookTarget.AWS_LAMBDA
    target_arn: str | None = None
    stages: tuple[Stage, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    timeout_ms: int = 1_440 * MINUTE_MS
    timeout_continues: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HookRun:
    """A hook at work in one stage.

    Attributes:
        id: what ContinueServiceDeployment names.
        hook: its place among the configured hooks.
        details: `hookDetails` for the next call; what the function returned is merged in.
        due_at_ms: when the function is called next; None while its answer is awaited.
        answered_at_ms: when the answer of a call that is under way arrives, or None.
        answer: that answer, as the function gave it, or a text that says what went wrong.
        problem: why it failed, as AWS words it, or an empty text.
    """

    id: str
    hook: int
    target_type: HookTarget
    target_arn: str | None
    status: HookStatus
    expires_at_ms: int
    timeout_continues: bool
    details: Mapping[str, Any] = field(default_factory=dict)
    due_at_ms: int | None = None
    answered_at_ms: int | None = None
    answer: Mapping[str, Any] | str | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifting:
    """How traffic is shifted.

    Attributes:
        steps: green's share of production after each step, the last one being all of it.
        step_bake_ms: how long to wait after a step that is not the last.
        bake_ms: how long both revisions stay after the last step.
        hooks: the configured hooks.
    """

    steps: tuple[int, ...] = (ALL,)
    step_bake_ms: int = 0
    bake_ms: int = 0
    hooks: tuple[Hook, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a deployment with traffic shifting is.

    Attributes:
        target: the deployment that comes in (green).
        source: the deployment that serves production meanwhile (blue); None for a service's first deployment.
        step: how many production steps are done.
        shifted_at_ms: when this stage shifted its traffic, or None before it did, or where it has none to shift.
        production, test: green's share of the traffic.
        hooks: this stage's hooks; empty until they run, and where there are none.
        are_hooks_begun: whether this stage's hooks have been started.
        is_rollback: whether traffic and tasks go back to blue.
        is_checked: whether the scheduler has looked at the listener rules.
        problem: what makes it impossible to go on, as AWS words it, or an empty text.
        shifting: as configured when the deployment began.
    """

    target: str
    source: str | None
    stage: Stage
    started_at_ms: int
    entered_at_ms: int
    step: int = 0
    shifted_at_ms: int | None = None
    production: int = 0
    test: int = 0
    hooks: tuple[HookRun, ...] = ()
    are_hooks_begun: bool = False
    is_rollback: bool = False
    is_checked: bool = False
    problem: str = ""
    shifting: Shifting = Shifting()

    def hook(self, hook_id: str) -> HookRun | None:
        """This stage's hook of that id, or None."""
        return next((run for run in self.hooks if run.id == hook_id), None)
