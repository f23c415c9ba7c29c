"""A service played with nothing but the decider: tasks become healthy, drain and go when the player says so."""

from __future__ import annotations

from dataclasses import replace

from ecsim.decide.plan import (
    CompleteDeployment,
    DropDeployment,
    Plan,
    ReachSteadyState,
    SetDesired,
    StartTasks,
    StopTask,
    Tell,
)
from ecsim.decide.reconcile import Snapshot, reconcile
from ecsim.model.service import (
    CircuitBreaker,
    Deployment,
    DeploymentConfiguration,
    DeploymentStatus,
    RolloutState,
    Service,
)
from ecsim.model.task import DesiredStatus, Task, TaskStatus

START_MS, SETTLE_MS, STOP_MS = 20_000, 40_000, 30_000


class Played:
    """One service; `minutes` of it can be played."""

    def __init__(self, desired, minimum=100, maximum=200, breaker=None):
        configuration = DeploymentConfiguration(
            minimum_healthy_percent=minimum,
            maximum_percent=maximum,
            circuit_breaker=breaker or CircuitBreaker(),
        )
        self.service = Service(
            arn="arn:aws:ecs:x:1:service/shop/web",
            name="web",
            cluster_arn="arn:aws:ecs:x:1:cluster/shop",
            desired_count=desired,
            deployment_configuration=configuration,
        )
        self.tasks: dict[str, Task] = {}
        self.stopped_at: dict[str, int] = {}
        self.now = 0
        self.serial = 0
        self.messages: list[str] = []
        self.low_water: int | None = None
        self.high_water = 0
        self.steady = False
        self.deploy()

    def deploy(self):
        self.serial += 1
        old = tuple(replace(d, status=DeploymentStatus.ACTIVE) for d in self.service.deployments)
        new = Deployment(
            id=f"ecs-svc/{self.serial}",
            status=DeploymentStatus.PRIMARY,
            task_definition_arn=f"td/web:{self.serial}",
        )
        self.service = replace(self.service, deployments=(new, *old), steady=False)
        self.steady = False

    def look(self) -> Plan:
        alive = tuple(t for t in self.tasks.values() if not t.is_stopped)
        return reconcile(Snapshot(service=self.service, tasks=alive, targets={}, now_ms=self.now))

    def settle(self):
        for _ in range(1_000):
            moved = [self.apply(action) for action in self.look()]
            if not any(moved):
                break
        else:
            raise AssertionError("the plan never became empty")
        self.high_water = max(self.high_water, sum(1 for t in self.tasks.values() if not t.is_stopped))
        if self.low_water is not None:
            self.low_water = min(self.low_water, self.healthy())

    def apply(self, action) -> bool:
        if isinstance(action, StartTasks):
            for _ in range(action.count):
                self.serial += 1
                arn = f"task/{self.serial:05}"
                self.tasks[arn] = Task(
                    arn=arn,
                    id=arn,
                    cluster_arn="c",
                    task_definition_arn="td",
                    group="service:web",
                    service_arn=self.service.arn,
                    deployment_id=action.deployment_id,
                    created_at_ms=self.now,
                    availability_zone="abc"[self.serial % 3],
                )
        elif isinstance(action, StopTask):
            task = self.tasks[action.task_arn]
            assert task.desired_status is DesiredStatus.RUNNING, "stopped twice"
            self.tasks[task.arn] = replace(task, desired_status=DesiredStatus.STOPPED)
            self.stopped_at[task.arn] = self.now
        elif isinstance(action, SetDesired):
            self.change(action.deployment_id, desired_count=action.count)
        elif isinstance(action, CompleteDeployment):
            self.change(action.deployment_id, rollout_state=RolloutState.COMPLETED)
            self.service = replace(self.service, last_completed=self.service.primary)
        elif isinstance(action, DropDeployment):
            rest = tuple(d for d in self.service.deployments if d.id != action.deployment_id)
            self.service = replace(self.service, deployments=rest)
        elif isinstance(action, ReachSteadyState):
            self.steady = True
            return False
        elif isinstance(action, Tell):
            if action.message not in self.messages:
                self.messages.append(action.message)
            return False
        else:
            return False
        return True

    def change(self, deployment_id, **changes):
        deployments = tuple(
            replace(d, **changes) if d.id == deployment_id else d for d in self.service.deployments
        )
        self.service = replace(self.service, deployments=deployments)

    def healthy(self) -> int:
        return sum(
            1
            for t in self.tasks.values()
            if t.desired_status is DesiredStatus.RUNNING
            and t.started_at_ms is not None
            and self.now >= t.started_at_ms + SETTLE_MS
        )

    def tick(self, ms=5_000):
        self.now += ms
        for arn, task in list(self.tasks.items()):
            if task.desired_status is DesiredStatus.STOPPED and self.now >= self.stopped_at[arn] + STOP_MS:
                self.tasks[arn] = replace(task, last_status=TaskStatus.STOPPED)
            elif task.is_pending and self.now >= task.created_at_ms + START_MS:
                self.tasks[arn] = replace(task, last_status=TaskStatus.RUNNING, started_at_ms=self.now)
        self.settle()

    def play(self, minutes=30) -> Played:
        self.settle()
        for _ in range(minutes * 12):
            if self.steady and all(
                t.is_stopped or t.desired_status is DesiredStatus.RUNNING for t in self.tasks.values()
            ):
                break
            self.tick()
        return self

    def of(self, deployment_id) -> int:
        return sum(1 for t in self.tasks.values() if t.deployment_id == deployment_id and not t.is_stopped)
