"""What a `diagram` fence says, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ecslab.site.fences.fields import FenceError, checked, read

KINDS: Final = ("plain", "task", "service", "container", "aws", "person", "control", "data", "store")
STATES: Final = ("ok", "wait", "bad", "off")
STYLES: Final = ("solid", "dashed")
COLUMNS_WIDE_MAX: Final = 5
COLUMNS_NARROW_MAX: Final = 3

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box. `sub` is the small line under the label."""

    key: str
    label: str
    sub: str = ""
    kind: str = "plain"
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A frame around boxes and other groups; `boxes` are all boxes inside, at any depth."""

    key: str
    label: str
    boxes: tuple[str, ...]
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """From one box to another."""

    source: str
    target: str
    label: str = ""
    style: str = "solid"
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The whole: `cells` and `narrow_cells` say (column, row) of each box, from 1."""

    title: str
    text: str
    caption: str
    boxes: Mapping[str, Box]
    groups: tuple[Group, ...]
    arrows: tuple[Arrow, ...]
    cells: Mapping[str, Cell]
    narrow_cells: Mapping[str, Cell]


def parse(source: str) -> Picture:
    """The picture of a fence.

    Raises:
        FenceError: what is wrong, with the name of the box, group or arrow.
    """
    found = read(
        "diagram",
        source,
        required=["title", "text", "boxes"],
        optional=["groups", "arrows", "narrow", "caption"],
    )
    title = str(found["title"])
    boxes: dict[str, Box] = {}
    cells: dict[str, Cell] = {}
    for key, value in found["boxes"].items():
        boxes[str(key)], cells[str(key)] = _box(title, str(key), value)
    _no_shared_cells(title, cells)
    return Picture(
        title=title,
        text=str(found["text"]).strip(),
        caption=str(found.get("caption", "")),
        boxes=boxes,
        groups=_groups(title, found.get("groups") or {}, boxes),
        arrows=tuple(_arrow(title, arrow, boxes) for arrow in found.get("arrows") or ()),
        cells=cells,
        narrow_cells=_narrow(title, cells, found.get("narrow")),
    )


def _box(title: str, key: str, value: Any) -> tuple[Box, Cell]:
    where = f"diagram {title!r}, box {key}"
    fields = checked(where, value, required=["at", "label"], optional=["sub", "kind", "state"])
    _one_of(where, "kind", fields.get("kind", "plain"), KINDS)
    _one_of(where, "state", fields.get("state", ""), ("", *STATES))
    box = Box(
        key=key,
        label=str(fields["label"]),
        sub=str(fields.get("sub", "")),
        kind=fields.get("kind", "plain"),
        state=fields.get("state", ""),
    )
    cell = _cell(where, fields["at"])
    if cell[0] > COLUMNS_WIDE_MAX:
        raise FenceError(f"{where}: column {cell[0]}, there are {COLUMNS_WIDE_MAX}")
    return box, cell


def _cell(where: str, value: Any) -> Cell:
    if not (isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) and n > 0 for n in value)):  # noqa: PLR2004
        raise FenceError(f"{where}: at is [column, row], both from 1, not {value!r}")
    return value[0], value[1]


def _one_of(where: str, field: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise FenceError(f"{where}: {field} is one of {', '.join(filter(None, allowed))}, not {value!r}")


def _no_shared_cells(title: str, cells: Mapping[str, Cell]) -> None:
    taken: dict[Cell, str] = {}
    for key, cell in cells.items():
        if cell in taken:
            raise FenceError(f"diagram {title!r}: {taken[cell]} and {key} are both at {list(cell)}")
        taken[cell] = key


def _narrow(title: str, cells: Mapping[str, Cell], given: Mapping[str, Any] | None) -> dict[str, Cell]:
    if given is not None:
        narrow = {str(key): _cell(f"diagram {title!r}, narrow {key}", cell) for key, cell in given.items()}
        if set(narrow) != set(cells):
            raise FenceError(f"diagram {title!r}: narrow must place every box, and no other")
        _no_shared_cells(title, narrow)
    elif max(column for column, _ in cells.values()) <= 2:  # noqa: PLR2004 - two columns fit a phone as they are
        narrow = dict(cells)
    else:
        narrow = {key: (row, column) for key, (column, row) in cells.items()}
    if max(column for column, _ in narrow.values()) > COLUMNS_NARROW_MAX:
        raise FenceError(f"diagram {title!r}: more than {COLUMNS_NARROW_MAX} columns on a phone; give narrow")
    return narrow


def _groups(title: str, given: Mapping[str, Any], boxes: Mapping[str, Box]) -> tuple[Group, ...]:
    fields = {
        str(key): checked(f"diagram {title!r}, group {key}", value, required=["around", "label"])
        for key, value in given.items()
    }

    def inside(key: str, seen: tuple[str, ...]) -> tuple[list[str], int]:
        members: list[str] = []
        depth = 0
        for member in fields[key]["around"]:
            if member in boxes:
                members.append(member)
            elif member in fields and member not in seen:
                below, deep = inside(member, (*seen, member))
                members += below
                depth = max(depth, deep + 1)
            else:
                raise FenceError(f"diagram {title!r}, group {key}: no box or group {member!r}")
        return members, depth

    groups: list[Group] = []
    for key, value in fields.items():
        members, depth = inside(key, (key,))
        groups.append(Group(key=key, label=str(value["label"]), boxes=tuple(members), depth=depth))
    return tuple(sorted(groups, key=lambda group: -group.depth))


def _arrow(title: str, value: Any, boxes: Mapping[str, Box]) -> Arrow:
    where = f"diagram {title!r}, arrow {value!r}"
    fields = checked(where, value, required=["from", "to"], optional=["label", "style", "both"])
    for end in ("from", "to"):
        if fields[end] not in boxes:
            raise FenceError(f"{where}: no box {fields[end]!r}")
    if fields["from"] == fields["to"]:
        raise FenceError(f"{where}: from and to are the same box")
    _one_of(where, "style", fields.get("style", "solid"), STYLES)
    return Arrow(
        source=fields["from"],
        target=fields["to"],
        label=str(fields.get("label", "")),
        style=fields.get("style", "solid"),
        both=bool(fields.get("both", False)),
    )
