"""A recording is plain JSON, and says the same as the journal."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from ecsim.view import recording


def test_a_recording_survives_json(story):
    data = recording(story, "web")
    assert json.loads(json.dumps(data)) == data


def test_intervals_join_without_gaps(story):
    for task in recording(story, "web")["tasks"]:
        states = task["states"]
        assert all(a["to_ms"] == b["from_ms"] for a, b in pairwise(states))
        assert [s["to_ms"] for s in states].count(None) == 1
        assert states[-1]["to_ms"] is None


def test_a_rolling_update(pictures):
    data = recording(pictures.rolling(), "web")
    assert [d["task_definition"] for d in data["deployments"]] == ["web:1", "web:2"]
    assert data["deployments"][0]["states"][-1]["state"] == "INACTIVE/COMPLETED"
    assert [t["task_definition"] for t in data["tasks"]] == ["web:1"] * 3 + ["web:2"] * 3
    first = data["tasks"][0]
    assert [s["state"] for s in first["states"]][-2:] == ["DEPROVISIONING", "STOPPED"]
    assert [s["state"] for s in first["targets"][0]["states"]] == ["initial", "healthy", "draining"]
    assert first["targets"][0]["states"][-1]["to_ms"] == 115_000
    assert first["exits"] == [{"at_ms": 116_000, "container": "web", "exit_code": 0, "reason": ""}]
    assert not first["failed"]
    assert data["limits"] == [{"at_ms": 1_000, "desired": 3, "floor": 3, "ceiling": 6}]
    assert min(c["healthy"] for c in data["counts"] if c["at_ms"] >= 26_000) == 3
    assert max(c["total"] for c in data["counts"]) == 6
    assert [c["name"] for c in data["calls"]] == ["CreateService", "UpdateService"]


def test_decisions_are_worded_in_every_language(pictures):
    trip = next(
        d
        for d in recording(pictures.breaker(), "web")["decisions"]
        if d["code"] == "breaker.trip_and_roll_back"
    )
    assert trip["why"]["threshold"] == 3
    assert "The circuit breaker trips" in trip["text"]["en"]
    assert "サーキットブレーカー" in trip["text"]["ja"]


def test_an_unknown_service_is_an_error_that_names_the_known_ones(pictures):
    with pytest.raises(LookupError, match="shop/web"):
        recording(pictures.rolling(), "api")
