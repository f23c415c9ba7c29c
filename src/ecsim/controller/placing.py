"""Tasks and container instances brought together: rooms, places, host ports, and who waits for room."""

from __future__ import annotations

from collections.abc import Sequence

from ecsim.controller.shell import Shell
from ecsim.decide.capacity import placement
from ecsim.model.container_instance import DYNAMIC_PORTS, ContainerInstance, HostPort, NetworkBinding
from ecsim.model.placement import (
    Needs,
    Placement,
    PlacementConstraint,
    PlacementStrategy,
    Refusal,
    rooms_of,
)
from ecsim.model.task_definition import TaskDefinition


class Placing:
    """Finds container instances for tasks."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._next_port: dict[str, int] = {}

    def find(
        self,
        count: int,
        needs: Needs,
        *,
        cluster_arn: str,
        group: str,
        provider: str | None,
        constraints: Sequence[PlacementConstraint],
        strategies: Sequence[PlacementStrategy],
    ) -> Placement:
        """Places for tasks that are all alike, among the instances of a cluster or of a capacity provider."""
        return placement.place(
            count,
            needs,
            self._shell.store.rooms(cluster_arn, group, () if provider is None else (provider,)),
            group=group,
            constraints=constraints,
            strategies=strategies,
            draw=lambda n: self._shell.identity.draw("placement", f"{cluster_arn}/{group}", 0, n - 1),
        )

    def exactly(self, needs: Needs, instances: Sequence[str], *, group: str) -> Placement:
        """One task on each of these instances, where it fits (StartTask, DAEMON): nothing is chosen."""
        store = self._shell.store
        chosen: list[str] = []
        refusals: list[Refusal] = []
        for arn in instances:
            room = store.room(store.container_instances[arn], group)
            found = placement.place(1, needs, rooms_of([room]), group=group, draw=lambda _: 0)
            chosen += found.chosen
            refusals += found.refusals
        return Placement(chosen=tuple(chosen), refusals=tuple(refusals))

    def bindings(self, definition: TaskDefinition, instance: ContainerInstance) -> tuple[NetworkBinding, ...]:
        """The host ports of a task: fixed ones as asked for, dynamic ones the next that are free.

        Source: botocore ecs PortMapping.hostPort, NetworkBinding.
        """
        if definition.network_mode not in ("bridge", "host"):
            return ()
        taken: dict[HostPort, None] = {}
        bindings = []
        for container in definition.containers:
            for mapping in container.document.get("portMappings", ()):
                if "containerPort" not in mapping:
                    continue
                protocol = mapping.get("protocol", "tcp")
                port = mapping.get("hostPort") or self._dynamic(instance, protocol, taken)
                taken[HostPort(port=port, protocol=protocol)] = None
                bindings.append(
                    NetworkBinding(
                        container=container.name,
                        container_port=mapping["containerPort"],
                        host_port=port,
                        protocol=protocol,
                    )
                )
        return tuple(bindings)

    def _dynamic(self, instance: ContainerInstance, protocol: str, taken: dict[HostPort, None]) -> int:
        low, high = DYNAMIC_PORTS
        port = self._next_port.get(instance.arn, low)
        while self._is_taken(instance, HostPort(port=port, protocol=protocol), taken):
            port = port + 1 if port < high else low
        self._next_port[instance.arn] = port + 1 if port < high else low
        return port

    def _is_taken(self, instance: ContainerInstance, port: HostPort, taken: dict[HostPort, None]) -> bool:
        return port in taken or self._shell.store.is_port_held(instance.arn, port)
