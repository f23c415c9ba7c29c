"""Watching a process and all that it starts: memory over time, and what is left when it has ended."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
MB = 1 << 20
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One look.

    Attributes:
        done: submissions graded so far.
        grader: memory of the command, in MB.
        servers: of the processes that it started and that stay, by name.
        others: of all that comes and goes, together.
        processes: how many there are.
        cpu_s: what the command itself has used, without what it started.
    """

    done: int
    grader: float
    servers: dict[str, float]
    others: float
    processes: int
    cpu_s: float = 0.0


def adopt() -> None:
    """From now on, processes whose parents have ended become children of this one."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def look(pid: int, done: int) -> Sample:
    """Look at a command and all below it."""
    stay = children(pid)
    come_and_go = [one for server in stay for one in below(server)]
    return Sample(
        done=done,
        grader=rss(pid),
        servers={kind(one): rss(one) for one in stay},
        others=sum(own(one) for one in come_and_go),
        processes=1 + len(stay) + len(come_and_go),
        cpu_s=cpu_s(pid),
    )


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, thread.read_text().split())
        except OSError:  # it has just ended
            continue
    return sorted(found)


def below(pid: int) -> list[int]:
    """A process's children, and theirs."""
    return [one for child in children(pid) for one in (child, *below(child))]


def kind(pid: int) -> str:
    """What a fork server is for."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return "?"
    return words[4].decode() if len(words) > 5 else "?"


def rss(pid: int) -> float:
    """Resident memory, in MB; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / MB
    except (OSError, IndexError):
        return 0.0


def cpu_s(pid: int) -> float:
    """CPU seconds of a process alone; 0 when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own(pid: int) -> float:
    """Memory that a process shares with nobody, in MB; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def growth(points: Sequence[tuple[float, float]]) -> float:
    """How much y grows over the whole of x, by the line that fits best (least squares).

    What is at both ends by accident does not count, so a short peak is no growth and a slow leak is.
    """
    if len(points) < 2:
        return 0.0
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    across = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0.0
    return slope * (points[-1][0] - points[0][0])


def left_behind(within_s: float = 10.0) -> list[str]:
    """What still runs below this process, after so many seconds at most."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return []
        running = below(os.getpid())
        if not running or time.monotonic() > deadline:
            return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in running]
        time.sleep(0.1)
