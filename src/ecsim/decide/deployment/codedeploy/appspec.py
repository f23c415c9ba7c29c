"""AppSpec files of Amazon ECS deployments, in YAML or JSON: read, and told what is wrong and where.

Names are found in any case: AWS's guide and its CLI write both `resources` and `Resources`. Source: CodeDeploy User
Guide, reference-appspec-file-structure, -resources, -hooks. How AWS words its refusals is not documented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from ecsim.model.codedeploy import HOOKS, AppSpec, Phase

VERSION = 0.0
TYPE = "AWS::ECS::Service"
PORT_MAX = 65_535
_VPC = {"subnets": "Subnets", "securityGroups": "SecurityGroups", "assignPublicIp": "AssignPublicIp"}
_HOOKS = {phase.value.lower(): phase for phase in HOOKS}


class AppSpecError(ValueError):
    """An AppSpec that cannot be used; the message says what is wrong, where, and what is wanted."""


def read(content: str) -> AppSpec:
    """What an AppSpec asks for.

    Args:
        content: YAML, or JSON, which is YAML too.

    Raises:
        AppSpecError: it cannot be read, or something is missing or wrong.
    """
    document = _mapping(_parsed(content), "the AppSpec")
    _known(document, ("version", "resources", "hooks"), "the AppSpec")
    if _version(_get(document, "version")) != VERSION:
        raise AppSpecError("version: the only version of an AppSpec is 0.0")
    properties = _properties(_get(document, "resources"))
    where = "Properties"
    _known(
        properties,
        (
            "taskdefinition",
            "loadbalancerinfo",
            "platformversion",
            "networkconfiguration",
            "capacityproviderstrategy",
        ),
        where,
    )
    balancer = _mapping(_get(properties, "loadbalancerinfo"), f"{where}.LoadBalancerInfo")
    return AppSpec(
        task_definition=_text(_get(properties, "taskdefinition"), f"{where}.TaskDefinition"),
        container_name=_text(_get(balancer, "containername"), f"{where}.LoadBalancerInfo.ContainerName"),
        container_port=_port(_get(balancer, "containerport"), f"{where}.LoadBalancerInfo.ContainerPort"),
        platform_version=_optional_text(_get(properties, "platformversion"), f"{where}.PlatformVersion"),
        network_configuration=_network(_get(properties, "networkconfiguration"), where),
        capacity_provider_strategy=_strategy(_get(properties, "capacityproviderstrategy"), where),
        hooks=_hooks(_get(document, "hooks")),
    )


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except RecursionError:
        raise AppSpecError("the AppSpec is nested too deeply") from None
    except ValueError:
        pass
    try:
        return yaml.safe_load(content)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""
        raise AppSpecError(f"the AppSpec is neither YAML nor JSON: {wrong.problem}{where}") from None
    except (yaml.YAMLError, ValueError) as wrong:
        raise AppSpecError(f"the AppSpec is neither YAML nor JSON: {wrong}") from None
    except RecursionError:
        raise AppSpecError("the AppSpec is nested too deeply") from None


def _version(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        return float(given)
    except ValueError:
        return None


def _properties(resources: object) -> Mapping[str, Any]:
    """The properties of the one resource: a list of one mapping of one name."""
    if not isinstance(resources, list) or len(resources) != 1:
        raise AppSpecError("resources: exactly one resource is due, as a list: - TargetService: ...")
    named = _mapping(resources[0], "resources[0]")
    if len(named) != 1:
        raise AppSpecError("resources[0]: exactly one name is due, such as TargetService")
    name, resource = next(iter(named.items()))
    found = _mapping(resource, f"resources.{name}")
    _known(found, ("type", "properties"), f"resources.{name}")
    if _get(found, "type") != TYPE:
        raise AppSpecError(f"resources.{name}.Type must be {TYPE}")
    return _mapping(_get(found, "properties"), f"resources.{name}.Properties")


def _network(given: object, where: str) -> Mapping[str, Any] | None:
    """All or none of its members. Source: reference-appspec-file-structure-resources, note."""
    if given is None:
        return None
    where = f"{where}.NetworkConfiguration.AwsvpcConfiguration"
    vpc = _mapping(_get(_mapping(given, where), "awsvpcconfiguration"), where)
    _known(vpc, tuple(name.lower() for name in _VPC), where)
    found = {name: _get(vpc, name.lower()) for name in _VPC}
    missing = [shown for name, shown in _VPC.items() if found[name] is None]
    if missing:
        raise AppSpecError(
            f"{where}: {', '.join(missing)} missing: all or none of the settings must be specified"
        )
    for name in ("subnets", "securityGroups"):
        if not isinstance(found[name], list) or not all(isinstance(each, str) for each in found[name]):
            raise AppSpecError(f"{where}.{_VPC[name]} must be a list of ids")
    if found["assignPublicIp"] not in ("ENABLED", "DISABLED"):
        raise AppSpecError(f"{where}.AssignPublicIp must be ENABLED or DISABLED")
    return {"awsvpcConfiguration": found}


def _strategy(given: object, where: str) -> tuple[Mapping[str, Any], ...] | None:
    if given is None:
        return None
    where = f"{where}.CapacityProviderStrategy"
    if not isinstance(given, list) or not given:
        raise AppSpecError(f"{where} must be a list of capacity providers")
    items = []
    for place, each in enumerate(given):
        item, at = _mapping(each, f"{where}[{place}]"), f"{where}[{place}]"
        _known(item, ("capacityprovider", "base", "weight"), at)
        numbers = {name: _get(item, name) or 0 for name in ("base", "weight")}
        if not all(type(number) is int for number in numbers.values()):
            raise AppSpecError(f"{at}: Base and Weight must be whole numbers")
        name = _text(_get(item, "capacityprovider"), f"{at}.CapacityProvider")
        items.append({"capacityProvider": name, **numbers})
    return tuple(items)


def _hooks(given: object) -> dict[Phase, str]:
    """A list of one event each, in any order; the events come in AWS's order."""
    if given is None:
        return {}
    if not isinstance(given, list):
        raise AppSpecError("hooks must be a list: - AfterInstall: NameOfFunction")
    found: dict[Phase, str] = {}
    for place, each in enumerate(given):
        for name, function in _mapping(each, f"hooks[{place}]").items():
            phase = _HOOKS.get(str(name).lower())
            if phase is None:
                events = ", ".join(hook.value for hook in HOOKS)
                raise AppSpecError(f"hooks[{place}]: {name} is no event with hooks; there are {events}")
            if phase in found:
                raise AppSpecError(f"hooks[{place}]: {phase} is there twice")
            found[phase] = _text(function, f"hooks[{place}].{name}")
    return {phase: found[phase] for phase in HOOKS if phase in found}


# Reading


def _mapping(given: object, where: str) -> Mapping[str, Any]:
    if given is None:
        raise AppSpecError(f"{where} is missing")
    if not isinstance(given, dict):
        raise AppSpecError(f"{where} must be a mapping of names to values")
    return given


def _get(mapping: Mapping[str, Any], lowered: str) -> Any:
    return next((value for name, value in mapping.items() if str(name).lower() == lowered), None)


def _known(mapping: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    for name in mapping:
        if str(name).lower() not in names:
            raise AppSpecError(f"{where}: {name} is not known; there are {', '.join(names)}")


def _text(given: object, where: str) -> str:
    if given is None or given == "":
        raise AppSpecError(f"{where} is missing")
    if not isinstance(given, str):
        raise AppSpecError(f"{where} must be a text")
    return given


def _optional_text(given: object, where: str) -> str | None:
    return None if given is None else _text(given if isinstance(given, str) else str(given), where)


def _port(given: object, where: str) -> int:
    if given is None:
        raise AppSpecError(f"{where} is missing")
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given) if len(given) <= len(str(PORT_MAX)) else PORT_MAX + 1
    if type(given) is not int or not 1 <= given <= PORT_MAX:
        raise AppSpecError(f"{where} must be a port: a whole number from 1 to {PORT_MAX}")
    return given
