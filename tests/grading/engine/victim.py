"""`ecslab`, in a process that a test may kill. It borrows the fork servers of the test, which are warm.

`python -m tests.grading.engine.victim KERNEL CLOUD WORKER ARGUMENTS...`, the first three being descriptors.
"""

from __future__ import annotations

import socket
import sys

from ecslab import cli
from ecslab.grading.engine import pool
from ecslab.grading.forkserver import fork

KINDS = ("kernel", "cloud", "worker")


class Borrowed:
    """A fork server of another process."""

    alive = True

    def __init__(self, kind: str, *_arguments: str) -> None:
        self.requests = socket.socket(fileno=int(sys.argv[1 + KINDS.index(kind)]))

    def wait_ready(self) -> None:
        pass

    def fork(self):
        return fork(self.requests)

    def close(self) -> None:
        self.requests.detach()


if __name__ == "__main__":
    pool.ForkServer = Borrowed
    sys.exit(cli.main(sys.argv[4:]))
