"""Archives for tests: honest ones, and ones that no honest program makes."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ecslab.grading.intake import Intake, Shelf, take

Members = Mapping[str, bytes]


def zipped(members: Members, *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip_with(*members: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """A zip of members as they are described, doubles too."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of doubles
        for info, content in members:
            archive.writestr(info, content)
    return buffer.getvalue()


def zip_link(name: str, target: str) -> bytes:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zip_with((info, target.encode()))


def zip_named(raw: bytes, content: bytes) -> bytes:
    """A zip whose one name is these bytes, without a word on what they mean, as old programs write it."""
    placeholder = "x" * len(raw)
    return zipped({placeholder: content}).replace(placeholder.encode(), raw)


def with_password(packed: bytes) -> bytes:
    """Every member marked as encrypted."""
    data = bytearray(packed)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(magic)
        while place >= 0:
            (flags,) = struct.unpack_from("<H", data, place + at)
            struct.pack_into("<H", data, place + at, flags | 1)
            place = data.find(magic, place + 4)
    return bytes(data)


def tarred(members: Members, *, compression: str = "") -> bytes:
    return tar_with(
        *((_regular(name, content), content) for name, content in members.items()), mode=compression
    )


def tar_with(*members: tuple[tarfile.TarInfo, bytes], mode: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{mode}") as archive:
        for info, content in members:
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def _regular(name: str, content: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    return info


def taken_in(*paths: Path, file_bytes: int, lab: str | None = None) -> tuple[Intake, dict[str, bytes]]:
    """What is taken in, and the contents of what can be graded."""
    with Shelf() as shelf:
        intake = take(paths, shelf, file_bytes=file_bytes, lab=lab)
        return intake, {one.name: one.content.read() for one in intake.taken if one.content is not None}
