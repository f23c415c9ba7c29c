"""A part of a class on each of several machines: who goes where."""

from __future__ import annotations

import hashlib
import json

from ecslab.grading.engine.work import sha256
from ecslab.grading.intake import Taken


def learner_of(taken: Taken) -> str:
    """Whose submission it is: the learner's id where one is known, else the folder that it lies in, else its name."""
    return taken.learner_id or taken.name.partition("/")[0]


def shard_of(taken: Taken, count: int) -> int:
    """In which of `count` shards a submission is graded, 1 being the first.

    All of a learner's submissions go to the same one, and stay there whoever else hands in.
    """
    return int.from_bytes(hashlib.sha256(learner_of(taken).encode()).digest()[:8]) % count + 1


class Whole:
    """A hash of all that was handed in, by which shards know that they belong together."""

    def __init__(self) -> None:
        self._sum = hashlib.sha256()

    def add(self, taken: Taken) -> None:
        """Count a submission in; they come in order of names."""
        self._sum.update(f"{json.dumps([taken.name, sha256(taken)])}\n".encode())

    def digest(self) -> str:
        """The hash of those that were added."""
        return self._sum.hexdigest()
