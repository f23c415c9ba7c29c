"""What the controller needs of the world around it, as protocols.

`ecsim.effects` and `ecsim.workload` provide them; tests provide fakes. Every answer is a plain value: a failure is
an answer too, never an exception.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from ecsim.decide.deployment.alarms import Alarm
from ecsim.model.answers import Failure, Image, Probe, Subnet
from ecsim.model.container_instance import Host, ScalingGroup
from ecsim.model.network import TargetGroup
from ecsim.model.task import Task
from ecsim.model.task_definition import ContainerDefinition


class Network(Protocol):
    """EC2's part."""

    def subnets(self, subnet_ids: Sequence[str]) -> list[Subnet]:
        """The subnets that exist, in the order asked for."""
        ...


class Hosts(Protocol):
    """EC2's and Auto Scaling's part in container instances.

    Attributes:
        stale: whether something may have changed since `all` was asked.
    """

    stale: bool

    def all(self) -> list[Host]:
        """Every EC2 instance, terminated ones too while EC2 remembers them."""
        ...

    def one(self, instance_id: str) -> Host | None:
        """One EC2 instance, or None when there is none of that id."""
        ...

    def zones(self) -> list[str]:
        """The names of the region's Availability Zones."""
        ...

    def terminate(self, instance_id: str) -> None:
        """Let an instance be gone, whatever protects it from calls; its Auto Scaling group launches another one."""
        ...

    def switch(self, instance_id: str, *, on: bool) -> None:
        """Stop an instance, or start it again."""
        ...

    def group(self, name_or_arn: str) -> ScalingGroup | None:
        """An Auto Scaling group by name or ARN, or None when there is none."""
        ...

    def resize(self, group: str, desired: int) -> None:
        """Set an Auto Scaling group's desired capacity; it launches instances at once."""
        ...

    def release(self, instance_id: str) -> None:
        """Terminate an instance of an Auto Scaling group, which wants one less from now on."""
        ...


class Balancing(Protocol):
    """Elastic Load Balancing's part."""

    def target_group(self, arn: str) -> TargetGroup | None:
        """The target group, or None when there is none (any more)."""
        ...

    def forwards(self, arn: str) -> tuple[tuple[str, int], ...] | None:
        """The target groups, with weights, that a rule or a listener forwards to; None when it does not."""
        ...

    def shift(self, arn: str, shares: Sequence[tuple[str, int]]) -> Failure | None:
        """Give target groups their shares of the traffic of a rule or a listener, in tenths of a percent."""
        ...

    def routes(self, listener: str, groups: Sequence[str]) -> tuple[str, ...]:
        """The rules of a listener that forward to one of the groups; its default rule by the listener's own ARN."""
        ...


class Alarms(Protocol):
    """CloudWatch's part."""

    def look_up(self, names: Sequence[str]) -> Mapping[str, Alarm]:
        """The alarms of these names that there are."""
        ...


class Functions(Protocol):
    """Lambda's part."""

    def invoke(self, arn: str, event: Mapping[str, Any]) -> tuple[Mapping[str, Any] | str, int]:
        """Call a function: its answer, or a text that says what went wrong; and how long it takes, in milliseconds."""
        ...


class Gates(Protocol):
    """Security groups."""

    def balancer_reaches(self, target_group_arn: str, security_groups: Sequence[str], port: int) -> bool:
        """Whether the load balancer of a target group gets to a port behind these security groups."""
        ...


class Registry(Protocol):
    """ECR's part, and public registries'."""

    def resolve(self, reference: str, digest: str | None = None) -> Image | Failure:
        """Look an image up; with a digest, exactly that one must still be there."""
        ...


class Secrets(Protocol):
    """Secrets Manager's and Parameter Store's part."""

    def value(self, value_from: str) -> str | Failure:
        """The value that a container's `secrets[].valueFrom` names."""
        ...


class Logs(Protocol):
    """CloudWatch Logs' part."""

    def open_stream(self, options: Mapping[str, str], stream: str) -> Failure | None:
        """Make ready to write to a stream, with the `awslogs-*` options; the group is made if they say so."""
        ...

    def write(self, group: str, stream: str, at_ms: int, line: str) -> None:
        """Append a line to a stream."""
        ...


class Workload(Protocol):
    """The containers' programs. A container that ends is told to the controller by `on_exit`, later or at once."""

    def start(
        self,
        task: Task,
        definition: ContainerDefinition,
        *,
        digest: str | None,
        environment: Mapping[str, str],
    ) -> Failure | None:
        """Start a container now; a Failure is `CannotStartContainerError: ...`."""
        ...

    def stop(self, task_arn: str, container: str, signal: str = "SIGTERM") -> None:
        """Send the stop signal; what the program does about it is its own affair."""
        ...

    def kill(self, task_arn: str, container: str, *, exit_code: int = 137, reason: str | None = None) -> None:
        """End it now (SIGKILL, or OOM with a reason)."""
        ...

    def probe(self, task_arn: str, port: int, path: str, protocol: str, timeout_ms: int) -> Probe:
        """One load balancer health check against the program that listens on the port."""
        ...

    def command(self, task_arn: str, container: str, command: Sequence[str], timeout_ms: int) -> int | None:
        """Run a health command in a container: its exit code, or None when it took longer than the time-out."""
        ...

    def vanish(self, task_arn: str) -> None:
        """The host of a task is gone, and its programs with it: nobody is told of their end."""
        ...

    def settled(self, task_arn: str) -> bool:
        """Whether the answers of its programs stay as they are until something happens to the task.

        Health checks of a settled, healthy task need not be repeated: this keeps large clouds cheap.
        """
        ...
