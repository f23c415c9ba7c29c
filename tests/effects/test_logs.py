"""What containers print, as CloudWatch Logs shows it."""

from __future__ import annotations

import pytest

from ecsim.effects.logs import BATCH_EVENTS_MAX, Logs, batches, pieces
from ecsim.model.answers import Failure

START_MS = 1_775_001_600_000


@pytest.fixture
def logs(rig):
    return Logs(rig.gate, now_ms=lambda: rig.engine.now_ms)


def messages(rig, group="/ecs/web", stream="web/web/1"):
    events = rig.client("logs").get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)
    return [(event["timestamp"] - START_MS, event["message"]) for event in events["events"]]


def test_lines_are_there_when_somebody_looks(rig, logs, calls_of):
    rig.client("logs").create_log_group(logGroupName="/ecs/web")
    logs.open_stream({"awslogs-group": "/ecs/web"}, "web/web/1")

    def print_lines():
        for n in range(3):
            logs.write("/ecs/web", "web/web/1", n * 1_000, f"line {n}")

    assert calls_of(print_lines) == []
    rig.pass_time(5_000)
    assert messages(rig) == [(0, "line 0"), (1_000, "line 1"), (2_000, "line 2")]
    logs.write("/ecs/web", "web/web/1", 5_000, "later")
    assert messages(rig)[-1] == (5_000, "later")


def test_without_its_group_a_task_cannot_start(logs):
    """ecs-behaviour.md 11.1: group missing and awslogs-create-group false."""
    failure = logs.open_stream({"awslogs-group": "/ecs/none"}, "a/b/c")
    assert isinstance(failure, Failure)
    assert failure.text.startswith("ResourceInitializationError: failed to validate logger args")


def test_the_group_is_made_if_the_options_say_so(rig, logs):
    options = {"awslogs-group": "/ecs/new", "awslogs-create-group": "true"}
    assert logs.open_stream(options, "a/b/c") is None
    groups = rig.client("logs").describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/ecs/new"]
    assert groups[0]["creationTime"] == START_MS


def test_silent_streams_exist_and_cost_nothing_before(rig, logs, calls_of):
    rig.client("logs").create_log_group(logGroupName="/ecs/web")

    def start():
        for n in range(100):
            assert logs.open_stream({"awslogs-group": "/ecs/web"}, f"web/web/{n:03}") is None

    assert calls_of(start) == ["logs.DescribeLogGroups"]
    streams = rig.client("logs").describe_log_streams(logGroupName="/ecs/web", limit=2)["logStreams"]
    assert [stream["logStreamName"] for stream in streams] == ["web/web/000", "web/web/001"]


def test_a_group_with_a_longer_name_is_not_the_group(rig, logs):
    rig.client("logs").create_log_group(logGroupName="/ecs/web-two")
    assert isinstance(logs.open_stream({"awslogs-group": "/ecs/web"}, "s"), Failure)


def test_lines_for_a_deleted_group_are_lost_and_nothing_breaks(rig, logs):
    client = rig.client("logs")
    client.create_log_group(logGroupName="/ecs/web")
    logs.open_stream({"awslogs-group": "/ecs/web"}, "web/web/1")
    logs.write("/ecs/web", "web/web/1", 0, "one")
    client.delete_log_group(logGroupName="/ecs/web")
    logs.write("/ecs/web", "web/web/1", 0, "two")
    assert client.describe_log_groups()["logGroups"] == []
    assert isinstance(logs.open_stream({"awslogs-group": "/ecs/web"}, "web/web/2"), Failure)


def test_old_lines_do_not_wait_until_they_would_be_refused(rig, logs):
    """botocore logs, PutLogEvents: none of the events can be older than 14 days."""
    day = 86_400_000
    rig.client("logs").create_log_group(logGroupName="/ecs/web")
    logs.open_stream({"awslogs-group": "/ecs/web"}, "web/web/1")
    for n in range(30):
        rig.pass_time(day)
        logs.write("/ecs/web", "web/web/1", rig.engine.now_ms, f"day {n}")
    assert len(messages(rig)) == 30


def test_batches_keep_to_the_limits_and_to_the_order_of_time():
    many = [(n % 7, "x") for n in range(BATCH_EVENTS_MAX + 1)]
    made = list(batches(many))
    assert [len(batch) for batch in made] == [BATCH_EVENTS_MAX, 1]
    stamps = [event["timestamp"] for batch in made for event in batch]
    assert stamps == sorted(stamps)


def test_long_lines_come_in_pieces_and_empty_ones_not_at_all():
    assert [len(piece) for piece in pieces("x" * 40_000)] == [16_384, 16_384, 7_232]
    assert pieces("") == []
