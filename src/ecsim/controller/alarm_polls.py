"""Deployment alarms, looked up: CloudWatch is asked every now and then while a deployment watches alarms."""

from __future__ import annotations

from collections.abc import Mapping

from ecsim.controller.shell import Shell
from ecsim.decide.deployment import alarms
from ecsim.decide.deployment.alarms import Alarm
from ecsim.decide.plan import Action, SetAlarms
from ecsim.model.replacing import replace
from ecsim.model.service import Service


class AlarmPolls:
    """What is known of the alarms of each deployment under way."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._polled: dict[str, tuple[int, Mapping[str, Alarm]]] = {}

    def known(self, service: Service) -> Mapping[str, Alarm]:
        """The alarms that the service's PRIMARY deployment watches, not older than the polling interval."""
        watch = alarms.watched(service)
        if watch is None:
            self._polled.pop(service.arn, None)
            return {}
        now = self._shell.now_ms
        at, found = self._polled.get(service.arn, (0, {}))
        if not watch.is_begun or service.arn not in self._polled or now >= at + alarms.POLL_MS:
            found = self._shell.alarms.look_up(watch.names)
            self._polled[service.arn] = (now, found)
        return found

    def set_alarms(self, service: Service, action: Action) -> None:
        """Write down what is known of a deployment's alarms."""
        assert isinstance(action, SetAlarms), action
        primary, label = service.primary, self._shell.label(service)
        if action.reason is not None:
            self._shell.decided(label, "ignore_alarms", action.reason, deployment=primary.id)
        self._shell.put_deployment(service.arn, replace(primary, alarms=action.watch))
