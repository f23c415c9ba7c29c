"""`ecslab kit`: the instructor's templates, filled in and with the labs in them."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecslab.course.catalog import Course
from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem

KITS = ("github-classroom", "github-grading", "gitlab", "nbgrader")
_BLANK = re.compile(r"@([A-Z_]+)@")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def add_parser(subparsers: Any) -> None:
    """Add `kit`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "kit",
        help="make an instructor's repository or course folder",
        description="Copy a template of the instructor's kit, with labs and addresses filled in.",
    )
    parser.add_argument("name", choices=KITS, help="which template")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that does not exist yet")
    parser.add_argument(
        "--lab", action="append", default=[], metavar="SLUG", help="which lab; nbgrader takes several"
    )
    parser.add_argument("--lang", choices=("en", "ja"), default="en", help="the notebook's language (en)")
    parser.add_argument("--course", metavar="OWNER/NAME", help="your copy of the course's repository")
    parser.add_argument(
        "--ref", default="main", metavar="REF", help="the branch or tag of the course to grade with (main)"
    )
    parser.add_argument(
        "--host", default="https://gitlab.com", metavar="URL", help="of GitLab (https://gitlab.com)"
    )
    parser.set_defaults(run=main)


def main(arguments: argparse.Namespace) -> int:
    """Make it.

    Raises:
        CourseProblem: there is no such lab, the folder exists, or an address is missing.
    """
    root, name, folder = find_root(), arguments.name, arguments.folder
    if folder.exists():
        raise CourseProblem(folder, "exists already", "Choose a new folder: nothing is overwritten")
    course = Course.load(root)
    slugs = [course.lab(slug).slug for slug in arguments.lab]
    if name == "nbgrader":
        slugs = slugs or [lab.slug for lab in course.labs]
    elif name != "github-grading" and len(slugs) != 1:
        raise CourseProblem(
            name, f"needs one lab, not {len(slugs)}", "Say --lab, e.g. --lab 02-first-service"
        )
    blanks = _blanks(arguments, slugs)
    shutil.copytree(root / "kit" / name, folder)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.write_text(_filled(path, blanks), encoding="utf-8")
    for slug in slugs:
        book = root / "labs" / arguments.lang / f"{slug}.ipynb"
        if name == "github-classroom":
            shutil.copyfile(book, folder / book.name)
        elif name == "nbgrader":
            (folder / "source" / slug).mkdir(parents=True)
            shutil.copyfile(book, folder / "source" / slug / book.name)
    sys.stdout.write(f"{folder}: {name}{' for ' + ', '.join(slugs) if slugs else ''}\n")
    return 0


def _blanks(arguments: argparse.Namespace, slugs: list[str]) -> dict[str, str]:
    """What the words between `@` signs stand for."""
    if arguments.name == "nbgrader":
        return {}
    if arguments.course is None or not _REPOSITORY.fullmatch(arguments.course):
        raise CourseProblem(
            arguments.name,
            f"needs the repository with the trusted checks, not {arguments.course!r}",
            "Say --course OWNER/NAME: your copy of the course",
        )
    blanks = {"COURSE": arguments.course, "REF": arguments.ref}
    blanks["COURSE_URL"] = f"{arguments.host.rstrip('/')}/{arguments.course}.git"
    return blanks | ({"LAB": slugs[0]} if slugs else {})


def _filled(path: Path, blanks: Mapping[str, str]) -> str:
    """A template's text with every blank filled in."""

    def fill(found: re.Match[str]) -> str:
        return blanks.get(found[1], found[0])

    return _BLANK.sub(fill, path.read_text(encoding="utf-8"))
