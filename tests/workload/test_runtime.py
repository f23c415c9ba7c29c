"""The runtime: probes, commands, faults, sidecars, what is settled, and what it costs."""

from __future__ import annotations

import pytest

from ecsim.faults import Fault, FaultKind
from ecsim.workload.stock import OUT_OF_MEMORY
from tests.workload.rig import Rig

CURL = ("CMD-SHELL", "curl -f http://localhost:8080/health || exit 1")


def test_probes_of_what_is_not_there():
    rig = Rig()
    assert rig.probe() == "timeout"
    rig.start()
    assert rig.probe(port=81) == "refused"
    assert rig.probe(protocol="TCP") == 0
    assert rig.probe("/slow", timeout_ms=1_999) == "timeout"
    assert rig.probe("/slow", timeout_ms=2_000) == 200


def test_commands_of_what_is_not_there():
    rig = Rig()
    assert rig.command(*CURL) == 137
    rig.start("web:hangs")
    assert rig.command(*CURL) is None
    assert rig.command("CMD-SHELL", "sleep 6", timeout_ms=5_000) is None
    assert rig.command("CMD-SHELL", "sleep 5", timeout_ms=5_000) == 0


def test_containers_of_a_task_share_its_ports():
    rig = Rig()
    rig.start("web:1.0", ports=(8080,))
    rig.start("sidecar:1.0", name="side", ports=(), essential=False)
    assert rig.command(*CURL, name="side") == 0
    assert rig.get().container == "web"
    rig.workload.kill("t1", "web")
    assert rig.command(*CURL, name="side") == 1
    assert rig.get().problem == "refused"
    rig.workload.stop("t1", "side")
    rig.run(0)
    assert rig.get().problem == "unreachable"
    assert rig.workload.task_ids() == []


def test_a_container_ends_once():
    rig = Rig()
    rig.start("web:graceless")
    rig.workload.stop("t1", "web")
    rig.workload.kill("t1", "web")
    rig.workload.kill("t1", "web")
    rig.workload.stop("t1", "web")
    rig.run(1_000)
    assert rig.codes() == [(0, 137)]


def test_a_wake_of_an_earlier_run_does_not_end_the_next_one():
    rig = Rig()
    rig.start("report:1.0")
    rig.run(20_000)
    rig.workload.kill("t1", "web")
    rig.start("report:1.0")
    rig.run(40_000)
    assert rig.codes() == [(20_000, 137)]
    rig.run(50_000)
    assert rig.codes() == [(20_000, 137), (50_000, 0)]


def test_the_controller_hears_of_the_end_before_the_data_plane_fails_the_requests():
    rig = Rig()
    told = []
    rig.workload.on_exit.append(lambda *_: told.append("exit"))
    rig.workload.on_abort.append(lambda _: told.append("abort"))
    rig.start()
    rig.get()
    rig.workload.kill("t1", "web")
    assert told == ["exit", "abort"]


# Faults


@pytest.mark.parametrize("match", ["*", "shop-web", "id-t1", "id"])
def test_failing_health(match):
    rig = Rig()
    rig.start()
    rig.faults.inject(Fault(kind=FaultKind.FAIL_HEALTH, match=match))
    assert (rig.probe(), rig.probe("/"), rig.command(*CURL)) == (500, 500, 1)
    assert rig.probe(protocol="TCP") == "refused"
    assert rig.get().answer.status == 200
    assert not rig.workload.settled("t1")
    rig.faults.heal()
    assert (rig.probe(), rig.command(*CURL), rig.workload.settled("t1")) == (200, 0, True)


def test_failing_health_with_a_status():
    rig = Rig()
    rig.start()
    rig.faults.inject(Fault(kind=FaultKind.FAIL_HEALTH, match="*", value={"status": 503}))
    assert rig.probe() == 503


def test_hanging():
    rig = Rig()
    rig.start()
    before = rig.get()
    rig.faults.inject(Fault(kind=FaultKind.HANG, match="id-t1"))
    assert (rig.probe(), rig.probe(protocol="TCP"), rig.command(*CURL)) == ("timeout", "timeout", None)
    assert rig.get().duration_ms is None
    assert not rig.workload.finish(before.id)
    assert not rig.workload.settled("t1")
    rig.workload.stop("t1", "web")
    rig.run(30_000)
    assert rig.exits == []
    rig.workload.kill("t1", "web")
    assert rig.codes() == [(30_000, 137)]


def test_faults_of_others_do_not_matter():
    rig = Rig()
    rig.start()
    for kind in (FaultKind.HANG, FaultKind.FAIL_HEALTH):
        rig.faults.inject(Fault(kind=kind, match="api"))
    assert (rig.probe(), rig.workload.settled("t1")) == (200, True)
    assert rig.workload.strike(Fault(kind=FaultKind.CRASH, match="api")) == []


def test_striking():
    rig = Rig()
    for task in ("t1", "t2", "t3"):
        rig.start("sidecar:1.0", task=task, name="side", ports=(), essential=False)
        rig.start(task=task)
    assert rig.workload.strike(Fault(kind=FaultKind.CRASH, match="id-t1")) == ["id-t1"]
    memory = Fault(kind=FaultKind.OUT_OF_MEMORY, match="id-t2")
    assert rig.workload.strike(memory) == ["id-t2"]
    side = Fault(kind=FaultKind.CRASH, match="*", value={"container": "side", "exit_code": 9})
    assert rig.workload.strike(side) == ["id-t1", "id-t2", "id-t3"]
    assert [rest for _, *rest in rig.exits] == [
        ["t1", "web", 1, None],
        ["t2", "web", 137, OUT_OF_MEMORY],
        ["t1", "side", 9, None],
        ["t2", "side", 9, None],
        ["t3", "side", 9, None],
    ]
    assert rig.workload.strike(Fault(kind=FaultKind.HANG, match="*")) == []


# Cost


def test_ten_thousand_settled_containers_leave_nothing_to_do():
    """What a start and a probe cost is measured by `make bench`."""
    rig = Rig()
    for n in range(10_000):
        rig.start(task=f"t{n}")
    assert all(rig.probe(task=f"t{n}") == 200 and rig.workload.settled(f"t{n}") for n in range(10_000))
    assert rig.engine.next_at() is None


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.FAIL_HEALTH])
def test_a_command_that_asks_nobody_notices_nothing(kind):
    """A fault of the program reaches a health command only by what it asks the program."""
    rig = Rig()
    rig.start()
    rig.faults.inject(Fault(kind=kind, match="*"))
    assert rig.command(*CURL) in (None, 1)
    assert rig.command("CMD-SHELL", "exit 0") == 0
