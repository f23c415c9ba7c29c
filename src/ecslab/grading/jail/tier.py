"""The tiers of isolation, strongest first."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """How a learner's code is kept apart; the word stands in results.json and in every report."""

    NAMESPACES = "namespaces"
    """Own network, processes, mounts and user; Landlock where the machine has it; seccomp; limits."""
    LANDLOCK = "landlock"
    """The machine's own network and processes, closed off by Landlock and seccomp; limits."""
    PROCESS = "process"
    """A process of its own with an empty environment and folder: no wall."""
