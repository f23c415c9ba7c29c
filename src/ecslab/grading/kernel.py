"""The learner's side: a warm process of which a copy becomes the Jupyter kernel that runs a submission.

Nothing of the grader, of the course's files or of the cloud's inside is in it: a learner may read all of its memory.
The copy gets an environment of its own, an empty folder, the cloud's learner port, and nothing else; `jail` sees to it.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ecslab.grading import cutting
from ecslab.grading.channel import Channel
from ecslab.grading.guard import Launched
from ecslab.grading.jail import enter
from ecslab.grading.jail.enter import Jail
from ecslab.grading.jail.watch import Watch

_MODULES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.core.historyapp",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "nbformat",
    "tornado.platform.asyncio",
    "boto3",
    "ecsim.cloud.remote",
    "ecsim.cloud.waiters",
    "ecsim.workload.host",
    "ecslab.lab",
    "ecslab.notebook.door",
    "ecslab.notebook.magics",
    "ecslab.notebook.surroundings",
)
_SERVICES = ("ecs", "ec2", "elbv2", "ecr", "logs", "iam", "secretsmanager", "ssm", "cloudwatch")
_NOWHERE = "http://127.0.0.1:9"
"""The discard port, on which nobody listens."""
_FORBIDDEN = ("moto", "ecsim.api", "ecslab.grading.cloudproc", "ecslab.grading.worker")
_NULL_DESCRIPTORS = ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY))


def warm() -> None:
    """Import what every lab's kernel needs, and read botocore's models of the usual services once."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # saves half a second; nobody debugs a grade
    for name in _MODULES:
        importlib.import_module(name)
    _meet_cli()
    _share_models()
    _meet_services()
    assert not any(name in sys.modules for name in _FORBIDDEN), "the kernel must know nothing of the cloud"


def _meet_cli() -> None:
    """Run commands of the AWS CLI that reach nobody: it lists every service and reads its own data once."""
    from ecsim.cloud import awscli

    os.environ["AWS_MAX_ATTEMPTS"] = "1"
    for words in (["ecs", "list-clusters"], ["elbv2", "describe-target-groups"]):
        awscli.run(words, endpoint_url=_NOWHERE)


def _share_models() -> None:
    """Let every botocore session read its models through one loader, which keeps what it has read."""
    from botocore import loaders, session

    own: Callable[..., Any] = loaders.create_loader
    shared = own()

    def create_loader(search_path_string: str | None = None) -> Any:
        return shared if search_path_string is None else own(search_path_string)

    session.create_loader = create_loader


def _meet_services() -> None:
    """Make a client of each usual service and send one call that never leaves this process."""
    import boto3
    from botocore.awsrequest import AWSResponse

    class Nothing:
        def stream(self) -> list[bytes]:
            return [b"{}"]

    session = boto3.session.Session(
        aws_access_key_id="warm",
        aws_secret_access_key="warm",  # noqa: S106 - not a secret: nothing is sent
        region_name="us-east-1",
    )
    session.events.register("before-send", lambda **_: AWSResponse("http://warm", 200, {}, Nothing()))
    for service in _SERVICES:
        client = session.client(service)
        if service == "ecs":
            client.list_clusters()


def launch(channel: Channel) -> Launched:
    """In the guard: put a copy behind the walls that the channel describes; it becomes a kernel.

    Where the walls include a network of its own, the socket on which the cloud is to answer goes back first.

    Raises:
        JailFailed: a wall cannot be had.
    """
    request = channel.receive()
    jail = Jail.from_message(request["jail"])
    keep = [channel.fileno()]
    if request.get("audit"):
        keep.append(os.open(request["audit"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
    started = enter.start(jail, lambda: run(channel, request, jail, keep[1:]), keep)
    for record in keep[1:]:
        os.close(record)
    if started.listening is not None:
        with started.listening as listening:
            channel.send_descriptors([listening.fileno()])
    return Launched(pid=started.pid, watch=Watch(jail.ceiling), held=started.held)


def run(channel: Channel, request: Mapping[str, Any], jail: Jail, records: Sequence[int] = ()) -> None:
    """Become a kernel behind the walls, and close the last door."""
    for descriptor, flags in _NULL_DESCRIPTORS:
        null = os.open(os.devnull, flags)
        os.dup2(null, descriptor)
        os.close(null)
    os.environ.clear()
    home = jail.home
    os.environ.update(request["environment"])
    os.environ.update({"HOME": home, "IPYTHONDIR": f"{home}/ipython", "TMPDIR": str(Path(home, "tmp"))})
    os.chdir(Path(jail.home, "work"))
    connection = Path(jail.home, "connection.json")
    text = json.dumps({**request["connection"], "ip": f"{jail.sockets_inside}/s"})
    connection.write_text(text, encoding="utf-8")
    for record in records:
        _audit(record)
    application = _application(str(connection))
    cutting.cut(application.session, int(request["output_bytes"]))
    enter.seal(jail.tier)
    channel.send({"ready": True})
    channel.close()
    application.start()


def _application(connection_file: str) -> Any:
    """An ipykernel, initialised. Its outputs come from its own process alone: no listening TCP port."""
    from ipykernel import kernelapp
    from ipykernel.iostream import IOPubThread

    def without_pipe(socket: Any, *, pipe: bool = False, session: Any = False) -> Any:
        del pipe  # it would listen on a TCP port for outputs of forked children
        return IOPubThread(socket, pipe=False, session=session)

    kernelapp.IOPubThread = without_pipe
    application = kernelapp.IPKernelApp.instance()
    application.initialize(
        ["-f", connection_file, "--HistoryManager.enabled=False", "--InteractiveShell.xmode=Minimal"]
    )
    return application


def _audit(log: int) -> None:
    """Write down every file and folder that this process opens from now on. For tests of the boundary."""
    events = ("open", "os.listdir", "os.scandir", "os.chdir", "os.exec", "subprocess.Popen", "ctypes.dlopen")
    os.set_inheritable(log, False)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in events and arguments:
            with contextlib.suppress(Exception):
                target = arguments[0]
                is_path = isinstance(target, (str, bytes, os.PathLike))
                seen = str(Path(os.getcwd(), os.fsdecode(target))) if is_path else f"<{target!r}>"  # noqa: PTH109
                os.write(log, f"{event} {seen!r}\n".encode(errors="backslashreplace"))

    sys.addaudithook(hook)
