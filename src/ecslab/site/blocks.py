"""The code blocks of a page, with the comments that direct how each is run.

A small line scanner instead of a Markdown parser: fences of backticks at any indentation (so that those inside
admonitions and tabs are seen), and HTML comments that stand on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_OPEN = re.compile(r"^(?P<indent>[ \t]*)(?P<ticks>`{3,}|~{3,})(?P<info>[^`]*)$")
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_DIRECTIVE = re.compile(r"^<!--\s*(?P<name>run|skip|shape|expect)\b:?(?P<value>.*?)(?P<end>-->)?\s*$")

DIRECTIVES = ("run", "skip", "shape", "expect")
"""Comments that concern the tests; readers never see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block, or one hidden `<!-- run … -->`.

    Attributes:
        language: the first word after the backticks; "run" for a hidden run.
        attributes: `title="…"` and the like.
        body: the text between the fences without the fence's indentation, without the last line end.
        line: of the opening fence, from 1.
        end_line: of the closing fence, from 1.
        indent: the white space before the fence.
        directives: the comments directly before the fence, by name ("skip", "shape", "expect").
    """

    language: str
    body: str
    line: int
    end_line: int
    indent: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    directives: dict[str, str] = field(default_factory=dict)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page in order, hidden runs included.

    Raises:
        ValueError: a fence or a comment that is never closed.
    """
    lines = text.split("\n")
    pending: dict[str, str] = {}
    at = 0
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        if opened:
            end = _closing(lines, at, opened["ticks"])
            yield _fenced(lines, at, end, opened, pending)
            pending = {}
            at = end + 1
            continue
        comment = _DIRECTIVE.match(lines[at].strip())
        if comment:
            end, value = _comment(lines, at, comment)
            if comment["name"] == "run":
                yield Block(language="run", body=value, line=at + 1, end_line=end + 1)
            else:
                pending[comment["name"]] = value.strip()
            at = end + 1
            continue
        if lines[at].strip():
            pending = {}
        at += 1


def without_directives(lines: list[str]) -> list[str]:
    """A page's lines without the comments that direct the tests (fenced text is left alone)."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        opened = _OPEN.match(lines[at])
        if opened:
            end = _closing(lines, at, opened["ticks"])
            kept += lines[at : end + 1]
            at = end + 1
            continue
        comment = _DIRECTIVE.match(lines[at].strip())
        if comment:
            at = _comment(lines, at, comment)[0] + 1
            continue
        kept.append(lines[at])
        at += 1
    return kept


def _closing(lines: list[str], start: int, ticks: str) -> int:
    for at in range(start + 1, len(lines)):
        stripped = lines[at].strip()
        if stripped.startswith(ticks) and not stripped.strip(ticks[0]):
            return at
    raise ValueError(f"line {start + 1}: this block is never closed")


def _fenced(lines: list[str], start: int, end: int, opened: re.Match[str], pending: dict[str, str]) -> Block:
    indent = opened["indent"]
    info = opened["info"].strip()
    body = "\n".join(line.removeprefix(indent) for line in lines[start + 1 : end])
    return Block(
        language=re.split(r"[\s{]", info, maxsplit=1)[0] if info else "",
        body=body,
        line=start + 1,
        end_line=end + 1,
        indent=indent,
        attributes=dict(_ATTRIBUTE.findall(info)),
        directives=dict(pending),
    )


def _comment(lines: list[str], start: int, comment: re.Match[str]) -> tuple[int, str]:
    if comment["end"]:
        return start, comment["value"].strip()
    body = [comment["value"]] if comment["value"].strip() else []
    for at in range(start + 1, len(lines)):
        before, closed, _ = lines[at].partition("-->")
        if closed:
            body += [before] if before.strip() else []
            return at, "\n".join(body)
        body.append(lines[at])
    raise ValueError(f"line {start + 1}: this comment is never closed")
