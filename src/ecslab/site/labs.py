"""Lab pages and lab cards, rendered from the notebooks: the learner's from labs/, what it prints from solutions/."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ecslab.course.catalog import Course, Lab
from ecslab.site.words import word

_HEADING = re.compile(r"^(#{1,6}) (?P<title>.*?)\s*(?P<attrs>\{[^}]*\})?\s*$")
_LINES_OPEN = 24


@dataclass(frozen=True, slots=True)
class Pair:
    """A cell as handed out, and the same cell solved and run; `solved` is None when there is no solution yet."""

    cell: Mapping[str, Any]
    solved: Mapping[str, Any] | None


def card(root: Path, lang: str, slug: str) -> list[str]:
    """The lines of a card that leads to a lab, written for a page in the folder of the chapters."""
    lab = Course.load(root).lab(slug)
    facts = f"{word(lang, 'minutes', n=lab.minutes)} · {word(lang, 'points', n=lab.points)}"
    return [
        "",
        '<div class="lab-card" markdown>',
        f'<p class="lab-card__kind">{escape(word(lang, "lab"))}</p>',
        f'<p class="lab-card__title">{escape(lab.title[lang])}</p>',
        f'<p class="lab-card__facts">{escape(facts)}</p>',
        "",
        f"{button(lang, slug)}",
        f"[{word(lang, 'read_lab')}](labs/{slug}.md){{ .lab-card__read }}",
        "",
        "</div>",
        "",
    ]


def button(lang: str, slug: str) -> str:
    """The button that opens a lab in JupyterLab; elsewhere it tells how to get there."""
    return (
        f'<span class="lab-open"><button type="button" class="button button--main" data-lab="{escape(slug)}" '
        f'data-lang="{lang}">{escape(word(lang, "open_lab"))}</button>'
        f'<span class="lab-open__hint" role="status" data-hint="{escape(word(lang, "lab_hint"))}"></span></span>'
    )


def page(root: Path, lang: str, slug: str, stash: Callable[[str], str]) -> list[str]:
    """The lines of a lab's page.

    Args:
        root: the project folder.
        lang: "en" or "ja".
        slug: the lab.
        stash: keeps finished HTML away from Markdown and answers with what stands for it.

    Raises:
        CourseProblem: no such lab.
        FileNotFoundError: its notebook was not built.
    """
    lab = Course.load(root).lab(slug)
    out: list[str] = []
    for pair in _pairs(root, lang, slug):
        cell = pair.cell
        source = _source(cell)
        if cell["cell_type"] == "markdown":
            out += _prose(source, str(cell.get("id", "")), lab, lang, first=not out, stash=stash)
        else:
            out += _code(pair, source, lang, stash)
    return out


def notebook_file(root: Path, lang: str, slug: str, *, solved: bool = False) -> Path:
    """Where a lab's notebook is."""
    return root / ("solutions" if solved else "labs") / lang / f"{slug}.ipynb"


def _pairs(root: Path, lang: str, slug: str) -> Iterator[Pair]:
    released = json.loads(notebook_file(root, lang, slug).read_text("utf-8"))
    path = notebook_file(root, lang, slug, solved=True)
    solved = json.loads(path.read_text("utf-8"))["cells"] if path.is_file() else []
    by_id = {cell.get("id"): cell for cell in solved}
    for cell in released["cells"]:
        yield Pair(cell, by_id.get(cell.get("id")))


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _prose(
    source: str, key: str, lab: Lab, lang: str, *, first: bool, stash: Callable[[str], str]
) -> list[str]:
    """A text cell: headings get ids from the cell's key, equal in both languages; the first is the page's title."""
    out: list[str] = [""]
    count = 0
    fenced = False
    for line in source.split("\n"):
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            out.append(line)
            continue
        count += 1
        anchor = re.sub(r"[^a-z0-9-]+", "-", key.lower()) + ("" if count == 1 else f"-{count}")
        attrs = heading["attrs"] or f"{{ #{anchor} }}"
        out.append(f"{heading[1]} {heading['title']} {attrs}")
        if first and count == 1:
            facts = f"{word(lang, 'minutes', n=lab.minutes)} · {word(lang, 'points', n=lab.points)}"
            said = escape(word(lang, "download"))
            download = f'<a class="lab-head__file" download href="../{lab.slug}.ipynb">{said}</a>'
            head = f'<div class="lab-head"><p>{escape(facts)}</p>{button(lang, lab.slug)}{download}</div>'
            out += ["", stash(head), ""]
    return [*out, ""]


def _code(pair: Pair, source: str, lang: str, stash: Callable[[str], str]) -> list[str]:
    role = pair.cell.get("metadata", {}).get("ecslab", {}).get("role", "given")
    shown = list(_outputs(pair.solved, stash))
    if role != "answer":
        return [*_fence(source, role), *shown]
    title = word(lang, "your_answer")
    out = [f'<p class="cell-kind">{escape(title)}</p>', "", *_fence(source, role)]
    if pair.solved is not None:
        inner = [*_fence(_source(pair.solved), "solution"), *shown]
        out += [f'??? solution "{word(lang, "show_solution")}"', ""]
        out += [f"    {line}" if line else "" for line in inner]
        out.append("")
    return out


def _fence(source: str, role: str) -> list[str]:
    language = "bash" if source.startswith("%%aws") else "python"
    return ["", f"```{{ .{language} .cell-{role} }}", *source.rstrip("\n").split("\n"), "```", ""]


def _outputs(solved: Mapping[str, Any] | None, stash: Callable[[str], str]) -> Iterator[str]:
    for output in solved.get("outputs", []) if solved else []:
        data = output.get("data", {})
        if output["output_type"] == "stream":
            yield from _printed("".join(output["text"]))
        elif "text/html" in data:
            yield from ["", stash(f'<div class="cell-view">{"".join(data["text/html"])}</div>'), ""]
        elif "text/plain" in data:
            yield from _printed("".join(data["text/plain"]))
        elif output["output_type"] == "error":
            yield from _printed(f"{output['ename']}: {output['evalue']}")


def _printed(text: str) -> list[str]:
    lines = text.rstrip("\n").split("\n")
    fence = "````" if any("```" in line for line in lines) else "```"
    if len(lines) > _LINES_OPEN:
        lines = [*lines[: _LINES_OPEN - 2], "...", lines[-1]]
    return ["", f"{fence}output", *lines, fence, ""]
