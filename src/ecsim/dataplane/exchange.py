"""One request and what became of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ecsim.decide.load_balancing.routing import Asked
from ecsim.model.network import Balancer, TargetGroup
from ecsim.model.task import TargetKey
from ecsim.workload.runs import Begun

CLIENT_IP = "203.0.113.10"
"""Where customers seem to come from: an address for documentation (RFC 5737)."""
PORTS = {"http": 80, "https": 443}
MALFORMED_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came back.

    Attributes:
        status: the HTTP status; None when there was no HTTP answer at all.
        ms: how long the client waited, in virtual milliseconds.
        code: why the balancer or the network answered instead of a program (see `ecsim.dataplane.reasons`).
        why: the fields of `code`.
        task: the id of the task that was asked, or None.
        problem: what curl would say when there was no HTTP answer.
    """

    id: int
    status: int | None
    ms: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str | None = None
    why: Mapping[str, object] = field(default_factory=dict)
    task: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A URL, taken apart."""

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def is_ip(self) -> bool:
        """Whether the host is an IP address."""
        try:
            ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return True

    @property
    def shown(self) -> str:
        """The URL without its query, as the journal names it."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}"


def read_url(url: str) -> Address | None:
    """Take a URL apart; None when it is none. Without a scheme it is http, as for curl."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return Address(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        path=parts.path or "/",
        query=parts.query,
    )


def check_texts(**given: object) -> None:
    """Refuse what is not text: requests come from people, over a connection. TypeError names it."""
    for name, value in given.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} is a text, not {value!r}")


def check_mapping(**given: object) -> None:
    """Refuse what is no mapping. TypeError names it."""
    for name, value in given.items():
        if not isinstance(value, Mapping):
            raise TypeError(f"{name} is a mapping of names to values, not {value!r}")


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request under way.

    Attributes:
        client: who sent it: "learner", or the generator "traffic-<n>".
        generator: the id of the generator that wants to know its end, or None.
        customer: which of the generator's customers sent it.
        begun: what the workload made of it, once it was given to a program.
        target: the target that it was given to; None when it went straight to a task.
        task_id, task_arn, peer: who was asked, and at which address.
        wait_s: how long the balancer (or the client) waits for an answer.
        healthy: how many targets of the group were healthy when it was forwarded, or None.
        balancer, group: who forwards it, and to which target group.
        layer4: whether the balancer passes bytes on and knows nothing of HTTP.
        timeout_s: when the client gives up, or None.
        sticky_group_s: how long the client stays with the target group, 0 when it does not.
    """

    id: int
    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    client: str
    sent_at_ms: int
    generator: int | None = None
    customer: int = 0
    address: Address | None = None
    begun: Begun | None = None
    target: TargetKey | None = None
    task_arn: str | None = None
    task_id: str | None = None
    peer: str = ""
    wait_s: int = 60
    healthy: int | None = None
    balancer: Balancer | None = None
    group: TargetGroup | None = None
    layer4: bool = False
    timeout_s: float | None = None
    sticky_group_s: int = 0

    @property
    def answers_http(self) -> bool:
        """Whether a balancer on the way answers with pages of its own when nobody else does."""
        return self.target is not None and not self.layer4

    def asked(self) -> Asked:
        """What routing looks at."""
        assert self.address is not None, f"{self.url} was not read"
        host = self.headers.get("host", self.address.host).partition(":")[0]
        return Asked(
            method=self.method,
            host=host,
            path=self.address.path,
            query=self.address.query,
            headers=self.headers,
            source_ip=CLIENT_IP,
            protocol=self.address.scheme.upper(),
            port=self.address.port,
        )

    def place(self) -> dict[str, object]:
        """Where the client connected to."""
        assert self.address is not None, f"{self.url} was not read"
        return {"host": self.address.host, "port": self.address.port}
