"""How much of everything a submission may use. Every limit that is reached is said in the result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of one submission.

    Attributes:
        cell_s: real seconds for one cell.
        submission_s: real seconds for all cells; cells that come later are not run.
        file_bytes: larger files are not read.
        cells: notebooks with more cells are not read.
        source_chars: longer cells are not read.
    """

    cell_s: float = 60.0
    submission_s: float = 300.0
    file_bytes: int = 10_000_000
    cells: int = 1_000
    source_chars: int = 200_000

    @property
    def worker_s(self) -> float:
        """After so many real seconds the process that grades is stuck, and is ended."""
        return self.submission_s + self.cell_s + 60.0
