"""Reading a zip without unpacking it: the table of contents, and the few members that are wanted.

A member that is not wanted is never inflated, so a bomb among them costs nothing. A wanted one is inflated up to its
limit, whatever size it claims. Names: the UTF-8 flag and the Unicode path field count; without them a name may be
UTF-8 all the same (macOS), or Windows' Japanese code page, or the original one (APPNOTE.TXT 4.4.4, 4.6.9 and D).
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from typing import IO

from ecslab.grading.intake.entries import ArchiveRefused, Bounds, Entry, cut, inside, short, too_large
from ecslab.grading.words import Notice

_UTF8, _ENCRYPTED = 0x800, 0x1
_UNICODE_PATH = 0x7075
_UNIX = 3
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    LookupError,
)
_TWO_HIGH = re.compile(rb"[\x80-\xff]{2}")
"""Names in Western code pages have single letters above ASCII; Japanese ones hardly ever."""
_JAPANESE = re.compile("[\u0000-\u007f\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uff01-\uff9f]+")


def entries(file: IO[bytes], bounds: Bounds) -> list[Entry]:
    """What is in a zip.

    Raises:
        ArchiveRefused: nothing can be taken out of it.
    """
    bounded = _Bounded(file, bounds.directory_bytes)
    try:
        with zipfile.ZipFile(bounded) as archive:
            bounded.most = bounds.expanded_bytes
            members = archive.infolist()
            if len(members) > bounds.members:
                raise ArchiveRefused("archive-members", limit=f"{bounds.members:,}")
            return _members(archive, members, bounds)
    except _BROKEN as error:
        raise ArchiveRefused("archive-damaged", why=short(str(error)) or type(error).__name__) from None


class _Bounded(io.BufferedIOBase):
    """A file out of which no more than `most` bytes are read at once: zipfile reads the directory in one piece."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        super().__init__()
        self._file, self.most = file, most

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            here = self._file.tell()
            size = self._file.seek(0, io.SEEK_END) - here
            self._file.seek(here)
        if size > self.most:
            raise ArchiveRefused(
                "archive-damaged", why="its table of contents is larger than that of any class"
            )
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], bounds: Bounds) -> list[Entry]:
    found: dict[tuple[str, ...], Entry] = {}
    left = bounds.expanded_bytes
    known = [(member, _name(member)) for member in members]
    seen = Counter(name for _, name in known)
    for member, name in known:
        try:
            parts = inside(name)
            _once(name, seen)
            one = cut(parts, folder=name.endswith("/")) or _member(archive, member, parts, bounds, left)
        except ArchiveRefused as refused:
            if bounds.strict or refused.notice.code == "archive-large":
                raise
            one = Entry(parts=(short(name),), notice=refused.notice)
        left -= one.content.size if one.content else 0
        found[one.parts] = one
    return list(found.values())


def _once(name: str, seen: Counter[str]) -> None:
    if seen[name] > 1 and not name.endswith("/"):
        raise ArchiveRefused("archive-twice", name=short(name))


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, parts: tuple[str, ...], bounds: Bounds, left: int
) -> Entry:
    """One member, read if it is wanted.

    Raises:
        ArchiveRefused: it has a password, or nothing more may be read out of this archive.
    """
    mode = member.external_attr >> 16 if member.create_system == _UNIX else 0
    if member.is_dir() or stat.S_ISDIR(mode):
        return Entry(parts=parts, folder=True)
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return Entry(parts=parts, notice=Notice("not-regular"))
    limit = bounds.wanted(parts)
    if limit is None:
        return Entry(parts=parts)
    if member.flag_bits & _ENCRYPTED:
        raise ArchiveRefused("archive-password", name=short(parts[-1]))
    if member.compress_type not in _COMPRESSIONS:
        return Entry(parts=parts, notice=Notice("archive-method", {"method": str(member.compress_type)}))
    if member.file_size > limit:
        return Entry(parts=parts, notice=too_large(limit))
    if left <= 0:
        raise ArchiveRefused("archive-large", limit=f"{bounds.expanded_bytes:,}")
    try:
        with archive.open(member) as stream:
            content = stream.read(limit + 1)
    except _BROKEN as error:
        return Entry(parts=parts, notice=Notice("archive-damaged", {"why": short(str(error)) or "zip"}))
    if len(content) > limit:
        return Entry(parts=parts, notice=too_large(limit))
    return Entry(parts=parts, content=bounds.shelf.keep(content))


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name, as whoever packed it saw it."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    raw = member.orig_filename.encode("cp437", "replace")
    extra = _unicode_path(member.extra, raw)
    if extra is not None:
        return extra
    for encoding in ("utf-8", "cp932"):
        try:
            name = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or (_JAPANESE.fullmatch(name) and _TWO_HIGH.search(raw)):
            return name
    return member.orig_filename


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name in Info-ZIP's Unicode path field, where it belongs to this name."""
    while len(extra) >= 4:  # noqa: PLR2004 - the field's head: two numbers of two bytes
        kind, size = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:  # noqa: PLR2004 - version and checksum
            (checksum,) = struct.unpack_from("<I", body, 1)
            if checksum == zlib.crc32(raw):
                return body[5:].decode("utf-8", "replace")
    return None
