"""The engine: order, bounds, stopping."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecsim.clock.engine import Engine


def run(engine, until, **options):
    seen = []
    engine.run_until(until, lambda wake: seen.append((wake.at_ms, wake.key)), lambda: None, **options)
    return seen


@given(st.lists(st.integers(0, 1_000), max_size=60))
def test_wakes_come_in_order_of_time_and_then_of_scheduling(moments):
    engine = Engine()
    for n, at in enumerate(moments):
        engine.call_at(at, "k", str(n))
    seen = run(engine, 1_000)
    assert seen == sorted(((at, str(n)) for n, at in enumerate(moments)), key=lambda w: (w[0], int(w[1])))
    assert engine.now_ms == 1_000
    assert engine.next_at() is None


def test_settles_once_after_each_moment_and_before_the_first():
    engine, log = Engine(), []
    for at in (5, 5, 7):
        engine.call_at(at, "k", "x")
    engine.run_until(10, lambda wake: log.append(wake.at_ms), lambda: log.append("settle"))
    assert log == ["settle", 5, 5, "settle", 7, "settle", "settle"]


def test_a_wake_in_the_past_is_now_and_a_wake_may_schedule_more():
    engine, seen = Engine(), []
    engine.run_until(100, lambda wake: None, lambda: None)

    def handle(wake):
        seen.append((engine.now_ms, wake.key))
        if wake.key == "a":
            engine.call_at(50, "k", "b")

    engine.call_at(3, "k", "a")
    engine.run_until(200, handle, lambda: None)
    assert seen == [(100, "a"), (100, "b")]


def test_stops_at_the_first_settled_moment_that_fits():
    engine = Engine()
    for at in (10, 20, 30):
        engine.call_at(at, "k", str(at))
    assert run(engine, 100, stop=lambda: engine.now_ms >= 20) == [(10, "10"), (20, "20")]
    assert engine.now_ms == 20


def test_time_never_goes_back():
    engine = Engine()
    run(engine, 50)
    run(engine, 10)
    assert engine.now_ms == 50
