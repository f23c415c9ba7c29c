"""A task of the storefront hangs behind the load balancer: when it is noticed, and by whom it is replaced."""

from ecsim.faults import FaultKind
from ecslab.site.setups import replaced_task

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    replaced_task(cloud, recorder, FaultKind.HANG, mark="hangs", lasting="2m")
