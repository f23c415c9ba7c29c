"""From a lab's source to its notebooks: one for learners, one solved, in each language.

Pure and deterministic: the same source, seed and language give a byte-equal notebook. Running the solved one is
`ecslab.notebook.execute`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecslab.course.source import Cell, LabSource, Role
from ecslab.course.variant import fill

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook(
    source: LabSource, lang: str, *, solved: bool, values: Mapping[str, Any], seed: int | None = None
) -> NotebookNode:
    """One notebook.

    Args:
        source: the lab.
        lang: "en" or "ja".
        solved: with the author's answers instead of the starters.
        values: what `{{ name }}` in prose stands for.
        seed: the seed that is told to `lab.start`, when it is not the lab's own.
    """
    from nbformat import v4

    book = v4.new_notebook(
        metadata={
            "ecslab": {
                "lab": source.slug,
                "lang": lang,
                "seed": source.seed if seed is None else seed,
                "version": source.version,
            },
            "kernelspec": KERNELSPEC,
            "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
        }
    )
    for cell in source.cells:
        text = cell.source(lang, solved=solved)
        if cell.role is Role.PROSE:
            text = fill(text, values, path=source.path, key=cell.key)
        elif seed is not None and seed != source.seed:
            text = text.replace(f'lab.start("{source.slug}")', f'lab.start("{source.slug}", seed={seed})')
        make = v4.new_markdown_cell if cell.role is Role.PROSE else v4.new_code_cell
        node = make(source=text, metadata=_metadata(cell))
        node["id"] = cell.key
        book.cells.append(node)
    return book


def _metadata(cell: Cell) -> dict[str, Any]:
    ours: dict[str, Any] = {"key": cell.key, "role": str(cell.role)}
    metadata: dict[str, Any] = {"ecslab": ours}
    if cell.tags:
        metadata["tags"] = list(cell.tags)
    if cell.role is Role.PROSE:
        return metadata
    graded = cell.role is Role.CHECK
    if graded:
        ours.update(check=cell.check, points=cell.points)
        metadata["editable"] = False
    metadata["deletable"] = False
    # nbgrader's cell metadata, schema 3, so that an instructor can use the labs there too.
    metadata["nbgrader"] = {
        "grade": graded,
        "grade_id": cell.key,
        "locked": cell.role is not Role.ANSWER,
        "schema_version": 3,
        "solution": cell.role is Role.ANSWER,
        "task": False,
        **({"points": cell.points} if graded else {}),
    }
    return metadata


def text_of(book: NotebookNode) -> str:
    """A notebook as it is written to its file."""
    import json

    return json.dumps(book, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
