"""`ecslab report`: make the files of a run anew from its results, without grading: another policy, language or site."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.grading.outputs import results_json
from ecslab.grading.outputs.write import GRADEBOOK, TIMINGS, Timings
from ecslab.grading.reporting import Reporting, add_arguments


def add_parser(subparsers: Any) -> None:
    """Add `report` to the command line."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "report",
        help="make gradebooks and reports anew from results, without grading",
        description="Make gradebooks, feedback and reports anew from what `ecslab grade` found, without grading.",
    )
    parser.add_argument("out", nargs="+", type=Path, metavar="OUT", help="the --out folder of a grading")
    add_arguments(parser)
    parser.set_defaults(run=main)


def main(arguments: argparse.Namespace) -> int:
    """Make the files anew; every folder is read before the first one is written to."""
    root = find_root()
    folders = list(dict.fromkeys(arguments.out))
    read = [
        (out, results_json.load(out / results_json.FILE), _timings(out), Reporting.of(arguments, root, out))
        for out in folders
    ]
    for out, run, timings, reporting in read:
        reporting.write(out, run.results, aside=run.aside, timings=timings, isolation=run.isolation)
        sys.stdout.write(f"{len(run.results)} submissions: {out / GRADEBOOK}\n")
    return 0


def _timings(out: Path) -> Timings:
    """The timings of before; a folder without them has none."""
    path = out / TIMINGS
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise CourseProblem(path, f"cannot be read ({error})", "Remove it, or grade again") from None
    if not isinstance(loaded, dict):
        raise CourseProblem(path, "holds no timings", "Remove it, or grade again")
    return loaded
