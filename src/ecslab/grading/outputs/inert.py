"""Text that learners may have written, made harmless for who reads it: terminals, CI logs, spreadsheets, XML, Markdown.

HTML has `html.escape`. Letters, Japanese ones among them, stay as they are.
"""

from __future__ import annotations

import re
import unicodedata

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula; the last four are the full-width forms."""
_PUNCTUATION = re.compile(r"([!-/:-;=?@\[-`{-~])")
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""They turn the direction of what follows."""


def line(text: str) -> str:
    """One printable line: controls, escapes, turns of direction and line ends become blanks or �."""
    return " ".join(_shown(text).split())


def lines(text: str) -> str:
    """Printable lines; tabs stay."""
    return "\n".join("\t".join(_shown(part) for part in one.split("\t")) for one in text.split("\n"))


def _shown(text: str) -> str:
    return text if text.isprintable() else "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char in "\r\n\t\v\f\x85\u2028\u2029":
        return " "
    if char in _BIDI or (unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co")):
        return "\N{REPLACEMENT CHARACTER}"
    return char


def log_line(text: str) -> str:
    """A line of a CI log that is no command there.

    GitHub's runner takes lines that begin with `::` and, anywhere in a line, `##[` for commands (actions/runner,
    `ActionCommand.cs`); GitLab takes `section_start:` at an escape, which `line` removes.
    """
    safe = line(text).replace("##[", "# #[")
    return f"\N{ZERO WIDTH SPACE}{safe}" if safe.startswith("::") else safe


def cell(text: str) -> str:
    """A spreadsheet's cell that is no formula: an apostrophe goes before what begins like one."""
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) else text


def xml(text: str) -> str:
    """Text that XML 1.0 allows; escaping is the writer's part."""
    if text.isprintable():
        return text
    return "".join(
        char if char in "\n\t" or _in_xml(ord(char)) else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def _in_xml(code: int) -> bool:
    """Of `Char` in XML 1.0, what is also printable: no C1 controls."""
    allowed = 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF  # noqa: PLR2004 - of the standard
    return allowed and not 0x7F <= code <= 0x9F  # noqa: PLR2004


def markdown(text: str) -> str:
    """One line of GitHub's Markdown that shows the text and does nothing: no tags, links, mentions, tables."""
    safe = line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _PUNCTUATION.sub(lambda found: found[0] if found[0] in "&;" else f"\\{found[0]}", safe)
    return safe.replace("\\@", "\\@\N{ZERO WIDTH SPACE}")


def command_data(text: str) -> str:
    """The message of a workflow command (actions/toolkit, `packages/core/src/command.ts`: `escapeData`)."""
    safe = lines(text).replace("##[", "# #[")
    return safe.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of a workflow command (the same file: `escapeProperty`)."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")
