"""Many seeds, many steps, every law after each step, and calm in the end.

`make test` sails a few seeds; `make test-all` three hundred (ECSLAB_SWARM_SEEDS=1000 for more). A seed that breaks a law
is printed with its steps, and sails again with `python -m tests.swarm <seed>`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from ecsim.api import ecs
from ecsim.faults import FaultKind
from tests.swarm.voyage import sail

OUTAGES = (FaultKind.INSTANCE_LOST, FaultKind.ZONE_LOST)
FEW = range(12)
SEEDS = int(os.environ.get("ECSLAB_SWARM_SEEDS", "300"))
BLOCK = 25
BLOCKS = [range(first, min(first + BLOCK, SEEDS)) for first in range(0, SEEDS, BLOCK)]


def sailed(seeds):
    """Sail seeds; stop at the first that breaks a law. The counts of everything that was hit."""
    hits = Counter()
    for seed in seeds:
        voyage = sail(seed)
        if voyage.problem is not None:
            pytest.fail(voyage.report(), pytrace=False)
        hits += voyage.hits + Counter({("decision", code): n for code, n in voyage.reasons.items()})
    for (operation, code), count in sorted(hits.items()):
        print(f"{operation:32} {code:40} {count:7}")  # noqa: T201 - the counts are what is wanted
    return hits


def test_few_seeds():
    hits = sailed(FEW)
    asked = {operation for operation, _ in hits}
    missed = sorted(set(ecs.simulated) - asked)  # test_fuzz asks each of them; here chance decides
    assert len(missed) <= len(ecs.simulated) // 5, missed
    went_well = {operation for operation, code in hits if code == "ok"}
    for operation in ("CreateService", "UpdateService", "DeleteService", "RunTask", "StopTask"):
        assert operation in went_well, operation
        assert any(name == operation and code != "ok" for name, code in hits), (
            f"{operation} was never refused"
        )
    broken = {code for operation, code in hits if operation == "fault"}
    assert broken >= {str(kind) for kind in FaultKind if kind not in OUTAGES}
    decided = {code for operation, code in hits if operation == "decision"}
    assert decided >= {"rolling.start", "rolling.stop_to_make_room", "scale.in", "replace.stop_failed_start"}


@pytest.mark.slow
@pytest.mark.parametrize("seeds", BLOCKS, ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}")
def test_many_seeds(seeds):
    sailed(seeds)


def test_the_same_seed_gives_the_same_journal():
    assert sail(3, steps=80).journal == sail(3, steps=80).journal


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_gives_the_same_journal_in_any_process(seed):
    here = sail(seed).journal
    for hash_seed in ("1", "77"):
        found = subprocess.run(
            [sys.executable, "-m", "tests.swarm", str(seed), "--journal"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.endswith(f"{here}\n")
