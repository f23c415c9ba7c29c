"""How true this cloud is: every behaviour, whether it is exact, approximate or not simulated, and where that is from.

The operations come from the API itself; the behaviours are listed here, beside nothing else, so that a change of
behaviour has one place to say so. The fidelity page of the site is made from this module.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecsim.api.ecs import operations, simulated
from ecsim.cloud.fidelity import around, balancing, containers, deployments, instances, services, tasks
from ecsim.cloud.fidelity.behaviour import Behaviour, Level

__all__ = ["BEHAVIOURS", "TOPICS", "Behaviour", "Level", "Operation", "ecs_operations"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the ECS API."""

    name: str
    is_simulated: bool


TOPICS = {
    "tasks": ("Tasks", "タスク"),
    "services": ("Services", "サービス"),
    "deployments": ("Deployments", "デプロイ"),
    "balancing": ("Load balancing", "ロードバランシング"),
    "instances": ("Container instances", "コンテナインスタンス"),
    "containers": ("Containers and images", "コンテナとイメージ"),
    "around": ("Around ECS", "ECS の周辺"),
}

BEHAVIOURS: tuple[Behaviour, ...] = (
    *tasks.ROWS,
    *services.ROWS,
    *deployments.ROWS,
    *balancing.ROWS,
    *instances.ROWS,
    *containers.ROWS,
    *around.ROWS,
)


def ecs_operations() -> tuple[Operation, ...]:
    """Every operation of the ECS API, by name."""
    return tuple(Operation(name=name, is_simulated=name in simulated) for name in sorted(operations))
