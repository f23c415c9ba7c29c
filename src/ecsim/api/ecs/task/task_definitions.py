"""Task definitions: register, describe, list, deregister, delete."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs import lookup, tags
from ecsim.api.ecs.pages import page, paged
from ecsim.api.ecs.refusals import client_exception, invalid_parameter
from ecsim.api.ecs.task.task_definition_document import containers_of, document
from ecsim.decide.task.task_definition_rules import refusal, task_size
from ecsim.model.replacing import replace
from ecsim.model.task_definition import TaskDefinition, TaskDefinitionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecsim.api.ecs.desk import Answer, Desk, Handler

_DELETE_MAX = 10
_NO_REVISION = (
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
)
_UNKNOWN = (
    "The specified task definition does not exist. Specify a valid account, family, revision and try again."
)
"""Source of the two: moto 5.2.5, delete_task_definitions. AWS documents neither: they are not verified."""
_ACTIVE, _INACTIVE, _DELETING = (
    TaskDefinitionStatus.ACTIVE,
    TaskDefinitionStatus.INACTIVE,
    TaskDefinitionStatus.DELETE_IN_PROGRESS,
)


def register_task_definition(desk: Desk, params: dict[str, Any]) -> Answer:
    """RegisterTaskDefinition: the next revision of the family, or a ClientException that says what is wrong."""
    problem = refusal(params)
    if problem is not None:
        raise client_exception(problem)
    given_tags = tags.read(params.get("tags"))
    family = params["family"]
    revision = desk.store.last_revision.get(family, 0) + 1
    arn = desk.arn("task-definition", f"{family}:{revision}")
    kept = document(params, arn=arn, revision=revision, registered_by=desk.caller)
    cpu, memory = task_size(params)
    definition = TaskDefinition(
        arn=arn,
        family=family,
        revision=revision,
        network_mode=params.get("networkMode") or "bridge",
        cpu=cpu,
        memory=memory,
        execution_role_arn=kept.get("executionRoleArn"),
        task_role_arn=kept.get("taskRoleArn"),
        requires_compatibilities=tuple(kept.get("requiresCompatibilities", ())),
        containers=containers_of(kept),
        registered_at_ms=desk.now_ms(),
        tags=given_tags,
        document=kept,
    )
    desk.store.put_task_definition(definition)
    answer: Answer = {"taskDefinition": view(definition)}
    return answer | ({"tags": tags.shown(given_tags)} if given_tags else {})


def describe_task_definition(desk: Desk, params: dict[str, Any]) -> Answer:
    """DescribeTaskDefinition: a revision, or the newest ACTIVE one of a family."""
    _forget_deleted(desk)
    definition = lookup.definition(desk, params["taskDefinition"])
    if definition is None:
        raise client_exception("Unable to describe task definition.")
    asked = definition.tags if "TAGS" in (params.get("include") or ()) else ()
    return {"taskDefinition": view(definition), "tags": tags.shown(asked)}


def list_task_definitions(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListTaskDefinitions: by family name, then by revision. Source: botocore ListTaskDefinitionsRequest.sort."""
    _forget_deleted(desk)
    status, order = params.get("status") or "ACTIVE", params.get("sort") or "ASC"
    wanted = params.get("familyPrefix")
    families = sorted(desk.store.families() if wanted is None else [wanted], reverse=order == "DESC")

    def definitions() -> Iterator[TaskDefinition]:
        for family in families:
            revisions = desk.store.revisions_of(family)
            yield from revisions if order == "ASC" else reversed(revisions)

    found = page(definitions(), params, key=attrgetter("arn"), fits=lambda d: d.status == status)
    return paged("taskDefinitionArns", found)


def list_task_definition_families(desk: Desk, params: dict[str, Any]) -> Answer:
    """ListTaskDefinitionFamilies: ACTIVE ones have an ACTIVE revision, INACTIVE ones have none but INACTIVE."""
    _forget_deleted(desk)
    status = params.get("status") or "ALL"
    prefix = params.get("familyPrefix") or ""

    def fits(family: str) -> bool:
        statuses = [definition.status for definition in desk.store.revisions_of(family)]
        known = "ACTIVE" if _ACTIVE in statuses else "INACTIVE" if _INACTIVE in statuses else None
        return family.startswith(prefix) and known is not None and status in ("ALL", known)

    return paged("families", page(sorted(desk.store.families()), params, key=str, fits=fits))


def deregister_task_definition(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeregisterTaskDefinition: INACTIVE from now on; what runs of it goes on and can scale."""
    text = params["taskDefinition"]
    if lookup.family_and_revision(desk, text)[1] is None:
        raise client_exception("Revision is missing.")
    definition = lookup.definition(desk, text)
    if definition is None:
        raise client_exception("Unable to describe task definition.")
    if definition.status is _ACTIVE:
        definition = replace(definition, status=_INACTIVE, deregistered_at_ms=desk.now_ms())
        desk.store.put_task_definition(definition)
    return {"taskDefinition": view(definition)}


def delete_task_definitions(desk: Desk, params: dict[str, Any]) -> Answer:
    """DeleteTaskDefinitions: INACTIVE revisions are DELETE_IN_PROGRESS until nothing refers to them."""
    texts = params["taskDefinitions"]
    if not 1 <= len(texts) <= _DELETE_MAX:
        raise invalid_parameter(f"You must specify 1 to {_DELETE_MAX} task definitions.")
    _forget_deleted(desk)
    deleted, failures = [], []
    for text in texts:
        no_revision = lookup.family_and_revision(desk, text)[1] is None
        definition = None if no_revision else lookup.definition(desk, text)
        if definition is None:
            failures.append({"arn": text, "reason": _NO_REVISION if no_revision else _UNKNOWN})
        elif definition.status is _ACTIVE:
            reason = (
                "The specified task definition is still in ACTIVE status. "
                "Please deregister the target and try again."
            )
            failures.append({"arn": definition.arn, "reason": reason})
        else:
            if definition.status is _INACTIVE:
                kept = {**definition.document, "deleteRequestedAt": desk.now_ms()}
                definition = replace(definition, status=_DELETING, document=kept)
                desk.store.put_task_definition(definition)
            deleted.append(view(definition))
    return {"taskDefinitions": deleted, "failures": failures}


def _forget_deleted(desk: Desk) -> None:
    """Drop the revisions that were deleted before now and that nothing refers to any more."""
    going = [
        definition
        for definition in desk.store.task_definitions.values()
        if definition.status is _DELETING and definition.document["deleteRequestedAt"] < desk.now_ms()
    ]
    if not going:
        return
    used = dict.fromkeys(task.task_definition_arn for task in desk.store.tasks.values())
    used |= dict.fromkeys(
        deployment.task_definition_arn
        for service in desk.store.services.values()
        if service.status != "INACTIVE"
        for deployment in (*service.deployments, service.last_completed)
        if deployment is not None
    )
    for definition in going:
        if definition.arn not in used:
            desk.store.drop_task_definition(definition.arn)


def view(definition: TaskDefinition) -> Answer:
    """A revision as the API shows it."""
    shown: Answer = {
        **definition.document,
        "status": definition.status.value,
        "registeredAt": definition.registered_at_ms,
    }
    if definition.deregistered_at_ms is not None:
        shown["deregisteredAt"] = definition.deregistered_at_ms
    return shown


OPERATIONS: dict[str, Handler] = {
    "RegisterTaskDefinition": register_task_definition,
    "DescribeTaskDefinition": describe_task_definition,
    "ListTaskDefinitions": list_task_definitions,
    "ListTaskDefinitionFamilies": list_task_definition_families,
    "DeregisterTaskDefinition": deregister_task_definition,
    "DeleteTaskDefinitions": delete_task_definitions,
}
