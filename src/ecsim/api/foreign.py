"""Other services' calls: handed to moto at its outermost handler, with chance seeded and errors mended."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from typing import Protocol as Interface
from urllib.parse import urlsplit

from ecsim.api.address import Form
from ecsim.api.errors import Answer, Protocol, not_simulated
from ecsim.api.mount import HookMoved, seed_for

PROBLEMS_MAX = 50
"""How many tracebacks are kept for developers."""
_SERVER_ERROR = 500
_NOT_FOUND = 404

Handler = Callable[[Any, str, Any], tuple[int, Mapping[str, Any], Any]]


class Unreadable(ValueError):  # noqa: N818
    """The parameters of a request cannot be read."""


class ForeignCall(Interface):
    """What is asked: see `gate.Call`."""

    service: str
    operation: str
    protocol: Protocol
    url: str
    body: bytes
    form: Form | None


class Foreign:
    """Moto, as the gate sees it.

    Args:
        seed: what moto's ids depend on.
        account: whose resources they are.
        problems: gets the tracebacks of what went wrong inside moto.
    """

    def __init__(self, seed: str, account: str, problems: list[str]) -> None:
        self._seed = seed
        self._account = account
        self._problems = problems

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Any:
        """The request in moto's form."""
        from moto.core.request import Request

        return Request.from_primitives(method, url, {**headers, "x-moto-account-id": self._account}, body)

    def routed(self, service: str, request: Any) -> tuple[str, dict[str, Any]]:
        """The operation of a REST request and what its path says; an empty name when there is none."""
        from moto.core.routing import get_service_router
        from werkzeug.exceptions import HTTPException

        try:
            operation, match = get_service_router(service).match(request)
        except (HTTPException, NotImplementedError, KeyError, ValueError):
            return "", {}
        return operation.name, match

    def parameters(self, call: ForeignCall, request: Any, match: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters by AWS's names.

        Raises:
            Unreadable: they make no sense.
        """
        if call.protocol is Protocol.JSON:
            try:
                read = json.loads(call.body or b"{}")
            except ValueError as error:
                raise Unreadable(str(error)) from error
            return read if isinstance(read, dict) else {}
        from moto.core.parse import PROTOCOL_PARSERS
        from moto.core.utils import get_service_model

        try:
            model = get_service_model(call.service).operation_model(call.operation)
            values = call.form.values if call.form is not None else request.args
            parsed = PROTOCOL_PARSERS[str(call.protocol)](model).parse(
                {
                    "method": request.method,
                    "values": values,
                    "headers": request.headers,
                    "body": call.body,
                    "url_path": request.path,
                    "url_params": match,
                }
            )
        except Exception as error:  # a parser of moto's: whatever it stumbles over, the call itself goes on
            raise Unreadable(repr(error)) from error
        plain = _plain(parsed)
        return plain if isinstance(plain, dict) else {}

    def call(self, module: str, call: ForeignCall, request: Any, draw: Sequence[object]) -> Answer:
        """Let moto answer.

        Args:
            module: moto's name of the service.
            call: what is asked.
            request: the same in moto's form.
            draw: what, beside the seed, the ids of this call depend on.

        Raises:
            ApiError: moto cannot do this.
        """
        from moto.moto_api._internal import mock_random
        from werkzeug.exceptions import HTTPException

        mock_random.seed(seed_for(self._seed, *draw))
        try:
            handler = _handler_for(module, call.url)
            if handler is None:
                raise NotImplementedError(f"moto.{module} has no handler for {call.url}")  # noqa: TRY301
            try:
                status, headers, body = handler(request, request.raw_url, request.headers)
            except HTTPException as error:
                status, headers, body = error.code or _NOT_FOUND, dict(error.get_headers()), error.get_body()
        except HookMoved:
            raise
        except NotImplementedError as problem:
            self.remember(problem)
            raise not_simulated(call.service, call.operation) from None
        except Exception as problem:  # noqa: BLE001 - whatever moto stumbles over must not reach a learner
            self.remember(problem)
            raise not_simulated(
                call.service, call.operation, f"{type(problem).__name__}: {str(problem)[:200]}"
            ) from None
        data = body.encode() if isinstance(body, str) else bytes(body or b"")
        text = {str(name): str(value) for name, value in dict(headers).items()}
        return self._mended(call, int(status), text, data)

    def remember(self, problem: BaseException) -> None:
        """Keep a traceback for developers."""
        self._problems.append("".join(traceback.format_exception(problem)))
        del self._problems[:-PROBLEMS_MAX]

    @staticmethod
    def _mended(call: ForeignCall, status: int, headers: dict[str, str], body: bytes) -> Answer:
        """Turn answers that AWS would not give into ones that it would."""
        if status >= _SERVER_ERROR:
            raise not_simulated(call.service, call.operation, body[:200].decode("utf-8", "replace"))
        if (
            status == _NOT_FOUND
            and body in (b"", b"Not yet implemented")
            and call.protocol is not Protocol.REST_XML
        ):
            raise not_simulated(call.service, call.operation)
        if body.lstrip()[:14].lower() in (b"<!doctype html", b"<html>"):
            raise not_simulated(call.service, call.operation)
        return status, headers, body


@cache
def _handlers(module: str) -> list[tuple[re.Pattern[str], Handler]]:
    """The handlers of a service by address, as moto's backends list them (`BaseBackend.urls`)."""
    urls = importlib.import_module(f"moto.{module}.urls")
    try:
        return [
            (re.compile(path.format(base)), handler)
            for base in urls.url_bases
            for path, handler in urls.url_paths.items()
        ]
    except AttributeError as error:
        raise HookMoved(f"moto.{module}.urls: expected url_bases and url_paths, {error}") from error


def _handler_for(module: str, url: str) -> Handler | None:
    parts = urlsplit(url)
    clean = f"{parts.scheme}://{parts.netloc}{parts.path or '/'}"
    for pattern, handler in _handlers(module):
        if pattern.match(clean):
            return handler
    return None


def _plain(value: Any) -> Any:
    """The value in JSON's own types."""
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    if isinstance(value, dt.datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    return value
