"""What a learner does beside AWS: being a customer of the shop, once or as a stream of requests, and pushing images."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from ecsim.clock.duration import milliseconds

REDIRECTS = (301, 302)
REDIRECTS_MAX = 50
"""As curl --max-redirs."""

Do = Callable[[str, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HttpResponse:
    """An answer to a request.

    Attributes:
        ms: how long the customer waited, in virtual milliseconds.
    """

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    ms: int = 0

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400  # noqa: PLR2004 - HTTP's own limit

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        body = self.body.rstrip("\n")
        return f"HTTP {self.status} ({self.ms} ms)" + (f"\n{body}" if body else "")


class Http:
    """Requests, one at a time. Virtual time passes until the answer is there.

    Every request comes from a customer who was never there before; `session` makes one who remembers cookies.
    """

    def __init__(self, do: Do) -> None:
        self._do = do
        self._jar: dict[str, dict[str, str]] | None = None

    def session(self) -> Http:
        """A customer whose browser keeps the cookies that it gets, by host."""
        browser = Http(self._do)
        browser._jar = {}
        return browser

    def get(self, url: str, headers: Mapping[str, str] | None = None, **options: Any) -> HttpResponse:
        """Ask for a page; options as `request`."""
        return self.request("GET", url, headers=headers, **options)

    def post(
        self, url: str, body: Any = "", headers: Mapping[str, str] | None = None, **options: Any
    ) -> HttpResponse:
        """Send something; a dict is sent as JSON; options as `request`."""
        return self.request("POST", url, body=body, headers=headers, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: Any = "",
        headers: Mapping[str, str] | None = None,
        timeout: str | float | None = None,
        follow: bool = False,
    ) -> HttpResponse:
        """Send a request of any method; a URL without a scheme is taken as http.

        Args:
            method: of HTTP.
            url: where to.
            body: a text, or a dict to be sent as JSON.
            headers: names in any case.
            timeout: how long the customer waits ("3s", or seconds) before giving up.
            follow: go where redirects (301, 302) lead, as a browser does.
        """
        sent = dict(headers or {})
        if not isinstance(body, str):
            body = json.dumps(body, ensure_ascii=False)
            sent.setdefault("content-type", "application/json")
        at, waited = whole(url), 0
        for _ in range(REDIRECTS_MAX):
            answer = self._once(method, at, sent, body, timeout)
            waited += answer.ms
            location = answer.headers.get("location")
            if not follow or answer.status not in REDIRECTS or location is None:
                return replace(answer, ms=waited)
            at = urljoin(at, location)
        raise ValueError(f"curl: (47) Maximum ({REDIRECTS_MAX}) redirects followed, the last one to {at}")

    def _once(
        self, method: str, url: str, headers: dict[str, str], body: str, timeout: str | float | None
    ) -> HttpResponse:
        host = (urlsplit(url).hostname or "") if self._jar is not None else ""
        kept = (self._jar or {}).get(host)
        if kept:
            cookies = "; ".join(f"{name}={value}" for name, value in kept.items())
            headers = {**headers, "cookie": cookies}
        args: dict[str, Any] = {"method": method, "url": url, "headers": headers, "body": body}
        if timeout is not None:
            args["timeout_s"] = milliseconds(timeout) / 1_000
        answer = self._do("http", args)
        got = answer.get("headers", {})
        if self._jar is not None:
            for line in str(got.get("set-cookie", "")).splitlines():
                name, _, value = line.partition(";")[0].partition("=")
                self._jar.setdefault(host, {})[name.strip()] = value
        return HttpResponse(status=answer["status"], body=answer["body"], headers=got, ms=answer.get("ms", 0))


def whole(url: str) -> str:
    """A URL with its scheme."""
    return url if "://" in url else f"http://{url}"


class Images:
    """The registry's back door: what `docker push` is on AWS."""

    def __init__(self, do: Do) -> None:
        self._do = do

    def push(self, reference: str, program: str) -> str:
        """Make a reference run a stock image, by its name ("web:2.0"); returns the reference."""
        stock = {"name": program, "commands": [], "stock": program}
        self._do("push", {"reference": reference, "program": stock})
        return reference


class Report(dict[str, Any]):
    """What became of the requests of a stream: plain values by name, and a text for people."""

    def __repr__(self) -> str:
        lines = [f"{name}: {_shown(value)}" for name, value in self.items() if value not in (None, [], {})]
        return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        few = 5
        return "; ".join(_shown(inner) for inner in value[:few]) + (
            f"; ... ({len(value)})" if len(value) > few else ""
        )
    return str(value)


class Stream:
    """A stream of requests that runs as virtual time passes, until it ends or is stopped."""

    def __init__(self, do: Do, stream_id: Any) -> None:
        self._do, self.id = do, stream_id

    def stop(self) -> Report:
        """Send no more; the report so far."""
        self._do("traffic_stop", {"id": self.id})
        return self.report()

    def report(self) -> Report:
        """What became of the requests so far."""
        return Report(self._do("traffic_report", {"id": self.id}))


class Traffic:
    """Customers in numbers."""

    def __init__(self, do: Do) -> None:
        self._do = do

    def constant(self, url: str, *, per_second: float = 10, duration: str | float | None = None) -> Stream:
        """So many requests a second, evenly; until stopped, or for a duration."""
        return self._start(url, {"kind": "constant", "per_second": per_second, **_lasting(duration)})

    def ramp(self, url: str, *, start: float = 1, end: float = 20, duration: str | float = "5m") -> Stream:
        """From `start` to `end` requests a second over a duration."""
        return self._start(url, {"kind": "ramp", "start": start, "end": end, **_lasting(duration)})

    def burst(self, url: str, *, requests: int = 100) -> Stream:
        """So many requests at once."""
        return self._start(url, {"kind": "burst", "requests": requests})

    def closed(
        self, url: str, *, clients: int = 10, think: str | float = 0, duration: str | float | None = None
    ) -> Stream:
        """So many customers, each of whom waits for an answer, thinks, and asks again."""
        return self._start(
            url, {"kind": "closed", "clients": clients, "think_ms": milliseconds(think), **_lasting(duration)}
        )

    def _start(self, url: str, pattern: dict[str, Any]) -> Stream:
        args = {"pattern": pattern, "method": "GET", "url": whole(url), "headers": {}}
        return Stream(self._do, self._do("traffic_start", args)["id"])


def _lasting(duration: str | float | None) -> dict[str, int]:
    return {} if duration is None else {"duration_ms": milliseconds(duration)}
