"""Words that AWS knows: members whose value must be one of a list, checked against botocore's model.

The checks of an operation are compiled once, and only for the members that have such words in them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.model import ListShape, Shape, StringShape, StructureShape

from ecsim.api.ecs.refusals import client_exception, invalid_parameter
from ecsim.api.wire import ecs_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def check(operation: str, params: Mapping[str, Any]) -> None:
    """Refuse a request with a word that AWS does not know.

    Raises:
        ApiError: InvalidParameterException, for a task definition ClientException.
    """
    look = _of_operation(operation)
    problem = look(params) if look is not None else None
    if problem is not None:
        raise client_exception(problem) if "TaskDefinition" in operation else invalid_parameter(problem)


_IN_OTHER_WORDS = ("DeploymentLifecycleHookTargetType",)
"""Shapes that AWS refuses in words of their own, where they are read (`strategy_rules`)."""


@cache
def _of_operation(operation: str) -> Callable[[Any], str | None] | None:
    return _of_shape(ecs_model().operation_model(operation).input_shape, "")


def _of_shape(shape: Shape | None, name: str) -> Callable[[Any], str | None] | None:
    """A function that finds the first wrong word in a value of the shape, or None when there can be none."""
    if isinstance(shape, StructureShape):
        inner = {member: _of_shape(s, member) for member, s in shape.members.items()}
        return _in_structure({member: look for member, look in inner.items() if look is not None})
    if isinstance(shape, ListShape):
        return _in_list(_of_shape(shape.member, name))
    if isinstance(shape, StringShape) and shape.enum and shape.name not in _IN_OTHER_WORDS:
        return _word(name, tuple(shape.enum))
    return None


def _in_structure(
    inner: Mapping[str, Callable[[Any], str | None]],
) -> Callable[[Any], str | None] | None:
    def look(value: Any) -> str | None:
        for member, look_inside in inner.items():
            given = value.get(member)
            problem = look_inside(given) if given is not None else None
            if problem is not None:
                return problem
        return None

    return look if inner else None


def _in_list(inner: Callable[[Any], str | None] | None) -> Callable[[Any], str | None] | None:
    if inner is None:
        return None
    return lambda values: next((p for p in (inner(v) for v in values) if p is not None), None)


def _word(name: str, words: tuple[str, ...]) -> Callable[[Any], str | None]:
    problem = f"{name} should be one of [{','.join(words)}]"
    return lambda value: None if value in words else problem
