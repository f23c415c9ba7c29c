"""Margin marks (`{ .operate }`, `{ .develop }`) and the titles of the course's own boxes, per language."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from ecslab.site.words import word

TRACKS = ("operate", "develop")
_BOXES = {"onaws": "onaws", "console": "in_console", "note": "note", "tip": "tip", "warning": "warning"}


class CourseMarks(Treeprocessor):  # type: ignore[misc]
    """Adds what CSS could only draw, so that it is also read aloud."""

    def __init__(self, md: Markdown, *, lang: str) -> None:
        super().__init__(md)
        self._lang = lang

    def run(self, root: Element) -> None:
        """Mark the tree in place."""
        for cell in root.iter("th"):
            if not len(cell) and not (cell.text or "").strip():
                cell.tag = "td"  # a head without words is none
        for parent in list(root.iter()):
            for child in list(parent):
                self._title(child)
                for track in TRACKS:
                    if track in (child.get("class") or "").split():
                        self._mark(parent, child, track)

    def _mark(self, parent: Element, child: Element, track: str) -> None:
        mark = Element("span", {"class": f"track track--{track}"})
        mark.text = word(self._lang, track)
        if child.tag.startswith("h"):
            line = Element("p", {"class": "track-line"})
            line.append(mark)
            parent.insert(list(parent).index(child), line)
        else:
            mark.tail, child.text = child.text, None
            child.insert(0, mark)

    def _title(self, box: Element) -> None:
        classes = (box.get("class") or "").split()
        kind = next((name for name in classes if name in _BOXES), None)
        if kind is None or not (box.tag == "details" or "admonition" in classes) or not len(box):
            return
        if box[0].text == kind.capitalize():
            box[0].text = word(self._lang, _BOXES[kind])
