"""`ecslab verify`: proofs that a lab is right.

Solved, it earns all points in both languages; untouched it earns none, and fails in its check cells and nowhere
else; every answer cell compiles as handed out; every check is worded, with hints, in both languages.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ecslab.course.catalog import Course
from ecslab.course.editions import KEPT, missing
from ecslab.course.problem import CourseProblem
from ecslab.course.release import notebook
from ecslab.course.source import LANGUAGES, Cell, LabSource, Role, read
from ecslab.course.variant import variant_of
from ecslab.lab import checks as lab_checks
from ecslab.lab.messages import BROKE_MARKS, Message, fields_of, load_messages
from ecslab.notebook.inprocess import CellRun, run_cells, solved, surroundings, unsolved

Tell = Callable[[str], None]


def verify(root: Path, slug: str, *, seeds: Sequence[int | None] = (None,), tell: Tell) -> list[str]:
    """Prove a lab; returns what is wrong, one line each.

    Args:
        root: the folder of the course.
        slug: the lab.
        seeds: the variants to prove; None is the lab's own.
        tell: is told what is going on.

    Raises:
        CourseProblem: the source cannot be read at all.
    """
    Course.load(root).lab(slug)
    source = read(root / "course" / slug / "lab.md")
    wrong = [*structure(source), *words(source), *compiles(source), *versions(root, slug)]
    for seed in seeds:
        for lang in LANGUAGES:
            tell(f"{slug}: solved and unsolved ({lang}{'' if seed is None else f', seed {seed}'})")
            with surroundings(root, lang, seed):
                wrong += [
                    f"{slug} ({lang}, solved): {one}"
                    for one in not_full(run_cells(solved(source.cells, lang)))
                ]
                wrong += [
                    f"{slug} ({lang}, unsolved): {one}"
                    for one in not_nought(run_cells(unsolved(source.cells, lang)))
                ]
    return wrong


def versions(root: Path, slug: str) -> Iterator[str]:
    """Versions that were handed out and can no longer be graded."""
    for number in missing(root, slug):
        yield (
            f"{root / 'course' / slug / KEPT / str(number)}: version {number} is not kept: take the folder as it was "
            "out of git, with its manifest as manifest.json (`ecslab bump` does this before a change)"
        )


def not_full(runs: Sequence[CellRun]) -> Iterator[str]:
    """What keeps a solved lab from full points."""
    for run in runs:
        if run.error is not None:
            yield f"{run.key}: {run.error}"
        elif run.role is Role.CHECK and not run.passed:
            yield f"{run.key}: no passing line"


def not_nought(runs: Sequence[CellRun]) -> Iterator[str]:
    """What is wrong with an untouched lab: a check that passes, or a cell that fails and is no check."""
    for run in runs:
        if run.role is Role.CHECK:
            if run.passed:
                yield f"{run.key}: the check passes without an answer"
            elif not run.check_failed:
                yield f"{run.key}: {run.error or 'no verdict'}"
            elif any(mark in " ".join(run.shown) for mark in BROKE_MARKS):
                yield f"{run.key}: the check itself broke: {' '.join(run.shown)}"
        elif run.error is not None:
            yield f"{run.key}: {run.error}"


def structure(source: LabSource) -> Iterator[str]:
    """Check cells and checks.py fit each other; the languages have the same cells and the same code."""
    checks = lab_checks.load(source.folder)
    cells = {str(cell.check): cell for cell in source.checks()}
    for name in [*cells, *checks]:
        if name not in checks:
            yield f"{source.path}:{cells[name].line}: checks.py has no check {name}"
        elif name not in cells:
            yield f"{source.folder / 'checks.py'}: no cell runs the check {name}"
        elif checks[name].points != cells[name].points:
            here, there = cells[name].points, checks[name].points
            yield f"{source.path}:{cells[name].line}: {name} has {here} points here, {there} in checks.py"
    values = variant_of(source.folder, source.seed)
    for answered in (False, True):
        books = [notebook(source, lang, solved=answered, values=values) for lang in LANGUAGES]
        same = [
            [
                (cell["id"], cell["cell_type"], cell["source"] if cell["cell_type"] == "code" else "")
                for cell in book.cells
            ]
            for book in books
        ]
        if same[0] != same[1]:
            yield f"{source.path}: the languages differ in their cells"
    for cell in source.cells:
        for lang in LANGUAGES if cell.role is Role.PROSE else ():
            if not cell.prose[lang].strip():
                yield f"{source.path}:{cell.line}: [{cell.key}] is empty in {lang}"


def words(source: LabSource) -> Iterator[str]:
    """Every check is worded, and every mistake that a check can see."""
    messages = load_messages(source.folder)
    path = source.folder / "messages.toml"
    mistakes = mistakes_of(source.folder / "checks.py")
    for cell in source.checks():
        name = str(cell.check)
        if name not in messages:
            yield f"{path}: nothing is said about the check {name}"
            continue
        used = mistakes.get(name, {})
        worded = messages[name].mistakes
        for mistake in used:
            if mistake not in worded:
                yield f"{path}: [{name}.mistakes.{mistake}] is missing"
        for mistake in worded:
            if mistake not in used:
                yield f"{path}: [{name}.mistakes.{mistake}] is never seen by the check"
        yield from _unknown_facts(path, name, messages[name], used)
    for name in messages:
        if name not in {cell.check for cell in source.checks()}:
            yield f"{path}: [{name}] is no check of this lab"


def _unknown_facts(
    path: Path, name: str, message: Message, used: dict[str, set[str] | None]
) -> Iterator[str]:
    for mistake, facts in used.items():
        wording = message.mistakes.get(mistake)
        if wording is None or facts is None:
            continue
        for words_ in (wording.seen, wording.why, wording.expected):
            for lang, template in words_.items():
                if missing := fields_of(template) - facts:
                    lacks = ", ".join(sorted(missing))
                    yield f"{path}: [{name}.mistakes.{mistake}] ({lang}) wants {lacks}, which the check does not give"


def mistakes_of(path: Path) -> dict[str, dict[str, set[str] | None]]:
    """Which mistakes each check can see, with the facts it gives (None where that cannot be told from the text).

    Functions that a check calls are followed by name, so that shared ones count for every check that uses them.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    found: dict[str, dict[str, set[str] | None]] = {}
    for function in functions.values():
        for decorator in function.decorator_list:
            if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "check":
                check = str(ast.literal_eval(decorator.args[0]))
                found[check] = _mistakes(function, functions, set())
    return found


def _mistakes(
    function: ast.FunctionDef, functions: dict[str, ast.FunctionDef], visited: set[str]
) -> dict[str, set[str] | None]:
    visited.add(function.name)
    found: dict[str, set[str] | None] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "seen" and node.args:
            facts = (
                {keyword.arg for keyword in node.keywords if keyword.arg}
                if all(k.arg for k in node.keywords)
                else None
            )
            for constant in _strings(node.args[0], function):
                before = found.get(constant, facts)
                found[constant] = facts & before if facts is not None and before is not None else None
        elif node.func.id in functions and node.func.id not in visited:
            for name, facts in _mistakes(functions[node.func.id], functions, visited).items():
                found.setdefault(name, facts)
    return found


def _strings(node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """The texts that an expression can be, where a reader of the text can tell."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body, function)
        yield from _strings(node.orelse, function)
    elif isinstance(node, ast.Name):
        for one in ast.walk(function):
            if isinstance(one, ast.Assign) and any(
                getattr(target, "id", "") == node.id for target in one.targets
            ):
                yield from _strings(one.value, function)


def compiles(source: LabSource) -> Iterator[str]:
    """Every answer cell is a program, as handed out and as solved."""
    for cell in source.cells:
        if cell.role is not Role.ANSWER:
            continue
        for answered in (False, True):
            if problem := broken(cell.source("en", solved=answered)):
                state = "solution" if answered else "starter"
                yield f"{source.path}:{cell.line}: [{cell.key}] the {state} does not compile: {problem}"


def broken(source: str) -> str | None:
    """Why a cell does not compile, or None."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        compile(
            TransformerManager().transform_cell(source),
            "<cell>",
            "exec",
            flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
        )
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})"
    return None


def answers(source: LabSource) -> list[Cell]:
    """The answer cells of a lab.

    Raises:
        CourseProblem: there are none.
    """
    found = [cell for cell in source.cells if cell.role is Role.ANSWER]
    if not found:
        raise CourseProblem(source.path, "there are no answer cells", "A lab has at least one")
    return found
