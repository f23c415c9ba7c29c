"""Running a notebook as Jupyter does, for `ecslab build`: the same source gives byte-equal outputs every time."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecslab.course.problem import CourseProblem

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL_TIMEOUT_S = 300
_OBJECT_ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(book: NotebookNode, *, root: Path, lang: str, folder: Path) -> None:
    """Run a notebook in a fresh kernel; its outputs are put into it.

    Args:
        book: the notebook.
        root: the folder of the course.
        lang: the language that checks and views speak.
        folder: where the kernel runs.

    Raises:
        CourseProblem: a cell failed; the problem names the cell and the error.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    client = NotebookClient(
        book,
        timeout=CELL_TIMEOUT_S,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    name = f"{book.metadata['ecslab']['lab']} ({lang})"
    try:
        client.execute(env=environment(root, lang))
    except CellExecutionError as error:
        key = _failed_cell(book)
        what = _ANSI.sub("", f"{error.ename}: {error.evalue}")
        raise CourseProblem(
            name, f"a cell failed: {what}", "Run that notebook and mend the cell", key=key
        ) from None
    except CellTimeoutError:
        raise CourseProblem(name, f"a cell took longer than {CELL_TIMEOUT_S} s", "Make it quicker") from None
    except DeadKernelError:
        raise CourseProblem(name, "the kernel died", "Run that notebook and see where") from None
    tidy(book)


def environment(root: Path, lang: str) -> dict[str, str]:
    """The environment of a kernel that runs a lab of this course."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "ECSLAB_", "MOTO_"))
    }
    return {
        **env,
        "ECSLAB_LANG": lang,
        "ECSLAB_HOME": str(root),
        "PYTHONHASHSEED": "0",
        "JUPYTER_PLATFORM_DIRS": "1",
    }


def _failed_cell(book: NotebookNode) -> str | None:
    for cell in book.cells:
        if any(output.get("output_type") == "error" for output in cell.get("outputs", ())):
            return str(cell["id"])
    return None


def tidy(book: NotebookNode) -> None:
    """Take out what differs from run to run or from machine to machine."""
    book.metadata["language_info"] = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
    for cell in book.cells:
        cell.metadata.pop("execution", None)
        outputs: list[Any] = []
        for output in cell.get("outputs", ()):
            _without_addresses(output)
            before = outputs[-1] if outputs else {}
            if output["output_type"] == "stream" and before.get("name") == output.get("name") is not None:
                before["text"] += output["text"]
            else:
                outputs.append(output)
        if "outputs" in cell:
            cell["outputs"] = outputs


def _without_addresses(output: Mapping[str, Any]) -> None:
    data = output.get("data")
    if isinstance(data, dict) and isinstance(data.get("text/plain"), str):
        data["text/plain"] = _OBJECT_ADDRESS.sub("", data["text/plain"])
