"""Templates of CloudFormation read for ECS: properties as requests of the API, and who refers to whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TRUE = "true"
_ALIASES = {"placementstrategies": "placementstrategy", "clustersettings": "settings"}
"""Properties whose names differ from the API's by more than capital letters."""


class Refused(Exception):  # noqa: N818
    """A resource could not be made as its properties say."""


def converted(shape: Any, value: Any, where: str) -> Any:
    """A property's value as a member of the API: names by the API's spelling, numbers and truths from text.

    Args:
        shape: botocore's shape of the member.
        value: from the template, references resolved.
        where: the property's path, for messages.

    Raises:
        Refused: there is no such property, or the value cannot be of that type.
    """
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, value, where)
    if kind == "list":
        _must_be(list, value, where, "JSONArray")
        return [
            converted(shape.member, each, f"{where}/{n}") for n, each in enumerate(value) if each is not None
        ]
    if kind == "map":
        _must_be(Mapping, value, where, "JSONObject")
        return {str(name): converted(shape.value, each, f"{where}/{name}") for name, each in value.items()}
    return _scalar(kind, value, where)


def _scalar(kind: str, value: Any, where: str) -> Any:
    number = {"integer": int, "long": int, "double": float, "float": float}.get(kind)
    if number is not None:
        try:
            return number(value)
        except (TypeError, ValueError):
            raise Refused(f"#/{where}: expected type: Number, found: {_kind(value)}") from None
    if kind == "boolean":
        if _text(value) not in (_TRUE, "false"):
            raise Refused(f"#/{where}: expected type: Boolean, found: {_kind(value)}")
        return _text(value) == _TRUE
    if isinstance(value, Mapping | list):
        raise Refused(f"#/{where}: expected type: String, found: {_kind(value)}")
    return _text(value) if isinstance(value, bool) else str(value)


def _must_be(kind: type, value: Any, where: str, name: str) -> None:
    if not isinstance(value, kind):
        raise Refused(f"#/{where}: expected type: {name}, found: {_kind(value)}")


def _structure(shape: Any, value: Any, where: str) -> dict[str, Any]:
    _must_be(Mapping, value, where, "JSONObject")
    spelled = {name.lower(): name for name in shape.members}
    made = {}
    for name, each in value.items():
        low = name.lower()
        member = spelled.get(low) or spelled.get(_ALIASES.get(low, low))
        if member is None:
            raise Refused(f"Encountered unsupported property {name}")
        if each is not None:
            path = f"{where}/{name}" if where else name
            made[member] = converted(shape.members[member], each, path)
    return made


def _text(value: Any) -> str:
    return str(value).lower()


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "JSONObject"
    return "JSONArray" if isinstance(value, list) else type(value).__name__


def is_true(value: Any) -> bool:
    """Whether a property that is not the API's says yes."""
    return _text(value) == _TRUE


def references(template: Any) -> tuple[str, ...]:
    """The logical ids that a part of a template names by Ref, Fn::GetAtt or DependsOn, in their order."""
    found: dict[str, None] = {}

    def look(part: Any) -> None:
        if isinstance(part, Mapping):
            for name, value in part.items():
                if name in ("Ref", "DependsOn") and isinstance(value, str):
                    found[value] = None
                elif name == "DependsOn" and isinstance(value, list):
                    found.update(dict.fromkeys(map(str, value)))
                elif name == "Fn::GetAtt" and value:
                    found[value.partition(".")[0] if isinstance(value, str) else str(value[0])] = None
                else:
                    look(value)
        elif isinstance(part, list):
            for each in part:
                look(each)

    look(template)
    return tuple(found)


def in_order(resources: Mapping[str, Any]) -> list[str]:
    """The resources' logical ids, each after those that it refers to."""
    ordered: dict[str, None] = {}
    begun: dict[str, None] = {}

    def add(name: str) -> None:
        if name in begun or name not in resources:
            return
        begun[name] = None
        for other in references(resources[name]):
            add(other)
        ordered[name] = None

    for name in resources:
        add(name)
    return list(ordered)
