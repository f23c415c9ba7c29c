"""What all pages share: the frame, the style, and text as HTML. No script, nothing loaded from anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from html import escape
from importlib import resources

from ecsim.view.style import DARK, LIGHT
from ecslab.grading.outputs.inert import line, lines

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_NAMES = ("bg", "card", "line", "text", "soft", "accent", "good", "warn", "bad", "chip")


def _variables(colours: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{colours[name]}" for name in _NAMES)


_COLOURS = (
    f":root{{color-scheme:light dark;{_variables(LIGHT)}}}"
    f"@media(prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    f"@media print{{:root{{color-scheme:light;{_variables(LIGHT)}}}}}"
)


@cache
def _style() -> str:
    rules = resources.files("ecslab.grading.outputs").joinpath("page.css").read_text(encoding="utf-8")
    return _COLOURS + "".join(rule.strip() for rule in rules.partition("*/")[2].splitlines())


def page(title: str, lang: str, body: list[str], *, style: str = "") -> str:
    """A whole page.

    Args:
        title: plain text.
        lang: "en" or "ja".
        body: HTML.
        style: more CSS.
    """
    parts = [
        "<!doctype html>",
        f'<html lang="{escape(lang)}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        '<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">',
        f"<title>{plain(title)}</title><style>{_style()}{style}</style></head><body><main>",
        *body,
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def plain(text: str) -> str:
    """One line of text."""
    return escape(line(text))


def worded(text: str) -> str:
    """Text of several lines, with `code` marked."""
    marked = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", escape(lines(text)))
    return marked.replace("\n", "<br>")


def bar(share: float) -> str:
    """How much of the whole; only for the eye, the numbers stand beside it."""
    return f'<div class="bar" aria-hidden="true"><span style="width:{100 * min(max(share, 0), 1):.1f}%"></span></div>'
