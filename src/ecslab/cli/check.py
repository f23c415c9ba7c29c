"""`ecslab check`: run a saved notebook afresh, from top to bottom, and say what its checks say.

As in a grade, only the answers are the learner's; every other cell is the course's own.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ecslab.course.manifest import Manifest, manifest_path
from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LANGUAGES, Cell, Role, read
from ecslab.notebook.language import language

BYTES_MAX = 20_000_000


def add_parser(subparsers: Any) -> None:
    """Add `check`."""
    parser = subparsers.add_parser("check", help="run a notebook afresh and show what its checks say")
    parser.add_argument("notebook", type=Path, help="the notebook")
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="the language of the explanations (default: the notebook's)"
    )
    parser.add_argument("--seed", type=int, help="the seed (default: the notebook's)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check a notebook; the exit code is 0 when every check passes."""
    from ecslab.notebook.inprocess import run_cells, surroundings

    root = find_root()
    book = load(args.notebook)
    about = book["metadata"].get("ecslab") or {}
    manifest = authority(args.notebook, root, about)
    lang = args.lang or (about["lang"] if about.get("lang") in LANGUAGES else language())
    answers = {
        str(cell.get("id")): _source(cell) for cell in book["cells"] if cell.get("cell_type") == "code"
    }
    cells = [
        cell for cell in read(root / "course" / manifest.lab / "lab.md").cells if cell.role is not Role.PROSE
    ]
    seed = args.seed if args.seed is not None else about.get("seed")
    earned = 0
    with surroundings(root, lang, seed if isinstance(seed, int) else None):
        runs = run_cells([(cell, _text(cell, answers)) for cell in cells])
    for one in runs:
        if one.role is Role.CHECK:
            sys.stdout.write("\n".join([one.line or f"[fail] {one.check}: {one.error}", *one.shown]) + "\n\n")
            earned += manifest.checks[str(one.check)].points if one.passed else 0
        elif one.error is not None:
            sys.stdout.write(f"{one.key}: {one.error}\n\n")
    sys.stdout.write(f"{manifest.lab}: {earned} of {manifest.points} points\n")
    return 0 if earned == manifest.points else 1


def load(path: Path) -> dict[str, Any]:
    """Read a notebook file.

    Raises:
        CourseProblem: it is not one.
    """
    try:
        if path.stat().st_size > BYTES_MAX:
            raise CourseProblem(
                path, f"is larger than {BYTES_MAX // 1_000_000} MB", "Clear its outputs and save it"
            )
        book = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseProblem(
            path, f"cannot be read ({error.strerror})", "Give the path of a notebook"
        ) from None
    except ValueError:
        raise CourseProblem(path, "is not a notebook", "Give the path of a .ipynb file") from None
    fits = (
        isinstance(book, dict)
        and isinstance(book.get("cells"), list)
        and isinstance(book.get("metadata"), dict)
    )
    if not fits or not all(isinstance(cell, dict) for cell in book["cells"]):
        raise CourseProblem(path, "is not a notebook", "Give the path of a .ipynb file")
    return dict(book)


def authority(path: Path, root: Path, about: Any) -> Manifest:
    """The manifest of the lab that a notebook says it is.

    Raises:
        CourseProblem: it names none that this course has.
    """
    lab, version = (about.get("lab"), about.get("version")) if isinstance(about, dict) else (None, None)
    labs = sorted(folder.parent.name for folder in (root / "course").glob("*/lab.md"))
    if lab not in labs:
        raise CourseProblem(path, f"is not a lab of this course ({lab!r})", f"There are: {', '.join(labs)}")
    manifest = Manifest.load(manifest_path(root, lab, int(version) if isinstance(version, int) else 1))
    newest = read(root / "course" / lab / "lab.md").version
    if manifest.version != newest:
        raise CourseProblem(
            path,
            f"is version {manifest.version} of the lab; here is version {newest}",
            "Get the new one: ecslab reset",
        )
    return manifest


def _text(cell: Cell, answers: dict[str, str]) -> str:
    starter = cell.source("en", solved=False)
    return answers.get(cell.key, starter) if cell.role is Role.ANSWER else starter


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
