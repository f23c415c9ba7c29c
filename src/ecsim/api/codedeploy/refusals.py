"""CodeDeploy's refusals: its own exception names, ready to raise.

Source of the names and, where there is one, of the sentence: botocore codedeploy; the other sentences are this cloud's.
"""

from __future__ import annotations

from ecsim.api.errors import ApiError


def no_application(name: str) -> ApiError:
    """No application of that name."""
    return ApiError("ApplicationDoesNotExistException", f"No application found for name: {name}")


def no_group(name: str, application: str) -> ApiError:
    """No deployment group of that name."""
    return ApiError(
        "DeploymentGroupDoesNotExistException",
        f"No Deployment Group found for name: {name} in the application {application}",
    )


def no_config(name: str) -> ApiError:
    """No deployment configuration of that name."""
    return ApiError(
        "DeploymentConfigDoesNotExistException", f"No Deployment Configuration found for name: {name}"
    )


def no_deployment(name: str) -> ApiError:
    """No deployment of that id."""
    return ApiError("DeploymentDoesNotExistException", f"The deployment {name} could not be found")


def invalid(kind: str, message: str) -> ApiError:
    """Something given has not the right form, e.g. of ("Revision", "...")."""
    return ApiError(f"Invalid{kind}Exception", message)


def not_on_ecs(what: str) -> ApiError:
    """Something of the compute platforms that this cloud does not have."""
    return ApiError(
        "NotImplemented", f"This cloud simulates CodeDeploy for the compute platform ECS only: {what}."
    )
