"""The cloud on the network: the learner's port on 127.0.0.1, the grader's port on a Unix socket.

Every path but `/_ecslab/` is AWS's: the request goes to the gate as it came. Nothing is printed.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import urlsplit

from ecsim.api.gate import Gate
from ecsim.cloud.programs import RemoteHost

BODY_BYTES_MAX = 64 * 1024 * 1024
"""Larger requests are refused: no lab needs them."""
WORLD = "/_ecslab/world/"
CONTROL = "/_ecslab/control/"
_ID_MAX = 2**53
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Verbs(Protocol):
    """A port: `World` or `Control`."""

    def do(self, verb: str, args: dict[str, Any] | None = None) -> Any:
        """Do a verb; errors with a `kind` are the caller's."""
        ...


class CannotListen(RuntimeError):  # noqa: N818
    """The port cannot be had; the message says why and what to do."""


class Server:
    """A server that runs.

    Attributes:
        url: where the AWS API is.
        control_socket: the path of the grader's port, or None.
    """

    def __init__(self, url: str, control_socket: str | None, servers: list[socketserver.BaseServer]) -> None:
        self.url = url
        self.control_socket = control_socket
        self._servers = servers

    def close(self) -> None:
        """Stop listening. Does nothing the second time."""
        servers, self._servers = self._servers, []
        for server in servers:
            server.shutdown()
            server.server_close()
        if servers and self.control_socket is not None:
            Path(self.control_socket).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()


def serve(
    gate: Gate,
    world: Verbs | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    unix_socket: str | Path | None = None,
    control: Verbs | None = None,
    programs: RemoteHost | None = None,
    listening: socket.socket | None = None,
) -> Server:
    """Put a cloud on the network.

    Args:
        gate: the AWS API.
        world: the learner's port.
        host: the address to listen on.
        port: its number; 0 takes a free one.
        unix_socket: where the grader's port is to be; needs `control`.
        control: the grader's port. It is never reachable on `port`.
        programs: the host of the cloud's programs, when they run where the verbs come from.
        listening: a socket that listens already, perhaps in another network namespace; `host` and `port` then mean
            nothing, and it is closed with the server.

    Raises:
        CannotListen: the port is taken or not allowed.
    """
    doors: list[socketserver.BaseServer] = []
    try:
        tcp = _Tcp((host, port), _TcpHandler, bind_and_activate=listening is None)
    except OSError as error:
        raise CannotListen(_why_not(error, host, port)) from error
    if listening is not None:
        tcp.socket.close()
        tcp.socket, tcp.server_address = listening, listening.getsockname()
    doors.append(tcp)
    tcp.door = _Door(gate, world, None, programs, _LOOPBACK if host in _LOOPBACK else ())
    path = None if unix_socket is None else str(unix_socket)
    if path is not None:
        if control is None:
            tcp.server_close()
            raise ValueError("a control socket needs a control object")
        try:
            doors.append(_control_server(path, _Door(None, None, control, None)))
        except OSError as error:
            tcp.server_close()
            raise CannotListen(f"cannot listen on the socket {path}: {error.strerror or error}") from error
    for server in doors:
        threading.Thread(target=server.serve_forever, args=(0.2,), name="ecslab-server", daemon=True).start()
    address, number = tcp.server_address[:2]
    return Server(f"http://{address!s}:{number}", path, doors)


def _control_server(path: str, door: _Door) -> socketserver.BaseServer:
    before = os.umask(0o177)
    try:
        server = _Unix(path, _Handler)
    finally:
        os.umask(before)
    server.door = door
    return server


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: choose another one, or 0 for any free one"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"port {port} on {host} is not allowed: choose one above 1023"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"


class _Tcp(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    door: _Door

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Unix(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    door: _Door

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class _Door:
    """What is behind a port."""

    def __init__(
        self,
        gate: Gate | None,
        world: Verbs | None,
        control: Verbs | None,
        programs: RemoteHost | None,
        names: tuple[str, ...] = (),
    ) -> None:
        self.gate = gate
        self._world = world
        self._control = control
        self._programs = programs
        self._names = names

    def welcomes(self, host: str) -> bool:
        """Whether a request to this host name is for us: a page whose name was made to lead here is not."""
        return not self._names or urlsplit(f"//{host}").hostname in self._names

    def verb(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """A request below `/_ecslab/`."""
        try:
            args = json.loads(body or b"{}")
        except ValueError:
            return 400, _error("argument", "the body is not JSON")
        if not isinstance(args, dict):
            return 400, _error("argument", "the body is not a JSON object")
        if path.startswith(WORLD) and self._world is not None:
            return self._world_verb(path.removeprefix(WORLD), args)
        if path.startswith(CONTROL) and self._control is not None:
            return _status(_done(self._control, path.removeprefix(CONTROL), args))
        return 404, _error("unknown", f"there is nothing at {path}")

    def _world_verb(self, verb: str, args: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        world = self._world
        assert world is not None
        if verb == "_answer":
            number = args.get("id")
            if self._programs is None or not isinstance(number, int) or not 0 < number < _ID_MAX:
                return 400, _error("argument", "no program was asked")
            outcome = self._programs.answer(number, args.get("result"))
            if outcome is None:
                return 400, _error("argument", "no verb waits for this answer")
            return _status(outcome)
        if verb.startswith("_"):
            return 404, _error("unknown", f"there is no verb {verb!r}")

        def do() -> dict[str, Any]:
            return _done(world, verb, args)

        return _status(self._programs.run(do) if self._programs is not None else do())


def _done(port: Verbs, verb: str, args: dict[str, Any]) -> dict[str, Any]:
    """Do a verb; whatever happens, there is an outcome."""
    try:
        return {"result": port.do(verb, args)}
    except Exception as problem:  # noqa: BLE001 - the other side gets the reason, never silence
        kind = getattr(problem, "kind", None)
        if isinstance(kind, str):
            return _error(kind, str(problem))
        return _error("internal", f"{type(problem).__name__}: {problem}")


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "message": message}}


def _status(outcome: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return (400 if "error" in outcome else 200), outcome


class _Refused(Exception):  # noqa: N818
    """A request that is no good; the connection ends."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 with kept connections."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    timeout = 3600

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def handle_expect_100(self) -> bool:
        """Tell a client that waits for it to go on, at once: answers are buffered otherwise."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _any(self) -> None:
        door: _Door = self.server.door  # type: ignore[attr-defined]
        try:
            body = self._body()
        except _Refused as refused:
            self.close_connection = True
            self._reply(
                refused.status, {"Content-Type": "application/json"}, _json(_error("argument", str(refused)))
            )
            return
        path = (
            self.path
            if self.path.startswith("/")
            else urlsplit(self.path)._replace(scheme="", netloc="").geturl()
        )
        if path.startswith("/_ecslab/"):
            self._own(door, path, body)
        elif door.gate is None:
            self._reply(
                404, {"Content-Type": "application/json"}, _json(_error("unknown", "no AWS API here"))
            )
        else:
            status, headers, content = door.gate.handle(self.command, path, dict(self.headers.items()), body)
            self._reply(status, headers, content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _any  # noqa: N815

    def _own(self, door: _Door, path: str, body: bytes) -> None:
        kind = self.headers.get("Content-Type", "").partition(";")[0].strip()
        outcome: tuple[int, dict[str, Any]]
        if not door.welcomes(self.headers.get("Host", "")):
            outcome = (403, _error("refused", "this port is for programs on this machine"))
        elif self.command != "POST" or kind != "application/json":
            # A page in a browser can send forms to 127.0.0.1, but not JSON.
            outcome = (400, _error("argument", "POST a JSON object (application/json)"))
        else:
            outcome = door.verb(urlsplit(path).path, body)
        self._reply(outcome[0], {"Content-Type": "application/json"}, _json(outcome[1]))

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            raise _Refused(400, "the Content-Length is not a number") from None
        if not 0 <= length <= BODY_BYTES_MAX:
            raise _Refused(413, f"the body is larger than {BODY_BYTES_MAX} bytes")
        body = self.rfile.read(length)
        if len(body) != length:
            raise _Refused(400, "the body ended early")
        return body

    def _chunks(self) -> bytes:
        parts: list[bytes] = []
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(64).split(b";")[0].strip(), 16)
            except ValueError:
                raise _Refused(400, "the body is not chunked as HTTP says") from None
            total += size
            if size < 0 or total > BODY_BYTES_MAX:
                raise _Refused(413, f"the body is larger than {BODY_BYTES_MAX} bytes")
            if size == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline(8)

    def _reply(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", headers.get("Content-Length", str(len(content))))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()


class _TcpHandler(_Handler):
    disable_nagle_algorithm = True


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value).encode()
