"""Where everything of a picture goes, in SVG pixels: text is measured and wrapped, columns and rows get sizes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from ecslab.site.fences.diagram.picture import Box, Cell, Picture
from ecslab.site.fences.fields import FenceError

LABEL_PX = 15.0
SUB_PX = 12.5
NOTE_PX = 12.5
LEAD = 1.3
_PAD_X, _PAD_Y = 14.0, 11.0
_BOX_MIN, _BOX_MAX = 96.0, 184.0
_GAP_X, _GAP_Y = 38.0, 38.0
_GAP_X_NARROW = 14.0
_FRAME, _FRAME_TOP = 14.0, 30.0
_MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle."""

    x: float
    y: float
    w: float
    h: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return self.x + self.w / 2, self.y + self.h / 2

    def grown(self, by: float) -> Rect:
        """The same with `by` more on each side."""
        return Rect(self.x - by, self.y - by, self.w + 2 * by, self.h + 2 * by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A box's wrapped words."""

    label: tuple[str, ...]
    sub: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """In pixels, without padding."""
        return (len(self.label) * LABEL_PX + len(self.sub) * SUB_PX) * LEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A laid-out picture."""

    width: float
    height: float
    boxes: Mapping[str, Rect]
    texts: Mapping[str, Text]
    frames: Mapping[str, Rect]
    column_gaps: tuple[float, ...] = field(default=())
    row_gaps: tuple[float, ...] = field(default=())


def text_width(text: str, size: float) -> float:
    """About how wide a line is in a system sans-serif face, in pixels: Japanese characters are square."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    thin = sum(char in "iljtf.,:;'|!()[] " for char in text)
    return size * (wide * 1.02 + thin * 0.34 + (len(text) - wide - thin) * 0.58)


def wrap(text: str, size: float, width: float) -> tuple[str, ...]:
    """The text in lines of at most `width` pixels, broken at spaces, or anywhere in Japanese."""
    lines: list[str] = []
    current = ""
    for piece in _broken(_pieces(text), size, width):
        if current and text_width((current + piece).rstrip(), size) > width:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    return (*lines, current.rstrip()) if current.strip() else tuple(lines)


def _broken(pieces: list[str], size: float, width: float) -> list[str]:
    """Pieces that are too long for a line (katakana words) broken anywhere."""
    out: list[str] = []
    for piece in pieces:
        if text_width(piece, size) <= width or not any(
            unicodedata.east_asian_width(c) in "WF" for c in piece
        ):
            out.append(piece)
        else:
            out += list(piece)
    return out


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for char in text:
        japanese = unicodedata.east_asian_width(char) in "WF"
        starts = not pieces or japanese or pieces[-1].endswith((" ", "/", "-"))
        if not pieces or (
            starts and char not in "。、)」ーっょゅゃ・" and not _katakana_run(pieces[-1], char)
        ):
            pieces.append(char)
        else:
            pieces[-1] += char
    return pieces


def _katakana_run(piece: str, char: str) -> bool:
    return all("\u30a0" <= each <= "\u30ff" for each in (piece[-1], char))


def place(picture: Picture, cells: Mapping[str, Cell], width_max: float) -> Placed:
    """Lay a picture out on the grid, at most `width_max` pixels wide.

    Raises:
        FenceError: it does not fit, or a frame would enclose a box that is not its own.
    """
    columns = max(column for column, _ in cells.values())
    rows = max(row for _, row in cells.values())
    narrow = width_max < 500  # noqa: PLR2004 - a phone
    gaps_x = _column_gaps(picture, cells, columns, narrow=narrow)
    gaps_y = _row_gaps(picture, cells, rows)
    room = (width_max - 2 * _MARGIN - sum(gaps_x)) / columns
    if room < 60:  # noqa: PLR2004 - below that no word fits
        raise FenceError(f"diagram {picture.title!r}: too wide: {columns} columns in {width_max:.0f} px")
    widths = _widths(picture, cells, columns, room * columns)
    texts = {
        key: Text(
            label=wrap(box.label, LABEL_PX, widths[cells[key][0] - 1] - 2 * _PAD_X + 4),
            sub=wrap(box.sub, SUB_PX, widths[cells[key][0] - 1] - 2 * _PAD_X + 6),
        )
        for key, box in picture.boxes.items()
    }
    heights = [
        max((texts[key].height + 2 * _PAD_Y for key, cell in cells.items() if cell[1] == row), default=0.0)
        for row in range(1, rows + 1)
    ]
    lefts = _starts(widths, gaps_x)
    tops = _starts(heights, gaps_y)
    boxes: dict[str, Rect] = {}
    for key, (column, row) in cells.items():
        height = texts[key].height + 2 * _PAD_Y
        top = tops[row - 1] + (heights[row - 1] - height) / 2
        boxes[key] = Rect(lefts[column - 1], top, widths[column - 1], height)
    return Placed(
        width=2 * _MARGIN + sum(widths) + sum(gaps_x),
        height=2 * _MARGIN + sum(heights) + sum(gaps_y),
        boxes=boxes,
        texts=texts,
        frames=_frames(picture, boxes),
        column_gaps=tuple(left - gap / 2 for left, gap in zip(lefts[1:], gaps_x[1:-1], strict=True)),
        row_gaps=tuple(top - gap / 2 for top, gap in zip(tops[1:], gaps_y[1:-1], strict=True)),
    )


def _widths(picture: Picture, cells: Mapping[str, Cell], columns: int, room: float) -> list[float]:
    """What each column would like to have; where that is too much in all, the widest give way."""
    widths = [
        max(
            (min(_wanted(box), _BOX_MAX) for key, box in picture.boxes.items() if cells[key][0] == column),
            default=0.0,
        )
        for column in range(1, columns + 1)
    ]
    while sum(widths) > room:
        most = max(widths)
        second = max([width for width in widths if width < most], default=0.0)
        share = (sum(widths) - room) / widths.count(most)
        widths = [max(second, most - share) if width == most else width for width in widths]
    return widths


def _starts(sizes: list[float], gaps: list[float]) -> list[float]:
    starts: list[float] = []
    at = _MARGIN
    for size, gap in zip(sizes, gaps, strict=False):
        at += gap
        starts.append(at)
        at += size
    return starts


def _wanted(box: Box) -> float:
    longest = max(
        max((text_width(word, LABEL_PX) for word in _pieces(box.label)), default=0.0),
        min(text_width(box.label, LABEL_PX), 140.0),
        min(text_width(box.sub, SUB_PX), 140.0),
    )
    return max(_BOX_MIN, longest + 2 * _PAD_X)


def _column_gaps(picture: Picture, cells: Mapping[str, Cell], columns: int, *, narrow: bool) -> list[float]:
    least = _GAP_X_NARROW if narrow else _GAP_X
    gaps = [0.0, *[least] * (columns - 1), 0.0]
    for arrow in picture.arrows:
        low, high = sorted((cells[arrow.source][0], cells[arrow.target][0]))
        if high - low == 1:
            room = text_width(arrow.label, NOTE_PX) + 24 if arrow.label and not narrow else 30.0
            gaps[low] = max(gaps[low], min(room, 150.0))
    for group in picture.groups:
        inside = [cells[key][0] for key in group.boxes]
        gaps[min(inside) - 1] += _FRAME if not narrow or min(inside) == 1 else _FRAME / 2
        gaps[max(inside)] += _FRAME if not narrow or max(inside) == columns else _FRAME / 2
    return gaps


def _row_gaps(picture: Picture, cells: Mapping[str, Cell], rows: int) -> list[float]:
    gaps = [0.0, *[_GAP_Y] * (rows - 1), 0.0]
    for arrow in picture.arrows:
        low, high = sorted((cells[arrow.source][1], cells[arrow.target][1]))
        if high - low == 1 and arrow.label:
            gaps[low] = max(gaps[low], 50.0)
    for group in picture.groups:
        inside = [cells[key][1] for key in group.boxes]
        gaps[min(inside) - 1] += _FRAME_TOP
        gaps[max(inside)] += _FRAME
    return gaps


def _frames(picture: Picture, boxes: Mapping[str, Rect]) -> dict[str, Rect]:
    frames: dict[str, Rect] = {}
    for group in picture.groups:
        inside = [boxes[key] for key in group.boxes]
        side = 10.0 + 12.0 * group.depth
        top = 26.0 + 28.0 * group.depth
        left = min(rect.x for rect in inside) - side
        upper = min(rect.y for rect in inside) - top
        right = max(rect.x + rect.w for rect in inside) + side
        lower = max(rect.y + rect.h for rect in inside) + side
        frames[group.key] = frame = Rect(left, upper, right - left, lower - upper)
        for key, rect in boxes.items():
            x, y = rect.middle
            if key not in group.boxes and left < x < right and upper < y < lower:
                raise FenceError(
                    f"diagram {picture.title!r}: the frame {group.key} would enclose {key}; move it ({frame})"
                )
    return frames
