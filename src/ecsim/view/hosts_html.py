"""Container instances on the map as HTML: a box for each, with its state, what is left of it, and its tasks."""

from __future__ import annotations

from ecsim.model.task import Task
from ecsim.view.history import last_part
from ecsim.view.hosts import Host, Left
from ecsim.view.layout import ClusterLayout
from ecsim.view.naming import short
from ecsim.view.rendering import escaped
from ecsim.view.words import label


def hosts_html(here: ClusterLayout, lang: str) -> str:
    """All container instances of a cluster, by Availability Zone; nothing where there are none."""
    if not here.hosts:
        return ""
    zones = "".join(
        f'<div class="ev-zone"><p><span>{escaped(zone or label(lang, "map.no_zone"))}</span>'
        f'<span>{len(hosts)}</span></p><div class="ev-cards">{"".join(_host(host, lang) for host in hosts)}</div></div>'
        for zone, hosts in here.hosts
    )
    more = label(lang, "map.instances.more", more=here.hosts_hidden)
    tail = f'<p class="ev-note">{escaped(more)}</p>' if here.hosts_hidden else ""
    return (
        f'<div class="ev-service"><div class="ev-top"><span class="ev-name">{escaped(label(lang, "map.instances"))}'
        f'</span></div><div class="ev-zones">{zones}</div>{tail}</div>'
    )


def _host(host: Host, lang: str) -> str:
    instance = host.instance
    connected = (
        f'<span class="ev-soft">{_dot("●", "ev-good")}{escaped(label(lang, "map.connected"))}</span>'
        if instance.agent_connected
        else f'<span class="ev-bad">{_dot("▲", "ev-bad")}{escaped(label(lang, "map.disconnected"))}</span>'
    )
    kind = " · ".join(part for part in (instance.instance_type, instance.capacity_provider_name) if part)
    meters = "".join(_meter(each, lang) for each in host.resources)
    sitting = "".join(_sits(task) for task in host.tasks)
    if host.hidden:
        more = label(lang, "map.instance.tasks_more", more=host.hidden)
        sitting += f'<li class="ev-soft">{escaped(more)}</li>'
    if not host.tasks:
        sitting = f'<li class="ev-soft">{escaped(label(lang, "map.instance.none"))}</li>'
    return (
        f'<div class="ev-host"><div class="ev-row"><span class="ev-id" title="{escaped(instance.arn)}">'
        f'{escaped(instance.ec2_instance_id)}</span><span class="ev-pill h-{escaped(instance.status)}">'
        f'{escaped(instance.status)}</span></div><div class="ev-row"><span class="ev-soft">{escaped(kind)}</span>'
        f'{connected}</div>{meters}<ul class="ev-sits">{sitting}</ul></div>'
    )


def _dot(mark: str, tone: str) -> str:
    return f'<span class="ev-dot {tone}" aria-hidden="true">{mark}</span>'


def _meter(each: Left, lang: str) -> str:
    told = f"{label(lang, 'map.left')} {label(lang, 'map.left.of', left=each.left, whole=each.whole)}"
    return (
        f'<div class="ev-meter"><span>{escaped(label(lang, each.label))}</span><span class="ev-bar" aria-hidden="true">'
        f'<i style="width:{each.taken_percent}%"></i></span><span class="ev-soft">{escaped(told)}</span></div>'
    )


def _sits(task: Task) -> str:
    status, owner = (
        escaped(task.last_status),
        last_part(task.service_arn or task.group.removeprefix("family:")),
    )
    return (
        f'<li class="s-{status}"><span class="ev-id" title="{escaped(task.id)}">{escaped(short(task.id))}</span>'
        f'<span class="ev-chip">{escaped(last_part(task.task_definition_arn))}</span>'
        f'<span class="ev-soft">{escaped(owner)}</span><span class="ev-soft">{status}</span></li>'
    )
