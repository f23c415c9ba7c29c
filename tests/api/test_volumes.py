"""EBS volumes of tasks: accepted where the task definition wants them, and shown."""

from __future__ import annotations

import pytest

from ecsim.model.launch import Launched
from tests.api.rig import NETWORK

CONFIGURED = [{"name": "data", "configuredAtLaunch": True}]
EBS = {
    "name": "data",
    "managedEBSVolume": {"roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole"},
}


@pytest.fixture
def stored(rig):
    rig.cluster()
    rig.definition("store", volumes=CONFIGURED)
    rig.definition("web")
    return rig


def run(rig, **changes):
    request = {"cluster": "shop", "launchType": "FARGATE", "networkConfiguration": NETWORK, **changes}
    return rig.call("RunTask", **request)


def test_a_task_shows_its_volume(stored):
    stored.desk.launch = lambda launch: Launched(
        tasks=[stored.task(task_definition_arn=launch.task_definition.arn, request=launch.request)]
    )
    attachments = run(stored, taskDefinition="store", volumeConfigurations=[EBS])["tasks"][0]["attachments"]
    assert [a["type"] for a in attachments] == ["ElasticNetworkInterface", "AmazonElasticBlockStorage"]
    assert attachments[1]["status"] == "CREATED"
    assert {"name": "volumeName", "value": "data"} in attachments[1]["details"]
    assert {"name": "deleteOnTermination", "value": "true"} in attachments[1]["details"]


@pytest.mark.parametrize(
    ("definition", "volumes", "says"),
    [
        ("web", [EBS], "not a volume of the task definition"),
        ("store", [], "volume configuration of that name is required"),
        ("store", [EBS, EBS], "Only one volume configuration"),
    ],
)
def test_the_definition_and_the_request_must_agree(stored, definition, volumes, says):
    refused = stored.refused(
        "RunTask",
        cluster="shop",
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        taskDefinition=definition,
        volumeConfigurations=volumes,
    )
    assert refused.code == "InvalidParameterException"
    assert says in refused.message


def test_other_volumes_are_another_deployment(stored):
    stored.definition("web", volumes=CONFIGURED)
    stored.service(taskDefinition="web:2", volumeConfigurations=[EBS])
    larger = {**EBS, "managedEBSVolume": {**EBS["managedEBSVolume"], "sizeInGiB": 100}}
    again = stored.call(
        "UpdateService", cluster="shop", service="web", volumeConfigurations=[EBS], taskDefinition="web:2"
    )
    assert len(again["service"]["deployments"]) == 1
    new = stored.call("UpdateService", cluster="shop", service="web", volumeConfigurations=[larger])
    shown = [d["volumeConfigurations"][0] for d in new["service"]["deployments"]]
    assert shown == [larger, EBS]
    gone = stored.call(
        "UpdateService", cluster="shop", service="web", volumeConfigurations=[], taskDefinition="web:1"
    )
    assert "volumeConfigurations" not in gone["service"]["deployments"][0]
