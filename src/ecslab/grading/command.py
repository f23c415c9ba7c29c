"""`ecslab grade`: grade submissions and write the gradebook."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.grading import report
from ecslab.grading.engine.pool import Pool
from ecslab.grading.engine.work import Authority, Options, Work
from ecslab.grading.forkserver import ServerFailed
from ecslab.grading.intake import Intake, NoSuchInput, take
from ecslab.grading.limits import Limits
from ecslab.grading.progress import Progress
from ecslab.grading.results import SubmissionResult
from ecslab.grading.words import Notice

_Told = Callable[[SubmissionResult, Mapping[str, float]], None]
_NO_JAIL = (
    "learners' code runs in processes of its own, without a jail: grade only what you would run yourself\n"
)
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_INTERRUPTED = "interrupted"
_EPILOG = """\
exit code: 0 every submission has its grade (a refused one has 0 points and a message),
1 some could not be graded for reasons that are not the learner's, 2 wrong usage, 130 interrupted"""


def add_parser(subparsers: Any) -> None:
    """Add `grade` to the command line; `run` is set to `main`."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "grade",
        help="grade notebooks and write a gradebook",
        description="Grade notebooks, or folders of notebooks, and write results, a gradebook and feedback pages.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    limits = Limits()
    parser.add_argument(
        "submissions", nargs="+", type=Path, metavar="SUBMISSION", help="a notebook or a folder"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    parser.add_argument("--jobs", type=_positive, default=1, metavar="N", help="submissions at a time (1)")
    parser.add_argument("--seed", type=int, metavar="N", help="the seed to grade with (each notebook's own)")
    parser.add_argument(
        "--cell-timeout",
        type=_seconds,
        default=limits.cell_s,
        metavar="S",
        help=f"seconds for one cell ({limits.cell_s:g})",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=limits.submission_s,
        metavar="S",
        help=f"seconds for one submission ({limits.submission_s:g})",
    )
    parser.add_argument("--audit", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    parser.set_defaults(run=main)


def main(arguments: argparse.Namespace) -> int:
    """Grade; the exit code says how it went."""
    try:
        root = find_root()
        _check_out(arguments.out, arguments.submissions)
        intake = take(arguments.submissions, file_bytes=Limits().file_bytes)
        arguments.out.mkdir(parents=True, exist_ok=True)
    except (NoSuchInput, CourseProblem) as problem:
        return _usage(str(problem))
    except OSError as error:
        return _usage(f"{error.filename or arguments.out}: {error.strerror}")
    options = Options(
        root=root,
        limits=Limits(cell_s=arguments.cell_timeout, submission_s=arguments.timeout),
        jobs=arguments.jobs,
        seed=arguments.seed,
        audit=arguments.audit,
    )
    results: list[SubmissionResult] = []
    timings: dict[str, Mapping[str, float]] = {}
    progress = Progress(sys.stderr, len(intake.taken))

    def done(result: SubmissionResult, used: Mapping[str, float]) -> None:
        results.append(result)
        timings[result.name] = used
        progress.step()

    sys.stderr.write(_NO_JAIL)
    stopped = ""
    with Pool(options) as pool:
        try:
            pool.grade(_works(options, intake, done), lambda _, result, used: done(result, used))
        except KeyboardInterrupt:
            stopped = _INTERRUPTED
        except ServerFailed as problem:
            stopped = str(problem)
            sys.stderr.write(f"ecslab grade: {problem}\n")
    progress.close()
    for one in intake.taken:
        if one.name not in timings:
            notice = Notice("grader-failed", {"why": stopped})
            results.append(SubmissionResult(name=one.name, sha256=None, status="failed", notices=(notice,)))
    report.write(arguments.out, results, intake.aside, timings)
    sys.stdout.write(_summary(results, arguments.out))
    if stopped == _INTERRUPTED:
        return INTERRUPTED
    return FAILED if any(one.status == "failed" for one in results) else DONE


def _works(options: Options, intake: Intake, done: _Told) -> Iterator[Work]:
    """What can be graded; the rest is done at once."""
    authority = Authority(options)
    for taken in intake.taken:
        prepared = authority.prepare(taken)
        if isinstance(prepared, Work):
            yield prepared
        else:
            done(prepared, {})


def _check_out(out: Path, submissions: list[Path]) -> None:
    """Results among the submissions would be graded next time."""
    for path in submissions:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise NoSuchInput(f"--out {out} is inside {path}: choose a folder elsewhere")


def _summary(results: list[SubmissionResult], out: Path) -> str:
    count = Counter(one.status for one in results)
    parts = [f"{count[status]} {status}" for status in ("graded", "refused", "failed") if count[status]]
    lines = [f"{', '.join(parts) or 'nothing to grade'}: {out / report.GRADEBOOK}"]
    lines += [
        f"{one.status}: {one.name}: {one.message}"
        for one in sorted(results, key=lambda each: each.name)
        if one.status != "graded"
    ]
    return "\n".join(lines) + "\n"


def _usage(what: str) -> int:
    sys.stderr.write(f"ecslab grade: {what}\n")
    return USAGE


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError("must be above 0 and at most 86400")
    return seconds
