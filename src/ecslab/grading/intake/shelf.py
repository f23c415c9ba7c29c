"""What was handed in, kept on the disk: the notebooks of ten thousand learners are gigabytes."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from types import TracebackType
from typing import Self


class Shelf:
    """A temporary file that has no name, so that it goes with its process; whatever was read is put there at once."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by close()
        self._end = 0

    def keep(self, content: bytes) -> Kept:
        """Put something there.

        Raises:
            OSError: the disk is full.
        """
        start, left = self._end, memoryview(content)
        while left:
            left = left[self._file.write(left) :]
        self._end += len(content)
        return Kept(shelf=self, start=start, size=len(content))

    def close(self) -> None:
        """Remove the file; what was kept cannot be read any more."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<shelf of {self._end} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Bytes on a shelf."""

    shelf: Shelf
    start: int
    size: int

    def read(self) -> bytes:
        """The bytes; from any thread."""
        return os.pread(self.shelf._file.fileno(), self.size, self.start)  # noqa: SLF001 - the shelf's other half
