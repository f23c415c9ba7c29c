"""Every wall, tried from inside: in each tier, as root and as an ordinary user, and without walls for comparison."""

from __future__ import annotations

import json
import os
import sys
from functools import cache

import pytest

from tests.grading.jail.users import HERE, USERS, folder_of, need, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the jail is Linux's")
TIERS = ("namespaces", "landlock")
FORBIDDEN = (
    "read a file of the grader", "list the grader's folder", "read the solutions", "read the checks",
    "read through a link", "link to it", "write beside it", "rename out of the scratch folder", "change its mode",
    "change its times", "write among Python's packages", "write to the root", "read another's environment",
    "read another's memory map", "pass through another's root", "signal another", "signal the parent",
    "trace another", "read another's memory", "limit another", "renice another", "bind another to a core",
    "connect to another port", "connect by MPTCP", "connect by fast open", "send UDP", "connect to a Unix socket",
    "connect to an abstract socket", "pair datagram sockets", "open netlink", "listen",
    "make memory that nobody counts", "share anonymous memory", "make a System V segment", "map /dev/zero",
    "make a user namespace", "set up io_uring",
)  # fmt: skip
HOPELESS = (
    "be root", "mount", "change the root", "open a raw socket", "open a packet socket", "make a device",
    "load a BPF program", "open performance counters", "enter another's namespace", "set the clock",
)  # fmt: skip
ALLOWED = (
    "write to the scratch folder", "keep a database", "use a temporary file", "run a thread", "run a program",
    "run an event loop", "reach the cloud", "import a package", "draw random bytes",
)  # fmt: skip
ROOTS_ONLY = {"write among Python's packages", "write to the root"}
"""Without walls too, an ordinary user may not do these."""
NOT_EVERYWHERE = {"connect by MPTCP", "connect by fast open", "set up io_uring", "make a user namespace"}
"""Kernels may lack these, with or without walls."""


@cache
def tried(user: str, tier: str, part: str) -> dict:
    need(tier)
    with folder_of(user) as folder:
        done = run(user, sys.executable, "-I", str(HERE / "inside.py"), str(folder), tier, part)
        assert done.stdout, done.stderr
        return json.loads(done.stdout)


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_refused(user, tier, what):
    assert tried(user, tier, "forbidden")[what][0] == "refused"


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("what", HOPELESS)
def test_no_right_is_left(user, tier, what):
    assert tried(user, tier, "hopeless")[what][0] == "refused"


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("tier", TIERS)
def test_nothing_can_be_gained(user, tier):
    status = tried(user, tier, "hopeless").get("status")
    if status is None:
        pytest.skip("this machine allows no /proc in a namespace")
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("what", ALLOWED)
def test_allowed(user, tier, what):
    assert tried(user, tier, "allowed")[what] == ["done"]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("what", FORBIDDEN)
def test_without_walls_it_succeeds(user, what):
    """So the test above can fail."""
    if what in NOT_EVERYWHERE or (what in ROOTS_ONLY and user == "ordinary"):
        pytest.skip("not every machine or user can do this, walls or not")
    assert tried(user, "process", "forbidden")[what] == ["done"]


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("tier", TIERS)
def test_limits_of_one_process(user, tier):
    found = tried(user, tier, "greedy")
    assert found["memory"][1] == "MemoryError"
    assert found["one file"][2] in {"EFBIG", "ENOSPC"}
    assert found["descriptors"][2] == "EMFILE"
    if tier == "namespaces" or _own_user(user):  # else the guard counts them (test_limits.py)
        assert found["processes"][2] == "EAGAIN"
        assert found["started"] < 64


def _own_user(user: str) -> bool:
    """Root gives the jail a user of its own, when Python can be read by others."""
    from ecslab.grading.jail.reach import open_to_others

    return user == "root" and os.geteuid() == 0 and open_to_others()
