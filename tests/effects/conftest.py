"""Fixtures for the tests of effects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.effects.rig import Rig


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A fresh gate."""
    with Rig() as made:
        yield made


@pytest.fixture
def calls_of(rig):
    """How many calls of the cloud itself a function made, by operation."""

    def count(function):
        seen = []

        def note(service, operation):
            seen.append(f"{service}.{operation}")

        rig.gate.before.append(note)
        try:
            function()
        finally:
            rig.gate.before.remove(note)
        return seen

    return count
