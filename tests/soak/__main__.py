"""`make soak`: 2,000 submissions (or SOAK=N) through `ecslab grade`. Exits 1 when something grew or was left.

The submissions are copies of a few dozen, right, partly right, wrong, hostile and broken, in a random order that is
the same each time. Asserted: memory is flat; every copy of a submission has the same result; the right ones have
full points; no process and no file is left.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from tests.grading.hostile.test_corpus import traces
from tests.soak.books import kinds, many
from tests.soak.watch import Sample, adopt, growth, left_behind, look

ROOT = Path(__file__).resolve().parents[2]
SEED = 20_260_401
CELL_S, SUBMISSION_S = 20, 120
MAY_GROW = 0.05
"""Of the memory at the start, for what stays; and so many MB, for what a few more pages are."""
MAY_GROW_MB = 12
MAY_COME = 0.25
"""Of what comes and goes: it depends on which submissions meet."""


class Soak:
    """A run, and what was seen of it."""

    def __init__(self, count: int, folder: Path) -> None:
        self.count, self.folder = count, folder
        self.out = folder / "out"
        self.samples: list[Sample] = []
        self.wrong: list[str] = []
        self._done = self._of = 0

    def hand_in(self) -> None:
        """Write the submissions."""
        into = self.folder / "in"
        into.mkdir()
        for name, kind in many(self.count, SEED):
            (into / name).mkdir()
            kind.lay(into / name)

    def grade(self, jobs: int) -> float:
        """Run the command and watch it; the seconds that it took."""
        temporary = self.folder / "tmp"
        temporary.mkdir()
        command = [
            sys.executable,
            "-m",
            "ecslab.cli",
            "grade",
            str(self.folder / "in"),
            "--out",
            str(self.out),
        ]
        limits = ["--jobs", str(jobs), "--cell-timeout", str(CELL_S), "--timeout", str(SUBMISSION_S)]
        began = time.monotonic()
        process = subprocess.Popen(
            [*command, *limits],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(temporary)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        reader = threading.Thread(target=self._read, args=(process.stderr,))
        reader.start()
        while reader.is_alive():
            reader.join(1.0)
            if 0 < self._done < self._of:
                self.samples.append(look(process.pid, self._done))
        code = process.wait()
        took = time.monotonic() - began
        self._expect(code == 0, f"the command ended with {code}")
        self._expect(not (left := left_behind()), f"processes were left: {left}")
        names = sorted(path.name for path in temporary.iterdir())
        self._expect(not names, f"files were left: {names}")
        self._expect(not (found := traces()), f"traces were left: {found}")
        return took

    def _read(self, stream: Any) -> None:
        for line in stream:
            sys.stderr.write(line)
            if found := re.match(r"graded (\d+) of (\d+)", line):
                self._done, self._of = int(found[1]), int(found[2])

    def _expect(self, holds: object, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)

    def check_memory(self) -> None:
        """What stays must not grow; what comes and goes must not grow on the whole."""
        seen = [one for one in self.samples if one.done > self.count / 10]
        self._expect(len(seen) >= 10, f"only {len(seen)} looks at the memory")
        if not seen:
            return
        stay = {"grader": [(one.done, one.grader) for one in seen]}
        for name in seen[0].servers:
            stay[f"{name} server"] = [(one.done, one.servers.get(name, 0.0)) for one in seen]
        for name, points in stay.items():
            self._flat(name, points, MAY_GROW)
        self._flat("workers, clouds, kernels", [(one.done, one.others) for one in seen], MAY_COME)

    def _flat(self, name: str, points: list[tuple[int, float]], share: float) -> None:
        mean = sum(y for _, y in points) / len(points)
        grew, allowed = growth(points), share * mean + MAY_GROW_MB
        print(f"  {name:26} {mean:7.1f} MB on average, {grew:+6.1f} MB over the run (at most {allowed:.1f})")
        self._expect(grew <= allowed, f"{name} grew by {grew:.1f} MB")

    def check_results(self) -> None:
        """Copies are worth the same, whoever was graded beside them."""
        data = json.loads((self.out / "results.json").read_text(encoding="utf-8"))["submissions"]
        by_name = {kind.name: kind for kind in kinds()}
        by_kind: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for one in data:
            folder, _, rest = one.pop("name").partition("/")
            kind = by_name[folder.partition(".")[2]]
            told = {name: one[name] for name in ("status", "points")} if kind.hostile else one
            by_kind[f"{kind.name}/{rest}"][json.dumps(told, sort_keys=True)].append(folder)
            self._expect(one["status"] != "failed", f"{folder} failed")
            self._expect(kind.points in (None, one["points"]), f"{folder} has {one['points']} points")
            self._expect(one["checks"] or one["notices"], f"{folder} has no message")
        for name, several in by_kind.items():
            folders = [found[0] for found in several.values()]
            self._expect(
                len(several) == 1, f"copies of {name} have different results: {', '.join(folders[:4])}"
            )
        handed_in = {path.name for path in (self.folder / "in").iterdir()}
        graded = {name for several in by_kind.values() for found in several.values() for name in found}
        self._expect(graded == handed_in, f"without a result: {sorted(handed_in - graded)[:4]}")

    def tell(self, took: float, jobs: int) -> None:
        """Print memory over time, throughput, and what it means for a big class."""
        print("  graded   grader  servers  workers   processes")
        for part in range(11):
            one = self.samples[min(len(self.samples) - 1, part * len(self.samples) // 10)]
            servers = sum(one.servers.values())
            print(f"  {one.done:6} {one.grader:8.1f} {servers:8.1f} {one.others:8.1f} {one.processes:11}")
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        each, use = cpu / self.count, cpu / took / jobs
        size = sum(path.stat().st_size for path in self.out.rglob("*") if path.is_file()) / self.count
        print(
            f"  {self.count} submissions in {took:.0f} s with {jobs} jobs: {self.count / took:.2f} a second,"
        )
        print(f"  {cpu:.0f} s of CPU in all, {each:.2f} s each; {size / 1024:.0f} KB of results each")
        first, last = self.samples[0], self.samples[-1]
        alone = (last.cpu_s - first.cpu_s) / max(1, last.done - first.done)
        print(
            f"  of it {1000 * alone:.0f} ms each in the command itself, which is one process: it could hand out"
        )
        print(f"  {1 / max(alone, 0.001):.0f} submissions a second, 16 cores grade {16 / each:.0f}")
        print("10,000 submissions on 16 cores:")
        print(
            f"  10,000 x {each:.2f} s = {10_000 * each:,.0f} s of CPU; / 16 = {10_000 * each / 16 / 60:.0f} min"
        )
        print(
            f"  at the share of the cores that was had here, {use:.0%}: {10_000 * each / 16 / use / 60:.0f} min"
        )


def main() -> int:
    """Run it, print what was seen; 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    adopt()
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = Soak(arguments.count, Path(folder))
        soak.hand_in()
        took = soak.grade(arguments.jobs)
        if not (soak.out / "results.json").exists():
            soak.wrong.append("there are no results")
        else:
            soak.check_results()
            soak.check_memory()
            soak.tell(took, arguments.jobs)
    for what in soak.wrong:
        print(f"WRONG: {what}")
    return 1 if soak.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
