"""The gate: the one way into the cloud's AWS API, whatever the transport.

A call is found out (service, operation, region), journalled, and answered: by the ECS of this cloud, or by moto
for every other service. Nothing that moto does leaves as a 5xx or as a Python exception.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from typing import Any

from ecsim.api import mount
from ecsim.api.address import Form, Host, aws_url, balancing_service, form_of, host_of, protocol_of
from ecsim.api.errors import Answer, ApiError, Protocol, not_simulated, rendered, unknown_operation
from ecsim.api.foreign import Foreign, Unreadable
from ecsim.api.tokens import Tokens
from ecsim.api.wire import Caller, Wire, moment, target_prefix
from ecsim.clock.engine import Engine
from ecsim.clock.journal import Entry, Journal

try:
    import threading

    _Lock: Callable[[], Any] = threading.RLock
except ImportError:  # where there are no threads, there is nothing to lock

    class _NoLock(nullcontext[None]):
        def acquire(self, timeout: float = -1) -> bool:
            """It is always free."""
            return bool(timeout)

        def release(self) -> None:
            """Nothing was taken."""

    _Lock = _NoLock

BUSY_TIMEOUT_S = 30.0
"""How long a call waits, in real time, for a verb of the world or another call to end."""

READS = (
    "Describe",
    "List",
    "Get",
    "BatchGet",
    "BatchCheck",
    "Filter",
    "Lookup",
    "Search",
    "Simulate",
    "Discover",
)
"""Operations whose names begin so change nothing."""

Listener = Callable[[str, str], None]
_ERROR_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_XML_REQUEST_ID = re.compile(rb"<([Rr]equestI[dD])>[^<]*<")
_HTTP_BAD = 400
_JSON_HEADERS = {"Content-Type": "application/x-amz-json-1.1"}


class Call:
    """A call on its way through the gate.

    Attributes:
        service: boto3's name, e.g. "elbv2".
        operation: e.g. "CreateTargetGroup".
    """

    __slots__ = ("body", "form", "headers", "host", "method", "operation", "protocol", "service", "url")

    def __init__(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.host: Host = host_of(_netloc(url))
        self.form: Form | None = None
        target = headers.get("x-amz-target")
        if target is None:
            self.form = form_of(url, headers, body)
        self.protocol = protocol_of(self.host, headers, has_action=self.form is not None)
        self.service = self.host.service
        if self.service in ("elb", "elbv2") and self.form is not None:
            self.service = balancing_service(self.form)
        self.operation = target.rpartition(".")[2] if target else self.form.action if self.form else ""


class Gate:
    """The AWS API of one cloud.

    Args:
        engine: has the time.
        journal: gets an entry `call` for every call that is not the cloud's own.
        seed: what the ids made by moto depend on.
        account: the account of every caller.
        region: the region of clients made here.
        own: the APIs that are ours, by boto3's name: (operation, parameters, caller) -> result, or raises ApiError.
        strict: answers of ours that are not AWS's, and our own mistakes, raise instead of being mended (tests).

    Attributes:
        lock: every call and every verb of the world runs under it.
        before: told (service, operation) before every call.
        changed: told (service, operation) after every successful call of another service that may have changed
            something.
        problems: what went wrong inside, newest last, for developers.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        journal: Journal,
        seed: str,
        account: str,
        region: str,
        own: Mapping[str, Callable[[str, dict[str, Any], Caller], dict[str, Any]]],
        strict: bool = False,
    ) -> None:
        self.lock = _Lock()
        self.busy_timeout_s = BUSY_TIMEOUT_S
        self.before: list[Listener] = []
        self.changed: list[Listener] = []
        self.problems: list[str] = []
        self.account = account
        self.region = region
        self._wires = {
            service: Wire(handler, service=service, strict=strict) for service, handler in own.items()
        }
        self._engine = engine
        self._journal = journal
        self._seed = seed
        self._calls = 0
        self._own_calls = 0
        self._nth: Counter[tuple[str, str, str]] = Counter()
        self._tokens = Tokens(seed)
        self._foreign = Foreign(seed, account, self.problems)
        self._clients: dict[tuple[str, str | None, bool], Any] = {}
        self._telling = False
        self._was_mounted = False

    def now(self) -> Any:
        """The cloud's time as a datetime in UTC: what `mount.install` wants."""
        return moment(self._engine.now_ms)

    # Calls

    def handle(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, by: str | None = "learner"
    ) -> Answer:
        """Answer one HTTP request to an AWS API.

        Args:
            method: of HTTP.
            url: AWS's own address, or a path of another host that is signed for an AWS service.
            headers: their names in any case.
            body: the whole body.
            by: "learner", "given" (the lab's starting state), or None: the cloud itself, not journalled, with ids
                drawn from a stream of its own.

        Returns:
            Status (never 5xx), headers, body.
        """
        lowered = {name.lower(): value for name, value in headers.items()}
        if not self.lock.acquire(timeout=self.busy_timeout_s):
            # A container's program that calls AWS waits for the very verb that waits for the program.
            error = ApiError(
                "CloudBusy", "This cloud is busy: a program cannot call AWS while time passes.", status=409
            )
            return _rendered_for_unknown(error, lowered)
        try:
            if self._is_closed():
                error = ApiError("ServiceUnavailable", "This cloud is closed: start it again.", status=410)
                return self._stamped(_rendered_for_unknown(error, lowered), self._request_id(by))
            if not url.startswith("https://"):
                try:
                    url = aws_url(url, lowered)
                except ApiError as error:
                    return self._stamped(_rendered_for_unknown(error, lowered), self._request_id(by))
            return self._answer(Call(method, url, lowered, body), by)
        finally:
            self.lock.release()

    def _is_closed(self) -> bool:
        """Whether moto was this cloud's and is not any more."""
        mounted = mount.is_installed_for(self.now)
        self._was_mounted = self._was_mounted or mounted
        return self._was_mounted and not mounted

    def _answer(self, call: Call, by: str | None) -> Answer:
        request_id = self._request_id(by)
        try:
            wire = self._wires.get(call.host.service)
            if wire is not None:
                return self._stamped(self._own(wire, call, by), request_id)
            return self._stamped(self._others(call, by, request_id), request_id)
        except ApiError as error:
            answer = rendered(error, call.protocol, request_id, service=call.service)
            return self._stamped(answer, request_id)

    def _own(self, wire: Wire, call: Call, by: str | None) -> Answer:
        """ECS and CodeDeploy: straight to the handler."""
        operation, service = call.operation, wire.service
        if not call.headers.get("x-amz-target", "").startswith(target_prefix(service)):
            raise unknown_operation(Protocol.JSON, operation or call.method)
        parameters = wire.parameters(operation, call.body)
        token = self._tokens.shown(service, operation, parameters.get("clientToken"))
        self._tell(self.before, service, operation)
        entry = self._journalled(
            by, service, operation, self._seen(parameters, "clientToken", token, call.body)
        )
        region = call.host.region or self.region
        caller = Caller(account=self.account, region=region, by=by or "cloud", token=token)
        try:
            self._must_be_here(service, region)
            return 200, dict(_JSON_HEADERS), wire.call(operation, parameters, caller)
        except ApiError as error:
            _note_error(entry, error.code)
            raise
        except Exception as problem:
            if wire.strict:
                raise
            _note_error(entry, "ServerException")
            self._foreign.remember(problem)
            raise ApiError(
                "ServerException", f"{service}:{operation} failed inside this cloud: {problem!r}"
            ) from None

    def _must_be_here(self, service: str, region: str) -> None:
        if region != self.region:
            name = {"ecs": "ECS", "codedeploy": "CodeDeploy"}.get(service, service)
            text = f"This cloud has {name} in {self.region} only, not in {region}."
            raise ApiError("NotImplemented", text)

    def _others(self, call: Call, by: str | None, request_id: str) -> Answer:
        """Every other service: moto, with its chance seeded by which call of its kind this is."""
        if call.host.host_module is None:
            raise not_simulated(call.service, call.operation or call.method)
        scope = call.service if by is not None else f"own {call.service}"
        call.body = self._tokens.settled(scope, call.operation, call.body)
        request = self._foreign.request(call.method, call.url, call.headers, call.body)
        match: dict[str, Any] = {}
        if not call.operation:
            call.operation, match = self._foreign.routed(call.service, request)
            if not call.operation:
                raise unknown_operation(call.protocol, f"{call.method} {call.url.partition('//')[2]}")
        self._tell(self.before, call.service, call.operation)
        entry = None
        if by is not None:
            entry = self._journalled(by, call.service, call.operation, self._parameters(call, request, match))
        stream = "own" if by is None else "calls"
        key = (stream, call.service, call.operation)
        self._nth[key] += 1
        module = call.host.host_module
        try:
            status, headers, body = self._foreign.call(module, call, request, (*key, self._nth[key]))
        except ApiError as error:
            _note_error(entry, error.code)
            raise
        if body.startswith(b"<") and call.service != "s3":
            body = _XML_REQUEST_ID.sub(rb"<\1>" + request_id.encode() + b"<", body)
        if status >= _HTTP_BAD:
            _note_error(entry, _code_of(headers, body))
        elif not call.operation.startswith(READS):
            self._tell(self.changed, call.service, call.operation)
        return status, headers, body

    def _parameters(self, call: Call, request: Any, match: Mapping[str, Any]) -> dict[str, Any]:
        """The call's parameters as the journal shows them: AWS's names, plain values."""
        try:
            parameters = self._foreign.parameters(call, request, match)
        except Unreadable:
            return {}
        for name in self._tokens.names:
            if isinstance(parameters.get(name), str):
                parameters[name] = self._tokens.shown(call.service, call.operation, parameters[name])
        return parameters

    @staticmethod
    def _seen(parameters: dict[str, Any], name: str, token: str | None, body: bytes) -> dict[str, Any]:
        """A copy of the parameters that handlers cannot touch, with the token's stand-in."""
        seen: dict[str, Any] = json.loads(body) if body else {}
        if token is not None and name in parameters:
            seen[name] = token
        return seen

    def _journalled(
        self, by: str | None, service: str, operation: str, parameters: dict[str, Any]
    ) -> Entry | None:
        if by is None:
            return None
        self._calls += 1
        return self._journal.record(
            "call", f"{service}.{operation}", n=self._calls, by=by, params=parameters, error=None
        )

    def _tell(self, listeners: list[Listener], service: str, operation: str) -> None:
        """Tell listeners; what they call themselves is not told again."""
        if self._telling or not listeners:
            return
        self._telling = True
        try:
            for listener in listeners:
                listener(service, operation)
        finally:
            self._telling = False

    def _request_id(self, by: str | None) -> str:
        if by is None:
            self._own_calls += 1
            return self._tokens.uuid("own request", self._own_calls)
        return self._tokens.uuid("request", self._calls + 1)

    def _stamped(self, answer: Answer, request_id: str) -> Answer:
        """The answer with the request's id and the cloud's date, and without anyone else's."""
        status, headers, body = answer
        kept = {name: value for name, value in headers.items() if name.lower() not in _OURS}
        kept["x-amzn-RequestId"] = request_id
        if "x-amz-request-id" in headers:  # S3 calls it so
            kept["x-amz-request-id"] = request_id
        kept["Date"] = self.now().strftime("%a, %d %b %Y %H:%M:%S GMT")
        kept["Content-Length"] = str(len(body))
        if not body:  # an answer to HEAD tells how long the body would be
            kept["Content-Length"] = next(
                (v for n, v in headers.items() if n.lower() == "content-length"), "0"
            )
        return status, kept, body

    # Clients

    def client(self, service: str, *, by: str | None = None) -> Any:
        """A boto3 client whose calls come here without a socket.

        Args:
            service: boto3's name, e.g. "elbv2".
            by: who calls; None is the cloud itself.
        """
        return self._client(service, by, read_only=False)

    def read_only_client(self, service: str) -> Any:
        """A client for looking only: anything that may change something raises PermissionError."""
        return self._client(service, None, read_only=True)

    def _client(self, service: str, by: str | None, *, read_only: bool) -> Any:
        key = (service, by, read_only)
        if key not in self._clients:
            from ecsim.api.session import new_client

            def send(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
                return self.handle(method, url, headers, body, by=by)

            reads = READS if read_only else None
            self._clients[key] = new_client(service, self.region, send, reads)
        return self._clients[key]


_OURS = frozenset(
    {"date", "server", "status", "x-amzn-requestid", "x-amz-request-id", "content-length", "connection"}
)


def _netloc(url: str) -> str:
    return url[8:].partition("/")[0].partition("?")[0]


def _note_error(entry: Entry | None, code: str) -> None:
    """Write down how a call ended: its entry stands before what it caused, so it was made before."""
    if entry is not None:
        assert isinstance(entry.fields, dict)
        entry.fields["error"] = code


def _code_of(headers: Mapping[str, str], body: bytes) -> str:
    """The error code of an answer."""
    found = _ERROR_CODE.search(body)
    if found:
        return found.group(1).decode()
    kind = headers.get("x-amzn-errortype") or headers.get("x-amzn-ErrorType") or ""
    with suppress(ValueError, AttributeError):
        kind = json.loads(body).get("__type") or kind
    return kind.rpartition("#")[2].partition(":")[0] or "Unknown"


def _rendered_for_unknown(error: ApiError, headers: Mapping[str, str]) -> Answer:
    """An error for a request that names no service, in the protocol that it seems to speak."""
    form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    protocol = Protocol.JSON if "x-amz-target" in headers else Protocol.QUERY if form else Protocol.REST_JSON
    return rendered(error, protocol, "")
