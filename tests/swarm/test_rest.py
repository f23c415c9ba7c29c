"""A service at rest is not looked at. A cloud that looks at every service all the same has the same journal."""

import pytest

from ecsim.controller.services import Services
from tests.swarm.voyage import sail

STEPS = 60


@pytest.mark.parametrize("seed", [2, 6])
def test_looking_at_services_at_rest_changes_nothing(seed, monkeypatch):
    rested = []
    rests = Services.rests
    monkeypatch.setattr(Services, "rests", lambda self, arn: rests(self, arn) and not rested.append(arn))
    quick = sail(seed, steps=STEPS, journal=True)
    assert rested, "no service was ever at rest: nothing was tested"
    monkeypatch.setattr(Services, "rests", lambda _self, _arn: False)
    thorough = sail(seed, steps=STEPS, journal=True)
    assert quick.journal == thorough.journal
