"""`ecslab start`: one address for the course site and for JupyterLab with the learner's labs.

JupyterLab's own server serves the built site below /course/. Everything stays on 127.0.0.1 and behind a token, which
the printed address carries; a browser that has opened it once is logged in.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

from ecslab.site import working_copies
from ecslab.site.build import FOLDER, BuildError, build, is_fresh

HOST = "127.0.0.1"
PORT = 8888
_STATE = ".jupyter"
_SOCKET_PATH_MAX, _SOCKET_NAME = 107, 56  # of a Unix socket's path; and what a kernel appends to its folder
_SETTINGS = {
    # Nothing is asked of other hosts, and nobody is asked whether it may be.
    "@jupyterlab/apputils-extension:notification": {"checkForUpdates": False, "fetchNews": "false"},
}


class StartError(Exception):
    """Why the course cannot start, in one line that says what to do."""


def start(root: Path, *, port: int = PORT, browser: bool = True) -> None:
    """Serve the course until interrupted.

    Args:
        root: the project folder.
        port: on 127.0.0.1; 0 takes a free one.
        browser: open the course in the browser.

    Raises:
        StartError: the port is taken, a folder cannot be written, a page cannot be built.
    """
    port = free_port(port)
    copied = _copies(root)
    _site(root)
    _environment(root)
    token = os.environ.get("ECSLAB_TOKEN") or secrets.token_hex(16)
    server = _server(root, port, token, browser=browser)
    _trust(server, root)
    address = f"http://{HOST}:{port}/course/?token={token}"
    for name in copied.kept:
        print(f"{working_copies.FOLDER}/{name} is yours and stays as it is; the course has a newer version.")  # noqa: T201
    print(f"\n  The course and its labs:  {address}\n\n  Stop with Ctrl-C.\n", flush=True)  # noqa: T201
    server.start()


def free_port(port: int) -> int:
    """The port, if it can be had.

    Raises:
        StartError: it cannot.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError:
            raise StartError(f"port {port}: ports go from 1 to 65535") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise StartError(
                    f"port {port} is in use; stop what uses it, or choose another: ecslab start --port {port + 1}"
                ) from None
            raise StartError(f"port {port}: {error.strerror}; choose another with --port") from None
        return int(probe.getsockname()[1])


def _copies(root: Path) -> working_copies.Copied:
    try:
        return working_copies.copy_labs(root)
    except OSError as error:
        folder = root / working_copies.FOLDER
        raise StartError(f"cannot write to {folder} ({error.strerror}); your labs are kept there") from None


def _site(root: Path) -> None:
    if is_fresh(root):
        return
    print("Building the course site (once, and after changes) ...", flush=True)  # noqa: T201
    try:
        build(root)
    except BuildError as error:
        raise StartError(f"the course site cannot be built:\n{error}") from None
    except OSError as error:
        raise StartError(f"cannot write to {root / FOLDER} ({error.strerror})") from None


def _environment(root: Path) -> None:
    """Kernels started from here run this Python, find its programs, and know where the course is."""
    state = root / working_copies.FOLDER / _STATE
    kernel = state / "kernels" / "python3"
    kernel.mkdir(parents=True, exist_ok=True)
    spec = {
        "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "metadata": {"debugger": True},
    }
    (kernel / "kernel.json").write_text(json.dumps(spec, indent=1) + "\n", "utf-8")
    settings = state / "settings"
    settings.mkdir(exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps(_SETTINGS, indent=1) + "\n", "utf-8")
    path = os.environ.get("JUPYTER_PATH", "")
    os.environ["JUPYTER_PATH"] = str(state) + (os.pathsep + path if path else "")
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
    os.environ["ECSLAB_HOME"] = str(root)


def _trust(server: Any, root: Path) -> None:
    """The solutions' outputs are this course's own: Jupyter may show their pictures without being asked."""
    import nbformat

    for path in sorted(root.glob("solutions/*/*.ipynb")):
        server.contents_manager.notary.sign(nbformat.read(path, as_version=4))


def _server(root: Path, port: int, token: str, *, browser: bool) -> Any:
    from jupyter_core.paths import jupyter_runtime_dir
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]
    from traitlets.config import Config

    from ecslab.site.serving import handlers

    config = Config()
    config.IdentityProvider.token = token
    config.ServerApp.log_level = "ERROR"
    config.LabApp.log_level = "ERROR"
    config.LabApp.news_url = None
    config.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
    config.ServerApp.answer_yes = True  # Ctrl-C stops it without a question
    if sys.platform.startswith("linux") and len(jupyter_runtime_dir()) < _SOCKET_PATH_MAX - _SOCKET_NAME:
        config.KernelManager.transport = "ipc"  # nobody else on this machine can listen to a kernel
    config.LabApp.extension_manager = "readonly"
    config.LabApp.app_settings_dir = str(root / working_copies.FOLDER / _STATE / "settings")
    config.LabApp.default_url = "/course/"
    arguments = [
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--ServerApp.base_url=/",
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.open_browser={browser}",
        # A container's only user is often root; the server is reachable from this machine alone.
        "--ServerApp.allow_root=True",
    ]
    server = LabApp.initialize_server(argv=arguments, config=config)
    server.web_app.add_handlers(".*$", handlers(root / FOLDER))
    return server
