"""The data plane: HTTP through a load balancer to a task's program, without packets; and customers in numbers."""

from ecsim.dataplane.exchange import Result
from ecsim.dataplane.plane import Dataplane

__all__ = ["Dataplane", "Result"]
