"""What a notebook that somebody handed in says: which lab, which version, and the source of each answer cell.

Everything else in the file is left where it is: outputs, tags, kernelspec, other cells. A file that is not what the
course handed out is refused with the reason; it never raises anything else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ecslab.grading.limits import Limits
from ecslab.grading.words import Notice

FORMAT = 4
_LAB = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION_MAX = 10_000
_SEED_MAX = 2**31


class Refused(Exception):  # noqa: N818 - the word of the results
    """A submission that cannot be graded.

    Attributes:
        notice: why.
        lab, version, lang: as far as the notebook said them before it was refused.
    """

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.notice = Notice(code, fields)
        self.lab: str | None = None
        self.version: int | None = None
        self.lang = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What counts of a notebook.

    Attributes:
        lab: the lab's slug, as the notebook says.
        version: the lab's version, as the notebook says.
        lang: "en" or "ja".
        seed: the seed that the notebook was made for, as it says; None when it says none.
        sources: the source of every keyed code cell, by key.
    """

    lab: str
    version: int
    lang: str
    seed: int | None
    sources: Mapping[str, str]


def parse(content: bytes, limits: Limits) -> Submission:
    """Read a notebook.

    Raises:
        Refused: it is not a notebook of this course; its notice says what is wrong.
    """
    book = _mapping(_json(content), "not-notebook")
    if "nbformat" not in book:
        raise Refused("not-notebook", why="it has no nbformat")
    if book["nbformat"] != FORMAT or isinstance(book.get("nbformat"), bool):
        raise Refused("wrong-format", seen=_short(book.get("nbformat")))
    ours = _mapping(_mapping(book.get("metadata"), "not-notebook").get("ecslab"), "not-ours")
    lab, version, lang = ours.get("lab"), ours.get("version"), ours.get("lang")
    if not isinstance(lab, str) or not _LAB.fullmatch(lab):
        raise Refused("unknown-lab", lab=_short(lab))
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < _VERSION_MAX:
        raise Refused("unknown-version", lab=lab, version=_short(version))
    spoken = "ja" if lang == "ja" else "en"
    try:
        sources = _sources(book.get("cells"), limits)
    except Refused as refused:
        refused.lab, refused.version, refused.lang = lab, version, spoken
        raise
    seed = ours.get("seed")
    fits = isinstance(seed, int) and not isinstance(seed, bool) and 0 <= seed < _SEED_MAX
    return Submission(lab=lab, version=version, lang=spoken, seed=seed if fits else None, sources=sources)


def _json(content: bytes) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) != len(items):
            raise Refused("not-notebook", why="a name is there twice in one object")
        return found

    def constant(name: str) -> Any:
        raise Refused("not-notebook", why=f"{name} is not JSON")

    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except UnicodeDecodeError:
        raise Refused("not-notebook", why="it is not UTF-8") from None
    except RecursionError:
        raise Refused("not-notebook", why="it is nested too deeply") from None
    except ValueError as error:
        raise Refused("not-notebook", why=_short(str(error))) from None


def _sources(cells: Any, limits: Limits) -> dict[str, str]:
    if not isinstance(cells, list):
        raise Refused("not-notebook", why="cells is not a list")
    if len(cells) > limits.cells:
        raise Refused("too-many-cells", limit=str(limits.cells))
    found: dict[str, str] = {}
    for number, cell in enumerate(cells, start=1):
        where = f"cell {number}"
        one = _mapping(cell, "not-notebook", why=f"{where} is not an object")
        key = _key(one)
        if key is None or one.get("cell_type") != "code":
            continue
        source = one.get("source")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise Refused("not-notebook", why=f"{where} has no source")
        if len(source) > limits.source_chars:
            raise Refused("cell-too-long", cell=key, limit=f"{limits.source_chars:,}")
        if key in found:
            raise Refused("duplicate", cell=key)
        found[key] = source.encode("utf-8", "replace").decode("utf-8")
    return found


def _key(cell: Mapping[str, Any]) -> str | None:
    """The cell's key: what our metadata says, else its id."""
    metadata = cell.get("metadata")
    ours = metadata.get("ecslab") if isinstance(metadata, dict) else None
    key = ours.get("key") if isinstance(ours, dict) else cell.get("id")
    return key if isinstance(key, str) and _KEY.fullmatch(key) else None


def _mapping(value: Any, code: str, why: str = "it is not an object") -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(code, why=why)
    return value


def _short(value: Any, limit: int = 80) -> str:
    """A value of the file in a message: one printable line."""
    text: str = value if isinstance(value, str) else _repr(value)
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _repr(value: Any, show: Callable[[Any], str] = repr) -> str:
    try:
        return show(value)
    except (ValueError, RecursionError):  # an integer of a million digits, a list in a list in a list
        return type(value).__name__
