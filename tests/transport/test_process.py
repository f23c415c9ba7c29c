"""A cloud in a process of its own."""

from __future__ import annotations

import pytest

from ecsim.cloud.process import DidNotStart, spawn
from ecsim.cloud.remote import RemoteWorld


def test_a_separate_cloud_answers_and_ends(tmp_path):
    with spawn(seed=7, control_socket=tmp_path / "control") as cloud:
        world = RemoteWorld(cloud.endpoint_url)
        assert world.do("now") == {"now_ms": 0}
        assert world.do("advance", {"duration_ms": 60_000}) == {"now_ms": 60_000}
        world.close()
        assert cloud.control_socket == str(tmp_path / "control")
    assert cloud.process.returncode == 0
    assert cloud.told() == []
    assert not (tmp_path / "control").exists()


def test_a_cloud_that_cannot_start_says_why():
    with spawn() as cloud:
        port = int(cloud.endpoint_url.rpartition(":")[2])
        with pytest.raises(DidNotStart, match=f"port {port} on 127.0.0.1 is in use"):
            spawn(port=port)
