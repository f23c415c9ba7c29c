"""From the paths of a command line to what is graded."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ecslab.grading.intake import folder, layout
from ecslab.grading.intake.choice import Taken, choose, claims, opened
from ecslab.grading.intake.entries import ArchiveRefused, Bounds, Entry, is_archive, printable
from ecslab.grading.intake.layout import Found, HandIn
from ecslab.grading.intake.shelf import Shelf


class NoSuchInput(Exception):  # noqa: N818 - the command says it in these words
    """A path that was named on the command line is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Everything that was found, in order of names.

    Attributes:
        aside: entries that are nobody's submission: hidden files, and files beside a learner's notebooks.
    """

    taken: tuple[Taken, ...]
    aside: tuple[str, ...]


def take(paths: Sequence[Path], shelf: Shelf, *, file_bytes: int, lab: str | None = None) -> Intake:
    """Take in notebooks, folders and archives, each a class's export or one learner's.

    Args:
        paths: what was named on the command line.
        shelf: where what is read is put: it must be open as long as contents are wanted.
        file_bytes: larger notebooks are not read.
        lab: take notebooks of this lab only.

    Raises:
        NoSuchInput: a named path is not there.
        OSError: the disk is full.
    """
    bounds = Bounds(shelf=shelf, file_bytes=file_bytes)
    taken: list[Taken] = []
    aside: list[Entry] = []
    for path in paths:
        found, nobodys = _hand_ins(path, bounds)
        aside.extend(nobodys)
        for one in found:
            taken.extend(choose(one, bounds, lab=lab, aside=aside))
    names = sorted({one.path for one in aside})
    return Intake(taken=tuple(_unique(taken)), aside=tuple(names))


def _hand_ins(path: Path, bounds: Bounds) -> Found:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            descriptor = os.open(path, folder.DIRECTORY)
            try:
                entries = list(folder.entries(descriptor, bounds))
            finally:
                os.close(descriptor)
            return layout.hand_ins(path.resolve().name, entries) or layout.by_top(entries)
        parent = os.open(path.parent, folder.DIRECTORY)
    except OSError as error:
        raise NoSuchInput(f"{path}: {error.strerror or 'cannot be read'}") from None
    try:
        if is_archive(path.name):
            return _archive(parent, path.name, bounds)
        parts = (printable(path.name),)
        limit = bounds.wanted(parts)
        one = (
            Entry(parts=parts)
            if limit is None
            else folder.read(parent, path.name, parts, limit, bounds.shelf)
        )
        found = layout.hand_ins("", [one]) or layout.by_top([replace(one, ignored=False)])
        return found[0], []
    finally:
        os.close(parent)


def _archive(parent: int, name: str, bounds: Bounds) -> Found:
    """An archive that was named: a class's export where it is one, else the work of one learner."""
    shown = printable(name)
    try:
        descriptor = os.open(name, folder.FILE, dir_fd=parent)
    except OSError as error:
        return layout.by_top([Entry(parts=(shown,), notice=folder.why_not(error))])
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return layout.by_top([folder.read(parent, name, (shown,), 0, bounds.shelf)])
        try:
            entries = opened(file, name, bounds.of_a_class())
            stem = shown.partition(".")[0]
            found = layout.hand_ins(stem, entries)
            if found is not None:
                return found
            if _of_many(entries):
                return layout.by_top(entries)
            file.seek(0)
            entries = opened(file, name, bounds)
        except ArchiveRefused as refused:
            return layout.by_top([Entry(parts=(shown,), notice=refused.notice)])
    inner = tuple(replace(one, parts=(shown, *one.parts)) for one in entries)
    return [HandIn(label=shown, entries=inner)], []


def _of_many(entries: Sequence[Entry]) -> bool:
    """Several folders with notebooks, or several notebooks of one lab: a class, not a learner."""
    works = [one for one in entries if one.is_notebook or one.is_archive]
    if len({one.parts[0] for one in works if len(one.parts) > 1}) > 1:
        return True
    tops = [one for one in works if len(one.parts) == 1]
    labs = [claims(one.content) for one in tops if one.is_notebook]
    return len(tops) > len(labs) or len(set(labs)) < len(labs)


def _unique(taken: list[Taken]) -> Iterator[Taken]:
    """The same in order of names; a name that comes again gets a number."""
    used: dict[str, None] = {}
    for one in sorted(taken, key=lambda each: each.name):
        name, number = one.name, 2
        while name in used:
            name, number = f"{one.name}~{number}", number + 1
        used[name] = None
        yield replace(one, name=name)
