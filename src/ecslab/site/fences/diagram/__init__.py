"""`diagram`: boxes and arrows on a grid, drawn as SVG when the page is built.

Two drawings are made, one for wide screens and one for phones; style sheets show one of them.
"""

from __future__ import annotations

from html import escape

from ecslab.site.fences.diagram.drawing import svg
from ecslab.site.fences.diagram.layout import place
from ecslab.site.fences.diagram.picture import parse
from ecslab.site.fences.fields import inline

WIDE_PX = 740
NARROW_PX = 350


def diagram(source: str, lang: str) -> str:
    """A figure with both drawings.

    Raises:
        FenceError: a picture that cannot be drawn, and why.
    """
    del lang  # the words in a picture are the author's
    picture = parse(source)
    wide = svg(picture, place(picture, picture.cells, WIDE_PX), "wide")
    narrow = svg(picture, place(picture, picture.narrow_cells, NARROW_PX), "narrow")
    caption = f"<figcaption>{inline(picture.caption)}</figcaption>" if picture.caption else ""
    return f'<figure class="diagram" aria-label="{escape(picture.title)}">{wide}{narrow}{caption}</figure>'
