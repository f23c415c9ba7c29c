"""How the notebook reaches the world: a cloud in this process, or one elsewhere.

For self-study the cloud is embedded, and its AWS API also listens on 127.0.0.1, so that boto3, `!aws` and other
programs see the same state. In a grade the cloud is in another process: this one only has its learner's port, and
opens nothing of the course.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ecslab.notebook.tidy import LabError

if TYPE_CHECKING:
    from ecsim.workload.host import LocalHost


class Link(Protocol):
    """Reaches the world of a lab."""

    endpoint_url: str

    def do(self, verb: str, args: dict[str, Any]) -> Any:
        """Do a world verb.

        Raises:
            LabError: the world refused it; the text says why.
        """
        ...

    def push(self, reference: str, program: type[Any]) -> Any:
        """Make an image reference run a program that lives in this process."""
        ...

    def function(self, name: str, function: Callable[..., Any], takes_ms: int) -> str:
        """Make a function that lives in this process a Lambda function; returns its ARN."""
        ...

    def aws(self, argv: list[str]) -> tuple[int, str, str]:
        """Run an `aws` command: exit code, stdout, stderr."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def _made_function(
    link: Link, host: LocalHost, name: str, function: Callable[..., Any], takes_ms: int
) -> str:
    """Keep a function where it was written, and tell the cloud of it; returns its ARN."""
    told = {"name": name, "program": host.add_function(function), "takes_ms": takes_ms}
    return str(link.do("function", told)["arn"])


class Embedded:
    """A cloud of its own in this process.

    Args:
        lab_dir: the lab's folder.
        seed: the learner's seed; the lab's own when None.
        listen: whether the AWS API listens on 127.0.0.1 as well.

    Attributes:
        stage: the lab on this cloud.
    """

    def __init__(self, lab_dir: Path, *, seed: int | None = None, listen: bool = True) -> None:
        from ecsim.cloud.cloud import Cloud
        from ecsim.cloud.world import World
        from ecsim.workload.host import LocalHost
        from ecslab.lab.stage import Stage, seed_of

        self._host = LocalHost()
        self.cloud = Cloud(seed=seed_of(lab_dir, seed), host=self._host)
        self._server: Any = None
        try:
            self._world = World(self.cloud)
            self.stage = Stage(self.cloud, self._world, lab_dir, seed=seed)
            if listen:
                from ecsim.cloud.server import serve

                self._server = serve(self.cloud.gate, self._world)
        except BaseException:
            self.cloud.close()
            raise
        self.endpoint_url: str = self._server.url if self._server is not None else ""
        self._cli = _Cli(self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.do("advance", {"duration_ms": round(seconds * 1_000)})

    def do(self, verb: str, args: dict[str, Any]) -> Any:
        """See Link."""
        from ecsim.cloud.world import WorldError
        from ecslab.lab.stage import UnknownCheck

        try:
            return self._world.do(verb, args)
        except (WorldError, UnknownCheck) as error:
            raise LabError(str(error)) from None

    def push(self, reference: str, program: type[Any]) -> Any:
        """See Link."""
        return self.do("push", {"reference": reference, "program": self._host.add(program)})

    def function(self, name: str, function: Callable[..., Any], takes_ms: int) -> str:
        """See Link."""
        return _made_function(self, self._host, name, function, takes_ms)

    def aws(self, argv: list[str]) -> tuple[int, str, str]:
        """See Link; the command's requests go straight to the gate, without a socket."""
        return self._cli.run(argv, send=self.cloud.gate.handle)

    def session(self) -> Any:
        """A boto3 session whose requests go straight to the gate, for a cloud that does not listen."""
        import boto3
        import botocore.session

        from ecsim.api.session import before_send
        from ecsim.api.wire import loader

        core = botocore.session.Session()
        core.register_component("data_loader", loader())
        core.register("before-send", before_send(self.cloud.gate.handle))
        return boto3.Session(botocore_session=core)

    def close(self) -> None:
        """See Link."""
        self._cli.close()
        if self._server is not None:
            self._server.close()
        self.cloud.close()


class Remote:
    """A cloud in another process, by its learner's port.

    Args:
        url: where its AWS API is.
    """

    def __init__(self, url: str) -> None:
        from ecsim.cloud.remote import RemoteWorld
        from ecsim.workload.host import LocalHost

        self.endpoint_url = url
        self._host = LocalHost()
        self._world = RemoteWorld(url, self._host)
        self._cli = _Cli(self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.do("advance", {"duration_ms": round(seconds * 1_000)})

    def do(self, verb: str, args: dict[str, Any]) -> Any:
        """See Link."""
        from ecsim.cloud.remote import WorldRefused

        try:
            return self._world.do(verb, args)
        except WorldRefused as error:
            raise LabError(str(error)) from None

    def push(self, reference: str, program: type[Any]) -> Any:
        """See Link."""
        return self.do("push", {"reference": reference, "program": self._host.add(program)})

    def function(self, name: str, function: Callable[..., Any], takes_ms: int) -> str:
        """See Link."""
        return _made_function(self, self._host, name, function, takes_ms)

    def aws(self, argv: list[str]) -> tuple[int, str, str]:
        """See Link; the command talks HTTP to the endpoint."""
        return self._cli.run(argv, endpoint_url=self.endpoint_url)

    def close(self) -> None:
        """See Link."""
        self._cli.close()
        self._world.close()


class _Cli:
    """The AWS CLI in this process, and the waiters of the CLI and of boto3 on virtual time.

    Args:
        sleep: lets the cloud's time pass, in seconds.
    """

    def __init__(self, sleep: Callable[[float], Any]) -> None:
        from ecsim.cloud.waiters import patch_waiters

        self._sleep = sleep
        self._give_back: Callable[[], None] = patch_waiters(sleep)
        self._imported = False

    def run(self, argv: list[str], **where: Any) -> tuple[int, str, str]:
        """Run one command."""
        from ecsim.cloud import awscli
        from ecsim.cloud.waiters import patch_waiters

        if not self._imported:
            self._imported = True
            awscli.load()  # the CLI brings waiters of its own, which are patched as well
            self._give_back()
            self._give_back = patch_waiters(self._sleep)
        return awscli.run(argv, **where)

    def close(self) -> None:
        """Give the real sleep back."""
        self._give_back()
