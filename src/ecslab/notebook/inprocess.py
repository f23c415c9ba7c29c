"""Running the cells of a lab in this process, without a Jupyter kernel: quick enough to run a lab a hundred times."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecslab.course.source import Cell, Role

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellRun:
    """What became of a cell.

    Attributes:
        error: the type and text of the error, or None.
        out: what it printed on stdout.
        shown: the text form of what it displayed, such as a check's explanation.
        check_failed: whether the error is a check that did not pass.
    """

    key: str
    role: Role
    error: str | None
    out: str
    check_failed: bool
    check: str | None = None
    line: str | None = None
    shown: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether a check cell printed its passing line and raised nothing."""
        return self.error is None and self.line is not None and self.line.startswith("[pass]")


@contextlib.contextmanager
def surroundings(root: Path, lang: str, seed: int | None = None) -> Iterator[None]:
    """The environment of a lab of this course in this language; everything is as before afterwards."""
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(("AWS_", "ECSLAB_")):
            del os.environ[name]
    os.environ.update(ECSLAB_HOME=str(root), ECSLAB_LANG=lang)
    if seed is not None:
        os.environ["ECSLAB_SEED"] = str(seed)
    try:
        yield
    finally:
        from ecslab.notebook import door

        door.stop()
        os.environ.clear()
        os.environ.update(before)


def run_cells(
    cells: Iterable[tuple[Cell, str]], *, stop_at_failure: bool = False, names: dict[str, Any] | None = None
) -> list[CellRun]:
    """Run the code cells of a lab one after the other, in a namespace of their own.

    Args:
        cells: each with the source to run.
        stop_at_failure: whether to leave the rest after the first cell that fails.
        names: what the namespace holds from the start.
    """
    shell = fresh_shell(names)
    runs = []
    for cell, source in cells:
        if cell.role is Role.PROSE:
            continue
        runs.append(run_cell(shell, cell, source))
        if stop_at_failure and runs[-1].error is not None:
            break
    return runs


def fresh_shell(names: dict[str, Any] | None = None) -> Any:
    """The shell of this process with a namespace that holds nothing but these names."""
    shell = _shell()
    shell.reset(new_session=True)
    shell.user_ns.update(names or {})
    return shell


def run_cell(shell: Any, cell: Cell, source: str) -> CellRun:
    """Run one code cell."""
    from IPython.utils.capture import capture_output

    from ecslab.notebook.tidy import CheckFailed

    with capture_output() as captured:
        result = shell.run_cell(source, store_history=False)
    error = result.error_before_exec or result.error_in_exec
    out = captured.stdout
    lines = [
        line for line in out.split("\n") if re.fullmatch(r"\[(pass|fail)\] \S+ \(\d+/\d+ points\)", line)
    ]
    return CellRun(
        key=cell.key,
        role=cell.role,
        error=None if error is None else _ANSI.sub("", f"{type(error).__name__}: {error}"),
        out=out,
        check_failed=isinstance(error, CheckFailed),
        check=cell.check,
        line=lines[0] if lines else None,
        shown=tuple(
            str(one.data["text/plain"]) for one in captured.outputs if "text/plain" in (one.data or {})
        ),
    )


def _shell() -> Any:
    """The one IPython shell of this process; made without history, profile or colours."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.cache_size = 0  # with a cache, each reset collects the whole process's garbage
    config.InteractiveShell.xmode = "Minimal"
    config.InteractiveShell.colors = "nocolor"
    return InteractiveShell.instance(config=config)


def solved(cells: Iterable[Cell], lang: str) -> list[tuple[Cell, str]]:
    """Cells with the author's answers."""
    return [(cell, cell.source(lang, solved=True)) for cell in cells]


def unsolved(cells: Iterable[Cell], lang: str) -> list[tuple[Cell, str]]:
    """Cells as they are handed out."""
    return [(cell, cell.source(lang, solved=False)) for cell in cells]
