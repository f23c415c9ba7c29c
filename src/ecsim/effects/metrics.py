"""CloudWatch's part: what Application Load Balancers measure, in the namespace AWS/ApplicationELB.

Numbers wait here and are written to CloudWatch, minute by minute, when somebody is about to look: a cloud whose
metrics nobody reads pays almost nothing. Only whole minutes are there, and only where there was something to report.
Names, units and dimensions: ALB User Guide, load-balancer-cloudwatch-metrics. Per Availability Zone nothing is
reported. Network Load Balancers report nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ecsim.clock.journal import Journal
from ecsim.effects.clients import Clients
from ecsim.effects.elbv2 import Elbv2

NAMESPACE = "AWS/ApplicationELB"
START_S = calendar.timegm((2026, 4, 1, 0, 0, 0))
"""When every cloud starts, in seconds since 1970."""
MINUTE_MS = 60_000
BATCH_MAX = 1_000
"""Source: botocore cloudwatch PutMetricData."""
HOST_MINUTES_MAX = 1_440
"""Healthy and unhealthy targets are put down for the last day only: our choice, to keep long waits cheap."""
_REDIRECT, _CLIENT_ERROR, _SERVER_ERROR = 300, 400, 500
_OF_TARGETS = ("RequestCount", "TargetResponseTime", "TargetConnectionErrorCount")
_CONNECTION_ERRORS = ("http.connection_refused", "http.connect_timeout")
_SECONDS = ("TargetResponseTime",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A request that came to its end at a load balancer.

    Attributes:
        status: what the client got, or None.
        code: why the load balancer answered itself, or None.
        ms: how long it took.
        is_http: whether the load balancer read it.
        was_forwarded: whether a target was chosen.
    """

    load_balancer_arn: str
    target_group_arn: str | None
    status: int | None
    code: str | None
    ms: int
    is_http: bool
    was_forwarded: bool


@dataclass(slots=True)
class _Statistic:
    count: int = 0
    total: float = 0.0
    low: float = 0.0
    high: float = 0.0

    def add(self, value: float) -> None:
        self.low = value if self.count == 0 else min(self.low, value)
        self.high = value if self.count == 0 else max(self.high, value)
        self.count += 1
        self.total += value


_Dimensions = tuple[tuple[str, str], ...]
_Series = tuple[int, str, _Dimensions]
"""The minute, the metric's name, its dimensions."""


class Metrics:
    """Counts, and writes out in time.

    Args:
        clients: AWS's other services.
        journal: knows when which target changed its state.
        balancing: knows which load balancer a target group is behind.
        now_ms: asks the engine for the time.
    """

    def __init__(
        self, clients: Clients, journal: Journal, balancing: Elbv2, *, now_ms: Callable[[], int]
    ) -> None:
        self._clients = clients
        self._journal = journal
        self._now_ms = now_ms
        self._balancing = balancing
        self._waiting: dict[_Series, _Statistic] = {}
        self._read_to = 0
        self._states: dict[str, dict[str, str]] = {}
        self._hosts_minute = 0
        clients.before.append(self._before)

    def count(self, at_ms: int, request: Measured) -> None:
        """Count a request."""
        if not request.is_http:
            return
        minute = at_ms // MINUTE_MS
        alb = ("LoadBalancer", suffix(request.load_balancer_arn))
        group: _Dimensions = (alb,)
        if request.target_group_arn is not None:
            group = (("TargetGroup", suffix(request.target_group_arn)), alb)
        for name, value in measures(request):
            of_target = name in _OF_TARGETS or name.startswith("HTTPCode_Target_")
            for dimensions in dict.fromkeys(((alb,), group) if of_target else ((alb,),)):
                self._add(minute, name, dimensions, value)
        if request.was_forwarded:
            self._add(minute, "RequestCountPerTarget", group[:1], 1.0)

    def _add(self, minute: int, name: str, dimensions: _Dimensions, value: float) -> None:
        self._waiting.setdefault((minute, name, dimensions), _Statistic()).add(value)

    def flush(self) -> None:
        """Write out every whole minute until now."""
        minute = self._now_ms() // MINUTE_MS
        self._count_hosts(minute)
        ready = [series for series in self._waiting if series[0] < minute]
        data = [_datum(series, self._waiting.pop(series)) for series in ready]
        for start in range(0, len(data), BATCH_MAX):
            self._clients.client("cloudwatch").put_metric_data(
                Namespace=NAMESPACE, MetricData=data[start : start + BATCH_MAX]
            )

    def _before(self, service: str, _operation: str) -> None:
        if service == "cloudwatch":
            self.flush()

    # Healthy and unhealthy targets, at the end of each minute

    def _count_hosts(self, until: int) -> None:
        self._hosts_minute = max(self._hosts_minute, until - HOST_MINUTES_MAX)
        for at_ms, group, target, state in self._changes():
            self._sample(min(at_ms // MINUTE_MS, until))
            self._states.setdefault(group, {})[target] = state
            if state == "unused":
                del self._states[group][target]
        self._sample(until)

    def _changes(self) -> Iterator[tuple[int, str, str, str]]:
        entries = self._journal.since(self._read_to)
        self._read_to += len(entries)
        for entry in entries:
            if entry.kind == "target.state":
                group, _, target = entry.subject.partition("/")
                yield entry.at_ms, group, target, str(entry.fields["state"])

    def _sample(self, until: int) -> None:
        """Put down what was true at the end of every minute before `until`."""
        for minute in range(self._hosts_minute, until):
            for name, targets in self._states.items():
                dimensions = self._behind(name)
                states = list(targets.values())
                if dimensions is None or not states:
                    continue
                self._add(minute, "HealthyHostCount", dimensions, states.count("healthy"))
                self._add(minute, "UnHealthyHostCount", dimensions, states.count("unhealthy"))
        self._hosts_minute = max(self._hosts_minute, until)

    def _behind(self, group_name: str) -> _Dimensions | None:
        """The dimensions of a target group behind an Application Load Balancer, by its name."""
        for arn, balancer in self._balancing.forwarding():
            if balancer.type == "application" and arn.split("/")[1] == group_name:
                return (("TargetGroup", suffix(arn)), ("LoadBalancer", suffix(balancer.arn)))
        return None


def measures(request: Measured) -> Iterator[tuple[str, float]]:
    """What one request adds to which metric."""
    status, from_target = request.status, request.was_forwarded and request.code is None
    if request.was_forwarded:
        yield "RequestCount", 1.0
    if request.code in _CONNECTION_ERRORS:
        yield "TargetConnectionErrorCount", 1.0
    if request.code == "http.client_gave_up":
        yield "HTTPCode_ELB_4XX_Count", 1.0
        yield "HTTPCode_ELB_460_Count", 1.0
    if status is None:
        return
    if from_target:
        yield "TargetResponseTime", request.ms / 1_000
        yield f"HTTPCode_Target_{status // 100}XX_Count", 1.0
        return
    if request.code is None:
        yield (
            ("HTTP_Redirect_Count" if _REDIRECT <= status < _CLIENT_ERROR else "HTTP_Fixed_Response_Count"),
            1.0,
        )
    if status >= _REDIRECT:  # the load balancer counts no successes of its own
        yield f"HTTPCode_ELB_{status // 100}XX_Count", 1.0
    if status >= _SERVER_ERROR:
        yield f"HTTPCode_ELB_{status}_Count", 1.0


def suffix(arn: str) -> str:
    """How a dimension names a load balancer ("app/shop/1234567890123456") or a target group ("targetgroup/...")."""
    tail = arn.rsplit(":", 1)[1]
    return tail.removeprefix("loadbalancer/")


def _datum(series: _Series, statistic: _Statistic) -> dict[str, Any]:
    minute, name, dimensions = series
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
        "Timestamp": dt.datetime.fromtimestamp(START_S + minute * 60, dt.UTC),
        "StatisticValues": {
            "SampleCount": statistic.count,
            "Sum": statistic.total,
            "Minimum": statistic.low,
            "Maximum": statistic.high,
        },
        "Unit": "Seconds" if name in _SECONDS else "Count",
    }
