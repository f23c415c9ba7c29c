"""Fixtures of the API's tests."""

from __future__ import annotations

import pytest

from tests.api.rig import Rig


@pytest.fixture
def rig():
    return Rig()


@pytest.fixture
def shop(rig):
    """A rig with the cluster `shop` and the task definition `web:1`."""
    rig.cluster()
    rig.definition()
    return rig
