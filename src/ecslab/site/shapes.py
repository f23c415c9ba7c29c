"""Whether JSON or YAML on a page is what the AWS API takes or answers, by botocore's own model of it."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import yaml


class NotOfShape(ValueError):  # noqa: N818 - it is the block that is wrong
    """A block that AWS would not take; one line for each thing wrong."""


def check(language: str, body: str, shape: str) -> None:
    """Check a block against the shape that its page names.

    Args:
        language: "json" or "yaml".
        body: the block.
        shape: `ecs.RegisterTaskDefinition` (an operation's input), `ecs.DescribeServices.output`,
            `ecs:ContainerDefinition` (a shape by name), `iam-policy`, or `any` (it parses, nothing more).

    Raises:
        NotOfShape: it does not parse, or does not fit.
    """
    try:
        value = json.loads(body) if language == "json" else yaml.safe_load(body)
    except (json.JSONDecodeError, yaml.YAMLError) as error:
        raise NotOfShape(f"not {language.upper()}: {error}") from error
    if shape == "iam-policy":
        problems = _policy(value)
    elif shape == "any":
        problems = []
    else:
        problems = list(_against(_shape(shape), value))
    if problems:
        raise NotOfShape("\n".join(problems))


def _shape(name: str) -> Any:
    service, _, operation = name.partition(".")
    if operation:
        operation, _, direction = operation.partition(".")
        known = _model(service)
        if operation not in known.operation_names or direction not in ("", "output"):
            raise NotOfShape(f"unknown shape {name}: no such operation")
        found = known.operation_model(operation)
        return found.output_shape if direction else found.input_shape
    service, _, shape = name.partition(":")
    from botocore.model import NoShapeFoundError

    try:
        return _model(service).shape_for(shape)
    except NoShapeFoundError as error:
        raise NotOfShape(f"unknown shape {name}") from error


@functools.cache
def _model(service: str) -> Any:
    from botocore.exceptions import UnknownServiceError
    from botocore.session import get_session

    try:
        return get_session().get_service_model(service)
    except UnknownServiceError as error:
        raise NotOfShape(f"unknown service {service}") from error


def _against(shape: Any, value: Any) -> list[str]:
    from botocore.validate import ParamValidator

    report = ParamValidator().validate(value, shape)
    problems = report.generate_report().splitlines() if report.has_errors() else []
    return [*problems, *_enumerations(shape, value, shape.name)]


def _enumerations(shape: Any, value: Any, where: str) -> list[str]:
    """The values that are none of an enumeration's: botocore's validator leaves these to the service."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return [
            problem
            for name, member in shape.members.items()
            if name in value
            for problem in _enumerations(member, value[name], f"{where}.{name}")
        ]
    if shape.type_name == "list" and isinstance(value, list):
        return [
            problem
            for number, each in enumerate(value)
            for problem in _enumerations(shape.member, each, f"{where}[{number}]")
        ]
    allowed = getattr(shape, "enum", None)
    if allowed and isinstance(value, str) and value not in allowed:
        return [f"{where}: {value!r} is none of {', '.join(allowed)}"]
    return []


def _policy(value: Any) -> list[str]:
    """What is wrong with an IAM policy's form."""
    if not isinstance(value, Mapping) or not isinstance(value.get("Statement"), list):
        return ["a policy has a Version and a list Statement"]
    problems = (
        [] if value.get("Version") in ("2012-10-17", "2008-10-17") else ["Version: 2012-10-17 is missing"]
    )
    for number, statement in enumerate(value["Statement"]):
        where = f"Statement[{number}]"
        if statement.get("Effect") not in ("Allow", "Deny"):
            problems.append(f"{where}.Effect: Allow or Deny")
        if not ("Action" in statement) ^ ("NotAction" in statement):
            problems.append(f"{where}: Action or NotAction, one of them")
        if not any(name in statement for name in ("Resource", "NotResource", "Principal", "NotPrincipal")):
            problems.append(f"{where}: Resource (or Principal, in a trust policy) is missing")
        allowed = [
            "Sid",
            "Effect",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Principal",
            "NotPrincipal",
            "Condition",
        ]
        problems += [f"{where}: unknown {name}" for name in statement if name not in allowed]
    return problems
