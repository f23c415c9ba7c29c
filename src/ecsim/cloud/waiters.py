"""Waiters that move virtual time: where botocore sleeps between two looks, the cloud's time passes instead."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

MODULES = ("botocore.waiter", "awscli.botocore.waiter")
"""Where boto3's and the AWS CLI's waiters sleep, each by a global `time`."""


class _Time(ModuleType):
    """The module `time` with another `sleep`."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        super().__init__("time")
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def patch_waiters(sleep: Callable[[float], None]) -> Callable[[], None]:
    """Let waiters in this process call `sleep(seconds)` instead of waiting.

    Only waiters are patched: everything else in the process keeps the real clock.

    Args:
        sleep: lets the cloud's time pass.

    Returns:
        A function that gives the real sleep back.

    Raises:
        RuntimeError: botocore's waiters have moved.
    """
    import botocore.waiter

    shim = _Time(sleep)
    patched: list[ModuleType] = []
    for name in MODULES:
        module = sys.modules.get(name)
        if module is None:
            continue
        if not isinstance(vars(module).get("time"), ModuleType):
            raise RuntimeError(  # noqa: TRY004
                f"{name}.time: expected the module time; this botocore is not the one that we know"
            )
        vars(module)["time"] = shim
        patched.append(module)
    assert botocore.waiter in patched

    def give_back() -> None:
        for module in patched:
            if vars(module)["time"] is shim:
                vars(module)["time"] = time

    return give_back
