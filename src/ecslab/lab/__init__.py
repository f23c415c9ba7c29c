"""What a learner imports (`from ecslab import lab`), and the checks and hints behind it.

This package is two things. Its modules run checks and word their verdicts; the notebook, the command line and the
grader use them. Its name is also the learner's door: `lab.start`, `lab.check`, `lab.hint`, `lab.Program` are answered
by `ecslab.notebook`, which is loaded at the first use and never before, so that a grader that imports the checks does
not load a notebook's runtime.
"""

from __future__ import annotations

import importlib
from typing import Any

_DOOR = ("check", "hint", "start", "Program", "Response")


def __getattr__(name: str) -> Any:
    if name in _DOOR:
        return getattr(importlib.import_module("ecslab.notebook.door"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_DOOR)
