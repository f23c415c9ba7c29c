"""Why: a code with fields. `ecsim.view` words it in English and Japanese; nobody else does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason.

    Attributes:
        code: dotted and stable, e.g. "rolling.ceiling".
        fields: the numbers and names that the wording needs, plain values only.
    """

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)


def because(code: str, /, **fields: object) -> Reason:
    """A reason, written shortly."""
    return Reason(code, fields)
