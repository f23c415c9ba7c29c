"""Where on the course's site a chapter's section is: what checks say under "look at", as an address.

Checks say `chapter 02, "Task definition"` or 「第 02 章「タスク定義」」; headings in `docs/<lang>/NN-*.md` are
`## Task definition { #task-definition }`, the same anchor in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

LANGUAGES = ("en", "ja")
_HEADING = re.compile(r"^#{1,4}\s+(.+?)\s*\{\s*#([a-z0-9-]+)\s*\}\s*$", re.MULTILINE)
_LOOK = {"en": 'chapter {number}, "{title}"', "ja": "第 {number} 章「{title}」"}
_PREFIX = {"en": "", "ja": "ja/"}


def chapter_links(root: Path) -> Mapping[str, Mapping[str, str]]:
    """By language and "look at": the page and anchor, relative to the site's home.

    Args:
        root: the folder that holds `docs/`; without it there are no links.
    """
    return {lang: dict(_links(root / "docs" / lang, lang)) for lang in LANGUAGES}


def _links(folder: Path, lang: str) -> list[tuple[str, str]]:
    found = []
    for path in sorted(folder.glob("[0-9][0-9]-*.md")):
        number = path.name[:2]
        for title, anchor in _HEADING.findall(path.read_text(encoding="utf-8")):
            look = _LOOK[lang].format(number=number, title=title.replace("`", ""))
            found.append((look, f"{_PREFIX[lang]}{path.stem}/#{anchor}"))
    return found
