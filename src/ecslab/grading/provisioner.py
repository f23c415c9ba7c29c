"""jupyter_client's way to a forked kernel: entry point `ecslab-forked`, named in the grader's own kernelspec.

nbval asks jupyter_client for a kernel by name; the kernelspec names this provisioner; this asks the fork server. The
kernel talks over sockets in a private folder (ZMQ `ipc`), never over TCP.
"""

from __future__ import annotations

import os
import signal
import socket
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
        sockets: folder for the kernel's sockets and its connection file.
        folder: the kernel's working folder.
        environment: the kernel's whole environment.
        audit: where the kernel writes what it opens; empty for no record.
    """

    requests = Integer(config=True)
    sockets = Unicode(config=True)
    folder = Unicode(config=True)
    environment = Dict(config=True)
    audit = Unicode("", config=True)

    cpu_s: ClassVar[float] = 0.0
    """CPU seconds of all kernels of this process that have ended."""
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
        manager.transport = "ipc"
        manager.ip = str(Path(self.sockets, "s"))
        manager.connection_file = str(Path(self.sockets, "connection.json"))
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
            forked.channel.ask(
                {
                    "connection_file": self.parent.connection_file,
                    "folder": self.folder,
                    "environment": dict(self.environment),
                    "audit": self.audit,
                },
                START_S,
            )
        except (ChannelClosed, TimeoutError) as error:
            forked.kill()
            raise RuntimeError(f"the kernel did not start: {error}") from None
        self.forked, self.exit_code = forked, None
        return self.connection_info
