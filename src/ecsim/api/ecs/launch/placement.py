"""Placement constraints and strategies, as RunTask, services and task definitions ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter
from ecsim.decide.capacity.cluster_query import BadQuery, parse
from ecsim.decide.capacity.placement import constraints_of, strategies_of
from ecsim.model.placement import PlacementConstraint, PlacementStrategy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.api.ecs.launch.capacity import Capacity
    from ecsim.model.task_definition import TaskDefinition

CONSTRAINTS_MAX = 10
"""Those of the task definition and of the call together. Source: botocore RunTaskRequest.placementConstraints."""
STRATEGIES_MAX = 5
"""Source: botocore RunTaskRequest.placementStrategy."""
_BINPACK = ("cpu", "memory")


def checked(
    params: Mapping[str, Any], definition: TaskDefinition, where: Capacity
) -> tuple[tuple[PlacementConstraint, ...], tuple[PlacementStrategy, ...]]:
    """The constraints (the task definition's first) and the strategies of a request.

    Raises:
        ApiError: InvalidParameterException.
    """
    constraints, strategies = params.get("placementConstraints"), params.get("placementStrategy")
    check_members(params, on_fargate=where.is_fargate)
    own = definition.document.get("placementConstraints") or ()
    if len(own) + len(constraints or ()) > CONSTRAINTS_MAX:
        raise invalid_parameter(f"A task can have at most {CONSTRAINTS_MAX} placement constraints.")
    return constraints_of(own, constraints), strategies_of(strategies)


def check_members(params: Mapping[str, Any], *, on_fargate: bool) -> None:
    """Refuse constraints and strategies that AWS refuses.

    Raises:
        ApiError: InvalidParameterException.
    """
    constraints, strategies = params.get("placementConstraints"), params.get("placementStrategy")
    if on_fargate and strategies:
        raise invalid_parameter("Placement strategies are not supported with FARGATE launch type.")
    if on_fargate and constraints:
        raise invalid_parameter("Placement constraints are not supported with FARGATE launch type.")
    check_constraints(constraints)
    if len(strategies or ()) > STRATEGIES_MAX:
        raise invalid_parameter(f"placementStrategy can have at most {STRATEGIES_MAX} items.")
    for strategy in strategies or ():
        _check_strategy(strategy)


def check_constraints(constraints: Sequence[Mapping[str, Any]] | None) -> None:
    """Refuse constraints that AWS refuses. Source: botocore PlacementConstraint.

    Raises:
        ApiError: InvalidParameterException.
    """
    for constraint in constraints or ():
        kind, expression = constraint.get("type"), constraint.get("expression")
        if kind == "distinctInstance":
            if expression:
                raise invalid_parameter("distinctInstance placement constraints do not support expression.")
        elif kind == "memberOf":
            check_expression(expression)
        else:
            raise invalid_parameter("type is required for placement constraints.")


def check_expression(expression: str | None) -> None:
    """Refuse what is no expression of the cluster query language.

    Raises:
        ApiError: InvalidParameterException.
    """
    if not expression:
        raise invalid_parameter("expression is required for memberOf placement constraints.")
    try:
        parse(expression)
    except BadQuery as wrong:
        raise invalid_parameter(f"Invalid expression: {wrong}") from wrong


def _check_strategy(strategy: Mapping[str, Any]) -> None:
    """Source: botocore PlacementStrategy.field."""
    kind, field = strategy.get("type"), strategy.get("field") or ""
    if kind == "random":
        if field:
            raise invalid_parameter("The random placement strategy does not support a field.")
    elif kind == "spread":
        named = field.startswith("attribute:") and field != "attribute:"
        if field not in ("instanceId", "host") and not named:
            raise invalid_parameter(
                f"The spread placement strategy does not support the field {field!r}: "
                "use instanceId, host or attribute:<name>."
            )
    elif kind == "binpack":
        if field.lower() not in _BINPACK:
            raise invalid_parameter(
                f"The binpack placement strategy does not support the field {field!r}: use cpu or memory."
            )
    else:
        raise invalid_parameter("type is required for placement strategies.")
