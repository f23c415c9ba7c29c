"""Hidden checks: more checks, out of a folder of the instructor's, of which learners see the points and nothing else.

`--hidden DIR` names a folder with `NN-slug/checks.py`, written as a lab's own (`course/README.md`). The id of a hidden
check is its task's number, a dot, and a name that no check of the lab has: `@check("2.no-spare-cluster", points=1)`.
It runs in the cloud's process, right after the last check of its task, on the same evidence; so it never is where a
learner's code runs, and it cannot be asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecslab.course.manifest import Manifest
from ecslab.course.problem import CourseProblem
from ecslab.grading.results import HiddenResult

_ID = re.compile(r"(\d+)\.[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """The hidden checks of a lab.

    Attributes:
        path: the folder with their checks.py; None where there are none.
        points: by id, in the order in which they are written.
    """

    path: Path | None = None
    points: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, folder: Path | None, lab: str) -> Hidden:
        """The hidden checks that a folder has for a lab.

        Raises:
            CourseProblem: they do not run, or an id is not one of a hidden check.
        """
        path = None if folder is None else folder / lab
        if path is None or not (path / "checks.py").is_file():
            return cls()
        from ecslab.lab.checks import load

        found = load(path)
        for name in found:
            if not _ID.fullmatch(name):
                raise CourseProblem(
                    path / "checks.py",
                    f"{name!r} is not the id of a hidden check",
                    'Write the task, a dot and a name: "2.no-spare-cluster"',
                    key=name,
                )
        return cls(path=path, points=tuple((name, one.points) for name, one in found.items()))

    def fitting(self, manifest: Manifest) -> Hidden:
        """Those that can run in this version of the lab: a version may lack a task.

        Raises:
            CourseProblem: the lab has a check of the same id.
        """
        tasks = {check.partition(".")[0] for check in manifest.checks}
        for name, _ in self.points:
            if name in manifest.checks:
                raise CourseProblem(
                    f"{self.path}/checks.py",
                    f"the lab has a check {name} of its own",
                    "Take another name",
                    key=name,
                )
        kept = tuple(one for one in self.points if one[0].partition(".")[0] in tasks)
        return replace(self, points=kept)

    @property
    def files(self) -> tuple[Path, ...]:
        """What a grade depends on."""
        if self.path is None:
            return ()
        return tuple(path for path in sorted(self.path.rglob("*.py")) if path.is_file())


def check_hidden(folder: Path | None, labs: list[str]) -> None:
    """See that a folder of hidden checks is one, before anything is graded.

    Raises:
        CourseProblem: there is no such folder, it has nothing for any lab, or something in it does not run.
    """
    if folder is None:
        return
    if not any(Hidden.of(folder, lab).points for lab in labs):
        raise CourseProblem(
            folder,
            "holds no hidden checks of any lab",
            f"Write NN-slug/checks.py in it; labs are {', '.join(labs)}",
        )


def hidden_results(hidden: Hidden, told: Mapping[str, Any]) -> tuple[HiddenResult, ...]:
    """What a worker told of the hidden checks; those that it says nothing of did not run."""
    found = []
    for name, points in hidden.points:
        one = told.get(name, {})
        passed = one.get("passed")
        found.append(
            HiddenResult(
                id=name,
                points=points if passed is True else 0,
                points_max=points,
                passed=passed,
                mistake=one.get("mistake"),
                facts=one.get("facts", {}),
            )
        )
    return tuple(found)


class HiddenChecks:
    """The hidden checks where the cloud is.

    Args:
        path: the folder with their checks.py; empty for none.
        own: the lab's own checks, in order.
    """

    def __init__(self, path: str, own: list[str]) -> None:
        from ecslab.lab.checks import load

        self._checks = load(path) if path else {}
        self._last = {check.partition(".")[0]: check for check in own}

    def after(self, check: str, evidence: Any) -> dict[str, dict[str, Any]]:
        """What the hidden checks of a task say, after the last check of the task; else nothing."""
        from ecslab.lab.checks import run

        task = check.partition(".")[0]
        if self._last.get(task) != check:
            return {}
        found = {}
        for name, one in self._checks.items():
            if name.partition(".")[0] == task:
                verdict = run(one, evidence)
                facts = {fact: _plain(value) for fact, value in verdict.facts.items()}
                found[name] = {"passed": verdict.passed, "mistake": verdict.mistake, "facts": facts}
        return found


def _plain(value: Any) -> Any:
    """A fact as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
