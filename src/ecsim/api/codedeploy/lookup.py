"""Finding what a request to CodeDeploy names, and pages of what there is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy.refusals import invalid, no_application, no_config, no_deployment, no_group
from ecsim.api.ecs import pages
from ecsim.api.errors import ApiError
from ecsim.decide.deployment.codedeploy.routing import PREDEFINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.codedeploy import Application, CodeDeployment, Group, TrafficRouting

_NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,100}")
"""Source: botocore codedeploy ApplicationName, DeploymentGroupName, DeploymentConfigName."""

_DEPLOYMENT_ID = re.compile(r"d-[A-Z0-9]{9}")
BATCH_MAX = 100
DEPLOYMENTS_MAX = 25
"""Sources: botocore codedeploy BatchLimitExceededException, BatchGetDeployments."""

_PREDEFINED = {routing.name: routing for routing in PREDEFINED}


def name(given: str | None, kind: str) -> str:
    """A name, e.g. of the kind "ApplicationName".

    Raises:
        ApiError: it is missing (`...RequiredException`) or has other characters than AWS allows.
    """
    if not given:
        raise ApiError(f"{kind}RequiredException", f"{kind} must not be null or empty.")
    if not _NAME.fullmatch(given):
        raise invalid(kind, f"{given!r} must have 1 to 100 letters, digits or characters of +=,.@_-")
    return given


def application(desk: Desk, given: str | None) -> Application:
    """The application of a name.

    Raises:
        ApiError: there is none, or the name is none.
    """
    found = desk.store.applications.get(name(given, "ApplicationName"))
    if found is None:
        raise no_application(given or "")
    return found


def group(desk: Desk, application_name: str | None, given: str | None) -> Group:
    """The deployment group of a name in an application.

    Raises:
        ApiError: there is none, or a name is none.
    """
    owner = application(desk, application_name)
    found = desk.store.deployment_groups.get((owner.name, name(given, "DeploymentGroupName")))
    if found is None:
        raise no_group(given or "", owner.name)
    return found


def config(desk: Desk, given: str | None) -> TrafficRouting:
    """The deployment configuration of a name: AWS's or one's own.

    Raises:
        ApiError: there is none, or the name is none.
    """
    wanted = name(given, "DeploymentConfigName")
    found = _PREDEFINED.get(wanted) or desk.store.traffic_routings.get(wanted)
    if found is None:
        raise no_config(wanted)
    return found


def configs(desk: Desk) -> list[TrafficRouting]:
    """Every deployment configuration of the compute platform ECS: AWS's, then one's own."""
    return [*PREDEFINED, *desk.store.traffic_routings.values()]


def deployment(desk: Desk, given: str | None) -> CodeDeployment:
    """The deployment of an id.

    Raises:
        ApiError: there is none, or the id is none.
    """
    if not given:
        raise ApiError("DeploymentIdRequiredException", "The deployment ID must not be null or empty.")
    found = desk.store.code_deployments.get(given)
    if found is None:
        if not _DEPLOYMENT_ID.fullmatch(given):
            raise invalid("DeploymentId", f"{given!r} is no deployment ID: d-A1B2C3D4E would be one")
        raise no_deployment(given)
    return found


def batch(given: list[str], most: int = BATCH_MAX) -> list[str]:
    """The names of a batch.

    Raises:
        ApiError: BatchLimitExceededException.
    """
    if len(given) > most:
        raise ApiError("BatchLimitExceededException", f"At most {most} names or IDs may be given.")
    return given


def page(member: str, items: Iterable[str], params: Mapping[str, Any]) -> Answer:
    """A page of names as the members of a response.

    Raises:
        ApiError: InvalidNextTokenException.
    """
    asked = {"nextToken": params.get("nextToken")}
    try:
        return pages.paged(member, pages.page(items, asked, key=str, fits=lambda _: True))
    except ApiError as wrong:
        raise invalid("NextToken", wrong.message) from None


def arn(desk: Desk, kind: str, rest: str) -> str:
    """An ARN of CodeDeploy, e.g. of ("application", "shop"). Source: Service Authorization Reference, CodeDeploy."""
    return f"arn:aws:codedeploy:{desk.region}:{desk.account}:{kind}:{rest}"
