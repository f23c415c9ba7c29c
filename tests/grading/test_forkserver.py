"""Warm processes: copies are separate, their ends are noticed, and nothing outlives its lifeline."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from ecslab.grading import forkserver
from ecslab.grading.channel import Channel, ChannelClosed
from ecslab.grading.forkserver import ForkServer, ServerFailed

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
_START = (
    "import sys; sys.path.insert(0, {folder!r}); import toy_work; "
    "from ecslab.grading import forkserver; forkserver.KINDS['toy'] = 'toy_work'; forkserver.main(sys.argv[1:])"
)


@pytest.fixture(scope="module")
def server():
    real = forkserver.subprocess.Popen

    def with_toy(arguments, **named):
        folder = str(Path(__file__).parent)
        return real([arguments[0], "-I", "-c", _START.format(folder=folder), *arguments[4:]], **named)

    forkserver.subprocess.Popen, forkserver.KINDS["toy"] = with_toy, "toy_work"
    try:
        made = ForkServer("toy", "a", "b")
    finally:
        forkserver.subprocess.Popen = real
        del forkserver.KINDS["toy"]
    with made:
        yield made


def gone(pid: int, within_s: float = 5.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):  # gone before, or while, it was read
            return True
        if state == "Z":
            return True
        time.sleep(0.01)
    return False


def test_copies_are_processes_of_their_own_with_an_empty_environment(server):
    with server.fork() as one, server.fork() as two:
        told = [forked.channel.ask({"do": "say"}, 10) for forked in (one, two)]
    assert told[0]["pid"] != told[1]["pid"]
    assert told[0]["warm"] == "a b"
    assert told[0]["names"] == ["HOME", "LANG", "LC_ALL", "PATH", "WARM"]


def test_a_copy_has_no_descriptor_but_its_channel(server):
    with server.fork() as one:
        told = one.channel.ask({"do": "descriptors"}, 10)
    assert told["open"] == [told["mine"]]


@pytest.mark.parametrize(("message", "code"), [({"do": "exit", "code": 7}, 7), ({"do": "die"}, -9)])
def test_the_end_of_a_copy_is_noticed(server, message, code):
    with server.fork() as one:
        assert one.poll() is None
        one.channel.send(message)
        assert one.wait(10) == code
        with pytest.raises(ChannelClosed):
            one.channel.receive(1)


def test_an_interrupt_reaches_the_copy_and_a_kill_follows_at_once(server):
    with server.fork() as one:
        one.channel.ask({"do": "spin"}, 10)
        one.interrupt()
        assert one.channel.receive(10) == {"interrupted": True}
        one.interrupt()
        began = time.monotonic()
        one.kill()
        assert time.monotonic() - began < 20
        assert one.poll() in (-9, 71)  # by the kill, or by the second interrupt if that came first


def test_what_a_copy_detached_dies_with_it(server):
    with server.fork() as one:
        left = one.channel.ask({"do": "leave"}, 10)["left"]
        assert not gone(left, 0.1)
        one.channel.send({"do": "exit", "code": 0})
        assert one.wait(10) == 0
    assert gone(left)


def test_what_a_copy_detached_dies_when_the_lifeline_does(server):
    one = server.fork()
    pid = one.channel.ask({"do": "say"}, 10)["pid"]
    left = one.channel.ask({"do": "leave"}, 10)["left"]
    one.close()
    assert gone(pid)
    assert gone(left)


def test_cpu_is_counted(server):
    with server.fork() as one:
        one.channel.send({"do": "exit", "code": 0})
        one.wait(10)
        assert 0 < one.cpu_s < 5
    assert server.cpu_s() > 0


def test_a_server_that_does_not_come_up_says_so(capfd):
    with pytest.raises(ServerFailed, match="the nonsense fork server did not start"):
        ForkServer("nonsense").wait_ready(20)
    assert "KeyError" in capfd.readouterr().err


def test_a_server_whose_asker_is_gone_ends():
    server = ForkServer("worker")
    server.wait_ready()
    server.requests.close()
    server._process.wait(10)
    assert not server.alive
    server.close()


def test_what_is_not_a_message_closes_the_conversation():
    for sent in (b"[1]\n", b"{\n", b"\xff\n"):
        channel, there = Channel.pair()
        there.sendall(sent)
        with pytest.raises(ChannelClosed):
            channel.receive(1)
        channel.close()
        there.close()


def test_a_silent_other_side_is_a_timeout():
    channel, there = Channel.pair()
    with pytest.raises(TimeoutError):
        channel.receive(0.01)
    there.close()
    channel.close()


def test_descriptors_travel_before_messages():
    channel, there = Channel.pair()
    other = Channel(there)
    read, write = os.pipe()
    channel.send_descriptors([read])
    channel.send({"a": 1})
    (received,) = other.receive_descriptors(1)
    os.write(write, b"x")
    assert os.read(received, 1) == b"x"
    assert other.receive(1) == {"a": 1}
    for number in (read, write, received):
        os.close(number)
    other.close()
    channel.close()
