"""What stands where on the map: tasks by service and zone, targets by task, target groups by listener."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ecsim.model.network import Balancer, Listener, ListenerRule, Target, TargetGroup
from ecsim.model.service import Cluster, Service
from ecsim.model.task import Task
from ecsim.view.hosts import Host, hosts
from ecsim.view.snapshot import Picture
from ecsim.view.words import label

CARDS_MAX = 60
"""So many tasks of a service are drawn; the others are counted."""
STOPPED_MAX = 4
"""So many stopped tasks of a service are listed, the newest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A service with its tasks, or the standalone tasks of a cluster (`service` is None).

    Attributes:
        zones: pairs of Availability Zone and its tasks that are not STOPPED, in order of name.
        hidden: how many more of them there are.
        stopped: the newest STOPPED ones, newest first.
        forgotten: how many older STOPPED ones there are.
    """

    service: Service | None
    zones: tuple[tuple[str, tuple[Task, ...]], ...]
    hidden: int
    stopped: tuple[Task, ...]
    forgotten: int

    @property
    def shown(self) -> int:
        """How many task cards there are."""
        return sum(len(tasks) for _, tasks in self.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLayout:
    """A cluster, its services, the load balancers that serve them, and its container instances.

    Attributes:
        hosts: pairs of Availability Zone and its container instances.
        hosts_hidden: how many more of them there are.
    """

    cluster: Cluster
    balancers: tuple[Balancer, ...]
    groups: tuple[Group, ...]
    tasks: int
    hosts: tuple[tuple[str, tuple[Host, ...]], ...] = ()
    hosts_hidden: int = 0


def layout(picture: Picture, cluster: Cluster) -> ClusterLayout:
    """Put everything of a cluster in its place."""
    services = [s for s in picture.services if s.cluster_arn == cluster.arn and s.status != "INACTIVE"]
    mine = [task for task in picture.tasks if task.cluster_arn == cluster.arn]
    of_service: dict[str | None, list[Task]] = {service.arn: [] for service in services}
    for task in mine:
        of_service.setdefault(task.service_arn if task.service_arn in of_service else None, []).append(task)
    groups = [_group(service, of_service[service.arn]) for service in services]
    if of_service.get(None):
        groups.append(_group(None, of_service[None]))
    shown, hidden = hosts(picture, cluster)
    return ClusterLayout(
        cluster=cluster,
        balancers=_balancers(picture, cluster),
        groups=tuple(groups),
        tasks=sum(1 for task in mine if not task.is_stopped),
        hosts=shown,
        hosts_hidden=hidden,
    )


def _group(service: Service | None, tasks: list[Task]) -> Group:
    alive = [task for task in tasks if not task.is_stopped]
    stopped = [task for task in reversed(tasks) if task.is_stopped]
    zones = sorted({task.availability_zone for task in alive[:CARDS_MAX]})
    return Group(
        service=service,
        zones=tuple(
            (zone, tuple(t for t in alive[:CARDS_MAX] if t.availability_zone == zone)) for zone in zones
        ),
        hidden=max(0, len(alive) - CARDS_MAX),
        stopped=tuple(stopped[:STOPPED_MAX]),
        forgotten=max(0, len(stopped) - STOPPED_MAX),
    )


def _balancers(picture: Picture, cluster: Cluster) -> tuple[Balancer, ...]:
    """Those that stand before this cluster's services; before the first cluster also those before none."""
    used: dict[str, list[str]] = {}
    for service in picture.services:
        for deployment in service.deployments:
            for tie in deployment.load_balancers:
                used.setdefault(tie.target_group_arn, []).append(service.cluster_arn)
    out = []
    for balancer in picture.balancers:
        clusters = [c for group in forwarded(balancer) for c in used.get(group, ())]
        if cluster.arn in clusters or (not clusters and cluster is picture.clusters[0]):
            out.append(balancer)
    return tuple(out)


def forwarded(balancer: Balancer) -> list[str]:
    """The ARNs of the target groups that a load balancer forwards to, each once."""
    groups = [g for listener in balancer.listeners for rule in listener.rules for g, _ in targets_of(rule)]
    return list(dict.fromkeys(groups))


def targets_of(rule: ListenerRule) -> list[tuple[str, int | None]]:
    """Target group ARNs of a rule's forward action, with weights where there are several."""
    out: list[tuple[str, int | None]] = []
    for action in rule.actions:
        groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or []
        many = len(groups) > 1
        out += [(str(g.get("TargetGroupArn")), g.get("Weight", 1) if many else None) for g in groups]
        if not groups and action.get("TargetGroupArn"):
            out.append((str(action["TargetGroupArn"]), None))
    return out


def conditions_text(rule: ListenerRule, lang: str) -> str:
    """A rule's conditions in short, or the word for the default rule."""
    parts = []
    for condition in rule.conditions:
        config = next((v for k, v in condition.items() if k.endswith("Config") and isinstance(v, dict)), {})
        values = config.get("Values") or condition.get("Values") or []
        texts = [
            f"{v.get('Key', '')}={v.get('Value', '')}" if isinstance(v, dict) else str(v) for v in values
        ]
        parts.append(f"{condition.get('Field', '')} {' | '.join(texts)}")
    return " & ".join(parts) or label(lang, "map.default")


def answer_text(rule: ListenerRule, lang: str) -> str:
    """What a rule does that forwards nowhere."""
    for action in rule.actions:
        if action.get("Type") == "redirect":
            code = (action.get("RedirectConfig") or {}).get("StatusCode", "")
            return f"{label(lang, 'map.redirect')} {code}".strip()
        if action.get("Type") == "fixed-response":
            code = (action.get("FixedResponseConfig") or {}).get("StatusCode", "")
            return f"{label(lang, 'map.fixed')} {code}".strip()
    return "-"


def listener_name(listener: Listener) -> str:
    """A listener as `HTTP:80`."""
    return f"{listener.protocol}:{listener.port}"


def group_name(arn: str, picture: Picture) -> str:
    """A target group's name."""
    group: TargetGroup | None = picture.target_groups.get(arn)
    if group is not None:
        return group.name
    return arn.rsplit("/", 2)[-2] if arn.count("/") >= 2 else arn


def target_states(arn: str, picture: Picture) -> list[tuple[str, int]]:
    """How many targets of a group are in which state, the most usual states first."""
    order = ("healthy", "initial", "unhealthy", "draining", "unused", "unavailable")
    states = Counter(str(t.state) for t in picture.targets if t.key.target_group_arn == arn)
    return [(state, states[state]) for state in order if states[state]]


def targets_of_task(task: Task, picture: Picture) -> list[Target]:
    """The load balancer targets of a task."""
    return [target for target in picture.targets if target.task_arn == task.arn or target.key in task.targets]
