"""Reading a notebook: what is not the course's is refused with a reason, and only keyed code cells are looked at."""

from __future__ import annotations

import json

import pytest

from ecslab.grading.limits import Limits
from ecslab.grading.submission import Refused, parse

LIMITS = Limits(cells=5, source_chars=50)


def book(**changes):
    made = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"ecslab": {"lab": "02-first-service", "version": 1, "lang": "ja", "seed": 2}},
        "cells": [code("answer-1", "x = 1")],
    }
    made.update(changes)
    return made


def code(key, source, **changes):
    return {"cell_type": "code", "id": key, "metadata": {}, "source": source, "outputs": [], **changes}


def ours(**changes):
    return {"ecslab": {"lab": "02-first-service", "version": 1, "lang": "en", **changes}}


def test_a_notebook_is_read():
    found = parse(json.dumps(book()).encode(), LIMITS)
    assert (found.lab, found.version, found.lang) == ("02-first-service", 1, "ja")
    assert found.sources == {"answer-1": "x = 1"}
    assert found.seed == 2


@pytest.mark.parametrize("seed", [None, True, -1, 2**31, "7", 1.5, [7]])
def test_a_strange_seed_counts_as_none(seed):
    assert parse(json.dumps(book(metadata=ours(seed=seed))).encode(), LIMITS).seed is None


def test_lines_are_joined_and_other_cells_are_left_out():
    cells = [
        code("answer-1", ["x = 1\n", "y = 2"]),
        {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "hello"},
        code("x" * 65, "too long a key"),
        code("../answer-1", "a path"),
    ]
    assert parse(json.dumps(book(cells=cells)).encode(), LIMITS).sources == {"answer-1": "x = 1\ny = 2"}


def test_our_key_wins_over_the_id():
    cell = code("other", "x", metadata={"ecslab": {"key": "answer-1"}})
    assert parse(json.dumps(book(cells=[cell])).encode(), LIMITS).sources == {"answer-1": "x"}


REFUSED = {
    "empty": (b"", "not-notebook"),
    "text": (b"hello", "not-notebook"),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", "not-notebook"),
    "list": (b"[]", "not-notebook"),
    "deep": (b"[" * 100_000, "not-notebook"),
    "deep object": (b'{"a":' * 100_000, "not-notebook"),
    "not a number": (b'{"nbformat": NaN}', "not-notebook"),
    "large number": (b'{"nbformat": ' + b"9" * 100_000 + b"}", "not-notebook"),
    "a name twice": (b'{"nbformat": 4, "nbformat": 4}', "not-notebook"),
    "format 3": (book(nbformat=3), "wrong-format"),
    "format true": (book(nbformat=True), "wrong-format"),
    "format text": (book(nbformat="\x1b[2J4"), "wrong-format"),
    "no metadata": (book(metadata=None), "not-notebook"),
    "another notebook": (book(metadata={"kernelspec": {}}), "not-ours"),
    "lab a path": (book(metadata=ours(lab="../../etc")), "unknown-lab"),
    "lab a list": (book(metadata=ours(lab=["02-first-service"])), "unknown-lab"),
    "version text": (book(metadata=ours(version="1")), "unknown-version"),
    "version true": (book(metadata=ours(version=True)), "unknown-version"),
    "version below": (book(metadata=ours(version=-1)), "unknown-version"),
    "cells an object": (book(cells={}), "not-notebook"),
    "a cell is text": (book(cells=["x"]), "not-notebook"),
    "no source": (book(cells=[code("answer-1", None)]), "not-notebook"),
    "source of numbers": (book(cells=[code("answer-1", [1, 2])]), "not-notebook"),
    "twice": (book(cells=[code("answer-1", "a"), code("answer-1", "b")]), "duplicate"),
    "too many": (book(cells=[code(f"a{n}", "") for n in range(6)]), "too-many-cells"),
    "too long": (book(cells=[code("answer-1", "x" * 51)]), "cell-too-long"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name):
    content, want = REFUSED[name]
    with pytest.raises(Refused) as refused:
        parse(content if isinstance(content, bytes) else json.dumps(content).encode(), LIMITS)
    notice = refused.value.notice
    assert notice.code == want
    for lang in ("en", "ja"):
        assert notice.text(lang).isprintable()
        assert len(notice.text(lang)) < 250


def test_a_refused_notebook_of_a_known_lab_says_which():
    with pytest.raises(Refused) as refused:
        parse(json.dumps(book(cells=[code("a", "1"), code("a", "2")])).encode(), LIMITS)
    assert (refused.value.lab, refused.value.version, refused.value.lang) == ("02-first-service", 1, "ja")


def test_half_a_character_does_not_break_the_source():
    content = json.dumps(book()).replace("x = 1", "x = '\\ud800'").encode()
    assert parse(content, LIMITS).sources == {"answer-1": "x = '?'"}
