"""Tags: their rules, and the three operations on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import cluster_not_found, invalid_parameter
from ecsim.api.errors import ApiError
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ecsim.api.ecs.desk import Answer, Desk, Handler
    from ecsim.store import Store

Tags = tuple[tuple[str, str], ...]

TAGS_MAX = 50
"""Source: General Reference, Amazon ECS quotas."""

_KEY_MAX = 128
_VALUE_MAX = 256


def read(tags: Iterable[Mapping[str, Any]] | None) -> Tags:
    """The tags of a request.

    Raises:
        ApiError: InvalidParameterException, they break a rule of botocore's Tag and TagResourceRequest.tags.
    """
    read_tags = tuple((tag.get("key") or "", tag.get("value") or "") for tag in tags or ())
    keys = [key for key, _ in read_tags]
    if len(read_tags) > TAGS_MAX:
        raise invalid_parameter(f"Tags can have at most {TAGS_MAX} items.")
    if len(set(keys)) != len(keys):
        raise invalid_parameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    for key, value in read_tags:
        if not 1 <= len(key) <= _KEY_MAX or len(value) > _VALUE_MAX:
            raise invalid_parameter(
                f"Tag keys have 1 to {_KEY_MAX} characters and tag values at most {_VALUE_MAX}."
            )
        if key.lower().startswith("aws:"):
            raise invalid_parameter("aws: prefixed tag key names are not allowed for external use.")
    return read_tags


def shown(tags: Tags) -> list[dict[str, str]]:
    """Tags as a response shows them."""
    return [{"key": key, "value": value} for key, value in tags]


def merged(old: Tags, new: Tags) -> Tags:
    """The old tags that stay, then the new ones."""
    laid_over = dict(new)
    return tuple(tag for tag in old if tag[0] not in laid_over) + tuple(laid_over.items())


def _tagged(desk: Desk, arn: str) -> tuple[Tags, Callable[[Tags], None]]:
    """The tags of the resource with that ARN, and how to replace them.

    Raises:
        ApiError: there is no such resource.
    """
    store = desk.store
    cluster, service = store.clusters.get(arn), store.services.get(arn)
    task, definition = store.tasks.get(arn), store.task_definitions.get(arn)
    if cluster is not None and cluster.status != "INACTIVE":
        return cluster.tags, lambda tags: store.put_cluster(replace(cluster, tags=tags))
    if service is not None and service.status != "INACTIVE":
        return service.tags, lambda tags: store.put_service(replace(service, tags=tags))
    if task is not None:
        return task.tags, lambda tags: store.put_task(replace(task, tags=tags))
    if definition is not None:
        return definition.tags, lambda tags: store.put_task_definition(replace(definition, tags=tags))
    if ":task-set/" in arn:
        of_task_set = _of_task_set(store, arn)
        if of_task_set is not None:
            return of_task_set
    if not arn.startswith("arn:"):
        raise invalid_parameter("The ARN provided is invalid.")
    if ":cluster/" in arn:
        raise cluster_not_found()
    raise ApiError("ResourceNotFoundException", "The specified resource could not be found.")


def _of_task_set(store: Store, arn: str) -> tuple[Tags, Callable[[Tags], None]] | None:
    """The same of a task set: `arn:...:task-set/<cluster>/<service>/ecs-svc/<number>`."""
    owner, _, number = arn.replace(":task-set/", ":service/", 1).rpartition("/ecs-svc/")
    service = store.services.get(owner)
    deployment = service.deployment(f"ecs-svc/{number}") if service is not None else None
    if service is None or deployment is None or deployment.task_set is None:
        return None
    task_set = deployment.task_set

    def put(tags: Tags) -> None:
        tagged = replace(deployment, task_set=replace(task_set, tags=tags))
        deployments = tuple(tagged if d.id == tagged.id else d for d in service.deployments)
        store.put_service(replace(service, deployments=deployments))

    return task_set.tags, put


def tag_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """TagResource: lay tags over those that are there."""
    tags, put = _tagged(desk, params["resourceArn"])
    new = merged(tags, read(params["tags"]))
    if len(new) > TAGS_MAX:
        raise invalid_parameter(f"Tags can have at most {TAGS_MAX} items.")
    put(new)
    return {}


def untag_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """UntagResource: take tags away; keys that are not there do not matter."""
    tags, put = _tagged(desk, params["resourceArn"])
    put(tuple(tag for tag in tags if tag[0] not in params["tagKeys"]))
    return {}


def list_tags_for_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListTagsForResource, which has no ResourceNotFoundException. Source: botocore, the operation's errors."""
    try:
        tags, _ = _tagged(desk, params["resourceArn"])
    except ApiError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise invalid_parameter(error.message) from None
    return {"tags": shown(tags)}


OPERATIONS: dict[str, Handler] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
