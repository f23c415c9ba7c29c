"""What lies in a folder or an archive: values, and the bounds within which they are read.

An entry is a path and, where anybody will want to read it, its bytes. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ecslab.grading.intake.shelf import Kept, Shelf
from ecslab.grading.words import Notice

SUFFIX = ".ipynb"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
OTHER_ARCHIVES = (".rar", ".7z", ".gz", ".bz2", ".xz", ".lzh", ".zst")
"""Archives that are not opened; their learners are told which are."""

TIMESTAMP, ROSTER = "timestamp.txt", "grades.csv"
DEPTH_MAX = 4
NAME_BYTES_MAX = 255
_SMALL_BYTES = 1_000_000
_IGNORED = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
_SHOWN_MAX = 120


class ArchiveRefused(Exception):  # noqa: N818 - the word of the results
    """An archive out of which nothing is taken.

    Attributes:
        notice: why.
    """

    def __init__(self, code: str, **fields: str) -> None:
        super().__init__(code)
        self.notice = Notice(code, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is read.

    Attributes:
        shelf: where what is read is put.
        file_bytes: of a notebook.
        archive_bytes: of an archive that one learner handed in.
        members: entries of an archive.
        expanded_bytes: everything that is read out of one archive, unpacked.
        directory_bytes: of a zip's table of contents, which is read in one piece.
        strict: one member that no honest archive has (a path that leads out of it, a name that comes twice, a
            password) and the whole archive is refused. In the archive of a whole class only that member is.
    """

    shelf: Shelf
    file_bytes: int
    archive_bytes: int = 50_000_000
    members: int = 10_000
    expanded_bytes: int = 200_000_000
    directory_bytes: int = 4_000_000
    strict: bool = True

    def of_a_class(self) -> Bounds:
        """The bounds of an archive that holds a class: the instructor named it on the command line."""
        return replace(
            self, members=500_000, expanded_bytes=4_000_000_000, directory_bytes=100_000_000, strict=False
        )

    def wanted(self, parts: Sequence[str]) -> int | None:
        """How many bytes of this file may be read; None when nobody will look into it."""
        name = parts[-1].lower()
        if name.endswith(SUFFIX):
            return self.file_bytes
        if is_archive(name):
            return self.archive_bytes
        return _SMALL_BYTES if name in (TIMESTAMP, ROSTER) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file, a folder, or something that is neither.

    Attributes:
        parts: the path, printable, from where the reading began.
        content: the file's, where they were wanted and could be read.
        notice: why it could not.
        folder: it is a folder.
        ignored: nobody's work: hidden, or made by an operating system or Jupyter. Not looked into.
    """

    parts: tuple[str, ...]
    content: Kept | None = None
    notice: Notice | None = None
    folder: bool = False
    ignored: bool = False

    @property
    def path(self) -> str:
        """The path as text."""
        return "/".join(self.parts)

    @property
    def is_notebook(self) -> bool:
        """Its name says that it is a notebook."""
        return not self.folder and not self.ignored and self.parts[-1].lower().endswith(SUFFIX)

    @property
    def is_archive(self) -> bool:
        """Its name says that it is an archive of a kind that is opened."""
        return not self.folder and not self.ignored and is_archive(self.parts[-1])


def is_archive(name: str) -> bool:
    """Whether a file of this name is opened as an archive."""
    return name.lower().endswith(ARCHIVES)


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is nobody's work."""
    return name.startswith(".") or name in _IGNORED


def printable(name: str) -> str:
    """A file name as text that can be shown anywhere: undecodable and control characters become escapes."""
    text = name.encode("utf-8", "surrogateescape" if _escaped(name) else "replace")
    decoded = unicodedata.normalize("NFC", text.decode("utf-8", "backslashreplace"))
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in decoded
    )


def short(name: str) -> str:
    """A printable name for a message."""
    clean = printable(name)
    return clean if len(clean) <= _SHOWN_MAX else clean[: _SHOWN_MAX - 1] + "…"


def names(paths: Iterable[str], most: int = 5) -> str:
    """A few names in a message."""
    every = sorted(paths)
    more = f" (+{len(every) - most})" if len(every) > most else ""
    return ", ".join(short(one) for one in every[:most]) + more


def inside(name: str) -> tuple[str, ...]:
    """The path of an archive's member.

    Raises:
        ArchiveRefused: it leads out of the archive, or no honest program wrote it.
    """
    parts = [one for one in name.replace("\\", "/").split("/") if one not in ("", ".")]
    absolute = name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":" and name[0].isalpha())
    if absolute or ".." in parts:
        raise ArchiveRefused("archive-path", name=short(name))
    if not parts or any(ord(char) < 32 or ord(char) == 127 for char in name):  # noqa: PLR2004 - ASCII's controls
        raise ArchiveRefused("archive-name", name=short(name))
    if any(len(os.fsencode(one)) > NAME_BYTES_MAX for one in map(printable, parts)):
        raise ArchiveRefused("archive-name", name=short(name))
    return tuple(printable(one) for one in parts)


def cut(parts: tuple[str, ...], *, folder: bool) -> Entry | None:
    """What stands for everything at or below an ignored name, or too deep; None when neither is the case."""
    for number, name in enumerate(parts, start=1):
        if is_ignored(name):
            return Entry(parts=parts[:number], ignored=True)
        if number > DEPTH_MAX and (folder or number < len(parts)):
            notice = Notice("too-deep", {"depth": str(DEPTH_MAX)})
            return Entry(parts=parts[:number], folder=True, notice=notice)
    return None


def too_large(limit: int) -> Notice:
    """The notice of a file that is larger than it may be."""
    return Notice("too-large", {"limit": f"{limit:,}"})


def _escaped(name: str) -> bool:
    return all(not "\ud800" <= char <= "\udfff" or "\udc80" <= char <= "\udcff" for char in name)
