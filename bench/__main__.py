"""`make bench`: run the cases, print the budgets in a table for each peer.

Exits 1 when a budget is missed, or when a case fails: then the other rows are printed all the same.

Every figure is CPU time of a process of its own, so that a busy machine changes little; peers run in the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One budget: ours / peer must not be above `at_most`."""

    what: str
    ours: tuple[str, str]
    peer: tuple[str, str]
    peer_name: str
    at_most: float
    unit: str


UNITS = {"ms": "milliseconds of CPU a call", "s": "seconds of CPU"}

ROWS = [
    Row(
        what="describe_tasks of one task among 10,000",
        ours=("our_tasks", "describe_tasks_ms"),
        peer=("moto_tasks", "describe_tasks_ms"),
        peer_name="moto",
        at_most=1 / 40,
        unit="ms",
    ),
    Row(
        what="list_tasks, first page of 10,000",
        ours=("our_tasks", "list_tasks_ms"),
        peer=("moto_tasks", "list_tasks_ms"),
        peer_name="moto",
        at_most=1 / 40,
        unit="ms",
    ),
    Row(
        what="1,000 services x 10 tasks to steady state",
        ours=("services", "steady_cpu_s"),
        peer=("moto_tasks", "run_task_cpu_s"),
        peer_name="moto storing 10,000 tasks",
        at_most=1 / 2,
        unit="s",
    ),
    Row(
        what="rolling update of all of them",
        ours=("services", "rolling_cpu_s"),
        peer=("moto_tasks", "run_task_cpu_s"),
        peer_name="moto storing 10,000 tasks",
        at_most=1 / 2,
        unit="s",
    ),
    Row(
        what="cost a service, 1,000 against 100 services (linear = 10)",
        ours=("services", "steady_cpu_s"),
        peer=("services_tenth", "steady_cpu_s"),
        peer_name="a tenth of them",
        at_most=13,
        unit="s",
    ),
    Row(
        what="rolling update, 1,000 against 100 services (linear = 10)",
        ours=("services", "rolling_cpu_s"),
        peer=("services_tenth", "rolling_cpu_s"),
        peer_name="a tenth of them",
        at_most=13,
        unit="s",
    ),
    Row(
        what="10,000 tasks on 500 EC2 instances to steady state",
        ours=("ec2_services", "steady_cpu_s"),
        peer=("ec2_services_tenth", "steady_cpu_s"),
        peer_name="a tenth of them",
        at_most=13,
        unit="s",
    ),
    *[
        Row(
            what=f"{call} in process",
            ours=("our_calls", f"{call}_ms"),
            peer=("moto_calls", f"{call}_ms"),
            peer_name="moto",
            at_most=1.0,
            unit="ms",
        )
        for call in ("describe_clusters", "describe_task_definition", "register_task_definition")
    ],
    Row(
        what="lab.start() to the first answer, cold",
        ours=("lab_start", "cpu_s"),
        peer=("lab_start_by_hand", "cpu_s"),
        peer_name="a script with boto3 and moto, same calls",
        at_most=1.2,
        unit="s",
    ),
    Row(
        what="the slowest solved lab, cold",
        ours=("labs_solved", "cpu_s"),
        peer=("labs_solved", "allowed_s"),
        peer_name="5 s",
        at_most=1.0,
        unit="s",
    ),
    *[
        Row(
            what=f"grading a submission in the jail, against {name}",
            ours=("graded_jailed", "cpu_s"),
            peer=(case, "cpu_s"),
            peer_name=name,
            at_most=at_most,
            unit="s",
        )
        for name, case, at_most in (
            ("nbgrader autograde", "graded_by_nbgrader", 1 / 5),
            ("nbclient", "run_by_nbclient", 1 / 3),
            ("plain nbval", "run_by_nbval", 1 / 3),
        )
    ],
    Row(
        what="a graded submission, the grader's start included",
        ours=("graded_jailed", "whole_cpu_s"),
        peer=("graded_by_nbgrader", "whole_cpu_s"),
        peer_name="nbgrader autograde",
        at_most=1 / 3,
        unit="s",
    ),
    Row(
        what="CPU a submission, two workers against one",
        ours=("graded_by_two", "cpu_s"),
        peer=("graded_jailed", "cpu_s"),
        peer_name="one worker",
        at_most=1.15,
        unit="s",
    ),
]


class CaseFailed(Exception):  # noqa: N818 - it says what it is
    """A case ended with an error; its text is what it said."""


def measured(case: str) -> dict[str, float]:
    """Run one case in a process of its own.

    Raises:
        CaseFailed: it ended with an error.
    """
    done = subprocess.run(
        [sys.executable, "-m", "bench.cases", case], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if done.returncode:
        raise CaseFailed(done.stderr[-3000:].strip())
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(rows: list[Row], figures: dict[str, dict[str, float]]) -> tuple[str, int]:
    """A table for each peer, and how many budgets are missed or were not measured."""
    lines, wrong = [], 0
    for peer, unit in dict.fromkeys((row.peer_name, row.unit) for row in rows):
        lines += [
            "",
            f"against {peer}, {UNITS[unit]}",
            f"{'':60} {'ours':>9} {'peer':>9} {'ratio':>8} {'at most':>8}",
        ]
        for row in rows:
            if (row.peer_name, row.unit) != (peer, unit):
                continue
            missing = [case for case, _ in (row.ours, row.peer) if case not in figures]
            if missing:
                wrong += 1
                lines.append(f"{row.what:60} not measured: {', '.join(dict.fromkeys(missing))} failed")
                continue
            ours, theirs = (figures[case][name] for case, name in (row.ours, row.peer))
            ratio = ours / theirs
            wrong += ratio > row.at_most
            verdict = "  MISSED" if ratio > row.at_most else ""
            lines.append(f"{row.what:60} {ours:9.2f} {theirs:9.2f} {ratio:8.3f} {row.at_most:8.3f}{verdict}")
    return "\n".join(lines[1:]), wrong


def main() -> int:
    """Run what is asked for and print the tables; what one case cannot tell, the others still do."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help="only budgets whose text contains this")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    arguments = parser.parse_args()
    rows = [row for row in ROWS if arguments.only in row.what]
    if not rows:
        parser.error(f"no budget's text contains {arguments.only!r}")
    figures: dict[str, dict[str, float]] = {}
    failed: dict[str, str] = {}
    for case in dict.fromkeys(name for row in rows for name, _ in (row.ours, row.peer)):
        print(f"measuring {case} ...", file=sys.stderr, flush=True)
        try:
            figures[case] = measured(case)
        except CaseFailed as error:
            failed[case] = str(error)
    text, wrong = table(rows, figures)
    print(text)
    for case, workers in (("graded_jailed", "one worker"), ("graded_by_two", "two workers")):
        if case in figures:
            print(f"{workers}: {figures[case]['an_hour']:,.0f} submissions an hour on this machine, now")
    for case, said in failed.items():
        print(f"\nbench: the case {case} failed:\n{said}", file=sys.stderr)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
