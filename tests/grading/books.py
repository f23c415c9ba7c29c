"""Submissions for tests: the committed labs with answers of many kinds."""

from __future__ import annotations

import copy
import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRST, SERVICES, ROLLING = "02-first-service", "06-services", "11-rolling"


class Book:
    """A notebook in the making: a released lab, or its solution."""

    def __init__(self, kind: str, lab: str = FIRST, lang: str = "en") -> None:
        self.data = json.loads((ROOT / kind / lang / f"{lab}.ipynb").read_text(encoding="utf-8"))

    def cell(self, key: str) -> dict:
        return next(cell for cell in self.data["cells"] if cell["id"] == key)

    def answer(self, key: str, source: str) -> Book:
        self.cell(key)["source"] = source
        return self

    def also(self, key: str, source: str) -> Book:
        """Put code before what the cell has."""
        return self.answer(key, source + "\n" + "".join(self.cell(key)["source"]))

    @property
    def checks(self) -> list[dict]:
        return [cell for cell in self.data["cells"] if cell["metadata"]["ecslab"]["role"] == "check"]

    def answers(self, sources: dict[str, str]) -> Book:
        for key, source in sources.items():
            self.answer(key, source)
        return self

    def each_check(self, change) -> Book:
        for cell in self.checks:
            change(cell)
        return self

    def without(self, *keys: str) -> Book:
        self.data["cells"] = [cell for cell in self.data["cells"] if cell["id"] not in keys]
        return self

    def double(self, key: str) -> Book:
        self.data["cells"].append(copy.deepcopy(self.cell(key)))
        return self

    def bytes(self) -> bytes:
        return json.dumps(self.data).encode()


def solved(lab: str = FIRST, lang: str = "en") -> Book:
    return Book("solutions", lab, lang)


def blank(lab: str = FIRST, lang: str = "en") -> Book:
    return Book("labs", lab, lang)


def line_of(cell: dict) -> str:
    """The canonical line of a passed check."""
    about = cell["metadata"]["ecslab"]
    return f"[pass] {about['check']} ({about['points']}/{about['points']} points)"


def reworked() -> Book:
    """Lab 02 by the solution's means, with detours: a wrong call first, an extra task, cells that say nothing."""
    book = solved()
    book.answer(
        "answer-1",
        """
try:
    ecs.describe_services(cluster="shop", services=["web"])
except ecs.exceptions.ClusterNotFoundException as error:
    print("as expected:", error.response["Error"]["Code"])
ecs.create_cluster(clusterName="spare")
ecs.create_cluster(clusterName="shop")
ecs.delete_cluster(cluster="spare")
""",
    )
    book.also("answer-7", "# NBVAL_SKIP\n# NBVAL_RAISES_EXCEPTION\nprint('a line of my own')")
    return book
