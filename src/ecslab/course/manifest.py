"""The manifest of one version of a lab: the authority for grading.

A grader takes only answers from a submission and everything else from here. Manifests are kept for every version, so
that last week's lab is graded as it was handed out last week.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ecslab.course.canonical import verdict_line
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LabSource, Role

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestCell:
    """A cell of the lab as it was handed out.

    Attributes:
        key: the cell's id in every notebook.
        role: prose, given, answer or check.
        source: the code as released; for an answer this is the starter. Empty for prose.
        solution: the author's answer; answers only.
        prose: text by language; prose only. Names in `{{ }}` are filled in when a notebook is built for a seed.
        check: the id of the check that a check cell runs.
        points: what that check is worth.
        line: the canonical line that the cell prints when the check passes; check cells only.
    """

    key: str
    role: str
    source: str = ""
    solution: str | None = None
    prose: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    check: str | None = None
    points: int = 0
    line: str | None = None

    @property
    def starter(self) -> str:
        """What learners find in an answer cell."""
        return self.source


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One version of a lab.

    Attributes:
        lab: the lab's slug, e.g. "02-first-service".
        seed: the seed of the notebooks in `labs/`.
        points: the sum of the checks' points.
        title: by language.
    """

    lab: str
    version: int
    seed: int
    points: int
    title: Mapping[str, str]
    cells: tuple[ManifestCell, ...]

    @property
    def answers(self) -> dict[str, ManifestCell]:
        """The answer cells by key."""
        return {cell.key: cell for cell in self.cells if cell.role == Role.ANSWER}

    @property
    def checks(self) -> dict[str, ManifestCell]:
        """The check cells by the id of the check."""
        return {cell.check: cell for cell in self.cells if cell.check is not None}

    @classmethod
    def load(cls, path: Path | str) -> Manifest:
        """Read a manifest.

        Raises:
            CourseProblem: it is not there, or it is not a manifest of a format that is known.
        """
        remedy = "Manifests are made by `ecslab build`"
        try:
            data = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise CourseProblem(path, f"cannot be read ({error.strerror})", remedy) from None
        except ValueError as error:
            raise CourseProblem(path, f"is not JSON ({error})", remedy) from None
        if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
            raise CourseProblem(path, f"is not a manifest of format {FORMAT}", remedy)
        try:
            cells = tuple(
                ManifestCell(**{**cell, "tags": tuple(cell.get("tags", ()))}) for cell in data.pop("cells")
            )
            return cls(cells=cells, **data)
        except (TypeError, KeyError) as error:
            raise CourseProblem(path, f"does not fit ({error})", remedy) from None

    def text(self) -> str:
        """The manifest as it is written to its file."""
        data: dict[str, Any] = {"format": FORMAT, **asdict(self)}
        data["cells"] = [
            {name: value for name, value in cell.items() if value not in (None, "", 0, {}, ())}
            for cell in data["cells"]
        ]
        return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def manifest_of(source: LabSource) -> Manifest:
    """The manifest of a lab as its source stands."""
    cells = tuple(
        ManifestCell(
            key=cell.key,
            role=str(cell.role),
            source="" if cell.role is Role.PROSE else cell.source("en", solved=False),
            solution=cell.answer.solution if cell.answer else None,
            prose=cell.prose,
            tags=cell.tags,
            check=cell.check,
            points=cell.points,
            line=verdict_line(cell.check, passed=True, points=cell.points) if cell.check else None,
        )
        for cell in source.cells
    )
    return Manifest(
        lab=source.slug,
        version=source.version,
        seed=source.seed,
        points=source.points,
        title=source.title,
        cells=cells,
    )


def manifest_path(root: Path, lab: str, version: int) -> Path:
    """Where the manifest of a lab's version is kept."""
    return root / "solutions" / "manifests" / f"{lab}.v{version}.json"
