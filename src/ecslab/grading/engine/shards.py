"""A part of a class on each of several machines: who goes where."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

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


def whole_of(taken: Sequence[Taken]) -> str:
    """A hash of what was handed in, by which shards know that they belong together."""
    names = sorted((one.name, sha256(one)) for one in taken)
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()
