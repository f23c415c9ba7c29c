"""A task of a service turns unhealthy at 100 / 200: its replacement starts first."""

from ecsim.faults import FaultKind
from ecslab.site.setups import replaced_task

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    replaced_task(cloud, recorder, FaultKind.FAIL_HEALTH, mark="failing", lasting="90s")
