"""Lines that become other lines before Markdown is read: `lab` cards, `::: notebook` pages, hidden comments."""

from __future__ import annotations

import re
from pathlib import Path

from markdown import Markdown
from markdown.preprocessors import Preprocessor
from pymdownx.superfences import SuperFencesException  # type: ignore[import-untyped]

from ecslab.site import labs
from ecslab.site.blocks import without_directives
from ecslab.site.fences.terms import glossary
from ecslab.site.words import word

_PAGE = re.compile(r"^::: (?P<what>notebook|glossary)(?: (?P<slug>[\w-]+))?\s*$")
_LAB = re.compile(r"^```lab\s*$")
_MARKED = re.compile(r"^(?P<text>\s*[^#\s].*\S)\s+(?P<mark>\{ ?\.(?:operate|develop) ?\})\s*$")


class CourseLines(Preprocessor):  # type: ignore[misc]
    """Expands what the course's pages say in one line."""

    def __init__(self, md: Markdown, *, lang: str, root: Path) -> None:
        super().__init__(md)
        self._lang = lang
        self._root = root

    def run(self, lines: list[str]) -> list[str]:
        """The lines that Markdown sees."""
        try:
            lines = without_directives(lines)
            out: list[str] = []
            at = 0
            while at < len(lines):
                page = _PAGE.match(lines[at])
                marked = _MARKED.match(lines[at])
                if _LAB.match(lines[at]) and at + 2 < len(lines):
                    out += labs.card(self._root, self._lang, lines[at + 1].strip())
                    at += 3
                elif page:
                    out += self._page(page["what"], page["slug"] or "")
                    at += 1
                elif marked:
                    out += [marked["text"], marked["mark"]]
                    at += 1
                else:
                    out.append(lines[at])
                    at += 1
        except (ValueError, LookupError, OSError) as error:
            raise SuperFencesException(str(error)) from error
        return out

    def _page(self, what: str, slug: str) -> list[str]:
        if what == "notebook":
            return labs.page(self._root, self._lang, slug, self.md.htmlStash.store)
        rows = ["| " + " | ".join(self._heads()) + " |", "| --- | --- | --- |"]
        for term in sorted(glossary(self._root / "GLOSSARY.md"), key=lambda term: term.english.casefold()):
            first, second = (
                (term.english, term.japanese) if self._lang == "en" else (term.japanese, term.english)
            )
            rows.append(f'| <span id="{term.key}">{first}</span> | {second} | {term.meaning(self._lang)} |')
        return rows

    def _heads(self) -> tuple[str, str, str]:
        languages = ("English", "日本語") if self._lang == "en" else ("日本語", "English")
        return (*languages, word(self._lang, "meaning"))
