"""boto3 clients that need no socket: what they would send goes to a function instead."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cache
from io import BytesIO
from typing import Any

from ecsim.api.errors import Answer
from ecsim.api.wire import loader

try:
    import threading

    _making: Any = threading.Lock()
except ImportError:  # where there are no threads, no two of them make clients at once
    _making = nullcontext()
"""Held while the process's session makes a client, which botocore can do for one thread only."""

Send = Callable[[str, str, Mapping[str, str], bytes], Answer]
"""(method, url, headers, body) -> (status, headers, body)."""


class Raw(BytesIO):
    """A response body as botocore reads it."""

    def stream(self, **_options: Any) -> Any:
        """The body in one piece."""
        yield self.read()


def before_send(send: Send) -> Callable[..., Any]:
    """A handler for botocore's event `before-send` that answers by `send`."""
    from botocore.awsrequest import AWSResponse

    def answer(request: Any, **_event: Any) -> Any:
        headers = {name: _text(value) for name, value in request.headers.items()}
        body = request.body
        if hasattr(body, "read"):
            body = body.read()
        status, answered, content = send(request.method, request.url, headers, _bytes(body))
        return AWSResponse(request.url, status, answered, Raw(content))

    return answer


def new_client(service: str, region: str, send: Send, reads: tuple[str, ...] | None = None) -> Any:
    """A boto3 client whose requests go to `send`.

    Args:
        service: boto3's name of the service.
        region: of the client.
        send: answers its requests.
        reads: if given, only operations whose names begin so may be called.
    """
    from botocore import UNSIGNED
    from botocore.config import Config

    config = Config(
        signature_version=UNSIGNED,
        retries={"mode": "standard"},
        ignore_configured_endpoint_urls=True,
        user_agent="ecslab",  # nobody reads it, and the usual one is costly to put together
    )
    with _making:
        client = _session().client(
            service,
            region_name=region,
            config=config,
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="nobody-checks-this",  # noqa: S106
        )
    client.meta.events.register("before-send", before_send(send))
    if reads is not None:

        def refuse(model: Any, **_event: Any) -> None:
            if not model.name.startswith(reads):
                raise PermissionError(f"{service}:{model.name} may change something: this client only looks")

        client.meta.events.register("before-parameter-build", refuse)
    return client


@cache
def _session() -> Any:
    """One session for all clients of this process: a new one takes milliseconds, and a lab makes a dozen clients.

    What tells clients apart, where their requests go and what they may ask, is registered at each client.
    """
    import boto3
    import botocore.session

    core = botocore.session.Session()
    core.register_component("data_loader", loader())
    core.set_config_variable("config_file", os.devnull)
    core.set_config_variable("credentials_file", os.devnull)
    return boto3.Session(botocore_session=core)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: str | bytes | bytearray | None) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)
