"""Programs that run where the verb came from."""

from __future__ import annotations

import threading

import pytest

from ecsim.cloud.programs import RemoteHost
from ecsim.cloud.remote import RemoteWorld, WorldRefused
from ecsim.cloud.server import serve


class CallingWorld:
    """A world whose verb `ask` calls programs as often as it is told to."""

    def __init__(self, host):
        self._host = host

    def do(self, verb, args=None):
        if verb != "ask":
            return verb
        return [self._host.call("Web.1", "request", {"n": n}) for n in range(args["times"])]


class Programs:
    def __init__(self):
        self.called = []

    def call(self, program, method, payload):
        self.called.append((program, method, payload))
        return {"effects": [["log", f"line {payload['n']}"]]}


@pytest.fixture
def remote(rig):
    """A world over the network and the programs at this end."""
    host = RemoteHost(timeout_s=0.4)
    with serve(rig.gate, CallingWorld(host), programs=host) as server:
        programs = Programs()
        world = RemoteWorld(server.url, programs)
        yield world, programs, server
        world.close()


def test_a_verb_calls_programs_here_and_gets_what_they_did(remote):
    world, programs, _ = remote
    assert world.do("ask", {"times": 3}) == [{"effects": [["log", f"line {n}"]]} for n in range(3)]
    assert programs.called == [("Web.1", "request", {"n": n}) for n in range(3)]
    assert world.do("now") == "now"


def test_a_program_that_does_not_answer_in_time_counts_as_hung(remote):
    world, programs, _ = remote
    released = threading.Event()

    def slow(_program, _method, _payload):
        released.wait(2)
        return {}

    programs.call = slow
    timer = threading.Timer(0.8, released.set)
    timer.start()
    assert world.do("ask", {"times": 1}) == [{"hung": True}]
    timer.join()


def test_a_caller_that_went_away_blocks_nobody(remote):
    world, _, server = remote
    world._post("ask", {"times": 5})
    other = RemoteWorld(server.url, Programs())
    assert other.do("now") == "now"
    late = world._post("_answer", {"id": 1, "result": {}})
    assert late == {"error": {"kind": "argument", "message": "no verb waits for this answer"}}
    other.close()


def test_without_programs_at_this_end_the_program_fails_and_the_verb_goes_on(rig):
    host = RemoteHost(timeout_s=0.4)
    with serve(rig.gate, CallingWorld(host), programs=host) as server:
        world = RemoteWorld(server.url)
        assert world.do("ask", {"times": 1}) == [{"error": "nobody runs the program 'Web.1' here"}]
        world.close()


def test_a_program_cannot_be_called_outside_a_verb():
    assert "error" in RemoteHost().call("Web.1", "start", {})


def test_refusals_come_with_their_kind(server):
    world = RemoteWorld(server.url)
    with pytest.raises(WorldRefused, match="not in this lab") as refused:
        world.do("refuse")
    assert refused.value.kind == "refused"
    world.close()


def test_a_cloud_that_is_gone_is_told_in_one_line(rig):
    server = serve(rig.gate, CallingWorld(None))
    server.close()
    with pytest.raises(WorldRefused, match="does not answer") as refused:
        RemoteWorld(server.url).do("now")
    assert refused.value.kind == "connection"


def test_a_url_that_is_none():
    with pytest.raises(ValueError, match="looks like"):
        RemoteWorld("ftp://x")
