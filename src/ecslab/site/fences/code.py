"""`console` and `output`: commands and what they answered, so that a copy takes the commands alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape

from pygments import highlight  # type: ignore[import-untyped]
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]

from ecslab.site.fences.fields import FenceError

PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command of a console block and the lines after it."""

    command: str
    output: str


def exchanges(body: str) -> tuple[Exchange, ...]:
    r"""The commands of a console block. A command goes on while its lines end in a backslash.

    Raises:
        FenceError: text before the first command.
    """
    found: list[Exchange] = []
    lines = body.split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].startswith(PROMPT):
            if lines[at].strip():
                raise FenceError(f"console: a block begins with '$ ', not with {lines[at]!r}")
            at += 1
            continue
        command = [lines[at].removeprefix(PROMPT)]
        while command[-1].endswith("\\") and at + 1 < len(lines):
            at += 1
            command.append(lines[at])
        at += 1
        start = at
        while at < len(lines) and not lines[at].startswith(PROMPT):
            at += 1
        found.append(Exchange("\n".join(command), "\n".join(lines[start:at]).rstrip()))
    if not found:
        raise FenceError("console: no command (a line that begins with '$ ')")
    return tuple(found)


def coloured(text: str, language: str) -> str:
    """Text as HTML spans in the classes that the theme colours."""
    return str(
        highlight(text, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    ).rstrip("\n")


def output(body: str) -> str:
    """What a program printed, JSON coloured."""
    try:
        shown = coloured(body, "json") if isinstance(json.loads(body), dict | list) else escape(body)
    except json.JSONDecodeError:
        shown = escape(body)
    # Rows drawn with lines are kept whole; everything else may wrap on a phone.
    table = " output--table" if any(line.startswith(("|", "+-", "---")) for line in body.splitlines()) else ""
    return f'<pre class="output highlight{table}"><samp>{shown}</samp></pre>'


def console(body: str) -> str:
    """A console block: each command with the output below it.

    Raises:
        FenceError: no command in it.
    """
    parts: list[str] = []
    for exchange in exchanges(body):
        parts.append(
            '<div class="console__command highlight"><pre><code class="language-bash">'
            f"{coloured(exchange.command, 'bash')}</code></pre></div>"
        )
        if exchange.output:
            parts.append(output(exchange.output))
    return f'<div class="console">{"".join(parts)}</div>'
