"""Where the course's files are."""

from __future__ import annotations

import os
from pathlib import Path

from ecslab.course.problem import CourseProblem


def find_root(start: Path | None = None) -> Path:
    """The folder that holds `course/course.toml`.

    Looked for in ECSLAB_HOME, then upwards from `start` (the working directory), then where this package was
    installed from.

    Raises:
        CourseProblem: there is none.
    """
    home = os.environ.get("ECSLAB_HOME")
    here = (start or Path.cwd()).resolve()
    candidates = [Path(home)] if home else [here, *here.parents, *Path(__file__).resolve().parents]
    for folder in candidates:
        if (folder / "course" / "course.toml").is_file():
            return folder
    raise CourseProblem(
        here, "the course's files are not here", "Go to the course's folder, or set ECSLAB_HOME to it"
    )


def lab_folder(root: Path, slug: str) -> Path:
    """The folder of a lab's source.

    Raises:
        CourseProblem: there is no such lab; the remedy names those that are near.
    """
    folder = root / "course" / slug
    known = sorted(path.parent.name for path in (root / "course").glob("*/lab.md"))
    if slug in known:
        return folder
    near = [name for name in known if slug and (name.startswith(slug) or slug in name)]
    raise CourseProblem(
        root / "course", f"there is no lab {slug!r}", f"There are: {', '.join(near or known) or 'none'}"
    )
