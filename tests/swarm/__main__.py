"""See a seed again: `python -m tests.swarm 123`, with `--shrink` as short as it gets, `--journal` with the journal.

`python -m tests.swarm 0 200` sails the seeds from 0 to 199 and tells of those that break a law.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from tests.swarm.voyage import STEPS, sail, shrunk


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.swarm", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("end", type=int, nargs="?")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--shrink", action="store_true")
    parser.add_argument("--journal", action="store_true")
    wanted = parser.parse_args()
    if wanted.end is not None:
        return many(range(wanted.seed, wanted.end), wanted.steps)
    voyage = (shrunk if wanted.shrink else sail)(wanted.seed, steps=wanted.steps, journal=wanted.journal)
    print(voyage.report() if voyage.problem else "\n".join(voyage.log))  # noqa: T201 - the counts are what is wanted
    if wanted.journal:
        print(voyage.journal)  # noqa: T201 - the counts are what is wanted
    return int(voyage.problem is not None)


def many(seeds, steps):
    """Sail many seeds; print a line for each that breaks a law, then the counts."""
    hits, bad, began = Counter(), 0, time.process_time()
    for seed in seeds:
        voyage = sail(seed, steps=steps)
        hits += voyage.hits + Counter({("decision", code): n for code, n in voyage.reasons.items()})
        if voyage.problem is not None:
            bad += 1
            print(seed, voyage.log[-1].split(":")[2][3:], "|", voyage.where[:230], flush=True)  # noqa: T201 - the counts are what is wanted
    for (operation, code), count in sorted(hits.items()):
        print(f"{operation:32} {code:40} {count}")  # noqa: T201 - the counts are what is wanted
    print(f"{len(seeds)} seeds, {bad} bad, {time.process_time() - began:.1f} s")  # noqa: T201 - the counts are what is wanted
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
