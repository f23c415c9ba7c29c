"""Glossary terms: a bold first use shows the meaning on hover, on focus and on touch."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from ecslab.site.fences.fields import plain

COLUMNS = ("English", "日本語", "Meaning", "意味")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A row of GLOSSARY.md."""

    english: str
    japanese: str
    meaning_en: str
    meaning_ja: str

    @property
    def key(self) -> str:
        """Its anchor on the glossary page, the same in both languages."""
        return "term-" + re.sub(r"[^a-z0-9]+", "-", self.english.lower()).strip("-")

    def name(self, lang: str) -> str:
        """The term in a language."""
        return self.japanese if lang == "ja" else self.english

    def names(self, lang: str) -> list[str]:
        """What a page may call it, in small letters: "Full Name (FN)" is also "full name" and "fn"."""
        name = self.name(lang).casefold()
        both = re.fullmatch(r"(.+?)\s*\((.+)\)", name)
        return [name, both[1], both[2]] if both else [name]

    def meaning(self, lang: str) -> str:
        """What it means, in a language."""
        return self.meaning_ja if lang == "ja" else self.meaning_en


@functools.cache
def glossary(path: Path) -> tuple[Term, ...]:
    """The rows of GLOSSARY.md's table; empty when there is no such file.

    Raises:
        ValueError: a row that has not four cells.
    """
    if not path.is_file():
        return ()
    found: list[Term] = []
    inside = False
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.strip().startswith("|"):
            inside = False
        elif tuple(cells) == COLUMNS:
            inside = True
        elif inside and not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            if len(cells) != len(COLUMNS):
                raise ValueError(f"GLOSSARY.md:{number}: {len(cells)} cells instead of {len(COLUMNS)}")
            found.append(
                Term(
                    english=plain(cells[0]),
                    japanese=plain(cells[1]),
                    meaning_en=cells[2],
                    meaning_ja=cells[3],
                )
            )
    return tuple(found)


class CourseTerms(Treeprocessor):  # type: ignore[misc]
    """Gives the first bold use of each term on a page its meaning."""

    def __init__(self, md: Markdown, *, lang: str, root: Path) -> None:
        super().__init__(md)
        self._lang = lang
        self._path = root / "GLOSSARY.md"

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        known = {name: term for term in glossary(self._path) for name in term.names(self._lang)}
        seen: set[str] = set()
        for strong in [element for element in root.iter("strong") if not len(element)]:
            text = (strong.text or "").casefold()
            term = known.get(text) or known.get(text.removesuffix("s"))
            if term is None or term.key in seen:
                continue
            seen.add(term.key)
            self._explain(strong, term)

    def _explain(self, strong: Element, term: Term) -> None:
        name = strong.text
        strong.text = None
        key = f"tip-{term.key}"
        word = Element("dfn", {"class": "term", "tabindex": "0", "aria-describedby": key})
        word.text = name
        tip = Element("span", {"class": "term__tip", "role": "tooltip", "id": key, "data-search-exclude": ""})
        tip.text = plain(term.meaning(self._lang))
        strong.append(word)
        strong.append(tip)
