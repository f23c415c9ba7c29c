"""A run: every submission through a worker, so many at a time, and nothing lost whatever a worker does.

`Grader.grade` is the one function that turns what was taken in into results; where the workers run is its business
alone.
"""

from __future__ import annotations

import hashlib
import selectors
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ecslab.course.catalog import front_matter
from ecslab.course.manifest import Manifest, manifest_path
from ecslab.course.problem import CourseProblem
from ecslab.grading.channel import ChannelClosed
from ecslab.grading.forkserver import Forked, ForkServer, ServerFailed
from ecslab.grading.intake import Taken
from ecslab.grading.limits import Limits
from ecslab.grading.results import CheckResult, SubmissionResult
from ecslab.grading.submission import Refused, Submission, parse
from ecslab.grading.words import Notice

_SOCKET_PATH_MAX = 60
_TRIES = 3
Done = Callable[[SubmissionResult, Mapping[str, float]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a run grades.

    Attributes:
        root: the folder that holds `course/` and `solutions/`.
        limits: of each submission.
        jobs: how many submissions at a time.
        seed: of the labs; when None, the one that each notebook was made for.
        audit: a folder in which each kernel writes what it opens, for tests of the boundary.
    """

    root: Path
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    seed: int | None = None
    audit: Path | None = None


@dataclass(slots=True, kw_only=True)
class _Job:
    """A submission in a worker."""

    taken: Taken
    submission: Submission
    manifest: Manifest
    seed: int
    notices: list[Notice]
    folder: Path
    forked: Forked
    deadline: float
    latest: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    stuck: bool = False


class Grader:
    """The three fork servers, and the workers that are forked from them."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._manifest = lru_cache(maxsize=None)(Manifest.load)
        folder = tempfile.gettempdir()
        parent = folder if len(folder) < _SOCKET_PATH_MAX else "/tmp"  # noqa: S108 - mkdtemp makes it private
        self._folder = Path(tempfile.mkdtemp(prefix="ecslab-", dir=parent))
        self.servers: dict[str, ForkServer] = {}
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the servers, and remove every trace."""
        for server in self.servers.values():
            server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def grade(self, everything: Iterable[Taken], done: Done) -> None:
        """Grade submissions; `done` is told each result as it comes, in no particular order.

        One that fails by the grader's fault is tried once more.

        Raises:
            ServerFailed: the grader cannot start.
        """
        waiting = deque(everything)
        again: set[str] = set()
        jobs: dict[int, _Job] = {}
        with selectors.DefaultSelector() as ready:
            try:
                while waiting or jobs:
                    while waiting and len(jobs) < self.options.jobs:
                        started = self._start(waiting.popleft(), done)
                        if started is not None:
                            jobs[started.forked.channel.fileno()] = started
                            ready.register(started.forked.channel, selectors.EVENT_READ)
                    for key, _ in ready.select(1.0 if jobs else 0):
                        self._read(jobs[key.fd])
                    for number, job in list(jobs.items()):
                        if self._ended(job):
                            ready.unregister(job.forked.channel)
                            del jobs[number]
                            result, timings = self._finish(job)
                            if result.status == "failed" and result.name not in again and not job.stuck:
                                again.add(result.name)
                                waiting.append(job.taken)
                            else:
                                done(result, timings)
            finally:
                for job in jobs.values():
                    job.forked.close()

    def _start(self, taken: Taken, done: Done) -> _Job | None:
        """Give a submission to a worker; one that cannot be graded is done at once."""
        if taken.content is None:
            notice = taken.notice or Notice("not-ipynb")
            done(SubmissionResult(name=taken.name, sha256=None, status="refused", notices=(notice,)), {})
            return None
        try:
            submission = parse(taken.content, self.options.limits)
            manifest = self._authority(submission)
        except Refused as refused:
            done(self._refused(taken, refused), {})
            return None
        forked = self._worker()
        self._count += 1
        folder = self._folder / f"s{self._count}"
        folder.mkdir(mode=0o700)
        seed, notices = self._seed(submission, manifest)
        forked.channel.send_descriptors(
            [self.servers[kind].requests.fileno() for kind in ("kernel", "cloud")]
        )
        forked.channel.send(self._request(taken, submission, manifest, seed, folder))
        return _Job(
            taken=taken,
            submission=submission,
            manifest=manifest,
            seed=seed,
            notices=notices,
            folder=folder,
            forked=forked,
            deadline=time.monotonic() + self.options.limits.worker_s,
        )

    def _request(
        self, taken: Taken, submission: Submission, manifest: Manifest, seed: int, folder: Path
    ) -> dict[str, Any]:
        audit = ""
        if self.options.audit is not None:
            audit = str(self.options.audit / hashlib.sha256(taken.name.encode()).hexdigest()[:16])
        return {
            "folder": str(folder),
            "manifest": str(manifest_path(self.options.root, manifest.lab, manifest.version)),
            "lab_dir": str(self.options.root / "course" / manifest.lab),
            "sources": {
                key: submission.sources[key] for key in manifest.answers if key in submission.sources
            },
            "lang": submission.lang,
            "seed": seed,
            "limits": asdict(self.options.limits),
            "audit": audit,
        }

    def _seed(self, submission: Submission, manifest: Manifest) -> tuple[int, list[Notice]]:
        """The seed to grade with, and what is to be said about it."""
        says = manifest.seed if submission.seed is None else submission.seed
        seed = says if self.options.seed is None else self.options.seed
        if seed != says:
            return seed, [Notice("other-seed", {"seed": str(seed), "own": str(says)})]
        if self.options.seed is None and seed != manifest.seed:
            return seed, [Notice("own-seed", {"seed": str(seed), "own": str(manifest.seed)})]
        return seed, []

    def _worker(self) -> Forked:
        """A worker; a server that has ended in the meantime is replaced.

        Raises:
            ServerFailed: none can be had.
        """
        for _ in range(_TRIES):
            self._warm_up()
            try:
                return self.servers["worker"].fork()
            except OSError:
                self.servers.pop("worker").close()
        raise ServerFailed("the worker fork server ends again and again")

    def _warm_up(self) -> None:
        """Start the servers that are not there (yet, or any more); they warm up side by side."""
        for kind, arguments in (("cloud", (str(self.options.root),)), ("kernel", ()), ("worker", ())):
            if kind in self.servers and not self.servers[kind].alive:
                self.servers.pop(kind).close()
            if kind not in self.servers:
                self.servers[kind] = ForkServer(kind, *arguments)
        for server in self.servers.values():
            server.wait_ready()

    def _authority(self, submission: Submission) -> Manifest:
        """The manifest of a submission's lab and version.

        Raises:
            Refused: there is none, or the checks of that version are not here.
        """
        root, lab, version = self.options.root, submission.lab, submission.version
        folder = root / "course" / lab
        if not (folder / "lab.md").is_file():
            raise Refused("unknown-lab", lab=lab)
        path = manifest_path(root, lab, version)
        if not path.is_file() or front_matter(folder / "lab.md").get("version") != version:
            refused = Refused("unknown-version", lab=lab, version=str(version))
            refused.lab, refused.lang = lab, submission.lang
            raise refused
        return self._manifest(path)

    def _refused(self, taken: Taken, refused: Refused) -> SubmissionResult:
        checks: tuple[CheckResult, ...] = ()
        if refused.lab is not None and refused.version is not None:
            try:
                path = manifest_path(self.options.root, refused.lab, refused.version)
                checks = tuple(
                    CheckResult(id=name, points=0, points_max=cell.points, notice=Notice("not-run"))
                    for name, cell in self._manifest(path).checks.items()
                )
            except CourseProblem:
                pass
        return SubmissionResult(
            name=taken.name,
            sha256=_sha256(taken),
            status="refused",
            lab=refused.lab,
            version=refused.version,
            lang=refused.lang,
            checks=checks,
            notices=(refused.notice,),
        )

    @staticmethod
    def _read(job: _Job) -> None:
        try:
            message = job.forked.channel.receive()
        except ChannelClosed:
            job.error = job.error or "the worker ended early"
            return
        if "error" in message:
            job.error = str(message["error"])
        else:
            job.latest = message

    @staticmethod
    def _ended(job: _Job) -> bool:
        if time.monotonic() > job.deadline:
            job.error, job.stuck = job.error or "the worker was stuck", True
        return bool(job.latest.get("final") or job.error)

    def _finish(self, job: _Job) -> tuple[SubmissionResult, Mapping[str, float]]:
        """Turn what a worker told into a result; of one that failed, what it had told before."""
        job.forked.wait(2.0 if job.latest.get("final") else 0.0)
        job.forked.kill()
        shutil.rmtree(job.folder, ignore_errors=True)
        told: dict[str, Any] = job.latest.get("result", {})
        notices = [*job.notices, *(Notice(code, fields) for code, fields in told.get("notices", []))]
        failed = not job.latest.get("final")
        if failed:
            notices.append(Notice("grader-failed", {"why": job.error}))
        result = SubmissionResult(
            name=job.taken.name,
            sha256=_sha256(job.taken),
            status="failed" if failed else "graded",
            lab=job.manifest.lab,
            version=job.manifest.version,
            seed=job.seed,
            lang=job.submission.lang,
            checks=tuple(
                _check(name, cell.points, told.get("checks", {}).get(name))
                for name, cell in job.manifest.checks.items()
            ),
            notices=tuple(notices),
            calls=tuple(told.get("calls", ())),
        )
        return result, dict(told.get("timings", {}))


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
        html=told["html"],
        notice=notice,
    )


def _sha256(taken: Taken) -> str | None:
    return None if taken.content is None else hashlib.sha256(taken.content).hexdigest()
