"""Many variants of one solved lab: the lab runs once, and each variant is a fork of it.

A cloud is determined by its seed and its calls. So when the solved lab has run up to a cell, its process is in the
state in which every variant that differs from that cell on would be, and a fork of it that runs the changed cell and
what follows ends as the whole variant would. See design/0014-forked-mutants.md.

`python -m ecslab.notebook.forked COURSE LAB.md` is the process that is forked: forking wants a process with one
thread, which the caller (pytest-xdist, a kernel) may not be. It reads the variants from stdin and writes one line of
JSON for each: what became of it.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ecslab.course.problem import CourseProblem
from ecslab.course.source import Cell, LabSource, Role, read
from ecslab.notebook.door import without_sockets
from ecslab.notebook.inprocess import fresh_shell, run_cell, surroundings

Variant = tuple[str, str]
"""The key of an answer cell, and what it holds instead of the solution."""


def can_fork() -> bool:
    """Whether this system has `fork`."""
    return hasattr(os, "fork")


def first_failures(root: Path, source: LabSource, variants: Sequence[Variant]) -> Iterator[str | None]:
    """Who notices each variant: "cell: error" of the first cell that fails, or None.

    Args:
        root: the folder of the course.
        source: the lab.
        variants: in the order of the lab's cells.

    Raises:
        CourseProblem: the solved lab itself fails, so that no variant of it says anything.
    """
    command = [sys.executable, "-m", "ecslab.notebook.forked", str(root), str(source.path)]
    with subprocess.Popen(  # noqa: S603 - this Python, on files of the course
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with process.stdin as pipe:
                json.dump(variants, pipe)
            for _ in variants:
                told = json.loads(
                    process.stdout.readline() or '{"broken": "its process ended without a word"}'
                )
                if "broken" in told:
                    raise CourseProblem(source.path, f"cannot be run: {told['broken']}", "Run: ecslab verify")
                yield told["noticed"]
        finally:
            process.kill()


def play(source: LabSource, variants: Sequence[Variant], names: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Run the solved lab in this process, and each variant in a fork of it when its cell comes.

    Args:
        source: the lab.
        variants: see `first_failures`.
        names: what cells find in their namespace from the start.

    Yields:
        {"noticed": ...} for each variant, or {"broken": why} and nothing more.
    """
    shell = fresh_shell(names)
    code = [cell for cell in source.cells if cell.role is not Role.PROSE]
    for nth, cell in enumerate(code):
        for text in [text for key, text in variants if key == cell.key]:
            yield _in_a_fork(shell, code[nth:], text)
        run = run_cell(shell, cell, cell.source("en", solved=True))
        if run.error is not None:
            yield {"broken": f"solved, its cell {run.key} ends with {run.error}"}
            return


def _in_a_fork(shell: Any, cells: Sequence[Cell], changed: str) -> dict[str, Any]:
    """Run the changed first cell and the others until one fails, in a fork that is gone afterwards."""
    assert threading.active_count() == 1, threading.enumerate()
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        try:
            gc.disable()  # it does not live long, and memory that it does not touch is not copied
            os.write(writes, json.dumps({"noticed": _until_failure(shell, cells, changed)}).encode())
        except BaseException:  # noqa: BLE001 - a fork never returns into its parent's work
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if not text:
        return {"broken": f"a variant of {cells[0].key} ended its process (status {status})"}
    told: dict[str, Any] = json.loads(text)
    return told


def _until_failure(shell: Any, cells: Sequence[Cell], changed: str) -> str | None:
    for nth, cell in enumerate(cells):
        run = run_cell(shell, cell, cell.source("en", solved=True) if nth else changed)
        if run.error is not None:
            return f"{run.key}: {run.error}"
    return None


def main(root: str, path: str) -> None:
    """Read variants from stdin, play them, and write what became of each."""
    from ecslab.notebook.mutants import CHANGED, changed

    variants = [(key, text) for key, text in json.load(sys.stdin)]
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as results:
        os.dup2(2, 1)  # what a cell's own processes print is not a result
        with surroundings(Path(root), "en"), without_sockets():
            for told in play(read(Path(path)), variants, {CHANGED: changed}):
                results.write(json.dumps(told) + "\n")
                results.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
