"""The hand-made pictures, for every test of the views."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("view_pictures", Path(__file__).with_name("pictures.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
_PICTURES = importlib.util.module_from_spec(_SPEC)
sys.modules["view_pictures"] = _PICTURES
_SPEC.loader.exec_module(_PICTURES)


@pytest.fixture
def pictures():
    return _PICTURES


STORIES = (
    "rolling",
    "rolling_midway",
    "breaker",
    "unhealthy",
    "crowd",
    "sidecar_checks",
    "canary",
    "instances",
)


@pytest.fixture(params=STORIES)
def story(request):
    return getattr(_PICTURES, request.param)()


@pytest.fixture(params=["en", "ja"])
def lang(request):
    return request.param
