"""What a cluster has attached for its capacity providers: the scaling policies of managed scaling.

They are made within seconds after the call; until then the cluster's attachments are being updated, and a new cluster
is PROVISIONING. Source: botocore Cluster.attachments, .attachmentsStatus, .status; AWS CLI reference, create-cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecsim.api.ecs.desk import Answer, Desk
    from ecsim.model.service import Cluster

SETTLES_MS = 10_000
"""How long an attachment is being made or removed; this cloud's choice."""


def attached(desk: Desk, before: Cluster | None, arn: str, providers: Sequence[str]) -> list[dict[str, Any]]:
    """The attachments of a cluster that is to have these providers: what stays, what goes, what comes.

    Args:
        desk: knows the providers.
        before: the cluster as it was, or None when it is new.
        arn: of the cluster.
        providers: their short names.
    """
    now = desk.now_ms()
    known = list(before.request.get("attachments", ())) if before is not None else []
    kept = [
        each if each["provider"] in providers or each["gone_ms"] is not None else {**each, "gone_ms": now}
        for each in known
        if each["gone_ms"] is None or now < each["gone_ms"] + SETTLES_MS
    ]
    there = [each["provider"] for each in kept if each["gone_ms"] is None]
    return kept + [
        {
            "provider": name,
            "id": desk.identity.uuid("attachment", arn),
            "policy": f"ECSManagedAutoScalingPolicy-{desk.identity.uuid('scaling policy', arn)}",
            "at_ms": now,
            "gone_ms": None,
        }
        for name in providers
        if name not in there and _scales(desk, name)
    ]


def _scales(desk: Desk, name: str) -> bool:
    provider = desk.store.capacity_providers.get(name)
    return provider is not None and provider.scales


def view(desk: Desk, cluster: Cluster) -> Answer:
    """The members `attachments` and `attachmentsStatus`, where there are any."""
    now = desk.now_ms()
    shown = [
        each
        for each in cluster.request.get("attachments", ())
        if each["gone_ms"] is None or now < each["gone_ms"] + SETTLES_MS
    ]
    if not shown:
        return {}
    moving = any(_is_new(each, now) or each["gone_ms"] is not None for each in shown)
    return {
        "attachments": [_attachment(each, now) for each in shown],
        "attachmentsStatus": "UPDATE_IN_PROGRESS" if moving else "UPDATE_COMPLETE",
    }


def is_provisioning(desk: Desk, cluster: Cluster) -> bool:
    """Whether the cluster was created a moment ago with capacity providers that need something made."""
    created = cluster.request.get("created_at_ms")
    return (
        created is not None
        and desk.now_ms() < created + SETTLES_MS
        and any(each["at_ms"] == created for each in cluster.request.get("attachments", ()))
    )


def _is_new(each: Mapping[str, Any], now_ms: int) -> bool:
    return bool(now_ms < each["at_ms"] + SETTLES_MS)


def _attachment(each: Mapping[str, Any], now_ms: int) -> Answer:
    """Source: botocore Attachment.status."""
    status = (
        "DETACHING" if each["gone_ms"] is not None else "PRECREATED" if _is_new(each, now_ms) else "CREATED"
    )
    return {
        "id": each["id"],
        "type": "as_policy",
        "status": status,
        "details": [
            {"name": "capacityProviderName", "value": each["provider"]},
            {"name": "scalingPolicyName", "value": each["policy"]},
        ],
    }
