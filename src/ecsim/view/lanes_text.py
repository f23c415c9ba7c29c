"""A timeline for a terminal: one line a task, one character a stretch of time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ecsim.view.happened import happened, message_of
from ecsim.view.history import Count, Span, TaskHistory, last_part
from ecsim.view.naming import duration_text, moment, short
from ecsim.view.rendering import COLUMNS, padded, width, wrapped
from ecsim.view.scene import Scene, failed
from ecsim.view.window import Window
from ecsim.view.words import label

_LABEL = 21
_STRIP = COLUMNS - _LABEL - 1
_STATES = {
    "PROVISIONING": ".",
    "PENDING": ":",
    "ACTIVATING": "+",
    "RUNNING": "=",
    "DEACTIVATING": "~",
    "STOPPING": "-",
    "DEPROVISIONING": "_",
}
_ROLLOUTS = {"IN_PROGRESS": ">", "COMPLETED": "=", "FAILED": "x"}
_HEALTH = {"healthy": "#", "HEALTHY": "#", "unhealthy": "!", "UNHEALTHY": "!"}


def written(scene: Scene) -> str:
    """The timeline as text."""
    lang, shown = scene.lang, scene.window
    step = duration_text(round(shown.length_ms / _STRIP), lang)
    lines = [
        f"{label(lang, 'service')} {scene.history.name}  {moment(shown.start_ms)} - {moment(shown.end_ms)}"
        f"  ({label(lang, 'tl.column', step=step)})",
        _row("", _axis(shown)),
    ]
    if scene.acts:
        lines.append(_row(label(lang, "tl.calls"), _marks([e.at_ms for e in scene.acts], shown, "v")))
    if scene.events:
        lines.append(_row(label(lang, "tl.events"), _marks([e.at_ms for e in scene.events], shown, None)))
    for deployment in scene.deployments:
        name = f"{padded(last_part(deployment.task_definition), 13)} ...{deployment.id[-4:]}"
        lines.append(_row(name, _strip(deployment.states.spans, shown, _rollout_mark)))
    lines += [_row(_name(task), _task_strip(task, shown)) for task in scene.tasks]
    lines.append(_row(label(lang, "tl.total"), _numbers(scene.counts, shown, lambda c: c.total)))
    lines.append(_row(label(lang, "tl.healthy"), _numbers(scene.counts, shown, lambda c: c.healthy)))
    lines += ["", *_legend(lang)]
    if scene.acts or scene.events:
        lines.append("")
    for act in scene.acts:
        lines += wrapped(happened(act, lang), first=f"  v {moment(act.at_ms)}  ")
    for number, event in enumerate(scene.events, 1):
        lines += wrapped(message_of(event), first=f"{number:3} {moment(event.at_ms)}  ")
    return "\n".join([*lines, *(line for text in scene.notes for line in wrapped(text))])


def _row(name: str, strip: str) -> str:
    return f"{padded(name, _LABEL)} {strip}".rstrip()


def _name(task: TaskHistory) -> str:
    return f"{short(task.id)} {padded(task.task_definition, 9)} {task.zone[-1:]}"


def _column(at_ms: int, shown: Window) -> int:
    return min(_STRIP - 1, int(shown.share(at_ms) * _STRIP / 100))


def _axis(shown: Window) -> str:
    line = [" "] * _STRIP
    for at in shown.ticks(5):
        text, column = "|" + moment(at), _column(at, shown)
        if column + len(text) <= _STRIP:
            line[column : column + len(text)] = text
    return "".join(line)


def _marks(moments: list[int], shown: Window, mark: str | None) -> str:
    """A mark, or the last digit of its number, at each moment."""
    line = [" "] * _STRIP
    for number, at in enumerate(moments, 1):
        line[_column(at, shown)] = mark or str(number % 10)
    return "".join(line)


def _strip(spans: list[Span], shown: Window, mark: Callable[[Span], str]) -> str:
    line = [" "] * _STRIP
    for span in spans:
        end = span.until(shown.now_ms)
        if not shown.shows(span.from_ms, end):
            continue
        first = _column(span.from_ms, shown)
        for column in range(first, min(_STRIP, max(first + 1, _until(end, shown)))):
            line[column] = mark(span)
    return "".join(line)


def _until(at_ms: int, shown: Window) -> int:
    return round(shown.share(at_ms) * _STRIP / 100)


def _rollout_mark(span: Span) -> str:
    status, _, rollout = span.state.partition("/")
    return " " if status == "INACTIVE" else _ROLLOUTS.get(rollout, "?")


def _state_mark(span: Span) -> str:
    return _STATES.get(span.state, " ")


def _task_strip(task: TaskHistory, shown: Window) -> str:
    """The task's state, and while it is RUNNING whether it is healthy."""
    line = [*_strip(task.states.spans, shown, _state_mark)]
    for track in [task.health, *task.targets.values()]:
        for span in track.spans:
            mark = _HEALTH.get(span.state)
            for column in range(_column(span.from_ms, shown), _until(span.until(shown.now_ms), shown)):
                if (mark == "!" and line[column] in "=#") or (mark == "#" and line[column] == "="):
                    line[column] = mark
    if task.stopped_at_ms is not None and shown.shows(task.stopped_at_ms, task.stopped_at_ms):
        line[_column(task.stopped_at_ms, shown)] = "X" if failed(task) else "|"
    return "".join(line)


def _numbers(series: list[Count], shown: Window, value_of: Callable[[Count], int]) -> str:
    """The number, written where it changes; of changes too close to write, the last one."""
    at: dict[int, str] = {}
    before: int | None = None
    for here in series:
        value = value_of(here)
        if value != before:
            at[_column(max(here.at_ms, shown.start_ms), shown)] = str(value)
        before = value
    line, free = [" "] * _STRIP, 0
    columns = list(at)
    for column, following in zip(columns, [*columns[1:], _STRIP + 9], strict=True):
        text = at[column]
        if column < free or (following < column + len(text) + 1 and following + len(at[following]) < _STRIP):
            continue
        line[column : column + len(text)] = text[: _STRIP - column]
        free = column + len(text) + 1
    return "".join(line)


def _legend(lang: str) -> list[str]:
    states = [f"{mark} {state}" for state, mark in _STATES.items()]
    health = [f"# RUNNING, {label(lang, 'word.healthy')}", f"! RUNNING, {label(lang, 'word.unhealthy')}"]
    stopped = ["| STOPPED", f"X STOPPED, {label(lang, 'word.failed')}"]
    rollout = [f"{mark} {state}" for state, mark in _ROLLOUTS.items()]
    lines = partial(_filled, columns=COLUMNS)
    return [
        *lines([*states, *health, *stopped], label(lang, "tl.tasks") + "  "),
        *lines(rollout, label(lang, "tl.deployments") + "  "),
    ]


def _filled(entries: list[str], first: str, columns: int) -> list[str]:
    lines, line = [], first
    for entry in entries:
        if width(line) + width(entry) > columns:
            lines.append(line.rstrip())
            line = " " * width(first)
        line += entry + "  "
    return [*lines, line.rstrip()]
