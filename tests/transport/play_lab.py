"""Play a lab's solution over one transport and print the journal: `python -m tests.transport.play_lab LAB TRANSPORT`.

The cells are the solution notebook's, run by IPython without a kernel. Nothing is compared here.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRANSPORTS = ("in-process", "embedded", "separate")


def cells(lab):
    """The code cells of the solution."""
    book = json.loads((ROOT / "solutions" / "en" / f"{lab}.ipynb").read_text())
    return ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]


def play(sources):
    """Run the cells one after the other; the first error ends it."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.xmode = "Minimal"
    printed = io.StringIO()
    for source in sources:
        with contextlib.redirect_stdout(printed):
            result = shell.run_cell(source, store_history=False)
        if not result.success:
            sys.exit(
                f"a cell failed: {result.error_in_exec or result.error_before_exec!r}\n{source}\n{printed.getvalue()}"
            )


def without_sockets():
    """boto3 in cells reaches the cloud by a function call; opening a socket is an error."""
    import socket

    from ecslab.notebook import door

    class Closed(socket.socket):
        def connect(self, address):
            raise AssertionError(f"a socket to {address}")

    socket.socket = Closed
    return door.without_sockets()


def main(lab, transport):
    """Play, and print the journal."""
    import os

    os.environ |= {"ECSLAB_LANG": "en", "ECSLAB_HOME": str(ROOT)}
    if transport == "separate":
        from ecsim.cloud.process import spawn

        with tempfile.TemporaryDirectory() as folder:
            control = Path(folder) / "control.sock"
            with spawn(
                seed=json.loads((ROOT / "solutions/manifests" / f"{lab}.v1.json").read_text())["seed"],
                module="tests.transport.lab_cloud",
                control_socket=control,
                environment={**os.environ, "LAB_DIR": str(ROOT / "course" / lab)},
            ) as cloud:
                os.environ["ECSLAB_CLOUD_URL"] = cloud.endpoint_url
                play(cells(lab))
                return control_journal(control)
    with without_sockets() if transport == "in-process" else contextlib.nullcontext():
        play(cells(lab))
    from ecslab.notebook import door

    return door._running.link.cloud.journal.text()


def control_journal(path):
    """The journal, over the grader's port."""
    import http.client
    import socket

    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(path))
    connection.request("POST", "/_ecslab/control/journal", b"{}", {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["result"]["text"]


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]))
