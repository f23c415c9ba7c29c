"""The cloud on the network."""

from __future__ import annotations

import http.client
import json
import socket
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from ecsim.cloud.server import BODY_BYTES_MAX, CannotListen, serve


def connect(server):
    return http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)


def post(connection, path, body=b"{}", kind="application/json", **headers):
    connection.request("POST", path, body, {"Content-Type": kind, **headers})
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


class OnSocket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self._path)


def test_boto3_sees_the_same_cloud_over_the_network(rig, over_http):
    vpc = over_http("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    found = rig.client("ec2").describe_vpcs(VpcIds=[vpc])["Vpcs"]
    assert found[0]["CidrBlock"] == "10.0.0.0/16"
    assert [entry.subject for entry in rig.journal.of("call")] == ["ec2.CreateVpc", "ec2.DescribeVpcs"]


def test_calls_over_the_network_are_those_in_process(rig, over_http):
    """The same journal entries, but for the number, whatever the transport."""
    for make in (rig.client, over_http):
        make("ecs").list_clusters()
        make("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])
        make("elbv2").describe_load_balancers(PageSize=5)
        make("logs").describe_log_groups(logGroupNamePrefix="/ecs")
        make("scheduler").list_schedules(MaxResults=3)
        make("iam").list_roles(MaxItems=7)
        with pytest.raises(ClientError):
            make("ecs").delete_cluster(cluster="x")
    entries = [
        (entry.subject, {name: value for name, value in entry.fields.items() if name != "n"})
        for entry in rig.journal.of("call")
    ]
    half = len(entries) // 2
    assert half == 7
    assert entries[:half] == entries[half:]


def test_objects_of_s3_keep_their_bytes_and_length(over_http):
    s3 = over_http("s3")
    s3.create_bucket(Bucket="lab-files", CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    s3.put_object(Bucket="lab-files", Key="dir/k ü", Body=bytes(range(256)) * 40)
    assert s3.get_object(Bucket="lab-files", Key="dir/k ü")["Body"].read() == bytes(range(256)) * 40
    head = s3.head_object(Bucket="lab-files", Key="dir/k ü")
    assert head["ContentLength"] == 10_240
    assert len(head["ResponseMetadata"]["RequestId"]) == 36


def test_verbs_answer_in_json_and_connections_are_kept(server):
    connection = connect(server)
    assert post(connection, "/_ecslab/world/now", b'{"a": 1}') == (
        200,
        {"result": {"verb": "now", "args": {"a": 1}}},
    )
    kept = connection.sock
    assert post(connection, "/_ecslab/world/refuse") == (
        400,
        {"error": {"kind": "refused", "message": "not in this lab"}},
    )
    assert post(connection, "/_ecslab/world/break") == (
        400,
        {"error": {"kind": "internal", "message": "ZeroDivisionError: oops"}},
    )
    assert connection.sock is kept
    connection.close()


@pytest.mark.parametrize(
    ("path", "body", "kind", "status"),
    [
        ("/_ecslab/control/journal", b"{}", "application/json", 404),
        ("/_ecslab/world/../control/journal", b"{}", "application/json", 200),
        ("/_ecslab/nothing", b"{}", "application/json", 404),
        ("/_ecslab/world/_secret", b"{}", "application/json", 404),
        ("/_ecslab/world/_answer", b'{"id": 1}', "application/json", 400),
        ("/_ecslab/world/now", b"[]", "application/json", 400),
        ("/_ecslab/world/now", b"{", "application/json", 400),
        ("/_ecslab/world/now", b"{}", "text/plain", 400),
    ],
)
def test_the_learners_port_has_the_world_and_nothing_more(server, path, body, kind, status):
    connection = connect(server)
    got, answer = post(connection, path, body, kind)
    assert got == status, answer
    if status == 200:
        assert answer["result"]["verb"] == "../control/journal", "only a name that the world does not know"
    connection.close()


def test_a_page_that_made_its_name_lead_here_is_not_welcome(server):
    connection = connect(server)
    status, answer = post(connection, "/_ecslab/world/now", Host="attacker.example:80")
    assert (status, answer["error"]["kind"]) == (403, "refused")
    connection.close()


def test_a_program_that_calls_aws_while_time_passes_is_told_so(rig, over_http):
    rig.gate.busy_timeout_s = 0.2
    ecs = over_http("ecs")
    with rig.gate.lock, pytest.raises(ClientError, match=r"\(CloudBusy\)"):
        ecs.list_clusters()
    assert ecs.list_clusters()["clusterArns"] == []


def test_the_graders_port_is_a_socket_for_its_owner_and_has_no_aws_api(server):
    path = Path(server.control_socket)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    connection = OnSocket(str(path))
    assert post(connection, "/_ecslab/control/journal") == (200, {"result": {"verb": "journal", "args": {}}})
    assert post(connection, "/_ecslab/world/now")[0] == 404
    assert post(connection, "/")[0] == 404
    connection.close()


def test_too_large_and_broken_bodies_are_refused(server):
    for headers, status in (
        ({"Content-Length": str(BODY_BYTES_MAX + 1)}, 413),
        ({"Content-Length": "many"}, 400),
        ({"Transfer-Encoding": "chunked"}, 400),
    ):
        connection = connect(server)
        connection.putrequest("POST", "/_ecslab/world/now")
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        if "Transfer-Encoding" in headers:
            connection.send(b"zz\r\n")
        answer = connection.getresponse()
        assert answer.status == status
        assert "error" in json.loads(answer.read())
        connection.close()


def test_chunked_bodies_are_read(server):
    connection = connect(server)
    pieces = iter([b'{"a":', b" 1}"])
    connection.request(
        "POST", "/_ecslab/world/now", pieces, {"Content-Type": "application/json"}, encode_chunked=True
    )
    assert json.loads(connection.getresponse().read())["result"]["args"] == {"a": 1}
    connection.close()


def test_a_port_in_use_is_told_in_one_line(rig, server):
    number = urlsplit(server.url).port
    with pytest.raises(
        CannotListen, match=rf"port {number} on 127.0.0.1 is in use: choose another one, or 0"
    ):
        serve(rig.gate, port=number)


def test_a_socket_that_cannot_be_made_is_told_and_frees_the_port(rig, tmp_path):
    with pytest.raises(CannotListen, match="cannot listen on the socket"):
        serve(rig.gate, unix_socket=tmp_path / "no" / "such" / "folder", control=object())


def test_closing_twice_is_fine_and_the_socket_is_gone(rig, tmp_path):
    made = serve(rig.gate, unix_socket=tmp_path / "s", control=object())
    made.close()
    made.close()
    assert not (tmp_path / "s").exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", urlsplit(made.url).port), timeout=5)
