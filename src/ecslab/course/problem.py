"""What is wrong in the course's files: where it is, what it is, and what to do about it."""

from __future__ import annotations

from pathlib import Path


class CourseProblem(Exception):  # noqa: N818 - "problem" is the word that authors read
    """One thing that is wrong in a file of the course.

    Args:
        path: the file.
        what: what is wrong, without a final dot.
        remedy: what to do about it, without a final dot.
        line: the line in the file, from 1, where known.
        key: the cell's key or the entry's name, where known.
    """

    def __init__(
        self, path: Path | str, what: str, remedy: str, *, line: int | None = None, key: str | None = None
    ) -> None:
        self.path, self.line, self.key, self.what, self.remedy = Path(path), line, key, what, remedy
        where = f"{path}" + (f":{line}" if line else "")
        super().__init__(f"{where}: " + (f"[{key}] " if key else "") + f"{what}. {remedy}.")
