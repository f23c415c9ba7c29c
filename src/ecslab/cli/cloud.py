"""`ecslab cloud`: the simulated cloud as an endpoint for the AWS CLI, boto3 and other tools, outside notebooks."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from typing import Any

from ecslab.course.places import find_root, lab_folder
from ecslab.course.problem import CourseProblem
from ecslab.notebook.surroundings import aws_environment

STEP_S = 0.05
"""How often virtual time is moved on under --speed, in real seconds."""
SPEED_MAX = 10_000.0


def add_parser(subparsers: Any) -> None:
    """Add `cloud`."""
    parser = subparsers.add_parser(
        "cloud", help="start the cloud as an endpoint for aws, boto3 and other tools"
    )
    parser.add_argument(
        "--port", type=int, default=0, help="where to listen on 127.0.0.1 (default: a free port)"
    )
    parser.add_argument(
        "--speed", type=float, default=1.0, help="virtual seconds a real second (default: %(default)s)"
    )
    parser.add_argument(
        "--settled",
        action="store_true",
        help="a call answers when its consequences are there: for tests of your own; goes with --speed 0",
    )
    parser.add_argument(
        "--seed", type=int, default=None, help="ids and names depend on it (default: 0, or the lab's)"
    )
    parser.add_argument("--lab", metavar="LAB", help="begin with the starting state of a lab")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.server import CannotListen, serve
    from ecsim.cloud.world import World
    from ecslab.lab.stage import Stage, seed_of

    if not 0 <= args.speed <= SPEED_MAX:
        raise CourseProblem(
            "--speed", f"{args.speed} is not possible", f"Give 0 (time stands still) to {SPEED_MAX:.0f}"
        )
    folder = lab_folder(find_root(), args.lab) if args.lab else None
    seed = seed_of(folder, args.seed) if folder is not None else args.seed or 0
    with Cloud(seed=seed, settled=args.settled) as cloud:
        world = World(cloud)
        if folder is not None:
            Stage(cloud, world, folder, seed=seed)
        try:
            server = serve(cloud.gate, world, port=args.port)
        except (CannotListen, OverflowError) as problem:
            raise CourseProblem(
                "--port", str(problem).rstrip("."), "Take another port, or none for a free one"
            ) from None
        with server:
            sys.stdout.write(exports(server.url, cloud.region))
            sys.stdout.flush()
            _pace(cloud, args.speed)
    return 0


def exports(url: str, region: str) -> str:
    """The lines to paste into a shell."""
    lines = ["# Paste these into the shell in which you use aws or boto3. End with Ctrl-C here."]
    for name, value in aws_environment(url, region).items():
        if name == "AWS_PAGER":
            lines.append("export AWS_PAGER=''")
        else:
            lines.append(f"export {name}={value}" if value else f"unset {name}")
    return "\n".join(lines) + "\n"


def _pace(cloud: Any, speed: float) -> None:
    """Let virtual time run beside real time, until interrupted."""
    stopped = threading.Event()
    began, moved_ms = time.monotonic(), 0
    try:
        while not stopped.wait(STEP_S):
            due_ms = int((time.monotonic() - began) * 1_000 * speed)
            if due_ms > moved_ms:
                cloud.advance_ms(due_ms - moved_ms)
                moved_ms = due_ms
    except KeyboardInterrupt:
        sys.stdout.write("\n")
