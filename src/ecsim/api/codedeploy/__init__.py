"""The CodeDeploy API for the compute platform ECS. `operations` answers every operation that botocore knows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy.applications import OPERATIONS as APPLICATIONS
from ecsim.api.codedeploy.deployments import OPERATIONS as DEPLOYMENTS
from ecsim.api.codedeploy.groups import OPERATIONS as GROUPS
from ecsim.api.codedeploy.tags import OPERATIONS as TAGS
from ecsim.api.codedeploy.views import OPERATIONS as VIEWS
from ecsim.api.errors import not_simulated

if TYPE_CHECKING:
    from ecsim.api.ecs.desk import Answer, Desk, Handler

NOT_SIMULATED = (
    "AddTagsToOnPremisesInstances",
    "BatchGetApplicationRevisions",
    "BatchGetDeploymentInstances",
    "BatchGetOnPremisesInstances",
    "DeleteGitHubAccountToken",
    "DeleteResourcesByExternalId",
    "DeregisterOnPremisesInstance",
    "GetDeploymentInstance",
    "GetOnPremisesInstance",
    "ListDeploymentInstances",
    "ListGitHubAccountTokenNames",
    "ListOnPremisesInstances",
    "RegisterOnPremisesInstance",
    "RemoveTagsFromOnPremisesInstances",
)
"""Those of servers, of GitHub and of CloudFormation."""


def _refuse(operation: str, _: Desk, __: dict[str, Any]) -> Answer:
    raise not_simulated("codedeploy", operation, "only what Amazon ECS uses")


simulated: dict[str, Handler] = {**APPLICATIONS, **GROUPS, **DEPLOYMENTS, **VIEWS, **TAGS}
"""The operations that this cloud simulates, by AWS's name."""

operations: dict[str, Handler] = {
    **{operation: partial(_refuse, operation) for operation in NOT_SIMULATED},
    **simulated,
}
"""Every operation by AWS's name; those that are not simulated refuse and say so."""
