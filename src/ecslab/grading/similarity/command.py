"""`ecslab similar`: which submissions have code of the same shape; nothing is run and nothing graded."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecslab.course.editions import editions
from ecslab.course.manifest import Manifest
from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.course.source import LANGUAGES, Role
from ecslab.grading.engine.shards import learner_of
from ecslab.grading.intake import NoSuchInput, Shelf, Taken, take
from ecslab.grading.limits import Limits
from ecslab.grading.similarity.compare import Answers, compare
from ecslab.grading.similarity.pages import HTML, JSON, Compared, to_html, to_json
from ecslab.grading.submission import Refused, parse

USAGE = 2


def add_parser(subparsers: Any) -> None:
    """Add `similar` to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "similar",
        help="show which submissions have code of the same shape (information only)",
        description="Compare answers by the shape of their code. Nothing is run; no grade is changed.",
    )
    parser.add_argument(
        "submissions", nargs="+", type=Path, metavar="SUBMISSION", help="as for `ecslab grade`"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--lab", metavar="LAB", help="notebooks of this lab only")
    parser.add_argument("--lang", choices=LANGUAGES, default="en", help="of the page (%(default)s)")
    parser.set_defaults(run=main)


def main(arguments: argparse.Namespace) -> int:
    """Compare, and write what was found."""
    root = find_root()
    try:
        answers = read(arguments.submissions, root, arguments.lab)
    except NoSuchInput as problem:
        sys.stderr.write(f"ecslab similar: {problem}\n")
        return USAGE
    found = []
    for lab, mine in sorted(answers.items()):
        pairs = compare(list(mine.values()), given(root, lab))
        found.append(Compared(lab=lab, answers=mine, pairs=pairs))
        sys.stdout.write(f"{lab}: pairs of the same shape: {len(pairs)}, of {len(mine)} submissions\n")
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / JSON).write_text(to_json(found), encoding="utf-8", newline="")
    (arguments.out / HTML).write_text(to_html(found, arguments.lang), encoding="utf-8", newline="")
    sys.stdout.write(f"{arguments.out / HTML}\n")
    return 0


def _contents(paths: list[Path], limits: Limits, lab: str | None) -> Iterator[tuple[Taken, bytes]]:
    with Shelf() as shelf:
        for taken in take(paths, shelf, file_bytes=limits.file_bytes, lab=lab).taken:
            if taken.content is not None:
                yield taken, taken.content.read()


def read(paths: list[Path], root: Path, lab: str | None) -> dict[str, dict[str, Answers]]:
    """The answers of every submission that can be read, by lab and name.

    Raises:
        NoSuchInput: a named path is not there.
    """
    limits = Limits()
    found: defaultdict[str, dict[str, Answers]] = defaultdict(dict)
    keys: dict[str, tuple[str, ...]] = {}
    for taken, content in _contents(paths, limits, lab):
        try:
            submission = parse(content, limits)
        except Refused:
            continue
        if submission.lab not in keys:
            keys[submission.lab] = _keys(root, submission.lab)
        sources = {key: submission.sources[key] for key in keys[submission.lab] if key in submission.sources}
        learner = taken.learner_id or taken.learner or learner_of(taken)
        if sources:
            found[submission.lab][taken.name] = Answers(name=taken.name, learner=learner, sources=sources)
    return dict(found)


def _keys(root: Path, lab: str) -> tuple[str, ...]:
    """The answer cells of every version of a lab."""
    manifests = [Manifest.load(one.manifest) for one in editions(root, lab).values()]
    return tuple(dict.fromkeys(key for manifest in manifests for key in manifest.answers))


def given(root: Path, lab: str) -> list[str]:
    """The code that everybody has: of every version, and the author's answers.

    Raises:
        CourseProblem: there is no manifest of the lab.
    """
    versions = editions(root, lab).values()
    if not versions:
        raise CourseProblem(root / "course", f"there is no lab {lab!r}", "Build it with `ecslab build`")
    cells = [
        cell for one in versions for cell in Manifest.load(one.manifest).cells if cell.role != Role.PROSE
    ]
    return [source for cell in cells for source in (cell.source, cell.solution) if source]
