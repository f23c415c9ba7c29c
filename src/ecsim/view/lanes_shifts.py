"""Below the deployments of a timeline: the stages of those that shift traffic, and the weights of the listener rules."""

from __future__ import annotations

from ecsim.model.strategy import Stage
from ecsim.view.history import last_part
from ecsim.view.lanes_bars import across, bar, when, word_class
from ecsim.view.rendering import escaped
from ecsim.view.scene import SHARES, Scene, shifted, staged
from ecsim.view.shifts import ROLLBACK
from ecsim.view.tracks import Span
from ecsim.view.words import label

ROW = 22
"""The height of one row in pixels."""
_BAND = 16
_TOLD = {"production": "tl.share.production", "test": "tl.share.test"}
_KINDS = {
    Stage.TEST_TRAFFIC_SHIFT: "test",
    Stage.POST_TEST_TRAFFIC_SHIFT: "test",
    Stage.PRE_PRODUCTION_TRAFFIC_SHIFT: "shift",
    Stage.PRODUCTION_TRAFFIC_SHIFT: "shift",
    Stage.POST_PRODUCTION_TRAFFIC_SHIFT: "shift",
    Stage.BAKE_TIME: "bake",
    Stage.CLEAN_UP: "clean",
}


def kind_of(stage: str) -> str:
    """The class that colours a stage: scaling up, test traffic, production traffic, baking, cleaning up."""
    return f"g-{_KINDS.get(Stage(stage), 'scale')}"


def shift_rows(scene: Scene, y: int) -> tuple[list[tuple[str, int]], list[str], int]:
    """The rows, from `y` on.

    Returns:
        The names with the heights at which they stand, what is drawn in the plot, and the `y` below the rows.
    """
    stages = staged(scene)
    if not stages:
        return [], [], y
    names, plot = [(label(scene.lang, "tl.stages"), y)], [_stage(span, scene, y) for span in stages]
    y += ROW
    for name, track in shifted(scene):
        names.append((f"{label(scene.lang, SHARES[name])} %", y))
        plot += [_weight(span, name, scene, y) for span in track.spans]
        y += ROW
    return names, plot, y


def _stage(span: Span, scene: Scene, y: int) -> str:
    stage, _, back = span.state.partition("/")
    text = f"{stage} ({label(scene.lang, 'tl.back')})" if back else stage
    told = f"{text}\n{span.detail}\n{when(span, scene.window)}"
    return bar(span, scene.window, y + 2, 15, kind_of(stage), told, stage, fade=bool(back))


def _weight(span: Span, name: str, scene: Scene, y: int) -> str:
    """The share of one revision, filled from below; the other revision has the rest."""
    shown = scene.window
    end = span.until(shown.now_ms)
    if not shown.shows(span.from_ms, end):
        return ""
    left, wide = shown.share(span.from_ms), shown.share(end) - shown.share(span.from_ms)
    filled = _BAND * float(span.state) / 100
    told = label(scene.lang, _TOLD[name], revision=_revision(span, scene), percent=span.state)
    shown_from = word_class(wide, 6.6 * len(span.state) + 8)
    word = (
        f'<text class="{shown_from}" x="5" y="12" font-size="10.5">{span.state}</text>' if shown_from else ""
    )
    return (
        f'<svg x="{across(left)}" y="{y + 1}" width="{across(max(wide, 0.25))}" height="{_BAND}">'
        f"<title>{escaped(told)}\n{when(span, shown)}</title>"
        '<rect width="100%" height="100%" fill="var(--chip)"/>'
        f'<rect class="ev-share" width="100%" y="{_BAND - filled:g}" height="{filled:g}"/>{word}</svg>'
    )


def _revision(span: Span, scene: Scene) -> str:
    known = {d.id: last_part(d.task_definition) for d in scene.history.deployments}
    return known.get(span.detail, span.detail)


def shift_legend(scene: Scene) -> str:
    """What the colours of the stages and the bands mean."""
    stages = list(dict.fromkeys(span.state.removesuffix(ROLLBACK) for span in staged(scene)))
    if not stages:
        return ""
    items = "".join(f'<li><span class="ev-swatch {kind_of(stage)}"></span>{stage}</li>' for stage in stages)
    if shifted(scene):
        items += (
            '<li><svg width="18" height="10" aria-hidden="true"><rect width="18" height="10" fill="var(--chip)"/>'
            '<rect class="ev-share" width="18" y="4" height="6"/></svg>'
            f"{escaped(label(scene.lang, 'tl.shares'))}</li>"
        )
    return f'<ul class="ev-legend ev-wide">{items}</ul>'
