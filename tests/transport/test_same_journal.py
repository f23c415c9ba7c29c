"""The labs' journals are byte-equal over every transport, under any PYTHONHASHSEED, in any process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.transport.play_lab import ROOT, TRANSPORTS

LABS = sorted(path.name for path in (ROOT / "course").iterdir() if (path / "lab.md").exists())

HASH_SEEDS = ("0", "1", "4242")


def journal(lab, transport, hash_seed):
    done = subprocess.run(
        [sys.executable, "-m", "tests.transport.play_lab", lab, transport],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return done.stdout


def compare(lab, runs):
    texts = {where: journal(lab, *where[:2]) for where in runs}
    first = next(iter(texts.values()))
    assert first.count(" call ecs.") > 10
    assert " task.status " in first
    assert [where for where, text in texts.items() if text != first] == []


@pytest.mark.parametrize("lab", LABS)
def test_each_transport_under_another_hash_seed(lab):
    compare(lab, list(zip(TRANSPORTS, HASH_SEEDS, strict=True)))


@pytest.mark.slow
@pytest.mark.parametrize("lab", LABS)
def test_every_transport_under_every_hash_seed_in_two_processes(lab):
    compare(
        lab, [(transport, seed, nth) for transport in TRANSPORTS for seed in HASH_SEEDS for nth in (1, 2)]
    )
