"""Below the lanes: how many tasks there were and how many were healthy, between the two percents."""

from __future__ import annotations

from collections.abc import Callable

from ecsim.view.history import Count
from ecsim.view.lanes_bars import across
from ecsim.view.limits import Limit
from ecsim.view.naming import moment
from ecsim.view.rendering import escaped
from ecsim.view.scene import Scene
from ecsim.view.words import label

CHART = 92
"""Its height in pixels."""
_TOP, _BASE = 8, 86
_LABEL_END = 118


def chart(scene: Scene, y: int) -> tuple[list[str], list[str]]:
    """What stands beside the plot, and what stands in it; `y` is the upper edge."""
    visible = [limit for limit in scene.limits if limit.at_ms <= scene.window.end_ms]
    highest = max([1, *(limit.ceiling for limit in visible), *(count.total for count in scene.counts)])

    def height(number: int) -> float:
        return y + _BASE - number * (_BASE - _TOP) / highest

    return _names(scene, visible, height, y), [
        *_filled(scene, height, y),
        *_outline(scene, height),
        *_bounds(scene, visible, height),
        f'<line class="ev-rule" x1="0" x2="100%" y1="{y + _BASE}" y2="{y + _BASE}"/>',
    ]


def _names(scene: Scene, visible: list[Limit], height: Callable[[int], float], y: int) -> list[str]:
    out = [
        f'<text class="ev-t-soft" x="0" y="{y + _TOP + 3}" font-size="11">'
        f"{escaped(label(scene.lang, 'tl.tasks'))}</text>"
    ]
    if visible:
        last, lang = visible[-1], scene.lang
        ceiling, floor = height(last.ceiling) + 3.5, height(last.floor) + 3.5
        if floor - ceiling < 11:
            ceiling, floor = (ceiling + floor) / 2 - 5.5, (ceiling + floor) / 2 + 5.5
        for at, text in (
            (ceiling, label(lang, "tl.max", ceiling=last.ceiling)),
            (floor, label(lang, "tl.min", floor=last.floor)),
        ):
            out.append(
                f'<text x="{_LABEL_END}" y="{at:g}" font-size="10.5" text-anchor="end" class="ev-t-soft">'
                f"{escaped(text)}</text>"
            )
    return out


def _pairs(series: list[Count], scene: Scene) -> list[tuple[Count, float, float]]:
    """Each count with its beginning and end in percents, as far as it is shown."""
    shown = scene.window
    out = []
    for here, following in zip(series, [*series[1:], None], strict=True):
        end = min(shown.now_ms, shown.end_ms) if following is None else following.at_ms
        if end > shown.start_ms and here.at_ms < shown.end_ms and end > here.at_ms:
            out.append((here, shown.share(here.at_ms), shown.share(end)))
    return out


def _filled(scene: Scene, height: Callable[[int], float], y: int) -> list[str]:
    """The healthy tasks as a filled stair."""
    out = []
    for here, left, right in _pairs(_merged(scene.counts), scene):
        if not here.healthy:
            continue
        top = height(here.healthy)
        told = f"{moment(here.at_ms)}: {here.healthy} {label(scene.lang, 'tl.healthy')}"
        out.append(
            f'<rect x="{across(left)}" width="{across(right - left)}" y="{top:g}" '
            f'height="{y + _BASE - top:g}" fill="var(--healthy)" fill-opacity=".42"><title>{escaped(told)}</title></rect>'
        )
    return out


def _merged(series: list[Count]) -> list[Count]:
    """The series without the entries in which the number of healthy tasks stays the same."""
    out: list[Count] = []
    for here in series:
        if not out or out[-1].healthy != here.healthy:
            out.append(here)
    return out


def _outline(scene: Scene, height: Callable[[int], float]) -> list[str]:
    """All tasks as a line in steps."""
    out = []
    before: float | None = None
    for here, left, right in _pairs(scene.counts, scene):
        at = height(here.total)
        if before is not None and before != at:
            out.append(_line(left, left, before, at, "var(--text)"))
        out.append(_line(left, right, at, at, "var(--text)"))
        before = at
    return out


def _line(x1: float, x2: float, y1: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{across(x1)}" x2="{across(x2)}" y1="{y1:g}" y2="{y2:g}" stroke="{colour}" '
        'stroke-width="1.6" stroke-linecap="square"/>'
    )


def _bounds(scene: Scene, visible: list[Limit], height: Callable[[int], float]) -> list[str]:
    """The two percents as dashed lines."""
    shown = scene.window
    out = []
    for here, following in zip(visible, [*visible[1:], None], strict=True):
        left = shown.share(here.at_ms)
        right = 100.0 if following is None else shown.share(following.at_ms)
        if right <= left:
            continue
        for number, key, percent, colour in (
            (here.floor, "tl.floor", here.minimum_healthy_percent, "var(--good)"),
            (here.ceiling, "tl.ceiling", here.maximum_percent, "var(--bad)"),
        ):
            told = label(scene.lang, key, floor=number, ceiling=number, percent=percent)
            out.append(
                f'<line x1="{across(left)}" x2="{across(right)}" y1="{height(number):g}" y2="{height(number):g}" '
                f'stroke="{colour}" stroke-width="1.4" stroke-dasharray="6 4"><title>{escaped(told)}</title></line>'
            )
    return out


def bounds_legend(scene: Scene) -> str:
    """What the stairs and the dashed lines mean."""
    lang = scene.lang
    entries = [
        (
            '<line x1="0" x2="18" y1="5" y2="5" stroke="var(--text)" stroke-width="1.6"/>',
            label(lang, "tl.total"),
        ),
        (
            '<rect width="18" height="10" fill="var(--healthy)" fill-opacity=".42"/>',
            label(lang, "tl.healthy"),
        ),
    ]
    visible = [limit for limit in scene.limits if limit.at_ms <= scene.window.end_ms]
    if visible:
        last = visible[-1]
        dashed = '<line x1="0" x2="18" y1="5" y2="5" stroke="{}" stroke-width="1.6" stroke-dasharray="5 3"/>'
        low = label(lang, "tl.floor", floor=last.floor, percent=last.minimum_healthy_percent)
        high = label(lang, "tl.ceiling", ceiling=last.ceiling, percent=last.maximum_percent)
        entries += [(dashed.format("var(--good)"), low), (dashed.format("var(--bad)"), high)]
    items = "".join(
        f'<li><svg width="18" height="10" aria-hidden="true">{shape}</svg>{escaped(text)}</li>'
        for shape, text in entries
    )
    return f'<ul class="ev-legend">{items}</ul>'
