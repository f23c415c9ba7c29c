"""Play a lab's solution over one transport and print the journal: `python -m tests.transport.play_lab LAB TRANSPORT`.

With several labs, separated by commas, each is played in a fork of one process that has everything imported, and
their journals are printed as one JSON object. The cells are the solution notebook's, run by IPython without a kernel.
Nothing is compared here.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
import traceback
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


def each_in_a_fork(labs, transport):
    """The journal of each lab, played in a process that differs from a fresh one only in what is imported."""
    import os

    import boto3  # noqa: F401
    import IPython.core.interactiveshell  # noqa: F401

    from ecsim.cloud.cloud import Cloud
    from ecslab import lab  # noqa: F401

    with Cloud(seed=1) as cloud:
        cloud.client("ecs").list_clusters()
    found = {}
    for one in labs:
        reads, writes = os.pipe()
        if os.fork() == 0:
            os.close(reads)
            try:
                with os.fdopen(writes, "w") as pipe:
                    pipe.write(main(one, transport))
            except BaseException:  # noqa: BLE001 - a fork never goes on with its parent's work
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        os.close(writes)
        with os.fdopen(reads) as pipe:
            found[one] = pipe.read()
        _, status = os.wait()
        if status:
            sys.exit(f"{one} over {transport} failed")
    return json.dumps(found)


def main(lab, transport):
    """Play, and give the journal."""
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
    _labs, _transport = sys.argv[1:]
    sys.stdout.write(
        each_in_a_fork(_labs.split(","), _transport) if "," in _labs else main(_labs, _transport)
    )
