"""Which of the files that a learner handed in is the work: one notebook a lab, or a message."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import IO

from ecslab.grading.intake import tars, zips
from ecslab.grading.intake.entries import (
    OTHER_ARCHIVES,
    SUFFIX,
    ArchiveRefused,
    Bounds,
    Entry,
    names,
)
from ecslab.grading.intake.layout import HandIn
from ecslab.grading.intake.shelf import Kept
from ecslab.grading.words import Notice

WORKS_MAX = 20
"""Submissions that one hand-in may turn into: a course has fewer labs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One thing that somebody handed in.

    Attributes:
        name: unique in the run; printable.
        content: the notebook, or None when there is none to grade.
        notice: why not.
        learner: the learner's name, where the export says one; else empty.
        learner_id: the learner's number or login in the system that the export comes from; else empty.
        submitted_at: when, in UTC, as `YYYY-MM-DDTHH:MM:SSZ`, where the export says it.
        late: handed in late, where the export says so or that it was not; None where it does not say.
    """

    name: str
    content: Kept | None = None
    notice: Notice | None = None
    learner: str = ""
    learner_id: str = ""
    submitted_at: str | None = None
    late: bool | None = None


def choose(hand_in: HandIn, bounds: Bounds, *, lab: str | None, aside: list[Entry]) -> list[Taken]:
    """What counts of a hand-in: at least one of `Taken`; what does not count is added to `aside`.

    Args:
        hand_in: the files of one learner.
        bounds: for archives among them.
        lab: the one lab that is wanted; None for all.
        aside: where the rest goes.
    """
    entries = _opened(hand_in.entries, bounds)
    is_file = len(hand_in.entries) == 1 and len(entries) == 1 and len(entries[0].parts) == 1
    is_file = is_file and not entries[0].folder
    whole = [one for one in entries if one.is_notebook and one.content is not None]
    broken = [one for one in entries if one.notice is not None and (one.is_notebook or not whole)]
    chosen = [Taken(name=_without_suffix(one), notice=one.notice) for one in broken]
    counted = [*broken]
    if whole:
        picked = _picked(whole, lab)
        chosen += [_of(hand_in, one, notice) for one, notice in picked]
        counted += [one for one, notice in picked if notice is None or len(whole) == 1]
    if not chosen:
        chosen = [Taken(name=hand_in.label, notice=_nothing(entries, is_file=is_file))]
        counted += entries if is_file else []
    if len(chosen) > WORKS_MAX:
        notice = Notice("many-notebooks", {"limit": str(WORKS_MAX)})
        chosen, counted = [Taken(name=hand_in.label, notice=notice)], []
    aside += [one for one in entries if not one.folder and one not in counted]
    return [
        replace(
            one,
            learner=hand_in.learner,
            learner_id=hand_in.learner_id,
            submitted_at=hand_in.submitted_at,
            late=hand_in.late,
        )
        for one in chosen
    ]


def opened(file: IO[bytes], name: str, bounds: Bounds) -> list[Entry]:
    """What is in an archive.

    Raises:
        ArchiveRefused: nothing can be taken out of it.
    """
    if name.lower().endswith(".zip"):
        return zips.entries(file, bounds)
    return tars.entries(file, name, bounds)


def claims(content: Kept | None) -> str | None:
    """The lab that a notebook says it is of; None when it says none. Only for choosing: it is read again later."""
    try:
        book = json.loads(_bytes(content).decode("utf-8-sig"))
        lab = book["metadata"]["ecslab"]["lab"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return lab if isinstance(lab, str) else None


def _bytes(content: Kept | None) -> bytes:
    return b"" if content is None else content.read()


def _opened(entries: Iterable[Entry], bounds: Bounds) -> list[Entry]:
    """Entries with those of archives in the archives' place. An archive in an archive is not opened."""
    found: list[Entry] = []
    for one in entries:
        if not one.is_archive or one.content is None:
            found.append(one)
            continue
        try:
            inner = opened(io.BytesIO(one.content.read()), one.parts[-1], bounds)
        except ArchiveRefused as refused:
            found.append(replace(one, content=None, notice=refused.notice))
            continue
        for each in inner:
            nested = Notice("archive-nested") if each.is_archive else each.notice
            content = None if each.is_archive else each.content
            found.append(replace(each, parts=(*one.parts, *each.parts), content=content, notice=nested))
    return found


def _picked(whole: Sequence[Entry], lab: str | None) -> list[tuple[Entry, Notice | None]]:
    """The notebook of each lab; with a notice, the entry only names what is refused."""
    if len(whole) == 1 and lab is None:
        return [(whole[0], None)]
    by_lab: dict[str | None, list[Entry]] = {}
    for one in whole:
        by_lab.setdefault(claims(one.content), []).append(one)
    if lab is not None:
        if lab not in by_lab:
            says = sorted(name for name in by_lab if name is not None)
            if not says and len(whole) == 1:
                return [(whole[0], None)]  # what is wrong with it is said when it is read
            seen = names(says) or "-"
            return [(whole[0], Notice("other-lab", {"lab": lab, "seen": seen}))]
        by_lab = {lab: by_lab[lab]}
    elif len(by_lab) > 1:
        by_lab.pop(None, None)
    picked: list[tuple[Entry, Notice | None]] = []
    for name, several in by_lab.items():
        best = _one_of(several, name)
        if best is not None:
            picked.append((best, None))
        else:
            fields = {"names": names(each.path for each in several)}
            code = "no-lab-notebook" if name is None else "several-notebooks"
            picked.append((several[0], Notice(code, fields)))
    return picked


def _one_of(several: Sequence[Entry], lab: str | None) -> Entry | None:
    """The only one, the one that has the lab's own file name, or any when all are the same."""
    if len(several) == 1:
        return several[0]
    if len({hashlib.sha256(_bytes(one.content)).digest() for one in several}) == 1:
        return several[0]
    named = [one for one in several if PurePosixPath(one.path).stem == lab]
    return named[0] if len(named) == 1 else None


def _of(hand_in: HandIn, one: Entry, notice: Notice | None) -> Taken:
    if notice is None:
        return Taken(name=_without_suffix(one), content=one.content)
    name = _without_suffix(one) if len(hand_in.entries) == 1 else hand_in.label
    return Taken(name=name, notice=notice)


def _without_suffix(one: Entry) -> str:
    return one.path[: -len(SUFFIX)] if one.is_notebook else one.path


def _nothing(entries: Sequence[Entry], *, is_file: bool) -> Notice:
    """Why there is no notebook."""
    others = [one.path for one in entries if one.path.lower().endswith(OTHER_ARCHIVES) and not one.is_archive]
    if others:
        return Notice("archive-kind", {"name": names(others)})
    return Notice("not-ipynb" if is_file else "no-notebook")
