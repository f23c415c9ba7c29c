"""Which language a notebook speaks."""

from __future__ import annotations

import os
from pathlib import Path

from ecslab.course.source import LANGUAGES


def language() -> str:
    """ECSLAB_LANG, else the folder that the notebook lies in (`labs/ja/...`), else English."""
    asked = os.environ.get("ECSLAB_LANG", "")[:2].lower()
    if asked in LANGUAGES:
        return asked
    for place in (os.environ.get("JPY_SESSION_NAME", ""), str(Path.cwd() / "x")):
        for folder in reversed(Path(place).parts[:-1]):
            if folder in LANGUAGES:
                return folder
    return "en"
