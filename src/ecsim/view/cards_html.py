"""The map as HTML: the way of a request, then the services with their tasks as cards by Availability Zone."""

from __future__ import annotations

from ecsim.model.network import Balancer
from ecsim.model.service import Deployment, Service
from ecsim.model.task import Container, Task
from ecsim.view.history import last_part
from ecsim.view.hosts import host_of
from ecsim.view.hosts_html import hosts_html
from ecsim.view.layout import (
    ClusterLayout,
    Group,
    answer_text,
    conditions_text,
    group_name,
    listener_name,
    target_states,
    targets_of,
    targets_of_task,
)
from ecsim.view.naming import moment, short
from ecsim.view.rendering import escaped
from ecsim.view.snapshot import Picture
from ecsim.view.words import label

_MANY = 12
"""From so many tasks on, cards are small."""
_DOTS = {
    "healthy": ("●", "ev-good"),
    "initial": ("○", "ev-soft"),
    "unhealthy": ("▲", "ev-bad"),
    "draining": ("◐", "ev-warn"),
    "unused": ("◌", "ev-soft"),
    "unavailable": ("◌", "ev-soft"),
}
_CONTAINER = {"RUNNING": ("●", "ev-good"), "PENDING": ("○", "ev-soft"), "STOPPED": ("■", "ev-soft")}


def clusters_html(picture: Picture, clusters: list[ClusterLayout], lang: str) -> str:
    """All clusters, one below the other."""
    return "".join(_cluster(picture, cluster, lang) for cluster in clusters)


def _cluster(picture: Picture, here: ClusterLayout, lang: str) -> str:
    title = label(lang, "map.title", cluster=here.cluster.name)
    services = sum(1 for group in here.groups if group.service is not None)
    time = moment(picture.now_ms)
    summary = label(lang, "map.desc", services=services, tasks=here.tasks, time=time)
    body = "".join(_balancer(picture, balancer, lang) for balancer in here.balancers)
    body += "".join(_group(picture, group, lang) for group in here.groups)
    body += hosts_html(here, lang)
    if not here.groups:
        body += f'<p class="ev-note">{escaped(label(lang, "map.no_services"))}</p>'
    return (
        f'<section aria-label="{escaped(title)}. {escaped(summary)}"><div class="ev-top">'
        f'<span class="ev-kind">{escaped(label(lang, "cluster"))}</span>'
        f'<span class="ev-title">{escaped(here.cluster.name)}</span>'
        f'<span class="ev-kind">{escaped(picture.region)}</span><span class="ev-clock">{time}</span></div>'
        f"{body}</section>"
    )


def _balancer(picture: Picture, balancer: Balancer, lang: str) -> str:
    arrow = '<span class="ev-arrow" aria-hidden="true">→</span>'
    rows = [
        f'<div class="ev-flow"><span class="ev-soft">{escaped(label(lang, "map.internet"))}</span>{arrow}'
        f'<b>{escaped(balancer.name)}</b><span class="ev-chip">{escaped(balancer.state)}</span>'
        f'<span class="ev-soft ev-mono">{escaped(balancer.dns_name)}</span></div>'
    ]
    for listener in balancer.listeners:
        for rule in listener.rules:
            to = "".join(f"{arrow}{_target_group(picture, arn, w, lang)}" for arn, w in targets_of(rule))
            to = to or f'{arrow}<span class="ev-chip">{escaped(answer_text(rule, lang))}</span>'
            rows.append(
                f'<div class="ev-flow"><span class="ev-chip ev-mono" title="{escaped(label(lang, "map.listener"))}">'
                f"{escaped(listener_name(listener))}</span>"
                f'<span class="ev-soft">{escaped(conditions_text(rule, lang))}</span>{to}</div>'
            )
    if not balancer.listeners:
        rows.append(f'<div class="ev-flow ev-soft">{escaped(label(lang, "map.no_listener"))}</div>')
    return f'<div class="ev-lb">{"".join(rows)}</div>'


def _target_group(picture: Picture, arn: str, weight: int | None, lang: str) -> str:
    share = f' <span class="ev-soft">×{weight}</span>' if weight is not None else ""
    states = "".join(
        f"<span>{_dot(_DOTS[state])}{number} {escaped(state)}</span>"
        for state, number in target_states(arn, picture)
    )
    none = f'<span class="ev-soft">{escaped(label(lang, "map.no_targets"))}</span>'
    name = escaped(group_name(arn, picture))
    return f'<b title="{escaped(label(lang, "map.target_group"))}">{name}</b>{share}{states or none}'


def _dot(mark: tuple[str, str]) -> str:
    return f'<span class="ev-dot {mark[1]}" aria-hidden="true">{mark[0]}</span>'


def _group(picture: Picture, group: Group, lang: str) -> str:
    many = group.shown > _MANY
    zones = "".join(
        f'<div class="ev-zone"><p><span>{escaped(zone or label(lang, "map.no_zone"))}</span>'
        f"<span>{len(tasks)}</span></p>"
        f'<div class="ev-cards">{"".join(_task(t, picture, lang, many=many) for t in tasks)}</div></div>'
        for zone, tasks in group.zones
    )
    if not zones:
        zones = f'<p class="ev-note">{escaped(label(lang, "map.no_tasks"))}</p>'
    more = (
        f'<p class="ev-note">{escaped(label(lang, "map.more", more=group.hidden))}</p>'
        if group.hidden
        else ""
    )
    head = (
        _service(group.service, group, lang)
        if group.service is not None
        else f'<div class="ev-top"><span class="ev-name">{escaped(label(lang, "map.standalone"))}</span></div>'
    )
    return (
        f'<div class="ev-service">{head}<div class="ev-zones{" ev-many" if many else ""}">{zones}</div>{more}'
        f"{_stopped(group, lang)}</div>"
    )


def _service(service: Service, group: Group, lang: str) -> str:
    alive = [task for _, tasks in group.zones for task in tasks]
    running = sum(1 for task in alive if task.last_status == "RUNNING")
    pending = sum(1 for task in alive if task.is_pending)
    more = "+" if group.hidden else ""
    numbers = "".join(
        f"<span>{escaped(label(lang, key))} <b>{value}</b></span>"
        for key, value in (
            ("desired", str(service.desired_count)),
            ("running", f"{running}{more}"),
            ("pending", f"{pending}{more}"),
        )
    )
    deployments = "".join(_deployment(d, lang) for d in service.deployments)
    return (
        f'<div class="ev-top"><span class="ev-kind">{escaped(label(lang, "service"))}</span>'
        f'<span class="ev-name">{escaped(service.name)}</span><span class="ev-chip">{escaped(service.status)}</span>'
        f'<span class="ev-numbers">{numbers}</span></div><div class="ev-deps">{deployments}</div>'
    )


def _deployment(deployment: Deployment, lang: str) -> str:
    failed = (
        f'<span class="ev-bad">{escaped(label(lang, "failed"))} {deployment.failed_tasks}</span>'
        if deployment.failed_tasks
        else ""
    )
    return (
        f'<div class="ev-dep"><span class="ev-chip">{escaped(deployment.status)}</span>'
        f"<b>{escaped(last_part(deployment.task_definition_arn))}</b>"
        f'<span class="ev-pill r-{escaped(deployment.rollout_state)}">{escaped(deployment.rollout_state)}</span>'
        f'{failed}<span class="ev-soft ev-mono" title="{escaped(deployment.id)}">…{escaped(deployment.id[-4:])}</span>'
        "</div>"
    )


def _task(task: Task, picture: Picture, lang: str, *, many: bool) -> str:
    status = escaped(task.last_status)
    revision = escaped(last_part(task.task_definition_arn))
    head = (
        f'<div class="ev-row"><span class="ev-id" title="{escaped(task.id)}">{escaped(short(task.id))}</span>'
        f'<span class="ev-chip">{revision}</span></div>'
    )
    targets = targets_of_task(task, picture)
    if many:
        dots = "".join(_dot(_DOTS[str(t.state)]) for t in targets)
        told = ", ".join(str(t.state) for t in targets)
        return (
            f'<div class="ev-task s-{status}" title="{status} {escaped(told)}">{head}<div class="ev-row">'
            f'<span class="ev-soft" style="font-size:10.5px">{status}</span><span>{dots}</span></div></div>'
        )
    address = f'<span class="ev-soft ev-mono">{escaped(task.eni.private_ip)}</span>' if task.eni else ""
    state = f'<div class="ev-row"><span class="ev-pill s-{status}">{status}</span>{address}</div>'
    target = "".join(
        f'<div class="ev-row"><span class="ev-soft">{escaped(label(lang, "target"))} :{t.key.port}</span>'
        f"<span>{_dot(_DOTS[str(t.state)])}{escaped(t.state)}"
        + (
            f' <span class="ev-soft">{escaped(t.reason.split(".")[-1])}</span>'
            if t.reason and t.state == "unhealthy"
            else ""
        )
        + "</span></div>"
        for t in targets
    )
    containers = "".join(_container(c) for c in task.containers)
    host = host_of(task, picture)
    if host is not None:
        place = escaped(label(lang, "map.on", instance=host.ec2_instance_id))
        state += f'<div class="ev-row ev-soft ev-mono">{place}</div>'
    return f'<div class="ev-task s-{status}">{head}{state}{target}<ul class="ev-containers">{containers}</ul></div>'


def _container(container: Container) -> str:
    mark = _CONTAINER.get(container.last_status, ("○", "ev-soft"))
    health = ""
    if container.has_health_check:
        tone = {"HEALTHY": "ev-good", "UNHEALTHY": "ev-bad"}.get(str(container.health_status), "ev-soft")
        health = f' <span class="{tone}">{escaped(container.health_status)}</span>'
    ended = f' <span class="ev-bad">exit {container.exit_code}</span>' if container.exit_code else ""
    if container.exit_code == 0:
        ended = ' <span class="ev-soft">exit 0</span>'
    return (
        f'<li title="{escaped(container.image)}"><span>{_dot(mark)}{escaped(container.name)}</span>'
        f'<span><span class="ev-soft">{escaped(container.last_status)}</span>{health}{ended}</span></li>'
    )


def _stopped(group: Group, lang: str) -> str:
    if not group.stopped:
        return ""
    rows = []
    for task in group.stopped:
        codes = [f"{c.name}: exit {c.exit_code}" for c in task.containers if c.exit_code is not None]
        told = "; ".join([task.stopped_reason or "-", *codes])
        rows.append(
            f'<li><span class="ev-id" title="{escaped(task.id)}">{escaped(short(task.id))}</span>'
            f'<span class="ev-chip">{escaped(last_part(task.task_definition_arn))}</span>'
            f'<span class="ev-soft">{escaped(told)}</span></li>'
        )
    more = label(lang, "map.stopped_more", more=group.forgotten)
    tail = f'<p class="ev-note">{escaped(more)}</p>' if group.forgotten else ""
    return (
        f'<div class="ev-stopped"><span class="ev-soft">{escaped(label(lang, "map.stopped"))}</span>'
        f"<ul>{''.join(rows)}</ul>{tail}</div>"
    )
