"""The labs' journals are byte-equal over every transport, under any PYTHONHASHSEED, in any process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from tests.transport.play_lab import ROOT, TRANSPORTS

LABS = sorted(path.name for path in (ROOT / "course").iterdir() if (path / "lab.md").exists())

HASH_SEEDS = ("0", "1", "4242")


def played(labs, transport, hash_seed):
    """What play_lab prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.transport.play_lab", labs, transport],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


@cache
def all_journals(transport, hash_seed, _nth):
    """The journal of every lab, from one process that forks for each."""
    return json.loads(played(",".join(LABS), transport, hash_seed))


def compare(texts):
    first = next(iter(texts.values()))
    assert first.count(" call ecs.") > 10
    assert " task.status " in first
    assert [where for where, text in texts.items() if text != first] == []


@pytest.mark.parametrize("lab", LABS)
def test_each_transport_under_another_hash_seed(lab):
    compare({where: played(lab, *where) for where in zip(TRANSPORTS, HASH_SEEDS, strict=True)})


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS)
def test_every_transport_under_every_hash_seed_in_two_processes(lab):
    runs = [(transport, seed, nth) for transport in TRANSPORTS for seed in HASH_SEEDS for nth in (1, 2)]
    compare({where: all_journals(*where)[lab] for where in runs})
