"""What the site's tests share: the project's folder, and the site built once."""

from pathlib import Path

import pytest

from ecslab.site.build import build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The site, built strictly. Tests that use it share an xdist group, so that it is built once."""
    return build(ROOT, tmp_path_factory.mktemp("built"))
