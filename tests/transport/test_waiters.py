"""Waiters that move virtual time."""

from __future__ import annotations

import time

import botocore.waiter
import pytest
from botocore.exceptions import WaiterError

from ecsim.cloud.waiters import patch_waiters


def test_a_waiter_lets_the_clouds_time_pass_instead_of_waiting(rig, monkeypatch):
    def really_sleep(_seconds):
        raise AssertionError("the waiter waited")

    monkeypatch.setattr(time, "sleep", really_sleep)
    give_back = patch_waiters(lambda seconds: rig.pass_time(round(seconds * 1_000)))
    try:
        waiter = rig.client("ec2").get_waiter("vpc_exists")
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            waiter.wait(VpcIds=["vpc-00000000000000000"])
    finally:
        give_back()
    # botocore ec2 waiters-2: VpcExists looks 5 times, 1 second apart.
    assert rig.engine.now_ms == 4_000


def test_the_real_sleep_is_given_back():
    patch_waiters(lambda seconds: None)()
    assert botocore.waiter.time is time
