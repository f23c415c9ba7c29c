"""gradebook.canvas.csv and gradebook.moodle.csv: one row a learner, for the imports of Canvas and Moodle.

Canvas (source: instructure/canvas-lms, `lib/gradebook_importer.rb`): the columns Student, ID, SIS User ID, SIS Login
ID, Section, then one for each assignment, "Title (id)"; a row "Points Possible" may follow. Learners are found by ID,
then by the SIS columns, then by name. The id in the names of downloaded submissions is that ID.

Moodle (source: moodle/moodle, `mod/assign/feedback/offline/importgradeslib.php` and docs.moodle.org "Grade import"):
the grading worksheet of an assignment needs Identifier ("Participant 123"), Grade and Last modified (grade), and takes
Feedback comments; the number in the names of downloaded submissions is that identifier. The gradebook's own CSV import
maps any columns, "Email address" among them. With one lab the file fits both; with several, the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ecslab.grading.outputs.gradebook import table
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.policy import Policy
from ecslab.grading.score import plain
from ecslab.grading.words import PAGE

CANVAS, MOODLE = "gradebook.canvas.csv", "gradebook.moodle.csv"
Best = Mapping[str, Scored]
"""By lab: the submission that counts for a learner."""


def to_canvas(everything: Sequence[Scored], policy: Policy) -> str:
    """gradebook.canvas.csv."""
    labs = _labs(everything)
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    rows: list[list[object]] = [[*head, *(policy.of(lab).column or lab for lab in labs)]]
    rows.append(["    Points Possible", "", "", "", "", *(_possible(everything, lab) for lab in labs)])
    for best in _learners(everything):
        one = next(iter(best.values()))
        login = _login(one)
        number = one.result.learner_id if one.result.learner_id.isdigit() else ""
        rows.append([one.who, number, "", login, "", *_points(best, labs)])
    return table(rows)


def to_moodle(everything: Sequence[Scored], policy: Policy) -> str:
    """gradebook.moodle.csv."""
    labs = _labs(everything)
    single = len(labs) == 1
    grades = ["Grade", "Maximum Grade"] if single else [policy.of(lab).column or lab for lab in labs]
    rows: list[list[object]] = [
        ["Identifier", "Full name", "Email address", *grades, "Last modified (grade)", "Feedback comments"]
    ]
    for best in _learners(everything):
        one = next(iter(best.values()))
        number = one.result.learner_id
        identifier = f"Participant {number}" if number.isdigit() else number
        most = [_possible(everything, labs[0])] if single else []
        words = " ".join(filter(None, (_comment(each) for each in best.values())))
        rows.append([identifier, one.who, _address(one), *_points(best, labs), *most, "", words])
    return table(rows)


def _login(one: Scored) -> str:
    """The name that a learner logs in by, as far as a record or the submission's name says it."""
    number = one.result.learner_id
    return "" if number.isdigit() else number or one.result.name.partition("/")[0]


def _address(one: Scored) -> str:
    """The learner's address, where that is what they log in by."""
    login = _login(one)
    return login if "@" in login else ""


def _labs(everything: Sequence[Scored]) -> list[str]:
    return sorted({one.result.lab for one in everything if one.result.lab and one.score.points_max})


def _possible(everything: Sequence[Scored], lab: str) -> int | float:
    return plain(max(one.score.points_max for one in everything if one.result.lab == lab))


def _points(best: Best, labs: Sequence[str]) -> list[object]:
    """Points by lab; nothing where there is no submission, or the grader failed."""
    return [
        "" if lab not in best or best[lab].result.status == "failed" else plain(best[lab].score.points)
        for lab in labs
    ]


def _learners(everything: Sequence[Scored]) -> list[Best]:
    """The submissions that count, by learner: of several of one lab the last one, or else the best one."""
    found: dict[str, dict[str, Scored]] = {}
    for one in everything:
        result = one.result
        key = result.learner_id or result.learner or result.name
        mine = found.setdefault(key, {})
        before = mine.get(result.lab or "")
        if before is None or _rank(one) > _rank(before):
            mine[result.lab or ""] = one
    return [found[key] for key in sorted(found)]


def _rank(one: Scored) -> tuple[float, float]:
    try:
        at = datetime.fromisoformat(one.result.submitted_at or "").timestamp()
    except ValueError:
        at = 0.0
    return at, float(one.score.points)


def _comment(one: Scored) -> str:
    """What a learner reads beside the grade: the points by part, and what they should know."""
    say = PAGE[one.result.lang]
    points, most = one.score.part(hidden=True)
    hidden = say["hidden"].format(points=plain(points), max=plain(most)) if one.result.hidden else ""
    return " ".join(filter(None, (hidden, one.result.message)))
