"""`ecslab start` and `ecslab site`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Register both commands. Each sets `run`, which takes the parsed arguments and answers the exit code."""
    start = subparsers.add_parser(
        "start",
        help="serve the course site and JupyterLab behind one URL",
        description="Serves the course site and JupyterLab with your copies of the labs (in my-labs/) on 127.0.0.1.",
    )
    start.add_argument("--port", type=int, default=None, help="default: 8888; 0 takes a free one")
    start.add_argument("--no-browser", action="store_true", help="only print the address")
    start.set_defaults(run=_start)
    site = subparsers.add_parser(
        "site",
        help="build the course site, both languages, into site/",
        description="Builds the course site. It needs nothing of a web server but files.",
    )
    site.add_argument("--out", type=Path, default=None, help="default: site/ in the course's folder")
    site.set_defaults(run=_site)


def _start(arguments: argparse.Namespace) -> int:
    from ecslab.course.places import find_root
    from ecslab.site.start import PORT, StartError, start

    port = PORT if arguments.port is None else arguments.port
    try:
        start(find_root(), port=port, browser=not arguments.no_browser)
    except StartError as error:
        return _told(error)
    return 0


def _site(arguments: argparse.Namespace) -> int:
    from ecslab.course.places import find_root
    from ecslab.site.build import BuildError, build

    try:
        print(build(find_root(), arguments.out))  # noqa: T201 - a command's answer
    except BuildError as error:
        return _told(error)
    except OSError as error:
        return _told(f"cannot write {error.filename} ({error.strerror})")
    return 0


def _told(problem: object) -> int:
    print(f"ecslab: {problem}", file=sys.stderr)  # noqa: T201 - a command's answer
    return 1
