"""Running something as root and as an ordinary user, and skipping with a reason what this machine does not offer."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from ecslab.grading.jail.tiers import JAILS, offered
from tests.grading.jail.ordinary import USER

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
USERS = ("root", "ordinary")


def need(tier: str) -> None:
    """Skip where the tier is not offered."""
    if tier in JAILS and (why := offered()[tier]) is not None:
        pytest.skip(f"the tier {tier} does not work here: {why}")


def command(user: str, *words: str) -> list[str]:
    """The words as a command that this user runs."""
    if user == "root":
        if os.geteuid() != 0:
            pytest.skip("this test needs root")
        return list(words)
    if os.geteuid() != 0:
        return list(words)
    return [sys.executable, "-I", str(HERE / "ordinary.py"), *words]


def run(user: str, *words: str, timeout: float = 120, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(user, *words), capture_output=True, text=True, timeout=timeout, check=False, **more
    )


@contextmanager
def folder_of(user: str):
    """A folder that the user may pass to and write into; it is gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="jailtest-", dir="/tmp"))
    if user == "ordinary" and os.geteuid() == 0:
        os.chown(made, USER, USER)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
