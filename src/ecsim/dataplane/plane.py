"""The data plane: a request goes through listener, rule, target and program, on virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from ecsim.clock.engine import Engine, Wake
from ecsim.clock.journal import Journal
from ecsim.dataplane.exchange import (
    CLIENT_IP,
    MALFORMED_MAX,
    Exchange,
    Result,
    check_mapping,
    check_texts,
    read_url,
)
from ecsim.dataplane.pages import HEADERS
from ecsim.dataplane.traffic import Traffic
from ecsim.dataplane.way_back import CONNECT_TIMEOUT_S, WayBack
from ecsim.decide import routing
from ecsim.model.network import Balancer, Listener, Target, TargetGroup, TargetState
from ecsim.model.task import TargetKey, Task, TaskStatus
from ecsim.store import Store
from ecsim.workload.program import Request
from ecsim.workload.runtime import Workload

CLIENT_TIMEOUT_S = 60
"""How long a client waits that talks to a task directly: our choice."""
NO_HTTP = ("TCP", "TLS", "UDP", "TCP_UDP")
GONE = (TaskStatus.DEPROVISIONING, TaskStatus.STOPPED)
"""In these states a task's network interface answers nothing any more."""


class Balancing(Protocol):
    """Elastic Load Balancing's part."""

    def by_dns_name(self, name: str) -> Balancer | None:
        """The load balancer of a DNS name, or None."""
        ...

    def target_group(self, arn: str) -> TargetGroup | None:
        """The target group, or None."""
        ...


class Dataplane:
    """HTTP from customers to programs.

    Requests are given in with `request` and travel while time moves; `result` has the answer when it is there.
    Wakes of the kinds "http" and "traffic" belong to `handle`.
    """

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        store: Store,
        workload: Workload,
        balancing: Balancing,
    ) -> None:
        self._engine = engine
        self._store = store
        self._workload = workload
        self._balancing = balancing
        self._last_id = 0
        self._asked: Counter[str] = Counter()
        self._task_at: dict[str, str] = {}
        self.traffic = Traffic(engine, self._send_for)
        self._back = WayBack(engine, journal, store, workload, self.traffic)
        workload.on_abort.append(self._back.aborted)

    # Single requests

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        client: str = "learner",
    ) -> int:
        """Send a request now; it arrives when time moves on. Returns its id, for `result`.

        Raises:
            TypeError: something is not text, or the headers are no mapping.
        """
        check_texts(method=method, url=url, body=body)
        check_mapping(headers=headers or {})
        exchange = self._exchange(method, url, headers, body, client)
        self._back.waiting[exchange.id] = exchange
        self._engine.call_at(self._engine.now_ms, "http", str(exchange.id), what="arrive")
        return exchange.id

    def result(self, request_id: int) -> Result | None:
        """The answer to a request, or None while it is under way."""
        return self._back.results.get(request_id)

    def take(self, request_id: int) -> Result | None:
        """The answer to a request, which is forgotten with this; None while it is under way."""
        return self._back.results.pop(request_id, None)

    # Streams of requests

    def start_traffic(
        self,
        pattern: Mapping[str, Any],
        method: str = "GET",
        url: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> int:
        """Start a stream of requests; see `ecsim.dataplane.traffic.read_pattern`. Returns its id.

        Raises:
            ValueError: the pattern or the URL cannot be read; the message says what is wrong.
            TypeError: something is not text, or no mapping.
        """
        check_texts(method=method, url=url)
        check_mapping(pattern=pattern, headers=headers or {})
        if read_url(url) is None:
            raise ValueError(f"{url!r} is no http or https URL")
        return self.traffic.start(pattern, method, url, dict(headers or {}))

    def stop_traffic(self, traffic_id: int) -> None:
        """Send no more; what is under way goes on. ValueError: there is no such stream."""
        self.traffic.stop(traffic_id)

    def report(self, traffic_id: int) -> dict[str, Any]:
        """What became of a stream's requests so far. ValueError: there is no such stream."""
        return self.traffic.report(traffic_id)

    # What the world tells

    def handle(self, wake: Wake) -> None:
        """Handle a wake of the kind "http" or "traffic"."""
        if wake.kind == "traffic":
            self.traffic.handle(wake)
            return
        assert wake.kind == "http", f"{wake} is nothing for the data plane"
        exchange = self._back.waiting.get(int(wake.key))
        if exchange is None:
            return
        match wake.detail["what"]:
            case "arrive":
                self._arrive(exchange)
            case "finish":
                self._back.finish(exchange)
            case "connect_timeout":
                self._back.no_connection(exchange)
            case _:
                self._back.no_answer(exchange)

    def target_gone(self, key: TargetKey) -> None:
        """A target's deregistration delay is over: the balancer closes what is still in flight there."""
        for exchange in [e for e in self._back.waiting.values() if e.target == key]:
            self._back.delay_over(exchange)

    # The way there

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str] | None, body: str, client: str
    ) -> Exchange:
        self._last_id += 1
        return Exchange(
            id=self._last_id,
            method=method.upper(),
            url=url,
            headers={str(name).lower(): str(value) for name, value in (headers or {}).items()},
            body=body,
            client=client,
            sent_at_ms=self._engine.now_ms,
        )

    def _send_for(
        self, generator: int, customer: int, method: str, url: str, headers: Mapping[str, str]
    ) -> None:
        """A generator sends a request, at this moment."""
        exchange = self._exchange(method, url, headers, "", f"traffic-{generator}")
        exchange.generator, exchange.customer = generator, customer
        self._back.waiting[exchange.id] = exchange
        self._arrive(exchange)

    def _arrive(self, exchange: Exchange) -> None:
        address = exchange.address = read_url(exchange.url)
        if address is None:
            self._back.no_http(exchange, "http.bad_url", url=exchange.url[:MALFORMED_MAX])
            return
        if address.is_ip:
            self._direct(exchange)
            return
        balancer = self._balancing.by_dns_name(address.host)
        if balancer is None:
            self._back.no_http(exchange, "http.unknown_host", host=address.host)
            return
        listener = next((each for each in balancer.listeners if each.port == address.port), None)
        if listener is None:
            self._back.no_http(exchange, "http.no_listener", **exchange.place())
            return
        exchange.wait_s = balancer.idle_timeout_s
        self._through(exchange, listener)

    def _through(self, exchange: Exchange, listener: Listener) -> None:
        """Through a listener: rule, action, target."""
        assert exchange.address is not None, "only requests that were read arrive"
        if exchange.address.scheme == "https" and listener.protocol in ("HTTP", "TCP"):
            self._back.no_http(exchange, "http.tls_failed", **exchange.place())
            return
        if exchange.address.scheme == "http" and listener.protocol == "HTTPS":
            self._back.own(exchange, 400, "http.plain_http_to_https", **exchange.place())
            return
        asked = exchange.asked()
        rule = routing.meet(listener, asked)
        nth = 0
        if rule is not None:
            nth = self._asked[rule.arn]
            self._asked[rule.arn] += 1
        outcome = routing.act(rule.actions if rule is not None else (), asked, nth=nth)
        match outcome:
            case routing.Forward(target_group_arn):
                self._forward(exchange, target_group_arn, tcp=listener.protocol in NO_HTTP)
            case routing.Redirect(status, location):
                self._back.done(exchange, status=status, headers={**HEADERS, "location": location})
            case routing.FixedResponse(status, body, content_type):
                headers = {"server": HEADERS["server"], "content-type": content_type}
                self._back.done(exchange, status=status, body=body, headers=headers)
            case routing.Unsupported(kind):
                self._back.own(exchange, 503, "http.action_not_simulated", action=kind)

    def _forward(self, exchange: Exchange, group_arn: str, *, tcp: bool) -> None:
        group = self._balancing.target_group(group_arn)
        targets = self._store.targets_in(group_arn)
        exchange.healthy = sum(target.state is TargetState.HEALTHY for target in targets)
        target = routing.choose(
            targets,
            nth=self._asked[group_arn],
            now_ms=self._engine.now_ms,
            slow_start_s=group.slow_start_s if group is not None else 0,
        )
        self._asked[group_arn] += 1
        if target is None:
            name = group.name if group is not None else group_arn.split("/")[1]
            draining = sum(target.state is TargetState.DRAINING for target in targets)
            if tcp:
                self._back.no_http(exchange, "http.refused", **exchange.place())
            else:
                self._back.own(exchange, 503, "http.no_targets", target_group=name, draining=draining)
            return
        self._to_target(exchange, target)

    def _to_target(self, exchange: Exchange, target: Target) -> None:
        exchange.target = target.key
        exchange.peer = f"{target.key.target_id}:{target.key.port}"
        task = self._store.tasks.get(target.task_arn or "") or self._task_with(
            target.key.target_id, target.key.port
        )
        self._ask(exchange, task, target.key.port)

    def _direct(self, exchange: Exchange) -> None:
        """Straight to a task's address, past every balancer."""
        assert exchange.address is not None, "only requests that were read arrive"
        exchange.wait_s = CLIENT_TIMEOUT_S
        exchange.peer = f"{exchange.address.host}:{exchange.address.port}"
        host, port = exchange.address.host, exchange.address.port
        self._ask(exchange, self._task_with(host, port), port)

    def _ask(self, exchange: Exchange, task: Task | None, port: int) -> None:
        if task is not None:
            exchange.task_arn, exchange.task_id = task.arn, task.id
            begun = self._workload.begin(task.arn, task.program_port(port), self._as_seen(exchange))
        if task is None or (begun.problem == "unreachable" and task.last_status in GONE):
            wait_s = CONNECT_TIMEOUT_S if exchange.target is not None else exchange.wait_s
            self._back.later(exchange, wait_s * 1_000, "connect_timeout")
            return
        if begun.problem is not None:
            self._back.refused(exchange, port)
            return
        self._back.given(exchange, begun)
        wait_ms = exchange.wait_s * 1_000
        if begun.duration_ms is None or begun.duration_ms > wait_ms:
            self._back.later(exchange, wait_ms, "timeout")
        else:
            self._back.later(exchange, begun.duration_ms, "finish")

    def _as_seen(self, exchange: Exchange) -> Request:
        """The request as the program sees it: a balancer adds the X-Forwarded headers."""
        address = exchange.address
        assert address is not None, "only requests that were read arrive"
        headers = {"host": address.host, "user-agent": "curl/8.5.0", **exchange.headers}
        if exchange.target is not None:
            before = exchange.headers.get("x-forwarded-for")
            headers["x-forwarded-for"] = f"{before}, {CLIENT_IP}" if before else CLIENT_IP
            headers["x-forwarded-proto"] = address.scheme
            headers["x-forwarded-port"] = str(address.port)
        return Request(
            method=exchange.method,
            path=address.path,
            query=address.query,
            headers=headers,
            body=exchange.body,
        )

    def _task_with(self, ip: str, port: int) -> Task | None:
        """The living task with an address, private or public, or behind a port of its EC2 instance."""
        address = f"{ip}:{port}"
        known = self._store.tasks.get(self._task_at.get(address, ""))
        if known is not None and not known.is_stopped:
            return known
        for task in reversed(self._store.tasks.values()):
            if not task.is_stopped and _answers_at(task, ip, port):
                self._task_at[address] = task.arn
                return task
        return None


def _answers_at(task: Task, ip: str, port: int) -> bool:
    eni = task.eni
    if eni is not None:
        return ip in (eni.private_ip, eni.public_ip)
    return ip in task.host and any(binding.host_port == port for binding in task.bindings)
