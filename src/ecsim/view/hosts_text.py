"""Container instances on the map for a terminal."""

from __future__ import annotations

from ecsim.view.history import last_part
from ecsim.view.hosts import Host
from ecsim.view.layout import ClusterLayout
from ecsim.view.naming import short
from ecsim.view.rendering import clipped, table, wrapped
from ecsim.view.words import label


def hosts_text(here: ClusterLayout, lang: str) -> list[str]:
    """All container instances of a cluster, by Availability Zone; nothing where there are none."""
    if not here.hosts:
        return []
    lines = ["", "  " + label(lang, "map.instances")]
    for zone, hosts in here.hosts:
        lines.append("    " + (zone or label(lang, "map.no_zone")))
        for host in hosts:
            lines += _host(host, lang)
    if here.hosts_hidden:
        lines.append("    " + label(lang, "map.instances.more", more=here.hosts_hidden))
    return lines


def _host(host: Host, lang: str) -> list[str]:
    instance = host.instance
    agent = label(lang, "map.connected" if instance.agent_connected else "map.disconnected")
    parts = (instance.instance_type, instance.capacity_provider_name or "", str(instance.status), agent)
    told = "  ".join((instance.ec2_instance_id, *(part for part in parts if part)))
    left = ", ".join(
        f"{label(lang, each.label)} {label(lang, 'map.left.of', left=each.left, whole=each.whole)}"
        for each in host.resources
    )
    lines = [
        *wrapped(told, first="      ", rest="        "),
        *wrapped(left, first=f"        {label(lang, 'map.left')}: ", rest="          "),
    ]
    rows = [
        (
            short(task.id),
            last_part(task.task_definition_arn),
            str(task.last_status),
            last_part(task.service_arn or task.group.removeprefix("family:")),
        )
        for task in host.tasks
    ]
    lines += [clipped(line, 80) for line in table(rows, indent="        ")]
    if host.hidden:
        lines.append("        " + label(lang, "map.instance.tasks_more", more=host.hidden))
    if not host.tasks:
        lines.append("        " + label(lang, "map.instance.none"))
    return lines
