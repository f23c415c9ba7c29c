"""How effects reach AWS's other services: by the public API, through what the cloud hands them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from typing import Protocol as Interface

Listener = Callable[[str, str], None]


class Clients(Interface):
    """AWS's other services.

    Attributes:
        before: functions to be told (service, operation) before every call.
        changed: functions to be told (service, operation) after a call that may have changed something.
    """

    before: list[Listener]
    changed: list[Listener]

    def client(self, service: str) -> Any:
        """The boto3 client of e.g. "elbv2", the same one every time."""
        ...


def error_code(error: Exception) -> str:
    """The AWS error code of a botocore ClientError, else an empty text."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
