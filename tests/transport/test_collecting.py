"""While time passes the garbage collector comes seldom; afterwards it comes as it came before."""

import gc

import pytest

from ecsim.cloud import collecting
from ecsim.cloud.cloud import Cloud


@pytest.fixture(autouse=True)
def _thresholds():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_time_passes_with_few_collections():
    seen = []
    before = gc.get_threshold()
    with Cloud(seed=1) as cloud:
        cloud.until(lambda: bool(seen.append(gc.get_threshold())), timeout="1s")
    assert seen[0] == (collecting.YOUNG_MAX, collecting.ROUNDS, collecting.ROUNDS)
    assert gc.get_threshold() == before


def test_it_comes_back_after_an_error():
    gc.set_threshold(700, 10, 10)
    with pytest.raises(ValueError, match="oh"), collecting.seldom():
        raise ValueError("oh")
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (1_000_000, 5, 5)])
def test_who_lets_it_come_still_more_seldom_keeps_that(own):
    gc.set_threshold(*own)
    with collecting.seldom():
        assert gc.get_threshold() == own
