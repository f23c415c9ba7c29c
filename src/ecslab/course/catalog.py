"""The course as a list: `course/course.toml`, with what each lab's own front matter says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ecslab.course.problem import CourseProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A lab in the list.

    Attributes:
        slug: e.g. "02-first-service".
        title: by language.
        chapter: the number of the chapter that it belongs to, e.g. "02".
        minutes: how long it takes a learner.
        requires: slugs of labs to do before.
    """

    slug: str
    title: Mapping[str, str]
    chapter: str
    minutes: int
    points: int
    version: int
    seed: int
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The labs in the order in which they are done."""

    root: Path
    title: Mapping[str, str]
    labs: tuple[Lab, ...]

    @classmethod
    def load(cls, root: Path) -> Course:
        """Read course.toml and the front matter of every lab in it.

        Raises:
            CourseProblem: something is missing or does not fit.
        """
        path = root / "course" / "course.toml"
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise CourseProblem(path, f"cannot be read ({error.strerror})", "It lists the labs") from None
        except tomllib.TOMLDecodeError as error:
            raise CourseProblem(path, f"is not TOML: {error}", "Mend that line") from None
        labs: list[Lab] = []
        for entry in data.get("lab", []):
            lab = _lab(path, root, entry)
            if missing := [slug for slug in lab.requires if slug not in {one.slug for one in labs}]:
                raise CourseProblem(
                    path, f"requires {', '.join(missing)}", "List what it requires before it", key=lab.slug
                )
            labs.append(lab)
        return cls(root=root, title=data["course"]["title"], labs=tuple(labs))

    def unlisted(self) -> list[str]:
        """Labs that have a folder and are not in the list: they are being written."""
        listed = {lab.slug for lab in self.labs}
        folders = sorted(path.parent.name for path in (self.root / "course").glob("*/lab.md"))
        return [slug for slug in folders if slug not in listed]

    def lab(self, slug: str) -> Lab:
        """The lab of that slug.

        Raises:
            CourseProblem: there is none.
        """
        for lab in self.labs:
            if lab.slug == slug:
                return lab
        names = ", ".join(lab.slug for lab in self.labs)
        raise CourseProblem(self.root / "course", f"there is no lab {slug!r}", f"There are: {names}")


def _lab(path: Path, root: Path, entry: Mapping[str, Any]) -> Lab:
    want = {"slug": str, "chapter": str, "minutes": int, "requires": list}
    slug = str(entry.get("slug", "?"))
    for name, kind in want.items():
        if not isinstance(entry.get(name), kind):
            raise CourseProblem(
                path, f"`{name}` is missing or is not of type {kind.__name__}", "Add it to [[lab]]", key=slug
            )
    if unknown := sorted(set(entry) - set(want)):
        raise CourseProblem(path, f"unknown: {', '.join(unknown)}", f"Known are {', '.join(want)}", key=slug)
    head = front_matter(root / "course" / slug / "lab.md")
    return Lab(
        slug=slug,
        chapter=entry["chapter"],
        minutes=entry["minutes"],
        requires=tuple(entry["requires"]),
        title=head["title"],
        points=head["points"],
        version=head["version"],
        seed=head["seed"],
    )


def front_matter(path: Path) -> dict[str, Any]:
    """The `ecslab:` part of a lab.md's front matter, without reading its cells.

    Raises:
        CourseProblem: it is not there.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseProblem(path, f"cannot be read ({error.strerror})", "A lab has a lab.md") from None
    parts = text.split("---\n", 2)
    head = yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else None  # noqa: PLR2004 - between two marks
    found = head.get("ecslab") if isinstance(head, dict) else None
    if not isinstance(found, dict):
        raise CourseProblem(
            path, "the front matter has no `ecslab:`", "Begin with ---, ecslab: ..., ---", line=1
        )
    return found
