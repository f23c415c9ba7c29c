"""A timeline for a terminal: one line a task, one character a stretch of time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ecsim.model.strategy import Stage
from ecsim.view.happened import happened, message_of, passed
from ecsim.view.history import Count, TaskHistory, last_part
from ecsim.view.naming import duration_text, moment, short
from ecsim.view.rendering import COLUMNS, padded, width, wrapped
from ecsim.view.scene import SHARES, Scene, failed, shifted, staged
from ecsim.view.shifts import ROLLBACK
from ecsim.view.tracks import Span
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
_LETTERS = {str(stage): letter for stage, letter in zip(Stage, "abcdefghijk", strict=True)}
"""A letter for each stage, in the order of the stages."""
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
    lines += _shift_rows(scene)
    lines += [_row(_name(task), _task_strip(task, shown)) for task in scene.tasks]
    lines.append(_row(label(lang, "tl.total"), _numbers(scene.counts, shown, lambda c: c.total)))
    lines.append(_row(label(lang, "tl.healthy"), _numbers(scene.counts, shown, lambda c: c.healthy)))
    lines += ["", *_legend(lang), *_shift_legend(scene)]
    if scene.acts or scene.events or scene.passed:
        lines.append("")
    for act in scene.acts:
        lines += wrapped(happened(act, lang), first=f"  v {moment(act.at_ms)}  ")
    for _, at, text in passed(scene.passed, lang):
        lines += wrapped(text, first=f"  * {moment(at)}  ")
    for number, event in enumerate(scene.events, 1):
        lines += wrapped(message_of(event), first=f"{number:3} {moment(event.at_ms)}  ")
    return "\n".join([*lines, *(line for text in scene.notes for line in wrapped(text))])


def _shift_rows(scene: Scene) -> list[str]:
    """The stages, a letter for each, and how the weights of the listener rules change."""
    shown, stages = scene.window, staged(scene)
    if not stages:
        return []
    rows = [_row(label(scene.lang, "tl.stages"), _strip(stages, shown, _stage_mark))]
    for name, track in shifted(scene):
        changes = [(span.from_ms, span.state) for span in track.spans]
        rows.append(_row(f"{label(scene.lang, SHARES[name])} %", _written(changes, shown)))
    return rows


def _stage_mark(span: Span) -> str:
    stage, _, back = span.state.partition("/")
    return _LETTERS[stage].upper() if back else _LETTERS[stage]


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
    """The number over time."""
    return _written([(here.at_ms, str(value_of(here))) for here in series], shown)


def _written(series: list[tuple[int, str]], shown: Window) -> str:
    """A value, written where it changes; of changes too close to write, the last one."""
    at: dict[int, str] = {}
    before: str | None = None
    for at_ms, value in series:
        if value != before:
            at[_column(max(at_ms, shown.start_ms), shown)] = value
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


def _shift_legend(scene: Scene) -> list[str]:
    lang, states = scene.lang, list(dict.fromkeys(span.state for span in staged(scene)))
    if not states:
        return []
    entries = [
        f"{_LETTERS[stage]} {stage}" for stage in dict.fromkeys(s.removesuffix(ROLLBACK) for s in states)
    ]
    if any(state.endswith(ROLLBACK) for state in states):
        entries.append(label(lang, "tl.back.letters"))
    lines = _filled(entries, label(lang, "tl.stages") + "  ", COLUMNS)
    if shifted(scene):
        lines += wrapped(label(lang, "tl.shares"), first="%  ")
    return lines


def _filled(entries: list[str], first: str, columns: int) -> list[str]:
    lines, line = [], first
    for entry in entries:
        if width(line) + width(entry) > columns:
            lines.append(line.rstrip())
            line = " " * width(first)
        line += entry + "  "
    return [*lines, line.rstrip()]
