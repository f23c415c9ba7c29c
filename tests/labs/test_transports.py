"""A lab is the same lab wherever its cloud is: in this process, or behind the learner's port of another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

from ecslab.notebook import door
from ecslab.notebook.inprocess import run_cells, solved, surroundings
from tests.labs.rig import LABS, ROOT, source

RUN = """
import json
import sys
from pathlib import Path
from ecslab.course.source import read
from ecslab.notebook import door
from ecslab.notebook.inprocess import run_cells, solved, surroundings
root, found = Path(sys.argv[1]), {}
for slug in sys.argv[2:]:
    with surroundings(root, "en"):
        runs = run_cells(solved(read(root / "course" / slug / "lab.md").cells, "en"))
        assert not [run for run in runs if run.error], runs
        found[slug] = door._running.link.cloud.journal.text()
sys.stdout.write("JOURNALS\\n" + json.dumps(found))
"""


def embedded(slug):
    """The journal of a solved lab whose cloud is in this process."""
    with surroundings(ROOT, "en"):
        runs = run_cells(solved(source(slug).cells, "en"))
        assert [run.error for run in runs if run.error] == []
        return door._running.link.cloud.journal.text()


def remote(slug):
    """The journal and the check cells' output of a solved lab whose cloud is behind its learner's port."""
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.programs import RemoteHost
    from ecsim.cloud.server import serve
    from ecsim.cloud.world import World
    from ecslab.lab.stage import Stage, seed_of

    folder, host = ROOT / "course" / slug, RemoteHost()
    with surroundings(ROOT, "en"), Cloud(seed_of(folder), host=host) as cloud:
        world = World(cloud)
        Stage(cloud, world, folder, explain=False)
        with serve(cloud.gate, world, programs=host) as server:
            os.environ["ECSLAB_CLOUD_URL"] = server.url
            os.environ["ECSLAB_HOME"] = "/nowhere"
            runs = run_cells(solved(source(slug).cells, "en"))
            assert [run.error for run in runs if run.error] == []
            return cloud.journal.text(), [run.out for run in runs if run.check]


@pytest.mark.parametrize("slug", LABS)
def test_the_journal_is_the_same_over_the_learners_port(slug):
    text, outputs = remote(slug)
    assert embedded(slug) == text
    assert outputs == [f"{cell.line}\n" for cell in _manifest(slug).checks.values()]


def _manifest(slug):
    from ecslab.course.manifest import manifest_of

    return manifest_of(source(slug))


@cache
def elsewhere(hashseed):
    """The journals of all labs, played one after the other in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(ROOT), *LABS],
        env={**os.environ, "PYTHONHASHSEED": hashseed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.partition("JOURNALS\n")[2])


@pytest.mark.slow
@pytest.mark.parametrize("slug", LABS)
def test_the_journal_is_the_same_in_any_process(slug):
    """Whatever PYTHONHASHSEED is."""
    told = {elsewhere(hashseed)[slug] for hashseed in ("0", "1", "2")}
    assert told == {embedded(slug)}
