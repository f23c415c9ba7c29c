"""The map for a terminal."""

from __future__ import annotations

from ecsim.model.network import Balancer
from ecsim.model.task import Task
from ecsim.view.history import last_part
from ecsim.view.hosts import host_of
from ecsim.view.hosts_text import hosts_text
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
from ecsim.view.rendering import clipped, padded, table, wrapped
from ecsim.view.snapshot import Picture
from ecsim.view.words import label


def clusters_text(picture: Picture, clusters: list[ClusterLayout], lang: str) -> str:
    """All clusters, one below the other."""
    return "\n\n".join("\n".join(_cluster(picture, cluster, lang)) for cluster in clusters)


def _cluster(picture: Picture, here: ClusterLayout, lang: str) -> list[str]:
    lines = [f"{label(lang, 'cluster')} {here.cluster.name}  {picture.region}  {moment(picture.now_ms)}"]
    for balancer in here.balancers:
        lines += _balancer(picture, balancer, lang)
    if not here.groups:
        lines.append("  " + label(lang, "map.no_services"))
    for group in here.groups:
        lines += ["", *_group(picture, group, lang)]
    return lines + hosts_text(here, lang)


def _balancer(picture: Picture, balancer: Balancer, lang: str) -> list[str]:
    lines = wrapped(f"{balancer.name}  {balancer.state}  {balancer.dns_name}", first="  ", rest="    ")
    if not balancer.listeners:
        lines.append("    " + label(lang, "map.no_listener"))
    for listener in balancer.listeners:
        for rule in listener.rules:
            to = []
            for arn, weight in targets_of(rule):
                share = f" x{weight}" if weight is not None else ""
                states = target_states(arn, picture)
                told = ", ".join(f"{n} {state}" for state, n in states) or label(lang, "map.no_targets")
                to.append(f"{group_name(arn, picture)}{share} ({told})")
            text = " + ".join(to) or answer_text(rule, lang)
            lines += wrapped(
                f"{conditions_text(rule, lang)} -> {text}", first=f"    {listener_name(listener)}  "
            )
    return lines


def _group(picture: Picture, group: Group, lang: str) -> list[str]:
    service = group.service
    if service is None:
        lines = ["  " + label(lang, "map.standalone")]
    else:
        alive = [task for _, tasks in group.zones for task in tasks]
        running = sum(1 for task in alive if task.last_status == "RUNNING")
        pending = sum(1 for task in alive if task.is_pending)
        more = "+" if group.hidden else ""
        lines = [
            f"  {label(lang, 'service')} {service.name}  {service.status}   "
            f"{label(lang, 'desired')} {service.desired_count}  {label(lang, 'running')} {running}{more}  "
            f"{label(lang, 'pending')} {pending}{more}"
        ]
        lines += table(
            (
                (
                    str(d.status),
                    last_part(d.task_definition_arn),
                    str(d.rollout_state),
                    f"...{d.id[-4:]}",
                    f"{label(lang, 'failed')} {d.failed_tasks}" if d.failed_tasks else "",
                )
                for d in service.deployments
            ),
            indent="    ",
        )
    if not group.shown:
        lines.append("    " + label(lang, "map.no_tasks"))
    for zone, tasks in group.zones:
        lines.append("    " + (zone or label(lang, "map.no_zone")))
        rows = [_task(task, picture, lang) for task in tasks]
        lines += [clipped(line, 80) for line in table(rows, indent="      ")]
        for task in tasks:
            lines += _containers(task)
    if group.hidden:
        lines.append("    " + label(lang, "map.more", more=group.hidden))
    return lines + _stopped(group, lang)


def _task(task: Task, picture: Picture, lang: str) -> tuple[str, ...]:
    targets = targets_of_task(task, picture)
    address = task.eni.private_ip if task.eni is not None else "-"
    host = host_of(task, picture)
    return (
        short(task.id),
        clipped(last_part(task.task_definition_arn), 12),
        str(task.last_status),
        str(task.health_status) if any(c.has_health_check for c in task.containers) else "-",
        address,
        ", ".join(str(target.state) for target in targets) or "-",
        label(lang, "map.on", instance=host.ec2_instance_id[:10]) if host is not None else "",
    )


def _containers(task: Task) -> list[str]:
    """The containers where they tell more than the task does: several, or one that has ended."""
    if len(task.containers) == 1 and task.containers[0].exit_code is None:
        return []
    rows = [
        (
            short(task.id),
            clipped(c.name, 18),
            c.last_status,
            str(c.health_status) if c.has_health_check else "-",
            f"exit {c.exit_code}" if c.exit_code is not None else "",
        )
        for c in task.containers
    ]
    return table(rows, indent="        . ")


def _stopped(group: Group, lang: str) -> list[str]:
    if not group.stopped:
        return []
    lines = ["    " + label(lang, "map.stopped")]
    for task in group.stopped:
        first = f"      {short(task.id)}  {padded(last_part(task.task_definition_arn), 8)}  "
        codes = [f"{c.name}: exit {c.exit_code}" for c in task.containers if c.exit_code is not None]
        lines += wrapped("; ".join([task.stopped_reason or "-", *codes]), first=first, rest=" " * 16)
    if group.forgotten:
        lines.append("      " + label(lang, "map.stopped_more", more=group.forgotten))
    return lines
