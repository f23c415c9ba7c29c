"""`ecslab build`: from the sources of labs to what learners open, the solved references, and the manifests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecslab.course.manifest import manifest_of, manifest_path
from ecslab.course.release import notebook, text_of
from ecslab.course.source import LANGUAGES, LabSource, read
from ecslab.course.variant import variant_of
from ecslab.notebook.execute import execute

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """One file that a build makes.

    Attributes:
        path: relative to the root.
        text: its content.
    """

    path: Path
    text: str


def build_lab(
    source: LabSource, root: Path, *, seed: int | None = None, run: bool = True, tell: Tell
) -> Iterator[Built]:
    """Every file that is made of one lab.

    Args:
        source: the lab.
        root: the folder of the course.
        seed: another seed than the lab's own, for a variant.
        run: whether to run the solved notebooks; without, only what needs no running is made.
        tell: is told what is going on.

    Raises:
        CourseProblem: the source is wrong, or a solved notebook fails.
    """
    values = variant_of(source.folder, source.seed if seed is None else seed)
    for lang in LANGUAGES:
        unsolved = notebook(source, lang, solved=False, values=values, seed=seed)
        yield Built(path=Path("labs") / lang / f"{source.slug}.ipynb", text=text_of(unsolved))
    path = manifest_path(root, source.slug, source.version).relative_to(root)
    yield Built(path=path, text=manifest_of(source).text())
    if not run:
        return
    for lang in LANGUAGES:
        tell(f"{source.slug}: running the solution ({lang})")
        solved = notebook(source, lang, solved=True, values=values, seed=seed)
        folder = root / "course"
        execute(solved, root=root, lang=lang, folder=folder)
        yield Built(path=Path("solutions") / lang / f"{source.slug}.ipynb", text=text_of(solved))


def build(
    root: Path,
    slugs: Sequence[str],
    *,
    out: Path | None = None,
    seed: int | None = None,
    run: bool = True,
    tell: Tell,
) -> list[Path]:
    """Write what differs from what is there; returns the files that were written.

    Args:
        root: the folder of the course.
        slugs: the labs.
        out: where to write; the root when None.
        seed: see build_lab.
        run: see build_lab.
        tell: see build_lab.
    """
    written = []
    target = out or root
    for slug in slugs:
        for built in build_lab(read(root / "course" / slug / "lab.md"), root, seed=seed, run=run, tell=tell):
            path = target / built.path
            if _content(path) != built.text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(built.text, encoding="utf-8")
                written.append(path)
    return written


def stale(root: Path, slugs: Sequence[str], *, run: bool = True, tell: Tell) -> list[Path]:
    """The files that a build would change."""
    return [
        built.path
        for slug in slugs
        for built in build_lab(read(root / "course" / slug / "lab.md"), root, run=run, tell=tell)
        if _content(root / built.path) != built.text
    ]


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
