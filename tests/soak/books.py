"""The submissions of a soak: a few dozen, from right to hostile, and copies of them without end."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ecslab.grading.jail import tiers
from tests.grading.books import ROOT, Book, blank, reworked, solved
from tests.grading.hostile.corpus import CORPUS
from tests.grading.ways import WAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of the few dozen.

    Attributes:
        name: of the kind.
        lay: puts it into an empty folder.
        weight: how often it comes.
        points: what it is worth; None where another test says.
        hostile: it fights for time and memory, so what is said of it may differ; what it is worth may not.
    """

    name: str
    lay: Callable[[Path], None]
    weight: int
    points: int | None = None
    hostile: bool = False


LABS = sorted(path.stem for path in (ROOT / "labs" / "en").glob("*.ipynb"))
WRONG = {
    "raises": "raise SystemError('no idea')",
    "syntax": "def (:",
    "other-calls": "import boto3; boto3.client('ecs', region_name='ap-northeast-1').list_clusters()",
    "chatty": "for n in range(5000): print('line', n)",
    "deep-trace": "def f(n): return f(n + 1)\nf(0)",
}


def kinds() -> list[Kind]:
    """All of them, in a fixed order."""
    return [*_right(), *_partly(), *_wrong(), *_hostile()]


def _right() -> Iterator[Kind]:
    for lab in LABS:
        for lang in ("en", "ja"):
            book = solved(lab, lang)
            yield Kind(name=f"solved-{lab}-{lang}", lay=_file(book.bytes()), weight=20, points=_all(book))
    for lab, ways in WAYS.items():
        for way, cells in ways.items():
            book = solved(lab).answers(cells)
            yield Kind(name=f"{way}-{lab}", lay=_file(book.bytes()), weight=10, points=_all(book))
    yield Kind(name="reworked", lay=_file(reworked().bytes()), weight=10, points=_all(reworked()))


def _partly() -> Iterator[Kind]:
    """Only the first few answers."""
    for lab in LABS:
        whole, book = solved(lab), blank(lab)
        keys = [cell["id"] for cell in book.data["cells"] if cell["metadata"]["ecslab"]["role"] == "answer"]
        yield Kind(name=f"blank-{lab}", lay=_file(book.bytes()), weight=10)
        for count in (1, len(keys) // 2):
            for key in keys[:count]:
                book.answer(key, "".join(whole.cell(key)["source"]))
            yield Kind(name=f"first-{count}-{lab}", lay=_file(book.bytes()), weight=10)


def _wrong() -> Iterator[Kind]:
    for name, source in WRONG.items():
        yield Kind(name=f"wrong-{name}", lay=_file(blank().answer("answer-2", source).bytes()), weight=5)


def _hostile() -> Iterator[Kind]:
    """The corpus of hostile and broken ones, as far as this machine's jail is there for them."""
    tier = tiers.choose(unsafe=True)
    for name, case in CORPUS.items():
        if case.tiers is None or tier in case.tiers:
            yield Kind(name=f"hostile-{name}", lay=case.lay, weight=1, hostile=True)


def _file(content: bytes) -> Callable[[Path], None]:
    def lay(folder: Path) -> None:
        (folder / "lab.ipynb").write_bytes(content)

    return lay


def _all(book: Book) -> int:
    return sum(cell["metadata"]["ecslab"]["points"] for cell in book.checks)


def many(count: int, seed: int) -> Iterator[tuple[str, Kind]]:
    """So many submissions, by name; every kind comes before any comes again, the rest by weight."""
    every = kinds()
    chance = random.Random(seed)
    chance.shuffle(every)
    more = chance.choices(every, [kind.weight for kind in every], k=max(0, count - len(every)))
    chosen = [*every, *more][:count]
    chance.shuffle(chosen)
    for number, kind in enumerate(chosen):
        yield f"{number:05}.{kind.name}", kind
