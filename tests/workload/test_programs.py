"""Programs that people write: what they may do, and what happens when they are wrong."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsim.workload.host import LocalHost, NoHost
from ecsim.workload.images import Pushed
from ecsim.workload.messages import BODY_MAX, UNREADABLE, read_reaction
from ecsim.workload.program import Program, Response
from tests.workload.rig import Rig


class Web(Program):
    commands = ("sh", "curl")

    def start(self, container):
        self.count = 0
        container.log(f"{container.name} starts in {container.service}")
        container.listen(8080, after="2s")

    def request(self, container, request):
        self.count += 1
        return f"{self.count}: {request.method} {request.path} {container.environment.get('SHOP')}"


def started(program, **more):
    rig = Rig()
    assert rig.start(rig.push(program), **more) is None
    rig.run(0)
    return rig


def test_a_program_listens_answers_and_remembers():
    rig = started(Web, SHOP="tea")
    assert rig.probe() == "refused"
    rig.run(2_000)
    assert rig.probe() == 200
    assert rig.get("/a").answer.body == "2: GET /a tea"
    assert rig.lines == [(0, "web starts in shop-web")]


def test_every_container_has_an_instance_of_its_own():
    rig = started(Web)
    rig.start("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1", task="t2")
    rig.run(2_000)
    bodies = [rig.get(task=task).answer.body for task in ("t1", "t2", "t1")]
    assert [body[0] for body in bodies] == ["1", "1", "2"]


def test_a_restarted_container_begins_anew():
    rig = started(Web)
    rig.run(2_000)
    rig.get()
    rig.workload.kill("t1", "web")
    rig.start("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1")
    rig.run(4_000)
    assert rig.get().answer.body.startswith("1:")


def test_nothing_is_asked_of_a_program_while_time_stands_still():
    """API calls may start and stop containers; the program hears of it when time moves on."""
    rig = Rig()
    rig.start(rig.push(Web))
    rig.workload.stop("t1", "web")
    assert (rig.lines, rig.exits) == ([], [])
    rig.run(0)
    assert rig.lines
    assert rig.codes() == [(0, 143)]


class Default(Program):
    pass


def test_as_it_stands_a_program_listens_and_answers_and_dies_of_sigterm():
    rig = started(Default)
    assert rig.probe("/") == 200
    begun = rig.get("/cart")
    assert begun.answer.body == "web in task id-t1: /cart\n"
    rig.workload.stop("t1", "web")
    rig.run(0)
    assert rig.codes() == [(0, 143)]
    assert rig.aborted == [begun.id]


class Graceful(Program):
    def request(self, container, request):
        return Response(body="done", takes="2s")

    def signal(self, container, name):
        container.log(f"got {name}")
        container.finish()


def test_a_graceful_program_finishes_what_is_in_flight():
    rig = started(Graceful)
    begun = rig.get()
    rig.workload.stop("t1", "web")
    rig.run(1_000)
    assert rig.get().problem == "refused"
    assert rig.exits == []
    rig.run(2_000)
    assert rig.workload.finish(begun.id)
    rig.run(2_000)
    assert rig.codes() == [(2_000, 0)]
    assert rig.aborted == []
    assert rig.lines == [(0, "got SIGTERM")]


class Deaf(Program):
    def signal(self, container, name):
        pass


def test_a_deaf_program_goes_on_until_it_is_killed():
    rig = started(Deaf)
    rig.workload.stop("t1", "web")
    rig.run(30_000)
    assert rig.probe("/") == 200
    rig.workload.kill("t1", "web")
    assert rig.codes() == [(30_000, 137)]


class Worker(Program):
    def start(self, container):
        self.done = 0
        container.every("10s")

    def tick(self, container):
        self.done += 1
        print("order", self.done, "of", container.now_ms)  # noqa: T201 - what a learner would write
        if self.done == 3:
            container.exit(0, after="1s")


def test_ticks_prints_and_a_planned_end():
    rig = started(Worker, ports=())
    rig.run(120_000)
    assert rig.lines == [(n * 10_000, f"order {n} of {n * 10_000}") for n in (1, 2, 3)]
    assert rig.codes() == [(31_000, 0)]


class Wrong(Program):
    def start(self, container):
        if "start" in container.environment.get("WRONG", ""):
            raise KeyError("SHOP_CATALOG")
        container.listen(8080)
        container.every(1)

    def request(self, container, request):
        if request.path == "/json":
            json.loads("{")
        if request.path == "/object":
            return object()
        raise ValueError(f"no {request.path} in {object()}")

    def tick(self, container):
        if "tick" in container.environment.get("WRONG", ""):
            raise RuntimeError("tired")

    def command(self, container, argv):
        return 1 // 0


def test_a_program_that_raises_at_its_start_ends_with_1():
    rig = started(Wrong, WRONG="start")
    assert rig.codes() == [(0, 1)]
    assert rig.lines[0][1].startswith("Traceback: KeyError: 'SHOP_CATALOG' (start, line ")


def test_a_program_that_raises_in_a_tick_ends_with_1():
    rig = started(Wrong, WRONG="tick")
    rig.run(5_000)
    assert rig.codes() == [(1_000, 1)]


def test_a_program_that_raises_in_a_request_answers_500_and_goes_on():
    rig = started(Wrong)
    assert rig.get("/cart").answer.status == 500
    assert rig.probe("/object") == 500
    assert rig.exits == []
    assert rig.lines[0][1].startswith("Traceback: ValueError: no /cart in <object object> (request, line ")
    assert "request() returned object" in rig.lines[1][1]
    rig.get("/json")
    assert "(request, line " in rig.lines[2][1], "the program's own line, not the library's"


def test_a_command_that_raises_fails():
    rig = started(Wrong)
    assert rig.command("CMD-SHELL", "check") == 1
    assert "ZeroDivisionError" in rig.lines[0][1]


class Leaving(Program):
    def request(self, container, request):
        sys.exit(int(request.path[1:]))


def test_sys_exit_ends_the_container_and_the_request_with_it():
    rig = started(Leaving)
    begun = rig.get("/3")
    assert begun.duration_ms is None
    rig.run(0)
    assert rig.codes() == [(0, 3)]
    assert rig.aborted == [begun.id]


class Checked(Program):
    commands = ("sh", "check")

    def start(self, container):
        container.listen(8080)

    def command(self, container, argv):
        return {"check": 4}.get(argv[0])


def test_health_commands_of_a_program():
    rig = started(Checked)
    assert rig.command("CMD-SHELL", "check --now") == 4
    assert rig.command("CMD-SHELL", "curl -f http://localhost:8080/") == 127
    rig = started(Web)
    assert rig.command("CMD-SHELL", "curl -f http://localhost:8080/") == 7
    rig.run(2_000)
    assert rig.command("CMD-SHELL", "curl -f http://localhost:8080/") == 0


@pytest.mark.parametrize(
    ("given_", "status", "body"),
    [
        ("text", 200, "text"),
        (None, 200, ""),
        ({"ok": True}, 200, '{"ok": true}'),
        ((404, "gone"), 404, "gone"),
        ((503,), 503, ""),
        ((200, {"n": 1}, {"X-A": "b"}), 200, '{"n": 1}'),
        (Response(status=201, body=b"made"), 201, "made"),
        (Response(takes=None), 200, ""),
    ],
)
def test_what_a_request_may_return(given_, status, body):
    class Returns(Program):
        def request(self, container, request):
            return given_

    answer = started(Returns).get().answer
    assert (answer.status, answer.body) == (status, body)
    assert (answer.takes_ms is None) == (given_ == Response(takes=None))


def test_pushing_a_class_of_the_same_name_again_keeps_the_first_one_running():
    host = LocalHost()
    assert [host.add(Web)["name"], host.add(Web)["name"], host.add(Deaf)["name"]] == [
        "Web.1",
        "Web.2",
        "Deaf.1",
    ]
    assert host.add(Web) == {"name": "Web.3", "commands": ["sh", "curl"], "stock": None}
    with pytest.raises(TypeError, match="subclass of Program"):
        host.add(Web())


class Through:
    """A host on the other side of a connection: only JSON text passes."""

    def __init__(self):
        self.inner = LocalHost()
        self.seen = []

    def add(self, program):
        return self.inner.add(program)

    def call(self, program, method, payload):
        self.seen.append(method)
        answer = self.inner.call(program, method, json.loads(json.dumps(payload)))
        return json.loads(json.dumps(answer))


def test_both_sides_of_a_connection_see_the_same():
    seen = []
    for host in (LocalHost(), Through()):
        rig = Rig(host)
        for n, program in enumerate((Web, Graceful, Worker, Wrong)):
            rig.start(rig.push(program), task=f"t{n}", SHOP="茶")
        rig.run(3_000)
        for task in ("t0", "t1", "t3"):
            rig.get("/x", task=task)
            rig.workload.stop(task, "web")
        rig.run(60_000)
        seen.append((rig.lines, rig.exits, rig.aborted))
    assert seen[0] == seen[1]
    assert seen[0][0]


def test_instances_of_ended_containers_are_forgotten():
    rig = started(Web)
    rig.workload.kill("t1", "web")
    rig.start("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web:1", task="t2")
    rig.run(0)
    assert len(rig.host._instances) == 1


def test_a_program_that_nobody_runs_any_more():
    rig = Rig(NoHost())
    rig.catalog.push("x/web:1", Pushed(name="Gone.1"))
    rig.start("x/web:1")
    rig.run(0)
    assert rig.codes() == [(0, 1)]
    assert "Gone.1" in rig.lines[0][1]


class Silent:
    """A host whose program does not answer in time."""

    def call(self, program, method, payload):
        return {"hung": True} if method != "start" else {"effects": [["listen", 8080, 0]]}


def test_a_program_that_does_not_answer_in_time_hangs():
    rig = Rig(Silent())
    rig.catalog.push("x/web:1", Pushed(name="Slow.1"))
    rig.start("x/web:1")
    rig.run(0)
    assert rig.get().duration_ms is None
    assert rig.probe() == "timeout"
    assert rig.command("CMD-SHELL", "check") is None


# Nothing in an answer is taken on trust

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
effects = st.lists(
    st.one_of(
        anything,
        st.tuples(st.sampled_from(["log", "listen", "exit", "finish", "every"]), anything, anything),
        st.tuples(st.sampled_from(["log", "exit", "finish", "every"]), anything),
    )
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "effects": effects | anything,
        "response": anything
        | st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("status", "body", "headers", "takes_ms"), anything)
        ),
        "code": anything,
        "error": anything,
        "hung": anything,
    },
)


@settings(deadline=None)
@given(answers | anything)
def test_any_answer_can_be_read_and_nothing_in_it_is_out_of_bounds(raw):
    reaction = read_reaction(raw)
    for name, *numbers in reaction.effects:
        assert name in ("log", "listen", "exit", "finish", "every")
        assert name == "log" or all(isinstance(number, int) and number >= 0 for number in numbers)
    if reaction.answer is not None:
        assert 200 <= reaction.answer.status <= 599
        assert len(reaction.answer.body) <= BODY_MAX
        reaction.answer.body.encode()
    assert reaction.code is None or 0 <= reaction.code <= 255


@pytest.mark.parametrize(
    "raw",
    [None, [], "x", {"effects": "x"}, {"effects": [["fly", 1]]}, {"effects": [["exit", True, 0]]},
     {"response": []}, {"response": {"status": "200"}}, {"response": {"body": 3}}, {"code": "0"}],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_the_programs_error(raw):
    assert read_reaction(raw).error == UNREADABLE


class Forger:
    """A host that sends nonsense."""

    def call(self, program, method, payload):
        return {"effects": [["listen", 8080, 0]]} if method == "start" else {"response": {"status": "fine"}}


def test_nonsense_from_the_other_side_is_500_and_a_line():
    rig = Rig(Forger())
    rig.catalog.push("x/web:1", Pushed(name="Forged.1"))
    rig.start("x/web:1")
    rig.run(0)
    assert rig.get().answer.status == 500
    assert rig.lines == [(0, f"Traceback: {UNREADABLE}")]
