"""The many seeds in blocks, dealt out to several test files so that workers share them, and what they hit altogether.

Each block writes its counts down in a folder that all workers share; whoever writes the last one adds them up.
ECSLAB_SWARM_SEEDS=100 sails fewer seeds.
"""

from __future__ import annotations

import json
import os
from collections import Counter

import pytest

from ecsim.api import ecs
from ecsim.api.ecs.not_simulated import OPERATIONS as NOT_SIMULATED
from ecsim.faults import FaultKind
from tests.swarm.voyage import sail

ENOUGH = 1_000
"""So many seeds hit everything often enough."""
SEEDS = int(os.environ.get("ECSLAB_SWARM_SEEDS", str(ENOUGH)))
BLOCK, FILES = 25, 4
BLOCKS = [range(first, min(first + BLOCK, SEEDS)) for first in range(0, SEEDS, BLOCK)]
HITS_MIN = 100
"""How often every operation and every fault is hit by a thousand seeds."""
NEVER: dict[str, str] = {
    "instance_lost": "this swarm runs on Fargate: there is no instance to lose",
    "zone_lost": "this swarm does not lose zones yet",
}
"""Operations and faults that the swarm does not try, and why."""


def sailed(seeds):
    """Sail seeds; stop at the first that breaks a law. The counts of everything that was hit."""
    hits = Counter()
    for seed in seeds:
        voyage = sail(seed)
        if voyage.problem is not None:
            pytest.fail(voyage.report(), pytrace=False)
        hits += voyage.hits + Counter({("decision", code): n for code, n in voyage.reasons.items()})
    return hits


def share(number):
    """The test of one file: every fourth block."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "seeds", BLOCKS[number::FILES], ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}"
    )
    def test_seeds(seeds, tmp_path_factory, record_property):
        folder = _shared(tmp_path_factory)
        _write(folder / f"{seeds.start}.json", sailed(seeds))
        written = [folder / f"{block.start}.json" for block in BLOCKS]
        if all(path.exists() for path in written):
            hits = sum((_read(path) for path in written), Counter())
            record_property("told", f"{SEEDS} seeds hit\n{table(hits)}")
            if SEEDS >= ENOUGH:
                assert_all_hit(hits)

    return test_seeds


def table(hits):
    """The counts, a line for each operation with the codes of its answers; then what is never tried, and why."""
    lines = []
    for operation in sorted({operation for operation, _ in hits}):
        codes = {code: n for (name, code), n in sorted(hits.items()) if name == operation}
        told = "  ".join(f"{code} {n}" for code, n in codes.items())
        lines.append(f"{operation:32} {sum(codes.values()):8}  {told}")
    return "\n".join([*lines, *(f"{name:32}    never  {why}" for name, why in NEVER.items())])


def assert_all_hit(hits):
    """Every operation of ECS, simulated or not, and every fault was hit often enough."""
    asked = Counter()
    for (operation, code), n in hits.items():
        asked[code if operation == "fault" else operation] += n
    wanted = [*ecs.simulated, *NOT_SIMULATED, *(str(kind) for kind in FaultKind)]
    rare = {name: asked[name] for name in wanted if name not in NEVER and asked[name] < HITS_MIN}
    assert not rare, f"hit less than {HITS_MIN} times by {SEEDS} seeds: {rare}"


def _shared(factory):
    """A folder for all workers of this run: pytest-xdist gives each worker a folder beside the others'."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "swarm"
    folder.mkdir(exist_ok=True)
    return folder


def _write(path, hits):
    part = path.with_suffix(".part")
    part.write_text(json.dumps([[operation, code, n] for (operation, code), n in hits.items()]))
    part.replace(path)


def _read(path):
    return Counter({(operation, code): n for operation, code, n in json.loads(path.read_text())})
