"""Fixtures of the facts about the API."""

from __future__ import annotations

import pytest

from tests.api.rig import Rig


@pytest.fixture
def rig():
    return Rig()
