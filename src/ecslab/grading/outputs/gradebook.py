"""gradebook.csv: one row a submission, one column a check. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ecslab.grading.outputs.inert import cell, line
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.score import plain, shown

FILE = "gradebook.csv"
COLUMNS = (
    "submission",
    "learner",
    "learner_id",
    "lab",
    "version",
    "status",
    "points",
    "points_max",
    "percent",
    "submitted_at",
    "late_days",
    "late_percent",
    "override",
    "message",
)
HIDDEN = "hidden"


def to_csv(everything: Sequence[Scored]) -> str:
    """The gradebook, in the order of the results."""
    checks = sorted({name for one in everything for name in _earned(one)}, key=_in_order)
    return table([[*COLUMNS, *checks], *(_row(one, checks) for one in everything)])


def table(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV; text cells are made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in rows:
        writer.writerow([cell(line(value)) if isinstance(value, str) else value for value in row])
    return buffer.getvalue()


def _row(one: Scored, checks: Sequence[str]) -> list[object]:
    result, score = one.result, one.score
    earned, late = _earned(one), score.late
    overrides = [score.override, *(each.override for each in score.lines)]
    return [
        result.name,
        result.learner,
        result.learner_id,
        result.lab or "",
        "" if result.version is None else result.version,
        result.status,
        plain(score.points),
        plain(score.points_max),
        "" if score.percent is None else f"{float(score.percent):.1f}",
        result.submitted_at or "",
        "" if late is None else late.days,
        "" if late is None else shown(late.percent),
        "; ".join(f"{entry.by}, {entry.when}: {entry.reason}" for entry in overrides if entry is not None),
        result.message,
        *(earned.get(name, "") for name in checks),
    ]


def _earned(one: Scored) -> dict[str, int | float]:
    lab = one.result.lab
    found = {f"{lab} {check.id}": plain(one.points(check)[0]) for check in one.result.checks}
    if one.result.hidden:
        found[f"{lab} {HIDDEN}"] = plain(one.score.part(hidden=True)[0])
    return found


def _in_order(name: str) -> tuple[str, tuple[int, ...]]:
    """Labs by name, checks by number, the hidden ones last."""
    lab, _, check = name.rpartition(" ")
    parts = check.split(".")
    return lab, tuple(int(part) for part in parts) if all(map(str.isdigit, parts)) else (10**9,)
