"""Tags of applications and deployment groups. CodeDeploy writes Key and Value with a capital."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api.codedeploy.refusals import invalid, no_application, no_group
from ecsim.api.errors import ApiError
from ecsim.model.replacing import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecsim.api.ecs.desk import Answer, Desk, Handler

Tags = tuple[tuple[str, str], ...]


def read(given: Sequence[dict[str, Any]] | None) -> Tags:
    """The tags of a request.

    Raises:
        ApiError: InvalidTagsToAddException, a key is missing or is there twice.
    """
    keys = [tag.get("Key") for tag in given or ()]
    if not all(keys) or len(set(keys)) != len(keys):
        raise invalid("TagsToAdd", "Each tag needs a Key, and each Key may be there once.")
    return tuple((tag["Key"], tag.get("Value") or "") for tag in given or ())


def _of(desk: Desk, arn: str) -> tuple[Tags, Any]:
    """The tags of an ARN, and what puts others in their place.

    Raises:
        ApiError: the ARN is none of CodeDeploy's, or names nothing.
    """
    parts = arn.split(":", 6)
    if not arn.startswith("arn:") or len(parts) < 7 or parts[2] != "codedeploy":  # noqa: PLR2004  arn:...:kind:name
        raise ApiError("InvalidArnException", f"{arn!r} is no ARN of CodeDeploy.")
    store, kind, rest = desk.store, parts[5], parts[6]
    if kind == "application":
        owner = store.applications.get(rest)
        if owner is None:
            raise no_application(rest)

        def put_application(tags: Tags) -> None:
            store.applications[rest] = replace(owner, tags=tags)

        return owner.tags, put_application
    if kind == "deploymentgroup":
        application, _, name = rest.partition("/")
        found = store.deployment_groups.get((application, name))
        if found is None:
            raise no_group(name, application)

        def put_group(tags: Tags) -> None:
            store.deployment_groups[application, name] = replace(found, tags=tags)

        return found.tags, put_group
    raise ApiError("ArnNotSupportedException", f"{kind} has no tags.")


def tag_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """TagResource."""
    tags, put = _of(desk, params["ResourceArn"])
    put(tuple({**dict(tags), **dict(read(params["Tags"]))}.items()))
    return {}


def untag_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """UntagResource."""
    tags, put = _of(desk, params["ResourceArn"])
    put(tuple((key, value) for key, value in tags if key not in params["TagKeys"]))
    return {}


def list_tags_for_resource(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListTagsForResource."""
    tags, _ = _of(desk, params["ResourceArn"])
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags]}


OPERATIONS: dict[str, Handler] = {
    "TagResource": tag_resource,
    "UntagResource": untag_resource,
    "ListTagsForResource": list_tags_for_resource,
}
