"""The AWS CLI: in process, and the real program against the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ecsim.cloud import awscli

SHOW_VPCS = ["ec2", "describe-vpcs", "--query", "Vpcs[].CidrBlock", "--output", "text"]


def test_a_command_in_process(rig, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.delenv(
        "AWS_DATA_PATH", raising=False
    )  # another test in this process may have imported the CLI
    rig.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    code, out, problem = awscli.run(SHOW_VPCS, rig.gate.handle)
    assert (code, problem) == (0, "")
    assert sorted(out.split()) == ["10.0.0.0/16", "172.31.0.0/16"]
    assert rig.journal.of("call")[-1].subject == "ec2.DescribeVpcs"
    assert os.environ["AWS_ENDPOINT_URL"] == "http://127.0.0.1:9"
    assert "AWS_DATA_PATH" not in os.environ


def test_errors_are_the_clis_own(rig):
    code, out, problem = awscli.run(["ecs", "delete-cluster", "--cluster", "x"], rig.gate.handle)
    assert (code, out) == (255, "")
    assert problem == (
        "\nAn error occurred (ClusterNotFoundException) when calling the DeleteCluster operation: "
        "Cluster not found.\n"
    )
    code, out, problem = awscli.run(["ecs", "no-such-command"], rig.gate.handle)
    assert (code, out) == (2, "")
    assert "Invalid choice" in problem
    code, _, problem = awscli.run(["ecs", "delete-cluster"], rig.gate.handle)
    assert code == 2
    assert "the following arguments are required: --cluster" in problem


def test_files_and_streams(rig, tmp_path):
    source = tmp_path / "hello.txt"
    source.write_text("hello\n")
    for command in (["s3", "mb", "s3://lab-files"], ["s3", "cp", str(source), "s3://lab-files/k"]):
        assert awscli.run(command, rig.gate.handle)[0] == 0
    assert awscli.run(["s3", "cp", "s3://lab-files/k", "-"], rig.gate.handle)[1] == "hello\n"


def test_over_the_network(rig, server):
    code, out, _ = awscli.run(SHOW_VPCS, endpoint_url=server.url)
    assert (code, out) == (0, "172.31.0.0/16\n")


def test_without_a_cloud():
    assert awscli.run(["ecs", "list-clusters"]) == (
        awscli.USAGE_ERROR,
        "",
        "there is no cloud to send this command to\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (SHOW_VPCS, 0, "172.31.0.0/16"),
        (["ecs", "list-clusters"], 0, '{\n    "clusterArns": []\n}'),
        (["ecs", "delete-cluster", "--cluster", "x"], 255, "(ClusterNotFoundException)"),
        (["ec2", "describe-transit-gateway-route-table-announcements"], 255, "(NotImplemented)"),
    ],
)
def test_the_real_program(server, words, code, expected):
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": server.url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "nobody-checks-this",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "1",
    }
    program = str(Path(sys.executable).with_name("aws"))
    done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert expected in (done.stdout or done.stderr)


def test_both_ways_print_the_same(rig, server):
    words = ["ec2", "describe-subnets"]
    in_process = json.loads(awscli.run(words, rig.gate.handle)[1])
    assert json.loads(awscli.run(words, endpoint_url=server.url)[1]) == in_process
