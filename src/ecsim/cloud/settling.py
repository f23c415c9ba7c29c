"""A settled cloud: every call that changes something is followed by as much time as its consequences need.

For people who use the cloud as a test double: what they call has happened when the call returns, so that nobody needs
to wait or to poll. What happens on the way is the same as ever, and so is the journal; only time passes by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecsim.api import ecs
from ecsim.model.service import RolloutState
from ecsim.model.strategy import Strategy
from ecsim.model.task import DesiredStatus, TaskStatus

if TYPE_CHECKING:
    from ecsim.cloud.cloud import Cloud
    from ecsim.model.service import Service
    from ecsim.model.task import Task

LOOK_MS = 1_001
"""After so long the scheduler has looked at what a call changed."""

LIMIT_MS = 15 * 60_000
"""What has not settled by then is not waited for again until its service is changed: it may lack room, for one."""

SHIFT_LIMIT_MS = 3 * 3_600_000
"""The same while traffic is shifted in steps: bake times are minutes to hours."""


class Settling:
    """Lets a cloud settle.

    Args:
        cloud: whose time it is.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._given_up: dict[str, object] = {}

    def settle(self) -> None:
        """Let time pass until tasks and services are where they are to be, at most as long as the limits say."""
        cloud = self._cloud
        cloud.advance_ms(LOOK_MS)
        end_ms = cloud.now_ms + (SHIFT_LIMIT_MS if self._shifts() else LIMIT_MS)
        cloud.until(lambda: not self._in_motion(), (end_ms - cloud.now_ms) / 1_000)
        for service in cloud.store.services.values():
            if _is_moving(service):
                self._given_up[service.arn] = _wish(service)

    def told_anew(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer of a call with its tasks and services as they are by now."""
        fresh = dict(answer)
        if "service" in answer:
            fresh["service"] = self._service(answer["service"])
        if "task" in answer:
            fresh["task"] = self._task(answer["task"])
        if "tasks" in answer:
            fresh["tasks"] = [self._task(task) for task in answer["tasks"]]
        return fresh

    def _service(self, shown: dict[str, Any]) -> dict[str, Any]:
        request = {"cluster": shown["clusterArn"], "services": [shown["serviceArn"]]}
        return self._now("DescribeServices", request, "services", shown)

    def _task(self, shown: dict[str, Any]) -> dict[str, Any]:
        request = {"cluster": shown["clusterArn"], "tasks": [shown["taskArn"]]}
        return self._now("DescribeTasks", request, "tasks", shown)

    def _now(
        self, operation: str, request: dict[str, Any], member: str, shown: dict[str, Any]
    ) -> dict[str, Any]:
        if shown.get("tags"):
            request["include"] = ["TAGS"]
        found: list[dict[str, Any]] = ecs.operations[operation](self._cloud.desk, request)[member]
        return found[0] if found else shown

    def _shifts(self) -> bool:
        return any(
            service.deployment_configuration.strategy is not Strategy.ROLLING
            and service.primary.rollout_state is RolloutState.IN_PROGRESS
            for service in self._cloud.store.services.values()
            if service.deployments and service.status == "ACTIVE"
        )

    def _in_motion(self) -> bool:
        store = self._cloud.store
        return any(self._waits_for(service) for service in store.services.values()) or any(
            _is_under_way(task) for task in store.tasks.values() if not self._is_of_given_up(task)
        )

    def _waits_for(self, service: Service) -> bool:
        return _is_moving(service) and self._given_up.get(service.arn) != _wish(service)

    def _is_of_given_up(self, task: Task) -> bool:
        service = self._cloud.store.services.get(task.service_arn or "")
        return service is not None and self._given_up.get(service.arn) == _wish(service)


def _is_moving(service: Service) -> bool:
    return service.status == "DRAINING" or (service.status == "ACTIVE" and not service.steady)


def _is_under_way(task: Task) -> bool:
    if task.desired_status is DesiredStatus.STOPPED:
        return task.last_status is not TaskStatus.STOPPED
    return task.last_status is not TaskStatus.RUNNING


def _wish(service: Service) -> object:
    """What the service is asked for: when this changes it is waited for again."""
    return service.desired_count, tuple((each.id, each.status) for each in service.deployments)
