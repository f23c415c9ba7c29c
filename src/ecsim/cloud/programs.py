"""Programs that run in another process: the verb waits while its caller runs them.

A verb of the world runs in a thread of its own. When a container's program must be called, the answer to the
verb's request is that call; the caller runs the program and posts what it did, and gets the next answer: another
call, or at last the verb's result. Messages are JSON, and only one verb runs at a time.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from typing import Any

ANSWER_TIMEOUT_S = 10.0
"""A program that takes longer, in real time, counts as hung."""
Outcome = dict[str, Any]
HUNG = {"hung": True}
_NOBODY = 0
"""The number of an answer that will not come."""


class RemoteHost:
    """A host of programs (see `ecsim.workload.host.Host`) at the other end of a connection.

    Args:
        timeout_s: how long a program may take, in real seconds.
    """

    def __init__(self, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._called = 0
        self._worker: threading.Thread | None = None
        self._abandoned = False
        self._heard_at = 0.0
        self._free = threading.Condition()

    # On the cloud's side, in the verb's thread

    def call(self, program: str, method: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Call a program over there; never raises."""
        if threading.current_thread() is not self._worker:
            return {"error": f"the program {program!r} can run only while time passes"}
        if self._abandoned:
            return HUNG
        self._called += 1
        number = self._called
        message = {"id": number, "program": program, "method": method, "payload": payload}
        self._outcomes.put({"call": message})
        while True:
            try:
                answered, reaction = self._answers.get(timeout=self._timeout_s)
            except queue.Empty:
                return HUNG
            if answered == _NOBODY:
                return HUNG
            if answered == number:  # an answer that came too late is nobody's
                return (
                    reaction if isinstance(reaction, dict) else {"error": "the answer is not a JSON object"}
                )

    # On the connection's side

    def run(self, verb: Callable[[], Outcome]) -> Outcome:
        """Begin a verb, once no other one runs; returns its outcome, or the first call of a program."""

        def work() -> None:
            self._outcomes.put(verb())

        with self._free:
            while self._worker is not None:
                if (
                    not self._free.wait(self._timeout_s)
                    and time.monotonic() - self._heard_at > self._timeout_s
                ):
                    self._abandon()
            self._abandoned = False
            self._heard_at = time.monotonic()
            self._worker = threading.Thread(target=work, name="ecslab-verb", daemon=True)
            self._worker.start()
        return self._delivered(self._outcomes.get())

    def answer(self, number: int, reaction: Any) -> Outcome | None:
        """Go on with what a program did; None when no verb waits for it."""
        with self._free:
            if self._worker is None:
                return None
            self._heard_at = time.monotonic()
        self._answers.put((number, reaction))
        return self._delivered(self._outcomes.get())

    def _delivered(self, outcome: Outcome) -> Outcome:
        if "call" not in outcome:
            with self._free:
                self._worker = None
                self._free.notify_all()
        return outcome

    def _abandon(self) -> None:
        """End a verb whose caller went away: its programs count as hung."""
        self._abandoned = True
        self._answers.put((_NOBODY, None))
        while "call" in self._outcomes.get():
            pass
        self._worker = None
