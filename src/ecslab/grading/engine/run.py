"""A run: what was handed in against what the journal has; only the difference is graded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ecslab.grading.engine.journal import Journal, Plan
from ecslab.grading.engine.keys import Keys, options_key, program_key
from ecslab.grading.engine.shards import Whole, learner_of, shard_of
from ecslab.grading.engine.work import Authority, Options, Work
from ecslab.grading.intake import Intake, Taken
from ecslab.grading.results import SubmissionResult

Done = Callable[[Work, SubmissionResult, Mapping[str, float]], None]
"""Told each result as it comes, in no particular order, with the seconds that it took."""


class Engine(Protocol):
    """Whoever can grade: a pool of workers here, or a cluster."""

    def grade(self, everything: Iterable[Work], done: Done) -> None:
        """Grade submissions; `done` is told each result once.

        `everything` is asked for the next one when there is a place for it.

        Raises:
            ServerFailed: the engine cannot grade at all.
        """


class NoSuchLearner(Exception):  # noqa: N818 - the command says it in these words
    """A name that is to be graded again was not handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What of the submissions is wanted.

    Attributes:
        shard: which part of them, and of how many.
        again: the learners or submissions to grade even if nothing changed; empty for all, None for nobody.
    """

    shard: tuple[int, int] = (1, 1)
    again: tuple[str, ...] | None = None


class Run:
    """A run on a journal.

    Args:
        intake: all that was handed in, whatever the shard.
        options: how to grade.
        journal: what is known; it is told the plan at once.
        wish: what is wanted.

    Attributes:
        total: how many submissions the run is about.
        todo: the names of those that have to be graded.

    Raises:
        NoSuchLearner: nobody of that name handed in.
    """

    def __init__(self, intake: Intake, options: Options, journal: Journal, wish: Wish) -> None:
        self._taken = {one.name: one for one in intake.taken}
        self._journal = journal
        self._authority = Authority(options)
        number, count = wish.shard
        again = _chosen(wish.again, intake.taken)
        keys, whole = Keys(options), Whole()
        self._keys: dict[str, str] = {}
        refused: dict[str, SubmissionResult] = {}
        for one in intake.taken:
            whole.add(one)
            if shard_of(one, count) != number:
                continue
            prepared = self._authority.prepare(one)
            self._keys[one.name] = keys.of(one, prepared)
            if not isinstance(prepared, Work):
                refused[one.name] = prepared
        plan = Plan(
            program=program_key(),
            options=options_key(options),
            labs=keys.labs,
            shard=wish.shard,
            whole=whole.digest(),
            count=len(intake.taken),
            aside=intake.aside,
        )
        wanted = journal.begin(plan, self._keys, [name for name in again if name in self._keys])
        for name in wanted:
            if name in refused:
                journal.record(self._keys[name], refused[name], {})
        self.total = len(self._keys)
        self.todo = [name for name in wanted if name not in refused]

    def grade(self, engine: Engine, told: Callable[[], None]) -> None:
        """Grade what has to be; `told` is called after each submission, when the journal has it."""

        def done(work: Work, result: SubmissionResult, timings: Mapping[str, float]) -> None:
            self._journal.record(self._keys[work.taken.name], result, timings)
            told()

        engine.grade(self._works(), done)

    def _works(self) -> Iterator[Work]:
        for name in self.todo:
            prepared = self._authority.prepare(self._taken[name])
            assert isinstance(prepared, Work), "what can be graded is decided once"
            yield prepared


def _chosen(again: Sequence[str] | None, taken: Sequence[Taken]) -> list[str]:
    """The names of the submissions to grade again."""
    if again is None:
        return []
    if not again:
        return [one.name for one in taken]
    found = [one.name for one in taken if one.name in again or learner_of(one) in again]
    known = {name for one in taken for name in (one.name, learner_of(one))}
    unknown = [name for name in again if name not in known]
    if unknown:
        raise NoSuchLearner(f"--regrade: nothing was handed in by {', '.join(unknown)}")
    return found
