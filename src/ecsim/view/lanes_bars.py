"""What a timeline's drawing is made of: bars in parts of the plot, and words where there is room for them."""

from __future__ import annotations

from ecsim.view.naming import duration_text, moment
from ecsim.view.rendering import escaped
from ecsim.view.tracks import Span
from ecsim.view.window import Window

_PLOT, _WIDE_PLOT = 430, 630
"""The plot's least width in pixels while words are shown, and while those that need more room are shown."""


def across(value: float) -> str:
    """A place in the plot as SVG writes it."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def word_class(share: float, pixels: float) -> str:
    """From which page width on a word of so many pixels is shown in a part of the plot; "" for never."""
    if share * _PLOT / 100 >= pixels:
        return "ev-word"
    return "ev-word2" if share * _WIDE_PLOT / 100 >= pixels else ""


def when(span: Span, shown: Window) -> str:
    """From when to when a state held, and how long that is."""
    end = span.until(shown.now_ms)
    return f"{moment(span.from_ms)} – {moment(end)} ({duration_text(end - span.from_ms)})"


def bar(
    span: Span,
    shown: Window,
    y: float,
    height: float,
    kind: str,
    told: str,
    text: str,
    *,
    fade: bool = False,
) -> str:
    """A span as a bar with its name, where there is room; `told` is said when somebody points at it."""
    end = span.until(shown.now_ms)
    if not shown.shows(span.from_ms, end):
        return ""
    left, wide = shown.share(span.from_ms), shown.share(end) - shown.share(span.from_ms)
    word, ink = "", "text" if fade else "i"
    shown_from = word_class(wide, 6.6 * len(text) + 12)
    if height >= 12 and shown_from:
        word = (
            f'<text class="{shown_from}" style="fill:var(--{ink})" x="6" y="{height / 2 + 3.7:g}" font-size="10.5" '
            f'font-weight="600">{escaped(text)}</text>'
        )
    faded = ' fill-opacity=".3" stroke="var(--f)"' if fade else ""
    return (
        f'<svg class="{kind}" x="{across(left)}" y="{y:g}" width="{across(max(wide, 0.25))}" height="{height:g}">'
        f'<title>{escaped(told.strip())}</title><rect class="ev-f" width="100%" height="100%" rx="2.5"{faded}/>'
        f"{word}</svg>"
    )
