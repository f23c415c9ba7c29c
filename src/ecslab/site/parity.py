"""Whether both languages say the same: files, heading ids, code, quizzes, pictures, and how old a translation is."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ecslab.site.blocks import Block, blocks

_HEADING = re.compile(r"^(?P<signs>#{1,6}) .*?(?:\{[^}]*#(?P<id>[\w.-]+)[^}]*\})?\s*$")
_COMMENT = re.compile(r"(^|\s)#.*$", flags=re.MULTILINE)
_SOURCE = re.compile(r"^source: .*\n", flags=re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skeleton:
    """What must be equal in both languages.

    Attributes:
        headings: (level, id) of each; None where an id is missing.
        code: (language, body without comments) of each block that is code.
        fences: (kind, what it refers to) of each quiz, diagram, timeline and lab.
        boxes: the kinds of admonitions, in order.
        marks: margin marks, in order.
    """

    headings: tuple[tuple[int, str | None], ...]
    code: tuple[tuple[str, str], ...]
    fences: tuple[tuple[str, str], ...]
    boxes: tuple[str, ...]
    marks: tuple[str, ...]


def skeleton(text: str) -> Skeleton:
    """The skeleton of a page."""
    found = list(blocks(text))
    inside = {number for block in found for number in range(block.line, block.end_line + 1)}
    prose = [line for number, line in enumerate(text.split("\n"), 1) if number not in inside]
    headings = [match for match in map(_HEADING.match, prose) if match]
    return Skeleton(
        headings=tuple((len(match["signs"]), match["id"]) for match in headings),
        code=tuple((block.language, _bare(block)) for block in found if block.language in _CODE),
        fences=tuple((block.language, _refers(block)) for block in found if block.language in _FENCES),
        boxes=tuple(
            match[1] for match in (re.match(r"\s*(?:!!!|\?\?\?\+?) (\w+)", line) for line in prose) if match
        ),
        marks=tuple(
            match[1] for line in prose for match in [re.search(r"\.(operate|develop)\b", line)] if match
        ),
    )


_CODE = ("python", "console", "bash", "json", "yaml", "output", "run", "text", "hcl")
_FENCES = ("quiz", "predict", "mistake", "diagram", "timeline", "lab")


def _bare(block: Block) -> str:
    return block.body if block.language in ("output", "text") else _COMMENT.sub("", block.body).rstrip()


def _refers(block: Block) -> str:
    """What a fence of the course refers to, without its words."""
    if block.language == "lab":
        return block.body.strip()
    found: dict[str, Any] = yaml.safe_load(block.body)
    if block.language == "quiz":
        right = "".join("x" if option.get("right") else "-" for option in found["options"])
        return f"{found['id']} {right}"
    if block.language == "timeline":
        return f"{found['recording']} {' '.join(step['at'] for step in found['steps'])}"
    if block.language == "diagram":
        boxes = [f"{key}@{box['at']}" for key, box in found["boxes"].items()]
        arrows = [f"{arrow['from']}>{arrow['to']}" for arrow in found.get("arrows") or ()]
        return " ".join([*boxes, *arrows])
    return ""


def differences(english: str, japanese: str) -> list[str]:
    """How two versions of a page differ where they must not; empty when they agree."""
    first, second = skeleton(english), skeleton(japanese)
    told: list[str] = []
    for name in Skeleton.__dataclass_fields__:
        ours, theirs = getattr(first, name), getattr(second, name)
        if ours != theirs:
            at = next((n for n, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), -1)
            if at < 0:
                told.append(f"{name}: {len(ours)} in en, {len(theirs)} in ja")
            else:
                told.append(f"{name}, number {at + 1}: {ours[at]!r} in en, {theirs[at]!r} in ja")
    told += [
        f"heading without id: number {n + 1}" for n, (_, key) in enumerate(first.headings) if key is None
    ]
    return told


def source_hash(english: str) -> str:
    """What a translation carries to tell which text it is of. What programs printed does not count."""
    lines = english.split("\n")
    for block in blocks(english):
        for number in range(block.line, block.end_line - 1):
            printed = block.language == "console" and not lines[number].lstrip().startswith("$ ")
            if block.language == "output" or printed:
                lines[number] = ""
    return hashlib.sha256("\n".join(line for line in lines if line).encode()).hexdigest()[:12]


def stamp(root: Path, *, check: bool) -> list[Path]:
    """Write into each Japanese chapter which English text it translates; answers with those that were behind."""
    stale: list[Path] = []
    for english in sorted((root / "docs" / "en").glob("*.md")):
        japanese = root / "docs" / "ja" / english.name
        if not japanese.is_file():
            continue
        text = japanese.read_text("utf-8")
        line = f"source: {source_hash(english.read_text('utf-8'))}\n"
        if line in text:
            continue
        stale.append(japanese)
        if not check:
            bare = _SOURCE.sub("", text, count=1)
            japanese.write_text(bare.replace("---\n", f"---\n{line}", 1), "utf-8")
    return stale
