"""What became of a stream's requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from ecsim.dataplane.exchange import Result

FAILURES_MAX = 100
"""Failures that are told one by one; all are counted."""
FAILED_STATUS_MIN = 500
NO_ANSWER = "none"
"""What stands for the status of a request without an HTTP answer."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counts. A request has failed when its status is 500 or more, or when there was no HTTP answer."""

    sent: int = 0
    failed: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    by_revision: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, Any]] = field(default_factory=list)
    waited_ms: list[int] = field(default_factory=list)
    min_healthy: int | None = None

    def count(self, result: Result, *, at_ms: int, healthy: int | None, revision: str | None) -> None:
        """Count one request that has come to its end."""
        self.by_status[NO_ANSWER if result.status is None else str(result.status)] += 1
        self.waited_ms.append(result.ms)
        if revision is not None and result.code is None:
            self.by_revision[revision] += 1
        if healthy is not None:
            self.min_healthy = healthy if self.min_healthy is None else min(self.min_healthy, healthy)
        if result.code is not None:
            self.by_code[result.code] += 1
        if result.status is None or result.status >= FAILED_STATUS_MIN:
            self.failed += 1
            if len(self.failures) < FAILURES_MAX:
                one = {"at_ms": at_ms, "status": result.status, "code": result.code, "task": result.task}
                self.failures.append(one)

    def report(self) -> dict[str, Any]:
        """Plain values.

        `by_revision` counts the answers of programs by task definition revision ("web:2"). Waiting times are
        milliseconds, by nearest rank. `min_healthy_targets` is the smallest number of healthy targets that any
        request met, None when none met a target group.
        """
        waited = sorted(self.waited_ms)
        return {
            "sent": self.sent,
            "answered": len(waited),
            "in_flight": self.sent - len(waited),
            "failed": self.failed,
            "by_status": _ordered(self.by_status),
            "by_code": _ordered(self.by_code),
            "by_revision": _ordered(self.by_revision),
            "failures": [dict(failure) for failure in self.failures],
            "p50_ms": rank(waited, 50),
            "p95_ms": rank(waited, 95),
            "max_ms": waited[-1] if waited else None,
            "min_healthy_targets": self.min_healthy,
        }


def rank(ordered: list[int], percent: int) -> int | None:
    """The percentile by nearest rank of values in ascending order; None of nothing."""
    if not ordered:
        return None
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]


def _ordered(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items()))
