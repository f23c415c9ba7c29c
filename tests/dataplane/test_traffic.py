"""Streams of requests and what they report."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.dataplane.tally import rank
from ecsim.dataplane.traffic import read_pattern
from ecsim.model.network import TargetState
from tests.dataplane.rig import URL, Rig


def started(pattern, *tasks, url=URL, **group):
    rig = Rig(**group)
    for n, image in enumerate(tasks or ("web:1.0",)):
        rig.task(n + 1, image)
    return rig, rig.plane.start_traffic(pattern, url=url)


def sent_at(rig):
    return [entry.at_ms - entry.fields["ms"] for entry in rig.journal.of("http")]


def test_constant_traffic_is_even():
    rig, stream = started({"kind": "constant", "per_second": 4})
    rig.run(1_999)
    assert sent_at(rig) == [0, 250, 500, 750, 1_000, 1_250, 1_500, 1_750]
    assert rig.plane.report(stream)["running"]
    rig.plane.stop_traffic(stream)
    rig.run(10_000)
    report = rig.plane.report(stream)
    assert (report["sent"], report["answered"], report["running"]) == (8, 8, False)


def test_constant_traffic_for_a_while():
    rig, stream = started({"kind": "constant", "per_second": 10, "duration_ms": 1_000})
    rig.run(60_000)
    report = rig.plane.report(stream)
    assert (report["sent"], report["running"]) == (10, False)


def test_a_ramp_grows():
    rig, stream = started({"kind": "ramp", "start": 0, "end": 20, "duration_ms": 10_000})
    rig.run(60_000)
    times = sent_at(rig)
    assert len(times) == 100
    assert sum(at < 5_000 for at in times) == 25
    assert rig.plane.report(stream)["running"] is False


def test_a_ramp_down():
    rig, _ = started({"kind": "ramp", "start": 20, "end": 0, "duration_ms": 10_000})
    rig.run(60_000)
    times = sent_at(rig)
    assert sum(at < 5_000 for at in times) == 75
    assert len(times) in (99, 100)


def test_a_burst_comes_at_once():
    rig, stream = started({"kind": "burst", "requests": 50}, "web:1.0", "web:1.0")
    rig.run(1_000)
    assert sent_at(rig) == [0] * 50
    assert rig.plane.report(stream)["by_status"] == {"200": 50}


def test_a_closed_loop_waits_thinks_and_asks_again():
    rig, stream = started(
        {"kind": "closed", "clients": 2, "think_ms": 500, "duration_ms": 5_000}, "web:graceful"
    )
    rig.run(60_000)
    assert sent_at(rig) == [0, 0, 2_500, 2_500]
    assert rig.plane.report(stream)["answered"] == 4


def test_a_closed_loop_without_a_thought_does_not_spin():
    rig, stream = started(
        {"kind": "closed", "clients": 1, "duration_ms": 1_000}, url="http://nowhere.example"
    )
    rig.run(60_000)
    report = rig.plane.report(stream)
    assert (report["sent"], report["failed"], report["by_code"]) == (10, 10, {"http.unknown_host": 10})
    assert report["by_status"] == {"none": 10}


def test_the_report():
    rig, stream = started(
        {"kind": "constant", "per_second": 10, "duration_ms": 2_000}, "web:1.0", "web:graceful"
    )
    dying = rig.store.tasks[next(reversed(rig.store.tasks))]
    rig.run(1_000)
    rig.set_state(dying, TargetState.UNHEALTHY)
    rig.engine.call_at(1_250, "kill", dying.arn)
    rig.run(10_000)
    report = rig.plane.report(stream)
    failed = [failure["at_ms"] for failure in report["failures"]]
    assert (report["sent"], report["in_flight"]) == (20, 0)
    assert report["by_status"] == {"200": 15, "502": 5}
    assert report["by_code"] == {"http.connection_closed": 5}
    assert report["by_revision"] == {"web:1": 15}
    assert failed == [1_250] * 5
    assert report["failures"][0]["task"] == dying.id
    assert (report["p50_ms"], report["p95_ms"], report["max_ms"]) == (20, 950, 1_150)
    assert report["min_healthy_targets"] == 1


def test_the_report_counts_what_is_under_way():
    rig, stream = started({"kind": "constant", "per_second": 1}, "web:graceful")
    rig.run(2_500)
    report = rig.plane.report(stream)
    assert (report["sent"], report["answered"], report["in_flight"]) == (3, 1, 2)


def test_nothing_yet():
    rig, stream = started({"kind": "constant", "per_second": 1})
    report = rig.plane.report(stream)
    assert (report["sent"], report["p50_ms"], report["min_healthy_targets"]) == (0, None, None)


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ({}, "constant, ramp, burst or closed"),
        ({"kind": "flood"}, "'flood'"),
        ({"kind": "constant"}, "per_second is a number"),
        ({"kind": "constant", "per_second": 0}, "per_second is a number"),
        ({"kind": "constant", "per_second": 1e9}, "to 1000"),
        ({"kind": "constant", "per_second": True}, "True"),
        ({"kind": "constant", "per_second": 1, "duration_ms": 0}, "duration_ms"),
        ({"kind": "ramp", "start": 1, "end": 2}, "duration_ms"),
        ({"kind": "ramp", "start": 0, "end": 0, "duration_ms": 1}, "above 0"),
        ({"kind": "burst", "requests": 100_000}, "to 10000"),
        ({"kind": "closed", "clients": "ten"}, "'ten'"),
        ({"kind": "closed", "clients": 1, "think_ms": -1}, "think_ms"),
    ],
)
def test_patterns_that_cannot_be(pattern, wrong):
    with pytest.raises(ValueError, match=wrong):
        read_pattern(pattern)


def test_streams_that_are_not_there():
    rig = Rig()
    with pytest.raises(ValueError, match="there is no traffic 1; there is: none"):
        rig.plane.stop_traffic(1)
    with pytest.raises(ValueError, match="is no http or https URL"):
        rig.plane.start_traffic({"kind": "burst", "requests": 1}, url="ftp://x")

    with pytest.raises(TypeError, match="pattern is a mapping"):
        rig.plane.start_traffic("constant", url=URL)
    with pytest.raises(ValueError, match="there is no traffic"):
        rig.plane.report("one")


# Laws

rates = st.floats(0.5, 50)


@settings(deadline=None)
@given(start=rates, end=rates, seconds=st.integers(1, 300))
def test_a_ramp_sends_its_area_and_never_goes_back(start, end, seconds):
    ramp = read_pattern({"kind": "ramp", "start": start, "end": end, "duration_ms": seconds * 1_000})
    offsets = []
    while (offset := ramp.offset_ms(len(offsets))) is not None:
        offsets.append(offset)
    assert abs(len(offsets) - (start + end) / 2 * seconds) <= 1.5
    assert offsets == sorted(offsets)
    assert all(0 <= offset < seconds * 1_000 for offset in offsets)


@given(st.lists(st.integers(0, 10_000), min_size=1).map(sorted), st.integers(1, 100))
def test_percentiles_by_nearest_rank(ordered, percent):
    value = rank(ordered, percent)
    assert value in ordered
    assert sum(each <= value for each in ordered) * 100 >= percent * len(ordered)
    assert sum(each < value for each in ordered) * 100 < percent * len(ordered)


@settings(deadline=None)
@given(st.integers(1, 30), st.sampled_from(["web:1.0", "web:graceful", "web:hangs"]), st.integers(0, 5_000))
def test_every_request_comes_to_exactly_one_end(per_second, image, killed_at_ms):
    """Whatever happens, sent = answered + in flight, and nothing stays in flight for ever."""
    rig = Rig()
    task = rig.task(1, image)
    rig.task(2)
    stream = rig.plane.start_traffic(
        {"kind": "constant", "per_second": per_second, "duration_ms": 3_000}, url=URL
    )
    rig.engine.call_at(killed_at_ms, "kill", task.arn)
    rig.run(200_000)
    report = rig.plane.report(stream)
    assert report["in_flight"] == 0
    assert report["sent"] == report["answered"] == len(rig.journal.of("http"))
    assert sum(report["by_status"].values()) == report["sent"]
    assert not rig.plane._back.waiting
    assert not rig.plane._back.results
    assert not rig.plane._back._by_begun
    assert not rig.workload._in_flight
