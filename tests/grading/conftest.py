"""One run of the grader over many submissions; the tests look at what became of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecslab import cli


@dataclass
class Graded:
    """A run's output."""

    out: Path

    def __post_init__(self) -> None:
        self.data = json.loads((self.out / "results.json").read_text(encoding="utf-8"))
        self.by_name = {one["name"]: one for one in self.data["submissions"]}

    def __getitem__(self, name: str) -> dict:
        return self.by_name[name]

    def points(self, name: str) -> tuple[int, int]:
        return self[name]["points"], self[name]["points_max"]

    def codes(self, name: str) -> list[str]:
        return [notice["code"] for notice in self[name]["notices"]]

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.out)): path.read_bytes()
            for path in sorted(self.out.rglob("*"))
            if path.is_file() and path.name != "timings.json"
        }


@pytest.fixture(scope="session")
def grade():
    return cli.main
