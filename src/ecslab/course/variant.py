"""What varies with a lab's seed: names, ranges and faults, so that two learners' labs differ.

A lab's `setup.py` may have `variant(seed) -> dict`; prose shows its values as `{{ name }}`. Code never does: it reads
`cloud.given`, so that the same answer is right for every seed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecslab.course.modules import load_module
from ecslab.course.problem import CourseProblem

_NAME = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


def variant_of(lab_dir: Path, seed: int) -> dict[str, Any]:
    """The values of a lab for a seed; none when its setup.py has no `variant`."""
    function = getattr(load_module(lab_dir / "setup.py"), "variant", None)
    return dict(function(seed)) if function is not None else {}


def fill(text: str, values: Mapping[str, Any], *, path: Path, key: str) -> str:
    """Put values in the place of `{{ name }}`.

    Raises:
        CourseProblem: there is no such value.
    """

    def value(match: re.Match[str]) -> str:
        if match.group(1) not in values:
            raise CourseProblem(
                path,
                f"no value {match.group(0)}",
                f"variant() in setup.py has: {', '.join(values) or 'none'}",
                key=key,
            )
        return str(values[match.group(1)])

    return _NAME.sub(value, text)
