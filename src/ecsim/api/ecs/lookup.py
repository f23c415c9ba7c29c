"""From the names and ARNs that callers write to the things they mean.

Short names and ARNs are accepted alike; a missing cluster means `default`. Source: botocore, the documentation of the
`cluster`, `service`, `task` and `taskDefinition` members.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import client_exception, cluster_not_found, invalid_parameter
from ecsim.model.task_definition import TaskDefinition, TaskDefinitionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecsim.api.ecs.desk import Desk
    from ecsim.model.service import Cluster, Service
    from ecsim.model.task import Task

DEFAULT_CLUSTER = "default"
TASK_ID_LENGTHS = (32, 36)

_ARN = re.compile(r"arn:aws[a-z-]*:ecs:(?P<region>[^:]*):(?P<account>[^:]*):(?P<kind>[a-z-]+)/(?P<path>.+)")
_REVISION = re.compile(r"(?P<family>[A-Za-z0-9_-]{1,255})(?::(?P<revision>[^:]*))?")


def path(desk: Desk, kind: str, text: str) -> list[str]:
    """The names in an ARN after its kind, or the short name itself.

    Raises:
        ApiError: the ARN is not one of that kind, or of another account or region.
    """
    if not text.startswith("arn:"):
        return [text]
    match = _ARN.fullmatch(text)
    if match is None or match["kind"] != kind:
        raise invalid_parameter(f"Invalid identifier: {text} is not the ARN of a {kind}.")
    if match["account"] != desk.account:
        raise invalid_parameter(f"Identifier is for {match['account']}. Your accountId is {desk.account}")
    if match["region"] != desk.region:
        raise invalid_parameter(f"Identifier is for {match['region']}. Your region is {desk.region}")
    return match["path"].split("/")


def cluster_arn(desk: Desk, name: str | None) -> str:
    """The ARN that a `cluster` member means, whether or not there is such a cluster."""
    return desk.arn("cluster", path(desk, "cluster", name or DEFAULT_CLUSTER)[-1])


def cluster_of(desk: Desk, params: Mapping[str, Any]) -> Cluster:
    """The ACTIVE cluster that the `cluster` member means.

    Raises:
        ApiError: ClusterNotFoundException.
    """
    cluster = desk.store.clusters.get(cluster_arn(desk, params.get("cluster")))
    if cluster is None or cluster.status == "INACTIVE":
        raise cluster_not_found()
    return cluster


def service_arn(desk: Desk, cluster: Cluster, name: str) -> str:
    """The ARN that a service's name or ARN means in a cluster. ARNs of the old form name no cluster."""
    parts = path(desk, "service", name)
    return desk.arn("service", "/".join(parts if len(parts) > 1 else [cluster.name, parts[0]]))


def missing_service_arn(desk: Desk, name: str) -> str:
    """The ARN that a failure shows for a service that is not there: a name alone gets no cluster.

    Source: what users report, e.g. github.com/aws-actions/amazon-ecs-deploy-task-definition issues 312, 369, 544
    (2022 to 2024, long after services' own ARNs name their cluster).
    """
    return desk.arn("service", "/".join(path(desk, "service", name)))


def service_in(desk: Desk, cluster: Cluster, name: str) -> Service | None:
    """The service of that name or ARN in the cluster, INACTIVE ones too, or None."""
    service = desk.store.services.get(service_arn(desk, cluster, name))
    return service if service is not None and service.cluster_arn == cluster.arn else None


def task_arn(desk: Desk, cluster: Cluster, name: str) -> str:
    """The ARN that a task's id or ARN means in a cluster.

    Raises:
        ApiError: InvalidParameterException, the id has not the length of one.
    """
    parts = path(desk, "task", name)
    if len(parts[-1]) not in TASK_ID_LENGTHS:
        raise invalid_parameter("taskId length should be one of [32,36]")
    return desk.arn("task", "/".join(parts if len(parts) > 1 else [cluster.name, parts[0]]))


def task_in(desk: Desk, cluster: Cluster, name: str) -> Task | None:
    """The task of that id or ARN in the cluster, or None."""
    task = desk.store.tasks.get(task_arn(desk, cluster, name))
    return task if task is not None and task.cluster_arn == cluster.arn else None


def family_and_revision(desk: Desk, text: str) -> tuple[str, int | None]:
    """Read `family`, `family:revision` or a full ARN.

    Raises:
        ApiError: it is none of the three.
    """
    match = _REVISION.fullmatch("/".join(path(desk, "task-definition", text)))
    if match is None:
        raise client_exception("Invalid task definition identifier.")
    revision = match["revision"]
    if revision is None:
        return match["family"], None
    if not revision.isdecimal():
        raise invalid_parameter(f"Invalid revision number. Number: {revision}")
    return match["family"], int(revision)


def definition(desk: Desk, text: str) -> TaskDefinition | None:
    """The revision that is meant: the given one, or the newest ACTIVE one of the family. None when there is none."""
    family, revision = family_and_revision(desk, text)
    if revision is None:
        return desk.store.latest_active(family)
    return desk.store.task_definitions.get(desk.arn("task-definition", f"{family}:{revision}"))


def usable_definition(desk: Desk, text: str, code: str = "ClientException") -> TaskDefinition:
    """The ACTIVE revision that is meant.

    Args:
        desk: where the store is.
        text: `family`, `family:revision` or a full ARN.
        code: the name of the error: RunTask says InvalidParameterException, services say ClientException.

    Raises:
        ApiError: there is no such revision, or it is not ACTIVE.
    """
    refuse = invalid_parameter if code == "InvalidParameterException" else client_exception
    found = definition(desk, text)
    if found is None:
        raise refuse("TaskDefinition not found.")
    if found.status is not TaskDefinitionStatus.ACTIVE:
        raise refuse("TaskDefinition is inactive")
    return found
