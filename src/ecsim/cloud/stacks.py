"""Stacks of CloudFormation: how their resources reach this cloud's ECS. Moto keeps the stacks themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ecsim.api.gate import Gate
from ecsim.clock.engine import Engine, Wake

KIND = "stack"
"""The kind of wakes that are looked at here."""

AGAIN_MS = 5_000
TRIES_MAX = 720
"""An hour: then what is still in use stays."""

IN_USE = (
    "ClusterContainsCapacityProviderException",
    "ClusterContainsContainerInstancesException",
    "ClusterContainsServicesException",
    "ClusterContainsTasksException",
    "ResourceInUseException",
    "UpdateInProgressException",
)
"""ECS's refusals that time may cure. Source: botocore ecs DeleteCluster, PutClusterCapacityProviders."""


class Stacks:
    """What CloudFormation's resources ask of the cloud."""

    def __init__(self, gate: Gate, engine: Engine) -> None:
        self._gate = gate
        self._engine = engine

    @property
    def ecs(self) -> Any:
        """A client of this cloud's ECS whose calls are the cloud's own."""
        return self._gate.client("ecs")

    def delete_later(self, operation: str, request: Mapping[str, Any]) -> None:
        """Delete something now, or as soon as nothing is in its way any more: AWS's CloudFormation waits, too."""
        self._try(operation, dict(request), 1)

    def handle(self, wake: Wake) -> None:
        """Try a deletion again."""
        request = json.loads(str(wake.detail["request"]))
        self._try(wake.key, request, int(str(wake.detail["tries"])))

    def _try(self, operation: str, request: dict[str, Any], tries: int) -> None:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        try:
            getattr(self.ecs, xform_name(operation))(**request)
        except ClientError as problem:
            if problem.response["Error"]["Code"] not in IN_USE:
                if tries == 1:
                    raise
                return
            if tries < TRIES_MAX:
                at_ms = self._engine.now_ms + AGAIN_MS
                again = json.dumps(request, sort_keys=True)
                self._engine.call_at(at_ms, KIND, operation, request=again, tries=tries + 1)
