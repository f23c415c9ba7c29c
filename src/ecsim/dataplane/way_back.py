"""The way back: what becomes of a request that was given to a program, or that nobody could be given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from ecsim.clock.engine import Engine
from ecsim.clock.journal import Journal
from ecsim.dataplane.exchange import MALFORMED_MAX, Exchange, Result
from ecsim.dataplane.pages import HEADERS, curl_says, page
from ecsim.dataplane.traffic import Traffic
from ecsim.decide.load_balancing import stickiness
from ecsim.model.task import TargetKey
from ecsim.store import Store
from ecsim.workload.runs import Begun
from ecsim.workload.runtime import Workload

CONNECT_TIMEOUT_S = 10
"""How long a balancer tries to connect to a target. Source: ecs-behaviour.md 8.3."""


class WayBack:
    """Ends requests, each exactly once.

    Attributes:
        waiting: the requests that have no end yet, by id.
        results: the ends that nobody has fetched yet, by id.
        in_flight: how many requests are under way at each target.
        ended: told about each request that has come to its end.
    """

    def __init__(
        self, engine: Engine, journal: Journal, store: Store, workload: Workload, traffic: Traffic
    ) -> None:
        self._engine = engine
        self._journal = journal
        self._store = store
        self._workload = workload
        self._traffic = traffic
        self._by_begun: dict[int, int] = {}
        self.waiting: dict[int, Exchange] = {}
        self.in_flight: Counter[TargetKey] = Counter()
        self.ended: list[Callable[[Exchange, Result], None]] = []
        self.results: dict[int, Result] = {}

    # From a program

    def given(self, exchange: Exchange, begun: Begun) -> None:
        """A program has the request now."""
        exchange.begun = begun
        self._by_begun[begun.id] = exchange.id

    def finish(self, exchange: Exchange) -> None:
        """The program's time for it is over."""
        begun = exchange.begun
        assert begun is not None, f"request {exchange.id} was given to nobody"
        assert begun.answer is not None, f"request {exchange.id} began without an answer"
        if self._is_cut(exchange):
            self.delay_over(exchange)
            return
        if not self._workload.finish(begun.id):
            waited_ms = self._engine.now_ms - exchange.sent_at_ms
            self.later(exchange, exchange.wait_s * 1_000 - waited_ms, "timeout")
            return
        answer = begun.answer
        headers = {"content-type": "text/plain; charset=utf-8", **answer.headers}
        self._bind(exchange, headers)
        self.done(exchange, status=answer.status, body=answer.body, headers=headers)

    def _bind(self, exchange: Exchange, headers: dict[str, str]) -> None:
        """Add the cookies of sticky sessions to an answer."""
        target = self._store.targets.get(exchange.target) if exchange.target is not None else None
        if exchange.group is None or target is None or exchange.layer4:
            return
        now_ms, lines = self._engine.now_ms, stickiness.set_cookies(headers)
        own = stickiness.target_cookie(exchange.group, target, headers, now_ms=now_ms)
        if own is not None:
            lines.append(own)
        if exchange.sticky_group_s:
            arn = exchange.group.arn
            lines.append(stickiness.group_cookie(arn, sticky_s=exchange.sticky_group_s, now_ms=now_ms))
        if lines:
            headers["set-cookie"] = "\n".join(lines)

    def _is_cut(self, exchange: Exchange) -> bool:
        """Whether its target is deregistered for good and the balancer closes what is open there."""
        if exchange.target is None or exchange.target in self._store.targets:
            return False
        return not exchange.layer4 or (exchange.group is not None and exchange.group.terminates)

    def aborted(self, begun: int) -> None:
        """A container ended with this request in flight."""
        exchange = self.waiting.get(self._by_begun.get(begun, 0))
        if exchange is None:
            return
        if not exchange.answers_http:
            self.no_http(exchange, "http.closed", **exchange.place())
        else:
            self.own(exchange, 502, "http.connection_closed", task=exchange.task_id, address=exchange.peer)

    # From the balancer

    def delay_over(self, exchange: Exchange) -> None:
        """The deregistration delay of its target ended first. A Network Load Balancer cuts only when told to.

        Source: NLB User Guide, target-groups (deregistration_delay.connection_termination.enabled).
        """
        if not self._is_cut(exchange):
            return
        self._give_up(exchange)
        if exchange.layer4:
            self.no_http(exchange, "http.closed", **exchange.place())
            return
        code = "http.deregistration_delay_over"
        self.own(exchange, 502, code, task=exchange.task_id, address=exchange.peer)

    def refused(self, exchange: Exchange, port: int) -> None:
        """Nobody listens on the port."""
        if not exchange.answers_http:
            self.no_http(exchange, "http.refused", **exchange.place())
            return
        code = "http.connection_refused"
        self.own(exchange, 502, code, task=exchange.task_id, address=exchange.peer, port=port)

    def no_connection(self, exchange: Exchange) -> None:
        """Nobody is at the address."""
        if not exchange.answers_http:
            self.no_http(exchange, "http.no_answer", **exchange.place(), timeout_s=exchange.wait_s)
            return
        code, timeout_s = "http.connect_timeout", CONNECT_TIMEOUT_S
        self.own(exchange, 504, code, task=exchange.task_id, address=exchange.peer, timeout_s=timeout_s)

    def no_answer(self, exchange: Exchange) -> None:
        """The program did not answer in time."""
        self._give_up(exchange)
        if not exchange.answers_http:
            self.no_http(exchange, "http.no_answer", **exchange.place(), timeout_s=exchange.wait_s)
            return
        code, timeout_s = "http.idle_timeout", exchange.wait_s
        self.own(exchange, 504, code, task=exchange.task_id, address=exchange.peer, timeout_s=timeout_s)

    def client_gone(self, exchange: Exchange) -> None:
        """The client gave up. Source: ecs-behaviour.md 8.3 (460)."""
        self._give_up(exchange)
        self.no_http(exchange, "http.client_gave_up", **exchange.place(), timeout_s=exchange.timeout_s)

    def own(self, exchange: Exchange, status: int, code: str, **why: object) -> None:
        """The balancer answers itself."""
        self.done(exchange, status=status, body=page(status), headers=HEADERS, code=code, why=why)

    def no_http(self, exchange: Exchange, code: str, **why: object) -> None:
        """There is no HTTP answer."""
        self.done(exchange, status=None, code=code, why=why, problem=curl_says(code, why))

    # The end

    def done(
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
        """A request has come to its end: write it down, and tell whoever waits."""
        del self.waiting[exchange.id]
        if exchange.target is not None:
            self.in_flight[exchange.target] -= 1
            if not self.in_flight[exchange.target]:
                del self.in_flight[exchange.target]
        if exchange.begun is not None:
            del self._by_begun[exchange.begun.id]
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
        for told in self.ended:
            told(exchange, result)
        if exchange.generator is None:
            self.results[exchange.id] = result
            return
        task = self._store.tasks.get(exchange.task_arn or "")
        revision = task.task_definition_arn.rsplit("/", 1)[-1] if task is not None else None
        self._traffic.answered(
            exchange.generator, exchange.customer, result, healthy=exchange.healthy, revision=revision
        )

    def later(self, exchange: Exchange, after_ms: int, what: str) -> None:
        """Plan a step of a request."""
        self._engine.call_at(self._engine.now_ms + after_ms, "http", str(exchange.id), what=what)

    def _give_up(self, exchange: Exchange) -> None:
        """Nobody waits for the program any more."""
        if exchange.begun is not None:
            self._workload.forget(exchange.begun.id)
