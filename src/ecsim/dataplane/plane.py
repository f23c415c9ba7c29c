"""The data plane: a request goes through listener, rule, target and program, on virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

from ecsim.clock.engine import Engine, Wake
from ecsim.clock.journal import Journal
from ecsim.dataplane.exchange import CLIENT_IP, MALFORMED_MAX, Exchange, Result, read_url
from ecsim.dataplane.pages import HEADERS, curl_says, page
from ecsim.dataplane.traffic import Traffic
from ecsim.decide import routing
from ecsim.faults import Faults
from ecsim.model.network import Balancer, Listener, Target, TargetGroup, TargetState
from ecsim.model.task import TargetKey, Task, TaskStatus
from ecsim.store import Store
from ecsim.workload.program import Request
from ecsim.workload.runs import Begun
from ecsim.workload.runtime import Workload

CONNECT_TIMEOUT_S = 10
"""How long a balancer tries to connect to a target. Source: ecs-behaviour.md 8.3."""
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
        faults: Faults,
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._store = store
        self._workload = workload
        self._balancing = balancing
        self._faults = faults
        self._last_id = 0
        self._waiting: dict[int, Exchange] = {}
        self._by_begun: dict[int, int] = {}
        self._answers: dict[int, Begun] = {}
        self._results: dict[int, Result] = {}
        self._asked: Counter[str] = Counter()
        self._task_at: dict[str, str] = {}
        self.traffic = Traffic(engine, self._send_for)
        workload.on_abort.append(self._aborted)

    # Single requests

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        client: str = "learner",
    ) -> int:
        """Send a request now; it arrives when time moves on. Returns its id, for `result`."""
        exchange = self._exchange(method, url, headers, body, client)
        self._waiting[exchange.id] = exchange
        self._engine.call_at(self._engine.now_ms, "http", str(exchange.id), what="arrive")
        return exchange.id

    def result(self, request_id: int) -> Result | None:
        """The answer to a request, or None while it is under way."""
        return self._results.get(request_id)

    def take(self, request_id: int) -> Result | None:
        """The answer to a request, which is forgotten with this; None while it is under way."""
        return self._results.pop(request_id, None)

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
        """
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
        exchange = self._waiting.get(int(wake.key))
        if exchange is None:
            return
        match wake.detail["what"]:
            case "arrive":
                self._arrive(exchange)
            case "finish":
                self._finish(exchange)
            case "connect_timeout":
                self._no_connection(exchange)
            case _:
                self._no_answer(exchange)

    def target_gone(self, key: TargetKey) -> None:
        """A target's deregistration delay is over: the balancer closes what is still in flight there."""
        for exchange in [e for e in self._waiting.values() if e.target == key]:
            self._workload.forget(exchange.begun)
            self._delay_over(exchange)

    def _aborted(self, begun: int) -> None:
        """A container ended with this request in flight."""
        exchange = self._waiting.get(self._by_begun.get(begun, 0))
        if exchange is None:
            return
        if exchange.target is None:
            self._no_http(exchange, "http.closed", **self._peer(exchange))
        else:
            self._own(exchange, 502, "http.connection_closed", task=exchange.task_id, address=exchange.peer)

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
        self._waiting[exchange.id] = exchange
        self._arrive(exchange)

    def _arrive(self, exchange: Exchange) -> None:
        address = exchange.address = read_url(exchange.url)
        if address is None:
            self._no_http(exchange, "http.bad_url", url=exchange.url[:MALFORMED_MAX])
            return
        if address.is_ip:
            self._direct(exchange)
            return
        balancer = self._balancing.by_dns_name(address.host)
        if balancer is None:
            self._no_http(exchange, "http.unknown_host", host=address.host)
            return
        listener = next((each for each in balancer.listeners if each.port == address.port), None)
        if listener is None:
            self._no_http(exchange, "http.no_listener", **self._peer(exchange))
            return
        exchange.wait_s = balancer.idle_timeout_s
        self._through(exchange, listener)

    def _through(self, exchange: Exchange, listener: Listener) -> None:
        """Through a listener: rule, action, target."""
        assert exchange.address is not None, "only requests that were read arrive"
        if exchange.address.scheme == "https" and listener.protocol in ("HTTP", "TCP"):
            self._no_http(exchange, "http.tls_failed", **self._peer(exchange))
            return
        if exchange.address.scheme == "http" and listener.protocol == "HTTPS":
            self._own(exchange, 400, "http.plain_http_to_https", **self._peer(exchange))
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
                self._done(exchange, status=status, headers={**HEADERS, "location": location})
            case routing.FixedResponse(status, body, content_type):
                headers = {"server": HEADERS["server"], "content-type": content_type}
                self._done(exchange, status=status, body=body, headers=headers)
            case routing.Unsupported(kind):
                self._own(exchange, 503, "http.action_not_simulated", action=kind)

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
                self._no_http(exchange, "http.refused", **self._peer(exchange))
            else:
                self._own(exchange, 503, "http.no_targets", target_group=name, draining=draining)
            return
        self._to_target(exchange, target)

    def _to_target(self, exchange: Exchange, target: Target) -> None:
        exchange.target = target.key
        exchange.peer = f"{target.key.target_id}:{target.key.port}"
        task = self._store.tasks.get(target.task_arn or "") or self._task_with(target.key.target_id)
        self._ask(exchange, task, target.key.port)

    def _direct(self, exchange: Exchange) -> None:
        """Straight to a task's address, past every balancer."""
        assert exchange.address is not None, "only requests that were read arrive"
        exchange.wait_s = CLIENT_TIMEOUT_S
        exchange.peer = f"{exchange.address.host}:{exchange.address.port}"
        self._ask(exchange, self._task_with(exchange.address.host), exchange.address.port)

    def _ask(self, exchange: Exchange, task: Task | None, port: int) -> None:
        if task is not None:
            exchange.task_arn, exchange.task_id = task.arn, task.id
            begun = self._workload.begin(task.arn, port, self._as_seen(exchange))
        if task is None or (begun.problem == "unreachable" and task.last_status in GONE):
            wait_s = CONNECT_TIMEOUT_S if exchange.target is not None else exchange.wait_s
            self._later(exchange, wait_s * 1_000, "connect_timeout")
            return
        if begun.problem is not None:
            self._refused(exchange, port)
            return
        exchange.begun = begun.id
        self._by_begun[begun.id] = exchange.id
        self._answers[exchange.id] = begun
        wait_ms = exchange.wait_s * 1_000
        if begun.duration_ms is None or begun.duration_ms > wait_ms:
            self._later(exchange, wait_ms, "timeout")
        else:
            self._later(exchange, begun.duration_ms, "finish")

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

    def _task_with(self, ip: str) -> Task | None:
        """The living task with an address, private or public."""
        known = self._store.tasks.get(self._task_at.get(ip, ""))
        if known is not None and not known.is_stopped:
            return known
        for task in reversed(self._store.tasks.values()):
            eni = task.eni
            if eni is not None and not task.is_stopped and ip in (eni.private_ip, eni.public_ip):
                self._task_at[ip] = task.arn
                return task
        return None

    # The way back

    def _finish(self, exchange: Exchange) -> None:
        if exchange.target is not None and exchange.target not in self._store.targets:
            self._workload.forget(exchange.begun)
            self._delay_over(exchange)
            return
        begun = self._answers[exchange.id]
        if not self._workload.finish(exchange.begun):
            waited = self._engine.now_ms - exchange.sent_at_ms
            self._later(exchange, exchange.wait_s * 1_000 - waited, "timeout")
            return
        answer = begun.answer
        assert answer is not None, f"request {exchange.id} began without an answer"
        headers = {"content-type": "text/plain; charset=utf-8", **answer.headers}
        self._done(exchange, status=answer.status, body=answer.body, headers=headers)

    def _delay_over(self, exchange: Exchange) -> None:
        code = "http.deregistration_delay_over"
        self._own(exchange, 502, code, task=exchange.task_id, address=exchange.peer)

    def _refused(self, exchange: Exchange, port: int) -> None:
        if exchange.target is None:
            self._no_http(exchange, "http.refused", **self._peer(exchange))
        else:
            code = "http.connection_refused"
            self._own(exchange, 502, code, task=exchange.task_id, address=exchange.peer, port=port)

    def _no_connection(self, exchange: Exchange) -> None:
        """Nobody is at the address."""
        if exchange.target is None:
            self._no_http(exchange, "http.no_answer", **self._peer(exchange), timeout_s=exchange.wait_s)
            return
        code, timeout_s = "http.connect_timeout", CONNECT_TIMEOUT_S
        self._own(exchange, 504, code, task=exchange.task_id, address=exchange.peer, timeout_s=timeout_s)

    def _no_answer(self, exchange: Exchange) -> None:
        """The program did not answer in time."""
        self._workload.forget(exchange.begun)
        if exchange.target is None:
            self._no_http(exchange, "http.no_answer", **self._peer(exchange), timeout_s=exchange.wait_s)
            return
        code, timeout_s = "http.idle_timeout", exchange.wait_s
        self._own(exchange, 504, code, task=exchange.task_id, address=exchange.peer, timeout_s=timeout_s)

    def _own(self, exchange: Exchange, status: int, code: str, **why: object) -> None:
        """The balancer answers itself."""
        self._done(exchange, status=status, body=page(status), headers=HEADERS, code=code, why=why)

    def _no_http(self, exchange: Exchange, code: str, **why: object) -> None:
        """There is no HTTP answer."""
        self._done(exchange, status=None, code=code, why=why, problem=curl_says(code, why))

    def _done(
        self,
        exchange: Exchange,
        *,
        status: int | None,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        code: str | None = None,
        why: Mapping[str, object] | None = None,
        problem: str | None = None,
    ) -> None:
        del self._waiting[exchange.id]
        self._answers.pop(exchange.id, None)
        self._by_begun.pop(exchange.begun, None)
        result = Result(
            id=exchange.id,
            status=status,
            ms=self._engine.now_ms - exchange.sent_at_ms,
            body=body,
            headers=dict(headers or {}),
            code=code,
            why=dict(why or {}),
            task=exchange.task_id,
            problem=problem,
        )
        shown = exchange.address.shown if exchange.address is not None else exchange.url[:MALFORMED_MAX]
        fields: dict[str, object] = {
            "status": status,
            "task": result.task,
            "ms": result.ms,
            "code": code,
            "client": exchange.client,
        }
        if code is not None:
            fields["why"] = dict(result.why)
        self._journal.record("http", f"{exchange.method} {shown}", **fields)
        if exchange.generator is None:
            self._results[exchange.id] = result
            return
        task = self._store.tasks.get(exchange.task_arn or "")
        revision = task.task_definition_arn.rsplit("/", 1)[-1] if task is not None else None
        self.traffic.answered(
            exchange.generator, exchange.customer, result, healthy=exchange.healthy, revision=revision
        )

    def _peer(self, exchange: Exchange) -> dict[str, object]:
        assert exchange.address is not None, "only requests that were read arrive"
        return {"host": exchange.address.host, "port": exchange.address.port}

    def _later(self, exchange: Exchange, after_ms: int, what: str) -> None:
        self._engine.call_at(self._engine.now_ms + after_ms, "http", str(exchange.id), what=what)
