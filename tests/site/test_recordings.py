"""The committed recordings are what the simulated cloud does today."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from ecslab.site.fences.reel import reel
from ecslab.site.fences.timeline import WIDE
from ecslab.site.recorder import MarkError, Recorder
from ecslab.site.recording import load
from ecslab.site.recordings import record, scenarios

ROOT = Path(__file__).parents[2]
SCENARIOS = scenarios(ROOT)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_a_recording_is_fresh(scenario):
    """`python -m ecslab.site refresh` records afresh."""
    assert record(scenario) == scenario.with_suffix(".json").read_text("utf-8")


def test_no_recording_is_without_its_scenario():
    folder = ROOT / "docs" / "recordings"
    assert {p.stem for p in folder.glob("*.json")} == {p.stem for p in folder.glob("*.py")}


def test_rolling_at_100_200_never_has_fewer_than_three_healthy():
    """minimumHealthyPercent 100 of 3 keeps 3 (ecs-behaviour.md, rolling update)."""
    recording = load(ROOT / "docs" / "recordings" / "rolling-100-200.json")
    assert recording.floor == 3
    assert min(count for _, count in recording.healthy()) == 3
    assert recording.revisions() == ["web:1", "web:2"]
    assert list(recording.marks) == [
        "update",
        "new-running",
        "new-healthy",
        "all-healthy",
        "drained",
        "completed",
    ]


def test_the_breaker_trips_at_three_failures_and_rolls_back():
    """The threshold of a service of 3 tasks is 3 failures (ecs-behaviour.md, circuit breaker)."""
    recording = load(ROOT / "docs" / "recordings" / "breaker-rollback.json")
    assert sum(lane.failed for lane in recording.lanes) == 3
    assert min(count for _, count in recording.healthy()) == 3
    failures = sorted(lane.stopped_ms for lane in recording.lanes if lane.failed)
    assert recording.marks["first-failure"] < recording.marks["tripped"] < recording.marks["rolled-back"]
    assert failures[0] > recording.marks["first-failure"]


def test_looks_cover_a_lane_without_gaps_or_overlaps():
    for scenario in SCENARIOS:
        for lane in load(scenario.with_suffix(".json")).lanes:
            looks = lane.looks()
            assert looks
            for before, after in pairwise(looks):
                assert before.to_ms == after.from_ms


class _Clock:
    now_ms = 5

    class journal:  # noqa: N801
        @staticmethod
        def of(_kind):
            return []


def test_a_mark_that_never_comes_and_a_mark_set_twice_are_refused():
    recorder = Recorder(_Clock())
    recorder.mark("here")
    with pytest.raises(ValueError, match="twice"):
        recorder.mark("here")
    with pytest.raises(MarkError, match="wanted 1"):
        recorder.mark_first("never", "task.status", status="RUNNING")


def test_a_recording_without_a_beginning_is_refused(tmp_path):
    scenario = tmp_path / "empty.py"
    scenario.write_text(
        'SETUP = "empty"\nSERVICE = "web"\ndef record(cloud, recorder):\n    recorder.start()\n'
    )
    with pytest.raises(ValueError, match=r"needs recorder\.start"):
        record(scenario)


def test_recordings_are_json_that_a_browser_reads():
    for scenario in SCENARIOS:
        text = scenario.with_suffix(".json").read_text("utf-8")
        assert json.loads(text)["version"] == 1


def test_a_shift_of_traffic_is_drawn_stage_by_stage():
    """Three stages last longer than a moment; the production traffic goes from blue to green at once."""
    recording = load(ROOT / "docs" / "recordings" / "12-blue-green.json")
    assert [stage.state for stage in recording.stages] == ["SCALE_UP", "BAKE_TIME", "CLEAN_UP"]
    assert [share.state for share in recording.production] == ["0", "100"]
    drawn = reel(recording, [], WIDE, "blue/green", "en")
    assert drawn.count('class="reel__stage"') == 3
    assert ">BAKE_TIME</text>" in drawn
    assert drawn.count('class="reel__share reel-rev--1"') == 2
    assert ">100 %</text>" in drawn


def test_a_rolling_update_has_no_stages():
    recording = load(ROOT / "docs" / "recordings" / "rolling-100-200.json")
    assert "reel__stage" not in reel(recording, [], WIDE, "rolling", "en")
