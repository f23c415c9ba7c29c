"""Grading on a Dask cluster: the same function, on whichever machine has a place. The only module that knows Dask."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count as counter
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ecslab.course.places import find_root
from ecslab.grading.engine.keys import Keys, options_key, program_key
from ecslab.grading.engine.pool import Pool
from ecslab.grading.engine.run import Done
from ecslab.grading.engine.stored import dumped, loaded
from ecslab.grading.engine.work import Authority, Options, Work
from ecslab.grading.forkserver import ServerFailed
from ecslab.grading.intake import Shelf, Taken
from ecslab.grading.jail import reach, tiers
from ecslab.grading.jail.reach import CourseInReach
from ecslab.grading.jail.tier import Tier
from ecslab.grading.jail.tiers import NoJail
from ecslab.grading.limits import Limits
from ecslab.grading.results import SubmissionResult

_CONNECT_S = 20
_AHEAD = 2
"""Submissions sent for each thread of the cluster: one at work, one on its way."""
_INSTALL = "--dask needs Dask: install it here and on the workers with `pip install 'ecslab[dask]'`"


class Cluster:
    """A Dask cluster that grades.

    Args:
        options: how to grade.
        address: of the scheduler.

    Raises:
        ServerFailed: Dask is not installed, or nobody answers at the address.
    """

    def __init__(self, options: Options, address: str) -> None:
        try:
            import distributed
        except ImportError:
            raise ServerFailed(_INSTALL) from None
        self._options, self._address = options, address
        self._keys = Keys(options)
        logging.getLogger("distributed").setLevel(logging.ERROR)
        try:
            self._client = distributed.Client(address, timeout=_CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=_CONNECT_S)
        except TimeoutError:
            raise ServerFailed(f"the Dask cluster at {address} has no workers, or is not there") from None
        except (OSError, ValueError) as error:
            raise ServerFailed(f"no Dask scheduler answers at {address} ({error})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the workers' fork servers, and let the cluster go."""
        with contextlib.suppress(Exception):
            self._client.run(_rest)
        self._client.close()

    def grade(self, everything: Iterable[Work], done: Done) -> None:
        """Grade submissions. One whose machine is lost goes to another.

        Raises:
            ServerFailed: the cluster is lost, or a worker has another ecslab or other labs.
        """
        from distributed import as_completed

        waiting = iter(everything)
        run, numbers = secrets.token_hex(4), counter()
        works: dict[str, Work] = {}

        def submitted(count: int) -> Iterator[Any]:
            for work in islice(waiting, count):
                key = f"ecslab-{run}-{next(numbers)}"
                works[key] = work
                yield self._client.submit(grade_one, *self._task(work), key=key, pure=False)

        places = max(1, sum(self._client.ncores().values()))
        under_way = as_completed(list(submitted(_AHEAD * places)), loop=self._client.loop)
        for future in under_way:
            work = works.pop(future.key, None)
            if work is None:
                continue
            done(work, *self._outcome(work, future))
            for one in submitted(1):
                under_way.add(one)

    def _task(self, work: Work) -> tuple[bytes, dict[str, Any]]:
        assert work.taken.content is not None
        options = self._options
        about = {
            "taken": dumped(replace(work.taken, content=None)),
            "root": str(options.root),
            "versions": [str(folder) for folder in options.versions],
            "hidden": str(options.hidden or ""),
            "options": options_key(options),
            "program": program_key(),
            "key": self._keys.of(work.taken, work),
        }
        return work.taken.content.read(), about

    def _outcome(self, work: Work, future: Any) -> tuple[SubmissionResult, Mapping[str, float]]:
        from distributed import CancelledError, KilledWorker

        try:
            answer = json.loads(future.result())
        except KilledWorker:
            return work.result({}, "every machine that graded it was lost"), {}
        except CancelledError:
            raise ServerFailed(f"the Dask cluster at {self._address} is gone") from None
        if "misfit" in answer:
            raise ServerFailed(answer["misfit"])
        return loaded(SubmissionResult, answer["result"]), answer["timings"]


def grade_one(content: bytes, about: Mapping[str, Any]) -> str:
    """What a Dask worker runs: a submission's bytes to its result, both of them plain data.

    Args:
        content: of the submission's file.
        about: what else is known of it (`taken`); `options`, `program` and `key` as the asker has them; its `root`.

    Returns:
        JSON: `result` and `timings`, or `misfit`, which says why this worker must not grade it.
    """
    with Shelf() as shelf:
        return _grade_one(replace(loaded(Taken, about["taken"]), content=shelf.keep(content)), about)


def _grade_one(taken: Taken, about: Mapping[str, Any]) -> str:
    root = Path(about["root"])
    given = dict(about["options"])
    options = replace(
        Options(root=root if (root / "course" / "course.toml").is_file() else find_root()),
        versions=tuple(Path(folder) for folder in about["versions"]),
        hidden=Path(about["hidden"]) if about["hidden"] else None,
        **{**given, "limits": Limits(**given["limits"]), "tier": Tier(given["tier"])},
    )
    if options.tier is not Tier.PROCESS and (why := _unjailed(options)):
        return json.dumps({"misfit": f"a Dask worker cannot jail learners' code as here: {why}"})
    here = program_key()
    if here != about["program"]:
        return json.dumps({"misfit": f"a Dask worker has ecslab {here}, here is {about['program']}"})
    prepared = Authority(options).prepare(taken)
    if Keys(options).of(taken, prepared) != about["key"] or not isinstance(prepared, Work):
        return json.dumps({"misfit": f"a Dask worker has other labs in {options.root} than are here"})
    found: list[tuple[SubmissionResult, Mapping[str, float]]] = []
    with _PLACE.pool(options) as pool:
        pool.grade([prepared], lambda _, result, timings: found.append((result, timings)))
    result, timings = found[0]
    return json.dumps({"result": dumped(result), "timings": dict(timings)})


def _unjailed(options: Options) -> str:
    """Why this machine does not keep learners' code apart as it is asked to; empty when it does."""
    try:
        tiers.choose(options.tier)
        private = (*options.versions, *filter(None, (options.hidden,)))
        reach.refuse_in_reach(options.root, tiers.readable(), private)
    except (NoJail, CourseInReach) as problem:
        return str(problem)
    return ""


class _Place:
    """The pool of this process, warm from one task to the next, for as many threads as grade."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[str, Pool] = {}
        self._busy = 0

    @contextlib.contextmanager
    def pool(self, options: Options) -> Iterator[Pool]:
        """The pool for these options."""
        wanted = repr(options)
        with self._lock:
            if wanted not in self._pools:
                self._pools[wanted] = Pool(options)
            pool = self._pools[wanted]
            self._busy += 1
        try:
            yield pool
        finally:
            with self._lock:
                self._busy -= 1

    def rest(self) -> None:
        """Close what is warm, unless somebody grades."""
        with self._lock:
            if not self._busy:
                for pool in self._pools.values():
                    pool.close()
                self._pools.clear()


_PLACE = _Place()


def _rest() -> None:
    _PLACE.rest()
