"""jupyter_client's way to a forked kernel: entry point `ecslab-forked`, named in the grader's own kernelspec.

nbval asks jupyter_client for a kernel by name; the kernelspec names this provisioner; this asks the fork server. The
kernel talks over sockets in a private folder (ZMQ `ipc`), never over TCP.
"""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Dict, Integer, Unicode

from ecslab.grading.channel import ChannelClosed
from ecslab.grading.client import ForkedKernelClient
from ecslab.grading.forkserver import Forked, fork

START_S = 30.0
_KILL_S = 5.0


class ForkedProvisioner(KernelProvisionerBase):  # type: ignore[misc]
    """One kernel, forked from a warm process. The traits come from the kernelspec's `kernel_provisioner.config`.

    Attributes:
        requests: the descriptor of the socket on which the kernel fork server takes requests.
        folder: of the grader's, for the connection file.
        jails: of the grader's, in which each kernel gets an empty folder and one for its sockets.
        jail: the walls around the kernel, as a message; the folders are filled in here.
        environment: the kernel's whole environment.
        output_bytes: of one cell, that the kernel sends.
        audit: where the kernel writes what it opens; empty for no record.
    """

    requests = Integer(config=True)
    folder = Unicode(config=True)
    jails = Unicode(config=True)
    jail = Dict(config=True)
    environment = Dict(config=True)
    output_bytes = Integer(config=True)
    audit = Unicode("", config=True)

    cpu_s: ClassVar[float] = 0.0
    """CPU seconds of all kernels of this process that have ended."""
    kernels: ClassVar[int] = 0
    """How many this process has started."""
    on_listening: ClassVar[Callable[[int], None] | None] = None
    """Gets the socket of a kernel with a network of its own, on which the cloud is to answer there."""
    limit: str | None = None
    """The limit for which the kernel was ended."""
    forked: Forked | None = None
    exit_code: int | None = None

    @property
    def has_process(self) -> bool:
        """A kernel has been started and has not been waited for."""
        return self.forked is not None

    async def poll(self) -> int | None:
        """None while the kernel lives, else its exit code."""
        return self.alive()

    def alive(self) -> int | None:
        """`poll`, for callers that are not asynchronous."""
        return self.exit_code if self.forked is None else self.forked.poll()

    async def wait(self) -> int | None:
        """Wait for the end of the kernel, and let go of it."""
        if self.forked is not None:
            self.exit_code = self.forked.wait(_KILL_S)
            self.limit = self.forked.limit
            await self.cleanup()
        return self.exit_code

    async def send_signal(self, signum: int) -> None:
        """SIGINT interrupts the running cell; anything else ends the kernel."""
        if self.forked is None:
            return
        if signum == signal.SIGINT:
            self.forked.interrupt()
        elif signum:
            self.forked.kill()

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class's signature
        """Kill the kernel and everything that it started."""
        if self.forked is not None:
            self.forked.kill(_KILL_S)

    async def terminate(self, restart: bool = False) -> None:
        """The same as `kill`: a graded kernel has nothing to tidy up."""
        await self.kill(restart)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class's signature
        """Let go of the kernel."""
        if self.forked is not None:
            self.forked.close()
            ForkedProvisioner.cpu_s += self.forked.cpu_s
            self.forked = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Point the kernel manager at the private folder and at our client."""
        manager = self.parent
        ForkedProvisioner.kernels += 1
        self._place = Path(self.jails, str(ForkedProvisioner.kernels))
        for name in ("sockets", "jail"):
            (self._place / name).mkdir(mode=0o711, parents=True)
        manager.transport = "ipc"
        manager.ip = str(self._place / "sockets" / "s")
        manager.connection_file = str(Path(self.folder, f"connection-{ForkedProvisioner.kernels}.json"))
        manager.client_factory = ForkedKernelClient
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        launch: dict[str, Any] = await super().pre_launch(cmd=[], **kwargs)
        return launch

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:  # noqa: ARG002 - the base class's signature
        """Fork a kernel, and wait until it has opened its sockets.

        Raises:
            RuntimeError: the kernel did not come up.
        """
        with socket.socket(fileno=os.dup(self.requests)) as requests:
            forked = fork(requests)
        try:
            self._ask_for_a_kernel(forked)
        except (ChannelClosed, TimeoutError, OSError) as error:
            forked.kill()
            raise RuntimeError(f"the kernel did not start: {error}") from None
        self.forked, self.exit_code = forked, None
        return self.connection_info

    def _ask_for_a_kernel(self, forked: Forked) -> None:
        """Tell the copy what to become, and wait until it is.

        Raises:
            ChannelClosed: it said why it cannot, or ended.
            TimeoutError: it said nothing.
        """
        connection = json.loads(Path(self.parent.connection_file).read_text(encoding="utf-8"))
        places = {"folder": str(self._place / "jail"), "sockets": str(self._place / "sockets")}
        forked.channel.send(
            {
                "connection": connection,
                "jail": {**self.jail, **places},
                "environment": dict(self.environment),
                "output_bytes": self.output_bytes,
                "audit": self.audit,
            }
        )
        serve_there = ForkedProvisioner.on_listening
        if serve_there is not None:
            (listening,) = forked.channel.receive_descriptors(1)
            try:
                serve_there(listening)
            finally:
                os.close(listening)
        answer = forked.channel.receive(START_S)
        if "ready" not in answer:
            raise ChannelClosed(str(answer.get("error")))
