"""The command `ecslab`: what it does, and that what goes wrong is one clear line."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ecslab.cli import COMMANDS, main
from ecslab.cli.cloud import exports

ROOT = Path(__file__).resolve().parents[2]
FIRST = "02-first-service"


@pytest.fixture(autouse=True)
def _home(monkeypatch):
    monkeypatch.setenv("ECSLAB_HOME", str(ROOT))


def run(capsys, *words):
    """Exit code, stdout, stderr."""
    try:
        code = main(words)
    except SystemExit as end:
        code = end.code
    out = capsys.readouterr()
    return code, out.out, out.err


def test_labs_are_listed_in_both_languages(capsys):
    code, out, _ = run(capsys, "labs", "--lang", "en")
    assert code == 0
    assert re.search(rf"^{FIRST} +The first service +02 +35 +14", out, re.MULTILINE)
    assert "はじめてのサービス" in run(capsys, "labs", "--lang", "ja")[1]


WRONG = {
    "an unknown lab": (
        ("verify", "99-none"),
        2,
        "there is no lab '99-none'. There are: 02-first-service, ",
    ),
    "a lab to build that there is not": (("build", "x"), 2, "there is no lab 'x'"),
    "a variant without a place": (
        ("build", "--seed", "3"),
        2,
        "a variant does not belong into the course itself",
    ),
    "a file that is not there": (("check", "/nowhere.ipynb"), 2, "/nowhere.ipynb: cannot be read"),
    "a file that is no notebook": (("check", str(ROOT / "LICENSE")), 2, "is not a notebook"),
    "a lab to reset that there is not": (("reset", "x"), 2, "there is no lab 'x'"),
    "a port that there is not": (("cloud", "--port", "99999"), 2, "--port: "),
    "a speed that is not possible": (("cloud", "--speed", "-1"), 2, "--speed: -1.0 is not possible"),
    "a lab to begin with that there is not": (("cloud", "--lab", "x"), 2, "there is no lab 'x'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_one_line(capsys, name):
    words, code, told = WRONG[name]
    got, out, err = run(capsys, *words)
    assert (got, out) == (code, "")
    assert err.startswith("ecslab: ")
    assert told in err
    assert err.count("\n") == 1


def test_a_port_in_use_is_told(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = run(capsys, "cloud", "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "is in use" in err


@pytest.mark.parametrize(
    "spoil",
    [
        lambda book: [],
        lambda book: {"cells": 1, "metadata": {}},
        lambda book: {**book, "cells": ["x"]},
        lambda book: {**book, "metadata": {}},
        lambda book: {**book, "metadata": {"ecslab": {"lab": "../x", "version": 1}}},
        lambda book: {**book, "metadata": {"ecslab": "x"}},
        lambda book: {**book, "metadata": {"ecslab": {"lab": FIRST, "version": 99}}},
    ],
)
def test_notebooks_that_are_none_of_ours_are_told(capsys, tmp_path, spoil):
    book = json.loads((ROOT / "labs" / "en" / f"{FIRST}.ipynb").read_text(encoding="utf-8"))
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(spoil(book)), encoding="utf-8")
    code, _, err = run(capsys, "check", str(path))
    assert code == 2
    assert err.count("\n") == 1


def test_a_checked_notebook_gets_what_its_answers_are_worth(capsys, tmp_path):
    """Check cells, given cells and outputs of the file count for nothing."""
    book = json.loads((ROOT / "labs" / "ja" / f"{FIRST}.ipynb").read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if cell["id"] == "answer-1":
            cell["source"] = ["import boto3\n", 'boto3.client("ecs").create_cluster(clusterName="shop")']
        elif cell["id"].startswith("check"):
            cell["source"] = 'print("[pass] 2.1 (2/2 points)")'
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(book), encoding="utf-8")
    code, out, _ = run(capsys, "check", str(path))
    assert code == 1
    assert "[pass] 1.1 (1/1 points)" in out
    assert "[fail] 2.1 (0/2 points)" in out
    assert "期待" in out
    assert out.endswith(f"{FIRST}: 1 of 14 points\n")


def test_reset_keeps_what_was_there(capsys, tmp_path):
    mine = tmp_path / "en" / f"{FIRST}.ipynb"
    words = ("reset", FIRST, "--lang", "en", "--dir", str(tmp_path))
    assert run(capsys, *words)[1] == f"fresh: {mine}\n"
    for text in ("first", "second"):
        mine.write_text(text, encoding="utf-8")
        assert run(capsys, *words)[0] == 0
    kept = [mine.with_name(f"{FIRST}.before-reset-{nth}.ipynb").read_text(encoding="utf-8") for nth in (1, 2)]
    assert kept == ["first", "second"]
    assert mine.read_bytes() == (ROOT / "labs" / "en" / f"{FIRST}.ipynb").read_bytes()


def test_a_variant_is_built_elsewhere(capsys, tmp_path):
    assert run(capsys, "build", FIRST, "--seed", "4", "--no-run", "--out", str(tmp_path))[0] == 0
    mine, own = (
        (root / "labs" / "en" / f"{FIRST}.ipynb").read_text(encoding="utf-8") for root in (tmp_path, ROOT)
    )
    assert f'lab.start(\\"{FIRST}\\", seed=4)' in mine
    assert "seed=" not in own


def test_the_doctor_finds_nothing(capsys):
    code, out, _ = run(capsys, "doctor")
    assert (code, "✗" in out) == (0, False)


def test_the_doctor_goes_on_when_something_is_wrong(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("ECSLAB_HOME", str(tmp_path))
    code, out, _ = run(capsys, "doctor")
    assert code == 1
    assert "✗ course: " in out
    assert "✓ cloud: " in out


def test_every_subcommand_says_what_it_is_for(capsys):
    for name, module in COMMANDS.items():
        if not module.startswith("ecslab.cli"):
            continue
        code, out, _ = run(capsys, name, "--help")
        assert code == 0
        assert out.startswith("usage: ecslab")


def test_the_exports_keep_real_accounts_out_of_reach():
    text = exports("http://127.0.0.1:1", "ap-northeast-1")
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:1\n" in text
    assert "unset AWS_PROFILE\n" in text
    assert "unset AWS_SESSION_TOKEN\n" in text


def test_the_real_aws_program_works_against_the_cloud(tmp_path):
    """`ecslab cloud` prints exports; with them, `aws` makes a cluster, and virtual time runs as fast as was asked."""
    aws = shutil.which("aws", path=str(Path(sys.executable).parent))
    assert aws is not None
    command = [sys.executable, "-m", "ecslab.cli", "cloud", "--lab", "11-rolling", "--speed", "100"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as cloud:
        try:
            env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
            for line in iter(cloud.stdout.readline, ""):
                if line.startswith("export "):
                    name, _, value = line.removeprefix("export ").strip().partition("=")
                    env[name] = value.strip("'")
                if name_is_last(line):
                    break
            words = [
                aws,
                "ecs",
                "describe-services",
                "--cluster",
                "shop",
                "--services",
                "web",
                "--query",
                "services[0].runningCount",
            ]
            done = subprocess.run(words, env=env, capture_output=True, text=True, check=False, timeout=60)
            assert (done.stdout.strip(), done.returncode) == ("3", 0), done.stderr
            before = now(env)
            time.sleep(1)
            assert now(env) - before >= 50_000
        finally:
            cloud.terminate()


def name_is_last(line):
    """Whether it is the last line of the exports."""
    return line == exports("x", "y").splitlines(keepends=True)[-1]


def now(env):
    """The cloud's time, in milliseconds."""
    from ecsim.cloud.remote import RemoteWorld

    world = RemoteWorld(env["AWS_ENDPOINT_URL"])
    try:
        return world.do("now", {})["now_ms"]
    finally:
        world.close()
