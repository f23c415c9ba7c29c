"""Reads a built site as a browser would: do its links arrive, and does it ask other hosts for anything?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

_FETCHING = {
    "script": ("src",),
    "img": ("src", "srcset"),
    "link": ("href",),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "use": ("href", "xlink:href"),
    "object": ("data",),
}
_NOT_FETCHED = ("canonical", "alternate", "prev", "next")
_CSS_URL = re.compile(r"(?:url\(\s*|@import\s+)['\"]?(https?:)?//", re.IGNORECASE)


@dataclass(slots=True)
class Page:
    """What a page holds.

    Attributes:
        ids: every id, in order, doubles included.
        links: where `<a>` leads to.
        fetches: what the browser fetches when it shows the page.
        headings: (level, id).
    """

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    fetches: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.page.ids.append(found["id"])
        if tag == "a" and "href" in found:
            self.page.links.append(found["href"])
        if re.fullmatch("h[1-6]", tag):
            self.page.headings.append((int(tag[1]), found.get("id", "")))
        if tag == "link" and found.get("rel") in _NOT_FETCHED:
            return
        self.page.fetches += [found[name] for name in _FETCHING.get(tag, ()) if found.get(name)]


def read(path: Path) -> Page:
    """A page of a built site."""
    reader = _Reader()
    reader.feed(path.read_text("utf-8"))
    return reader.page


def broken(site: Path) -> Iterator[str]:
    """The links inside the site that lead nowhere, each as a line that says from where."""
    pages = {path: read(path) for path in sorted(site.rglob("*.html"))}
    ids = {path: set(page.ids) for path, page in pages.items()}
    for path, page in pages.items():
        here = "/" + path.relative_to(site).as_posix().removesuffix("index.html")
        for link in page.links:
            parts = urlsplit(urljoin(f"http://site{here}", link))
            if parts.netloc != "site" or parts.scheme not in ("http", ""):
                continue
            target = site / unquote(parts.path).lstrip("/")
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{here}: {link}: no such page"
            elif parts.fragment and target in ids and unquote(parts.fragment) not in ids[target]:
                yield f"{here}: {link}: no such place on the page"


def foreign(site: Path) -> Iterator[str]:
    """What the site would fetch from other hosts, each as a line."""
    for path in sorted(site.rglob("*.html")):
        for fetched in read(path).fetches:
            if urlsplit(fetched).netloc:
                yield f"{path.relative_to(site)}: {fetched}"
    for path in sorted(site.rglob("*.css")):
        if _CSS_URL.search(path.read_text("utf-8")):
            yield f"{path.relative_to(site)}: a style sheet fetches from another host"
