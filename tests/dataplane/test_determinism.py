"""The same requests give a byte-equal journal in any process, under any PYTHONHASHSEED."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.dataplane.rig import URL, Rig, forward, listener

ROOT = Path(__file__).resolve().parents[2]
STORY = "from tests.dataplane.test_determinism import story; print(story(), end='')"


def story():
    """Two weighted groups, three kinds of traffic, a crash, a drained target and a direct request."""
    rig = Rig(listener(default=forward("web", "green", weights=[70, 30])), slow_start_s=30)
    rig.add_group("green")
    old = [rig.task(n, "web:graceful") for n in (1, 2, 3)]
    rig.task(4, "web:2.0", group="green")
    for pattern in (
        {"kind": "ramp", "start": 1, "end": 9.5, "duration_ms": 20_000},
        {"kind": "closed", "clients": 3, "think_ms": 333, "duration_ms": 20_000},
        {"kind": "burst", "requests": 7},
    ):
        rig.plane.start_traffic(pattern, url=URL)
    rig.engine.call_at(4_321, "kill", old[0].arn)
    rig.run(8_000)
    rig.drain(old[1], 1_500)
    rig.ask("http://10.0.1.3:8080/headers")
    rig.run(120_000)
    return rig.journal.text()


def test_the_same_story_is_the_same_text_everywhere():
    here = story()
    assert len(here.splitlines()) > 100
    for seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
        there = subprocess.run(
            [sys.executable, "-c", STORY],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        assert there.stdout == here
