"""Whatever comes in over the wire or over the learner's port: an answer or a refusal, never anything else.

No 5xx, no exception, no hanging, and a refused call has changed nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections import Counter
from random import Random

import pytest

from ecsim.api.wire import TARGET_PREFIX, ecs_model
from ecsim.cloud.world import WorldError
from tests.swarm import laws
from tests.swarm.shapes import ODD_TEXTS, WRONG, deep, value_of
from tests.swarm.shop import ENDPOINT, PORT, Refused, Shop

OPERATIONS = sorted(ecs_model().operation_names)
EACH = 15
"""Random bodies for each operation and kind of body."""
PATIENCE_S = 20
"""Processor seconds for one call: more than this is hanging."""


COUNTS: Counter[tuple[str, bool]] = Counter()
"""(operation, accepted) -> how many bodies."""


@pytest.fixture(scope="module", autouse=True)
def counts(request):
    """Print, after the last test, how many bodies each operation was sent and how many of them it accepted."""
    yield
    names = sorted({operation for operation, _ in COUNTS})
    lines = [
        f"  {name or '(none)'}: {COUNTS[name, True] + COUNTS[name, False]} bodies, {COUNTS[name, True]} accepted"
        for name in names
    ]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stdout.write("\n".join([f"\nfuzz: {COUNTS.total()} bodies, {len(names)} operations", *lines, ""]))


@pytest.fixture(scope="module")
def shop():
    """A cloud with a service, a standalone task, and a rollout on its way."""
    shop = Shop(7)
    shop.ecs(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition=shop.definitions[0],
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=shop.network(),
        loadBalancers=[{"targetGroupArn": shop.groups[0], "containerName": "web", "containerPort": PORT}],
    )
    shop.do("until_stable")
    shop.ecs("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    shop.ecs(
        "RunTask",
        cluster="shop",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=shop.network(),
    )
    shop.do("advance", duration_ms=5_000)
    yield shop
    shop.cloud.close()


def digest(shop):
    """The state of the cloud, in short."""
    store, desk = shop.cloud.store, shop.cloud.desk
    kept = (
        store.clusters,
        store.services,
        store.tasks,
        store.task_definitions,
        store.last_revision,
        store.targets,
        desk.revisions,
        desk.rollouts,
        shop.cloud.now_ms,
    )
    return hashlib.sha256(repr(kept).encode()).hexdigest()


def words(shop):
    """Names that exist."""
    store = shop.cloud.store
    return [
        "shop",
        "web",
        "web:1",
        "FARGATE",
        "256",
        "512",
        "awsvpc",
        "awslogs",
        "nginx",
        *list(store.services)[:2],
        *list(store.tasks)[:3],
        *list(store.clusters)[:1],
        *list(shop.cloud.desk.rollouts)[:1],
        *list(shop.cloud.desk.revisions)[:1],
        shop.groups[0],
        *shop.subnets,
    ]


def answered(shop, operation, body):
    """Send a body; the status. A refusal is in AWS's form and has changed nothing."""
    before, began = digest(shop), time.process_time()
    headers = {"X-Amz-Target": TARGET_PREFIX + operation, "Content-Type": "application/x-amz-json-1.1"}
    status, _headers, answer = shop.cloud.gate.handle("POST", ENDPOINT, headers, body)
    assert time.process_time() - began < PATIENCE_S, f"{operation} took too long: {body[:500]!r}"
    COUNTS[operation, status == 200] += 1
    document = json.loads(answer)
    assert isinstance(document, dict)
    assert status == 200 or 400 <= status < 500, f"{operation} {body[:500]!r}: {status} {answer!r}"
    if status != 200:
        assert document["__type"], (operation, body[:500])
        assert document["message"], (operation, body[:500])
        assert digest(shop) == before, f"{operation} refused, and changed something: {body[:500]!r}"
    return status


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_body_of_the_right_form(shop, operation):
    chance, shape = Random(operation), ecs_model().operation_model(operation).input_shape
    for _ in range(EACH):
        answered(shop, operation, json.dumps(value_of(shape, chance, words(shop))).encode())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_body_with_wrong_values(shop, operation):
    chance, shape = Random(operation), ecs_model().operation_model(operation).input_shape
    for _ in range(EACH):
        value = value_of(shape, chance, words(shop), wrong=chance.choice([0.05, 0.2]))
        answered(shop, operation, json.dumps(value).encode())


NOT_EVEN_JSON = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"x"',
    b"1",
    b"NaN",
    b'{"cluster": NaN}',
    b'{"cluster": Infinity, "maxResults": 1e999}',
    b"\xff\xfe{}",
    b"{}" * 1000,
    b'{"services": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"cluster":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    b"<xml/>",
    b"Action=ListClusters&Version=2014-11-13",
    b'{"cluster": "\\ud800", "cluster": 3}',
    json.dumps({"services": deep(500)}).encode(),
    b'{"maxResults": ' + b"9" * 5_000 + b"}",
)


@pytest.mark.parametrize(
    "operation", ["ListClusters", "CreateService", "RegisterTaskDefinition", "NoSuchThing", ""]
)
def test_a_body_that_is_none(shop, operation):
    for body in NOT_EVEN_JSON:
        answered(shop, operation, body)


def test_after_all_of_it_the_laws_hold(shop):
    """Runs after some or all of the above, in whatever order: the state is sound, and time goes on."""
    laws.check(shop)
    shop.do("advance", duration_ms=600_000)
    laws.check(shop)


# The learner's port

VERBS = (
    "now",
    "advance",
    "until_stable",
    "http",
    "traffic_start",
    "traffic_stop",
    "traffic_report",
    "push",
    "view",
    "fault",
    "nothing",
    "",
    "_answer",
)
MEMBERS = {
    "advance": ("duration_ms",),
    "until_stable": ("cluster", "services", "timeout_ms"),
    "http": ("method", "url", "headers", "body"),
    "traffic_start": ("pattern", "method", "url", "headers"),
    "traffic_stop": ("id",),
    "traffic_report": ("id",),
    "push": ("reference", "program"),
    "view": ("name", "args", "lang"),
    "fault": ("kind", "match", "value", "on"),
}
GARBAGE = (
    *WRONG,
    *(text for text in ODD_TEXTS if len(text) < 1_000),
    10**18,
    2**63,
    float("inf"),
    float("nan"),
    deep(300),
    ["web"],
    [1, None],
    {"kind": "constant", "per_second": float("nan")},
    {"kind": "burst", "requests": 10**12},
    {"kind": "ramp", "start": -1, "end": 1e300, "duration_ms": 1},
    {"kind": "closed", "clients": "many"},
    {"kind": "constant", "per_second": 1e-300},
    {"stock": 3, "name": []},
    {"stock": None, "name": "x", "commands": 7},
    {"name": "x", "commands": "sh"},
    {"service": 3, "start": "x"},
    {"subject": []},
    {"service": "web", "start": -1, "end": "1h"},
    {"exit_code": "x"},
    "http://",
    "http://[::1",
    "http://x:99999/",
    "map",
    "timeline",
    "why",
    "cost",
    "events",
    "crash",
    "hang",
    "en",
    "GET",
    "\r\nX: y",
)


def world(shop, verb, args):
    """Do a verb: an answer that JSON can carry, or a WorldError."""
    began = time.process_time()
    try:
        answer = shop.world.do(verb, args)
    except WorldError as error:
        answer = str(error)
    assert time.process_time() - began < PATIENCE_S, f"{verb} took too long: {args!r}"
    assert json.dumps(answer) != '""', (verb, args)


@pytest.mark.parametrize("verb", VERBS)
def test_garbage_on_the_learners_port(shop, verb):
    chance, members = Random(verb), MEMBERS.get(verb, ("x",))
    right = {
        "url": shop.url,
        "pattern": {"kind": "burst", "requests": 1},
        "reference": "x:1",
        "program": {"stock": "web:1.0", "name": "x"},
        "name": "timeline",
        "args": {"service": "web"},
        "kind": "crash",
        "id": 1,
        "duration_ms": 1,
    }
    for member in members:
        for garbage in GARBAGE:
            world(shop, verb, {**{name: right[name] for name in members if name in right}, member: garbage})
    for _ in range(100):
        world(shop, verb, {name: chance.choice(GARBAGE) for name in members if chance.random() < 0.8})
    for args in (None, {}, {"": None}, {"x" * 10_000: 1}):
        world(shop, verb, args)
    for kind in ("crash", "fail_health", "hang", "out_of_memory"):
        world(shop, "fault", {"kind": kind, "on": False})
    shop.do("advance", duration_ms=60_000)
    try:
        laws.check(shop)
    except Refused as refused:
        pytest.fail(f"looking was refused: {refused}")
