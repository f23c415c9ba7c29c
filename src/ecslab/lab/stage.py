"""A lab on a cloud: its starting state, its checks and its hints.

The notebook and the grader both open one where the cloud is. A grader opens it with `explain=False`: then its
learner's port answers with the verdict alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from ecslab.course.catalog import front_matter
from ecslab.course.modules import load_module
from ecslab.course.problem import CourseProblem
from ecslab.lab import checks as lab_checks
from ecslab.lab.evidence import Evidence
from ecslab.lab.feedback import feedback, hint_view
from ecslab.lab.messages import load_messages
from ecslab.lab.verdict import Verdict


class CloudLike(Protocol):
    """What a stage needs of a cloud: `ecsim.cloud.cloud.Cloud` has it."""

    gate: Any
    journal: Any

    def client(self, service: str, *, by: str | None = "learner") -> Any:
        """A boto3 client."""
        ...

    def picture(self) -> Any:
        """The present moment."""
        ...


class UnknownCheck(Exception):  # noqa: N818 - said to learners in these words
    """There is no check of that id in this lab."""


def seed_of(lab_dir: Path, seed: int | None = None) -> int:
    """The seed to use: the given one, or the lab's own. A cloud for the lab is made with the same one."""
    return int(front_matter(lab_dir / "lab.md")["seed"]) if seed is None else seed


class Stage:
    """A lab that is being done.

    Args:
        cloud: a fresh cloud (`ecsim.cloud.cloud.Cloud(seed=...)`); of the seed `seed_of(lab_dir, seed)`.
        world: its learner's port (`ecsim.cloud.world.World(cloud)`); gets the verbs `lab`, `verdict` and `hint`.
        lab_dir: `course/NN-slug`.
        seed: the learner's seed; the lab's own when None.
        explain: whether `verdict` and `hint` over the learner's port carry explanations.
    """

    def __init__(
        self,
        cloud: CloudLike,
        world: Any,
        lab_dir: Path | str,
        *,
        seed: int | None = None,
        explain: bool = True,
    ) -> None:
        self.lab_dir = Path(lab_dir)
        head = front_matter(self.lab_dir / "lab.md")
        self.lab: str = head["lab"]
        self.version: int = head["version"]
        self.seed: int = head["seed"] if seed is None else seed
        self.explain = explain
        self.checks = lab_checks.load(self.lab_dir)
        self._messages = load_messages(self.lab_dir)
        self._cloud = cloud
        self._hints: Counter[str] = Counter()
        setup = getattr(load_module(self.lab_dir / "setup.py"), "setup", None)
        if setup is None:
            raise CourseProblem(
                self.lab_dir / "setup.py", "has no setup(cloud, seed)", "Write one; it returns a dict"
            )
        self.given: Mapping[str, Any] = dict(setup(cloud, self.seed) or {})
        world.extensions.update({"lab": self._on_lab, "verdict": self._on_verdict, "hint": self._on_hint})

    def evidence(self, answer: Any = None) -> Evidence:
        """What the checks see now."""
        return Evidence(
            client=self._cloud.gate.read_only_client,
            journal=tuple(self._cloud.journal),
            picture=self._cloud.picture(),
            answer=answer,
            given=self.given,
            seed=self.seed,
        )

    def verdict(self, check: str, answer: Any = None) -> Verdict:
        """Run a check.

        Raises:
            UnknownCheck: there is none of that id.
        """
        return lab_checks.run(self._check(check), self.evidence(answer))

    def _check(self, check: str) -> lab_checks.Check:
        if check not in self.checks:
            raise UnknownCheck(f"there is no check {check!r} in this lab; there are {', '.join(self.checks)}")
        return self.checks[check]

    def _on_lab(self, args: Mapping[str, Any]) -> dict[str, Any]:
        del args
        return {
            "lab": self.lab,
            "version": self.version,
            "seed": self.seed,
            "given": dict(self.given),
            "explain": self.explain,
        }

    def _on_verdict(self, args: Mapping[str, Any]) -> dict[str, Any]:
        verdict = self.verdict(str(args.get("check")), args.get("answer"))
        result: dict[str, Any] = {"line": verdict.line, "passed": verdict.passed, "points": verdict.points}
        if self.explain and verdict.check in self._messages:
            view = feedback(verdict, self._messages[verdict.check], _lang(args))
            result["feedback"] = {"text": view.text, "html": view.html}
        return result

    def _on_hint(self, args: Mapping[str, Any]) -> dict[str, Any]:
        check = self._check(str(args.get("check"))).id
        if not self.explain or check not in self._messages:
            return {"text": "", "html": ""}
        message = self._messages[check]
        self._hints[check] = min(self._hints[check] + 1, len(message.hints))
        view = hint_view(check, self._hints[check], message, _lang(args))
        return {"text": view.text, "html": view.html}


def _lang(args: Mapping[str, Any]) -> str:
    return "ja" if args.get("lang") == "ja" else "en"
