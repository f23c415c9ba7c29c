"""What one submission is graded by, and how what a worker told becomes a result. No process is started here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecslab.course.editions import Edition, editions
from ecslab.course.manifest import Manifest
from ecslab.grading.hidden import Hidden, hidden_results
from ecslab.grading.intake import Taken
from ecslab.grading.jail.tier import Tier
from ecslab.grading.limits import Limits
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.submission import Refused, Submission, parse
from ecslab.grading.words import Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run grades.

    Attributes:
        root: the folder that holds `course/` and `solutions/`.
        limits: of each submission.
        jobs: how many submissions at a time.
        seed: of the labs; when None, the one that each notebook was made for.
        versions: folders of the instructor's with further versions of labs.
        hidden: a folder of the instructor's with hidden checks.
        audit: a folder in which each kernel writes what it opens, for tests of the boundary.
        tier: how learners' code is kept apart; the machine that grades must offer it.
    """

    root: Path
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    seed: int | None = None
    versions: tuple[Path, ...] = ()
    hidden: Path | None = None
    audit: Path | None = None
    tier: Tier = Tier.NAMESPACES


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A submission that can be graded.

    Attributes:
        taken: what was handed in.
        submission: what counts of it.
        edition: the version of its lab.
        manifest: the authority on its cells and points.
        hidden: the instructor's hidden checks of the lab.
        seed: of its cloud.
        notices: what is known before it runs.
    """

    taken: Taken
    submission: Submission
    edition: Edition
    manifest: Manifest
    hidden: Hidden
    seed: int
    notices: tuple[Notice, ...]

    def request(self, options: Options, folder: Path) -> dict[str, Any]:
        """What a worker is told; `folder` is its own."""
        audit = ""
        if options.audit is not None:
            audit = str(options.audit / hashlib.sha256(self.taken.name.encode()).hexdigest()[:16])
        return {
            "folder": str(folder),
            "manifest": str(self.edition.manifest),
            "lab_dir": str(self.edition.folder),
            "hidden": str(self.hidden.path or ""),
            "sources": {
                key: self.submission.sources[key]
                for key in self.manifest.answers
                if key in self.submission.sources
            },
            "lang": self.submission.lang,
            "seed": self.seed,
            "limits": asdict(options.limits),
            "audit": audit,
            "tier": options.tier,
        }

    def result(self, told: Mapping[str, Any], error: str = "") -> SubmissionResult:
        """What a worker told, as a result; with an error, what it had told before it failed."""
        told = _encodable(told)
        notices = [*self.notices, *(Notice(code, fields) for code, fields in told.get("notices", []))]
        if error:
            notices.append(Notice("grader-failed", {"why": error}))
        return SubmissionResult(
            **recorded(self.taken),
            sha256=sha256(self.taken),
            status="failed" if error else "graded",
            lab=self.manifest.lab,
            version=self.manifest.version,
            seed=self.seed,
            lang=self.submission.lang,
            checks=tuple(
                _check(name, cell.points, told.get("checks", {}).get(name))
                for name, cell in self.manifest.checks.items()
            ),
            hidden=hidden_results(self.hidden, told.get("hidden", {})),
            notices=tuple(notices),
            calls=tuple(told.get("calls", ())),
        )


class Authority:
    """What the course says on submissions; it reads each manifest once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._manifest = lru_cache(maxsize=None)(Manifest.load)
        self._editions = lru_cache(maxsize=None)(lambda lab: editions(options.root, lab, options.versions))
        self._hidden = lru_cache(maxsize=None)(lambda lab: Hidden.of(options.hidden, lab))

    def prepare(self, taken: Taken) -> Work | SubmissionResult:
        """What a submission is graded by; one that cannot be graded has its result already."""
        if taken.content is None:
            notice = taken.notice or Notice("not-ipynb")
            return SubmissionResult(sha256=None, status="refused", notices=(notice,), **recorded(taken))
        try:
            submission = parse(taken.content.read(), self._options.limits)
            edition = self._edition_of(submission)
        except Refused as refused:
            return self._refused(taken, refused)
        manifest = self._manifest(edition.manifest)
        hidden = self._hidden(edition.lab).fitting(manifest)
        seed, notices = self._seed(submission, manifest)
        if edition.version != max(self._editions(edition.lab)):
            newest = str(max(self._editions(edition.lab)))
            notices = (*notices, Notice("older-version", {"version": str(edition.version), "newest": newest}))
        return Work(
            taken=taken,
            submission=submission,
            edition=edition,
            manifest=manifest,
            hidden=hidden,
            seed=seed,
            notices=notices,
        )

    def _seed(self, submission: Submission, manifest: Manifest) -> tuple[int, tuple[Notice, ...]]:
        """The seed to grade with, and what is to be said about it."""
        asked = self._options.seed
        says = manifest.seed if submission.seed is None else submission.seed
        seed = says if asked is None else asked
        if seed != says:
            return seed, (Notice("other-seed", {"seed": str(seed), "own": str(says)}),)
        if asked is None and seed != manifest.seed:
            return seed, (Notice("own-seed", {"seed": str(seed), "own": str(manifest.seed)}),)
        return seed, ()

    def _edition_of(self, submission: Submission) -> Edition:
        """The version of the lab that a submission was handed out as.

        Raises:
            Refused: it is not here.
        """
        lab, version = submission.lab, submission.version
        known = self._editions(lab)
        if not known:
            raise Refused("unknown-lab", lab=lab)
        if version not in known:
            numbers = ", ".join(map(str, known))
            refused = Refused("unknown-version", lab=lab, version=str(version), known=numbers)
            refused.lab, refused.lang = lab, submission.lang
            raise refused
        return known[version]

    def _refused(self, taken: Taken, refused: Refused) -> SubmissionResult:
        checks: tuple[CheckResult, ...] = ()
        hidden = Hidden()
        known = self._editions(refused.lab) if refused.lab is not None else {}
        if refused.version in known:
            manifest = self._manifest(known[refused.version].manifest)
            checks = tuple(
                CheckResult(id=name, points=0, points_max=cell.points, notice=Notice("not-run"))
                for name, cell in manifest.checks.items()
            )
            hidden = self._hidden(manifest.lab).fitting(manifest)
        return SubmissionResult(
            **recorded(taken),
            sha256=sha256(taken),
            status="refused",
            lab=refused.lab,
            version=refused.version,
            lang=refused.lang,
            checks=checks,
            hidden=hidden_results(hidden, {}),
            notices=(refused.notice,),
        )


def _check(name: str, points_max: int, told: Mapping[str, Any] | None) -> CheckResult:
    """A check's points: all of them where the grader's verdict and nbval agree, else none."""
    if told is None:
        return CheckResult(id=name, points=0, points_max=points_max, notice=Notice("not-run"))
    passed, agreed = told["passed"], bool(told["agreed"])
    notice = None
    if passed is None:
        notice = Notice("no-cloud")
    elif passed and not agreed:
        notice = Notice("not-agreed")
    return CheckResult(
        id=name,
        points=points_max if passed is True and agreed else 0,
        points_max=points_max,
        passed=passed,
        asked=bool(told["asked"]),
        agreed=agreed,
        mistake=told["mistake"],
        text=told["text"],
        title=told["title"],
        words=told["words"],
        hints=tuple(told["hints"]),
        notice=notice,
    )


def _encodable(value: Any) -> Any:
    """The same without halves of characters, which JSON can carry and no file can."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_encodable(name): _encodable(one) for name, one in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, (list, tuple)) else value


def recorded(taken: Taken) -> dict[str, Any]:
    """What is known of a submission without looking into it: its name, whose it is, and when it was handed in."""
    return {name: getattr(taken, name) for name in ("name", "learner", "learner_id", "submitted_at", "late")}


def sha256(taken: Taken) -> str | None:
    """The content's hash; None when it was not read."""
    return None if taken.content is None else hashlib.sha256(taken.content.read()).hexdigest()
