"""What a learner is told of the policy: how late, what it cost, and what the instructor decided and why."""

from __future__ import annotations

from datetime import timedelta

from ecslab.grading.outputs.scored import Scored
from ecslab.grading.policy import Override
from ecslab.grading.score import shown
from ecslab.grading.words import PAGE

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def lateness(one: Scored) -> list[str]:
    """Nothing for work that was in time."""
    late, say = one.score.late, PAGE[one.result.lang]
    if late is None:
        return []
    due = late.due.isoformat(sep=" ", timespec="minutes")
    if late.by is None:
        return [say["late_marked" if late.marked else "late_unknown"].format(due=due)]
    if not late.by:
        return []
    fields = {
        "due": due,
        "by": length(late.by),
        "percent": shown(late.percent),
        "lost": shown(one.score.lost),
    }
    if late.cut_off:
        return [say["late_cut_off"].format(**fields)]
    return [say["late" if late.days else "late_grace"].format(**fields)]


def overridden(one: Scored) -> list[str]:
    """What the instructor decided."""
    say = PAGE[one.result.lang]
    found = [
        say["override_check"].format(check=line.check, points=shown(line.earned), **_who(line.override))
        for line in one.score.lines
        if line.override is not None and not line.hidden
    ]
    entry = one.score.override
    if entry is not None:
        found.append(say["override"].format(points=shown(one.score.points), **_who(entry)))
    return found


def _who(entry: Override) -> dict[str, str]:
    return {"by": entry.by, "when": entry.when.isoformat(), "reason": entry.reason}


def length(time: timedelta) -> str:
    """For example `2 d 3 h`, `1 h 20 min` or `5 min`; the same in every language."""
    seconds = int(time.total_seconds())
    days, hours, minutes = seconds // _DAY, seconds % _DAY // _HOUR, seconds % _HOUR // _MINUTE
    parts = ((days, "d"), (hours, "h"), (0 if days else minutes, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "1 min"
