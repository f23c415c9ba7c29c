"""`python -I -m ecslab.grading.jail.probe`: try each tier with a process that does nothing, and say how it went."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Final

from ecslab.grading.jail import enter, landlock, privileges, reach
from ecslab.grading.jail.enter import PORT, Jail, JailFailed
from ecslab.grading.jail.system import prctl
from ecslab.grading.jail.tier import Tier
from ecslab.grading.jail.tiers import JAILS
from ecslab.grading.scratch import Scratch

_NET_ABI, _SCOPE_ABI = 4, 6
_MIB: Final = 2**20


def probe(tier: Tier) -> str | None:
    """None when the tier works, else why not."""
    if tier is Tier.LANDLOCK and (why := _lacking()) is not None:
        return why
    scratch = Scratch()
    folder = str(scratch.next())
    outcome, told = os.pipe()
    try:
        for passed in (scratch.folder, folder):  # the jail's user passes through
            os.chmod(passed, 0o711)  # noqa: PTH101, S103
        for name in ("sockets", "root"):
            Path(folder, name).mkdir()
        jail = Jail(
            tier=tier,
            folder=str(Path(folder, "root")),
            sockets=str(Path(folder, "sockets")),
            port=PORT,
            memory_bytes=512 * _MIB,
            disk_bytes=8 * _MIB,
            processes=64,
            cpu_s=10.0,
        )
        started = enter.start(jail, lambda: _try(jail, folder, told), [told])
        os.close(told)
        said = os.read(outcome, 4096).decode()
        os.waitpid(started.pid, 0)
    except (JailFailed, OSError) as error:
        return str(getattr(error, "strerror", None) or error)
    finally:
        scratch.close()
    return None if said == "ok" else said or "a wall could not be built (see above)"


def _lacking() -> str | None:
    """What Landlock here is too old for: without namespaces it is the only wall."""
    version = landlock.abi()
    if version < _NET_ABI:
        return f"Landlock has version {version} here, and only from {_NET_ABI} on it closes the network"
    drops = privileges.jail_user() is not None and reach.open_to_others()
    if version < _SCOPE_ABI and not drops:
        return f"Landlock has version {version} here, and only from {_SCOPE_ABI} on it keeps signals in"
    return None


def _try(jail: Jail, folder: str, told: int) -> None:
    """Inside: what is allowed works, what is not does not."""
    said = "ok"
    try:
        Path(jail.home, "work", "file").write_text("x", encoding="ascii")
    except OSError as error:
        said = f"the scratch folder cannot be written to: {error.strerror}"
    enter.seal(jail.tier)
    try:
        os.listdir(folder)  # noqa: PTH208
    except OSError:
        pass
    else:
        said = "the wall around files does not hold"
    try:
        socket.socket(socket.AF_UNIX).close()
    except PermissionError:
        pass
    else:
        said = "the wall around system calls does not hold"
    os.write(told, said.encode())


if __name__ == "__main__":
    prctl(privileges.PR_SET_CHILD_SUBREAPER, 1)
    sys.stdout.write(
        json.dumps({"tiers": {tier: probe(tier) for tier in JAILS}, "readable": reach.readable()}) + "\n"
    )
