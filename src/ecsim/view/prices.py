"""What AWS asks for it: one dated table. Estimates, never a bill.

Sources: ecs-behaviour.md section 14 (aws.amazon.com/jp/fargate/pricing as quoted by articles of 2025-09 for Tokyo and
of 2026 for us-east-1; per second, at least one minute, from the start of the image pull to the end of the task); the
load balancer's hour from aws.amazon.com/elasticloadbalancing/pricing as quoted by several articles (each hour or part
of an hour). Not read from AWS's own page: check before relying on it.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2026-11"
SOURCE = "aws.amazon.com/fargate/pricing, aws.amazon.com/elasticloadbalancing/pricing"
MINIMUM_MS = 60_000
"""Fargate bills at least one minute a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """US dollars in one region, Linux on x86."""

    vcpu_hour: float
    gb_hour: float
    balancer_hour: float


TABLE: dict[str, Prices] = {
    "ap-northeast-1": Prices(vcpu_hour=0.05056, gb_hour=0.00553, balancer_hour=0.0243),
    "us-east-1": Prices(vcpu_hour=0.04048, gb_hour=0.004445, balancer_hour=0.0225),
}
"""Region to prices."""

STAND_IN = "ap-northeast-1"
"""Whose prices stand in for a region that has none here."""
