"""`%aws` and `%%aws`: the AWS CLI in a cell. It prints what the CLI prints; a failing command raises one line."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

from ecslab.notebook.link import Link
from ecslab.notebook.tidy import CommandFailed, LabError
from ecslab.notebook.words import commands

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_USAGE_ERROR = re.compile(r"^\S+: error:")
"""The CLI's argument parser puts the program's name in front, which in a kernel is the kernel's."""


def register(shell: InteractiveShell, link: Link) -> None:
    """Make `%aws` and `%%aws` known to a shell; the last answer is left in `_aws`, read from its JSON."""
    from IPython.core.magic import no_var_expand

    def value(expression: str) -> Any:
        try:
            return eval(expression, shell.user_ns)  # noqa: S307 - the learner's own expression, in their own kernel
        except Exception as error:  # noqa: BLE001 - whatever it is, the learner sees it as one line
            raise LabError(f"${{{expression}}}: {type(error).__name__}: {error}") from None

    def aws(line: str, cell: str | None = None) -> None:
        found = commands(line if cell is None else f"{line}\n{cell}", value)
        if not found:
            raise LabError("%%aws needs a command, for example: %%aws ecs list-clusters")
        for argv in found:
            shell.user_ns["_aws"] = run(link, argv)

    shell.register_magic_function(no_var_expand(aws), magic_kind="line_cell", magic_name="aws")


def run(link: Link, argv: list[str]) -> Any:
    """Run one command: print its output and return it, as JSON where it is JSON.

    Raises:
        CommandFailed: the command failed; its text is what the CLI said.
    """
    code, out, err = link.aws(argv)
    sys.stdout.write(out)
    if code != 0:
        raise CommandFailed(_shortly(err) or f"aws ended with exit code {code}", exit_code=code)
    if err.strip():
        sys.stderr.write(err)
    try:
        return json.loads(out)
    except ValueError:
        return out.strip()


def _shortly(err: str) -> str:
    """What the CLI says about an error, without the usage text in front of it."""
    lines = [line.strip() for line in err.strip().split("\n") if line.strip()]
    told = next((nth for nth, line in enumerate(lines) if _USAGE_ERROR.match(line)), None)
    if told is None:
        return " ".join(lines)
    return " ".join([_USAGE_ERROR.sub("aws: error:", lines[told]), *lines[told + 1 :]])
