"""JSON as manual pages print it: a comma too few or too many, braces left out, `...` where something was cut."""

from __future__ import annotations

import json
import re
from typing import Any

_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\]:,])|(?P<word>[^\s{}\[\]:,"]+))')
_CLOSING = ("}", "]")


def read(text: str) -> dict[str, Any]:
    """Read an object; what is missing at its end is taken as said."""
    tokens = _tokens(text)
    if tokens and tokens[0] != "{":
        tokens.insert(0, "{")
    value = _value(tokens)
    assert isinstance(value, dict), text[:80]
    return value


def _tokens(text: str) -> list[str]:
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        assert match is not None, f"cannot be read: {text[at : at + 40]!r}"
        at = match.end()
        tokens.append(match["text"] or match["mark"] or match["word"])
    return [token for token in tokens if token not in (",", "...")]


def _value(tokens: list[str]) -> Any:
    token = tokens.pop(0)
    if token == "{":
        return _pairs(tokens)
    if token == "[":
        return _items(tokens)
    return json.loads(token)


def _pairs(tokens: list[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    while tokens and tokens[0] not in _CLOSING:
        name = json.loads(tokens.pop(0))
        assert tokens.pop(0) == ":", f"{name} has no value"
        pairs[name] = _value(tokens)
    if tokens:
        tokens.pop(0)
    return pairs


def _items(tokens: list[str]) -> list[Any]:
    """The items of a list; pairs without braces are one object."""
    items: list[Any] = []
    while tokens and tokens[0] not in _CLOSING:
        if tokens[1:2] == [":"]:
            items.append(_pairs_of_item(tokens))
        else:
            items.append(_value(tokens))
    if tokens:
        tokens.pop(0)
    return items


def _pairs_of_item(tokens: list[str]) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    while tokens and tokens[0] not in _CLOSING:
        name = json.loads(tokens.pop(0))
        tokens.pop(0)
        pairs[name] = _value(tokens)
    return pairs
