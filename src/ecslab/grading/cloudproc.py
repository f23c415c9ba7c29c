"""The cloud of one submission: a copy of a warm process on the grader's side, with the lab's checks.

The learner's process reaches one thing of it: the learner's port on 127.0.0.1. There it may ask for a verdict, and
gets the verdict alone. The worker that grades talks to it over its channel: it opens a window when a check cell
begins and closes it when the cell has ended; the verdict that counts is the first one that was asked for within.
"""

from __future__ import annotations

import contextlib
import resource
import socket
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ecslab.grading.channel import Channel, ChannelClosed
from ecslab.grading.child import PR_SET_DUMPABLE, prctl
from ecslab.grading.guard import Launched, plainly
from ecslab.grading.hidden import HiddenChecks
from ecslab.grading.jail.watch import Ceiling, Watch

ASKS_MAX = 500
"""Verdicts that a learner's process may ask for in one submission; a lab's own cells ask for fewer than twenty."""
CALLS_SHOWN = 12
CONNECTIONS_MAX = 192
"""Open descriptors of a cloud: a learner's process that opens more connections waits."""


def warm(root: str) -> None:
    """Import everything, and set every lab up once: what is loaded at a first call is then there."""
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.world import World
    from ecslab.course.problem import CourseProblem
    from ecslab.lab.stage import Stage, seed_of

    for path in sorted(Path(root, "course").glob("*/lab.md")):
        with contextlib.suppress(CourseProblem), Cloud(seed=seed_of(path.parent)) as cloud:
            stage = Stage(cloud, World(cloud), path.parent, explain=False)
            for check in stage.checks:
                stage.verdict(check)


_prepared: dict[tuple[str, int], Rig] = {}


@dataclass(frozen=True, slots=True)
class Rig:
    """A cloud with a lab set up on it, and nobody there yet."""

    cloud: Any
    world: Any
    stage: Any
    host: Any


def specialise(lab_dir: str, seed: int) -> None:
    """Set a lab up: the copies of this process have it already."""
    rig = _set_up(lab_dir, seed)
    for check in rig.stage.checks:
        rig.stage.verdict(check)
    _prepared[lab_dir, seed] = _set_up(lab_dir, seed, rig)


def _set_up(lab_dir: str, seed: int, before: Rig | None = None) -> Rig:
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.programs import RemoteHost
    from ecsim.cloud.world import World
    from ecslab.lab.stage import Stage

    if before is not None:
        before.cloud.close()
    host = RemoteHost()
    cloud = Cloud(seed=seed, host=host)
    world = World(cloud)
    return Rig(cloud, world, Stage(cloud, world, Path(lab_dir), seed=seed, explain=False), host)


def launch(channel: Channel) -> Launched:
    """In the guard: fork a cloud, and see that it does not take more memory than it may."""
    request = channel.receive()
    ceiling = Ceiling(memory_bytes=int(request["memory_bytes"]), processes=1, disk_bytes=0)
    launched = plainly(lambda: run(channel, request), [channel.fileno()])
    return replace(launched, watch=Watch(ceiling))


def run(channel: Channel, request: Mapping[str, Any]) -> None:
    """Be the cloud of one submission until the channel ends."""
    from ecsim.cloud.server import serve

    prctl(PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (CONNECTIONS_MAX, CONNECTIONS_MAX))
    place = str(request["lab_dir"]), int(request["seed"])
    rig = _prepared.get(place) or _set_up(*place)
    hidden = HiddenChecks(str(request["hidden"]), list(rig.stage.checks))
    verdicts = Verdicts(rig.stage, rig.cloud, str(request["lang"]), hidden)
    rig.world.extensions["verdict"] = verdicts.ask
    listen = partial(serve, rig.cloud.gate, rig.world, programs=rig.host)
    server = listen() if request["listen"] else None
    port = None if server is None else urlsplit(server.url).port
    channel.send({"port": port, "version": rig.stage.version})
    with contextlib.suppress(ChannelClosed):
        while True:
            message = channel.receive()
            if message["do"] == "listen":
                channel.send({})
                (listening,) = channel.receive_descriptors(1)
                if server is not None:
                    server.close()
                server = listen(listening=socket.socket(fileno=listening))
                channel.send({})
            else:
                channel.send(verdicts.do(message))


class Verdicts:
    """The grader's record of what was asked, and when.

    Args:
        stage: the lab on its cloud (`ecslab.lab.stage.Stage`).
        cloud: the cloud.
        lang: the language of explanations.
        hidden: the instructor's hidden checks.
    """

    def __init__(self, stage: Any, cloud: Any, lang: str, hidden: HiddenChecks) -> None:
        from ecslab.lab.messages import load_messages

        self._stage, self._cloud, self._lang = stage, cloud, lang
        self._messages, self._hidden = load_messages(stage.lab_dir), hidden
        self._window: str | None = None
        self._asked: Any = None
        self._answer: Any = None
        self._asks = 0

    def ask(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The learner's port: a verdict, and nothing that explains it."""
        from ecsim.cloud.world import WorldError

        self._asks += 1
        if self._asks > ASKS_MAX:
            raise WorldError(f"more than {ASKS_MAX} verdicts were asked for", "refused")
        check = str(args.get("check"))
        verdict = self._stage.verdict(check, args.get("answer"))
        if check == self._window and self._asked is None:
            self._asked, self._answer = verdict, args.get("answer")
        return {"line": verdict.line, "passed": verdict.passed, "points": verdict.points}

    def do(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The worker's side: `open` a window, `close` it, or tell the last `calls`."""
        with self._cloud.gate.lock:
            match message["do"]:
                case "open":
                    self._window, self._asked, self._answer = str(message["check"]), None, None
                    return {}
                case "close":
                    return self._close()
                case _:
                    return {"calls": self._calls()}

    def _close(self) -> dict[str, Any]:
        """The verdict of the window. Where none was asked for, the grader asks, without an answer."""
        from ecslab.lab.feedback import explained, feedback

        check, asked, self._window = str(self._window), self._asked, None
        verdict = asked or self._stage.verdict(check)
        message = self._messages[check]
        return {
            "passed": verdict.passed,
            "asked": asked is not None,
            "mistake": verdict.mistake,
            "text": feedback(verdict, message, self._lang).text,
            "title": message.title[self._lang],
            "words": explained(verdict, message, self._lang),
            "hints": [] if verdict.passed else [hint[self._lang] for hint in message.hints],
            "hidden": self._hidden.after(check, self._stage.evidence(self._answer)),
        }

    def _calls(self) -> list[dict[str, Any]]:
        calls = list(enumerate(self._stage.evidence().calls, start=1))
        return [
            {"n": n, "at_ms": call.at_ms, "call": f"{call.service}.{call.operation}", "error": call.error}
            for n, call in calls[-CALLS_SHOWN:]
        ]
