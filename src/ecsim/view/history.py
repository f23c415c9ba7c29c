"""What happened to one service, read from the journal: intervals instead of moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ecsim.clock.journal import Entry
from ecsim.view.shifts import ShiftHistory
from ecsim.view.snapshot import Picture
from ecsim.view.tracks import Track


@dataclass(slots=True, kw_only=True)
class TaskHistory:
    """The life of one task.

    Attributes:
        task_definition: `family:revision`, or "" when nothing tells.
        states: `lastStatus` over time, up to STOPPED.
        health: task health by its containers' health checks over time.
        targets: per target (`<target group>/<ip>:<port>`) its state over time.
        exits: (moment, container, exit code or None, reason or "").
        host: id of the EC2 instance that it is on, or "".
    """

    id: str
    service: str | None
    deployment: str | None
    task_definition: str = ""
    zone: str = ""
    host: str = ""
    stop_code: str = ""
    stopped_reason: str = ""
    states: Track = field(default_factory=Track)
    health: Track = field(default_factory=Track)
    targets: dict[str, Track] = field(default_factory=dict)
    exits: list[tuple[int, str, int | None, str]] = field(default_factory=list)

    @property
    def created_at_ms(self) -> int:
        """When it was first heard of."""
        return self.states.spans[0].from_ms if self.states.spans else 0

    @property
    def stopped_at_ms(self) -> int | None:
        """When it reached STOPPED, or None."""
        last = self.states.spans[-1] if self.states.spans else None
        return last.from_ms if last and last.state == "STOPPED" else None


@dataclass(slots=True, kw_only=True)
class DeploymentHistory:
    """One deployment over time. A span's state is `<status>/<rollout state>`, its detail the reason."""

    id: str
    task_definition: str
    states: Track = field(default_factory=Track)


@dataclass(slots=True, kw_only=True)
class ServiceHistory:
    """Everything that a timeline of one service shows.

    Attributes:
        calls: mutating calls about the service or its tasks, with `by` and the operation, that had no error.
        activity: the moments at which anything changed, in order.
        desired: the desired count over time, a number as text.
        shifts: the stages and weights of deployments that shift traffic.
    """

    cluster: str
    name: str
    tasks: list[TaskHistory] = field(default_factory=list)
    deployments: list[DeploymentHistory] = field(default_factory=list)
    events: list[Entry] = field(default_factory=list)
    calls: list[Entry] = field(default_factory=list)
    faults: list[Entry] = field(default_factory=list)
    decisions: list[Entry] = field(default_factory=list)
    activity: list[int] = field(default_factory=list)
    desired: Track = field(default_factory=Track)
    shifts: ShiftHistory = field(default_factory=ShiftHistory)

    @property
    def subject(self) -> str:
        """`<cluster>/<service>`, as the journal names it."""
        return f"{self.cluster}/{self.name}"


def last_part(arn_or_name: str) -> str:
    """What stands after the last slash."""
    return arn_or_name.rsplit("/", 1)[-1]


def find_service(picture: Picture, service: str) -> str | None:
    """`<cluster>/<service>` for a name, `<cluster>/<service>` or an ARN; None when nothing is known of it."""
    wanted = service.split(":service/", 1)[-1]
    for subject in known_services(picture):
        if wanted in (subject, last_part(subject)):
            return subject
    return None


def known_services(picture: Picture) -> list[str]:
    """`<cluster>/<service>` of all that are or were there, those that are first."""
    now = [f"{last_part(s.cluster_arn)}/{s.name}" for s in picture.services]
    then = [e.subject for e in picture.journal if e.kind.startswith("service.")]
    return list(dict.fromkeys(now + then))


def service_history(picture: Picture, subject: str) -> ServiceHistory:
    """Read the journal for one service, given as `<cluster>/<service>`."""
    cluster, name = subject.split("/", 1)
    history = ServiceHistory(cluster=cluster, name=name)
    tasks: dict[str, TaskHistory] = {}
    deployments: dict[str, DeploymentHistory] = {}
    owner = {d.id: f"{last_part(s.cluster_arn)}/{s.name}" for s in picture.services for d in s.deployments}
    owner |= {
        e.subject: str(e.fields.get("service")) for e in picture.journal if e.kind == "deployment.state"
    }
    for entry in picture.journal:
        if _read(entry, history, tasks, deployments, owner):
            history.activity.append(entry.at_ms)
    history.tasks, history.deployments = list(tasks.values()), list(deployments.values())
    _complete(history, picture)
    return history


def _read(
    entry: Entry,
    history: ServiceHistory,
    tasks: dict[str, TaskHistory],
    deployments: dict[str, DeploymentHistory],
    owner: dict[str, str],
) -> bool:
    """Take one entry in; whether it is about the service."""
    fields, at = entry.fields, entry.at_ms
    if entry.kind == "task.status":
        deployment = _text(fields.get("deployment"))
        if fields.get("service") != history.name or owner.get(deployment, history.subject) != history.subject:
            return False
        task = tasks.setdefault(
            entry.subject, TaskHistory(id=entry.subject, service=history.name, deployment=deployment or None)
        )
        task.states.set(_text(fields.get("status")), at)
        note_place(task, entry)
        task.stop_code = _text(fields.get("stop_code")) or task.stop_code
        task.stopped_reason = _text(fields.get("stopped_reason")) or task.stopped_reason
    elif entry.kind == "container.exit" and entry.subject in tasks:
        code = fields.get("exit_code")
        tasks[entry.subject].exits.append(
            (
                at,
                _text(fields.get("container")),
                code if isinstance(code, int) else None,
                _text(fields.get("reason")),
            )
        )
    elif entry.kind == "container.health" and entry.subject in tasks:
        tasks[entry.subject].health.set(_text(fields.get("health")), at, _text(fields.get("container")))
    elif entry.kind == "target.state" and _text(fields.get("task")) in tasks:
        track = tasks[_text(fields.get("task"))].targets.setdefault(entry.subject, Track())
        state = _text(fields.get("state"))
        if fields.get("reason") == "Target.NotRegistered":
            track.end(at)
        else:
            track.set(state, at, _text(fields.get("reason")))
    elif entry.kind == "deployment.state" and fields.get("service") == history.subject:
        deployment_history = deployments.setdefault(
            entry.subject,
            DeploymentHistory(id=entry.subject, task_definition=_text(fields.get("task_definition"))),
        )
        state = f"{_text(fields.get('status'))}/{_text(fields.get('rollout_state'))}"
        deployment_history.states.set(state, at, _text(fields.get("reason")))
        history.shifts.deployment(entry)
    else:
        return _read_rest(entry, history, tasks)
    return True


def _read_rest(entry: Entry, history: ServiceHistory, tasks: dict[str, TaskHistory]) -> bool:
    """Take in what has no interval: events, calls, faults, decisions; and the desired count."""
    if entry.kind == "service.event" and entry.subject == history.subject:
        history.events.append(entry)
    elif entry.kind == "service.desired" and entry.subject == history.subject:
        history.desired.set(str(entry.fields.get("desired")), entry.at_ms)
    elif (
        entry.kind in ("deployment.stage", "deployment.hook")
        and entry.fields.get("service") == history.subject
    ):
        history.shifts.add(entry)
    elif entry.kind == "decision" and (entry.subject == history.subject or entry.subject in tasks):
        history.decisions.append(entry)
        return False  # a wait may be decided again and again while nothing happens
    elif entry.kind == "fault" and concerns(match_of(entry), history.name, tasks.values()):
        history.faults.append(entry)
    elif entry.kind == "call" and _is_about(entry, history, tasks):
        history.calls.append(entry)
    else:
        return False
    return True


def _is_about(entry: Entry, history: ServiceHistory, tasks: dict[str, TaskHistory]) -> bool:
    operation = last_dotted(entry.subject)
    params = entry.fields.get("params")
    if entry.fields.get("error") or not isinstance(params, dict):
        return False
    if operation in ("ContinueServiceDeployment", "StopServiceDeployment"):
        return f":service-deployment/{history.subject}/" in _text(params.get("serviceDeploymentArn"))
    cluster = last_part(_text(params.get("cluster")) or "default")
    if cluster != history.cluster:
        return False
    if operation in ("CreateService", "UpdateService", "DeleteService"):
        return last_part(_text(params.get("serviceName")) or _text(params.get("service"))) == history.name
    return operation == "StopTask" and last_part(_text(params.get("task"))) in tasks


def note_place(task: TaskHistory, entry: Entry) -> None:
    """Learn from a status of a task where it is."""
    task.zone = _text(entry.fields.get("zone")) or task.zone
    task.host = _text(entry.fields.get("instance")) or task.host


def match_of(entry: Entry) -> str:
    """Whom a fault is for; taking faults back without saying whose means everybody's."""
    return _text(entry.fields.get("match")) or "*"


def concerns(match: str, service: str | None, tasks: Iterable[TaskHistory]) -> bool:
    """Whether a fault's `match` fits a service, one of its tasks, or the zone or instance that one was on."""
    return match in ("*", service) or (
        match != ""
        and any(
            task.id.startswith(match)
            or task.zone == match
            or (task.host != "" and task.host.startswith(match))
            for task in tasks
        )
    )


def last_dotted(subject: str) -> str:
    """What stands after the last dot: the operation of a call."""
    return subject.rsplit(".", 1)[-1]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _complete(history: ServiceHistory, picture: Picture) -> None:
    """What the journal need not say: revisions and zones of tasks that are still remembered; ends of targets."""
    revision = {d.id: d.task_definition for d in history.deployments}
    known = {task.id: task for task in picture.tasks}
    for task in history.tasks:
        if (now := known.get(task.id)) is not None:
            task.task_definition = last_part(now.task_definition_arn)
            task.zone = task.zone or now.availability_zone
        task.task_definition = task.task_definition or revision.get(task.deployment or "", "")
        if (stopped := task.stopped_at_ms) is not None:
            for track in [task.health, *task.targets.values()]:
                track.end(stopped)


SETTLE_MS = 40_000
"""A task without load balancer and health check counts as healthy this long after RUNNING.

Source: botocore ecs DeploymentConfiguration.minimumHealthyPercent.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many tasks there were from a moment on.

    Attributes:
        total: tasks that are not STOPPED (they count against maximumPercent).
        running: tasks that are RUNNING.
        healthy: RUNNING tasks that count as healthy: all their targets are, their health checks say so, or, where
            there is neither, they have been RUNNING for `SETTLE_MS`.
    """

    at_ms: int
    total: int
    running: int
    healthy: int


def counts(tasks: Iterable[TaskHistory], now_ms: int) -> list[Count]:
    """The number of tasks over time, one entry for each change."""
    everything = list(tasks)
    change: dict[int, list[int]] = {}
    for task in everything:
        before = (0, 0, 0)
        for moment in _moments(task, now_ms):
            after = _counted(task, moment)
            here = change.setdefault(moment, [0, 0, 0])
            for i in range(3):
                here[i] += after[i] - before[i]
            before = after
    out: list[Count] = []
    total = running = healthy = 0
    for moment in sorted(change):
        here = change[moment]
        total, running, healthy = total + here[0], running + here[1], healthy + here[2]
        if not out or (out[-1].total, out[-1].running, out[-1].healthy) != (total, running, healthy):
            out.append(Count(at_ms=moment, total=total, running=running, healthy=healthy))
    return out


def _moments(task: TaskHistory, now_ms: int) -> list[int]:
    """When the answer of `_counted` may change."""
    spans = [s for track in [task.states, task.health, *task.targets.values()] for s in track.spans]
    ends = [s.to_ms for s in spans if s.to_ms is not None]
    settles = [s.from_ms + SETTLE_MS for s in task.states.spans if s.state == "RUNNING"]
    moments = dict.fromkeys([*(s.from_ms for s in spans), *ends, *settles])
    return sorted(moment for moment in moments if moment <= now_ms)


def _counted(task: TaskHistory, at_ms: int) -> tuple[int, int, int]:
    state = state_at(task.states, at_ms)
    if state in (None, "STOPPED"):
        return 0, 0, 0
    running = state == "RUNNING"
    checked = bool(task.targets or task.health.spans)
    well = running and (
        state_at(task.health, at_ms) in (None, "HEALTHY")
        and all(state_at(track, at_ms) == "healthy" for track in task.targets.values())
        if checked
        else state_at(task.states, at_ms - SETTLE_MS) == "RUNNING"
    )
    return 1, int(running), int(well)


def state_at(track: Track, at_ms: int) -> str | None:
    """The state at a moment, or None."""
    for span in track.spans:
        if span.from_ms <= at_ms and (span.to_ms is None or at_ms < span.to_ms):
            return span.state
    return None
