"""Running a page: every block has an evaluator, or a reason why it has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ecslab.site import shapes
from ecslab.site.blocks import Block, blocks
from ecslab.site.fences.code import PROMPT, exchanges
from ecslab.site.stage import Stage, StageError

OWN = ("quiz", "predict", "mistake", "diagram", "timeline", "lab")
"""Fences that the build itself checks."""
RUNS = ("python", "console", "bash", "run")
_ANY = "..."


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What a block should say: its new body, where that differs from the page."""

    block: Block
    body: str


def head(text: str) -> dict[str, Any]:
    """A page's front matter."""
    found = re.match(r"---\n(.*?)\n---\n", text, flags=re.DOTALL)
    return dict(yaml.safe_load(found[1]) or {}) if found else {}


def runnable(text: str) -> list[Block]:
    """The blocks of a page that tests concern themselves with."""
    return [block for block in blocks(text) if block.language not in OWN]


class PageRun:
    """Runs the blocks of a page one after the other.

    Args:
        text: the page.
        lang: "en" or "ja".
    """

    def __init__(self, text: str, lang: str) -> None:
        self.blocks = runnable(text)
        self._setup = str(head(text).get("setup", "empty"))
        self._lang = lang
        self._stage: Stage | None = None
        self._printed: str | None = None

    def close(self) -> None:
        """Close the page's cloud, if there was need for one."""
        if self._stage is not None:
            self._stage.__exit__(None, None, None)
            self._stage = None

    @property
    def stage(self) -> Stage:
        """The page's cloud; started when the first block needs it."""
        if self._stage is None:
            self._stage = Stage(self._setup, self._lang)
        return self._stage

    def run(self, block: Block) -> str:
        """Run or validate one block and answer with the body that it should have.

        Raises:
            StageError: no evaluator and no reason, or it does not do what the page says.
            shapes.NotOfShape: JSON or YAML that AWS would not take.
        """
        printed, self._printed = self._printed, None
        if block.language == "output":
            if printed is None:
                raise StageError("an output block stands directly after a python or bash block that runs")
            return block.body if same(block.body, printed) else printed
        if "skip" in block.directives:
            if not block.directives["skip"]:
                raise StageError("skip needs a reason: <!-- skip: reason -->")
            return block.body
        return self._evaluate(block)

    def _evaluate(self, block: Block) -> str:
        expect = block.directives.get("expect", "")
        if block.language in ("json", "yaml"):
            if "shape" not in block.directives:
                raise StageError(f"{block.language}: say <!-- shape: … --> on the line before")
            shapes.check(block.language, block.body, block.directives["shape"])
        elif block.language == "console":
            return self._console(block, expect)
        elif block.language in ("python", "run"):
            self._printed = self.stage.python(block.body, expect)
        elif block.language == "bash":
            outputs = [self.stage.shell(command, expect) for command in _commands(block.body)]
            self._printed = "\n".join(output for output in outputs if output)
        elif block.language == "text":
            if re.search(r"^(\$ |aws )", block.body, flags=re.MULTILINE):
                raise StageError("text: a command belongs into a console block")
        else:
            raise StageError(
                f"{block.language or 'a block without a language'}: nothing runs this; <!-- skip: why -->"
            )
        return block.body

    def _console(self, block: Block, expect: str) -> str:
        lines: list[str] = []
        for exchange in exchanges(block.body):
            printed = self.stage.shell(exchange.command, expect)
            kept = exchange.output if same(exchange.output, printed) else printed
            lines.append(PROMPT + exchange.command)
            lines += [kept] if kept else []
        return "\n".join(lines)


def same(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed; a line `...` stands for any lines."""
    if _ANY not in shown.splitlines():
        return shown.rstrip() == printed.rstrip()
    parts = [re.escape(part) for part in re.split(r"(?m)^\s*\.\.\.\s*$", shown.rstrip())]
    return re.fullmatch(r"[\s\S]*".join(parts), printed.rstrip()) is not None


def fresh(path: Path) -> Iterator[Fresh]:
    """Run a page; yields the blocks whose bodies should be others.

    Raises:
        StageError: a block failed; the message begins with file and line.
    """
    text = path.read_text("utf-8")
    run = PageRun(text, path.parent.name)
    try:
        for block in run.blocks:
            try:
                body = run.run(block)
            except (StageError, ValueError) as error:
                raise StageError(f"{path}:{block.line}: {error}") from error
            if body.rstrip() != block.body.rstrip():
                yield Fresh(block=block, body=body)
    finally:
        run.close()


def refreshed(text: str, changes: list[Fresh]) -> str:
    """A page with the bodies that its blocks should have."""
    lines = text.split("\n")
    for change in reversed(changes):
        block = change.block
        body = [block.indent + line if line else "" for line in change.body.rstrip("\n").split("\n")]
        lines[block.line : block.end_line - 1] = body if change.body else []
    return "\n".join(lines)


def _commands(body: str) -> list[str]:
    joined = body.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
