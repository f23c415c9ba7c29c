"""Fixtures for the tests of the gate and the transports."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config

from ecsim.cloud.server import serve
from tests.effects.rig import REGION, Rig


class Verbs:
    """A port that answers with what it was asked, and fails when asked to."""

    def do(self, verb, args=None):
        if verb == "refuse":
            error = RuntimeError("not in this lab")
            error.kind = "refused"
            raise error
        if verb == "break":
            raise ZeroDivisionError("oops")
        return {"verb": verb, "args": args}


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A fresh gate."""
    with Rig() as made:
        yield made


@pytest.fixture
def server(rig, tmp_path):
    """The gate on the network, with a world that echoes and a control socket."""
    with serve(rig.gate, Verbs(), unix_socket=tmp_path / "control.sock", control=Verbs()) as made:
        yield made


@pytest.fixture
def over_http(server):
    """Makes boto3 clients that use the network, as a learner's are."""
    clients = []

    def make(service):
        clients.append(
            boto3.client(
                service,
                region_name=REGION,
                endpoint_url=server.url,
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="nobody-checks-this",
                config=Config(retries={"total_max_attempts": 1}),
            )
        )
        return clients[-1]

    yield make
    for client in clients:
        client.close()
