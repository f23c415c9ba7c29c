"""Labs are run in this process; what boto3's clients leave open is not the labs' affair."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.labs.rig")


@pytest.fixture(autouse=True)
def _closed():
    yield
    from ecslab.notebook import door

    door.stop()
