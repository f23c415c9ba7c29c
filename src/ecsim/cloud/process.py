"""A cloud in a process of its own: how it is started, and what runs there.

    python -m ecsim.cloud.process --seed 7 --control /tmp/control.sock

It prints one line of JSON when it listens, says nothing more, and ends when its standard input does: so it never
outlives the process that started it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.world import Control, World

START_TIMEOUT_S = 60.0
"""How long a cloud may take to start, in real time."""
STOP_TIMEOUT_S = 5.0
TOLD_LINES_MAX = 50

Setup = Callable[["Cloud", "World", "Control"], None]


class DidNotStart(RuntimeError):  # noqa: N818
    """The process ended, or did not listen in time; the message has what it printed."""


class SeparateCloud:
    """A cloud in another process.

    Attributes:
        endpoint_url: the AWS API and the learner's port.
        control_socket: the grader's port, or None.
        ready: everything that the process told when it was ready.
    """

    def __init__(self, process: subprocess.Popen[str], ready: Mapping[str, Any]) -> None:
        self.process = process
        self.ready = dict(ready)
        self.endpoint_url = str(ready["url"])
        self.control_socket: str | None = ready.get("control")
        self._told: deque[str] = deque(maxlen=TOLD_LINES_MAX)
        # Nobody else reads what it complains about, and a full pipe would stop it.
        self._reader = threading.Thread(target=self._read, name="ecslab-complaints", daemon=True)
        self._reader.start()

    def told(self) -> list[str]:
        """The last lines that the process wrote to its standard error."""
        return list(self._told)

    def _read(self) -> None:
        assert self.process.stderr is not None
        self._told.extend(self.process.stderr)

    def close(self) -> None:
        """End the process. Does nothing the second time."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


def spawn(
    *,
    seed: int | str = 0,
    port: int = 0,
    control_socket: str | Path | None = None,
    module: str = "ecsim.cloud.process",
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    timeout_s: float = START_TIMEOUT_S,
) -> SeparateCloud:
    """Start a cloud in a process of its own and wait until it listens.

    Args:
        seed: of the cloud.
        port: of the AWS API; 0 takes a free one.
        control_socket: where the grader's port is to be, if anywhere.
        module: what to run instead of this module: it must take the same arguments (see `main`).
        arguments: more arguments for it.
        environment: of the process, instead of this one's.
        timeout_s: how long it may take.

    Raises:
        DidNotStart: it did not come up.
    """
    command = [sys.executable, "-m", module, "--seed", str(seed), "--port", str(port)]
    if control_socket is not None:
        command += ["--control", str(control_socket)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
        [*command, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=None if environment is None else dict(environment),
        start_new_session=True,  # an interrupt in the notebook is not for the cloud
    )
    timer = threading.Timer(timeout_s, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
    finally:
        timer.cancel()
    try:
        ready = json.loads(line)
    except ValueError:
        process.kill()
        _, problem = process.communicate()
        told = problem.strip().splitlines()[-1:] or [f"nothing within {timeout_s:g} s"]
        raise DidNotStart(f"the cloud did not start: {told[0]}") from None
    return SeparateCloud(process, ready)


def arguments_of(
    argv: Sequence[str] | None = None, parser: argparse.ArgumentParser | None = None
) -> argparse.Namespace:
    """Read the arguments that `spawn` gives."""
    parser = parser or argparse.ArgumentParser(prog="python -m ecsim.cloud.process", description="A cloud.")
    parser.add_argument("--seed", default="0")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--control", default=None, help="the path of the grader's socket")
    parser.add_argument("--strict-images", action="store_true")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None, *, setup: Setup | None = None) -> int:
    """Run a cloud until standard input ends.

    Args:
        argv: see `arguments_of`.
        setup: makes the starting state and adds verbs, before the cloud listens.

    Returns:
        An exit code.
    """
    return run(arguments_of(argv), setup=setup)


def run(options: argparse.Namespace, *, setup: Setup | None = None) -> int:
    """Run a cloud with options that are read already; see `main`."""
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.programs import RemoteHost
    from ecsim.cloud.server import CannotListen, serve
    from ecsim.cloud.world import Control, World

    host = RemoteHost()
    with Cloud(seed=options.seed, strict_images=options.strict_images, host=host) as cloud:
        world, control = World(cloud), Control(cloud)
        if setup is not None:
            setup(cloud, world, control)
        try:
            server = serve(
                cloud.gate,
                world,
                port=options.port,
                unix_socket=options.control,
                control=control if options.control else None,
                programs=host,
            )
        except CannotListen as problem:
            sys.stderr.write(f"{problem}\n")
            return 1
        with server:
            sys.stdout.write(json.dumps({"url": server.url, "control": server.control_socket}) + "\n")
            sys.stdout.flush()
            while sys.stdin.read(1):
                pass
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
