"""Do the checks notice? Each argument of each boto3 call and each CLI option of a solution is dropped or changed.

A mutant is noticed when a check does not pass, or when AWS itself refuses the call. What nobody notices is either a
hole in the checks or right as well: then `mutants.toml` beside the lab says why.
"""

from __future__ import annotations

import ast
import shlex
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecslab.course.problem import CourseProblem
from ecslab.course.source import Cell, LabSource, Role
from ecslab.notebook.forked import can_fork, first_failures
from ecslab.notebook.inprocess import run_cells, surroundings
from ecslab.notebook.words import commands

CHANGED = "_ecslab_changed"
SHOWS_ONLY = ("--query", "--output", "--no-cli-pager")
"""CLI options that change what is shown and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A solution with one thing dropped or changed.

    Attributes:
        cell: the key of the answer cell.
        name: what was done, e.g. "ecs.create_service(desiredCount) dropped".
        source: the cell's new source.
    """

    cell: str
    name: str
    source: str

    @property
    def id(self) -> str:
        """How mutants.toml names it."""
        return f"{self.cell}: {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a mutant.

    Attributes:
        noticed: by which cell and how, or None.
        defended: why it is right as well, as mutants.toml says, or None.
    """

    mutant: Mutant
    noticed: str | None
    defended: str | None


def mutants_of(source: LabSource) -> list[Mutant]:
    """Every mutant of a lab's solution, in the order of the text."""
    clients = _clients(source)
    found: list[Mutant] = []
    for cell in source.cells:
        if cell.role is not Role.ANSWER or cell.answer is None:
            continue
        text = cell.answer.solution
        made = (
            _of_commands(cell.key, text)
            if text.lstrip().startswith("%%aws")
            else _of_python(cell.key, text, clients)
        )
        seen: dict[str, int] = {}
        for mutant in made:
            seen[mutant.name] = seen.get(mutant.name, 0) + 1
            nth = seen[mutant.name]
            name = mutant.name if nth == 1 else f"{mutant.name} (call {nth})"
            found.append(Mutant(cell=mutant.cell, name=name, source=mutant.source))
    return found


def try_mutant(source: LabSource, root: Path, mutant: Mutant) -> str | None:
    """Run the whole lab with a mutant; returns who noticed, or None.

    `outcomes` has the same verdicts much cheaper where there is `fork`.
    """

    def text(cell: Cell) -> str:
        return mutant.source if cell.key == mutant.cell else cell.source("en", solved=True)

    with surroundings(root, "en"):
        runs = run_cells(
            [(cell, text(cell)) for cell in source.cells], stop_at_failure=True, names={CHANGED: changed}
        )
    last = runs[-1]
    return None if last.error is None else f"{last.key}: {last.error}"


def outcomes(source: LabSource, root: Path) -> Iterator[Outcome]:
    """Try every mutant of a lab.

    Raises:
        CourseProblem: mutants.toml defends a mutant that does not exist.
    """
    all_of_them = mutants_of(source)
    defended = defences(source.folder / "mutants.toml")
    known = {mutant.id for mutant in all_of_them}
    for name in defended:
        if name not in known:
            raise CourseProblem(source.folder / "mutants.toml", f"there is no mutant {name!r}", "Take it out")
    if can_fork():
        noticed = first_failures(root, source, [(mutant.cell, mutant.source) for mutant in all_of_them])
    else:
        noticed = (try_mutant(source, root, mutant) for mutant in all_of_them)
    for mutant, who in zip(all_of_them, noticed, strict=True):
        yield Outcome(mutant=mutant, noticed=who, defended=defended.get(mutant.id))


def defences(path: Path) -> dict[str, str]:
    """The mutants that a lab defends, with the reason.

    Raises:
        CourseProblem: the file is not as it should be.
    """
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CourseProblem(path, f"is not TOML: {error}", "Mend that line") from None
    found: dict[str, str] = {}
    for entry in data.get("defended", []):
        names, why = entry.get("mutants"), entry.get("why")
        if not isinstance(names, list) or not isinstance(why, str) or not why.strip():
            raise CourseProblem(path, "a defence has `mutants` (a list) and `why`", "Write both")
        found.update(dict.fromkeys(names, why))
    return found


def changed(value: Any) -> Any:
    """Another value of the same type."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return str(int(value) + 1) if value.isdecimal() else f"{value}x"
        case list() | tuple():
            return value[:-1]
        case dict():
            return dict(list(value.items())[:-1])
        case _:
            return value


# Python


def _clients(source: LabSource) -> set[str]:
    """The names that are boto3 clients."""
    names = set()
    for cell in source.cells:
        text = cell.source("en", solved=True) if cell.role is not Role.PROSE else ""
        if "boto3.client(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("boto3.client("):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _of_python(key: str, text: str, clients: set[str]) -> Iterator[Mutant]:
    tree = ast.parse(text)

    def mutant(name: str) -> Mutant:
        return Mutant(cell=key, name=name, source=ast.unparse(tree))

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_call(node, clients):
            name = ast.unparse(node.func)
            for keyword in [one for one in node.keywords if one.arg is not None]:
                place = f"{name}({keyword.arg})"
                kept, node.keywords = node.keywords, [one for one in node.keywords if one is not keyword]
                yield mutant(f"{place} dropped")
                node.keywords = kept
                yield from _of_value(place, keyword.value, _attribute(keyword), mutant)
        elif isinstance(node, ast.Assign) and _is_used_literal(node, tree):
            yield from _of_value(ast.unparse(node.targets[0]), node.value, _attribute(node), mutant)


def _is_call(node: ast.Call, clients: set[str]) -> bool:
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id in clients
    )


def _is_used_literal(node: ast.Assign, tree: ast.Module) -> bool:
    """Whether it gives a name a written dict or list that is not overwritten further down in the cell."""
    if not isinstance(node.value, ast.Dict | ast.List):
        return False
    target = ast.unparse(node.targets[0])
    later = tree.body[tree.body.index(node) + 1 :] if node in tree.body else []
    return not any(isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == target for one in later)


Put = Callable[[ast.expr], None]
Make = Callable[[str], Mutant]


def _attribute(holder: ast.keyword | ast.Assign) -> Put:
    def put(value: ast.expr) -> None:
        holder.value = value

    return put


def _member(node: ast.Dict, nth: int) -> Put:
    def put(value: ast.expr) -> None:
        node.values[nth] = value

    return put


def _of_value(place: str, value: ast.expr, put: Put, mutant: Make) -> Iterator[Mutant]:
    """Mutants of a value: of each member where it is written as a dict, of the value itself elsewhere."""
    if isinstance(value, ast.Dict):
        yield from _of_dict(place, value, mutant)
    elif isinstance(value, ast.List) and any(isinstance(one, ast.Dict) for one in value.elts):
        for nth, one in enumerate(value.elts):
            if isinstance(one, ast.Dict):
                yield from _of_dict(f"{place}[{nth}]", one, mutant)
    else:
        put(ast.Call(func=ast.Name(id=CHANGED, ctx=ast.Load()), args=[value], keywords=[]))
        yield mutant(f"{place} changed")
        put(value)


def _of_dict(place: str, node: ast.Dict, mutant: Make) -> Iterator[Mutant]:
    for nth, name in enumerate(list(node.keys)):
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
            continue
        keys, values = node.keys, node.values
        node.keys, node.values = keys[:nth] + keys[nth + 1 :], values[:nth] + values[nth + 1 :]
        yield mutant(f"{place}.{name.value} dropped")
        node.keys, node.values = keys, values
        yield from _of_value(f"{place}.{name.value}", values[nth], _member(node, nth), mutant)


# The CLI


def _of_commands(key: str, text: str) -> Iterator[Mutant]:
    found = commands(text.lstrip().removeprefix("%%aws"), lambda expression: f"${{{expression}}}")
    for nth, words in enumerate(found):
        for start, end in _options(words):
            option = words[start]
            if option in SHOWS_ONLY:
                continue
            name = f"aws {words[0]} {words[1]} {option}"
            yield Mutant(
                cell=key, name=f"{name} dropped", source=_cell(found, nth, words[:start] + words[end:])
            )
            for at in range(start + 1, end):
                other = [*words[:at], str(changed(words[at])), *words[at + 1 :]]
                yield Mutant(cell=key, name=f"{name} changed", source=_cell(found, nth, other))


def _options(words: list[str]) -> Iterator[tuple[int, int]]:
    """Where each option with its values begins and ends."""
    starts = [at for at, word in enumerate(words) if word.startswith("--")]
    yield from zip(starts, [*starts[1:], len(words)], strict=True)


def _cell(found: list[list[str]], nth: int, words: list[str]) -> str:
    lines = [shlex.join(words if at == nth else command) for at, command in enumerate(found)]
    return "\n".join(["%%aws", *lines])
