"""What a view is, and the craft of its text: columns that hold with full-width characters, and escaping."""

from __future__ import annotations

import html
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecsim.view.style import CSS

COLUMNS = 80
"""A terminal's width; no line of a view's text is wider, as long as no single word is."""

_NOT_AT_LINE_START = "、。，．」』）】・ー％!?:;,.)]}"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class View:
    """Something to look at.

    Attributes:
        text: for a terminal, at most `COLUMNS` wide.
        html: for a page: self-contained, light and dark, without scripts.
    """

    text: str
    html: str

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


def escaped(value: object) -> str:
    """Text for HTML, in an element or an attribute."""
    return html.escape(str(value), quote=True)


def width(text: str) -> int:
    """How many columns a terminal needs for it."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def clipped(text: str, columns: int) -> str:
    """The text, cut with "~" when it needs more than so many columns."""
    if width(text) <= columns:
        return text
    kept = ""
    for character in text:
        if width(kept + character) > columns - 1:
            break
        kept += character
    return kept + "~"


def padded(text: str, columns: int) -> str:
    """The text, cut or filled with blanks to exactly so many columns."""
    text = clipped(text, columns)
    return text + " " * (columns - width(text))


def table(rows: Iterable[Sequence[str]], *, indent: str = "", gap: str = "  ") -> list[str]:
    """Rows of text in columns as wide as their widest cell."""
    body = [list(row) for row in rows]
    if not body:
        return []
    wide = [max(width(row[i]) for row in body) for i in range(len(body[0]))]
    return [
        (indent + gap.join(padded(cell, w) for cell, w in zip(row, wide, strict=True))).rstrip()
        for row in body
    ]


def wrapped(text: str, *, first: str = "", rest: str | None = None, columns: int = COLUMNS) -> list[str]:
    """The text in lines of at most so many columns, `first` before the first and `rest` before the others."""
    after = " " * width(first) if rest is None else rest
    lines, line, start = [], first, width(first)
    for word in _words(text):
        if width(line) + width(word.rstrip()) > columns and width(line) > start:
            lines.append(line.rstrip())
            line, start = after, width(after)
            word = word.lstrip()  # noqa: PLW2901 - a line does not begin with a blank
        line += word
    return [*lines, line.rstrip()]


def _words(text: str) -> list[str]:
    """Pieces that a line may end after: words with their blank, and single full-width characters.

    A mark that no line begins with stays with what stands before it.
    """
    pieces = [""]
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide and character in _NOT_AT_LINE_START and len(pieces) > 1 and not pieces[-1]:
            pieces[-2] += character
        elif wide and character in _NOT_AT_LINE_START:
            pieces[-1] += character
            pieces.append("")
        elif wide:
            pieces.extend([character, ""])
        else:
            pieces[-1] += character
            if character == " ":
                pieces.append("")
    return [piece for piece in pieces if piece]


def page(body: str, *, lang: str, kind: str) -> str:
    """A view's HTML: its style, and its body in a box of its own that no style outside reaches into."""
    return f'<div class="ecsv ecsv-{kind}" lang="{escaped(lang)}"><style>{CSS}</style>{body}</div>'


def unique(seed: str) -> str:
    """A name for an HTML id that the same content always gets."""
    return f"ev{zlib.crc32(seed.encode()):08x}"


def note(text: str, *, lang: str) -> View:
    """A view that only says something."""
    return View(
        text="\n".join(wrapped(text)),
        html=page(f'<p class="ev-note">{escaped(text)}</p>', lang=lang, kind="note"),
    )
