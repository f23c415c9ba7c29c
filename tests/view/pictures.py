"""Pictures made by hand: frozen values and journals of three stories that views are tested with.

The stories follow ecs-behaviour.md 5.4 (rolling update), 5.11 (circuit breaker) and 5.6 (unhealthy replacement);
times are round so that they can be read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ecsim.clock.journal import Entry
from ecsim.model.container_instance import ContainerInstance, ContainerInstanceStatus, Resources
from ecsim.model.network import Balancer, Listener, ListenerRule, Target, TargetGroup, TargetState
from ecsim.model.service import (
    CircuitBreaker,
    Cluster,
    Deployment,
    DeploymentConfiguration,
    DeploymentStatus,
    LoadBalancer,
    RolloutState,
    Service,
    ServiceEvent,
)
from ecsim.model.task import (
    Container,
    DesiredStatus,
    Eni,
    HealthStatus,
    StopCode,
    TargetKey,
    Task,
    TaskStatus,
)
from ecsim.model.task_definition import ContainerDefinition, TaskDefinition
from ecsim.view import Picture

ARN = "arn:aws:ecs:ap-northeast-1:123456789012:"
GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/6d0ecf831eec9f09"
BALANCER = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
OLD, NEW = "ecs-svc/5482803233485152419", "ecs-svc/9044155092712846163"
ZONES = ("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d")
TARGET_REASONS = {
    "initial": "Elb.InitialHealthChecking",
    "draining": "Target.DeregistrationInProgress",
    "unhealthy": "Target.Timeout",
}


def task_id(number: int) -> str:
    return f"{(number * 2654435761) % 2**32:08x}{number:024x}"


@dataclass
class Story:
    """Writes a journal in the contract's kinds, and keeps the tasks and targets that it tells of."""

    entries: list[Entry] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    targets: dict[TargetKey, Target] = field(default_factory=dict)
    pending: list[tuple[int, str, str, dict]] = field(default_factory=list)

    def at(self, second: float, kind: str, subject: str, **fields) -> None:
        self.pending.append((round(second * 1_000), kind, subject, fields))

    def journal(self) -> tuple[Entry, ...]:
        ordered = sorted(self.pending, key=lambda e: e[0])
        return tuple(
            Entry(i, at, kind, subject, fields) for i, (at, kind, subject, fields) in enumerate(ordered)
        )

    def status(self, second: float, number: int, status: str, *, desired: str = "RUNNING", stop=None) -> None:
        task = self.tasks[task_id(number)]
        fields = {
            "service": "web" if task.service_arn else None,
            "deployment": task.deployment_id,
            "status": status,
            "desired": desired,
        }
        changes: dict = {"last_status": TaskStatus(status), "desired_status": DesiredStatus(desired)}
        if stop:
            fields |= {"stop_code": stop[0], "stopped_reason": stop[1]}
            changes |= {"stop_code": StopCode(stop[0]), "stopped_reason": stop[1]}
        fields["zone"] = task.availability_zone
        stamp = {"RUNNING": "started_at_ms", "STOPPED": "stopped_at_ms", "ACTIVATING": "pull_started_at_ms"}
        if (status in stamp and desired == "RUNNING") or status == "STOPPED":
            changes[stamp[status]] = round(second * 1_000)
        container = {"RUNNING": "RUNNING", "STOPPED": "STOPPED"}.get(status)
        if container:
            containers = tuple(replace(c, last_status=container) for c in task.containers)
            changes["containers"] = containers
        self.tasks[task.id] = replace(task, **changes)
        self.at(second, "task.status", task.id, **fields)

    def target(self, second: float, number: int, state: str) -> None:
        task = self.tasks[task_id(number)]
        key = TargetKey(target_group_arn=GROUP, target_id=task.eni.private_ip, port=8080)
        reason = TARGET_REASONS.get(state)
        if state == "gone":
            self.targets.pop(key)
            state, reason = "unused", "Target.NotRegistered"
        else:
            target = Target(key=key, task_arn=task.arn, state=TargetState(state), reason=reason)
            self.targets[key] = target
        subject = f"web/{task.eni.private_ip}:8080"
        self.at(second, "target.state", subject, task=task.id, state=state, reason=reason)

    def born(self, second: float, number: int, revision: int, deployment: str | None) -> None:
        id_ = task_id(number)
        self.tasks[id_] = Task(
            arn=f"{ARN}task/shop/{id_}",
            id=id_,
            cluster_arn=f"{ARN}cluster/shop",
            task_definition_arn=f"{ARN}task-definition/web:{revision}",
            group="service:web" if deployment else "family:report",
            service_arn=f"{ARN}service/shop/web" if deployment else None,
            deployment_id=deployment,
            availability_zone=ZONES[number % 3],
            cpu="256",
            memory="512",
            eni=Eni(
                id=f"eni-{number:017x}",
                subnet_id="subnet-1",
                private_ip=f"10.0.{number % 3}.{10 + number}",
                mac="0a:00:00:00:00:01",
            ),
            containers=(
                Container(name="web", arn=f"{ARN}container/{number}", image=f"shop/web:1.{revision}"),
            ),
            created_at_ms=round(second * 1_000),
        )
        self.status(second, number, "PROVISIONING")

    def up(self, second: float, number: int, revision: int, deployment: str, *, healthy: bool = True) -> None:
        """A task that starts well: RUNNING after 14 s, healthy 10 s later."""
        self.born(second, number, revision, deployment)
        self.status(second + 5, number, "PENDING")
        self.status(second + 7, number, "ACTIVATING")
        self.target(second + 12, number, "initial")
        self.status(second + 14, number, "RUNNING")
        if healthy:
            self.target(second + 24, number, "healthy")

    def down(self, second: float, number: int, deployment: str, reason: str | None = None) -> None:
        """A task that is drained for 30 s and stopped."""
        told = reason or f"Scaling activity initiated by (deployment {deployment})"
        stop = ("ServiceSchedulerInitiated", told)
        self.status(second, number, "RUNNING", desired="STOPPED", stop=stop)
        self.target(second, number, "draining")
        self.status(second, number, "DEACTIVATING", desired="STOPPED", stop=stop)
        self.at(
            second,
            "decision",
            task_id(number),
            action="wait",
            code="task.waits_for_draining",
            why={"targets": 1, "delay_s": 30},
        )
        self.target(second + 30, number, "gone")
        self.status(second + 30, number, "STOPPING", desired="STOPPED", stop=stop)
        self.at(second + 31, "container.exit", task_id(number), container="web", exit_code=0, reason=None)
        self.status(second + 31, number, "DEPROVISIONING", desired="STOPPED", stop=stop)
        self.status(second + 36, number, "STOPPED", desired="STOPPED", stop=stop)

    def decide(self, second: float, action: str, code: str, subject: str = "shop/web", **why) -> None:
        self.at(second, "decision", subject, action=action, code=code, why=why)

    def deployment(
        self, second: float, id_: str, revision: int, status: str, rollout: str, reason: str = ""
    ) -> None:
        self.at(
            second,
            "deployment.state",
            id_,
            service="shop/web",
            task_definition=f"web:{revision}",
            status=status,
            rollout_state=rollout,
            reason=reason,
        )

    def event(self, second: float, message: str) -> None:
        self.at(second, "service.event", "shop/web", message=f"(service web) {message}")

    def call(self, second: float, operation: str, by: str = "learner", **params) -> None:
        self.at(second, "call", f"ecs.{operation}", n=1, by=by, params=params, error=None)


def picture(story: Story, now: float, deployments: tuple[Deployment, ...], *, desired: int = 3) -> Picture:
    entries = story.journal()
    events = tuple(
        ServiceEvent(id=f"e{e.serial}", at_ms=e.at_ms, message=str(e.fields["message"]))
        for e in reversed(entries)
        if e.kind == "service.event"
    )
    service = Service(
        arn=f"{ARN}service/shop/web",
        name="web",
        cluster_arn=f"{ARN}cluster/shop",
        desired_count=desired,
        deployment_configuration=DeploymentConfiguration(
            circuit_breaker=CircuitBreaker(enable=True, rollback=True)
        ),
        deployments=deployments,
        events=events,
    )
    forward = {"Type": "forward", "TargetGroupArn": GROUP}
    return Picture(
        now_ms=round(now * 1_000),
        region="ap-northeast-1",
        clusters=(Cluster(arn=f"{ARN}cluster/shop", name="shop"),),
        services=(service,),
        tasks=tuple(story.tasks.values()),
        task_definitions={
            f"{ARN}task-definition/web:{n}": TaskDefinition(
                arn=f"{ARN}task-definition/web:{n}",
                family="web",
                revision=n,
                cpu=256,
                memory=512,
                containers=(ContainerDefinition(name="web", image=f"shop/web:1.{n}"),),
            )
            for n in (1, 2)
        },
        targets=tuple(story.targets.values()),
        target_groups={GROUP: TargetGroup(arn=GROUP, name="web", port=8080, deregistration_delay_s=30)},
        balancers=(
            Balancer(
                arn=BALANCER,
                name="shop",
                dns_name="shop-1234567890.ap-northeast-1.elb.amazonaws.com",
                listeners=(
                    Listener(
                        arn=f"{BALANCER}/l",
                        port=80,
                        protocol="HTTP",
                        rules=(ListenerRule(arn=f"{BALANCER}/r", priority=None, actions=(forward,)),),
                    ),
                ),
            ),
        ),
        journal=entries,
    )


def deployment(
    id_: str, revision: int, status: str = "PRIMARY", rollout: str = "COMPLETED", failed: int = 0
) -> Deployment:
    return Deployment(
        id=id_,
        status=DeploymentStatus(status),
        task_definition_arn=f"{ARN}task-definition/web:{revision}",
        rollout_state=RolloutState(rollout),
        desired_count=3,
        failed_tasks=failed,
        load_balancers=(LoadBalancer(target_group_arn=GROUP, container_name="web", container_port=8080),),
    )


def started(desired: int = 3) -> Story:
    """A service with its first deployment COMPLETED at 00:00:40."""
    story = Story()
    story.at(
        0,
        "call",
        "elasticloadbalancing.CreateLoadBalancer",
        n=1,
        by="given",
        params={"Name": "shop"},
        error=None,
    )
    story.call(1, "CreateService", by="given", cluster="shop", serviceName="web", desiredCount=desired)
    story.at(1, "service.desired", "shop/web", desired=desired)
    story.deployment(1, OLD, 1, "PRIMARY", "IN_PROGRESS", f"ECS deployment {OLD} in progress.")
    story.decide(
        2,
        "start_tasks",
        "rolling.start",
        start=desired,
        active=0,
        desired=desired,
        total=0,
        max_total=2 * desired,
    )
    for number in range(1, desired + 1):
        story.up(2, number, 1, OLD)
    ids = " ".join(f"(task {task_id(n)})" for n in range(1, desired + 1))
    story.event(2, f"has started {desired} tasks: {ids}.")
    story.event(14, f"registered {desired} targets in (target-group {GROUP})")
    story.decide(27, "complete_deployment", "rolling.complete", desired=desired)
    story.deployment(27, OLD, 1, "PRIMARY", "COMPLETED", f"ECS deployment {OLD} completed.")
    story.event(27, f"(deployment {OLD}) deployment completed.")
    story.event(27, "has reached a steady state.")
    return story


def updated(story: Story, second: float) -> None:
    """UpdateService to web:2."""
    story.call(second, "UpdateService", cluster="shop", service="web", taskDefinition="web:2")
    story.deployment(second, NEW, 2, "PRIMARY", "IN_PROGRESS", f"ECS deployment {NEW} in progress.")
    story.deployment(second, OLD, 1, "ACTIVE", "COMPLETED", f"ECS deployment {OLD} completed.")


def rolling(*, until: float = 1e9, now: float = 150) -> Picture:
    """Three tasks at 100/200 from web:1 to web:2, COMPLETED at 00:02:04."""
    story = started()
    updated(story, 60)
    story.decide(61, "start_tasks", "rolling.start", start=3, active=0, desired=3, total=3, max_total=6)
    for number in (4, 5, 6):
        story.up(61, number, 2, NEW)
    story.event(61, f"has started 3 tasks: {' '.join(f'(task {task_id(n)})' for n in (4, 5, 6))}.")
    story.decide(61.5, "wait", "rolling.wait_healthy", healthy=3, floor=3, new_healthy=0, desired=3)
    story.event(73, f"registered 3 targets in (target-group {GROUP})")
    for number in (1, 2, 3):
        story.decide(85, "stop_task", "rolling.stop_old", task_id(number), healthy=6, floor=3, old=3)
        story.down(85, number, NEW)
    story.event(85, f"has stopped 3 running tasks: {' '.join(f'(task {task_id(n)})' for n in (1, 2, 3))}.")
    story.event(85, "has begun draining connections on 3 tasks.")
    story.decide(86, "wait", "rolling.wait_draining", stopping=3, total=6, max_total=6)
    story.decide(122, "complete_deployment", "rolling.complete", desired=3)
    story.deployment(122, OLD, 1, "INACTIVE", "COMPLETED")
    story.deployment(122, NEW, 2, "PRIMARY", "COMPLETED", f"ECS deployment {NEW} completed.")
    story.event(122, f"(deployment {NEW}) deployment completed.")
    story.event(122, "has reached a steady state.")
    return picture(story, now, (deployment(NEW, 2),))


def rolling_midway() -> Picture:
    """The same at 00:01:40: new tasks healthy, old ones draining."""
    whole = rolling()
    story = started()
    updated(story, 60)
    story.decide(61, "start_tasks", "rolling.start", start=3, active=0, desired=3, total=3, max_total=6)
    for number in (4, 5, 6):
        story.up(61, number, 2, NEW, healthy=number != 6)
    story.event(61, f"has started 3 tasks: {' '.join(f'(task {task_id(n)})' for n in (4, 5, 6))}.")
    stop = ("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {NEW})")
    for number in (1, 2):
        story.status(86, number, "RUNNING", desired="STOPPED", stop=stop)
        story.target(86, number, "draining")
        story.status(86, number, "DEACTIVATING", desired="STOPPED", stop=stop)
    story.event(86, "has begun draining connections on 2 tasks.")
    assert whole.now_ms == 150_000
    return picture(
        story,
        100,
        (deployment(NEW, 2, rollout="IN_PROGRESS"), deployment(OLD, 1, status="ACTIVE")),
    )


BAD_IMAGE = (
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
    "docker.io/shop/web:1.2: docker.io/shop/web:1.2: not found"
)


def breaker() -> Picture:
    """A broken image: three starts fail, the breaker trips and rolls back."""
    story = started()
    updated(story, 60)
    number = 4
    for wave, second in enumerate((61.0, 110.0, 160.0)):
        story.decide(
            second, "start_tasks", "rolling.start", start=1, active=0, desired=3, total=3, max_total=6
        )
        story.born(second, number, 2, NEW)
        story.event(second, f"has started 1 tasks: (task {task_id(number)}).")
        story.status(second + 5, number, "PENDING")
        story.status(second + 7, number, "ACTIVATING")
        stop = ("TaskFailedToStart", BAD_IMAGE)
        at = second + 15
        story.decide(
            at, "stop_task", "task.image_not_pulled", task_id(number), image="shop/web:1.2", text=BAD_IMAGE
        )
        story.status(at, number, "ACTIVATING", desired="STOPPED", stop=stop)
        story.status(at, number, "DEPROVISIONING", desired="STOPPED", stop=stop)
        story.status(at + 4, number, "STOPPED", desired="STOPPED", stop=stop)
        story.event(at + 4, f"was unable to place a task. Reason: {BAD_IMAGE}.")
        if wave < 2:
            story.decide(at + 1, "wait", "throttle.wait", failed_launches=wave + 1, delay_s=30)
        number += 1
    story.decide(
        180, "fail_deployment", "breaker.trip_and_roll_back", count=3, threshold=3, desired=3, to=OLD
    )
    told = "ECS deployment circuit breaker: tasks failed to start."
    story.deployment(180, NEW, 2, "PRIMARY", "FAILED", told)
    story.event(180, f"(deployment {NEW}) deployment failed: tasks failed to start.")
    story.event(180, f"rolling back to deployment {OLD}.")
    story.decide(180, "roll_back", "breaker.roll_back", failed=NEW, to=OLD, failed_tasks=3)
    back = f"ECS deployment circuit breaker: rolling back to deploymentId {OLD}."
    story.deployment(180, OLD, 1, "PRIMARY", "IN_PROGRESS", back)
    story.deployment(180, NEW, 2, "ACTIVE", "FAILED", told)
    story.decide(182, "complete_deployment", "rolling.complete", desired=3)
    story.deployment(182, NEW, 2, "INACTIVE", "FAILED", told)
    story.deployment(182, OLD, 1, "PRIMARY", "COMPLETED", f"ECS deployment {OLD} completed.")
    story.event(182, f"(deployment {OLD}) deployment completed.")
    story.event(182, "has reached a steady state.")
    return picture(story, 200, (deployment(OLD, 1),))


def unhealthy() -> Picture:
    """Task 2 stops answering at 00:01:00; a replacement starts first."""
    story = started()
    story.at(60, "fault", "hang", match=task_id(2), value={}, on=True)
    story.target(92, 2, "unhealthy")
    story.decide(93, "start_tasks", "replace.start_first", unhealthy=1, total=3, max_total=6)
    story.up(93, 4, 1, OLD)
    story.event(
        93,
        f"has started 1 tasks: (task {task_id(4)}). Amazon ECS replaced 1 tasks due to an unhealthy status.",
    )
    story.decide(118, "stop_task", "replace.stop_replaced", task_id(2), healthy=3, desired=3)
    story.event(
        118,
        f"(task {task_id(2)}) (port 8080) is unhealthy in (target-group {GROUP}) due to (reason Request timed out).",
    )
    story.down(118, 2, OLD, f"Task failed ELB health checks in (target-group {GROUP})")
    story.event(118, f"has stopped 1 running tasks: (task {task_id(2)}).")
    story.event(155, "has reached a steady state.")
    for second in (95, 96, 97.5):
        story.at(
            second,
            "http",
            "GET http://shop.example/",
            status=504,
            task=task_id(2),
            ms=60_000,
            code="http.idle_timeout",
            why={"task": task_id(2), "address": "10.0.2.12", "timeout_s": 60},
            client="c1",
        )
    return picture(story, 170, (deployment(OLD, 1),))


def crowd() -> Picture:
    """Forty tasks, ten at a time (100/125), half-way."""
    story = started(40)
    story.call(
        60,
        "UpdateService",
        cluster="shop",
        service="web",
        taskDefinition="web:2",
        deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 125},
    )
    story.deployment(60, NEW, 2, "PRIMARY", "IN_PROGRESS")
    story.deployment(60, OLD, 1, "ACTIVE", "COMPLETED")
    number, old = 41, 1
    for wave in range(3):
        second = 61 + wave * 62
        story.decide(
            second,
            "start_tasks",
            "rolling.start",
            start=10,
            active=10 * wave,
            desired=40,
            total=40,
            max_total=50,
        )
        for _ in range(10):
            story.up(second, number, 2, NEW)
            number += 1
        story.event(second, "has started 10 tasks: (...).")
        for _ in range(10):
            if second + 61 < 250:
                story.decide(
                    second + 24,
                    "stop_task",
                    "rolling.stop_old",
                    task_id(old),
                    healthy=50,
                    floor=40,
                    old=10,
                )
                story.down(second + 24, old, NEW)
            old += 1
        story.event(second + 24, "has stopped 10 running tasks: (...).")
    return picture(
        story,
        250,
        (deployment(NEW, 2, rollout="IN_PROGRESS"), deployment(OLD, 1, status="ACTIVE")),
        desired=40,
    )


def sidecar_checks() -> Picture:
    """A task with two containers, one with a health check, and one that has ended; no load balancer."""
    story = started()
    task = story.tasks[task_id(1)]
    containers = (
        replace(task.containers[0], has_health_check=True, health_status=HealthStatus.HEALTHY),
        Container(
            name="migrate",
            arn=f"{ARN}container/9",
            image="shop/migrate:1",
            essential=False,
            last_status="STOPPED",
            exit_code=0,
        ),
        Container(
            name="<log> & ルーター",
            arn=f"{ARN}container/8",
            image="fluent/fluent-bit:2",
            last_status="RUNNING",
        ),
    )
    story.tasks[task.id] = replace(task, containers=containers, health_status=HealthStatus.HEALTHY)
    return picture(story, 50, (deployment(OLD, 1),))


def canary(*, back: bool = False) -> Picture:
    """A canary of 10 %: after the first step it waits eleven minutes; with `back` it is stopped in that time."""
    story = started()
    updated(story, 60)

    def stage(second, name, production, test, *, step=1, rollback=False):
        shares = {"production": production, "test": test, "shifts": True}
        where = {"stage": name, "step": step, "steps": 2, "source": OLD, "rollback": rollback}
        story.at(second, "deployment.stage", NEW, service="shop/web", **where, **shares)

    for name in ("PRE_SCALE_UP", "SCALE_UP"):
        stage(61, name, 0, 0)
    for number in (4, 5, 6):
        story.up(61, number, 2, NEW)
    stage(85, "POST_SCALE_UP", 0, 0)
    for share in (0, 100):
        stage(85, "TEST_TRAFFIC_SHIFT", 0, share)
    stage(85, "POST_TEST_TRAFFIC_SHIFT", 0, 100)
    for second, status in ((85, "AWAITING_ACTION"), (145, "SUCCEEDED")):
        hook = {"type": "PAUSE", "target": None, "status": status}
        story.at(second, "deployment.hook", NEW, service="shop/web", stage="POST_TEST_TRAFFIC_SHIFT", **hook)
    arn = f"{ARN}service-deployment/shop/web/abc"
    story.call(145, "ContinueServiceDeployment", serviceDeploymentArn=arn)
    stage(145, "PRE_PRODUCTION_TRAFFIC_SHIFT", 0, 100)
    for share in (0, 10):
        stage(145, "PRODUCTION_TRAFFIC_SHIFT", share, 100)
    if not back:
        return picture(story, 805, (deployment(NEW, 2, rollout="IN_PROGRESS"), deployment(OLD, 1, "ACTIVE")))
    story.deployment(300, NEW, 2, "PRIMARY", "FAILED")
    story.deployment(300, OLD, 1, "PRIMARY", "IN_PROGRESS")
    story.deployment(300, NEW, 2, "ACTIVE", "FAILED")
    for name, production, test in (
        ("PRODUCTION_TRAFFIC_SHIFT", 0, 100),
        ("TEST_TRAFFIC_SHIFT", 0, 0),
        ("CLEAN_UP", 0, 0),
    ):
        stage(300, name, production, test, rollback=True)
    for number in (4, 5, 6):
        story.down(300, number, NEW)
    story.deployment(336, NEW, 2, "INACTIVE", "FAILED")
    story.deployment(336, OLD, 1, "PRIMARY", "COMPLETED")
    return picture(story, 360, (deployment(OLD, 1),))


def instances(*, count: int = 3) -> Picture:
    """Three tasks on container instances: one is DRAINING, the agent of one is not connected, one has GPUs."""
    whole = picture(started(), 50, (deployment(OLD, 1),))
    there = tuple(
        ContainerInstance(
            arn=f"{ARN}container-instance/shop/{number:032x}",
            id=f"{number:032x}",
            cluster_arn=f"{ARN}cluster/shop",
            ec2_instance_id=f"i-{number:017x}",
            status=ContainerInstanceStatus.DRAINING if number == 1 else ContainerInstanceStatus.ACTIVE,
            agent_connected=number != 2,
            registered=Resources(cpu=2_048, memory=3_891, gpus=1 if number == 3 else 0, enis=2),
            instance_type="t3.medium",
            capacity_provider_name="spare" if number == 3 else None,
            availability_zone=ZONES[number % 3],
        )
        for number in range(1, count + 1)
    )
    reserved = Resources(cpu=256, memory=512)
    tasks = tuple(
        replace(task, container_instance_arn=there[n].arn, reserved=replace(reserved, enis=n % 2))
        for n, task in enumerate(whole.tasks)
    )
    return replace(whole, tasks=tasks, container_instances=there)
