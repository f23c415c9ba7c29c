"""AWS's errors: what handlers raise, and how each protocol writes them down.

Nothing here answers 5xx or HTML: SDKs retry a 5xx, and a learner cannot read HTML.
"""

from __future__ import annotations

import html
import json
from enum import StrEnum
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
"""An HTTP answer: status, headers, body."""


class Protocol(StrEnum):
    """How a service writes its messages. Source: botocore service models, `metadata.protocols`."""

    JSON = "json"
    QUERY = "query"
    EC2 = "ec2"
    REST_JSON = "rest-json"
    REST_XML = "rest-xml"
    CBOR = "smithy-rpc-v2-cbor"


_CLIENT_ERROR = 4


class ApiError(Exception):
    """An error as AWS answers it.

    Attributes:
        code: AWS's name of the error, e.g. "ClusterNotFoundException".
        message: AWS's sentence.
        extra: further members of the error's shape, e.g. `resourceIds`.
        status: the HTTP status, 4xx.
    """

    def __init__(self, code: str, message: str = "", *, status: int = 400, **extra: Any) -> None:
        assert status // 100 == _CLIENT_ERROR, f"{code} with HTTP {status}: SDKs would retry it"
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.extra: dict[str, Any] = extra


def not_simulated(service: str, operation: str, why: str = "") -> ApiError:
    """AWS knows this operation; this cloud does not simulate it."""
    text = f"This cloud does not simulate {service}:{operation}." + (f" ({why})" if why else "")
    return ApiError("NotImplemented", text)


def unknown_operation(protocol: Protocol, operation: str) -> ApiError:
    """An operation that AWS does not know either, in the words of the protocol."""
    if protocol in (Protocol.QUERY, Protocol.EC2):
        return ApiError("InvalidAction", f"The action {operation} is not valid for this web service.")
    return ApiError("UnknownOperationException", f"The operation {operation} is not known.")


def rendered(error: ApiError, protocol: Protocol, request_id: str, *, service: str = "") -> Answer:
    """The error as an HTTP answer of a protocol."""
    if protocol in (Protocol.JSON, Protocol.REST_JSON):
        body = {"__type": error.code, "message": error.message, **error.extra}
        headers = {
            "Content-Type": "application/x-amz-json-1.1" if protocol is Protocol.JSON else "application/json",
            "x-amzn-ErrorType": error.code,
        }
        return error.status, headers, json.dumps(body).encode()
    if protocol is Protocol.CBOR:
        pairs = (("__type", error.code), ("message", error.message))
        cbor = b"\xa2" + b"".join(_cbor_text(part) for pair in pairs for part in pair)
        return error.status, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, cbor
    code, message = (html.escape(part, quote=False) for part in (error.code, error.message))
    core = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol is Protocol.EC2:
        xml = (
            f"<Response><Errors><Error>{core}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    elif service == "s3":
        xml = f"<Error>{core}<RequestId>{request_id}</RequestId></Error>"
    else:
        xml = (
            f"<ErrorResponse><Error><Type>Sender</Type>{core}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}'
    return error.status, {"Content-Type": "text/xml"}, text.encode()


def _cbor_text(text: str) -> bytes:
    """A text string in CBOR, its length in two bytes. Source: RFC 8949, 3.1, major type 3."""
    data = text.encode()
    return b"\x79" + len(data).to_bytes(2, "big") + data
