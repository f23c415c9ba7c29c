"""Deployment configurations: which share of production green has after each step, and how long a step lasts.

Source: CodeDeploy User Guide, deployment-configurations; botocore codedeploy TimeBasedCanary, TimeBasedLinear.
"""

from __future__ import annotations

from ecsim.decide.deployment import stages
from ecsim.model.codedeploy import TrafficRouting
from ecsim.model.strategy import MINUTE_MS, Strategy

PREFIX = "CodeDeployDefault."
DEFAULT = f"{PREFIX}ECSAllAtOnce"
_TENTHS = 10
_PERCENT = 100
INTERVAL_MAX_MIN = 2_880
"""Two days. The limit of a canary's or linear interval is documented for the console; its exact place is not."""

_LINEAR = {Strategy.CANARY: "TimeBasedCanary", Strategy.LINEAR: "TimeBasedLinear"}

PREDEFINED = tuple(
    TrafficRouting(
        id=f"00000000-0000-0000-0000-{nth:012}",
        name=f"{PREFIX}{name}",
        type=kind,
        percentage=percentage,
        interval_min=interval,
        is_predefined=True,
    )
    for nth, (name, kind, percentage, interval) in enumerate(
        (
            ("ECSAllAtOnce", "AllAtOnce", 100, 0),
            ("ECSCanary10Percent15Minutes", "TimeBasedCanary", 10, 15),
            ("ECSCanary10Percent5Minutes", "TimeBasedCanary", 10, 5),
            ("ECSLinear10PercentEvery1Minutes", "TimeBasedLinear", 10, 1),
            ("ECSLinear10PercentEvery3Minutes", "TimeBasedLinear", 10, 3),
        ),
        start=1,
    )
)
"""AWS's own five for Amazon ECS."""


def steps(routing: TrafficRouting) -> tuple[int, ...]:
    """Green's share of production after each step, in tenths of a percent."""
    strategies = {kind: strategy for strategy, kind in _LINEAR.items()}
    strategy = strategies.get(routing.type, Strategy.BLUE_GREEN)
    return stages.steps_of(strategy, percent=routing.percentage * _TENTHS)


def interval_ms(routing: TrafficRouting) -> int:
    """How long a step lasts before the next one."""
    return routing.interval_min * MINUTE_MS


def problem(kind: str, percentage: int | None, interval_min: int | None) -> str:
    """What is wrong with a configuration of one's own, or an empty text."""
    if kind == "AllAtOnce":
        return ""
    if percentage is None or not 1 <= percentage < _PERCENT:
        return f"The percentage of a {kind} configuration must be between 1 and {_PERCENT - 1}."
    if interval_min is None or not 1 <= interval_min <= INTERVAL_MAX_MIN:
        return f"The interval of a {kind} configuration must be between 1 and {INTERVAL_MAX_MIN} minutes."
    return ""
