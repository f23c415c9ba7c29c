"""The shape of code: fingerprints of its statements that survive other names, other order, other comments.

Each statement becomes a row of tokens: kinds of syntax, attributes, keyword arguments and constants, but no name that
the learner chose. Of every `GRAM` tokens in a row a hash is made, and of `WINDOW` hashes in a row the least is kept
(winnowing: Schleimer, Wilkerson, Aiken 2003), so that equal stretches keep equal hashes wherever they begin. Statements
are looked at one by one: their order does not matter. Lines for the shell (`!`, `%`, `%%aws`) are rows of words.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

GRAM, WINDOW, SHORTEST = 10, 4, 6
"""Tokens of a fingerprint; hashes out of which one is kept; shorter rows say nothing about anybody."""
_MAGIC = re.compile(r"^(\s*)([!%].*)$")
_CAPTURED = re.compile(r"^(\s*[\w, ]+=\s*)([!%].*)$")
_WORD = re.compile(r"--?[A-Za-z][\w-]*|\w[\w.:/-]*|\S")
_SOURCE_MAX = 100_000
_PRIME, _FACTOR = 2**61 - 1, 1_000_003


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint, and the lines that it stands for, from 1."""

    print: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    line: int


def marks(source: str) -> list[Mark]:
    """The fingerprints of a cell, in the order of its lines; what is no Python is taken by its words."""
    found: list[Mark] = []
    for row in _rows(source[:_SOURCE_MAX]):
        found += _winnowed(row)
    return found


def _rows(source: str) -> Iterator[list[_Token]]:
    """The rows of tokens: one for each statement or line for the shell."""
    lines = source.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%"):
        yield from _shell(lines)
        return
    python, shell = [], [""] * len(lines)
    for number, line in enumerate(lines):
        found = _MAGIC.match(line) or _CAPTURED.match(line)
        if found is None:
            python.append(line)
        else:
            shell[number] = found[2]
            python.append(f"{found[1]}None")
    yield from _shell(shell)
    try:
        tree = ast.parse("\n".join(python))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from _shell(lines)
        return
    yield from _statements(tree.body)


def _shell(lines: Sequence[str]) -> Iterator[list[_Token]]:
    """Lines of words; a line that ends in a backslash goes on."""
    row: list[_Token] = []
    for number, line in enumerate(lines, start=1):
        text = line.split(" #", 1)[0].rstrip()
        if text.lstrip().startswith(("#", "%%")):
            text = ""
        goes_on = text.endswith("\\")
        row += [_Token(word, number) for word in _WORD.findall(text.rstrip("\\"))]
        if not goes_on:
            yield row
            row = []
    yield row


def _statements(body: Sequence[ast.stmt]) -> Iterator[list[_Token]]:
    """A row for each statement; the statements within it have rows of their own."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring, or what stands for a line of the shell
        row: list[_Token] = []
        inner: list[ast.stmt] = []
        _walk(statement, row, inner, statement.lineno)
        yield row
        yield from _statements(inner)


def _walk(node: ast.AST, row: list[_Token], inner: list[ast.stmt], line: int) -> None:
    line = getattr(node, "lineno", line)
    row.append(_Token(_shape(node), line))
    for name in node._fields:
        value = getattr(node, name, None)
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.stmt):
                inner.append(child)
            elif isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                _walk(child, row, inner, line)


def _shape(node: ast.AST) -> str:
    """What is seen of a node: what AWS and Python call things, and values, but no name of the learner's."""
    if isinstance(node, ast.Attribute):
        return f".{node.attr}"
    if isinstance(node, ast.keyword):
        return f"{node.arg}="
    if isinstance(node, ast.Constant):
        return f"{type(node.value).__name__} {' '.join(str(node.value).split())[:200]}"
    if isinstance(node, ast.alias):
        return f"import {node.name}"
    return type(node).__name__


def _winnowed(row: Sequence[_Token]) -> list[Mark]:
    if len(row) < SHORTEST:
        return []
    size = min(GRAM, len(row))
    prints = _rolled([_number(token.text) for token in row], size)
    chosen: dict[int, None] = {}
    for start in range(max(1, len(prints) - WINDOW + 1)):
        window = prints[start : start + WINDOW]
        chosen[start + window.index(min(window))] = None
    return [
        Mark(prints[nth], row[nth].line, max(token.line for token in row[nth : nth + size])) for nth in chosen
    ]


def _rolled(numbers: Sequence[int], size: int) -> list[int]:
    """The hash of each `size` numbers in a row (Karp and Rabin)."""
    leaving = pow(_FACTOR, size, _PRIME)
    found, value = [], 0
    for nth, number in enumerate(numbers):
        value = (value * _FACTOR + number) % _PRIME
        if nth >= size:
            value = (value - numbers[nth - size] * leaving) % _PRIME
        if nth >= size - 1:
            found.append(value)
    return found


@lru_cache(maxsize=200_000)
def _number(text: str) -> int:
    """The same number for the same token, in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=7).digest(), "big")
