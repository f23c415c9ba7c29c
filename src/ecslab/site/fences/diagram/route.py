"""How an arrow gets from one box to another: a few right-angled ways, the best of which is taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ecslab.site.fences.diagram.layout import Placed, Rect

Point = tuple[float, float]
Path = tuple[Point, ...]

_BEND, _HIT, _ALONG, _MERGE = 60.0, 5_000.0, 900.0, 150.0


def route(
    placed: Placed, source: str, target: str, taken: Sequence[tuple[str, str, Path]], shift: float = 0.0
) -> Path:
    """The way from box `source` to box `target`.

    Args:
        placed: the picture's layout.
        source: key of a box.
        target: key of another.
        taken: ways already drawn, with their ends; sharing a stretch with one of other ends is avoided.
        shift: moves a straight way aside, for two arrows between the same boxes.
    """
    a, b = placed.boxes[source], placed.boxes[target]
    others = [rect for key, rect in placed.boxes.items() if key not in (source, target)]

    def cost(path: Path) -> float:
        length = sum(abs(x1 - x2) + abs(y1 - y2) for (x1, y1), (x2, y2) in _segments(path))
        hits = sum(_crosses(segment, rect.grown(4)) for segment in _segments(path) for rect in others)
        along = sum(
            (_MERGE if target in (first, last) else _ALONG) * _overlaps(mine, theirs)
            for first, last, way in taken
            if source != first
            for mine in _segments(path)
            for theirs in _segments(way)
        )
        return length + _BEND * (len(path) - 2) + _HIT * hits + along

    return min(_candidates(a, b, placed, shift), key=cost)


def _candidates(a: Rect, b: Rect, placed: Placed, shift: float) -> Iterable[Path]:
    (ax, ay), (bx, by) = a.middle, b.middle
    right, down = bx > ax, by > ay
    a_side = a.x + a.w if right else a.x
    b_side = b.x if right else b.x + b.w
    a_end = a.y + a.h if down else a.y
    b_end = b.y if down else b.y + b.h
    if abs(ay - by) < 1:
        yield (a_side, ay + shift), (b_side, by + shift)
    elif abs(ax - bx) < 1:
        yield (ax + shift, a_end), (bx + shift, b_end)
    else:
        yield (a_side, ay), (bx, ay), (bx, b_end)
        yield (ax, a_end), (ax, by), (b_side, by)
    for x in placed.column_gaps:
        if min(a_side, b_side) < x < max(a_side, b_side) and abs(ay - by) >= 1:
            yield (a_side, ay), (x, ay), (x, by), (b_side, by)
        same = a.x + a.w if x > max(ax, bx) else a.x
        if (x > max(ax, bx) or x < min(ax, bx)) and abs(ay - by) >= 1:
            yield (same, ay), (x, ay), (x, by), (b.x + b.w if x > max(ax, bx) else b.x, by)
    for y in placed.row_gaps:
        if min(a_end, b_end) < y < max(a_end, b_end) and abs(ax - bx) >= 1:
            yield (ax, a_end), (ax, y), (bx, y), (bx, b_end)
        same = a.y + a.h if y > max(ay, by) else a.y
        if (y > max(ay, by) or y < min(ay, by)) and abs(ax - bx) >= 1:
            yield (ax, same), (ax, y), (bx, y), (bx, b.y + b.h if y > max(ay, by) else b.y)


def _segments(path: Path) -> list[tuple[Point, Point]]:
    return list(pairwise(path))


def _crosses(segment: tuple[Point, Point], rect: Rect) -> bool:
    (x1, y1), (x2, y2) = segment
    return (
        min(x1, x2) < rect.x + rect.w
        and max(x1, x2) > rect.x
        and min(y1, y2) < rect.y + rect.h
        and max(y1, y2) > rect.y
    )


def _overlaps(mine: tuple[Point, Point], theirs: tuple[Point, Point]) -> bool:
    for axis in (0, 1):
        other = 1 - axis
        flat = abs(mine[0][axis] - mine[1][axis]) < 1 and abs(theirs[0][axis] - theirs[1][axis]) < 1
        near = abs(mine[0][axis] - theirs[0][axis]) < 4  # noqa: PLR2004 - as close as lines may run
        low = max(min(mine[0][other], mine[1][other]), min(theirs[0][other], theirs[1][other]))
        high = min(max(mine[0][other], mine[1][other]), max(theirs[0][other], theirs[1][other]))
        if flat and near and high - low > 4:  # noqa: PLR2004
            return True
    return False


@dataclass(frozen=True, slots=True)
class Note:
    """Where a label goes: its anchor point, its SVG anchor, and the room that it takes."""

    x: float
    y: float
    anchor: str
    room: Rect


def label_place(
    path: Path, width: float, placed: Placed, drawn: Sequence[Path], notes: Sequence[Rect]
) -> Note:
    """The best of some places for a label of `width` pixels beside its arrow.

    Args:
        path: the arrow's way.
        width: of the label.
        placed: the picture, whose boxes should not be covered.
        drawn: the other arrows' ways; a stretch that another arrow shares says less.
        notes: where labels are already.
    """

    def cost(each: tuple[int, float, Note]) -> float:
        number, share, note = each
        (x1, y1), (x2, y2) = stretch = stretches[number]
        room, length = note.room, abs(x1 - x2) + abs(y1 - y2)
        others = [theirs for way in drawn for theirs in _segments(way)]
        outside = max(0.0, -room.x) + max(0.0, room.x + room.w - placed.width)
        return (
            3_000.0 * sum(_touch(room, box) for box in placed.boxes.values())
            + 2_000.0 * sum(_touch(room, other) for other in notes)
            + 400.0 * sum(_crosses(theirs, room) for theirs in others)
            + 300.0 * any(_overlaps(stretch, theirs) for theirs in others)
            + 50.0 * outside
            + 10.0 * max(0.0, (width if abs(y1 - y2) < 1 else 18.0) - length)
            + 40.0 * abs(share - 0.5)
            + 6.0 * (note.anchor == "end")
            - 0.1 * length
            - number
        )

    stretches = _segments(path)
    return min(_notes(stretches, width), key=cost)[2]


def _notes(stretches: list[tuple[Point, Point]], width: float) -> Iterable[tuple[int, float, Note]]:
    for number, ((x1, y1), (x2, y2)) in enumerate(stretches):
        for share in (0.5, 0.3, 0.7, 0.15, 0.85):
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
            if abs(y1 - y2) < 1:
                yield number, share, Note(x, y - 6, "middle", Rect(x - width / 2, y - 18, width, 15))
                yield number, share, Note(x, y + 16, "middle", Rect(x - width / 2, y + 4, width, 15))
            else:
                yield number, share, Note(x + 8, y + 4, "start", Rect(x + 6, y - 8, width, 15))
                yield number, share, Note(x - 8, y + 4, "end", Rect(x - 6 - width, y - 8, width, 15))


def _touch(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.w
        and other.x < one.x + one.w
        and one.y < other.y + other.h
        and other.y < one.y + one.h
    )
