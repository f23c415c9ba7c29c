"""Whose file is it: the layouts in which others hand out what a class has handed in, recognised by their shape.

- Moodle (mod_assign's `downloader.php`): `Full Name_1234567_assignsubmission_file/lab.ipynb`, in older versions with a
  `_` at the folder's end; without folders `Full Name_1234567_assignsubmission_file_lab.ipynb`.
- Canvas (`content_zipper.rb`): `doejane_LATE_12345_67890_lab-1.ipynb`; graded blind `anon_ab1cD_67890_lab.ipynb`.
- GitHub Classroom (gh-classroom's `student-repos.go`): `<assignment>-submissions/<assignment>-<login>/`; with the table
  `grades.csv` (`assignment_grades.go`) beside the repositories also the name in the roster and the time.
- nbgrader (0.9.6, `coursedir.py`, `utils.py`): `submitted/<student>/<assignment>/lab.ipynb`, `timestamp.txt` beside it.
- Any other: files and folders, one a learner; nothing is known but their names.

The number in Moodle's names is the participant's (column "Identifier" of its grading worksheet); Canvas's first number
is the user's id (column "ID" of its gradebook), its second one the file's. Canvas's name has neither spaces nor
capitals, and it marks what is late but does not say when it came. Unverified, so a time that is not ISO 8601 is left
out: the form of `submission_timestamp` in grades.csv.
"""

from __future__ import annotations

import csv
import io
import os.path
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ecslab.grading.intake.entries import ROSTER, TIMESTAMP, Entry

_MOODLE = re.compile(
    r"(?P<name>[^_].*?)_(?P<id>\d{1,18})_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL
)
_CANVAS = re.compile(
    r"(?:(?!LATE_|anon_)(?P<name>\w+?)_)?(?P<late>LATE_)?(?P<id>[1-9]\d{0,18}|anon_[A-Za-z0-9]{5})"
    r"_(?:(?P<file>[1-9]\d{0,18})_.+|text\.html|link\.html)"
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?(?: ?(\S+))?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
_SUBMITTED, _SUBMISSIONS = "submitted", "-submissions"
_STEPS = ("source", "release", "autograded", "feedback")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """What one learner handed in.

    Attributes:
        label: the path that stands for it where it has no notebook.
        assignment: of several by the same learner, where the layout says one.
        learner: the learner's name where the layout says one, else empty.
        learner_id: the number or login in the system that the layout comes from, else empty.
        submitted_at: when, in UTC, as `YYYY-MM-DDTHH:MM:SSZ`.
        late: after the time that was set; None where nobody says.
        entries: the files.
    """

    label: str
    assignment: str = ""
    learner: str = ""
    learner_id: str = ""
    submitted_at: str | None = None
    late: bool | None = None
    entries: tuple[Entry, ...] = ()


Found = tuple[list[HandIn], list[Entry]]


def hand_ins(root: str, entries: Sequence[Entry]) -> Found | None:
    """The hand-ins of a class's export, and the entries that are nobody's; None when it is no known export.

    Args:
        root: the name of the folder or archive.
        entries: everything in it.
    """
    for shape in (_moodle, _canvas, _nbgrader, _classroom):
        found = shape(root, entries)
        if found is not None:
            return found
    top = {one.parts[0] for one in entries if not one.ignored}
    if len(top) != 1 or not any(len(one.parts) > 1 for one in entries if not one.ignored):
        return None
    (name,) = top
    below = [replace(one, parts=one.parts[1:]) for one in entries if len(one.parts) > 1]
    return hand_ins(name, below)


def by_top(entries: Sequence[Entry]) -> Found:
    """Without a layout: every file, and every folder, is a hand-in of its own."""
    return _grouped(entries, lambda one: HandIn(label=one.parts[0]))


def utc(text: str) -> str | None:
    """A time as nbgrader writes it, or in ISO 8601, in UTC; None when it cannot be told."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, zone = match.groups()
    try:
        offset = _OFFSET.fullmatch(zone or "+00:00")
        if offset is not None:
            sign, hours, minutes = offset.groups()
            size = timedelta(hours=int(hours), minutes=int(minutes))
            where: timezone | ZoneInfo = timezone(size if sign == "+" else -size)
        else:
            where = UTC if zone in ("Z", "UTC", "GMT") else ZoneInfo(str(zone))
        at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=where)
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, LookupError, OSError, OverflowError):
        return None


def _grouped(entries: Sequence[Entry], whose: Callable[[Entry], HandIn | None]) -> Found:
    """Entries by hand-in: those of one learner and assignment are one, and so are those of one label."""
    groups: dict[tuple[str, str], tuple[HandIn, list[Entry]]] = {}
    nobodys: list[Entry] = []
    for one in entries:
        who = None if one.ignored and len(one.parts) == 1 else whose(one)
        if who is None:
            nobodys.append(one)
            continue
        key = (who.learner_id, who.label if not who.learner_id else who.assignment)
        groups.setdefault(key, (who, []))[1].append(one)
    return [replace(who, entries=tuple(each)) for who, each in groups.values()], nobodys


def _moodle(_root: str, entries: Sequence[Entry]) -> Found | None:
    """Each file or folder at the top whose name says so; others are hand-ins by themselves."""

    def whose(one: Entry) -> HandIn:
        match = _MOODLE.fullmatch(one.parts[0])
        if match is None:
            return HandIn(label=one.parts[0])
        return HandIn(label=one.parts[0], learner_id=match["id"], learner=match["name"].strip())

    if not any(_MOODLE.fullmatch(one.parts[0]) for one in entries):
        return None
    return _grouped(entries, whose)


def _canvas(_root: str, entries: Sequence[Entry]) -> Found | None:
    """A flat folder in which every notebook and every archive has such a name, and no file's number comes twice."""
    files = [one for one in entries if not one.ignored]
    matches = [_CANVAS.fullmatch(one.parts[0]) for one in files]
    numbers = [match["file"] for match in matches if match is not None and match["file"]]
    work = [match for one, match in zip(files, matches, strict=True) if one.is_notebook or one.is_archive]
    if not work or None in work or len(set(numbers)) != len(numbers) or any(one.folder for one in files):
        return None

    def whose(one: Entry) -> HandIn:
        match = _CANVAS.fullmatch(one.parts[0])
        if match is None:
            return HandIn(label=one.parts[0])
        return HandIn(
            label=one.parts[0],
            learner_id=match["id"],
            learner=match["name"] or "",
            late=match["late"] is not None,
        )

    return _grouped(entries, whose)


def _nbgrader(root: str, entries: Sequence[Entry]) -> Found | None:
    """`submitted/`, a course folder that holds it, or any folder in which everybody has a time stamp at its place."""
    tops = {one.parts[0] for one in entries}
    if _SUBMITTED in tops and any(step in tops for step in (*_STEPS, "nbgrader_config.py", "gradebook.db")):
        found = _nbgrader(_SUBMITTED, [e for e in _under(entries, _SUBMITTED) if e.parts])
        others = [Entry(parts=(name,), ignored=True) for name in sorted(tops - {_SUBMITTED})]
        return None if found is None else (found[0], [*found[1], *others])
    times: dict[tuple[str, ...], str | None] = {
        one.parts[:2]: utc(one.content.read().decode("utf-8", "replace") if one.content else "")
        for one in entries
        if len(one.parts) == 3 and one.parts[-1] == TIMESTAMP and not one.folder  # noqa: PLR2004 - student/assignment/file
    }
    works = {one.parts[:2] for one in entries if one.is_notebook or one.is_archive}
    if root != _SUBMITTED and not (works and works.issubset(times)):
        return (
            None  # nbgrader writes each time stamp itself; one that a learner made says nothing of the others
        )
    with_more = {one.parts[0] for one in entries if len(one.parts) > 1 and not one.ignored}

    def whose(one: Entry) -> HandIn | None:
        if len(one.parts) == 1 and not one.folder:
            return HandIn(label=one.parts[0])
        if len(one.parts) == 1 or (one.ignored and len(one.parts) == 2):  # noqa: PLR2004 - beside the assignments
            return None if one.parts[0] in with_more else HandIn(label=one.parts[0], learner_id=one.parts[0])
        place = one.parts[:2]
        return HandIn(
            label="/".join(place),
            assignment="".join(place[1:]),
            learner_id=place[0],
            submitted_at=times.get(place),
        )

    return _grouped(entries, whose)


def _classroom(root: str, entries: Sequence[Entry]) -> Found | None:
    """Repositories: below `<assignment>-submissions`, or each with Git's or GitHub's folder in it."""
    folders = sorted({one.parts[0] for one in entries if len(one.parts) > 1 or one.folder})
    roster = _roster(entries)
    gits = {one.parts[0] for one in entries if len(one.parts) > 1 and one.parts[1] in (".git", ".github")}
    slug = root.removesuffix(_SUBMISSIONS) + "-"
    if not root.endswith(_SUBMISSIONS) or not any(name.startswith(slug) for name in folders):
        if len(folders) < 2 or not gits.issuperset(folders):  # noqa: PLR2004 - one says nothing of what is common
            return None
        common = os.path.commonprefix(folders)  # noqa: RUF071 - of names, not of paths
        slug = common[: common.rfind("-") + 1]
        if not slug:
            return None

    def whose(one: Entry) -> HandIn | None:
        name = one.parts[0]
        if len(one.parts) == 1 and not one.folder:
            return None if name == ROSTER and roster else HandIn(label=name)
        login, who, at = roster.get(name, (name.removeprefix(slug), "", None))
        known = name in roster or name.startswith(slug)
        return HandIn(label=name, learner_id=login if known else "", learner=who, submitted_at=at)

    return _grouped(entries, whose)


def _roster(entries: Sequence[Entry]) -> dict[str, tuple[str, str, str | None]]:
    """Login, name and time by repository, from the table that GitHub Classroom makes."""
    kept = next((one.content for one in entries if one.parts == (ROSTER,) and one.content is not None), None)
    text = b"" if kept is None else kept.read()
    try:
        rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig", "replace"), newline="")))
    except csv.Error:
        return {}
    return {
        row["student_repository_name"]: (
            row["github_username"],
            row.get("roster_identifier") or "",
            utc(row.get("submission_timestamp") or ""),
        )
        for row in rows
        if row.get("student_repository_name") and row.get("github_username")
    }


def _under(entries: Sequence[Entry], name: str) -> list[Entry]:
    return [replace(one, parts=one.parts[1:]) for one in entries if one.parts[0] == name]
