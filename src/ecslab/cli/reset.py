"""`ecslab reset`: a fresh copy of a lab. The old one is kept beside it."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any

from ecslab.course.catalog import Course
from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LANGUAGES
from ecslab.notebook.language import language

MINE = "my-labs"
"""Where learners' own copies are."""


def add_parser(subparsers: Any) -> None:
    """Add `reset`."""
    parser = subparsers.add_parser(
        "reset", help="begin a lab anew; the old notebook is kept beside the new one"
    )
    parser.add_argument("lab", metavar="LAB", help="the lab, e.g. 02-first-service")
    parser.add_argument(
        "--lang", choices=LANGUAGES, default=language(), help="the language (default: %(default)s)"
    )
    parser.add_argument("--dir", type=Path, help=f"where the copies are (default: {MINE}/ of the course)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Put a fresh copy of a lab in its place."""
    root = find_root()
    lab = Course.load(root).lab(args.lab)
    fresh = root / "labs" / args.lang / f"{lab.slug}.ipynb"
    if not fresh.is_file():
        raise CourseProblem(fresh, "is not there", "Make it with `ecslab build`")
    mine = (args.dir or root / MINE) / args.lang / fresh.name
    kept = keep(mine)
    mine.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(fresh, mine)
    if kept is not None:
        sys.stdout.write(f"kept the old notebook as {kept}\n")
    sys.stdout.write(f"fresh: {mine}\n")
    return 0


def keep(path: Path) -> Path | None:
    """Move a file aside, to a name that is free; returns it, or None when there was nothing to keep."""
    if not path.exists():
        return None
    nth = 1
    while (aside := path.with_name(f"{path.stem}.before-reset-{nth}{path.suffix}")).exists():
        nth += 1
    return path.rename(aside)
