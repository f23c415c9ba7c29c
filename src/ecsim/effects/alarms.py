"""CloudWatch's part in deployments: the state of alarms, as DescribeAlarms tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecsim.decide.deployment.alarms import Alarm
from ecsim.effects.clients import Clients

_MINUTE_S = 60


class Alarms:
    """Looks alarms up; metric alarms and composite ones alike.

    Args:
        clients: AWS's other services.
    """

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def look_up(self, names: Sequence[str]) -> dict[str, Alarm]:
        """The alarms of these names that there are."""
        kinds = ["MetricAlarm", "CompositeAlarm"]
        answer = self._clients.client("cloudwatch").describe_alarms(AlarmNames=list(names), AlarmTypes=kinds)
        found = [*answer.get("MetricAlarms", ()), *answer.get("CompositeAlarms", ())]
        return {alarm["AlarmName"]: _alarm(alarm) for alarm in found}


def _alarm(found: dict[str, Any]) -> Alarm:
    periods = [
        found.get("Period"),
        *((m.get("MetricStat") or {}).get("Period") for m in found.get("Metrics", ())),
    ]
    period_s = max((int(p) for p in periods if p), default=_MINUTE_S)
    return Alarm(
        is_on=found.get("StateValue") == "ALARM",
        window_ms=1_000 * period_s * int(found.get("EvaluationPeriods") or 1),
    )
