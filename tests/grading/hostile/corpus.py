"""The whole corpus: attacks as submissions, and files."""

from __future__ import annotations

from pathlib import Path

from tests.grading.books import blank, solved
from tests.grading.hostile.attacks import ATTACKS, HEAD, Attack
from tests.grading.hostile.case import Case
from tests.grading.hostile.files import FILE, FILES


def _case(attack: Attack) -> Case:
    def lay(folder: Path) -> None:
        book = solved() if attack.solved else blank()
        if attack.instead:
            book.answer(attack.cell, attack.source)
        else:
            book.also(attack.cell, HEAD + attack.source)
        (folder / FILE).write_bytes(book.bytes())

    return Case(
        threat=attack.threat,
        lay=lay,
        points=attack.points,
        codes=attack.codes,
        tiers=attack.tiers,
        calm=attack.calm,
    )


CORPUS: dict[str, Case] = {**{name: _case(attack) for name, attack in ATTACKS.items()}, **FILES}
