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
        memory_bytes: of all processes of a submission together, without files mapped into memory.
        processes: of a submission at a time, threads included.
        disk_bytes: of all files in the scratch folder together.
        output_bytes: of one cell that are kept; what comes later is cut.
        output_flood_bytes: of all outputs of a submission that are taken in; then its kernel is ended.
        cloud_bytes: memory of a submission's cloud.
    """

    cell_s: float = 60.0
    submission_s: float = 300.0
    file_bytes: int = 10_000_000
    cells: int = 1_000
    source_chars: int = 200_000
    memory_bytes: int = 2**30
    processes: int = 64
    disk_bytes: int = 64 * 2**20
    output_bytes: int = 1_000_000
    output_flood_bytes: int = 50_000_000
    cloud_bytes: int = 2**30

    @property
    def worker_s(self) -> float:
        """After so many real seconds the process that grades is stuck, and is ended."""
        return self.submission_s + self.cell_s + 60.0
