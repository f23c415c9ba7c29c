"""Errors as learners should see them: what was wrong, where in their cell, and what to do. No traceback of ours."""

from __future__ import annotations

from types import TracebackType
from typing import Any

_RED, _PLAIN = "\x1b[31m", "\x1b[0m"


class LabError(Exception):
    """Something that a learner can mend; its text says what was wrong and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback."""
        return rendered(self)


class CheckFailed(LabError):  # noqa: N818 - shown to learners in these words
    """A check did not pass."""

    def _render_traceback_(self) -> list[str]:
        return [f"{_RED}{self}{_PLAIN}"]


class CommandFailed(LabError):  # noqa: N818 - shown to learners in these words
    """An `aws` command ended with an error.

    Attributes:
        exit_code: the command's exit code.
    """

    def __init__(self, message: str, *, exit_code: int = 255) -> None:
        self.exit_code = exit_code
        super().__init__(message)

    def _render_traceback_(self) -> list[str]:
        return [f"{_RED}{self}{_PLAIN}"]


def rendered(error: BaseException) -> list[str]:
    """An error as a line of the cell and one line of text."""
    lines = []
    if (where := _line_in_cell(error.__traceback__)) is not None:
        lines.append(where)
    lines.append(f"{_RED}{type(error).__name__}{_PLAIN}: {error}")
    return lines


def _line_in_cell(trace: TracebackType | None) -> str | None:
    """The innermost line of the learner's own code that led to the error."""
    import linecache

    found = None
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if "ipykernel_" in name or name.startswith("<ipython-input"):
            text = linecache.getline(name, trace.tb_lineno).strip()
            found = f"----> line {trace.tb_lineno}: {text}" if text else f"----> line {trace.tb_lineno}"
        trace = trace.tb_next
    return found


def tidy_botocore() -> None:
    """Let the errors of boto3 show as one line of the cell and AWS's message; their type and fields stay."""
    from botocore.exceptions import BotoCoreError, ClientError

    def render(self: Any) -> list[str]:
        return rendered(self)

    for kind in (ClientError, BotoCoreError):
        kind._render_traceback_ = render
