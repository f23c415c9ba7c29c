"""`ecslab build` and `ecslab verify`: for those who write labs."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ecslab.course.catalog import Course
from ecslab.course.editions import bump
from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.course.source import read


def add_parser(subparsers: Any) -> None:
    """Add `build`, `bump` and `verify`."""
    build = subparsers.add_parser("build", help="make labs/, solutions/ and the manifests from course/")
    build.add_argument("labs", nargs="*", metavar="LAB", help="which labs (default: all)")
    build.add_argument(
        "--check", action="store_true", help="write nothing; fail when a file is not up to date"
    )
    build.add_argument("--no-run", action="store_true", help="leave the solutions alone, run nothing")
    build.add_argument("--seed", type=int, help="make another variant of the labs; needs --out")
    build.add_argument("--out", type=Path, metavar="DIR", help="write there instead of into the course")
    build.set_defaults(run=run_build)
    bump = subparsers.add_parser(
        "bump", help="keep a lab's version as it is, and count the version up: before a change of its grades"
    )
    bump.add_argument("lab", metavar="LAB", help="the lab, e.g. 02-first-service")
    bump.set_defaults(run=run_bump)
    verify = subparsers.add_parser("verify", help="prove labs: solved = full points, untouched = 0")
    verify.add_argument("labs", nargs="*", metavar="LAB", help="which labs (default: all)")
    verify.add_argument(
        "--seed", type=int, action="append", help="a variant to prove as well; may be repeated"
    )
    verify.add_argument(
        "--mutants",
        action="store_true",
        help="print the changes of the solution that no check notices (minutes)",
    )
    verify.set_defaults(run=run_verify)


def _chosen(root: Path, labs: list[str]) -> list[str]:
    course = Course.load(root)
    for slug in course.unlisted():
        _tell(f"course.toml does not list {slug}: left out")
    return [course.lab(slug).slug for slug in labs] or [lab.slug for lab in course.labs]


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def run_build(args: argparse.Namespace) -> int:
    """Build labs, or tell which files are not up to date."""
    from ecslab.notebook.build import build, stale

    root = find_root()
    slugs = _chosen(root, args.labs)
    if args.seed is not None and args.out is None:
        raise CourseProblem(
            "--seed", "a variant does not belong into the course itself", "Say where with --out DIR"
        )
    if args.check:
        old = stale(root, slugs, run=not args.no_run, tell=_tell)
        for path in old:
            sys.stdout.write(f"not up to date: {path}\n")
        if old:
            _tell("run: ecslab build")
        return 1 if old else 0
    for path in build(root, slugs, out=args.out, seed=args.seed, run=not args.no_run, tell=_tell):
        sys.stdout.write(f"wrote {path}\n")
    return 0


def run_bump(args: argparse.Namespace) -> int:
    """Begin a new version of a lab."""
    root = find_root()
    kept = bump(root, Course.load(root).lab(args.lab).slug)
    sys.stdout.write(f"kept {kept}\nnow change the lab, then: ecslab build {args.lab}\n")
    return 0


def run_verify(args: argparse.Namespace) -> int:
    """Prove labs."""
    from ecslab.notebook.verify import verify

    root = find_root()
    wrong = 0
    for slug in _chosen(root, args.labs):
        found = verify(root, slug, seeds=[None, *(args.seed or ())], tell=_tell)
        for line in found:
            sys.stdout.write(f"✗ {line}\n")
        wrong += len(found)
        if args.mutants:
            wrong += _mutants(root, slug, _tell)
        if not found:
            points = read(root / "course" / slug / "lab.md").points
            sys.stdout.write(
                f"✓ {slug}: {points} of {points} points solved, 0 untouched, in both languages\n"
            )
    return 1 if wrong else 0


def _mutants(root: Path, slug: str, tell: Callable[[str], None]) -> int:
    """Try a lab's mutants; returns how many survive undefended, or are defended although somebody notices."""
    from ecslab.notebook.mutants import mutants_of, outcomes

    source = read(root / "course" / slug / "lab.md")
    total, began, bad, defended = len(mutants_of(source)), time.monotonic(), 0, 0
    for nth, outcome in enumerate(outcomes(source, root), start=1):
        if outcome.noticed is None and outcome.defended is None:
            bad += 1
            sys.stdout.write(f"✗ {slug}: no check notices: {outcome.mutant.id}\n")
        elif outcome.noticed is not None and outcome.defended is not None:
            bad += 1
            sys.stdout.write(f"✗ {slug}: defended, but noticed by {outcome.noticed}: {outcome.mutant.id}\n")
        elif outcome.defended is not None:
            defended += 1
            sys.stdout.write(f"  {slug}: defended: {outcome.mutant.id} ({outcome.defended})\n")
        if nth % 10 == 0 and nth < total:
            left = (time.monotonic() - began) / nth * (total - nth)
            tell(f"{slug}: {nth} of {total} mutants, about {left:.0f} s left")
    sys.stdout.write(
        f"  {slug}: {total} mutants, {total - bad - defended} noticed, {defended} defended, {bad} open\n"
    )
    return bad
