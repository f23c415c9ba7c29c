"""The command `ecslab`.

Each subcommand lives in a module with `add_parser(subparsers)`, which sets `run`: a function of the parsed arguments
that returns the exit code. Only the module of the subcommand that was asked for is loaded.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from importlib.metadata import version

from ecslab.course.problem import CourseProblem

COMMANDS = {
    "start": "ecslab.site.command",
    "site": "ecslab.site.command",
    "labs": "ecslab.cli.labs",
    "check": "ecslab.cli.check",
    "reset": "ecslab.cli.reset",
    "cloud": "ecslab.cli.cloud",
    "grade": "ecslab.grading.command",
    "merge": "ecslab.grading.command",
    "report": "ecslab.grading.report_command",
    "similar": "ecslab.grading.similarity.command",
    "build": "ecslab.cli.authors",
    "bump": "ecslab.cli.authors",
    "verify": "ecslab.cli.authors",
    "doctor": "ecslab.cli.doctor",
    "kit": "ecslab.cli.kit",
}
"""Subcommand to module, in the order of `ecslab --help`."""

FAILED, USAGE, INTERRUPTED = 1, 2, 130


def parser(modules: Sequence[str]) -> argparse.ArgumentParser:
    """The parser with the subcommands of these modules."""
    top = argparse.ArgumentParser(prog="ecslab", description="A course on Amazon ECS whose labs run.")
    top.add_argument("--version", action="version", version=f"ecslab {version('ecslab')}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in dict.fromkeys(modules):
        importlib.import_module(module).add_parser(subparsers)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code. What a user can mend is one line on stderr, never a traceback."""
    words = list(sys.argv[1:] if argv is None else argv)
    asked = next((word for word in words if not word.startswith("-")), None)
    modules = [COMMANDS[asked]] if asked in COMMANDS else list(COMMANDS.values())
    args = parser(modules).parse_args(words)
    try:
        return int(args.run(args) or 0)
    except CourseProblem as problem:
        sys.stderr.write(f"ecslab: {problem}\n")
        return USAGE
    except PermissionError as problem:
        sys.stderr.write(f"ecslab: no permission: {problem.filename or problem}\n")
        return FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED
