"""The submissions of a soak: a few dozen, from right to hostile, and copies of them without end."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tests.grading.books import ROOT, Book, blank, reworked, solved
from tests.grading.ways import WAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the few dozen.

    Attributes:
        name: letters and hyphens.
        content: the file.
        weight: how often it comes.
        points: what it is worth; None for what the corpus of hostile ones says elsewhere.
    """

    name: str
    content: bytes
    weight: int
    points: int | None = None


LABS = sorted(path.stem for path in (ROOT / "labs" / "en").glob("*.ipynb"))
WRONG = {
    "raises": "raise SystemError('no idea')",
    "syntax": "def (:",
    "other-calls": "import boto3; boto3.client('ecs', region_name='ap-northeast-1').list_clusters()",
    "chatty": "for n in range(5000): print('line', n)",
    "deep-trace": "def f(n): return f(n + 1)\nf(0)",
}
HOSTILE = {
    "exits": "import os; os._exit(3)",
    "kills-itself": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
    "forks": "import os\nfor n in range(20):\n    if os.fork() == 0:\n        import time; time.sleep(600)",
    "detaches": (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n        time.sleep(600)\n    os._exit(0)"
    ),
    "hoards": "keep = [bytearray(1 << 20) for _ in range(150)]\nfor one in keep: one[::4096] = b'x' * 256",
    "floods": "print('x' * 5_000_000)",
    "litters": "import pathlib\nfor n in range(200): pathlib.Path(f'litter-{n}').write_text('x' * 10_000)",
    "prints-passes": "print('[pass] 1.1 (1/1 points)\\n[pass] 2.1 (2/2 points)')",
    "escapes": "print('\\x1b]0;owned\\x07<script>alert(1)</script>\\n::error::owned')",
}
BROKEN = {
    "empty": b"",
    "not-json": b"{",
    "binary": bytes(range(256)) * 40,
    "deep": b"[" * 100_000,
    "of-nobody": b'{"nbformat": 4, "metadata": {}, "cells": []}',
    "large": b'{"nbformat": 4, "metadata": {}, "cells": [' + b"[]," * 500_000 + b"[]]}",
}


def kinds() -> list[Kind]:
    """All of them, in a fixed order."""
    return [*_right(), *_partly(), *_wrong(), *_hostile()]


def _right() -> Iterator[Kind]:
    for lab in LABS:
        for lang in ("en", "ja"):
            book = solved(lab, lang)
            yield Kind(name=f"solved-{lab}-{lang}", content=book.bytes(), weight=20, points=_all(book))
    for lab, ways in WAYS.items():
        for way, cells in ways.items():
            book = solved(lab).answers(cells)
            yield Kind(name=f"{way}-{lab}", content=book.bytes(), weight=10, points=_all(book))
    yield Kind(name="reworked", content=reworked().bytes(), weight=10, points=_all(reworked()))


def _partly() -> Iterator[Kind]:
    """Only the first few answers."""
    for lab in LABS:
        whole, book = solved(lab), blank(lab)
        keys = [cell["id"] for cell in book.data["cells"] if cell["metadata"]["ecslab"]["role"] == "answer"]
        yield Kind(name=f"blank-{lab}", content=book.bytes(), weight=10)
        for count in (1, len(keys) // 2):
            for key in keys[:count]:
                book.answer(key, "".join(whole.cell(key)["source"]))
            yield Kind(name=f"first-{count}-{lab}", content=book.bytes(), weight=10)


def _wrong() -> Iterator[Kind]:
    for name, source in WRONG.items():
        yield Kind(name=f"wrong-{name}", content=blank().answer("answer-2", source).bytes(), weight=5)


def _hostile() -> Iterator[Kind]:
    for name, source in HOSTILE.items():
        yield Kind(name=f"hostile-{name}", content=solved().also("answer-3", source).bytes(), weight=2)
    endless = solved().also("answer-7", "import time\nwhile True: time.sleep(0.1)")
    yield Kind(name="hostile-endless", content=endless.bytes(), weight=1)
    for name, content in BROKEN.items():
        yield Kind(name=f"broken-{name}", content=content, weight=2, points=0)


def _all(book: Book) -> int:
    return sum(cell["metadata"]["ecslab"]["points"] for cell in book.checks)


def many(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """So many submissions, by name; every kind comes before any comes again, the rest by weight."""
    every = kinds()
    chance = random.Random(seed)
    more = chance.choices(every, [kind.weight for kind in every], k=max(0, count - len(every)))
    chosen = [*every, *more][:count]
    chance.shuffle(chosen)
    for number, kind in enumerate(chosen):
        yield f"{number:05}.{kind.name}", kind.content
