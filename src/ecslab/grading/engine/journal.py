"""The memory of a run: one row for each submission, kept in SQLite as soon as it is graded.

A grader may be killed at any moment: what is in the journal is not graded again, what is not is. The file is locked
while a grader holds it, so that two never write to one folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ecslab.grading.engine.stored import dumped, loaded
from ecslab.grading.results import SubmissionResult

FILE = "journal.sqlite"
FORMAT = 1
_APPLICATION = 0x65637367  # "ecsg"
_BESIDE = ("", "-wal", "-shm", "-journal")
_TABLES = """
CREATE TABLE plan (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE submission (name TEXT PRIMARY KEY, key TEXT NOT NULL) STRICT;
CREATE TABLE grade (
  name TEXT PRIMARY KEY, key TEXT NOT NULL, status TEXT NOT NULL, result TEXT NOT NULL, timings TEXT NOT NULL,
  gradings INTEGER NOT NULL, seal TEXT NOT NULL
) STRICT;
"""


class JournalProblem(Exception):  # noqa: N818 - the command says it in these words
    """The journal cannot be used; its text says why, and what to do."""


class JournalBusy(JournalProblem):
    """Another grader holds it."""


class JournalUnfit(JournalProblem):
    """It is damaged, of another format, or no journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to grade.

    Attributes:
        program: the grader, as `keys.program_key` says.
        options: those that change results.
        labs: the labs' hashes by name and version.
        shard: this shard's number and of how many; (1, 1) is everything.
        whole: a hash of the names and contents of all shards' submissions.
        count: how many they are.
        aside: what was left aside.
    """

    program: str
    options: Mapping[str, Any]
    labs: Mapping[str, str]
    shard: tuple[int, ...] = (1, 1)
    whole: str
    count: int
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A submission's grade as it lies in the journal.

    Attributes:
        key: what it depends on.
        gradings: how often the submission was graded since the journal was begun.
    """

    key: str
    result: SubmissionResult
    timings: Mapping[str, float]
    gradings: int


class Journal:
    """An open journal.

    Args:
        path: of the file; it is made when it is not there.

    Raises:
        JournalBusy: another grader holds it.
        JournalUnfit: it cannot be read. `set_aside` moves it out of the way.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, timeout=0.5, isolation_level=None)
        try:
            self._open()
        except sqlite3.OperationalError as error:
            self._db.close()
            if "locked" in str(error):
                raise JournalBusy(
                    f"another `ecslab grade` is at work in {path.parent}: wait for it"
                ) from None
            raise JournalUnfit(f"{path} cannot be used ({error})") from None
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise JournalUnfit(f"{path} is damaged ({error})") from None
        except JournalProblem:
            self._db.close()
            raise

    def _open(self) -> None:
        # Held until it is closed, by the process: it needs no shared memory, so it works on network drives too.
        self._ask("PRAGMA locking_mode = EXCLUSIVE")
        (application,), (number,) = self._ask("PRAGMA application_id")[0], self._ask("PRAGMA user_version")[0]
        empty = not self._ask("SELECT 1 FROM sqlite_schema LIMIT 1")
        if not empty and application != _APPLICATION:
            raise JournalUnfit(f"{self.path} is not a journal of ecslab")
        if not empty and number != FORMAT:
            raise JournalUnfit(f"{self.path} has the format {number}, this ecslab has {FORMAT}")
        (found,) = self._ask("PRAGMA quick_check(1)")[0]
        if found != "ok":
            raise JournalUnfit(f"{self.path} is damaged ({found.splitlines()[0]})")
        self._ask("PRAGMA journal_mode = WAL")
        self._ask("PRAGMA synchronous = FULL")
        with self._all_or_nothing():
            if empty:
                for statement in _TABLES.split(";"):
                    self._ask(statement)
                self._ask(f"PRAGMA application_id = {_APPLICATION}")
            self._ask(f"PRAGMA user_version = {FORMAT}")  # writes, and so takes the lock

    def close(self) -> None:
        """Put everything into the one file, and let go."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def begin(self, plan: Plan, keys: Mapping[str, str], again: Sequence[str] = ()) -> list[str]:
        """Take a run's plan: which submissions there are, by name and key.

        Returns the names that have no grade under their keys, in order. A failed one has none, nor have those of
        `again`.
        """
        with self._clear(), self._all_or_nothing():
            self._ask("DELETE FROM plan")
            self._ask("DELETE FROM submission")
            self._ask("INSERT INTO plan VALUES ('plan', ?)", (dumped(plan),))
            self._db.executemany("INSERT INTO submission VALUES (?, ?)", keys.items())
            self._db.executemany("UPDATE grade SET key = '' WHERE name = ?", [(name,) for name in again])
        with self._clear():
            found = self._db.execute(
                "SELECT grade.* FROM grade JOIN submission USING (name, key) WHERE status != 'failed'"
            )
            have = {row[0] for row in found if row[-1] == _seal(row[:-1])}
        return [name for name in sorted(keys) if name not in have]

    @property
    def plan(self) -> Plan | None:
        """The plan of the last run."""
        found = self._ask("SELECT value FROM plan WHERE name = 'plan'")
        return loaded(Plan, found[0][0]) if found else None

    @property
    def keys(self) -> dict[str, str]:
        """The submissions of the plan, with their keys, in order of names."""
        return dict(self._ask("SELECT name, key FROM submission ORDER BY name"))

    def record(self, key: str, result: SubmissionResult, timings: Mapping[str, float]) -> None:
        """Keep a grade. When this returns, no kill takes it away."""
        with self._clear():
            before = self._ask("SELECT gradings FROM grade WHERE name = ?", (result.name,))
        count = before[0][0] + 1 if before else 1
        self.keep(Row(key=key, result=result, timings=timings, gradings=count))

    def keep(self, row: Row) -> None:
        """Keep a row as it is."""
        one = row.result
        values = [one.name, row.key, one.status, dumped(one), json.dumps(dict(row.timings)), row.gradings]
        with self._clear():
            self._ask("INSERT OR REPLACE INTO grade VALUES (?, ?, ?, ?, ?, ?, ?)", (*values, _seal(values)))

    def rows(self) -> Iterator[Row]:
        """The grades of the plan's submissions, in order of names; those that have none are left out."""
        found = self._db.execute(
            "SELECT grade.* FROM grade JOIN submission USING (name, key) ORDER BY grade.name"
        )
        for name, key, status, result, timings, gradings, seal in found:
            if seal == _seal([name, key, status, result, timings, gradings]):
                yield Row(
                    key=key,
                    result=loaded(SubmissionResult, result),
                    timings=json.loads(timings),
                    gradings=gradings,
                )

    def _ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._db.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def _clear(self) -> Iterator[None]:
        """What goes wrong with the disk, in words."""
        try:
            yield
        except sqlite3.Error as error:
            raise JournalProblem(f"{self.path} cannot be used any more ({error})") from None

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._ask("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._ask("ROLLBACK")
            raise
        self._ask("COMMIT")


def set_aside(path: Path) -> Path:
    """Rename a journal that cannot be used, with what belongs to it; its new name."""
    number = 1
    while (new := path.with_name(f"{path.stem}.unfit-{number}{path.suffix}")).exists():
        number += 1
    for end in _BESIDE:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(new.with_name(new.name + end))
    return new


def _seal(values: Sequence[Any]) -> str:
    """A hash of a row: a row that was changed on the disk is graded again."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]
