"""CloudWatch Logs' part: what containers print with the awslogs driver.

Lines wait here, in memory, and are written to CloudWatch Logs when somebody is about to look: ten thousand
silent tasks cost nothing.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Mapping

from ecsim.effects.clients import Clients, error_code
from ecsim.model.answers import Failure

START_MS = calendar.timegm((2026, 4, 1, 0, 0, 0)) * 1_000
"""When every cloud starts, in milliseconds since 1970."""
BATCH_EVENTS_MAX = 10_000
"""Source: botocore logs, PutLogEvents."""
BATCH_BYTES_MAX = 1_048_576
"""Source: botocore logs, PutLogEvents: UTF-8 bytes, and 26 more for each event."""
EVENT_BYTES_MORE = 26
LINE_BYTES_MAX = 16_384
"""The container runtime splits longer lines (ecs-behaviour.md 11.1, memory)."""
WAIT_MS_MAX = 7 * 86_400_000
"""Lines older than 14 days would be refused (botocore logs, PutLogEvents); half of that is safe."""

_FORGETS = ("CreateLogGroup", "DeleteLogGroup", "DeleteLogStream")
"""Operations that change what is remembered here."""
_Key = tuple[str, str]


class Logs:
    """Buffers lines and writes them out in time.

    Args:
        clients: AWS's other services.
        now_ms: asks the engine for the time.
    """

    def __init__(self, clients: Clients, *, now_ms: Callable[[], int]) -> None:
        self._clients = clients
        self._now_ms = now_ms
        self._groups: dict[str, bool] = {}
        self._made: dict[_Key, None] = {}
        self._silent: dict[_Key, None] = {}
        self._lines: dict[_Key, list[tuple[int, str]]] = {}
        self._oldest_ms: int | None = None
        clients.before.append(self._before)
        clients.changed.append(self._changed)

    def open_stream(self, options: Mapping[str, str], stream: str) -> Failure | None:
        """Make ready to write to a stream, with the `awslogs-*` options; the group is made if they say so.

        The failure's text: ecs-behaviour.md 2.6 (memory).
        """
        group = options.get("awslogs-group", "")
        if not self._exists(group):
            if options.get("awslogs-create-group", "false").lower() != "true":
                return Failure(
                    text="ResourceInitializationError: failed to validate logger args: create stream has been "
                    "retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: "
                    "The specified log group does not exist."
                )
            self._clients.client("logs").create_log_group(logGroupName=group)
            self._groups[group] = True
        key = (group, stream)
        if key not in self._made and key not in self._lines:
            self._silent[key] = None
        return None

    def write(self, group: str, stream: str, at_ms: int, line: str) -> None:
        """Append a line to a stream."""
        if self._oldest_ms is not None and self._now_ms() - self._oldest_ms > WAIT_MS_MAX:
            self.flush()
        if self._oldest_ms is None or at_ms < self._oldest_ms:
            self._oldest_ms = at_ms
        key = (group, stream)
        self._silent.pop(key, None)
        self._lines.setdefault(key, []).append((at_ms, line))

    def flush(self, *, silent_too: bool = False) -> None:
        """Write everything out; with `silent_too`, make the streams that have no line yet as well."""
        lines, self._lines, self._oldest_ms = self._lines, {}, None
        for key, waiting in lines.items():
            self._write_out(key, waiting)
        if silent_too:
            silent, self._silent = self._silent, {}
            for key in silent:
                self._make(key)

    def _before(self, service: str, operation: str) -> None:
        if service == "logs":
            self.flush(silent_too=operation == "DescribeLogStreams")

    def _changed(self, service: str, operation: str) -> None:
        if service == "cloudformation" or (service == "logs" and operation in _FORGETS):
            self._groups.clear()
            self._made.clear()

    def _exists(self, group: str) -> bool:
        if group not in self._groups:
            pages = self._clients.client("logs").get_paginator("describe_log_groups")
            self._groups[group] = (
                any(
                    each["logGroupName"] == group
                    for page in pages.paginate(logGroupNamePrefix=group)
                    for each in page["logGroups"]
                )
                if group
                else False
            )
        return self._groups[group]

    def _make(self, key: _Key) -> bool:
        """Make a stream if it is not there; returns False when its group is gone."""
        from botocore.exceptions import ClientError

        if key in self._made:
            return True
        try:
            self._clients.client("logs").create_log_stream(logGroupName=key[0], logStreamName=key[1])
        except ClientError as error:
            if error_code(error) != "ResourceAlreadyExistsException":
                return False
        self._made[key] = None
        return True

    def _write_out(self, key: _Key, waiting: list[tuple[int, str]]) -> None:
        from botocore.exceptions import ClientError

        if not self._make(key):
            return  # the group was deleted under a running task: the lines are lost, as on AWS
        for batch in batches(waiting):
            try:
                self._clients.client("logs").put_log_events(
                    logGroupName=key[0], logStreamName=key[1], logEvents=batch
                )
            except ClientError as error:
                if error_code(error) != "ResourceNotFoundException":
                    raise
                return


def batches(waiting: list[tuple[int, str]]) -> Iterator[list[dict[str, object]]]:
    """The lines as PutLogEvents takes them: in order of time, in batches within its limits."""
    batch: list[dict[str, object]] = []
    size = 0
    for at_ms, line in sorted(waiting, key=lambda each: each[0]):
        for piece in pieces(line):
            cost = len(piece.encode()) + EVENT_BYTES_MORE
            if batch and (len(batch) == BATCH_EVENTS_MAX or size + cost > BATCH_BYTES_MAX):
                yield batch
                batch, size = [], 0
            batch.append({"timestamp": START_MS + at_ms, "message": piece})
            size += cost
    if batch:
        yield batch


def pieces(line: str) -> list[str]:
    """A line as the log driver sends it: empty ones not at all, very long ones in pieces."""
    data = line.encode()
    if len(data) <= LINE_BYTES_MAX:
        return [line] if line else []
    cut = [data[start : start + LINE_BYTES_MAX] for start in range(0, len(data), LINE_BYTES_MAX)]
    return [piece.decode("utf-8", "ignore") for piece in cut]
