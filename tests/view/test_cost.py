"""The estimate: arithmetic by hand against ecs-behaviour.md section 14."""

from __future__ import annotations

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from ecsim.view import Picture, cost
from ecsim.view.prices import TABLE
from ecsim.view.usage import usage


def test_the_bill_of_a_rolling_update(pictures):
    assert cost(pictures.rolling()).text == snapshot("""\
What this would have cost on AWS (estimate)
so far, in 2 min 30 s of virtual time
  what                         used               price    US dollars
  Fargate vCPU, 6 tasks        0.0404 vCPU-hours  0.05056  0.0020
  Fargate memory, 6 tasks      0.0808 GB-hours    0.00553  0.0004
  1 Application Load Balancer  1 ALB-hours        0.0243   0.0243
  Total                                                    0.0268
a month like the present moment (730 h): $51.48
- Fargate bills by the second from the start of the image pull to the end of the
  task, at least 1 minute.
- You pay for the size that the task definition asks for, not for what is used.
- A load balancer costs by the hour, with or without requests; a part of an hour
  counts whole.
- Not in it: load balancer capacity units, public IPv4 addresses, NAT gateways,
  data transfer, CloudWatch Logs, free tier, Savings Plans, Spot.
- Prices of ap-northeast-1 in US dollars, as of 2026-11. Source: articles that
  quote aws.amazon.com/fargate/pricing,
  aws.amazon.com/elasticloadbalancing/pricing.\
""")


def test_seconds_from_pull_start_to_stop(pictures):
    """Three tasks 9 s to 121 s, three 68 s to 150 s (now), 0.25 vCPU and 0.5 GB each."""
    used = usage(pictures.rolling())
    seconds = 3 * (121 - 9) + 3 * (150 - 68)
    assert used.vcpu_hours == pytest.approx(0.25 * seconds / 3_600)
    assert used.gb_hours == pytest.approx(0.5 * seconds / 3_600)
    assert used.raised == 0


def test_at_least_one_minute_a_task(pictures):
    """Source: ecs-behaviour.md 14 (1-minute minimum)."""
    used = usage(pictures.breaker())
    assert used.raised == 3
    assert used.vcpu_hours == pytest.approx(0.25 * (3 * (200 - 9) + 3 * 60) / 3_600)


def test_tokyo_month_of_one_vcpu_and_two_gb():
    """Source: ecs-behaviour.md 14: 1 vCPU and 2 GB for 720 h are 36.40 + 7.96 dollars."""
    prices = TABLE["ap-northeast-1"]
    assert round(720 * prices.vcpu_hour, 2) == 36.40
    assert round(720 * 2 * prices.gb_hour, 2) == 7.96


def test_a_part_of_a_load_balancers_hour_counts_whole(pictures):
    assert usage(pictures.rolling()).balancer_hours == 1
    assert usage(replace(pictures.rolling(), now_ms=3_600_000)).balancer_hours == 1
    assert usage(replace(pictures.rolling(), now_ms=3_600_001)).balancer_hours == 2


def test_a_deleted_load_balancer_stops_costing(pictures):
    story = pictures.started()
    story.at(
        4_000,
        "call",
        "elasticloadbalancing.DeleteLoadBalancer",
        n=9,
        by="learner",
        params={"LoadBalancerArn": pictures.BALANCER},
        error=None,
    )
    picture = pictures.picture(story, 90_000, (pictures.deployment(pictures.OLD, 1),))
    used = usage(replace(picture, balancers=()))
    assert (used.balancers, used.balancer_hours, used.running_balancers) == (1, 2, 0)


def test_a_region_without_prices_says_whose_stand_in(pictures):
    text = " ".join(cost(replace(pictures.rolling(), region="eu-west-1")).text.split())
    assert "There is no price table for eu-west-1: the prices of ap-northeast-1 stand in." in text


def test_tasks_that_are_not_on_fargate_or_forgotten_are_named(pictures):
    picture = pictures.rolling()
    tasks = (replace(picture.tasks[1], launch_type="EC2"), *picture.tasks[2:])
    text = cost(replace(picture, tasks=tasks)).text
    assert "1 task not on Fargate left out" in text
    assert "1 task that is no longer remembered left out" in text


def test_nothing_has_run():
    assert "Nothing that costs money" in cost(Picture(now_ms=0, region="ap-northeast-1")).text


def test_it_is_called_an_estimate(pictures, lang):
    view = cost(pictures.rolling(), lang)
    word = {"en": "estimate", "ja": "概算"}[lang]
    assert word in view.text
    assert word in view.html
