"""The source of one lab: `course/NN-slug/lab.md`, MyST notebook text with both languages side by side.

A cell has a key (also its id in every notebook made from it) and a role. Prose cells come in pairs, one a language;
code cells are written once. `design/` and `course/README.md` tell authors how to write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from ecslab.course.problem import CourseProblem
from ecslab.course.region import Answer, RegionProblem, split

LANGUAGES = ("en", "ja")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_CHECK = re.compile(r"""lab\.check\(\s*["'](\d+\.\d+)["']""")
_KNOWN = ("key", "role", "lang", "points", "tags")


class Role(StrEnum):
    """What a cell is for."""

    PROSE = "prose"
    GIVEN = "given"
    ANSWER = "answer"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a lab.

    Attributes:
        line: where it is in the source, from 1.
        prose: text by language; prose cells only.
        code: the source of given and check cells.
        answer: both faces of an answer cell.
        check: the id of the check that a check cell runs, e.g. "2.1".
        points: what the check is worth.
    """

    key: str
    role: Role
    line: int
    prose: Mapping[str, str] = field(default_factory=dict)
    code: str = ""
    answer: Answer | None = None
    check: str | None = None
    points: int = 0
    tags: tuple[str, ...] = ()

    def source(self, lang: str, *, solved: bool) -> str:
        """The cell's text in one notebook, before names in `{{ }}` are filled in."""
        if self.role is Role.PROSE:
            return self.prose[lang]
        if self.answer is not None:
            return self.answer.solution if solved else self.answer.starter
        return self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class LabSource:
    """A lab as its author wrote it.

    Attributes:
        slug: e.g. "02-first-service"; the folder's name.
        version: counts up when a grade could change.
        seed: the seed of the committed notebooks.
        title: by language.
        path: the lab.md.
    """

    slug: str
    version: int
    seed: int
    points: int
    title: Mapping[str, str]
    path: Path
    cells: tuple[Cell, ...]

    @property
    def folder(self) -> Path:
        """The lab's folder."""
        return self.path.parent

    def checks(self) -> tuple[Cell, ...]:
        """The check cells, in order."""
        return tuple(cell for cell in self.cells if cell.role is Role.CHECK)


def read(path: Path) -> LabSource:
    """Read a `lab.md`.

    Raises:
        CourseProblem: anything that is wrong in it, with line, key and remedy.
    """
    from jupytext.myst import MystMetadataParsingError, myst_to_notebook

    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseProblem(
            path, f"cannot be read ({error.strerror})", "A lab is a folder with a lab.md"
        ) from None
    try:
        notebook = myst_to_notebook(text, add_source_map=True)
    except MystMetadataParsingError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else None
        raise CourseProblem(
            path,
            str(error).split("\n")[0],
            "Metadata is JSON after +++, `:name: value` in code cells",
            line=line,
        ) from None
    head = _head(path, dict(notebook.metadata.get("ecslab") or {}))
    raw = list(zip(notebook.cells, notebook.metadata["source_map"], strict=True))
    cells = tuple(_cells(path, raw))
    _whole(path, head, cells)
    return LabSource(path=path, cells=cells, **head)


def _head(path: Path, head: dict[str, Any]) -> dict[str, Any]:
    want = {"lab": str, "version": int, "seed": int, "points": int, "title": dict}
    for name, kind in want.items():
        if not isinstance(head.get(name), kind) or isinstance(head.get(name), bool):
            raise CourseProblem(
                path,
                f"the front matter has no `ecslab: {name}:` of type {kind.__name__}",
                "Write `ecslab:` with lab, version, seed, points and title (en and ja)",
                line=1,
            )
    if unknown := sorted(set(head) - set(want)):
        raise CourseProblem(
            path, f"unknown in the front matter: {', '.join(unknown)}", f"Known are {', '.join(want)}", line=1
        )
    if head["lab"] != path.parent.name:
        raise CourseProblem(
            path,
            f"the lab is called {head['lab']!r} but its folder is {path.parent.name!r}",
            "Give both the same name",
            line=1,
        )
    if set(head["title"]) != set(LANGUAGES):
        raise CourseProblem(
            path, "the title is needed in en and ja", "Write title: {en: ..., ja: ...}", line=1
        )
    return {"slug": head["lab"], **{name: head[name] for name in want if name != "lab"}}


def _cells(path: Path, raw: list[tuple[Any, int]]) -> Iterator[Cell]:
    seen: dict[str, int] = {}
    waiting: Cell | None = None
    for cell, line in raw:
        key, role = _key_and_role(path, cell, line)
        if waiting is not None and not (role is Role.PROSE and key == waiting.key):
            raise _half(path, waiting)
        if role is Role.PROSE:
            lang = cell.metadata.get("lang")
            if cell.cell_type != "markdown" or lang not in LANGUAGES:
                raise CourseProblem(
                    path,
                    f"a prose cell is Markdown with a lang, not {cell.cell_type} with {lang!r}",
                    f"lang is one of {', '.join(LANGUAGES)}",
                    line=line,
                    key=key,
                )
            if waiting is not None:
                if lang in waiting.prose:
                    raise _half(path, waiting)
                prose = {**waiting.prose, lang: cell.source}
                yield Cell(
                    key=key,
                    role=role,
                    line=waiting.line,
                    prose={name: prose[name] for name in LANGUAGES},
                    tags=waiting.tags,
                )
                waiting = None
                continue
        if key in seen:
            raise CourseProblem(
                path,
                f"the key is used twice, first in line {seen[key]}",
                "Every cell needs its own",
                line=line,
                key=key,
            )
        seen[key] = line
        tags = tuple(cell.metadata.get("tags", ()))
        if role is Role.PROSE:
            waiting = Cell(key=key, role=role, line=line, prose={lang: cell.source}, tags=tags)
        else:
            yield _code_cell(path, cell, line, key=key, role=role, tags=tags)
    if waiting is not None:
        raise _half(path, waiting)


def _half(path: Path, cell: Cell) -> CourseProblem:
    have = ", ".join(cell.prose)
    return CourseProblem(
        path,
        f"this prose is only there in: {have}",
        "Put the other language right after it, with the same key",
        line=cell.line,
        key=cell.key,
    )


def _key_and_role(path: Path, cell: Any, line: int) -> tuple[str, Role]:
    key = cell.metadata.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise CourseProblem(
            path,
            f"a cell needs a key, not {key!r}",
            "A key has a-z, 0-9 and hyphens, at most 64; it becomes the cell's id",
            line=line,
        )
    if unknown := sorted(set(cell.metadata) - set(_KNOWN)):
        raise CourseProblem(
            path,
            f"unknown metadata: {', '.join(unknown)}",
            f"Known are {', '.join(_KNOWN)}",
            line=line,
            key=key,
        )
    try:
        return key, Role(cell.metadata.get("role"))
    except ValueError:
        raise CourseProblem(
            path,
            f"no such role: {cell.metadata.get('role')!r}",
            f"Roles are {', '.join(Role)}",
            line=line,
            key=key,
        ) from None


def _code_cell(path: Path, cell: Any, line: int, *, key: str, role: Role, tags: tuple[str, ...]) -> Cell:
    if cell.cell_type != "code":
        raise CourseProblem(
            path, f"a cell with the role {role} is code", "Write it as ```{code-cell}", line=line, key=key
        )
    if "lang" in cell.metadata:
        raise CourseProblem(
            path, "code is written once, without a lang", "Take the lang away", line=line, key=key
        )
    points = cell.metadata.get("points", 0)
    if role is Role.CHECK:
        found = _CHECK.search(cell.source)
        if found is None:
            raise CourseProblem(
                path, "a check cell calls lab.check(...)", 'Write lab.check("2.1")', line=line, key=key
            )
        if (
            not isinstance(points, int)
            or isinstance(points, bool)
            or points < 0
            or "points" not in cell.metadata
        ):
            raise CourseProblem(path, "a check cell says its points", "Add `:points: 2`", line=line, key=key)
        return Cell(
            key=key, role=role, line=line, code=cell.source, check=found.group(1), points=points, tags=tags
        )
    if points:
        raise CourseProblem(path, "only check cells have points", "Take them away", line=line, key=key)
    if role is Role.ANSWER:
        try:
            return Cell(key=key, role=role, line=line, answer=split(cell.source), tags=tags)
        except RegionProblem as problem:
            raise CourseProblem(
                path,
                str(problem),
                "A region is ### solution, [### starter,] ### end",
                line=line + problem.offset + 1,
                key=key,
            ) from None
    return Cell(key=key, role=role, line=line, code=cell.source, tags=tags)


def _whole(path: Path, head: Mapping[str, Any], cells: tuple[Cell, ...]) -> None:
    checks = [cell for cell in cells if cell.role is Role.CHECK]
    total = sum(cell.points for cell in checks)
    if total != head["points"]:
        raise CourseProblem(
            path,
            f"the check cells have {total} points, the front matter says {head['points']}",
            "Make them equal",
            line=1,
        )
    names = [cell.check for cell in checks]
    for cell in checks:
        if names.count(cell.check) > 1:
            raise CourseProblem(
                path,
                f"the check {cell.check} runs in more than one cell",
                "Run each check once",
                line=cell.line,
                key=cell.key,
            )
