"""Virtual time that runs by itself."""

from __future__ import annotations

import time

import pytest

from ecsim.cloud.speed import Speed
from tests.scenarios.story import Story


def test_time_runs_n_times_as_fast_and_stops_when_closed():
    with Story() as story:
        story.service(story.definition(), desired=1)
        begun, clock = story.cloud.now_ms, time.monotonic()
        speed = Speed(story.cloud, 600)
        deadline = time.monotonic() + 20
        while story.now()["runningCount"] < 1:
            assert time.monotonic() < deadline, "the task never ran"
            time.sleep(0.01)
        speed.close()
        real_ms = (time.monotonic() - clock) * 1_000
        stopped = story.cloud.now_ms
        assert 18_000 <= stopped - begun <= real_ms * 600
        time.sleep(0.15)
        assert story.cloud.now_ms == stopped


def test_a_call_is_journalled_at_its_moment():
    with Story() as story:
        speed = Speed(story.cloud, 1_000)
        time.sleep(0.05)
        story.ecs.list_clusters()
        speed.close()
        entry = story.cloud.journal.of("call")[-1]
        assert entry.at_ms >= 40_000


@pytest.mark.parametrize("factor", [0, -1, float("nan"), float("inf")])
def test_a_speed_that_makes_no_sense(factor):
    with Story() as story, pytest.raises(ValueError, match="above 0"):
        Speed(story.cloud, factor)
