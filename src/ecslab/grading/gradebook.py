"""gradebook.csv: one row a submission, one column a check. Safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ecslab.grading.results import SubmissionResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
COLUMNS = ("submission", "lab", "version", "status", "points", "points_max", "percent", "message")


def to_csv(results: Sequence[SubmissionResult]) -> str:
    """The gradebook, in the order of the results."""
    checks = {f"{one.lab} {check.id}": None for one in results for check in one.checks}
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*COLUMNS, *sorted(checks)])
    for one in results:
        earned = {f"{one.lab} {check.id}": check.points for check in one.checks}
        percent = "" if not one.points_max else f"{100 * one.points / one.points_max:.1f}"
        row = [
            text(one.name),
            text(one.lab or ""),
            "" if one.version is None else one.version,
            one.status,
            one.points,
            one.points_max,
            percent,
            text(one.message),
        ]
        writer.writerow([*row, *(earned.get(name, "") for name in sorted(checks))])
    return buffer.getvalue()


def text(value: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe is put before what begins like one."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
