"""The cloud of one submission: a copy of a warm process on the grader's side, with the lab's checks.

The learner's process reaches one thing of it: the learner's port on 127.0.0.1. There it may ask for a verdict, and
gets the verdict alone. The worker that grades talks to it over its channel: it opens a window when a check cell
begins and closes it when the cell has ended; the verdict that counts is the first one that was asked for within.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecslab.grading.channel import Channel, ChannelClosed
from ecslab.grading.guard import PR_SET_DUMPABLE, prctl

ASKS_MAX = 500
"""Verdicts that a learner's process may ask for in one submission; a lab's own cells ask for fewer than twenty."""
CALLS_SHOWN = 12


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


def run(channel: Channel) -> None:
    """Be the cloud of one submission until the channel ends."""
    from ecsim.cloud.cloud import Cloud
    from ecsim.cloud.programs import RemoteHost
    from ecsim.cloud.server import serve
    from ecsim.cloud.world import World
    from ecslab.lab.stage import Stage

    prctl(PR_SET_DUMPABLE, 0)
    request = channel.receive()
    host = RemoteHost()
    cloud = Cloud(seed=int(request["seed"]), host=host)
    world = World(cloud)
    stage = Stage(cloud, world, Path(request["lab_dir"]), seed=int(request["seed"]), explain=False)
    verdicts = Verdicts(stage, cloud, str(request["lang"]))
    world.extensions["verdict"] = verdicts.ask
    server = serve(cloud.gate, world, programs=host)
    channel.send({"url": server.url, "version": stage.version})
    with contextlib.suppress(ChannelClosed):
        while True:
            channel.send(verdicts.do(channel.receive()))


class Verdicts:
    """The grader's record of what was asked, and when.

    Args:
        stage: the lab on its cloud (`ecslab.lab.stage.Stage`).
        cloud: the cloud.
        lang: the language of explanations.
    """

    def __init__(self, stage: Any, cloud: Any, lang: str) -> None:
        from ecslab.lab.messages import load_messages

        self._stage, self._cloud, self._lang = stage, cloud, lang
        self._messages = load_messages(stage.lab_dir)
        self._window: str | None = None
        self._asked: Any = None
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
            self._asked = verdict
        return {"line": verdict.line, "passed": verdict.passed, "points": verdict.points}

    def do(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """The worker's side: `open` a window, `close` it, or tell the last `calls`."""
        with self._cloud.gate.lock:
            match message["do"]:
                case "open":
                    self._window, self._asked = str(message["check"]), None
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
        }

    def _calls(self) -> list[dict[str, Any]]:
        calls = list(enumerate(self._stage.evidence().calls, start=1))
        return [
            {"n": n, "at_ms": call.at_ms, "call": f"{call.service}.{call.operation}", "error": call.error}
            for n, call in calls[-CALLS_SHOWN:]
        ]
