"""`make bench` prints what it measured, whatever else failed."""

from __future__ import annotations

import json

from bench import __main__ as bench
from bench.cases import CASES


def row(what, ours="ours", peer="peer", *, peer_name="moto", at_most=0.5):
    return bench.Row(
        what=what, ours=(ours, "cpu_s"), peer=(peer, "cpu_s"), peer_name=peer_name, at_most=at_most, unit="s"
    )


def test_every_row_names_cases_that_there_are():
    assert [case for one in bench.ROWS for case, _ in (one.ours, one.peer) if case not in CASES] == []


def test_a_table_for_each_peer_names_it_once():
    rows = [row("a"), row("b", peer_name="nbgrader"), row("c")]
    text, wrong = bench.table(rows, {"ours": {"cpu_s": 1.0}, "peer": {"cpu_s": 4.0}})
    assert wrong == 0
    assert [line.split()[0] for line in text.splitlines() if line and "at most" not in line] == [
        "against",
        "a",
        "c",
        "against",
        "b",
    ]


def test_a_missed_budget_says_so():
    text, wrong = bench.table([row("a")], {"ours": {"cpu_s": 3.0}, "peer": {"cpu_s": 4.0}})
    assert wrong == 1
    assert text.endswith("0.750    0.500  MISSED")


def test_a_failing_case_loses_no_other_row(monkeypatch, capsys, tmp_path):
    def measured(case):
        if case == "broken":
            raise bench.CaseFailed("no such program")
        return {"cpu_s": 1.0}

    monkeypatch.setattr(bench, "measured", measured)
    monkeypatch.setattr(bench, "ROWS", [row("a", "broken"), row("b", "ours", at_most=2)])
    monkeypatch.setattr("sys.argv", ["bench", "--json", str(tmp_path / "figures.json")])
    assert bench.main() == 1
    told = capsys.readouterr()
    assert "not measured: broken failed" in told.out
    assert told.out.splitlines()[-1].split()[:4] == ["b", "1.00", "1.00", "1.000"]
    assert "bench: the case broken failed:\nno such program" in told.err
    assert list(json.loads((tmp_path / "figures.json").read_text())) == ["peer", "ours"]
