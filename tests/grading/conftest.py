"""One run of the grader over many submissions; the tests look at what became of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecslab import cli
from ecslab.grading.engine import pool
from ecslab.grading.forkserver import ForkServer


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
        return files(self.out)


def files(out: Path) -> dict[str, bytes]:
    """What a run wrote, but for its timings, its journal and what was there before."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
        and path.stem != "timings"
        and not path.name.startswith("journal")
        and path.relative_to(out).parts[0] != "earlier"
    }


class Kept(ForkServer):
    """A fork server that stays warm for the next test."""

    def close(self) -> None:
        pass

    def end(self) -> None:
        super().close()


@pytest.fixture(scope="session")
def kept_servers():
    """Warm servers, made once for all runs: one that a test has killed is made anew."""
    made: dict[tuple[str, ...], Kept] = {}

    def keep(*arguments: str) -> Kept:
        if arguments in made and not made[arguments].alive:
            made.pop(arguments).end()
        return made.setdefault(arguments, made.get(arguments) or Kept(*arguments))

    yield keep
    for server in made.values():
        server.end()


@pytest.fixture(scope="session")
def grade(kept_servers):
    """`ecslab`, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "ForkServer", kept_servers)
        yield cli.main
