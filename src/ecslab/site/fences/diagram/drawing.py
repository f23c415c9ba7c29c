"""A laid-out picture as SVG. Colours are the page's: classes only, so that both schemes fit."""

from __future__ import annotations

import hashlib
import math
from html import escape

from ecslab.site.fences.diagram.layout import LABEL_PX, LEAD, NOTE_PX, SUB_PX, Placed, Rect, Text, text_width
from ecslab.site.fences.diagram.picture import Arrow, Box, Picture
from ecslab.site.fences.diagram.route import Path, Point, label_place, route

_HEAD, _BEND_PX = 8.0, 9.0


def svg(picture: Picture, placed: Placed, size: str) -> str:
    """One drawing, with its title and its text alternative."""
    key = f"dg-{hashlib.sha256(picture.title.encode() + picture.text.encode()).hexdigest()[:8]}-{size}"
    arrows, labels = _arrows(picture, placed)
    frames = "".join(
        f'<g class="dg-frame dg-frame--{min(group.depth, 2)}"><rect {_at(placed.frames[group.key])} rx="10"/></g>'
        for group in picture.groups
    )
    names = "".join(
        _frame_name(group.label, placed.frames[group.key], placed.width) for group in picture.groups
    )
    boxes = "".join(_box(box, placed.boxes[name], placed.texts[name]) for name, box in picture.boxes.items())
    width, height = math.ceil(placed.width), math.ceil(placed.height)
    return (
        f'<svg class="diagram__{size}" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-labelledby="{key}-t {key}-d" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{key}-t">{escape(picture.title)}</title><desc id="{key}-d">{escape(picture.text)}</desc>'
        f'<g aria-hidden="true">{frames}{arrows}{names}{boxes}{labels}</g></svg>'
    )


def _frame_name(label: str, rect: Rect, width: float) -> str:
    x = max(2.0, min(rect.x + 12, width - text_width(label, NOTE_PX) - 6))
    return f'<text class="dg-frame-name" x="{x:.1f}" y="{rect.y + 18:.1f}">{escape(label)}</text>'


def _box(box: Box, rect: Rect, text: Text) -> str:
    radius = min(rect.h / 2, 24) if box.kind == "person" else 7
    state = f" dg-state--{box.state}" if box.state else ""
    x, middle = rect.middle
    y = middle - text.height / 2
    lines: list[str] = []
    for line in text.label:
        y += LABEL_PX * LEAD
        lines.append(f'<text class="dg-label" x="{x:.1f}" y="{y - 4.5:.1f}">{escape(line)}</text>')
    for line in text.sub:
        y += SUB_PX * LEAD
        lines.append(f'<text class="dg-sub" x="{x:.1f}" y="{y - 4:.1f}">{escape(line)}</text>')
    bar = ""
    if box.kind == "store":
        bar = f'<path class="dg-lid" d="M{rect.x:.1f} {rect.y + 8:.1f}h{rect.w:.1f}"/>'
    return f'<g class="dg-box dg-box--{box.kind}{state}"><rect {_at(rect)} rx="{radius:.1f}"/>{bar}{"".join(lines)}</g>'


def _arrows(picture: Picture, placed: Placed) -> tuple[str, str]:
    drawn: list[str] = []
    notes: list[str] = []
    taken: list[tuple[str, str, Path]] = []
    pairs = {(arrow.source, arrow.target) for arrow in picture.arrows}
    for arrow in picture.arrows:
        shift = 9.0 if (arrow.target, arrow.source) in pairs else 0.0
        if shift and (arrow.source, arrow.target) > (arrow.target, arrow.source):
            shift = -shift
        path = route(placed, arrow.source, arrow.target, taken, shift)
        taken.append((arrow.source, arrow.target, path))
        drawn.append(_line(arrow, path))
    written: list[Rect] = []
    for arrow, (_, _, path) in zip(picture.arrows, taken, strict=True):
        if arrow.label:
            ways = [way for _, _, way in taken if way is not path]
            notes.append(_note(arrow.label, path, placed, ways, written))
    return "".join(drawn), "".join(notes)


def _line(arrow: Arrow, path: Path) -> str:
    ends = _head(path[-2], path[-1]) + (_head(path[1], path[0]) if arrow.both else "")
    return f'<g class="dg-arrow dg-arrow--{arrow.style}"><path d="{_bent(_short(path, both=arrow.both))}"/>{ends}</g>'


def _short(path: Path, *, both: bool) -> Path:
    points = list(path)
    points[-1] = _towards(points[-1], points[-2], _HEAD - 1)
    if both:
        points[0] = _towards(points[0], points[1], _HEAD - 1)
    return tuple(points)


def _towards(start: Point, end: Point, by: float) -> Point:
    (x1, y1), (x2, y2) = start, end
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    by = min(by, length)
    return x1 + (x2 - x1) / length * by, y1 + (y2 - y1) / length * by


def _bent(path: Path) -> str:
    parts = [f"M{path[0][0]:.1f} {path[0][1]:.1f}"]
    for before, corner, after in zip(path, path[1:], path[2:], strict=False):
        near = min(_BEND_PX, _half(before, corner), _half(corner, after))
        (x1, y1), (x2, y2) = _towards(corner, before, near), _towards(corner, after, near)
        parts.append(f"L{x1:.1f} {y1:.1f}Q{corner[0]:.1f} {corner[1]:.1f} {x2:.1f} {y2:.1f}")
    parts.append(f"L{path[-1][0]:.1f} {path[-1][1]:.1f}")
    return "".join(parts)


def _half(start: Point, end: Point) -> float:
    return math.hypot(end[0] - start[0], end[1] - start[1]) / 2


def _head(before: Point, tip: Point) -> str:
    base = _towards(tip, before, _HEAD)
    across = ((tip[1] - base[1]) * 0.5, (base[0] - tip[0]) * 0.5)
    points = (tip, (base[0] + across[0], base[1] + across[1]), (base[0] - across[0], base[1] - across[1]))
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def _note(label: str, path: Path, placed: Placed, ways: list[Path], written: list[Rect]) -> str:
    note = label_place(path, text_width(label, NOTE_PX), placed, ways, written)
    written.append(note.room)
    return f'<text class="dg-note" x="{note.x:.1f}" y="{note.y:.1f}" text-anchor="{note.anchor}">{escape(label)}</text>'


def _at(rect: Rect) -> str:
    return f'x="{rect.x:.1f}" y="{rect.y:.1f}" width="{rect.w:.1f}" height="{rect.h:.1f}"'
