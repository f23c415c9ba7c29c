"""Shards put together: they fit, or it is said what does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ecslab.grading.engine.journal import FILE, Journal, Plan, Row


class Misfit(Exception):  # noqa: N818 - the command says it in these words
    """Folders that are not the shards of one run; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One shard's journal.

    Attributes:
        folder: where it lies.
        plan: what it was to grade.
        keys: its submissions, with their keys.
        rows: their grades.
    """

    folder: Path
    plan: Plan
    keys: Mapping[str, str]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A whole run: its plan, its submissions with their keys, its grades in order of names."""

    plan: Plan
    keys: Mapping[str, str]
    rows: tuple[Row, ...]


def merge(folders: Sequence[Path], out: Path) -> Merged:
    """Read shards and check that they are one run's: none missing, none double, all complete. `out` is none of them.

    Raises:
        Misfit: they are not.
        JournalProblem: a journal cannot be read.
    """
    if out.resolve() in [folder.resolve() for folder in folders]:
        raise Misfit(f"--out {out} is one of the shards: choose another folder")
    shards = [_read(folder) for folder in folders]
    first = shards[0]
    for shard in shards[1:]:
        _alike(first, shard)
    _all_there(shards)
    for shard in shards:
        graded = {row.result.name for row in shard.rows}
        if missing := [name for name in shard.keys if name not in graded]:
            raise Misfit(
                f"{shard.folder}: {len(missing)} of {len(shard.keys)} submissions are not graded yet "
                f"({_some(missing)}): run this shard's command again"
            )
    keys = {name: key for shard in shards for name, key in shard.keys.items()}
    if len(keys) != first.plan.count:
        raise Misfit(f"{len(keys)} submissions in the shards, {first.plan.count} were handed in")
    labs = {name: value for shard in shards for name, value in shard.plan.labs.items()}
    rows = sorted((row for shard in shards for row in shard.rows), key=lambda row: row.result.name)
    plan = replace(first.plan, shard=(1, 1), labs=labs)
    return Merged(plan=plan, keys=keys, rows=tuple(rows))


def _read(folder: Path) -> Shard:
    path = folder / FILE
    if not path.is_file():
        raise Misfit(f"{folder}: there is no {FILE} here: name the --out of each `ecslab grade --shard`")
    with Journal(path) as journal:
        plan = journal.plan
        if plan is None:
            raise Misfit(f"{folder}: nothing was graded here")
        return Shard(folder=folder, plan=plan, keys=journal.keys, rows=tuple(journal.rows()))


def _alike(one: Shard, other: Shard) -> None:
    """They were graded in the same way, from the same submissions."""
    both = f"{one.folder} and {other.folder}"
    if one.plan.program != other.plan.program:
        raise Misfit(
            f"{both} were graded by different versions ({one.plan.program}, {other.plan.program}): "
            "grade them with the same ecslab, packages and Python"
        )
    for name in sorted({*one.plan.options, *other.plan.options}):
        here, there = one.plan.options.get(name), other.plan.options.get(name)
        if here != there:
            raise Misfit(f"{both} were graded with different options: {name} {here} and {there}")
    for name in sorted({*one.plan.labs} & {*other.plan.labs}):
        if one.plan.labs[name] != other.plan.labs[name]:
            raise Misfit(f"{both} were graded with different files of the lab {name}")
    if one.plan.shard[1] != other.plan.shard[1]:
        raise Misfit(f"{both} are of {one.plan.shard[1]} and of {other.plan.shard[1]} shards")
    if (one.plan.whole, one.plan.aside) != (other.plan.whole, other.plan.aside):
        raise Misfit(f"{both} are parts of different sets of submissions: give every shard all submissions")


def _all_there(shards: Sequence[Shard]) -> None:
    count = shards[0].plan.shard[1]
    seen = Counter(shard.plan.shard[0] for shard in shards)
    for number in range(1, count + 1):
        if seen[number] > 1:
            where = [str(shard.folder) for shard in shards if shard.plan.shard[0] == number]
            raise Misfit(f"shard {number}/{count} is there twice: {' and '.join(where)}")
    if missing := [f"{number}/{count}" for number in range(1, count + 1) if not seen[number]]:
        raise Misfit(f"missing: shard {', '.join(missing)}")


def _some(names: Sequence[str], limit: int = 3) -> str:
    return ", ".join(names[:limit]) + (", ..." if len(names) > limit else "")
