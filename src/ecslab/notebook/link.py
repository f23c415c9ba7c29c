"""How the notebook reaches the world: in this process, or over the connection to a cloud elsewhere."""

from __future__ import annotations

from typing import Any, Protocol

from ecslab.notebook.tidy import LabError


class Link(Protocol):
    """Reaches the world of a lab."""

    endpoint_url: str

    def do(self, verb: str, args: dict[str, Any]) -> Any:
        """Do a world verb.

        Raises:
            LabError: the world refused it; the text says why.
        """
        ...

    def push(self, reference: str, program: type[Any]) -> Any:
        """Make an image reference run a program that lives in this process."""
        ...

    def aws(self, argv: list[str]) -> tuple[int, str, str]:
        """Run an `aws` command: exit code, stdout, stderr."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def refused(error: Exception) -> LabError:
    """An error of the world as a learner should see it."""
    return LabError(str(error))
