"""`ecslab labs`: what labs there are."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ecsim.view.rendering import table
from ecslab.course.catalog import Course
from ecslab.course.places import find_root
from ecslab.notebook.language import language

HEAD = {
    "en": ("lab", "title", "chapter", "minutes", "points", "do before"),
    "ja": ("ラボ", "タイトル", "章", "分", "配点", "先に行うラボ"),
}


def add_parser(subparsers: Any) -> None:
    """Add `labs`."""
    parser = subparsers.add_parser("labs", help="list the labs")
    parser.add_argument(
        "--lang", choices=sorted(HEAD), default=language(), help="the language (default: %(default)s)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the labs."""
    course = Course.load(find_root())
    rows = [
        (
            lab.slug,
            lab.title[args.lang],
            lab.chapter,
            str(lab.minutes),
            str(lab.points),
            ", ".join(lab.requires) or "-",
        )
        for lab in course.labs
    ]
    sys.stdout.write("\n".join(table([HEAD[args.lang], *rows])) + "\n")
    return 0
