"""Checks: claims about a cloud.

A lab's `checks.py` holds functions such as

```python
@check("2.1", points=2)
def cluster_exists(evidence: Evidence) -> Finding:
    ...
    return passed()
```

They run where the cloud is: in the notebook for self-study, in the grader's process for a grade.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecslab.course.modules import load_module
from ecslab.course.problem import CourseProblem
from ecslab.lab.evidence import Evidence
from ecslab.lab.verdict import Finding, Verdict, passed, seen

__all__ = ["Check", "Evidence", "Finding", "check", "load", "passed", "run", "seen"]

Claim = Callable[[Evidence], Finding]
_MARK = "__ecslab_check__"
BROKE = "check-broke"
"""The mistake of a check that raised an exception: the check's fault, never the learner's points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A claim with its id and its worth.

    Attributes:
        id: e.g. "2.1".
        points: what it is worth; 0 for a check that is only for practice.
        claim: the function.
        about: the first line of its docstring.
    """

    id: str
    points: int
    claim: Claim
    about: str = ""


REFUSED = "aws-refused"
"""The mistake of a check whose own look at AWS was refused: something that the lab gave is gone."""


def check(check_id: str, *, points: int) -> Callable[[Claim], Claim]:
    """Mark a function of a lab's checks.py as a check."""

    def mark(claim: Claim) -> Claim:
        about = (claim.__doc__ or "").strip().split("\n")[0]
        setattr(claim, _MARK, Check(id=check_id, points=points, claim=claim, about=about))
        return claim

    return mark


def load(lab_dir: Path | str) -> dict[str, Check]:
    """The checks of a lab by id, in the order of its checks.py.

    Raises:
        CourseProblem: checks.py is missing, does not run, or uses an id twice.
    """
    path = Path(lab_dir) / "checks.py"
    found: dict[str, Check] = {}
    for value in vars(load_module(path)).values():
        one: Any = getattr(value, _MARK, None)
        if not isinstance(one, Check):
            continue
        if one.id in found and found[one.id] is not one:
            raise CourseProblem(path, f"the check {one.id} is there twice", "Give each its own id")
        found[one.id] = one
    return found


def run(one: Check, evidence: Evidence) -> Verdict:
    """Ask a check. A check that raises does not pass: its mistake is "check-broke" or "aws-refused"."""
    try:
        finding = one.claim(evidence)
        if not isinstance(finding, Finding):
            raise TypeError(f"the check returned {type(finding).__name__}, not passed() or seen()")  # noqa: TRY301
    except Exception as error:  # noqa: BLE001 - a broken check must neither pass nor take the lab down
        refused = isinstance(getattr(error, "response", None), dict)  # botocore's ClientError
        finding = seen(REFUSED if refused else BROKE, error=f"{type(error).__name__}: {error}")
    return Verdict(
        check=one.id,
        max_points=one.points,
        passed=finding.mistake is None,
        mistake=finding.mistake,
        facts=finding.facts,
        because=finding.because,
    )
