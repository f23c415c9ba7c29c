"""A pool of warm workers on this machine: so many submissions at a time, and nothing lost whatever a worker does."""

from __future__ import annotations

import selectors
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from ecslab.grading.channel import ChannelClosed
from ecslab.grading.engine.run import Done
from ecslab.grading.engine.work import Options, Work
from ecslab.grading.forkserver import Forked, ForkServer, ServerFailed
from ecslab.grading.results import SubmissionResult
from ecslab.grading.scratch import Scratch

_TRIES = 3


@dataclass(slots=True, kw_only=True)
class _Job:
    """A submission in a worker."""

    work: Work
    folder: Path
    forked: Forked
    deadline: float
    latest: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    stuck: bool = False

    def read(self) -> None:
        """Take what the worker says."""
        try:
            message = self.forked.channel.receive()
        except ChannelClosed:
            self.error = self.error or "the worker ended early"
            return
        if "error" in message:
            self.error = str(message["error"])
        else:
            self.latest = message

    @property
    def ended(self) -> bool:
        """The worker has told everything, or it never will."""
        if time.monotonic() > self.deadline:
            self.error, self.stuck = self.error or "the worker was stuck", True
        return bool(self.latest.get("final") or self.error)


class Pool:
    """The three fork servers, and the workers that are forked from them.

    Args:
        options: how to grade; `jobs` is how many at a time.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.servers: dict[str, ForkServer] = {}
        self._scratch = Scratch()
        self._starting = Lock()

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
        self._scratch.close()

    def grade(self, everything: Iterable[Work], done: Done) -> None:
        """Grade submissions; one that fails by the grader's fault is tried once more, in a new worker.

        `everything` is asked for the next one when there is a place for it. Several threads may grade at a time.

        Raises:
            ServerFailed: the grader cannot start.
        """
        waiting = iter(everything)
        again: dict[str, Work] = {}
        tried: set[str] = set()
        jobs: dict[int, _Job] = {}
        with selectors.DefaultSelector() as ready:
            try:
                while True:
                    while len(jobs) < self.options.jobs:
                        name = next(iter(again), None)
                        work = next(waiting, None) if name is None else again.pop(name)
                        if work is None:
                            break
                        with self._starting:
                            job = self._start(work)
                        jobs[job.forked.channel.fileno()] = job
                        ready.register(job.forked.channel, selectors.EVENT_READ)
                    if not jobs:
                        return
                    for key, _ in ready.select(1.0):
                        jobs[key.fd].read()
                    for number, job in list(jobs.items()):
                        if job.ended:
                            ready.unregister(job.forked.channel)
                            del jobs[number]
                            self._end(job)
                            if self._once_more(job, tried):
                                again[job.work.taken.name] = job.work
                            else:
                                done(job.work, *_outcome(job))
            finally:
                for job in jobs.values():
                    job.forked.close()

    def _start(self, work: Work) -> _Job:
        """Give a submission to a worker."""
        forked = self._worker()
        folder = self._scratch.next()
        deadline = time.monotonic() + self.options.limits.worker_s
        job = _Job(work=work, folder=folder, forked=forked, deadline=deadline)
        try:
            forked.channel.send_descriptors(
                [self.servers[kind].requests.fileno() for kind in ("kernel", "cloud")]
            )
            forked.channel.send(work.request(self.options, folder))
        except (OSError, ChannelClosed):
            job.error = "the worker ended early"
        return job

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

    @staticmethod
    def _end(job: _Job) -> None:
        job.forked.wait(2.0 if job.latest.get("final") else 0.0)
        job.forked.kill()
        shutil.rmtree(job.folder, ignore_errors=True)

    @staticmethod
    def _once_more(job: _Job, tried: set[str]) -> bool:
        name = job.work.taken.name
        if job.stuck or name in tried or (job.latest.get("final") and not _lost_cloud(job)):
            return False
        tried.add(name)
        return True


def _lost_cloud(job: _Job) -> bool:
    """The submission's cloud ended before its checks did."""
    checks: dict[str, Any] = job.latest.get("result", {}).get("checks", {})
    return any(told["passed"] is None for told in checks.values())


def _outcome(job: _Job) -> tuple[SubmissionResult, Mapping[str, float]]:
    told: dict[str, Any] = job.latest.get("result", {})
    error = "" if job.latest.get("final") else job.error
    return job.work.result(told, error), dict(told.get("timings", {}))
