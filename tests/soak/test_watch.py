"""The soak notices what it is there for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.soak.__main__ import Soak
from tests.soak.books import kinds, many
from tests.soak.watch import Sample, below, growth, look, rss


def samples(memory):
    return [
        Sample(done=n, grader=memory(n), servers={"cloud": 100.0}, others=300 + n * 37 % 50, processes=9)
        for n in range(1, 1000, 5)
    ]


@pytest.mark.parametrize(
    ("memory", "grew"),
    [
        (lambda n: 80 + n % 7, False),
        (lambda n: 80 + 40 * (n > 500 and n < 520), False),
        (lambda n: 80 + n * 0.02, True),
        (lambda n: 80 + 30 * (n > 500), True),
    ],
)
def test_a_leak_is_noticed_and_a_peak_is_none(tmp_path, memory, grew):
    soak = Soak(1000, tmp_path)
    soak.samples = samples(memory)
    soak.check_memory()
    assert [what.partition(" grew")[0] for what in soak.wrong] == ["grader"] * grew


def test_growth_is_that_of_the_line():
    assert growth([(0, 1), (10, 2), (20, 3)]) == pytest.approx(2)
    assert growth([(5, 1)]) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_processes_are_seen():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'input()'], stdin=sys.stdin)"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        while not below(process.pid):
            pass
        sample = look(process.pid, 7)
        assert below(process.pid)[0] in below(os.getpid())
        assert sample.processes == 2
        assert sample.grader == pytest.approx(rss(process.pid), rel=0.5)
        process.stdin.close()


def test_submissions_are_the_same_each_time():
    names = [name for name, _ in many(300, 1)]
    assert names == [name for name, _ in many(300, 1)]
    assert {name.partition(".")[2] for name in names} == {kind.name for kind in kinds()}
    assert len({kind.name for kind in kinds()}) == len(kinds()) >= 36
