"""A documented output held against ours, with botocore's output shape as the judge of what each member is.

- fields: each documented member is there, with the same type. A member that AWS's model does not have is a slip of the
  page and passed over.
- states: members that have an enum in the model, and the states that are plain strings there, are equal.
- counts: lists are as long as documented, and members called `...Count` and the like are equal.
- ids: ARNs are of the same kind; other ids have the same form.
- what the command said (names, images, tags, values) comes back as the page shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

STATES = frozenset(
    {"status", "lastStatus", "desiredStatus", "attachmentsStatus", "healthStatus", "connectivity"}
)
"""Members that are states, although the model has some of them as plain strings."""

COUNTS = re.compile(r".*Count$|revision$|threshold$|weight$|base$|.*Percent$|value$|sizeInGiB$")

GROWING = frozenset(
    {
        "attributes",
        "compatibilities",
        "registeredResources",
        "remainingResources",
        "settings",
        "stringSetValue",
    }
)
"""Lists to which AWS has added since a page was written (an agent's capabilities, account settings, launch types):
what is documented is there, and there may be more."""

EXCERPTS = frozenset({"events"})
"""Lists that tell what happened before the command: what is shown of them has the same shape."""

PRINCIPALS = frozenset({"createdBy", "registeredBy", "principalArn"})
"""Members that say who called: a user, a role or the root user."""

_UUID = re.compile(r"[0-9A-Za-z]{8}-([0-9A-Za-z]{4}-){3}[0-9A-Za-z]{12}")
_ARN = re.compile(r"arn:aws:(?P<service>[a-z-]+):[^:]*:[^:]*:(?P<kind>[a-zA-Z-]+)")
_FORMS = (_UUID, re.compile(r"ecs-svc/\w+"), re.compile(r"i-\w+"), re.compile(r"\d+"))


def differences(
    documented: Any, ours: Any, shape: Shape, said: frozenset[str], path: str = ""
) -> Iterator[str]:
    """What is documented and not so here: one line each, beginning with the path of the member.

    Args:
        documented: the value that the page shows.
        ours: the value that the cloud gave.
        shape: botocore's.
        said: the words of the command and of its files.
        path: of the value, e.g. "service.deployments[0].status".
    """
    if isinstance(shape, StructureShape):
        yield from _in_structure(documented, ours, shape, said, path)
    elif isinstance(shape, ListShape):
        yield from _in_list(documented, ours, shape, said, path)
    elif isinstance(shape, MapShape):
        for key, value in documented.items():
            if key not in ours:
                yield f"{path}.{key}: missing"
            else:
                yield from differences(value, ours[key], shape.value, said, f"{path}.{key}")
    else:
        yield from _in_scalar(documented, ours, shape, said, path)


def _in_structure(
    documented: Any, ours: Any, shape: StructureShape, said: frozenset[str], path: str
) -> Iterator[str]:
    if not isinstance(ours, dict):
        yield f"{path}: no structure: {ours!r}"
        return
    for name, value in documented.items():
        inner = f"{path}.{name}".lstrip(".")
        if name not in shape.members:
            continue
        if name not in ours:
            yield f"{inner}: missing"
        else:
            yield from differences(value, ours[name], shape.members[name], said, inner)


def _in_list(documented: Any, ours: Any, shape: ListShape, said: frozenset[str], path: str) -> Iterator[str]:
    if not isinstance(ours, list):
        yield f"{path}: no list: {ours!r}"
        return
    name, member = _name_of(documented), path.rpartition(".")[2]
    if member in EXCERPTS and (ours or not documented):
        documented, ours = documented[: len(ours)], ours[: len(documented)]
    if member in GROWING:
        known = [item[name] if name else item for item in documented]
        ours = [item for item in ours if (item.get(name) if name else item) in known]
        if name:  # what an agent is capable of depends on its version
            documented = [item for item in documented if "capability" not in item[name]]
            ours = [item for item in ours if "capability" not in item[name]]
    if len(documented) != len(ours):
        yield f"{path}: {len(documented)} items are documented, {len(ours)} are here"
        return
    if name is not None:  # the order of named things says nothing
        documented = sorted(documented, key=lambda item: str(item[name]))
        ours = sorted(ours, key=lambda item: str(item.get(name)))
    elif shape.member.type_name == "string":
        documented, ours = sorted(documented), sorted(ours)
    for index, (left, right) in enumerate(zip(documented, ours, strict=True)):
        yield from differences(left, right, shape.member, said, f"{path}[{index}]")


def _name_of(items: list[Any]) -> str | None:
    for name in ("name", "key", "capacityProvider"):
        if items and all(isinstance(item, dict) and name in item for item in items):
            return name
    return None


def _in_scalar(documented: Any, ours: Any, shape: Shape, said: frozenset[str], path: str) -> Iterator[str]:
    name = re.sub(r"\[\d+\]$", "", path).rpartition(".")[2]
    if shape.type_name == "timestamp":
        if not isinstance(ours, str | int | float):
            yield f"{path}: no moment: {ours!r}"
        return
    if _kind(documented) is not _kind(ours):
        yield f"{path}: {documented!r} is documented, {ours!r} is here"
    elif isinstance(documented, str) and not getattr(shape, "enum", None) and name not in STATES:
        yield from _in_text(documented, ours, said, path)
    elif (getattr(shape, "enum", None) or name in STATES or COUNTS.match(name)) and documented != ours:
        yield f"{path}: {documented!r} is documented, {ours!r} is here"


def _kind(value: Any) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _in_text(documented: str, ours: str, said: frozenset[str], path: str) -> Iterator[str]:
    arn, our_arn = _ARN.match(documented), _ARN.match(ours)
    if path.rpartition(".")[2] in PRINCIPALS:
        if not ours.startswith(("arn:aws:iam::", "arn:aws:sts::")):
            yield f"{path}: {ours!r} is no principal"
        return
    if arn is not None:
        if our_arn is None or arn.groups() != our_arn.groups():
            yield f"{path}: {documented!r} is documented, {ours!r} is no such ARN"
        return
    for form in _FORMS:
        if form.fullmatch(documented):
            if not form.fullmatch(ours):
                yield f"{path}: {documented!r} is documented, {ours!r} has another form"
            return
    if documented in said and documented != ours:
        yield f"{path}: {documented!r} was said, {ours!r} is here"
