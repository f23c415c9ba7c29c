"""AWS's refusals that several operations share, ready to raise.

Every function returns an exception, so that a handler reads `raise cluster_not_found()`.
"""

from __future__ import annotations

from ecsim.api.errors import ApiError


def client_exception(message: str) -> ApiError:
    """The general refusal of what cannot be done."""
    return ApiError("ClientException", message)


def invalid_parameter(message: str) -> ApiError:
    """The general refusal of a parameter."""
    return ApiError("InvalidParameterException", message)


def cluster_not_found() -> ApiError:
    """No such cluster, or an INACTIVE one."""
    return ApiError("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> ApiError:
    """No such service."""
    return ApiError("ServiceNotFoundException", "Service not found.")


def service_not_active() -> ApiError:
    """The service is DRAINING or INACTIVE."""
    return ApiError("ServiceNotActiveException", "Service was not ACTIVE.")


def not_simulated_yet(what: str) -> ApiError:
    """A feature that AWS has and this cloud does not simulate."""
    return ApiError("UnsupportedFeatureException", f"This cloud does not simulate {what}.")
