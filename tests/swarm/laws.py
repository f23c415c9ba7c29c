"""What must hold at every moment, whatever anybody does.

`Watch` looks at each line of the journal as it is written, with the store as it is at that moment; `check` looks at
the whole between two steps. Both count for themselves, and use nothing of `ecsim.decide`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field

from ecsim.model.network import TargetState
from ecsim.model.task import DesiredStatus, HealthStatus, TaskStatus

RANK = {str(status): rank for rank, status in enumerate(TaskStatus)}
SETTLE_MS = 40_000
"""Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent."""
MOMENTS = (
    "created_at_ms",
    "connectivity_at_ms",
    "pull_started_at_ms",
    "pull_stopped_at_ms",
    "started_at_ms",
    "stopping_at_ms",
    "execution_stopped_at_ms",
    "stopped_at_ms",
)
"""Source: ecs-behaviour.md 2.1, timestamps in order."""
NEVER_HEALTHY = ("rolling.stop_old_unhealthy", "replace.", "breaker.failed_deployment")
"""Reasons that may only ever stop a task that is not healthy."""


def healthy(store, task, now_ms):
    """Whether a task counts as healthy. Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent."""
    if task.desired_status is DesiredStatus.STOPPED or task.last_status is not TaskStatus.RUNNING:
        return False
    checked = [c for c in task.containers if c.essential and c.has_health_check]
    if checked and not all(c.health_status is HealthStatus.HEALTHY for c in checked):
        return False
    if task.targets:
        found = [store.targets.get(key) for key in task.targets]
        return all(t is not None and t.state is TargetState.HEALTHY for t in found)
    return bool(checked) or now_ms >= task.started_at_ms + SETTLE_MS


class Watch:
    """Watches the journal of a cloud as it is written."""

    def __init__(self, cloud):
        self._cloud, self._store = cloud, cloud.store
        self._status: dict[str, tuple[int, str]] = {}
        self._last_ms = 0
        self._write = cloud.journal.record
        cloud.journal.record = self.record
        self.seen: Counter[str] = Counter()

    def record(self, kind, subject, /, **fields):
        """Journal's `record`, watched."""
        entry = self._write(kind, subject, **fields)
        assert entry.at_ms >= self._last_ms, f"time went back from {self._last_ms}: {entry.line()}"
        self._last_ms = entry.at_ms
        json.dumps(dict(fields))  # plain values only: views and graders read it as JSON
        if kind == "task.status":
            self._task(entry)
        elif kind == "deployment.stage":
            self._shift(entry)
        elif kind == "decision":
            self.seen[fields["code"]] += 1
            if fields["action"] == "stop_task":
                self._stop(entry)
        return entry

    def _task(self, entry):
        status, desired = entry.fields["status"], entry.fields["desired"]
        rank, before = self._status.get(entry.subject, (-1, "RUNNING"))
        assert RANK[status] >= rank, f"a task went back from rank {rank}: {entry.line()}"
        assert (before, desired) != ("STOPPED", "RUNNING"), f"a task came back: {entry.line()}"
        assert RANK[status] <= RANK["RUNNING"] or desired == "STOPPED", f"goes down unasked: {entry.line()}"
        self._status[entry.subject] = (RANK[status], desired)
        if rank < 0:
            self._start(entry)

    def _start(self, entry):
        task = next(t for t in reversed(self._store.tasks.values()) if t.id == entry.subject)
        assert task.last_status is TaskStatus.PROVISIONING, entry.line()
        if task.service_arn is None:
            return
        service = self._store.services[task.service_arn]
        assert service.status == "ACTIVE", f"a {service.status} service starts a task: {entry.line()}"
        if service.progress is not None:
            self._start_beside(entry, service, task)
            return
        assert task.deployment_id == service.deployments[0].id, f"not of the PRIMARY: {entry.line()}"
        state = service.deployments[0].rollout_state
        assert state != "FAILED", f"a FAILED deployment starts a task: {entry.line()}"
        ceiling = service.desired_count * service.deployment_configuration.maximum_percent // 100
        total = sum(
            1 for t in self._store.tasks.values() if t.service_arn == service.arn and not t.is_stopped
        )
        assert total <= ceiling, (
            f"{total} tasks of {service.desired_count} desired, "
            f"at most {service.deployment_configuration.maximum_percent} %: {entry.line()}"
        )

    def _start_beside(self, entry, service, task):
        """While traffic is shifted, blue and green have the desired count each."""
        progress = service.progress
        assert task.deployment_id in (progress.target, progress.source), f"of neither: {entry.line()}"
        if task.deployment_id == progress.target:
            assert not progress.is_rollback, f"the rejected revision starts a task: {entry.line()}"
            assert progress.stage not in ("RECONCILE_SERVICE", "PRE_SCALE_UP"), f"too early: {entry.line()}"
        ceiling = service.desired_count * service.deployment_configuration.maximum_percent // 100
        mine = [
            t
            for t in self._store.tasks.values()
            if t.service_arn == service.arn and t.deployment_id == task.deployment_id and not t.is_stopped
        ]
        assert len(mine) <= ceiling, f"{len(mine)} tasks of one revision, at most {ceiling}: {entry.line()}"

    def _shift(self, entry):
        """Weights are percentages, and move where the strategy says."""
        for kind in ("production", "test"):
            assert 0 <= entry.fields[kind] <= 100, entry.line()
        if entry.fields["stage"] == "CLEAN_UP":
            whole = 0 if entry.fields["rollback"] else 100
            assert entry.fields["production"] == whole, f"cleaned up too early: {entry.line()}"

    def _stop(self, entry):
        """A decision to stop a task, before it is carried out."""
        task = next(t for t in self._store.tasks.values() if t.id == entry.subject)
        now, code = self._cloud.now_ms, entry.fields["code"]
        well = healthy(self._store, task, now)
        if code.startswith(NEVER_HEALTHY):
            assert not well, f"a healthy task is stopped: {entry.line()}"
        service = self._store.services.get(task.service_arn or "")
        progress = service.progress if service is not None else None
        if code == "strategy.stop" and progress is not None and not task.host:
            revision = {progress.source: False, progress.target: True}.get(task.deployment_id)
            if revision is not None:
                assert (progress.stage, progress.is_rollback) == ("CLEAN_UP", revision), (
                    f"{'green' if revision else 'blue'} is stopped in {progress.stage}: {entry.line()}"
                )
        if service is None or progress is not None or not code.startswith(("rolling.", "scale.")):
            return
        assert not task.is_protected(now) or not well, f"a protected task is stopped: {entry.line()}"
        mine = [
            t
            for t in self._store.tasks.values()
            if t.service_arn == service.arn and t.arn != task.arn and t.desired_status == "RUNNING"
        ]
        if code == "scale.in":
            alive = sum(1 for t in mine if t.deployment_id == task.deployment_id)
            assert alive >= service.desired_count, f"scaled in below {service.desired_count}: {entry.line()}"
            return
        left = sum(1 for t in mine if healthy(self._store, t, now))
        floor = -(-service.desired_count * service.deployment_configuration.minimum_healthy_percent // 100)
        assert not well or left >= floor, f"{left} healthy tasks would be left, floor {floor}: {entry.line()}"


@dataclass(slots=True)
class Known:
    """What was found right at the last check: values are frozen, so the same value is right still."""

    tasks: dict = field(default_factory=dict)
    services: dict = field(default_factory=dict)
    answers: dict = field(default_factory=dict)


def check(shop, known=None):
    """The laws between two steps; only what has changed since `known` was last given is looked at closely."""
    known = Known() if known is None else known
    store, cloud = shop.cloud.store, shop.cloud
    live = shop.live_tasks()
    _tasks(store, cloud.now_ms, known)
    _addresses(cloud, live)
    _targets(shop, store)
    of_services: dict[str | None, list] = {}
    for task in store.tasks.values():
        of_services.setdefault(task.service_arn, []).append(task)
    for service in store.services.values():
        _service(service, of_services.get(service.arn, []), known)
    _answers(shop, store, of_services, known)
    _indexes(store)
    _programs(cloud, store, live)
    _wakes(cloud, live)


def _tasks(store, now_ms, known):
    for task in store.tasks.values():
        if known.tasks.get(task.arn) is not task:
            _task(task, now_ms)
            known.tasks[task.arn] = task


def _task(task, now_ms):
    at = [getattr(task, name) for name in MOMENTS]
    known = [moment for moment in at if moment is not None]
    assert known == sorted(known), f"timestamps out of order: {dict(zip(MOMENTS, at, strict=True))}"
    assert known[-1] <= now_ms, f"a moment to come: {task}"
    assert (task.started_at_ms is not None) == task.ever_running, task
    if task.desired_status is DesiredStatus.STOPPED:
        assert task.stop_code is not None, f"stopped without a code: {task}"
        assert task.stopped_reason, f"stopped without a reason: {task}"
    if task.is_stopped:
        assert task.desired_status is DesiredStatus.STOPPED, task
        missing = [n for n in MOMENTS[-3:] if getattr(task, n) is None]
        assert not missing, f"STOPPED without {missing}: {task}"
        running = [c.name for c in task.containers if c.last_status != "STOPPED"]
        assert not running, f"STOPPED with {running}: {task}"
    for container in task.containers:
        assert container.exit_code is None or container.started_at_ms is not None, task


def _addresses(cloud, live):
    held = Counter(t.eni.private_ip for t in live if t.eni is not None)
    double = [ip for ip, n in held.items() if n > 1]
    assert not double, f"addresses of two tasks: {double}"
    addresses = cloud.controller._life._addresses
    used = sum(len(offsets) for offsets in addresses._used.values())
    assert used == len(held), f"{used} addresses in use, {len(held)} held by tasks"
    known = cloud.controller._life.targets._task_at
    stale = [ip for ip, arn in known.items() if cloud.store.tasks[arn].is_stopped]
    assert not stale, f"addresses still answer for STOPPED tasks: {stale}"


def _targets(shop, store):
    for key, target in store.targets.items():
        assert target.key == key, target
        by_hand = (key.target_group_arn, key.target_id, key.port) in shop.by_hand
        task = store.tasks.get(target.task_arn or "")
        draining = target.state is TargetState.DRAINING  # it may outlast a task whose containers have ended
        assert by_hand or draining or (task is not None and not task.is_stopped), (
            f"a target of nobody: {target}"
        )
        assert draining == (target.draining_until_ms is not None), target
        assert not draining or target.draining_until_ms >= shop.cloud.now_ms, f"drains for ever: {target}"
        assert (target.reason is None) == (target.state is TargetState.HEALTHY), target
        if not by_hand and task is not None and task.desired_status is DesiredStatus.STOPPED:
            assert draining, f"a stopping task's target still gets requests: {target}"


def _service(service, tasks, known):
    if known.services.get(service.arn) is not service:
        _one_service(service)
        known.services[service.arn] = service
    mine = [t for t in tasks if not t.is_stopped]
    if service.status == "INACTIVE":
        over = [t.id for t in mine if RANK[t.last_status] < RANK["STOPPING"]]
        assert not over, f"{service.name} is INACTIVE and has {over}"
    else:
        # The name of an INACTIVE service may be used again while its last tasks are STOPPING.
        ids = [d.id for d in service.deployments]
        lost = [t.id for t in mine if t.deployment_id not in ids and RANK[t.last_status] < RANK["STOPPING"]]
        assert not lost, f"{service.name}: tasks of no deployment: {lost}"


def _one_service(service):
    primaries = [d.id for d in service.deployments if d.status == "PRIMARY"]
    assert primaries == [service.deployments[0].id], f"{service.name}: PRIMARY are {primaries}"
    ids = [d.id for d in service.deployments]
    assert len(set(ids)) == len(ids), f"{service.name}: deployments {ids}"
    assert len(service.events) <= 100
    assert len({e.id for e in service.events}) == len(service.events)
    at = [e.at_ms for e in service.events]
    assert at == sorted(at, reverse=True), f"{service.name}: events are not newest first"


def _answers(shop, store, mine, known):
    """DescribeServices' counts equal the tasks'."""
    by_cluster: dict[str, list[str]] = {}
    for service in store.services.values():
        if store.clusters[service.cluster_arn].status == "ACTIVE":
            by_cluster.setdefault(service.cluster_arn, []).append(service.arn)
    for cluster, arns in by_cluster.items():
        # The answer is made of these values and of nothing else, and they are frozen.
        now = [each for arn in arns for each in (store.services[arn], *mine.get(arn, ()))]
        before = known.answers.get(cluster, [])
        if len(now) == len(before) and all(a is b for a, b in zip(now, before, strict=True)):
            continue
        answer = shop.ecs("DescribeServices", cluster=cluster, services=arns[:10])
        assert not answer["failures"], answer["failures"]
        for shown in answer["services"]:
            _counts(shown, mine.get(shown["serviceArn"], []))
        known.answers[cluster] = now


def _counts(shown, tasks):
    running = [t.deployment_id for t in tasks if t.last_status == "RUNNING"]
    pending = [t.deployment_id for t in tasks if RANK[t.last_status] < RANK["RUNNING"]]
    counted = (shown["runningCount"], shown["pendingCount"])
    assert counted == (len(running), len(pending)), f"{shown['serviceName']} shows {counted}"
    for deployment in shown["deployments"]:
        counted = (deployment["runningCount"], deployment["pendingCount"])
        mine = deployment["id"]
        assert counted == (running.count(mine), pending.count(mine)), f"{mine} shows {counted}"
        assert deployment["desiredCount"] >= 0
        assert deployment["failedTasks"] >= 0


def _indexes(store):
    by_service = {t.arn: None for t in store.tasks.values() if t.service_arn and not t.is_stopped}
    kept = {arn: None for arns in store._tasks_of_service.values() for arn in arns}
    assert kept.keys() == by_service.keys(), "the index of services' tasks is wrong"
    live = {t.arn for t in store.tasks.values() if not t.is_stopped}
    assert {arn for arns in store._tasks_of_group.values() for arn in arns} == live, "index of groups"
    every = [arn for arns in store._tasks_of_cluster.values() for arn in arns]
    assert sorted(every) == sorted(store.tasks), "index of clusters' tasks"
    assert {k for keys in store._targets_of_group.values() for k in keys} == store.targets.keys()
    assert {a for arns in store._services_of_cluster.values() for a in arns} == store.services.keys()
    assert {a for arns in store._families.values() for a in arns} == store.task_definitions.keys()
    for kind in ("tasks", "services", "clusters", "task_definitions"):
        assert all(arn == value.arn for arn, value in getattr(store, kind).items()), kind


def _programs(cloud, store, live):
    """Nothing runs in a task that is STOPPED, and what the store calls RUNNING runs (`_task` has the STOPPED ones)."""
    hosted = cloud.workload._tasks
    dead = [
        arn
        for arn, at in hosted.items()
        if at.runs and (arn not in store.tasks or store.tasks[arn].is_stopped)
    ]
    assert not dead, f"programs of STOPPED tasks run: {dead}"
    for task in live:
        running = sorted(c.name for c in task.containers if c.last_status == "RUNNING")
        runs = sorted(hosted[task.arn].runs) if task.arn in hosted else []
        assert running == runs, f"{task.id}: RUNNING are {running}, programs {runs}"


def _wakes(cloud, live):
    """Nothing wakes ever more often."""
    waiting = Counter(wake.kind for wake in cloud.engine.planned())
    stopped = len(cloud.store.tasks) - len(live)
    most = 100 + 20 * len(live) + stopped + 4 * len(cloud.store.targets)
    looks = sum(n for kind, n in waiting.items() if kind not in ("http", "traffic"))
    assert looks <= most, f"{looks} wakes wait, {most} would be plenty: {waiting}"
