"""Values as JSON and back: how a result lies in the journal and travels over a network. Never a pickle.

What is a dataclass is rebuilt by its fields' types, so a field that somebody adds to a result needs nothing here.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumped(value: Any) -> str:
    """A dataclass as JSON in one line; equal values give equal text, in ASCII whatever is in them."""
    return json.dumps(asdict(value), sort_keys=True, separators=(",", ":"))


def loaded(kind: type[T], text: str) -> T:
    """The value that `dumped` was given.

    Raises:
        ValueError: the text is not one of this kind.
    """
    try:
        rebuilt: T = _rebuilt(kind, json.loads(text))
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from None
    return rebuilt


def _rebuilt(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return None if value is None else _rebuilt(next(one for one in inner if one is not type(None)), value)
    if origin is tuple:
        return tuple(_rebuilt(inner[0], one) for one in value)
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {name: _rebuilt(inner[1], one) for name, one in value.items()}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        return [_rebuilt(inner[0], one) for one in value]
    if isinstance(kind, type) and is_dataclass(kind):
        return kind(**{name: _rebuilt(_types(kind)[name], one) for name, one in value.items()})
    return value


@cache
def _types(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
