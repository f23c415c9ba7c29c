"""The garbage collector while time passes: it comes seldom.

A cloud's values are frozen and point only to what is older than they are, so there are no cycles to be found among
them; they go when nobody has them any more. With Python's own thresholds the collector walked through all of a
thousand services every few hundred tasks, which was a third of the CPU of their rollout. It still comes for the sake
of programs that people write, whose values may point to each other in any way.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG_MAX = 500_000
"""So many new objects, instead of Python's 700, make it look through the new ones."""
ROUNDS = 100
"""So many of those rounds make it look further back."""


@contextmanager
def seldom() -> Iterator[None]:
    """Within this, the collector comes seldom; a threshold that is higher already stays."""
    before = gc.get_threshold()
    if 0 < before[0] < YOUNG_MAX:
        gc.set_threshold(YOUNG_MAX, ROUNDS, ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
