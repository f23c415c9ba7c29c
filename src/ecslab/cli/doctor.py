"""`ecslab doctor`: is everything here that the course needs?"""

from __future__ import annotations

import argparse
import importlib.metadata
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ecslab.course.places import find_root

PYTHON_MIN = (3, 11)
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;]+)$")


def add_parser(subparsers: Any) -> None:
    """Add `doctor`."""
    parser = subparsers.add_parser("doctor", help="look whether everything is there that the course needs")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine; the exit code is 0 when nothing is wrong."""
    del args
    bad = 0
    for name, examine in EXAMINATIONS.items():
        try:
            found = examine()
        except Exception as error:  # noqa: BLE001 - a doctor tells what is wrong and goes on
            bad += 1
            sys.stdout.write(f"✗ {name}: {error}\n")
        else:
            sys.stdout.write(f"✓ {name}: {found}\n")
    return 1 if bad else 0


def python() -> str:
    """The version of Python."""
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < PYTHON_MIN:
        raise RuntimeError(f"{have} is too old: the course needs {'.'.join(map(str, PYTHON_MIN))} or newer")
    return have


def packages() -> str:
    """The packages that move together are the ones that were tested together."""
    wrong: list[str] = []
    fine: list[str] = []
    for name, want in _pins():
        have = importlib.metadata.version(name)
        if have == want:
            fine.append(f"{name} {have}")
        else:
            wrong.append(f"{name} is {have}, not {want}")
    if wrong:
        raise RuntimeError("; ".join(wrong) + ". Run: make start")
    return ", ".join(fine)


def _pins() -> Iterator[tuple[str, str]]:
    for line in importlib.metadata.requires("ecslab") or ():
        if match := PINNED.match(line.strip()):
            yield match.group(1), match.group(2)


def course() -> str:
    """The course's files."""
    from ecslab.course.catalog import Course

    root = find_root()
    labs = Course.load(root).labs
    missing = [lab.slug for lab in labs if not (root / "labs" / "en" / f"{lab.slug}.ipynb").is_file()]
    if missing:
        raise RuntimeError(f"labs/ lacks {', '.join(missing)}. Run: ecslab build")
    return f"{len(labs)} labs in {root}"


def folder() -> str:
    """Whether notebooks can be saved."""
    import tempfile

    root = find_root()
    try:
        with tempfile.TemporaryDirectory(dir=root):
            return f"{root} can be written to"
    except OSError as error:
        raise RuntimeError(
            f"{root} cannot be written to ({error.strerror}); notebooks could not be saved"
        ) from None


def network() -> str:
    """Whether a server can listen on this machine."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return "127.0.0.1 can be listened on"


def kernel() -> str:
    """Whether Jupyter finds a Python kernel."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    return str(Path(spec.argv[0]))


def cloud() -> str:
    """Whether the simulated cloud starts and answers."""
    from ecsim.cloud.cloud import Cloud

    with Cloud() as one:
        one.client("ecs").create_cluster(clusterName="doctor")
        one.client("ec2").describe_vpcs()
    return "starts, and answers"


def jail() -> str:
    """Which tiers of isolation `ecslab grade` can use here. Learners need none of them."""
    from ecslab.grading.jail.tiers import offered

    found = offered()
    told = [f"{tier} works" if why is None else f"{tier} does not: {why}" for tier, why in found.items()]
    if all(why is not None for why in found.values()):
        told.append("grade in a container or in CI; nothing else needs this")
    return "; ".join(told)


EXAMINATIONS: dict[str, Callable[[], str]] = {
    "python": python,
    "packages": packages,
    "course": course,
    "folder": folder,
    "network": network,
    "jupyter": kernel,
    "cloud": cloud,
    "jail": jail,
}
