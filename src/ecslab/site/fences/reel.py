"""A recording as one SVG: a lane for each task, the count of healthy targets below, a playhead over all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from ecslab.site.recording import Lane, Recording, Stretch
from ecslab.site.words import word

Place = Callable[[int], float]

_TOP, _GAP, _FOOT = 40.0, 16.0, 6.0
_TICKS_MS = (10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000)
_TICK_ROOM_PX = 58.0
_STAGE_LETTER_PX, _SHARE_PX = 6.4, 44.0
"""The width of a letter of a stage's name, and the room that a percentage needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The room that a drawing has, in pixels."""

    name: str
    width: float
    label: float
    lane: float
    count: float


def reel(recording: Recording, moments: list[int], sheet: Sheet, caption: str, lang: str) -> str:
    """The drawing of a recording for one size of screen."""
    key = f"reel-{hashlib.sha256((caption + recording.name).encode()).hexdigest()[:8]}-{sheet.name}"
    lanes_end = _TOP + sheet.lane * len(recording.lanes)
    shifts = [kind for kind in ("stages", "production") if getattr(recording, kind)]
    shifts_end = lanes_end + (sheet.lane * len(shifts) + _GAP / 2 if shifts else 0)
    height = shifts_end + _GAP + sheet.count + _FOOT
    x0, x1 = sheet.label, sheet.width - 10

    def x(at_ms: int) -> float:
        return x0 + (x1 - x0) * at_ms / recording.length_ms

    revisions = recording.revisions()
    lanes = "".join(
        _lane(lane, revisions.index(lane.revision), _TOP + sheet.lane * number, sheet, x)
        for number, lane in enumerate(recording.lanes)
    )
    names = "".join(
        _name(lane, revisions.index(lane.revision), _TOP + sheet.lane * number, sheet)
        for number, lane in enumerate(recording.lanes)
    )
    shift_names, shift_rows = _shifts(recording, lanes_end + _GAP / 2, sheet, x, lang)
    counts = _counts(recording, shifts_end + _GAP, sheet, x, lang)
    said = " ".join(f"{lane.revision} {lane.task[:6]}" for lane in recording.lanes)
    return (
        f'<svg class="reel reel--{sheet.name}" viewBox="0 0 {sheet.width:.0f} {height:.0f}" '
        f'width="{sheet.width:.0f}" height="{height:.0f}" role="img" aria-labelledby="{key}-t" '
        f'data-from="{x0:.0f}" data-to="{x1:.0f}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{escape(caption)} ({escape(said)})</title>'
        f'<clipPath id="{key}"><rect class="reel__clip" x="0" y="0" width="{sheet.width:.0f}" '
        f'height="{height:.0f}"/></clipPath><g aria-hidden="true">{_axis(recording, height, x, x1 - x0)}{names}'
        f'{shift_names}<g clip-path="url(#{key})">{lanes}{shift_rows}{counts}</g>{_marks(moments, x)}'
        f'<path class="reel__head" d="M0 {_TOP - 6:.0f}V{height - _FOOT:.0f}" transform="translate({x1:.0f} 0)"/>'
        "</g></svg>"
    )


def _axis(recording: Recording, height: float, x: Place, width: float) -> str:
    step = next(
        (s for s in _TICKS_MS if width * s / recording.length_ms >= _TICK_ROOM_PX), recording.length_ms
    )
    return "".join(
        f'<path class="reel__tick" d="M{x(at):.1f} {_TOP - 6:.0f}V{height - _FOOT:.0f}"/>'
        f'<text class="reel__time" x="{x(at):.1f}" y="{_TOP - 11:.0f}">{at // 60_000}:{at // 1000 % 60:02}</text>'
        for at in range(0, recording.length_ms + 1, step)
    )


def _marks(moments: list[int], x: Place) -> str:
    parts: list[str] = []
    before = -100.0
    for number, at in enumerate(moments, 1):
        place = max(x(at), before + 17)
        before = place
        parts.append(
            f'<g class="reel__mark" data-step="{number}"><circle cx="{place:.1f}" cy="10" r="8"/>'
            f'<text x="{place:.1f}" y="13.8">{number}</text></g>'
        )
    return "".join(parts)


def _name(lane: Lane, revision: int, top: float, sheet: Sheet) -> str:
    base = top + sheet.lane / 2 + 4
    short = f'<tspan class="reel__id" dx="7">{escape(lane.task[:6])}</tspan>' if sheet.label > 80 else ""  # noqa: PLR2004 - room for an id
    css = f"reel__name reel-rev--{min(revision, 2)}"
    return f'<text class="{css}" x="2" y="{base:.1f}">{escape(lane.revision)}{short}</text>'


def _lane(lane: Lane, revision: int, top: float, sheet: Sheet, x: Place) -> str:
    bar = sheet.lane - 7
    y = top + 3.5
    parts = [
        f'<rect class="look look--{look.state}" x="{x(look.from_ms):.1f}" y="{y:.1f}" '
        f'width="{max(x(look.to_ms) - x(look.from_ms), 1.5):.1f}" height="{bar:.1f}" rx="2"/>'
        for look in lane.looks()
    ]
    if lane.stopped_ms is not None and lane.failed:
        middle = y + bar / 2
        parts.append(
            f'<path class="look look--failed" d="M{x(lane.stopped_ms) - 4:.1f} {middle - 4:.1f}l8 8m0-8l-8 8"/>'
        )
    return f'<g class="reel__lane reel-rev--{min(revision, 2)}">{"".join(parts)}</g>'


def _shifts(recording: Recording, top: float, sheet: Sheet, x: Place, lang: str) -> tuple[str, str]:
    """The names of the two rows, and what is drawn in them: the stages, and who gets how much of the traffic."""
    names, rows = [], []
    bar = sheet.lane - 7
    for kind, stretches in (("stages", recording.stages), ("production", recording.production)):
        if not stretches:
            continue
        base = f'y="{top + sheet.lane / 2 + 4:.1f}"'
        names.append(f'<text class="reel__row" x="2" {base}>{escape(word(lang, f"reel_{kind}"))}</text>')
        draw = _stage if kind == "stages" else _share
        rows += [draw(stretch, top + 3.5, bar, x) for stretch in stretches]
        top += sheet.lane
    return "".join(names), "".join(rows)


def _stage(stretch: Stretch, y: float, bar: float, x: Place) -> str:
    stage = stretch.state.partition("/")[0]
    left, wide = x(stretch.from_ms), x(stretch.to_ms) - x(stretch.from_ms)
    fits = wide >= _STAGE_LETTER_PX * len(stage) + 8
    said = (
        f'<text class="reel__stage-name" x="{left + 5:.1f}" y="{y + bar - 3.5:.1f}">{stage}</text>'
        if fits
        else ""
    )
    return (
        f'<rect class="reel__stage" x="{left:.1f}" y="{y:.1f}" width="{max(wide, 1.5):.1f}" height="{bar:.1f}" rx="2"/>'
        f"{said}"
    )


def _share(stretch: Stretch, y: float, bar: float, x: Place) -> str:
    """The old revision's colour, and from below the new one's, as far as its share goes."""
    left, wide = x(stretch.from_ms), x(stretch.to_ms) - x(stretch.from_ms)
    new = bar * float(stretch.state) / 100
    place = f'x="{left:.1f}" width="{wide:.1f}"'
    said = ""
    if wide >= _SHARE_PX:
        text = f'x="{left + 5:.1f}" y="{y + bar - 3.5:.1f}"'
        said = f'<text class="reel__share-name" {text}>{escape(stretch.state)} %</text>'
    return (
        f'<rect class="reel__share reel-rev--0" {place} y="{y:.1f}" height="{bar - new:.1f}"/>'
        f'<rect class="reel__share reel-rev--1" {place} y="{y + bar - new:.1f}" height="{new:.1f}"/>{said}'
    )


def _counts(recording: Recording, top: float, sheet: Sheet, x: Place, lang: str) -> str:
    series = recording.healthy()
    most = max([count for _, count in series] + [recording.floor or 0, 1])
    bottom = top + sheet.count

    def y(count: int) -> float:
        return bottom - (sheet.count - 12) * count / most

    path = [f"M{x(0):.1f} {bottom:.1f}"]
    for number, (at, count) in enumerate(series):
        end = series[number + 1][0] if number + 1 < len(series) else recording.length_ms
        path.append(f"L{x(at):.1f} {y(count):.1f}H{x(end):.1f}")
    path.append(f"V{bottom:.1f}Z")
    numbers = _numbers(series, x, y)
    floor = ""
    if recording.floor is not None:
        floor = f'<path class="reel__floor" d="M{x(0):.1f} {y(recording.floor):.1f}H{x(recording.length_ms):.1f}"/>'
    label = word(lang, "healthy_targets")
    named = f'<text class="reel__count-name" x="{x(0) + 5:.1f}" y="{bottom - 5:.1f}">{escape(label)}</text>'
    return f'<path class="reel__count" d="{"".join(path)}"/>{floor}{numbers}{named}'


def _numbers(series: list[tuple[int, int]], x: Place, y: Place) -> str:
    parts: list[str] = []
    before = -100.0
    for at, count in series:
        place = x(at) + 3
        if place - before >= 12:  # noqa: PLR2004 - room for a digit
            parts.append(
                f'<text class="reel__number" x="{place:.1f}" y="{y(count) - 2.5:.1f}">{count}</text>'
            )
            before = place
    return "".join(parts)
