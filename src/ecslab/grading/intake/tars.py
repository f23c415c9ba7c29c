"""Reading a tar, plain or compressed, in one pass and without unpacking it to disk.

What comes out of the decompressor is counted, wanted or not, and the reading ends at the archive's limit.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from typing import IO

from ecslab.grading.intake.entries import ArchiveRefused, Bounds, Entry, cut, inside, short, too_large
from ecslab.grading.words import Notice

_PIECE = 1 << 16
_LZMA_BYTES_MAX = 100_000_000
_BROKEN = (
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    RecursionError,
    LookupError,
)


def entries(file: IO[bytes], name: str, bounds: Bounds) -> list[Entry]:
    """What is in a tar.

    Args:
        file: the archive, compressed as its name says.
        name: the file's name.
        bounds: how much of it may be read.

    Raises:
        ArchiveRefused: nothing can be taken out of it.
    """
    stream = _Counted(_decompressed(file, name.lower()), bounds.expanded_bytes)
    try:
        with tarfile.open(fileobj=stream, mode="r|", errorlevel=0) as archive:
            found = _members(archive, bounds)
            stream.drain()
    except _BROKEN as error:
        raise ArchiveRefused("archive-damaged", why=short(str(error)) or type(error).__name__) from None
    return found


def _decompressed(file: IO[bytes], name: str) -> IO[bytes]:
    if name.endswith(("gz", "tgz")):
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]
    if name.endswith(("bz2", "tbz2")):
        return bz2.BZ2File(file)
    return io.BufferedReader(_Xz(file)) if name.endswith("xz") else file


class _Xz(io.RawIOBase):
    """An xz stream with a limit of the decoder's memory, which `lzma.LZMAFile` cannot set."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file = file
        self._decoder = lzma.LZMADecompressor(memlimit=_LZMA_BYTES_MAX)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        while not self._decoder.eof:
            piece = self._file.read(_PIECE) if self._decoder.needs_input else b""
            if self._decoder.needs_input and not piece:
                raise EOFError("the archive ends early")
            out = self._decoder.decompress(piece, max_length=len(buffer))
            if out:
                buffer[: len(out)] = out
                return len(out)
        return 0


class _Counted(io.RawIOBase):
    """A stream that ends with a refusal after so many bytes, and that is never read in large pieces."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        super().__init__()
        self._file, self._limit, self._left = file, limit, limit

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0 or size > self._left:
            size = self._left + 1
        out = self._file.read(size)
        self._left -= len(out)
        if self._left < 0:
            raise ArchiveRefused("archive-large", limit=f"{self._limit:,}")
        return out

    def drain(self) -> None:
        """Read to the end: a compressed stream says only there that it is whole."""
        while self.read(_PIECE):
            pass


def _members(archive: tarfile.TarFile, bounds: Bounds) -> list[Entry]:
    found: dict[tuple[str, ...], Entry] = {}
    for number, member in enumerate(archive):
        if number >= bounds.members:
            raise ArchiveRefused("archive-members", limit=f"{bounds.members:,}")
        vars(archive)["members"].clear()  # tarfile would keep every one
        if member.name in (".", "./"):
            continue
        try:
            parts = inside(member.name)
            one = cut(parts, folder=member.isdir()) or _member(archive, member, parts, bounds)
        except ArchiveRefused as refused:
            if bounds.strict or refused.notice.code == "archive-large":
                raise
            one = Entry(parts=(short(member.name),), notice=refused.notice)
        if one.parts in found and not (one.ignored or one.folder):
            twice = ArchiveRefused("archive-twice", name=short(member.name))
            if bounds.strict:
                raise twice
            one = Entry(parts=one.parts, notice=twice.notice)
        found[one.parts] = one
    return list(found.values())


def _member(
    archive: tarfile.TarFile, member: tarfile.TarInfo, parts: tuple[str, ...], bounds: Bounds
) -> Entry:
    if member.isdir():
        return Entry(parts=parts, folder=True)
    if not member.isreg():
        return Entry(parts=parts, notice=Notice("not-regular"))
    limit = bounds.wanted(parts)
    if limit is None:
        return Entry(parts=parts)
    if member.size > limit:
        return Entry(parts=parts, notice=too_large(limit))
    stream = archive.extractfile(member)
    content = b"" if stream is None else stream.read(limit + 1)
    if len(content) != member.size:
        raise EOFError("the archive ends early")
    return Entry(parts=parts, content=bounds.shelf.keep(content))
