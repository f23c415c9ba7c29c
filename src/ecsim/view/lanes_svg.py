"""A timeline as SVG. Times are percents of the plot's width, so that it fits a page and a phone with the same text."""

from __future__ import annotations

from collections.abc import Iterator

from ecsim.clock.journal import Entry
from ecsim.view.happened import happened, message_of, passed
from ecsim.view.history import DeploymentHistory, TaskHistory, last_dotted, last_part
from ecsim.view.lanes_bars import across, bar, when, word_class
from ecsim.view.lanes_chart import CHART, bounds_legend, chart
from ecsim.view.lanes_shifts import shift_legend, shift_rows
from ecsim.view.naming import moment, short
from ecsim.view.rendering import escaped, unique
from ecsim.view.scene import Scene, failed
from ecsim.view.style import TASK_STATES
from ecsim.view.tracks import Track
from ecsim.view.window import Window
from ecsim.view.words import label

LEFT = 126
"""Pixels for the names of the lanes."""
_AXIS = 22
_ROW = 22
_GAP = 10
_MARKS_PLOT = 600
"""The width for which marks are put together so that they do not touch."""


def drawn(scene: Scene) -> str:
    """The timeline as HTML: heading, SVG, legend, and the events as a list."""
    lang, shown = scene.lang, scene.window
    title = label(lang, "tl.title", service=scene.history.name)
    heading = (
        f'<div class="ev-top"><span class="ev-title">{escaped(title)}</span>'
        f'<span class="ev-kind ev-mono">{escaped(scene.history.cluster)}</span>'
        f'<span class="ev-clock">{moment(shown.start_ms)} – {moment(shown.end_ms)}</span></div>'
    )
    notes = "".join(f'<p class="ev-note">{escaped(text)}</p>' for text in scene.notes)
    return (
        heading
        + _svg(scene, title)
        + _legend(lang)
        + shift_legend(scene)
        + bounds_legend(scene)
        + notes
        + _list(scene)
    )


def _svg(scene: Scene, title: str) -> str:
    names, plot, y = [], [], _AXIS
    if scene.acts:
        names.append(_name(label(scene.lang, "tl.calls"), y + 14))
        plot += _flags(scene, y)
        y += _ROW
    if scene.events:
        names.append(_name(label(scene.lang, "tl.events"), y + 14))
        plot += _numbers(scene, y)
        y += _ROW
    y += _GAP // 2
    for deployment in scene.deployments:
        names.append(_deployment_name(deployment, y))
        plot += _deployment(deployment, scene.window, y)
        y += _ROW
    told, drawn_rows, y = shift_rows(scene, y)
    names += [_name(text, at + 13) for text, at in told]
    plot += drawn_rows
    y += _GAP
    lane = _lane_height(len(scene.tasks))
    for task in scene.tasks:
        names.append(_task_name(task, y, lane))
        plot += _lane(task, scene.window, y, lane)
        y += lane
    y += _GAP
    chart_names, chart_plot = chart(scene, y)
    bottom = y + CHART
    ground = _ground(scene.window, bottom)
    name = unique(f"{scene.history.subject}{scene.window}{scene.lang}{len(plot)}")
    last = scene.counts[-1] if scene.counts else None
    description = label(
        scene.lang,
        "tl.desc",
        tasks=len(scene.tasks),
        deployments=len(scene.deployments),
        start=moment(scene.window.start_ms),
        end=moment(scene.window.end_ms),
        running=last.running if last else 0,
        healthy=last.healthy if last else 0,
    )
    tall = bottom + 4
    return (
        f'<div class="ev-plot"><svg aria-hidden="true" width="{LEFT}" height="{tall}">'
        f"{''.join(names)}{''.join(chart_names)}</svg>"
        f'<svg class="ev-lanes" role="img" aria-labelledby="{name}t {name}d" width="100%" height="{tall}">'
        f'<title id="{name}t">{escaped(title)}</title><desc id="{name}d">{escaped(description)}</desc>'
        f"{''.join(ground)}{''.join(plot)}{''.join(chart_plot)}</svg></div>"
    )


def _lane_height(lanes: int) -> int:
    return 27 if lanes <= 10 else 20 if lanes <= 24 else 15


def _name(text: str, y: int) -> str:
    return f'<text class="ev-t-soft" x="0" y="{y}" font-size="11">{escaped(text)}</text>'


def _deployment_name(deployment: DeploymentHistory, y: int) -> str:
    revision = last_part(deployment.task_definition)
    return (
        f'<svg x="0" y="{y}" width="{LEFT - 8}" height="{_ROW}"><title>{escaped(deployment.id)}</title>'
        f'<text x="0" y="13" font-size="12" font-weight="600">{escaped(revision)} '
        f'<tspan class="ev-t-soft ev-t-mono" font-size="10" font-weight="400">…{escaped(deployment.id[-4:])}</tspan>'
        "</text></svg>"
    )


def _task_name(task: TaskHistory, y: int, height: int) -> str:
    size = 11 if height > 15 else 10
    base = (height - 3) // 2 + 4 if height > 15 else 11
    zone = (
        f'<text class="ev-t-soft" x="{LEFT - 8}" y="{base}" font-size="{size}" text-anchor="end">'
        f"{escaped(task.zone[-1:])}</text>"
    )
    return (
        f'<svg x="0" y="{y}" width="{LEFT - 6}" height="{height}">'
        f"<title>{escaped(task.id)} {escaped(task.task_definition)} {escaped(task.zone)}</title>"
        f'<text class="ev-t-mono" x="0" y="{base}" font-size="{size}">{escaped(short(task.id))}</text>'
        f'<svg x="{8 * size * 0.62:.0f}" width="48" height="{height}">'
        f'<text x="6" y="{base}" font-size="{size}">{escaped(task.task_definition)}</text></svg>{zone}</svg>'
    )


def _ground(shown: Window, bottom: int) -> list[str]:
    """The axis, a line for each tick, and the present moment."""
    out = []
    for place, at in enumerate(shown.ticks()):
        share = shown.share(at)
        rare = ' class="ev-tick2"' if place % 2 else ' class="ev-tick4"' if place % 4 else ""
        anchor = "start" if share < 4 else "end" if share > 93 else "middle"
        out.append(
            f'<line class="ev-grid" x1="{across(share)}" x2="{across(share)}" y1="{_AXIS - 4}" y2="{bottom}"/>'
            f'<g{rare}><text class="ev-t-soft" x="{across(share)}" y="12" font-size="11" text-anchor="{anchor}">'
            f"{moment(at)}</text></g>"
        )
    if shown.start_ms <= shown.now_ms <= shown.end_ms:
        now = across(shown.share(shown.now_ms))
        out.append(
            f'<line x1="{now}" x2="{now}" y1="{_AXIS - 4}" y2="{bottom}" stroke="var(--accent)" '
            f'stroke-width="1.5" stroke-dasharray="3 3"><title>{moment(shown.now_ms)}</title></line>'
        )
    return out


def _clusters(entries: list[Entry], shown: Window) -> Iterator[tuple[float, int, list[Entry]]]:
    """Entries whose marks would touch, with their place and the number of the first."""
    group: list[Entry] = []
    first, begin = 1, 0.0
    for number, entry in enumerate(entries, 1):
        share = shown.share(entry.at_ms)
        if group and (share - begin) * _MARKS_PLOT / 100 >= _pill(_range(first, len(group))) + 2:
            yield begin, first, group
            group = []
        if not group:
            first, begin = number, share
        group.append(entry)
    if group:
        yield begin, first, group


def _range(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first}-{first + count - 1}"


def _pill(text: str) -> int:
    """How wide the mark around a text is, in pixels."""
    return 10 + 6 * len(text)


def _numbers(scene: Scene, y: int) -> list[str]:
    """The service events as numbered marks."""
    out = []
    for share, first, group in _clusters(scene.events, scene.window):
        text = _range(first, len(group))
        wide = _pill(text)
        told = "\n".join(f"{moment(e.at_ms)} {message_of(e)}" for e in group)
        left = -wide if share > 97 else 0 if share < 1.5 else -wide // 2
        out.append(
            f'<svg x="{across(share)}" y="{y}" overflow="visible" style="overflow:visible">'
            f"<title>{escaped(told)}</title>"
            f'<g class="ev-word"><rect x="{left}" y="2" width="{wide}" height="16" rx="8" fill="var(--chip)" '
            f'stroke="var(--line)"/><text x="{left + wide / 2:g}" y="13.5" font-size="10.5" text-anchor="middle">'
            f'{text}</text></g><circle class="ev-narrow" cy="10" r="3.2" fill="var(--soft)"/></svg>'
        )
    return out


def _flags(scene: Scene, y: int) -> list[str]:
    """Calls and faults as flags; their names where there is room."""
    groups = list(_clusters(scene.acts, scene.window))
    out = []
    for place, (share, _, group) in enumerate(groups):
        told = "\n".join(f"{moment(e.at_ms)} {happened(e, scene.lang)}" for e in group)
        room = (groups[place + 1][0] if place + 1 < len(groups) else 100.0) - share
        names = list(dict.fromkeys(last_dotted(e.subject) for e in group))
        text = names[0] + (f" +{len(group) - 1}" if len(group) > 1 else "")
        shown_from = word_class(room, 7 * len(text) + 12)
        colour = "var(--bad)" if any(e.kind == "fault" for e in group) else "var(--accent)"
        out.append(
            f'<svg x="{across(share)}" y="{y}" style="overflow:visible"><title>{escaped(told)}</title>'
            f'<path d="M-4.5 5h9l-4.5 8z" fill="{colour}"/>'
            + (
                f'<text class="{shown_from}" x="8" y="13" font-size="11">{escaped(text)}</text>'
                if shown_from
                else ""
            )
            + "</svg>"
        )
    return out


def _deployment(deployment: DeploymentHistory, shown: Window, y: int) -> list[str]:
    out = []
    for span in deployment.states.spans:
        status, _, rollout = span.state.partition("/")
        if status == "INACTIVE":
            continue
        told = f"{deployment.id} {status} {rollout}\n{when(span, shown)}\n{span.detail}"
        kind = f"r-{escaped(rollout)}"
        text = f"{status} {rollout}"
        out.append(bar(span, shown, y + 2, 15, kind, told, text, fade=status != "PRIMARY"))
    return out


def _lane(task: TaskHistory, shown: Window, y: int, height: int) -> list[str]:
    """The task's states, below them the health of its targets (or of its containers), and how it ended."""
    strips = list(task.targets.items())[:2] or ([("", task.health)] if task.health.spans else [])
    thick = height - 10 if height > 15 else 8
    out = []
    for span in task.states.spans:
        if span.state == "STOPPED":
            continue
        told = f"{short(task.id)} {task.task_definition}: {span.state}\n{when(span, shown)}"
        text = task.task_definition if span.state == "RUNNING" else span.state
        kind = f"s-{span.state}" if span.state in TASK_STATES else ""
        out.append(bar(span, shown, y + 1, thick, kind, told, text))
    for place, (name, track) in enumerate(strips):
        out += _strip(name, track, shown, y + thick + 3.5 + 4 * place)
    out += _end(task, shown, y + 1 + thick / 2)
    return out


_DASHES = {"initial": "2 3", "unhealthy": "7 2", "draining": "5 3", "unused": "1 4", "unavailable": "1 4"}


def _strip(name: str, track: Track, shown: Window, y: float) -> list[str]:
    out = []
    for span in track.spans:
        end = span.until(shown.now_ms)
        if not shown.shows(span.from_ms, end):
            continue
        state = {"UNKNOWN": "initial"}.get(span.state, span.state.lower())
        told = f"{name} {span.state} {span.detail}\n{when(span, shown)}".strip()
        thick = 4.5 if state == "unhealthy" else 3
        dash = f' stroke-dasharray="{_DASHES[state]}"' if state in _DASHES else ""
        out.append(
            f'<line class="t-{escaped(state)}" x1="{across(shown.share(span.from_ms))}" '
            f'x2="{across(shown.share(end))}" y1="{y:g}" y2="{y:g}" stroke="var(--f)" stroke-width="{thick}"{dash}>'
            f"<title>{escaped(told)}</title></line>"
        )
    return out


def _end(task: TaskHistory, shown: Window, y: float) -> list[str]:
    at = task.stopped_at_ms
    if at is None or not shown.shows(at, at):
        return []
    told = f"{short(task.id)} STOPPED {moment(at)}\n{task.stop_code}: {task.stopped_reason}"
    exits = "".join(f"\n{name}: {'-' if code is None else code} {why}" for _, name, code, why in task.exits)
    shape = (
        f'<path d="M-4 {y - 4:g}l8 8m0 -8l-8 8" stroke="var(--bad)" stroke-width="2.4" stroke-linecap="round" '
        'fill="none"/>'
        if failed(task)
        else f'<circle cx="0" cy="{y:g}" r="3.2" fill="var(--bg)" stroke="var(--stopped)" stroke-width="1.8"/>'
    )
    return [
        f'<svg x="{across(shown.share(at))}" style="overflow:visible"><title>{escaped(told + exits)}</title>'
        f"{shape}</svg>"
    ]


def _legend(lang: str) -> str:
    states = "".join(
        f'<li><span class="ev-swatch s-{state}"></span>{state}</li>'
        for state in TASK_STATES
        if state != "STOPPED"
    )
    targets = "".join(
        f'<li class="t-{state}"><svg width="18" height="8" aria-hidden="true"><line x1="0" x2="18" y1="4" y2="4" '
        f'stroke="var(--f)" stroke-width="{4.5 if state == "unhealthy" else 3}" '
        f'stroke-dasharray="{_DASHES.get(state, "none")}"/></svg>{escaped(label(lang, "target"))} {state}</li>'
        for state in ("initial", "healthy", "unhealthy", "draining")
    )
    ends = (
        '<li><svg width="12" height="10" aria-hidden="true"><circle cx="6" cy="5" r="3.2" fill="none" '
        'stroke="var(--stopped)" stroke-width="1.8"/></svg>STOPPED</li>'
        '<li><svg width="12" height="10" aria-hidden="true"><path d="M2 1l8 8m0 -8l-8 8" stroke="var(--bad)" '
        f'stroke-width="2.4"/></svg>STOPPED, {escaped(label(lang, "word.failed"))}</li>'
    )
    rollouts = "".join(
        f'<li><span class="ev-swatch r-{state}"></span>{escaped(label(lang, "tl.deployment"))} {state}</li>'
        for state in ("IN_PROGRESS", "COMPLETED", "FAILED")
    )
    return f'<ul class="ev-legend">{states}{ends}</ul><ul class="ev-legend">{targets}{rollouts}</ul>'


def _list(scene: Scene) -> str:
    """What the marks stand for."""
    if not scene.events and not scene.acts and not scene.passed:
        return ""
    rows = [
        (serial, at, f'<span class="ev-mark">◆</span>{escaped(text)}')
        for serial, at, text in passed(scene.passed, scene.lang)
    ]
    for entry in scene.acts:
        mark = (
            '<span class="ev-mark ev-bad">▼</span>'
            if entry.kind == "fault"
            else '<span class="ev-mark">▼</span>'
        )
        rows.append((entry.serial, entry.at_ms, f"{mark}{escaped(happened(entry, scene.lang))}"))
    for number, entry in enumerate(scene.events, 1):
        message = escaped(message_of(entry))
        rows.append((entry.serial, entry.at_ms, f'<span class="ev-mark">{number}</span>{message}'))
    items = "".join(
        f'<li><span class="ev-when">{moment(at)}</span><span>{text}</span></li>'
        for _, at, text in sorted(rows)
    )
    summary = label(scene.lang, "tl.keys", events=len(scene.events))
    return f'<details><summary>{escaped(summary)}</summary><ol class="ev-log">{items}</ol></details>'
