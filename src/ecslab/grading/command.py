"""`ecslab grade`: grade submissions and write the gradebook. `ecslab merge`: put shards together."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from ecslab.course.places import find_root
from ecslab.course.problem import CourseProblem
from ecslab.grading.engine.journal import FILE, Journal, JournalProblem, JournalUnfit, set_aside
from ecslab.grading.engine.pool import Pool
from ecslab.grading.engine.run import Engine, NoSuchLearner, Run, Wish
from ecslab.grading.engine.work import Options
from ecslab.grading.forkserver import ServerFailed
from ecslab.grading.hidden import check_hidden
from ecslab.grading.intake import Intake, NoSuchInput, Shelf, take
from ecslab.grading.jail import reach, tiers
from ecslab.grading.jail.reach import CourseInReach
from ecslab.grading.jail.tier import Tier
from ecslab.grading.jail.tiers import NoJail
from ecslab.grading.limits import Limits
from ecslab.grading.outputs.inert import log_line
from ecslab.grading.outputs.scored import Scored
from ecslab.grading.outputs.write import GRADEBOOK
from ecslab.grading.progress import Progress
from ecslab.grading.reporting import Reporting, add_arguments
from ecslab.grading.results import SubmissionResult
from ecslab.grading.words import Notice

_NO_JAIL = "--unsafe: learners' code runs without a jail: grade only what you would run yourself\n"
DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
_EPILOG = """\
Every grade is kept in DIR/journal.sqlite as soon as it is known. The same command again goes on where it was
stopped, and grades only what is new or has changed: a submission, its lab, a limit, or ecslab itself.

exit code: 0 every submission has its grade (a refused one has 0 points and a message),
1 some could not be graded for reasons that are not the learner's, 2 wrong usage, 130 interrupted"""


def add_parser(subparsers: Any) -> None:
    """Add `grade` and `merge` to the command line; `run` is set to their functions."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "grade",
        help="grade notebooks and write a gradebook",
        description="Grade notebooks and write results, a gradebook and feedback pages.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "submissions",
        nargs="+",
        type=Path,
        metavar="SUBMISSION",
        help="a notebook, a folder, a zip or a tar; or a class as Moodle, Canvas, GitHub Classroom or nbgrader give it",
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    parser.add_argument(
        "--lab", metavar="LAB", help="grade notebooks of this lab only, e.g. 02-first-service"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="the seed to grade with (each notebook's own)")
    parser.add_argument(
        "--versions",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help="more versions of labs than the course keeps: DIR/LAB/VERSION/; may be repeated",
    )
    parser.add_argument(
        "--hidden",
        type=Path,
        metavar="DIR",
        help="hidden checks: DIR/LAB/checks.py; learners see their points only",
    )
    _add_limits(parser)
    _add_jail(parser)
    _add_engine(parser)
    add_arguments(parser)
    parser.add_argument("--audit", type=Path, metavar="DIR", help=argparse.SUPPRESS)
    parser.set_defaults(run=main)
    merging: argparse.ArgumentParser = subparsers.add_parser(
        "merge",
        help="put the results of `ecslab grade --shard` together",
        description="Put the shards of one run together: the files are those of a run that graded everything.",
    )
    merging.add_argument("shards", nargs="+", type=Path, metavar="DIR", help="the --out of each shard")
    merging.add_argument("--out", required=True, type=Path, metavar="DIR", help="where to write")
    add_arguments(merging)
    merging.set_defaults(run=main_merge)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    limits = Limits()
    for name, default, what in (
        ("--cell-timeout", limits.cell_s, "one cell"),
        ("--timeout", limits.submission_s, "one submission"),
    ):
        parser.add_argument(
            name, type=_seconds, default=default, metavar="S", help=f"seconds for {what} ({default:g})"
        )


def _add_jail(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--tier",
        type=Tier,
        choices=list(Tier),
        help="the jail of learners' code (the strongest that this machine offers; `ecslab doctor` tells which)",
    )
    parser.add_argument(
        "--unsafe", action="store_true", help="grade even where learners' code cannot be jailed"
    )


def _add_engine(parser: argparse.ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs", type=_positive, metavar="N", help=f"submissions at a time (the cores: {cores()})"
    )
    where.add_argument("--dask", metavar="ADDRESS", help="grade on a Dask cluster, e.g. tcp://10.0.0.5:8786")
    parser.add_argument(
        "--shard",
        type=_shard,
        default=(1, 1),
        metavar="I/N",
        help="grade the I-th of N parts of the learners; `ecslab merge` puts the parts together",
    )
    parser.add_argument(
        "--regrade",
        nargs="*",
        metavar="LEARNER",
        help="grade these learners' submissions even if nothing changed (none named: all)",
    )


def main(arguments: argparse.Namespace) -> int:
    """Grade; the exit code says how it went."""
    with Shelf() as shelf:
        return _main(arguments, shelf)


def _main(arguments: argparse.Namespace, shelf: Shelf) -> int:
    try:
        root = find_root()
        check_out(arguments.out, arguments.submissions)
        if arguments.lab is not None and not (root / "course" / arguments.lab / "lab.md").is_file():
            return _usage(f"--lab {arguments.lab}: there is no such lab")
        _check_folders(arguments, root)
        reporting = Reporting.of(arguments, root, arguments.out)
        intake = take(arguments.submissions, shelf, file_bytes=Limits().file_bytes, lab=arguments.lab)
        tier = tiers.choose(arguments.tier, unsafe=arguments.unsafe)
        if tier is not Tier.PROCESS:
            private = (*arguments.versions, *filter(None, (arguments.hidden,)))
            reach.refuse_in_reach(root, tiers.readable(), private)
        arguments.out.mkdir(parents=True, exist_ok=True)
    except (NoSuchInput, CourseProblem, NoJail, CourseInReach) as problem:
        return _usage(str(problem))
    except OSError as error:
        return _usage(f"{error.filename or arguments.out}: {error.strerror}")
    options = Options(
        root=root,
        limits=Limits(cell_s=arguments.cell_timeout, submission_s=arguments.timeout),
        jobs=arguments.jobs or cores(),
        seed=arguments.seed,
        versions=tuple(folder.resolve() for folder in arguments.versions),
        hidden=arguments.hidden and arguments.hidden.resolve(),
        audit=arguments.audit,
        tier=tier,
    )
    again = None if arguments.regrade is None else tuple(arguments.regrade)
    try:
        with open_journal(arguments.out) as journal:
            wish = Wish(shard=arguments.shard, again=again)
            return _grade(arguments, intake, options, journal, wish, reporting)
    except (NoSuchLearner, JournalProblem) as problem:
        return _usage(str(problem))


def _grade(
    arguments: argparse.Namespace,
    intake: Intake,
    options: Options,
    journal: Journal,
    wish: Wish,
    reporting: Reporting,
) -> int:
    """Grade what has to be, and write the files from the journal."""
    _same_shard(journal, wish)
    run = Run(intake, options, journal, wish)
    known = run.total - len(run.todo)
    if known and run.todo:
        sys.stderr.write(f"{known} of {run.total} need no grading: {journal.path} has them\n")
    stopped = ""
    progress = Progress(sys.stderr, len(run.todo))
    if run.todo:
        if options.tier is Tier.PROCESS:
            sys.stderr.write(_NO_JAIL)
        try:
            with _until_stopped(), _engine(arguments, options) as engine:
                run.grade(engine, progress.step)
        except KeyboardInterrupt:
            progress.close()
            return _interrupted(journal, run.total)
        except ServerFailed as problem:
            stopped = str(problem)
            sys.stderr.write(f"ecslab grade: {problem}\n")
        progress.close()
    rows = list(journal.rows())
    there = {row.result.name for row in rows}
    notice = Notice("grader-failed", {"why": stopped})
    missing = [
        SubmissionResult(name=name, sha256=None, status="failed", notices=(notice,))
        for name in journal.keys
        if name not in there
    ]
    results = [*(row.result for row in rows), *missing]
    timings = {row.result.name: row.timings for row in rows}
    files = notebooks_of(arguments.submissions, results)
    everything = reporting.write(
        arguments.out, results, aside=intake.aside, timings=timings, files=files, isolation=options.tier
    )
    return _tell(everything, arguments.out)


def _check_folders(arguments: argparse.Namespace, root: Path) -> None:
    """See that the folders of the instructor's are there.

    Raises:
        CourseProblem: one is not, or what is in it is not what it should be.
    """
    for folder in (*arguments.versions, *filter(None, (arguments.hidden,))):
        if not folder.is_dir():
            raise CourseProblem(folder, "is not a folder", "Give one that is there")
    check_hidden(arguments.hidden, sorted(path.parent.name for path in (root / "course").glob("*/lab.md")))


def notebooks_of(paths: Sequence[Path], results: Sequence[SubmissionResult]) -> dict[str, str]:
    """The notebooks' paths by submission, as far as they are files that were named or lie in a named folder."""
    found = {path.name.removesuffix(".ipynb"): path.as_posix() for path in paths if path.is_file()}
    for one in results:
        for path in paths:
            notebook = path / f"{one.name}.ipynb"
            if one.name not in found and notebook.is_file():
                found[one.name] = notebook.as_posix()
    return found


def main_merge(arguments: argparse.Namespace) -> int:
    """Put shards together; the exit code says how it went."""
    from ecslab.grading.engine.merge import Misfit, merge

    try:
        reporting = Reporting.of(arguments, find_root(), arguments.out, *arguments.shards)
        merged = merge(arguments.shards, arguments.out)
        arguments.out.mkdir(parents=True, exist_ok=True)
        with open_journal(arguments.out) as journal:
            journal.begin(merged.plan, merged.keys)
            for row in merged.rows:
                journal.keep(row)
        results = [row.result for row in merged.rows]
        timings = {row.result.name: row.timings for row in merged.rows}
        everything = reporting.write(
            arguments.out,
            results,
            aside=merged.plan.aside,
            timings=timings,
            isolation=str(merged.plan.options["tier"]),
        )
    except (Misfit, JournalProblem) as problem:
        sys.stderr.write(f"ecslab merge: {problem}\n")
        return USAGE
    return _tell(everything, arguments.out)


def open_journal(out: Path) -> Journal:
    """The journal of a folder; one that cannot be used is renamed, and a new one begun.

    Raises:
        JournalProblem: another grader holds it.
    """
    path = out / FILE
    try:
        return Journal(path)
    except JournalUnfit as problem:
        aside = set_aside(path)
        sys.stderr.write(f"{problem}: it is now {aside}; everything is graded anew\n")
        return Journal(path)


def _same_shard(journal: Journal, wish: Wish) -> None:
    before = journal.plan
    if before is not None and tuple(before.shard) != wish.shard:
        was, now = ("/".join(map(str, shard)) for shard in (before.shard, wish.shard))
        raise JournalProblem(f"{journal.path} is of shard {was}: choose another --out for shard {now}")


def _engine(arguments: argparse.Namespace, options: Options) -> AbstractContextManager[Engine]:
    if arguments.dask is None:
        return Pool(options)
    from ecslab.grading.engine.cluster import Cluster

    return Cluster(options, arguments.dask)


@contextmanager
def _until_stopped() -> Iterator[None]:
    """SIGTERM stops a run as Ctrl-C does."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread: whoever runs this stops it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupted(journal: Journal, total: int) -> int:
    have = sum(1 for _ in journal.rows())
    sys.stderr.write(
        f"interrupted: {have} of {total} are graded and kept in {journal.path}; no results were written.\n"
        "To go on, run the same command again.\n"
    )
    return INTERRUPTED


def check_out(out: Path, submissions: list[Path]) -> None:
    """Results among the submissions would be graded next time."""
    for path in submissions:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise NoSuchInput(f"--out {out} is inside {path}: choose a folder elsewhere")


def cores() -> int:
    """The cores that this process may use."""
    able: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(able(0)) if able else os.cpu_count() or 1


def _tell(everything: Sequence[Scored], out: Path) -> int:
    """Say how it went; the exit code."""
    count = Counter(one.result.status for one in everything)
    parts = [f"{count[status]} {status}" for status in ("graded", "refused", "failed") if count[status]]
    lines = [f"{', '.join(parts) or 'nothing to grade'}: {out / GRADEBOOK}"]
    lines += [
        log_line(f"{one.result.status}: {one.result.name}: {one.result.message}")
        for one in everything
        if one.result.status != "graded"
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return FAILED if count["failed"] else DONE


def _usage(what: str) -> int:
    sys.stderr.write(f"ecslab grade: {what}\n")
    return USAGE


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _shard(text: str) -> tuple[int, int]:
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise argparse.ArgumentTypeError("must be I/N, for example 2/8: the second of eight parts")
    return int(number), int(count)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86_400:  # noqa: PLR2004 - a day
        raise argparse.ArgumentTypeError("must be above 0 and at most 86400")
    return seconds
