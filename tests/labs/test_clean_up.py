"""What the labs tell the learner to type for cleaning up works, in the order in which it stands there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ecslab.course.source import Role
from ecslab.notebook.inprocess import run_cells, solved, surroundings
from tests.labs.rig import FIRST, ROLLING, ROOT, source

BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(slug, lang):
    """The lines of the bash blocks in a lab's prose."""
    prose = "\n".join(cell.prose[lang] for cell in source(slug).cells if cell.role is Role.PROSE)
    return [
        line
        for block in BLOCK.findall(prose)
        for line in block.splitlines()
        if line.strip() and not line.startswith("#")
    ]


TYPED = """
from ecslab.notebook.tidy import CommandFailed
for _ in range(3):
    try:
        get_ipython().run_cell_magic("aws", "", {line!r})
        break
    except CommandFailed as refused:
        if "ClusterContainsTasksException" not in str(refused):
            raise
        cloud.advance("30s")
else:
    raise RuntimeError("there are still tasks")
"""
LEFT = """
clusters = ecs.list_clusters()["clusterArns"]
print(clusters, [ecs.list_tasks(cluster=one)["taskArns"] for one in clusters])
"""


@pytest.mark.parametrize("slug", [FIRST, ROLLING])
def test_cleaning_up_leaves_nothing_that_costs(slug):
    """Each line works as it stands there; one that has to be repeated says so in the text."""
    lines = commands(slug, "en")
    assert lines
    assert lines == commands(slug, "ja")
    cells = solved(source(slug).cells, "en")
    given = next(cell for cell, _ in cells if cell.key == "start")
    typed = [(replace(given, key=line), TYPED.format(line=line)) for line in lines]
    with surroundings(ROOT, "en"):
        runs = run_cells([*cells, *typed, (replace(given, key="left"), LEFT)])
    assert [(run.key, run.error) for run in runs if run.error] == []
    assert runs[-1].out == "[] []\n"
