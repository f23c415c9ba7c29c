"""The stock images: programs as data, one table. Docs and tests are made from `TABLE`.

They are values, not objects, so that ten thousand containers of one image share one value and cost next to
nothing.

Web programs answer: `/` (name, version and task id), `/health`, `/env/NAME` (an environment variable, 404
when it is not set), `/status/503` (that status), `/slow` (takes 2 s), `/headers` (what the program was sent),
`/crash` (ends with exit code 1), and 200 on every other path. Environment variables they understand: `PORT`
(listen there instead of on the container ports), `MESSAGE` (put in front of the answer of `/`), `DELAY` (how
long an answer takes, "2s"), `START_DELAY` (how long until they listen, "45s"), `PATHS` (comma-separated;
every other path is 404).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from ecsim.clock.duration import milliseconds
from ecsim.workload.messages import STATUS_MAX, STATUS_MIN, Answer
from ecsim.workload.program import Request

PREFIX = "public.ecr.aws/ecslab/"
"""Where the stock images seem to live."""

SLOW_MS = 2_000
HEALTH_MS = 5
HEALTH_PATHS = ("/health", "/healthz", "/ping")


class OnSigterm(StrEnum):
    """What a program does when it is told to stop."""

    FINISH = "finish"
    """Answers what is in flight, then exits 0."""
    DIE = "die"
    """Has no handler: ends at once with 143, and requests in flight fail."""
    IGNORE = "ignore"
    """Goes on until it is killed: 137."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A stock program.

    Attributes:
        title: what it is for, one line.
        listens: whether it opens ports; `default_port` is the one when the container definition maps none.
        listen_after_ms: how long it starts up before it listens.
        ready_after_ms: until then it answers 503 to everything but health checks.
        takes_ms: how long an ordinary answer takes; None means that it never comes.
        health_status: the status on a health path.
        status: the status on any other path.
        exit_after_ms: when it ends by itself, or None; with `exit_code` and `exit_reason`.
        every_ms: how often it logs `tick_line`, or None.
        commands: what its image has.
        start_line: logged when it starts; `exit_line` when it ends by itself.
    """

    name: str
    version: str
    title: str
    listens: bool = True
    default_port: int | None = 80
    listen_after_ms: int = 0
    ready_after_ms: int = 0
    takes_ms: int | None = 20
    health_status: int = 200
    status: int = 200
    on_sigterm: OnSigterm = OnSigterm.FINISH
    exit_after_ms: int | None = None
    exit_code: int = 0
    exit_reason: str | None = None
    exit_line: str | None = None
    every_ms: int | None = None
    tick_line: str = ""
    start_line: str | None = None
    commands: tuple[str, ...] = ("sh", "curl", "wget")

    @property
    def tag(self) -> str:
        """The repository's name and tag, e.g. "web:1.0"."""
        return f"{self.name}:{self.version}"

    @property
    def reference(self) -> str:
        """What to write in a task definition."""
        return PREFIX + self.tag


OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
"""Source: ecs-behaviour.md 2.5."""

_WEB = Stock(
    name="web",
    version="1.0",
    title="The storefront: answers at once, shuts down gracefully",
    start_line="web 1.0 started",
)


def _web(version: str, title: str, **changes: object) -> Stock:
    return replace(_WEB, version=version, title=title, **{"start_line": f"web {version} started", **changes})  # type: ignore[arg-type]


_ALL = (
    _WEB,
    _web("2.0", "The next version of the storefront"),
    _web("3.0", "One more version, for labs with two updates"),
    replace(_WEB, name="api", title="The shop's API", start_line="api 1.0 started"),
    replace(_WEB, name="api", version="2.0", title="The API's next version", start_line="api 2.0 started"),
    _web(
        "broken",
        "Ends one second after its start with exit code 1",
        listens=False,
        exit_after_ms=1_000,
        exit_code=1,
        exit_line="Error: cannot read the configuration: SHOP_CATALOG is not set",
    ),
    _web(
        "crash-later",
        "Works for a minute, then ends with exit code 1",
        exit_after_ms=60_000,
        exit_code=1,
        exit_line="Error: connection pool exhausted",
    ),
    _web("slow-start", "Listens only 45 seconds after its start", listen_after_ms=45_000),
    _web(
        "hasty",
        "Says on /health that it is well, but answers 503 for the first 20 seconds",
        ready_after_ms=20_000,
    ),
    _web("bad-health", "Serves, but answers 500 on /health", health_status=500),
    _web("failing", "Answers 500 to everything", health_status=500, status=500),
    _web("hangs", "Accepts connections and never answers", takes_ms=None),
    _web(
        "graceful",
        "Needs 2 seconds for an answer; on SIGTERM it finishes what it has begun",
        takes_ms=SLOW_MS,
    ),
    _web(
        "graceless",
        "Needs 2 seconds for an answer; says that it is well 10 seconds before it is, dies at once on SIGTERM (143)",
        takes_ms=SLOW_MS,
        ready_after_ms=10_000,
        on_sigterm=OnSigterm.DIE,
    ),
    _web("stubborn", "Ignores SIGTERM: ECS kills it after stopTimeout (137)", on_sigterm=OnSigterm.IGNORE),
    _web("no-curl", "The storefront in an image without curl and wget", commands=("sh",)),
    _web(
        "leaker",
        "Uses more and more memory and is killed after five minutes (137)",
        exit_after_ms=300_000,
        exit_code=137,
        exit_reason=OUT_OF_MEMORY,
    ),
    Stock(
        name="worker",
        version="1.0",
        title="Handles orders, opens no port",
        listens=False,
        every_ms=30_000,
        tick_line="order handled",
        start_line="worker 1.0 started",
    ),
    Stock(
        name="report",
        version="1.0",
        title="The nightly report: works for 30 seconds and exits 0",
        listens=False,
        exit_after_ms=30_000,
        start_line="report 1.0 started",
        exit_line="report written",
    ),
    Stock(
        name="report",
        version="failing",
        title="A report that fails after 10 seconds with exit code 1",
        listens=False,
        exit_after_ms=10_000,
        exit_code=1,
        start_line="report failing started",
        exit_line="Error: no orders found for yesterday",
    ),
    Stock(
        name="sidecar",
        version="1.0",
        title="Runs beside another container and opens no port",
        listens=False,
        start_line="sidecar 1.0 started",
    ),
)

TABLE: Mapping[str, Stock] = {stock.tag: stock for stock in _ALL}
"""Every stock image by repository name and tag, e.g. "web:1.0"."""

LATEST: Mapping[str, str] = {"web": "3.0", "api": "2.0", "worker": "1.0", "report": "1.0", "sidecar": "1.0"}
"""What the tag `latest` of each stock repository points to."""

UNKNOWN = Stock(
    name="unknown",
    version="",
    title="Any other public image: a plain web server on its container ports",
    default_port=None,
)


def knobs(stock: Stock, environment: Mapping[str, str]) -> Mapping[str, str]:
    """The environment variables that a stock program understands; other people's images understand none."""
    return {} if stock is UNKNOWN else environment


def ports_of(
    stock: Stock, container_ports: tuple[int, ...], environment: Mapping[str, str]
) -> tuple[int, ...]:
    """The ports that a stock program opens."""
    if not stock.listens:
        return ()
    own = knobs(stock, environment).get("PORT", "")
    if own.isdecimal():
        return (int(own),)
    if container_ports or stock.default_port is None:
        return container_ports
    return (stock.default_port,)


def _duration(environment: Mapping[str, str], name: str) -> int | None:
    """An environment variable as milliseconds; None when it is not set or cannot be read."""
    text = environment.get(name)
    if text is None:
        return None
    try:
        return milliseconds(float(text) if text.replace(".", "", 1).isdecimal() else text)
    except ValueError:
        return None


def listen_after_ms(stock: Stock, environment: Mapping[str, str]) -> int:
    """How long a stock program starts up before it listens."""
    asked = _duration(knobs(stock, environment), "START_DELAY")
    return stock.listen_after_ms if asked is None else asked


def answer(
    stock: Stock, request: Request, environment: Mapping[str, str], task_id: str, *, age_ms: int
) -> Answer:
    """What a stock web program answers, `age_ms` after its start."""
    path, takes_ms = request.path, stock.takes_ms
    understood = knobs(stock, environment)
    delay = _duration(understood, "DELAY")
    if takes_ms is not None and delay is not None:
        takes_ms = delay
    allowed = understood.get("PATHS")
    if allowed is not None and path not in [part.strip() for part in allowed.split(",")]:
        return Answer(status=404, body="Not Found\n", takes_ms=takes_ms)
    if path in HEALTH_PATHS:
        body = "ok\n" if stock.health_status < 400 else "not well\n"  # noqa: PLR2004 - HTTP's own limit
        return Answer(status=stock.health_status, body=body, takes_ms=None if takes_ms is None else HEALTH_MS)
    if age_ms < stock.ready_after_ms:
        return Answer(status=503, body="warming up\n", takes_ms=takes_ms)
    if path.startswith("/env/"):
        value = environment.get(path.removeprefix("/env/"))
        return Answer(
            status=404 if value is None else stock.status,
            body="not set\n" if value is None else value + "\n",
            takes_ms=takes_ms,
        )
    if path.startswith("/status/") and path.removeprefix("/status/").isdecimal():
        status = int(path.removeprefix("/status/"))
        if STATUS_MIN <= status <= STATUS_MAX:
            return Answer(status=status, body=f"status {status}\n", takes_ms=takes_ms)
    if path == "/slow" and takes_ms is not None:
        takes_ms = max(takes_ms, SLOW_MS)
    if path == "/headers":
        body = json.dumps(dict(sorted(request.headers.items())), ensure_ascii=False) + "\n"
        return Answer(status=stock.status, body=body, takes_ms=takes_ms)
    name = f"{stock.name} {stock.version}".strip() if stock is not UNKNOWN else "hello"
    message = understood.get("MESSAGE")
    front = f"{message} | " if message else ""
    return Answer(status=stock.status, body=f"{front}{name} from task {task_id}\n", takes_ms=takes_ms)
