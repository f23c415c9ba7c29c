"""One submission, from its answers to its points: a copy of a warm process that runs pytest with nbval.

It asks the cloud's fork server for a cloud and gives nbval a kernelspec of its own, by which jupyter_client asks the
kernel's fork server for a kernel. It trusts neither the submission nor the kernel: points come from the cloud's
verdicts, where nbval agrees.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import closing, redirect_stdout
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from ecslab.course.manifest import Manifest
from ecslab.grading.channel import Channel
from ecslab.grading.child import PR_SET_DUMPABLE, prctl
from ecslab.grading.client import ForkedKernelClient
from ecslab.grading.forkserver import Forked, fork
from ecslab.grading.jail.enter import PORT, Jail, cpu_limit_s
from ecslab.grading.jail.tier import Tier
from ecslab.grading.limits import Limits
from ecslab.grading.provisioner import ForkedProvisioner
from ecslab.grading.rebuild import opening, rebuild
from ecslab.grading.scratch import Scratch
from ecslab.grading.words import Notice

KERNEL = "ecslab-graded"
CLOUD_START_S = 60.0
KERNEL_START_S = 60.0
_MODULES = (
    "IPython.paths",
    "_pytest.assertion",
    "_pytest.junitxml",
    "ecslab.grading.nbval_plugin",
    "ecslab.grading.provisioner",
    "jupyter_client.blocking",
    "jupyter_client.kernelspec",
    "nbformat.v4",
    "nbval.plugin",
    "pytest",
)


def warm() -> None:
    """Import everything, compile the format's schema, and run a pytest without tests, which loads the rest."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in _MODULES:
        importlib.import_module(name)
    kernel: Any = importlib.import_module("nbval.kernel")
    kernel.pformat = _nothing  # nbval lays every message out for a debug log that nobody keeps
    import nbformat
    import pytest

    nbformat.reads(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), 4)
    with closing(Scratch()) as scratch, redirect_stdout(StringIO()):
        empty = scratch.next()
        pytest.main([str(empty), *_flags(empty), "-p", "nbval.plugin", "--nbval-lax"])


def _flags(folder: Path) -> list[str]:
    """Nothing but the notebook's own folder is looked at, and no configuration is read."""
    return [
        "--noconftest",
        "-c",
        os.devnull,
        f"--rootdir={folder}",
        f"--confcutdir={folder}",  # else pytest looks at every folder beside it
        "--assert=plain",
        "--capture=no",
        "--color=no",
        "--tb=short",
        "--quiet",
        "-p",
        "no:cacheprovider",
    ]


def _nothing(_message: object) -> str:
    return "..."


def run(channel: Channel) -> None:
    """Grade the submission that the channel describes, or say why it could not be done."""
    prctl(PR_SET_DUMPABLE, 0)
    try:
        _grade(channel)
    except Exception as error:
        channel.send({"error": f"{type(error).__name__}: {error}"})
        raise


def _grade(channel: Channel) -> None:
    kernels, clouds = channel.receive_descriptors(2)
    request = channel.receive()
    folder = Path(request["folder"])
    log = os.open(folder / "worker.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    manifest = Manifest.load(request["manifest"])
    limits = Limits(**request["limits"])
    book, notices = rebuild(manifest, request["sources"], request["lang"])
    for name in ("book", "jails", "jupyter"):
        (folder / name).mkdir(mode=0o711)
    path = folder / "book" / f"{manifest.lab}.ipynb"
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    began = time.monotonic()
    tier = Tier(request["tier"])
    apart = tier is Tier.NAMESPACES
    lab = {name: request[name] for name in ("seed", "lab_dir")}
    with socket.socket(fileno=clouds) as requests:
        cloud = fork(requests, lab if request["seed"] == manifest.seed else None)
    own = {"lang": request["lang"], "hidden": request["hidden"], "listen": not apart}
    own["memory_bytes"] = limits.cloud_bytes
    about = cloud.channel.ask({**lab, **own}, CLOUD_START_S)
    _environment(folder)
    _open_to_jails(folder, tier)
    jail = _jail(tier, PORT if apart else int(about["port"]), limits)
    _kernelspec(folder, kernels, jail, request)
    if apart:
        ForkedProvisioner.on_listening = partial(_serve_there, cloud)
    ForkedKernelClient.limits = limits
    result = _run(path, manifest, limits, cloud, channel, notices)
    used = time.process_time()
    cloud.kill()
    result["timings"] |= {
        "wall_s": round(time.monotonic() - began, 3),
        "cpu_worker_s": round(used, 3),
        "cpu_cloud_s": round(cloud.cpu_s, 3),
        "cpu_kernel_s": round(ForkedProvisioner.cpu_s, 3),
    }
    channel.send({"result": result, "final": True})


def _run(
    path: Path,
    manifest: Manifest,
    limits: Limits,
    cloud: Forked,
    channel: Channel,
    notices: list[Notice],
) -> dict[str, Any]:
    """Run nbval; after each check the orchestrator is told what is known so far."""
    import pytest

    from ecslab.grading.nbval_plugin import GradingPlugin, Recorded

    def told(recorded: Recorded) -> dict[str, Any]:
        return result_of(recorded, notices)

    plugin = GradingPlugin(
        cloud,
        opening(manifest),
        limits,
        str(path.parent.parent),
        lambda recorded: channel.send({"result": told(recorded)}),
    )
    code = pytest.main(
        [
            str(path),
            "--nbval-lax",
            f"--nbval-kernel-name={KERNEL}",
            f"--nbval-cell-timeout={limits.cell_s}",
            f"--nbval-kernel-startup-timeout={KERNEL_START_S:g}",
            *_flags(path.parent),
            "-p",
            "nbval.plugin",
        ],
        plugins=[plugin],
    )
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"pytest ended with {code!r}")
    if not plugin.recorded.started:
        raise RuntimeError("the kernel did not start")
    result = told(plugin.recorded)
    result["calls"] = plugin.last_calls()
    spent = plugin.recorded.spent_s
    result["timings"] = {f"task_{task}_s": round(seconds, 3) for task, seconds in spent.items()}
    return result


def result_of(recorded: Any, notices: list[Notice]) -> dict[str, Any]:
    """What a run left, as a message."""
    return {
        "checks": {
            name: {
                "passed": record.passed,
                "asked": record.asked,
                "agreed": record.agreed,
                "mistake": record.mistake,
                "text": record.text,
                "title": record.title,
                "words": dict(record.words),
                "hints": list(record.hints),
            }
            for name, record in recorded.checks.items()
        },
        "hidden": dict(recorded.hidden),
        "notices": [[one.code, dict(one.fields)] for one in (*notices, *recorded.notices)],
        "calls": [],
    }


def _serve_there(cloud: Forked, listening: int) -> None:
    """Let the cloud answer on a socket inside a kernel's network."""
    cloud.channel.ask({"do": "listen"}, CLOUD_START_S)
    cloud.channel.send_descriptors([listening])
    cloud.channel.receive(CLOUD_START_S)


def _environment(folder: Path) -> None:
    """Let jupyter_client look into the private folder, and nowhere else."""
    for name in ("PATH", "DATA_DIR", "CONFIG_DIR", "RUNTIME_DIR"):
        os.environ[f"JUPYTER_{name}"] = str(folder / "jupyter")
    os.environ["JUPYTER_NO_CONFIG"] = "1"


def _open_to_jails(folder: Path, tier: Tier) -> None:
    """Without namespaces a jail that has another user must pass through the folders above its own."""
    if tier is Tier.LANDLOCK and os.geteuid() == 0:
        for above in (folder, folder.parent):
            above.chmod(0o711)


def _jail(tier: Tier, port: int, limits: Limits) -> dict[str, Any]:
    """The walls around each kernel; the provisioner fills in the folders."""
    jail = Jail(
        tier=tier,
        folder="",
        sockets="",
        port=port,
        memory_bytes=limits.memory_bytes,
        disk_bytes=limits.disk_bytes,
        processes=limits.processes,
        cpu_s=cpu_limit_s(limits.submission_s),
    )
    return asdict(jail)


def _kernelspec(folder: Path, kernels: int, jail: Mapping[str, Any], request: Mapping[str, Any]) -> None:
    """The kernelspec by which nbval gets a forked kernel. All that the kernel learns is in `environment`."""
    environment = {
        "ECSLAB_CLOUD_URL": f"http://127.0.0.1:{jail['port']}",
        "ECSLAB_LANG": request["lang"],
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    }
    config = {
        "requests": kernels,
        "folder": str(folder / "jupyter"),
        "jails": str(folder / "jails"),
        "jail": jail,
        "environment": environment,
        "output_bytes": request["limits"]["output_bytes"],
        "audit": request.get("audit", ""),
    }
    spec = {
        "argv": ["forked"],
        "display_name": KERNEL,
        "language": "python",
        "metadata": {"kernel_provisioner": {"provisioner_name": "ecslab-forked", "config": config}},
    }
    place = folder / "jupyter" / "kernels" / KERNEL
    place.mkdir(parents=True)
    (place / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
