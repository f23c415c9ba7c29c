"""Requests: who answers, with what, after how long, and why."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecsim.dataplane.reasons import REASONS
from ecsim.faults import Fault, FaultKind
from ecsim.model.network import ListenerRule, TargetState
from ecsim.workload.images import Pushed
from ecsim.workload.program import Program
from tests.dataplane.rig import HOST, URL, Rig, forward, listener


def outcome(result):
    return result.status, result.code, result.ms


def test_round_robin_over_the_healthy_ones():
    rig = Rig()
    rig.task(1)
    rig.task(2, state=TargetState.UNHEALTHY)
    rig.task(3)
    rig.task(4, state=TargetState.INITIAL)
    tasks = [rig.ask().task[-1] for _ in range(4)]
    assert tasks == ["1", "3", "1", "3"]
    assert rig.engine.now_ms == 4 * 20


def test_the_answer_and_its_line_in_the_journal():
    rig = Rig()
    task = rig.task(1)
    result = rig.ask(URL + "/cart?id=7")
    assert outcome(result) == (200, None, 20)
    assert result.body == f"web 1.0 from task {task.id}\n"
    assert rig.journal.text() == (
        f'00:00:00.020 http GET {URL}/cart status=200 task="{task.id}" ms=20 code=null client="learner"\n'
    )


def test_nobody_is_asked_while_time_stands_still():
    rig = Rig()
    rig.task(1)
    request = rig.plane.request("GET", URL)
    assert rig.plane.result(request) is None
    rig.run(20)
    assert rig.plane.result(request).status == 200
    assert rig.plane.take(request).status == 200
    assert rig.plane.take(request) is None


def test_what_the_program_is_told():
    """ALB user guide: X-Forwarded-For, -Proto and -Port; the Host header stays as it was."""
    rig = Rig()
    rig.task(1)
    body = rig.ask(URL + "/headers", headers={"X-Forwarded-For": "198.51.100.1", "X-Beta": "yes"}).body
    for part in (
        f'"host": "{HOST}"',
        '"x-forwarded-for": "198.51.100.1, 203.0.113.10"',
        '"x-forwarded-proto": "http"',
        '"x-forwarded-port": "80"',
        '"x-beta": "yes"',
    ):
        assert part in body
    assert "x-forwarded" not in rig.ask("http://10.0.1.1:8080/headers").body


# The balancer answers for itself: ecs-behaviour.md 8.3


def test_without_registered_targets_it_is_503():
    rig = Rig()
    result = rig.ask()
    assert outcome(result) == (503, "http.no_targets", 0)
    assert result.headers["server"] == "awselb/2.0"
    assert "<h1>503 Service Temporarily Unavailable</h1>" in result.body
    rig.drain(rig.task(1), 300_000)
    assert rig.ask().why == {"target_group": "web", "draining": 1}


def test_it_fails_open_when_all_are_unhealthy():
    """ecs-behaviour.md 8.1."""
    rig = Rig()
    rig.task(1, state=TargetState.UNHEALTHY)
    rig.task(2, state=TargetState.UNHEALTHY)
    assert [rig.ask().task[-1] for _ in range(2)] == ["1", "2"]


def test_a_port_that_nobody_listens_on_is_502():
    rig = Rig()
    rig.task(1, port=9999)
    result = rig.ask()
    assert outcome(result) == (502, "http.connection_refused", 0)
    assert result.why == {"task": result.task, "address": "10.0.1.1:9999", "port": 9999}


def test_a_container_that_ends_with_a_request_in_flight_is_502():
    rig = Rig()
    task = rig.task(1, "web:graceful")
    rig.engine.call_at(1_000, "kill", task.arn)
    assert outcome(rig.ask()) == (502, "http.connection_closed", 1_000)


@pytest.mark.parametrize(
    ("image", "expected"),
    [("web:graceful", (200, None, 2_000)), ("web:graceless", (502, "http.connection_closed", 1_000))],
)
def test_a_stop_signal_with_a_request_in_flight(image, expected):
    rig = Rig()
    task = rig.task(1, image)
    rig.engine.call_at(1_000, "stop", task.arn)
    assert outcome(rig.ask()) == expected
    assert rig.exits[0][3] == (0 if image == "web:graceful" else 143)


def test_a_draining_target_finishes_what_it_has_and_gets_nothing_new():
    rig = Rig()
    old = rig.task(1, "web:graceful")
    first = rig.plane.request("GET", URL)
    rig.run(500)
    rig.drain(old, 5_000)
    new = rig.task(2)
    assert rig.ask().task == new.id
    rig.run(2_000)
    assert outcome(rig.plane.take(first)) == (200, None, 2_000)


def test_when_the_deregistration_delay_ends_first_it_is_502():
    rig = Rig()
    task = rig.task(1, "web:graceful")
    request = rig.plane.request("GET", URL)
    rig.run(500)
    rig.drain(task, 1_000)
    rig.run(10_000)
    assert outcome(rig.plane.take(request)) == (502, "http.deregistration_delay_over", 1_500)


def test_a_target_that_left_unnoticed_is_found_out_with_the_answer():
    rig = Rig()
    task = rig.task(1, "web:graceful")
    request = rig.plane.request("GET", URL)
    rig.run(500)
    rig.store.drop_target(rig.target_of(task).key)
    rig.run(10_000)
    assert outcome(rig.plane.take(request)) == (502, "http.deregistration_delay_over", 2_000)


def test_a_task_that_is_gone_does_not_answer_the_connection():
    """504 after 10 s without a connection."""
    rig = Rig()
    task = rig.task(1)
    target = rig.target_of(task)
    rig.store.tasks.clear()
    assert outcome(rig.ask()) == (504, "http.connect_timeout", 10_000)
    assert target.state is TargetState.HEALTHY


@pytest.mark.parametrize("idle_timeout_s", [60, 5])
def test_no_answer_before_the_idle_timeout_is_504(idle_timeout_s):
    rig = Rig(idle_timeout_s=idle_timeout_s)
    rig.task(1, "web:hangs")
    assert outcome(rig.ask()) == (504, "http.idle_timeout", idle_timeout_s * 1_000)


def test_an_answer_that_takes_longer_than_the_idle_timeout_is_504():
    rig = Rig(idle_timeout_s=1)
    rig.task(1, "web:graceful")
    assert outcome(rig.ask()) == (504, "http.idle_timeout", 1_000)


def test_a_program_that_begins_to_hang_with_a_request_in_flight():
    rig = Rig()
    rig.task(1, "web:graceful")
    request = rig.plane.request("GET", URL)
    rig.run(500)
    rig.faults.inject(Fault(kind=FaultKind.HANG))
    rig.run(70_000)
    assert outcome(rig.plane.take(request)) == (504, "http.idle_timeout", 60_000)


def test_a_graceful_program_can_end_when_the_balancer_has_given_up():
    rig = Rig(idle_timeout_s=1)
    task = rig.task(1, "web:graceful")
    request = rig.plane.request("GET", URL)
    rig.engine.call_at(500, "stop", task.arn)
    rig.run(1_000)
    assert rig.plane.take(request).status == 504
    assert rig.exits[0][0] == 1_000


# Listeners and rules


def api_rule(**more):
    condition = {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}
    return ListenerRule(arn="rule/api", priority=10, conditions=(condition,), actions=forward("api"), **more)


def test_rules_by_path():
    rig = Rig(listener(api_rule()))
    rig.add_group("api")
    rig.task(1)
    rig.task(2, "api:1.0", group="api")
    assert rig.ask(URL + "/").body.startswith("web 1.0")
    assert rig.ask(URL + "/api/orders").body.startswith("api 1.0")
    assert rig.ask(URL + "/api").body.startswith("web 1.0")


def test_weighted_groups():
    rig = Rig(listener(default=forward("web", "green", weights=[90, 10])))
    rig.add_group("green")
    rig.task(1)
    rig.task(2, "web:2.0", group="green")
    bodies = [rig.ask().body[:7] for _ in range(100)]
    assert bodies.count("web 2.0") == 10


def test_redirect_and_fixed_response():
    redirect = {
        "Type": "redirect",
        "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
    }
    fixed = {
        "Type": "fixed-response",
        "FixedResponseConfig": {"StatusCode": "503", "MessageBody": "closed", "ContentType": "text/plain"},
    }
    rig = Rig(listener(default=(redirect,)), listener(port=8443, protocol="HTTPS", default=(fixed,)))
    moved = rig.ask(URL + "/cart?id=7")
    assert (moved.status, moved.headers["location"]) == (301, f"https://{HOST}:443/cart?id=7")
    closed = rig.ask(f"https://{HOST}:8443/")
    assert (closed.status, closed.body, closed.headers["content-type"], closed.code) == (
        503,
        "closed",
        "text/plain",
        None,
    )


def test_an_action_that_is_not_simulated_says_so():
    rig = Rig(listener(default=({"Type": "authenticate-oidc"},)))
    result = rig.ask()
    assert (result.code, result.why) == ("http.action_not_simulated", {"action": "authenticate-oidc"})


def test_http_and_https_on_the_wrong_listener():
    rig = Rig(listener(), listener(port=443, protocol="HTTPS"))
    rig.task(1)
    assert rig.ask(f"https://{HOST}/").status == 200
    assert outcome(rig.ask(f"http://{HOST}:443/"))[:2] == (400, "http.plain_http_to_https")
    assert outcome(rig.ask(f"https://{HOST}:80/"))[:2] == (None, "http.tls_failed")


def test_a_tcp_listener_passes_through():
    rig = Rig(listener(protocol="TCP"))
    assert outcome(rig.ask()) == (None, "http.refused", 0)
    rig.task(1)
    assert rig.ask().status == 200


# Without an HTTP answer


@pytest.mark.parametrize(
    ("url", "code", "problem", "ms"),
    [
        (
            "http://nowhere.example/",
            "http.unknown_host",
            "curl: (6) Could not resolve host: nowhere.example",
            0,
        ),
        (
            f"http://{HOST}:81/",
            "http.no_listener",
            f"curl: (7) Failed to connect to {HOST} port 81: Connection refused",
            0,
        ),
        (
            "http://10.0.1.1/",
            "http.refused",
            "curl: (7) Failed to connect to 10.0.1.1 port 80: Connection refused",
            0,
        ),
        (
            "http://10.0.9.9:8080/",
            "http.no_answer",
            "curl: (28) Connection to 10.0.9.9 port 8080 timed out after 60 seconds",
            60_000,
        ),
        ("ftp://shop.example/", "http.bad_url", "curl: (3) URL rejected: ftp://shop.example/", 0),
        ("http://shop:many/", "http.bad_url", "curl: (3) URL rejected: http://shop:many/", 0),
    ],
)
def test_connection_errors(url, code, problem, ms):
    rig = Rig()
    rig.task(1)
    result = rig.ask(url)
    assert (outcome(result), result.problem) == ((None, code, ms), problem)
    assert rig.journal.of("http")[0].fields["status"] is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"url": 5}, "url is a text, not 5"),
        ({"method": None}, "method is a text"),
        ({"body": {"a": 1}}, "body is a text"),
        ({"headers": ["x"]}, "headers is a mapping"),
    ],
)
def test_what_is_no_request_is_refused_at_once(wrong, told):
    rig = Rig()
    with pytest.raises(TypeError, match=told):
        rig.plane.request(**{"method": "GET", "url": URL, **wrong})
    assert rig.engine.next_at() is None


def test_a_url_without_a_scheme_is_http():
    rig = Rig()
    rig.task(1)
    assert rig.ask(HOST).status == 200


def test_straight_to_a_task():
    rig = Rig()
    task = rig.task(1, "web:graceless")
    assert rig.ask("http://10.0.1.1:8080/").task == task.id
    rig.engine.call_at(2_500, "stop", task.arn)
    closed = rig.ask("http://10.0.1.1:8080/")
    assert (outcome(closed), closed.problem) == (
        (None, "http.closed", 500),
        "curl: (52) Empty reply from server 10.0.1.1 port 8080",
    )
    hanging = rig.task(2, "web:hangs")
    assert outcome(rig.ask("http://10.0.1.2:8080/")) == (None, "http.no_answer", 60_000)
    assert hanging.id == rig.journal.of("http")[-1].fields["task"]


def test_an_address_that_moves_to_another_task():
    rig = Rig()
    first = rig.task(1)
    assert rig.ask("http://10.0.1.1:8080/").task == first.id
    del rig.store.tasks[first.arn]
    rig.workload.kill(first.arn, "web")
    second = rig.task(1, "web:2.0")
    assert rig.ask("http://10.0.1.1:8080/").body == f"web 2.0 from task {second.id}\n"


# Programs that people wrote, and the codes


class Shop(Program):
    def request(self, container, request):
        return 201, f"{request.method} {request.path}?{request.query} {request.body}", {"X-Shop": "tea"}


def test_a_program_of_ones_own_behind_a_balancer():
    rig = Rig()
    told = rig.host.add(Shop)
    rig.catalog.push("me/shop:1", Pushed(name=told["name"]))
    rig.task(1, "me/shop:1")
    result = rig.ask(URL + "/orders?n=1", "post", body="tea")
    assert (result.status, result.body, result.headers["x-shop"]) == (201, "POST /orders?n=1 tea", "tea")


def test_every_code_carries_the_fields_that_it_promises():
    rig = Rig(listener(), listener(port=443, protocol="HTTPS"), listener(port=99, default=({"Type": "jwt"},)))
    seen = {}

    def note(result):
        if result.code is not None:
            seen[result.code] = set(result.why)

    note(rig.ask())
    for url in ("http://x.example", f"{URL}:81", f"http://{HOST}:443", f"https://{HOST}:80", "ftp://x", f"{URL}:99",
                "http://10.9.9.9/"):  # fmt: skip
        note(rig.ask(url))
    task = rig.task(1, port=9)
    note(rig.ask())
    note(rig.ask("http://10.0.1.1:9/"))
    rig.store.drop_target(rig.target_of(task).key)
    task = rig.task(2, "web:graceless")
    rig.engine.call_at(rig.engine.now_ms + 100, "kill", task.arn)
    note(rig.ask())
    task = rig.task(3, "web:graceless", state=None)
    rig.engine.call_at(rig.engine.now_ms + 100, "kill", task.arn)
    note(rig.ask("http://10.0.1.3:8080"))
    rig.store.drop_target(next(iter(rig.store.targets)))
    task = rig.task(4, "web:hangs")
    note(rig.ask())
    request = rig.plane.request("GET", URL)
    rig.run(rig.engine.now_ms + 1)
    rig.drain(task, 10)
    rig.run(rig.engine.now_ms + 100)
    note(rig.plane.take(request))
    rig.task(5)
    rig.store.tasks.clear()
    note(rig.ask())
    request = rig.plane.request("GET", URL, timeout_s=1)
    rig.run(rig.engine.now_ms + 1_000)
    note(rig.plane.take(request))
    rig.balancer = replace(rig.balancer, listeners=(listener(port=443, protocol="HTTPS", certificates=()),))
    note(rig.ask(f"https://{HOST}/"))
    assert seen == {code: set(fields) for code, fields in REASONS.items()}
