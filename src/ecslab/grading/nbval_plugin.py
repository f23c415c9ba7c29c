"""A pytest plugin beside unmodified nbval: it opens and closes the grader's windows, and keeps the run going.

nbval runs the cells and compares the check cells' lines. This plugin
- takes the meaning of each cell from the manifest: comments and tags of an answer change nothing;
- tells the cloud when a check cell begins and ends, and keeps the verdict;
- gives later cells a chance after a time-out (nbval would expect them to fail) or the death of the kernel
  (nbval would fail them all): a new kernel, with the lab's opening cells run again;
- runs no further cell once the submission's time is up.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ecslab.course.source import Role
from ecslab.grading.channel import ChannelClosed
from ecslab.grading.client import KernelDied
from ecslab.grading.forkserver import Forked
from ecslab.grading.limits import Limits
from ecslab.grading.words import Notice

_ERROR_CHARS = 300
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_VARYING = ((re.compile(r"0x[0-9a-fA-F]{6,}"), "0x…"), (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1"))
_CLOUD_S = 30.0
_END_S = 1.0
_SIGNS: Mapping[str, tuple[str, ...]] = {
    "cell-memory": ("MemoryError",),
    "cell-disk": ("[Errno 27]", "[Errno 28]"),
    "cell-processes": ("BlockingIOError: [Errno 11]", "can't start new thread"),
}
"""How an error of Python looks that a limit of one process has caused (EFBIG, ENOSPC, EAGAIN)."""


@dataclass(slots=True, kw_only=True)
class CheckRecord:
    """What is known of one check.

    Attributes:
        passed: the grader's own verdict; None when there is none.
        asked: it was asked for over the learner's port while the check cell ran.
        agreed: nbval ran the check cell, and its output is the canonical line of a pass.
        mistake: the name of what was seen.
        text: the explanation, for a terminal.
        title, words, hints: as in `ecslab.grading.results.CheckResult`.
    """

    passed: bool | None = None
    asked: bool = False
    agreed: bool = False
    mistake: str | None = None
    text: str = ""
    title: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    hints: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Recorded:
    """Everything that a run leaves.

    Attributes:
        checks: by the id of the check, in the order in which they ran.
        hidden: what hidden checks found, by id, as `ecslab.grading.hidden.HiddenChecks` tells it.
        spent_s: real seconds by task: of its check cells and the cells before them.
        started: a kernel came up.
    """

    checks: dict[str, CheckRecord] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict)
    spent_s: dict[str, float] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    started: bool = False


class GradingPlugin:
    """The plugin of one run.

    Args:
        cloud: the submission's cloud.
        opening: sources of the cells to run in a kernel that replaces a dead one.
        limits: of the submission.
        hidden: the private folder; its name is kept out of messages.
        tell: called after each check.
    """

    def __init__(
        self,
        cloud: Forked,
        opening: list[str],
        limits: Limits,
        hidden: str,
        tell: Callable[[Recorded], None],
    ) -> None:
        self.recorded = Recorded()
        self._cloud, self._opening, self._limits = cloud, opening, limits
        self._hidden, self._tell = hidden, tell
        self._deadline = time.monotonic() + limits.submission_s
        self._cloud_lost = False
        self._last = ""
        self._since_s = 0.0

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Decide by the manifest which outputs are compared; nothing is skipped, nothing is expected to raise."""
        for item in items:
            item.options.clear()
            item.options["check"] = _about(item).get("role") == Role.CHECK
            item.format_output_compare = _say_nothing

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: Any) -> None:
        """Let the cell run as if those before it had ended well."""
        item.parent.timed_out = False
        if time.monotonic() > self._deadline:
            notice = Notice("out-of-time", {"limit": f"{self._limits.submission_s:g}"})
            self._note(notice)
            pytest.fail("out of time", pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, Any]:
        """Run a cell; around a check cell the grader's window is open."""
        check = _about(item).get("check")
        record = CheckRecord()
        if check is not None:
            self.recorded.checks[check] = record
        self._revive(item.parent)
        self._last = str(_about(item).get("key"))
        if check is None:
            return (yield)
        self._ask_cloud({"do": "open", "check": check})
        try:
            return (yield)
        finally:
            answer = self._ask_cloud({"do": "close"})
            if answer is not None:
                record.passed, record.asked = bool(answer["passed"]), bool(answer["asked"])
                record.mistake, record.text, record.title = answer["mistake"], answer["text"], answer["title"]
                record.words, record.hints = answer["words"], tuple(answer["hints"])
                self.recorded.hidden.update(answer["hidden"])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, Any]:
        """Keep what nbval found."""
        report = yield
        if call.when == "setup" and report.passed:
            self.recorded.started = True
        if call.when != "call":
            return report
        about = _about(item)
        check = about.get("check")
        self._since_s += call.duration
        if check is not None:
            task = str(check).partition(".")[0]
            self.recorded.spent_s[task] = self.recorded.spent_s.get(task, 0.0) + self._since_s
            self._since_s = 0.0
            self.recorded.checks[check].agreed = report.passed and not hasattr(report, "wasxfail")
            self._tell(self.recorded)
        if getattr(getattr(item.parent.kernel, "kc", None), "cut", False):
            size = f"{self._limits.output_bytes:,}"
            self._note(Notice("cell-output", {"cell": str(about.get("key")), "limit": size}))
        if call.excinfo is not None:
            self._explain(item, call.excinfo.value, is_check=check is not None)
        return report

    def last_calls(self) -> list[dict[str, Any]]:
        """The learner's last calls, as the cloud's journal has them."""
        answer = self._ask_cloud({"do": "calls"})
        return [] if answer is None else list(answer["calls"])

    def _ask_cloud(self, message: dict[str, Any]) -> dict[str, Any] | None:
        if self._cloud_lost:
            return None
        try:
            return self._cloud.channel.ask(message, _CLOUD_S)
        except (ChannelClosed, TimeoutError):
            self._cloud_lost = True  # a late answer would be taken for the next one
            self._cloud.wait(_END_S)
            limit = {"limit": _mib(self._limits.cloud_bytes)}
            self._note(Notice("no-cloud") if self._cloud.limit is None else Notice("cloud-memory", limit))
            return None

    def _revive(self, book: Any) -> None:
        """Start another kernel when the one before is dead, and run the lab's opening in it."""
        if book.kernel is not None and book.kernel.is_alive():
            return
        self._note(self._end_of(book, self._last))
        if book.kernel is not None and hasattr(book.kernel, "km"):
            with contextlib.suppress(Exception):
                book.kernel.stop()
        book.setup()
        for source in self._opening:
            message = book.kernel.execute_cell_input(source, allow_stdin=False)
            book.kernel.await_reply(message, timeout=self._limits.cell_s)
            book.kernel.await_idle(message, timeout=self._limits.cell_s)

    def _explain(self, item: Any, error: BaseException, *, is_check: bool) -> None:
        """Say why a cell failed, unless it is a check that simply did not pass."""
        cell = str(_about(item).get("key"))
        outputs = [one for one in item.test_outputs or [] if one.get("output_type") == "error"]
        if isinstance(error, KernelDied):
            self._note(self._end_of(item.parent, cell))
        elif item.parent.timed_out:
            self._note(Notice("cell-timeout", {"cell": cell, "limit": f"{self._limits.cell_s:g}"}))
        elif outputs and not (is_check and outputs[0].get("ename") == "CheckFailed"):
            name, value = str(outputs[0].get("ename")), str(outputs[0].get("evalue"))
            self._note(Notice("cell-failed", {"cell": cell, "error": self._clean(f"{name}: {value}")}))
            for code, signs in _SIGNS.items():
                if any(sign in f"{name}: {value}" for sign in signs):
                    self._note(Notice(code, {"cell": cell, "limit": self._limit(code)}))

    def _end_of(self, book: Any, cell: str) -> Notice:
        """Why a kernel is dead: a limit, or its own doing."""
        provisioner = getattr(getattr(book.kernel, "km", None), "provisioner", None)
        forked = getattr(provisioner, "forked", None)
        limit = getattr(forked, "limit", None) or getattr(provisioner, "limit", None)
        if limit is None:
            return Notice("kernel-died", {"cell": cell})
        code = f"limit-{limit}"
        return Notice(code, {"cell": cell, "limit": self._limit(code)})

    def _limit(self, code: str) -> str:
        limits = self._limits
        return {
            "memory": _mib(limits.memory_bytes),
            "disk": _mib(limits.disk_bytes),
            "processes": str(limits.processes),
            "output": f"{limits.output_flood_bytes // 1_000_000}",
        }[code.removeprefix("limit-").removeprefix("cell-")]

    def _note(self, notice: Notice) -> None:
        if notice not in self.recorded.notices:
            self.recorded.notices.append(notice)

    def _clean(self, text: str) -> str:
        """One line without escapes, and without what differs from run to run."""
        text = _ESCAPES.sub("", text).replace(self._hidden, "…")
        for pattern, instead in _VARYING:
            text = pattern.sub(instead, text)
        text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        return text.rstrip(".") if len(text) <= _ERROR_CHARS else text[: _ERROR_CHARS - 1] + "…"


def _about(item: Any) -> Mapping[str, Any]:
    about: Mapping[str, Any] = item.cell.metadata.get("ecslab", {})
    return about


def _say_nothing(*_: object) -> None:
    """In place of nbval's explanation of a difference, which compares every line with every other."""


def _mib(size: int) -> str:
    return str(size // 2**20)
