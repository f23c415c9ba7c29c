"""Reading `aws` commands the way a shell does: quotes, backslashes, comments, and `$name` for Python variables.

A cell of `%%aws` may hold several commands, one a line; a line that ends in a backslash goes on. `$name` and
`${expression}` are replaced by values of the notebook; a value stays one argument. Single quotes keep the dollar.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ecslab.notebook.tidy import LabError

Value = Callable[[str], Any]
_NAME = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_]\w*))")
_NOT_OURS = ("|", ">", "<", "&&", "||", ";", "&")


def commands(text: str, value: Value) -> list[list[str]]:
    """The commands in a text, as lists of arguments; the word `aws` (and a `$` prompt) in front is optional.

    Args:
        text: what was typed.
        value: gives the value of a Python expression.

    Raises:
        LabError: quotes do not pair, a variable is unknown, or it is a shell's own construct.
    """
    found: list[list[str]] = []
    for words in _split(text, value):
        words = words[1:] if words[0] == "$" else words  # noqa: PLW2901 - a prompt is not part of the command
        words = words[1:] if words and words[0] == "aws" else words  # noqa: PLW2901
        if words:
            found.append(words)
    return found


def _split(text: str, value: Value) -> list[list[str]]:
    lines: list[list[str]] = []
    words: list[str] = []
    word: str | None = None
    at, quote = 0, ""
    while at < len(text):
        char = text[at]
        step = 1
        if quote == "'":
            quote, word = ("", word) if char == "'" else (quote, (word or "") + char)
        elif char == "\\" and at + 1 < len(text):
            follows, step = text[at + 1], 2
            if follows != "\n":
                keep = quote and follows not in '"\\$'
                word = (word or "") + (char if keep else "") + follows
        elif char == "$" and (match := _NAME.match(text, at)):
            word, step = (
                (word or "") + _shown(value((match.group(1) or match.group(2)).strip())),
                len(match.group(0)),
            )
        elif quote:
            quote, word = ("", word) if char == '"' else (quote, (word or "") + char)
        elif char in "'\"":
            quote, word = char, word or ""
        elif char == "#" and word is None:
            while at + step < len(text) and text[at + step] != "\n":
                step += 1
        elif char.isspace():
            if word is not None:
                words.append(word)
                word = None
            if char == "\n" and words:
                lines.append(words)
                words = []
        else:
            _refuse_shell(text, at, alone=word is None)
            word = (word or "") + char
        at += step
    if quote:
        raise LabError(f"a {quote} is opened and never closed")
    if word is not None:
        words.append(word)
    return [*lines, words] if words else lines


def _refuse_shell(text: str, at: int, *, alone: bool) -> None:
    if alone:
        for sign in _NOT_OURS:
            if text.startswith(sign, at):
                raise LabError(
                    f"%%aws runs aws commands, not a shell's {sign!r}; use --query to pick from the answer"
                )
    if text.startswith("$(", at):
        raise LabError("%%aws knows no $(...); put the value into a Python variable and write $name")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
