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
    reader = _Reader(text, value)
    while reader.at < len(text):
        reader.step()
    return reader.finish()


class _Reader:
    """Reads a text, character by character."""

    def __init__(self, text: str, value: Value) -> None:
        self.text, self.at = text, 0
        self._value = value
        self._quote = ""
        self._word: str | None = None
        self._words: list[str] = []
        self._lines: list[list[str]] = []

    def step(self) -> None:
        """Read on."""
        char = self.text[self.at]
        if self._quote == "'" or char not in "\\$":
            if self._quote:
                self._quoted(char)
            else:
                self._bare(char)
            self.at += 1
        elif char == "\\":
            self._escaped()
        elif (match := _NAME.match(self.text, self.at)) is not None:
            self._add(_shown(self._value((match.group(1) or match.group(2)).strip())))
            self.at = match.end()
        else:
            _refuse_shell(self.text, self.at, alone=False)
            self._add(char)
            self.at += 1

    def finish(self) -> list[list[str]]:
        """The commands, when all is read."""
        if self._quote:
            raise LabError(f"a {self._quote} is opened and never closed")
        self._end_line()
        return self._lines

    def _quoted(self, char: str) -> None:
        if char == self._quote:
            self._quote = ""
        else:
            self._add(char)

    def _bare(self, char: str) -> None:
        if char in "'\"":
            self._quote = char
            self._add("")
        elif char == "#" and self._word is None:
            end = self.text.find("\n", self.at)
            self.at = (len(self.text) if end < 0 else end) - 1
        elif char == "\n":
            self._end_line()
        elif char.isspace():
            self._end_word()
        else:
            _refuse_shell(self.text, self.at, alone=self._word is None)
            self._add(char)

    def _escaped(self) -> None:
        follows = self.text[self.at + 1 : self.at + 2]
        self.at += 2
        if follows == "\n":
            return
        self._add(("\\" if self._quote and follows not in '"\\$' else "") + follows)

    def _add(self, text: str) -> None:
        self._word = (self._word or "") + text

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
            self._word = None

    def _end_line(self) -> None:
        self._end_word()
        if self._words:
            self._lines.append(self._words)
            self._words = []


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
