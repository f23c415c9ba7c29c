"""What was handed in, kept on the disk: the notebooks of ten thousand learners are gigabytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from ecslab.grading.intake import Intake, Taken


class Shelf:
    """Submissions whose contents lie in a temporary file that has no name, and are read one at a time.

    Args:
        intake: all that was handed in; let go of it, so that its memory is free.

    Attributes:
        known: what is known of each submission besides its content, in order of names.
        aside: what was left aside.
    """

    def __init__(self, intake: Intake) -> None:
        self.aside = intake.aside
        self.known = tuple(replace(one, content=None) for one in intake.taken)
        self._known = {one.name: one for one in self.known}
        self._places: dict[str, tuple[int, int]] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()
        for one in intake.taken:
            if one.content is not None:
                self._places[one.name] = self._file.tell(), len(one.content)
                self._file.write(one.content)
        self._file.flush()

    def __len__(self) -> int:
        return len(self.known)

    def __iter__(self) -> Iterator[Taken]:
        return (self[one.name] for one in self.known)

    def __getitem__(self, name: str) -> Taken:
        one = self._known[name]
        if name not in self._places:
            return one
        start, size = self._places[name]
        self._file.seek(start)
        return replace(one, content=self._file.read(size))

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
