"""A few seeds, many steps, every law after each step, and calm in the end; the same seed, the same journal.

`make test` sails these few seeds, `make test-all` a thousand (`blocks`). A seed that breaks a law is printed with its
steps, and sails again with `python -m tests.swarm <seed>`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter

import pytest

from ecsim.api import ecs
from ecsim.faults import FaultKind
from tests.swarm import blocks
from tests.swarm.voyage import sail

FEW = range(12)


def test_few_seeds():
    hits = blocks.sailed(FEW)
    print(blocks.table(hits))  # noqa: T201 - the counts are what is wanted
    asked = {operation for operation, _ in hits}
    missed = sorted(set(ecs.simulated) - asked)  # test_fuzz asks each of them; here chance decides
    assert len(missed) <= len(ecs.simulated) // 5, missed
    went_well = {operation for operation, code in hits if code == "ok"}
    for operation in ("CreateService", "UpdateService", "DeleteService", "RunTask", "StopTask"):
        assert operation in went_well, operation
        assert any(name == operation and code != "ok" for name, code in hits), (
            f"{operation} was never refused"
        )
    struck = {code for operation, code in hits if operation == "fault"}
    assert struck >= {str(kind) for kind in FaultKind} - set(blocks.NEVER)
    decided = {code for operation, code in hits if operation == "decision"}
    assert decided >= {"rolling.start", "rolling.stop_to_make_room", "scale.in", "replace.stop_failed_start"}


def test_what_is_rarely_hit_is_named():
    """The thousand seeds' last word can fail: everything but one operation and one fault is hit often enough."""
    hits = Counter({(name, "ok"): 100 for name in ecs.operations if name != "StopTask"})
    hits += Counter({("fault", str(kind)): 99 if kind is FaultKind.HANG else 100 for kind in FaultKind})
    with pytest.raises(AssertionError, match=r"\{'StopTask': 0, 'hang': 99\}"):
        blocks.assert_all_hit(hits)


def test_the_same_seed_gives_the_same_journal():
    assert sail(3, steps=80, journal=True).journal == sail(3, steps=80, journal=True).journal


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_same_seed_gives_the_same_journal_in_any_process(seed):
    here = sail(seed, journal=True).journal
    for hash_seed in ("1", "77"):
        found = subprocess.run(
            [sys.executable, "-m", "tests.swarm", str(seed), "--journal"],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert found.stdout.endswith(f"{here}\n")
