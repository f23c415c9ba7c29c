"""Which tiers this machine offers to this user: tried, not assumed; and the choice of one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from ecslab.grading.jail.tier import Tier

JAILS: Final = (Tier.NAMESPACES, Tier.LANDLOCK)
_PROBE_S: Final = 60.0
_WHAT_TO_DO: Final = (
    "Grade in a container or in CI that allows one of them (docs: grading), or, only what you would run yourself, "
    "with --unsafe"
)
_NOT_LINUX: Final = "the jail is Linux's, and this is {platform}"


class NoJail(RuntimeError):  # noqa: N818 - it says what is wrong
    """Nothing keeps a learner's code from the rest of this machine; the message says why and what to do."""


def offered() -> Mapping[Tier, str | None]:
    """For each jail None when it works here, else the reason why it does not."""
    return _tried().tiers


def readable() -> tuple[str, ...]:
    """What learners' code may read of this machine."""
    return _tried().readable


@dataclass(frozen=True, slots=True)
class _Tried:
    tiers: Mapping[Tier, str | None]
    readable: tuple[str, ...] = ()


@cache
def _tried() -> _Tried:
    """A process that does the kernel's part: the interpreter is isolated there, so its paths are the kernel's."""
    if sys.platform != "linux":
        return _Tried(dict.fromkeys(JAILS, _NOT_LINUX.format(platform=sys.platform)))
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-m", "ecslab.grading.jail.probe"],
            capture_output=True,
            text=True,
            timeout=_PROBE_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        told = json.loads(done.stdout)
        return _Tried({tier: told["tiers"][tier] for tier in JAILS}, tuple(told["readable"]))
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        return _Tried(dict.fromkeys(JAILS, f"trying it failed: {type(error).__name__}: {error}"))


def choose(forced: Tier | None = None, *, unsafe: bool = False) -> Tier:
    """The tier to grade in: the strongest one that there is, or the one that is asked for.

    Args:
        forced: this tier and no other.
        unsafe: no jail is better than no grade.

    Raises:
        NoJail: the tier is not offered, or would be none without `unsafe`.
    """
    if forced is Tier.PROCESS or (forced is None and unsafe and not any(works(tier) for tier in JAILS)):
        if not unsafe:
            raise NoJail("the tier `process` has no walls: it needs --unsafe as well")
        return Tier.PROCESS
    if forced is not None:
        if (why := offered()[forced]) is not None:
            raise NoJail(f"the tier `{forced}` does not work here: {why}")
        return forced
    for tier in JAILS:
        if works(tier):
            return tier
    reasons = "; ".join(f"{tier}: {why}" for tier, why in offered().items())
    raise NoJail(f"learners' code cannot be jailed on this machine ({reasons}). {_WHAT_TO_DO}")


def works(tier: Tier) -> bool:
    """The tier is offered here."""
    return offered()[tier] is None
