"""Lines of a story: who did or decided what, when; repeats told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ecsim.view.naming import moment, short
from ecsim.view.rendering import escaped, wrapped
from ecsim.view.words import label

LINES_MAX = 60
"""A story is not longer than this; the newest lines stay."""
_SIMILAR_MAX = 4
"""So many lines of one code in a row, with other numbers each, are told in full."""
_IDS_MAX = 4

_MARKS = {
    "call": "▼",
    "fault": "✸",
    "state": "■",
    "start_tasks": "+",
    "stop_task": "−",
    "wait": "⋯",
    "kill": "✕",
    "fail_deployment": "✕",
    "roll_back": "↺",
    "complete_deployment": "✓",
    "more": " ",
    "http": "⇄",
}
_TONES = {
    "fail_deployment": "ev-bad",
    "kill": "ev-bad",
    "fault": "ev-bad",
    "http": "ev-bad",
    "roll_back": "ev-warn",
    "complete_deployment": "ev-good",
    "wait": "ev-soft",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line.

    Attributes:
        kind: what kind of thing it tells: a decision's action, or "call", "fault", "state", "http", "more".
        code: the reason code, or "".
        tasks: whom it is about, where that is not clear from the whole story.
        bound: it begins a new episode: repeats are not looked for across it.
    """

    at_ms: int
    text: str
    kind: str
    code: str = ""
    tasks: tuple[str, ...] = ()
    times: int = 1
    until_ms: int | None = None
    bound: bool = False


def collapsed(lines: Iterable[Line], lang: str) -> list[Line]:
    """The lines with repeats told once, an episode at a time, and long runs of like steps shortened."""
    out: list[Line] = []
    episode: list[Line] = []
    for line in lines:
        if line.bound:
            out += [*_shortened(_distinct(episode), lang), line]
            episode = []
        else:
            episode.append(line)
    return [*out, *_shortened(_distinct(episode), lang)]


def _distinct(lines: list[Line]) -> list[Line]:
    """Each different sentence once, where it stood first, with how often and until when."""
    found: dict[tuple[str, str, str], Line] = {}
    for line in lines:
        key = (line.kind, line.code, line.text)
        first = found.get(key)
        if first is None:
            found[key] = line
            continue
        found[key] = replace(
            first,
            times=first.times + 1,
            until_ms=line.at_ms if line.at_ms > first.at_ms else first.until_ms,
            tasks=tuple(dict.fromkeys([*first.tasks, *line.tasks])),
        )
    return list(found.values())


def _shortened(lines: list[Line], lang: str) -> list[Line]:
    """Of many steps of the same code, the first two and the last."""
    total: dict[str, int] = {}
    for line in lines:
        if line.code:
            total[line.code] = total.get(line.code, 0) + 1
    seen: dict[str, int] = {}
    out = []
    for line in lines:
        count = seen[line.code] = seen.get(line.code, 0) + 1
        many = total.get(line.code, 0)
        if many <= _SIMILAR_MAX or count <= 2 or count == many:
            out.append(line)
        elif count == 3:
            text = label(lang, "why.similar", more=many - 3)
            out.append(Line(at_ms=line.at_ms, text=text, kind="more", code=line.code))
    return out


def _when(line: Line, lang: str) -> str:
    """What follows the time: how often, until when, and for whom."""
    parts = []
    if line.tasks and line.kind != "more":
        ids = ", ".join(short(task) for task in line.tasks[:_IDS_MAX])
        more = len(line.tasks) - _IDS_MAX
        parts.append(
            label(lang, "why.tasks", count=len(line.tasks), ids=ids + (f", +{more}" if more > 0 else ""))
        )
    if line.times > max(1, len(line.tasks)):
        key = "why.times" if line.until_ms is not None else "why.times.at_once"
        parts.append(label(lang, key, times=line.times, until=moment(line.until_ms or line.at_ms)))
    elif line.until_ms is not None:
        parts.append(label(lang, "why.until", until=moment(line.until_ms)))
    return "; ".join(parts)


def as_text(title: str, lines: list[Line], left: int, lang: str) -> str:
    """The story for a terminal."""
    out = [title]
    if left:
        out.append(label(lang, "why.earlier", left=left))
    for line in lines:
        when = _when(line, lang)
        mark = "  " if line.kind != "call" else "> "
        out += wrapped(line.text + (f" [{when}]" if when else ""), first=f"{moment(line.at_ms)} {mark}")
    return "\n".join(out)


def as_html(title: str, lines: list[Line], left: int, lang: str) -> str:
    """The story as a list."""
    items = []
    for line in lines:
        when = _when(line, lang)
        tone = _TONES.get(line.kind, "")
        note = " · ".join(escaped(part) for part in (line.code, when) if part)
        anchor = " ev-anchor" if line.bound else ""
        items.append(
            f'<li><span class="ev-when">{moment(line.at_ms)}</span><span class="{anchor.strip()}">'
            f'<span class="ev-mark {tone}" aria-hidden="true">{_MARKS.get(line.kind, "·")}</span>'
            f"{escaped(line.text)}"
            + (f'<span class="ev-code">{note}</span>' if note and line.kind != "more" else "")
            + "</span></li>"
        )
    earlier = f'<p class="ev-note">{escaped(label(lang, "why.earlier", left=left))}</p>' if left else ""
    heading = f'<div class="ev-top"><span class="ev-title">{escaped(title)}</span></div>'
    return f'{heading}{earlier}<ol class="ev-log">{"".join(items)}</ol>'
