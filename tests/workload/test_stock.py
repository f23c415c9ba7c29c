"""The stock images do what their titles say."""

from __future__ import annotations

import pytest

from ecsim.workload.stock import LATEST, OUT_OF_MEMORY, PREFIX, TABLE
from tests.workload.rig import Rig

CURL = ("CMD-SHELL", "curl -f http://localhost:8080/health || exit 1")


def life(image):
    """What is seen of a container in its first ten minutes."""
    rig = Rig()
    rig.start(image)
    before = rig.probe(), rig.probe("/")
    rig.run(600_000)
    return before, rig.exits


@pytest.mark.parametrize("image", ["web:1.0", "web:2.0", "web:3.0", "api:1.0", "api:2.0"])
def test_a_plain_web_program_serves_and_stays(image):
    before, exits = life(image)
    assert before == (200, 200)
    assert exits == []


def test_a_web_program_says_its_version_and_its_task():
    rig = Rig()
    rig.start("web:2.0")
    assert rig.get().answer.body == "web 2.0 from task id-t1\n"


@pytest.mark.parametrize(
    ("image", "at_ms", "code", "reason"),
    [
        ("web:broken", 1_000, 1, None),
        ("web:crash-later", 60_000, 1, None),
        ("web:leaker", 300_000, 137, OUT_OF_MEMORY),
        ("report:1.0", 30_000, 0, None),
        ("report:failing", 10_000, 1, None),
    ],
)
def test_programs_that_end_by_themselves(image, at_ms, code, reason):
    """137 with the OutOfMemoryError reason: ecs-behaviour.md 2.5."""
    _, exits = life(image)
    assert exits == [(at_ms, "t1", "web", code, reason)]


def test_a_program_that_ends_says_why():
    rig = Rig()
    rig.start("web:broken")
    rig.run(1_000)
    assert rig.lines == [
        (0, "web broken started"),
        (1_000, "Error: cannot read the configuration: SHOP_CATALOG is not set"),
    ]


@pytest.mark.parametrize(
    ("image", "health", "front"),
    [
        ("web:bad-health", 500, 200),
        ("web:failing", 500, 500),
        ("web:hangs", "timeout", "timeout"),
        ("web:broken", "refused", "refused"),
        ("worker:1.0", "refused", "refused"),
        ("sidecar:1.0", "refused", "refused"),
        ("web:hasty", 200, 503),
    ],
)
def test_programs_with_a_flaw(image, health, front):
    assert life(image)[0] == (health, front)


def test_the_slow_starter_listens_after_its_time():
    rig = Rig()
    rig.start("web:slow-start")
    rig.run(44_999)
    assert rig.probe() == "refused"
    assert not rig.workload.settled("t1")
    rig.run(45_000)
    assert rig.probe() == 200
    assert rig.workload.settled("t1")


def test_the_hasty_one_is_ready_after_its_time():
    rig = Rig()
    rig.start("web:hasty")
    assert not rig.workload.settled("t1")
    rig.run(20_000)
    assert (rig.probe(), rig.probe("/")) == (200, 200)
    assert rig.workload.settled("t1")


@pytest.mark.parametrize(
    ("image", "ends"),
    [
        pytest.param("web:1.0", [(2_500, 0)], id="graceful by default"),
        pytest.param("web:graceful", [(3_000, 0)], id="finishes the request in flight first"),
        pytest.param("web:graceless", [(2_500, 143)], id="dies at once"),
        pytest.param("web:stubborn", [], id="waits for its killer"),
    ],
)
def test_what_sigterm_does(image, ends):
    """Exit codes: ecs-behaviour.md 2.5 (143 = SIGTERM not handled, 137 = SIGKILL)."""
    rig = Rig()
    rig.start(image)
    rig.run(1_000)
    begun = rig.get()
    rig.engine.call_at(1_000 + begun.duration_ms, "finish", str(begun.id))

    def handle(wake):
        if wake.kind == "finish":
            rig.workload.finish(int(wake.key))
        elif wake.kind == "stop":
            rig.workload.stop("t1", "web")
        else:
            rig.workload.handle(wake)

    rig.engine.call_at(2_500, "stop", "t1")
    rig.engine.run_until(60_000, handle, lambda: None)
    assert rig.codes() == ends
    assert rig.aborted == ([begun.id] if image == "web:graceless" else [])
    if not ends:
        rig.workload.kill("t1", "web")
        assert rig.codes() == [(60_000, 137)]


def test_the_image_without_curl_has_no_curl():
    rig = Rig()
    rig.start("web:no-curl")
    assert rig.command(*CURL[:1], "curl -f http://localhost:8080/health") == 127
    assert rig.command(*CURL) == 1
    rig.start("web:1.0", task="t2")
    assert rig.command(*CURL, task="t2") == 0


def test_environment_variables_that_web_programs_understand():
    rig = Rig()
    rig.start(PORT="3000", MESSAGE="hello", DELAY="3s", START_DELAY="10", PATHS="/,/health", SECRET="s3")
    assert rig.probe(port=3000) == "refused"
    rig.run(10_000)
    assert rig.probe() == "refused"
    assert rig.probe(port=3000) == 200
    assert rig.probe("/helth", port=3000) == 404
    begun = rig.get(port=3000)
    assert (begun.answer.body, begun.duration_ms) == ("hello | web 1.0 from task id-t1\n", 3_000)
    rig.start(task="t2", SECRET="s3", DELAY="soon")
    assert rig.get("/env/SECRET", task="t2").answer.body == "s3\n"
    assert rig.get("/env/NOTHING", task="t2").answer.status == 404
    assert rig.get(task="t2").duration_ms == 20


def test_special_paths():
    rig = Rig()
    rig.start()
    assert rig.get("/status/418").answer.status == 418
    assert rig.get("/status/999").answer.status == 200
    assert rig.get("/slow").duration_ms == 2_000
    assert '"host"' not in rig.get("/headers").answer.body
    assert rig.get("/crash").duration_ms is None
    rig.run(0)
    assert rig.codes() == [(0, 1)]


def test_a_web_program_without_a_port_mapping_listens_on_80():
    rig = Rig()
    rig.start(ports=())
    assert rig.probe(port=80) == 200


def test_an_unknown_public_image_is_a_plain_web_server_on_its_container_ports():
    rig = Rig()
    rig.start("docker.io/library/nginx:1.27", ports=(80, 443))
    assert (rig.probe("/", port=80), rig.probe("/", port=443), rig.probe("/", port=8080)) == (
        200,
        200,
        "refused",
    )
    rig.start("docker.io/library/nginx:1.27", ports=(), task="t2")
    assert rig.probe("/", task="t2", port=80) == "refused"
    rig.start("docker.io/library/nginx:1.27", ports=(80,), task="t3", PORT="99", PATHS="/", START_DELAY="9s")
    assert rig.probe("/shop", task="t3", port=80) == 200
    failure = Rig(strict=True).start("docker.io/library/nginx:1.27")
    assert failure.text.startswith("CannotStartContainerError: ")


def test_the_worker_works():
    rig = Rig()
    rig.start("worker:1.0")
    rig.run(95_000)
    assert rig.lines == [
        (0, "worker 1.0 started"),
        *((at_ms, "order handled") for at_ms in (30_000, 60_000, 90_000)),
    ]


def test_the_table():
    """Docs are made from it: every image has a title of its own, and its key is its repository and tag."""
    for tag, stock in TABLE.items():
        assert tag == stock.tag == f"{stock.name}:{stock.version}"
        assert stock.reference == PREFIX + tag
        assert stock.title
    assert len({(stock.name, stock.title) for stock in TABLE.values()}) == len(TABLE)
    assert set(LATEST) == {stock.name for stock in TABLE.values()}
    assert all(f"{name}:{version}" in TABLE for name, version in LATEST.items())
