"""`python -m ecslab.site refresh [--check] [PAGE…]`: what the pages generate. `stamp`: see below.

`stamp` writes into each Japanese chapter which English text it translates: do it when both say the same again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ecslab.site import fidelity, pages, parity, recordings
from ecslab.site.fences import project_folder
from ecslab.site.stage import StageError


def main(arguments: list[str] | None = None) -> int:
    """Refresh what is generated inside the pages. Answers 1 when `--check` finds something stale."""
    parser = argparse.ArgumentParser(prog="python -m ecslab.site", description=__doc__)
    parser.add_argument("verb", choices=["refresh", "stamp"])
    parser.add_argument("--check", action="store_true", help="write nothing, tell what is stale")
    parser.add_argument("pages", nargs="*", type=Path, help="only these pages (and no recordings)")
    chosen = parser.parse_intermixed_args(arguments)
    root = project_folder(Path.cwd())
    stale: list[Path] = []
    if chosen.verb == "stamp":
        return _told(parity.stamp(root, check=chosen.check), check=chosen.check)
    if not chosen.pages:
        stale += [*recordings.refresh(root, check=chosen.check), *fidelity.refresh(root, check=chosen.check)]
    failed = False
    for page in chosen.pages or chapter_pages(root):
        try:
            changes = list(pages.fresh(page))
        except StageError as error:
            print(error, file=sys.stderr)  # noqa: T201 - a command line's answer
            failed = True
            continue
        if changes:
            stale.append(page)
            if not chosen.check:
                page.write_text(pages.refreshed(page.read_text("utf-8"), changes), "utf-8")
    return int(failed) or _told(stale, check=chosen.check)


def _told(stale: list[Path], *, check: bool) -> int:
    for path in stale:
        print(f"{'stale' if check else 'refreshed'}: {path}")  # noqa: T201
    return int(check and bool(stale))


def chapter_pages(root: Path) -> list[Path]:
    """The chapters of both languages."""
    return [page for lang in ("en", "ja") for page in sorted((root / "docs" / lang).glob("*.md"))]


if __name__ == "__main__":
    sys.exit(main())
