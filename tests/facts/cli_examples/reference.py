"""The AWS CLI's own reference for `aws ecs`, read from the installed package: commands, files, documented output.

Nothing of it is kept here. The pages are reStructuredText: an indented block that begins with `aws ` is a command,
one after "Contents of ``name``" is a file, and one that begins with a brace or a quote is the output.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import awscli

from tests.facts.cli_examples.lenient_json import read

FOLDER = Path(awscli.__file__).parent / "examples" / "ecs"
_FILE = re.compile(r"Contents of ``(?P<name>[^`]+)``")
_CONTINUED = re.compile(r"\\[ ]*\n|\n(?=\s+--)")
"""A line goes on after a backslash; where a page forgot it, an indented option shows the same."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """One example.

    Attributes:
        page: the file without its ending, e.g. "create-service" or "wait/services-stable".
        number: 1 for the first one of a page.
        argv: the words after `aws`.
        files: name -> text of the files that the command reads.
        output: the documented output, or None where the page shows none.
    """

    page: str
    number: int
    argv: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    output: dict[str, Any] | None = None

    @property
    def key(self) -> str:
        """How tables name it, e.g. "create-service 2"."""
        return f"{self.page} {self.number}"


def examples() -> list[Example]:
    """Every example that has a command, page by page."""
    return [
        example
        for path in sorted(FOLDER.rglob("*.rst"))
        for example in _of_page(path.read_text(), _name(path))
    ]


def _name(path: Path) -> str:
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def _of_page(text: str, page: str) -> list[Example]:
    found: list[Example] = []
    for said, block in _blocks(text):
        file = _FILE.search(said)
        if block.startswith("aws "):
            argv = tuple(shlex.split(_CONTINUED.sub(" ", block)))[1:]
            found.append(Example(page=page, number=len(found) + 1, argv=argv))
        elif file is not None:
            found[-1].files[file["name"]] = block
        elif block.startswith(("{", '"')) and found[-1].output is None:
            last = found.pop()
            output = read(block)
            found.append(
                Example(page=page, number=last.number, argv=last.argv, files=last.files, output=output)
            )
    return found


def _blocks(text: str) -> list[tuple[str, str]]:
    """Indented blocks, each with the line before it."""
    blocks: list[tuple[str, list[str]]] = []
    said, inside = "", False
    for line in text.splitlines():
        if line[:1].isspace() and line.strip():
            if not inside:
                blocks.append((said, []))
            inside = True
            blocks[-1][1].append(line)
        elif line.strip():
            said, inside = line, False
    return [(said, "\n".join(lines).strip()) for said, lines in blocks]
