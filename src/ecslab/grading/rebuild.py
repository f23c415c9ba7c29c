"""Rebuilding a notebook from the manifest: given cells, check cells and prose are the course's, answers the learner's.

Of a submission only the source of its answer cells is used. A check cell's reference output is the canonical line of
a passed check: the only output that nbval compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecslab.course.manifest import Manifest, ManifestCell
from ecslab.course.source import Role
from ecslab.grading.words import Notice

COMPARE = "nbval-check-output"


def rebuild(manifest: Manifest, sources: Mapping[str, str], lang: str) -> tuple[dict[str, Any], list[Notice]]:
    """The notebook to run, and what the learner should know about it.

    Args:
        manifest: the authority.
        sources: the submission's code cells by key.
        lang: of the prose.
    """
    notices = [Notice("missing", {"cell": key}) for key in manifest.answers if key not in sources]
    book = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [_cell(cell, sources, lang) for cell in manifest.cells],
    }
    return book, notices


def _cell(cell: ManifestCell, sources: Mapping[str, str], lang: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"ecslab": {"key": cell.key, "role": cell.role}}
    if cell.role == Role.PROSE:
        source = cell.prose.get(lang, "")
        return {"cell_type": "markdown", "id": cell.key, "metadata": metadata, "source": source}
    source = sources.get(cell.key, cell.starter) if cell.role == Role.ANSWER else cell.source
    outputs: list[dict[str, Any]] = []
    if cell.check is not None:
        metadata["ecslab"]["check"] = cell.check
        metadata["tags"] = [COMPARE]
        outputs.append({"name": "stdout", "output_type": "stream", "text": f"{cell.line}\n"})
    return {
        "cell_type": "code",
        "execution_count": 1,  # a reference that has run: nbval compares nothing otherwise
        "id": cell.key,
        "metadata": metadata,
        "outputs": outputs,
        "source": source,
    }


def opening(manifest: Manifest) -> list[str]:
    """The given cells up to the one that starts the lab: run again after a kernel has died."""
    found: list[str] = []
    for cell in manifest.cells:
        if cell.role == Role.GIVEN:
            found.append(cell.source)
            if "lab.start(" in cell.source:
                break
    return found
