"""The second quarter of the swarm's many seeds: see `blocks`."""

from __future__ import annotations

from tests.swarm.blocks import share

test_seeds = share(1)
