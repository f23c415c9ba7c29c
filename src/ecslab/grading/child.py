"""Being a forked child: what every copy of a warm process does first, and how it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

PR_SET_DUMPABLE: Final = 4
FAILED: Final = 71
"""The exit code of a child whose work raised."""


def be_child(work: Callable[[], None], keep: Sequence[int]) -> NoReturn:
    """Run the work in a session of its own, and end with its exit code.

    Args:
        work: what to do.
        keep: descriptors to keep, besides the first three.
    """
    code = FAILED
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        close_all_but(keep)
        os.setsid()
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - the process ends here, its code says how
        sys.excepthook(*sys.exc_info())
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        os._exit(code & 0xFF)


def close_all_but(keep: Sequence[int]) -> None:
    """Close every descriptor above 2 but these."""
    first = 3
    for descriptor in sorted(set(keep)):
        os.closerange(first, descriptor)
        first = descriptor + 1
    os.closerange(first, min(65536, os.sysconf("SC_OPEN_MAX")))


def prctl(option: int, value: int) -> None:
    """Call prctl, which is Linux's; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)
