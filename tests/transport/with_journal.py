"""A separate cloud whose learner may read the journal: for tests only."""

from __future__ import annotations

from ecsim.cloud.process import main


def setup(cloud, world, _control):
    """Add the verb `journal`."""
    world.extensions["journal"] = lambda _args: cloud.journal.text()


if __name__ == "__main__":
    raise SystemExit(main(setup=setup))
