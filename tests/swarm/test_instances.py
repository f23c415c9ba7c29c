"""The swarm on container instances: many seeds, every law after each step, and calm in the end.

`make test` sails a few short voyages, `make test-all` thirty (ECSLAB_SWARM_SEEDS for more).
"""

from __future__ import annotations

import os
from collections import Counter

import pytest

from tests.swarm.instances import sail

BLOCK = 10
SEEDS = max(BLOCK, int(os.environ.get("ECSLAB_SWARM_SEEDS", "300")) // 10)


def sailed(seeds, **options):
    """Sail seeds; stop at the first that breaks a law. The counts of everything that was hit."""
    hits = Counter()
    for seed in seeds:
        voyage = sail(seed, **options)
        if voyage.problem is not None:
            pytest.fail(voyage.report(), pytrace=False)
        hits += voyage.hits + Counter({("decision", code): n for code, n in voyage.reasons.items()})
    for (operation, code), count in sorted(hits.items()):
        print(f"{operation:32} {code:40} {count:7}")  # noqa: T201 - the counts are what is wanted
    return hits


def test_two_short_voyages():
    hits = sailed((0, 3), steps=60)
    went_well = {operation for operation, code in hits if code == "ok"}
    assert went_well >= {"CreateService", "UpdateService", "RunTask", "run_instances", "fault"}
    assert {("fault", "instance_lost"), ("fault", "zone_lost")} <= hits.keys()


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, BLOCK))
def test_many_voyages(first):
    hits = sailed(range(first, min(first + BLOCK, SEEDS)))
    decided = {code for operation, code in hits if operation == "decision"}
    assert decided >= {"task.host_lost", "task.zone_lost", "task.orphaned", "daemon.start", "daemon.roll"}
    for operation in (
        "RegisterContainerInstance",
        "DeregisterContainerInstance",
        "UpdateContainerInstancesState",
        "StartTask",
        "CreateCapacityProvider",
    ):
        assert hits[operation, "ok"], f"{operation} never went well"


@pytest.mark.slow
def test_the_same_seed_gives_the_same_journal():
    assert sail(1, steps=30).journal == sail(1, steps=30).journal
