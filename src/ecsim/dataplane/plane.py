"""The data plane: a request goes through listener, rule, target and program, on virtual time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
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
from ecsim.decide.load_balancing import routing, stickiness
from ecsim.decide.load_balancing.routing import covers, forwarded_to
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


class Gates(Protocol):
    """Security groups."""

    def customer_reaches(self, balancer: Balancer, address: str, port: int) -> bool:
        """Whether a customer's connection gets to a load balancer's port."""
        ...

    def balancer_reaches(self, target_group_arn: str, security_groups: Sequence[str], port: int) -> bool:
        """Whether the load balancer of a target group gets to a port behind these security groups."""
        ...


class Naming(Protocol):
    """DNS and certificates."""

    def leads_to(self, name: str) -> str:
        """The last name in a chain of records; the name itself when there is none."""
        ...

    def certificate_names(self, arn: str) -> tuple[str, ...]:
        """The names that a certificate is good for, nothing when it is good for none."""
        ...


class AllOpen:
    """No security groups, no DNS: every load balancer has its own name only."""

    def customer_reaches(self, balancer: Balancer, address: str, port: int) -> bool:  # noqa: ARG002
        """Everybody reaches everything."""
        return True

    def balancer_reaches(self, target_group_arn: str, security_groups: Sequence[str], port: int) -> bool:  # noqa: ARG002
        """Everybody reaches everything."""
        return True

    def leads_to(self, name: str) -> str:
        """A name leads to itself."""
        return name

    def certificate_names(self, arn: str) -> tuple[str, ...]:  # noqa: ARG002
        """A certificate is good for every name."""
        return ("*",)


ALL_OPEN = AllOpen()


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
        gates: Gates = ALL_OPEN,
        names: Naming = ALL_OPEN,
    ) -> None:
        self._engine = engine
        self._store = store
        self._workload = workload
        self._balancing = balancing
        self._gates = gates
        self._names = names
        self._last_id = 0
        self._asked: Counter[str] = Counter()
        self._task_at: dict[str, str] = {}
        self.traffic = Traffic(engine, self._send_for)
        self._back = WayBack(engine, journal, store, workload, self.traffic)
        self.ended = self._back.ended
        workload.on_abort.append(self._back.aborted)

    # Single requests

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: str = "",
        client: str = "learner",
        timeout_s: float | None = None,
    ) -> int:
        """Send a request now; it arrives when time moves on. Returns its id, for `result`.

        Args:
            method: of HTTP.
            url: with or without a scheme.
            headers: names in any case.
            body: of the request.
            client: who the journal says it was.
            timeout_s: after so many seconds without an answer the client gives up.

        Raises:
            TypeError: something is not text, or the headers are no mapping.
            ValueError: the timeout is not above 0.
        """
        if timeout_s is not None and not timeout_s > 0:
            raise ValueError(f"timeout_s is a number of seconds above 0, not {timeout_s!r}")
        check_texts(method=method, url=url, body=body)
        check_mapping(headers=headers or {})
        exchange = self._exchange(method, url, headers, body, client)
        self._back.waiting[exchange.id] = exchange
        self._engine.call_at(self._engine.now_ms, "http", str(exchange.id), what="arrive")
        if timeout_s is not None:
            exchange.timeout_s = timeout_s
            self._back.later(exchange, round(timeout_s * 1_000), "gave_up")
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
            case "gave_up":
                self._back.client_gone(exchange)
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
        balancer = self._balancing.by_dns_name(self._names.leads_to(address.host))
        if balancer is None:
            self._back.no_http(exchange, "http.unknown_host", host=address.host)
            return
        if not self._gates.customer_reaches(balancer, CLIENT_IP, address.port):
            exchange.wait_s = CLIENT_TIMEOUT_S
            self._back.later(exchange, CLIENT_TIMEOUT_S * 1_000, "connect_timeout")
            return
        listener = next((each for each in balancer.listeners if each.port == address.port), None)
        if listener is None:
            self._back.no_http(exchange, "http.no_listener", **exchange.place())
            return
        exchange.balancer = balancer
        exchange.layer4 = listener.protocol in NO_HTTP
        exchange.wait_s = CLIENT_TIMEOUT_S if exchange.layer4 else balancer.idle_timeout_s
        if self._greeted(exchange, listener):
            self._through(exchange, listener)

    def _greeted(self, exchange: Exchange, listener: Listener) -> bool:
        """Whether client and listener understand each other: both with TLS, or both without."""
        address = exchange.address
        assert address is not None, "only requests that were read arrive"
        if address.scheme == "https" and listener.protocol in ("HTTP", "TCP"):
            self._back.no_http(exchange, "http.tls_failed", **exchange.place())
            return False
        if address.scheme == "http" and listener.protocol == "HTTPS":
            self._back.own(exchange, 400, "http.plain_http_to_https", **exchange.place())
            return False
        if address.scheme == "http" and listener.protocol == "TLS":
            self._back.no_http(exchange, "http.closed", **exchange.place())
            return False
        if address.scheme == "https":
            names = [name for arn in listener.certificates for name in self._names.certificate_names(arn)]
            if not any(covers(name, address.host) for name in names):
                known = list(dict.fromkeys(names))
                self._back.no_http(exchange, "http.certificate_mismatch", host=address.host, names=known)
                return False
        return True

    def _through(self, exchange: Exchange, listener: Listener) -> None:
        """Through a listener: rule, action, target."""
        asked = exchange.asked()
        rule = routing.meet(listener, asked)
        nth, stays_with = 0, None
        if rule is not None:
            nth = self._asked[rule.arn]
            self._asked[rule.arn] += 1
            arns = [arn for action in rule.actions for arn in forwarded_to(action)]
            cookies = stickiness.cookies_of(exchange.headers)
            stays_with = stickiness.stays_with_group(arns, cookies, now_ms=self._engine.now_ms)
        actions = rule.actions if rule is not None else ()
        outcome = routing.act(actions, asked, nth=nth, stays_with=stays_with)
        match outcome:
            case routing.Forward(target_group_arn, sticky_s):
                exchange.sticky_group_s = sticky_s
                self._forward(exchange, target_group_arn)
            case routing.Redirect(status, location):
                self._back.done(exchange, status=status, headers={**HEADERS, "location": location})
            case routing.FixedResponse(status, body, content_type):
                headers = {"server": HEADERS["server"], "content-type": content_type}
                self._back.done(exchange, status=status, body=body, headers=headers)
            case routing.Unsupported(kind):
                self._back.own(exchange, 503, "http.action_not_simulated", action=kind)

    def _forward(self, exchange: Exchange, group_arn: str) -> None:
        group = exchange.group = self._balancing.target_group(group_arn)
        targets = self._store.targets_in(group_arn)
        exchange.healthy = sum(target.state is TargetState.HEALTHY for target in targets)
        target = self._choose(exchange, group, targets, nth=self._asked[group_arn])
        self._asked[group_arn] += 1
        if target is None:
            name = group.name if group is not None else group_arn.split("/")[1]
            draining = sum(target.state is TargetState.DRAINING for target in targets)
            if exchange.layer4:
                self._back.no_http(exchange, "http.refused", **exchange.place())
            else:
                self._back.own(exchange, 503, "http.no_targets", target_group=name, draining=draining)
            return
        self._to_target(exchange, target)

    def _choose(
        self, exchange: Exchange, group: TargetGroup | None, targets: Sequence[Target], *, nth: int
    ) -> Target | None:
        """The target that gets a request, by cookie, zone and algorithm."""
        if group is None:
            return routing.choose(targets, nth=nth)
        now_ms, balancer = self._engine.now_ms, exchange.balancer
        cookies = stickiness.cookies_of(exchange.headers)
        known = stickiness.stays_with_target(group, targets, cookies, now_ms=now_ms)
        if known is not None:
            return known
        if balancer is not None and not routing.crosses_zones(group, balancer):
            targets = routing.in_zone(targets, [zone for zone, _ in balancer.subnets], nth=nth)
            nth //= max(len(balancer.subnets), 1)
        if group.stickiness == "source_ip":
            nth = 0  # every customer of ours comes from one address
        return routing.choose(
            targets,
            nth=nth,
            now_ms=now_ms,
            slow_start_s=group.slow_start_s,
            algorithm=group.algorithm,
            in_flight=self._back.in_flight,
        )

    def _to_target(self, exchange: Exchange, target: Target) -> None:
        exchange.target = target.key
        self._back.in_flight[target.key] += 1
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
        if task is not None and not self._is_let_in(exchange, task, port):
            task = None
        if task is not None:
            begun = self._workload.begin(task.arn, task.program_port(port), self._as_seen(exchange))
        if task is None or (begun.problem == "unreachable" and task.last_status in GONE):
            wait_s = CONNECT_TIMEOUT_S if exchange.answers_http else exchange.wait_s
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

    def _is_let_in(self, exchange: Exchange, task: Task, port: int) -> bool:
        """Whether the task's security groups let the load balancer in."""
        if exchange.target is None or task.eni is None:
            return True
        groups = task.eni.security_groups
        return self._gates.balancer_reaches(exchange.target.target_group_arn, groups, port)

    def _as_seen(self, exchange: Exchange) -> Request:
        """The request as the program sees it: an Application Load Balancer adds the X-Forwarded headers."""
        address = exchange.address
        assert address is not None, "only requests that were read arrive"
        headers = {"host": address.host, "user-agent": "curl/8.5.0", **exchange.headers}
        if exchange.answers_http:
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
