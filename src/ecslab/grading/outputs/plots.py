"""Two plots as SVG, of our own: shares as bars, and how often which value. Each has its numbers in words as well."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ecsim.view.rendering import clipped
from ecslab.grading.outputs.inert import line

STYLE = (
    "svg text{fill:var(--text);font-size:13px}svg text.s{fill:var(--soft);font-size:11px}"
    "svg .track{fill:var(--chip)}svg .fill{fill:var(--accent)}svg .axis{stroke:var(--line)}"
)
_WIDTH, _ROW, _RIGHT = 420, 44, 100
_LABEL_COLUMNS = 56
_HIGH, _BASE = 130, 175


def shares(rows: Sequence[tuple[str, int, int]], title: str) -> str:
    """One bar a row: (label, so many, of so many)."""
    room = _WIDTH - _RIGHT
    parts = []
    for nth, (label, count, total) in enumerate(rows):
        y, share = nth * _ROW, count / total if total else 0.0
        parts.append(
            f'<text x="0" y="{y + 15}">{_label(label)}</text>'
            f'<rect class="track" x="0" y="{y + 22}" width="{room}" height="12" rx="3"/>'
            f'<rect class="fill" x="0" y="{y + 22}" width="{room * share:.1f}" height="12" rx="3"/>'
            f'<text class="s" x="{room + 8}" y="{y + 33}">{100 * share:.0f} % ({count}/{total})</text>'
        )
    return _svg(title, len(rows) * _ROW + 4, parts)


def histogram(bins: Sequence[tuple[str, int]], title: str) -> str:
    """One column a bin: (label, so many)."""
    most = max((count for _, count in bins), default=0) or 1
    step = _WIDTH / max(len(bins), 1)
    parts = []
    for nth, (label, count) in enumerate(bins):
        x, height, middle = nth * step + 3, _HIGH * count / most, (nth + 0.5) * step
        parts.append(
            f'<rect class="fill" x="{x:.1f}" y="{_BASE - 20 - height:.1f}" width="{step - 6:.1f}"'
            f' height="{height:.1f}" rx="3"/>'
            f'<text x="{middle:.1f}" y="{_BASE - 25 - height:.1f}" text-anchor="middle">{count or ""}</text>'
            f'<text class="s" x="{middle:.1f}" y="{_BASE - 4}" text-anchor="middle">{_label(label)}</text>'
        )
    parts.append(f'<line class="axis" x1="0" y1="{_BASE - 19}" x2="{_WIDTH}" y2="{_BASE - 19}"/>')
    return _svg(title, _BASE, parts)


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    return (
        f'<div class="wide"><svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img"'
        f' aria-label="{escape(line(title))}">{"".join(parts)}</svg></div>'
    )


def _label(text: str) -> str:
    return escape(clipped(line(text), _LABEL_COLUMNS))
