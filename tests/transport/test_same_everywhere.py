"""The same seed and the same calls: the same journal and the same answers, whatever the transport and the process.

DESIGN: "the same seed and the same calls give a byte-equal journal under any PYTHONHASHSEED and in any process".
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.transport.story import TRANSPORTS, over

ROOT = Path(__file__).parents[2]


def told(transport, hash_seed):
    """The hashes of the journal and of the answers, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.transport.story", transport],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_three_transports_in_three_processes():
    assert told("in-process", "0") == told("embedded", "1") == told("separate", "random"), (
        "run `python -m tests.transport.story <transport>` and compare"
    )


def test_twice_in_one_process():
    first = over("in-process")
    assert over("in-process") == first
    assert "Shop.1" in first[0]
    assert "password of 6 letters" in first[1]
    assert "rolling back to deployment" in first[1]


@pytest.mark.slow
def test_every_transport_under_every_hash_seed():
    assert (
        len({tuple(told(transport, seed)) for transport in TRANSPORTS for seed in ("0", "1", "random")}) == 1
    )
