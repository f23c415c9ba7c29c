"""Service deployments and service revisions. Source: ecs-behaviour.md 5.13; botocore ServiceDeployment."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ecsim.api.wire import EPOCH_S
from ecsim.model.service import DeploymentStatus, RolloutState
from tests.api.rig import ARN

SERVICE = f"{ARN}:service/shop/web"


@pytest.fixture
def web(shop):
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    shop.service(deploymentConfiguration=breaker)
    return shop


def change(rig, **changes):
    """Change the PRIMARY deployment as the scheduler does, with its entry in the journal."""
    service = rig.store.services[SERVICE]
    primary = replace(service.primary, **changes)
    rig.store.put_service(replace(service, deployments=(primary, *service.deployments[1:])))
    record(rig, primary)


def record(rig, deployment):
    rig.journal.record(
        "deployment.state",
        deployment.id,
        service="shop/web",
        task_definition="web:1",
        status=str(deployment.status),
        rollout_state=str(deployment.rollout_state),
        reason=deployment.rollout_state_reason,
    )


def listed(rig, **params):
    found = rig.call("ListServiceDeployments", cluster="shop", service="web", **params)["serviceDeployments"]
    return [brief["status"] for brief in found]


def described(rig):
    brief = rig.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][0]
    arns = [brief["serviceDeploymentArn"]]
    return rig.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"][0]


def test_a_first_deployment_is_in_progress_and_then_successful(web):
    assert listed(web) == ["IN_PROGRESS"]
    web.now_ms = 9_000
    change(web, rollout_state=RolloutState.COMPLETED, desired_count=2)
    shown = described(web)
    assert (shown["status"], shown["finishedAt"]) == ("SUCCESSFUL", 9_000)
    assert shown["targetServiceRevision"]["requestedTaskCount"] == 2
    assert shown["sourceServiceRevisions"] == []
    assert shown["deploymentCircuitBreaker"] == {
        "status": "MONITORING_COMPLETE",
        "failureCount": 0,
        "threshold": 3,
    }


def test_a_deployment_that_another_one_replaces_is_stopped(web):
    web.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    assert listed(web) == ["IN_PROGRESS", "STOPPED"]
    assert listed(web, status=["STOPPED"]) == ["STOPPED"]
    first = web.store.services[SERVICE].deployments[1].service_revision_arn
    assert [r["arn"] for r in described(web)["sourceServiceRevisions"]] == [first]


def test_the_breaker_without_rollback(web):
    change(web, rollout_state=RolloutState.FAILED, breaker_count=3)
    shown = described(web)
    assert shown["status"] == "STOPPED"
    assert shown["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert "rollback" not in shown


def test_the_breaker_with_rollback(web):
    change(web, rollout_state=RolloutState.COMPLETED)
    good = web.store.services[SERVICE].primary
    web.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    web.now_ms = 60_000
    change(web, rollout_state=RolloutState.FAILED)
    service = web.store.services[SERVICE]
    reason = f"ECS deployment circuit breaker: rolling back to deploymentId {good.id}."
    back = replace(
        good,
        rollout_state=RolloutState.IN_PROGRESS,
        rollout_state_reason=reason,
        rolled_back_from=service.primary.id,
    )
    failed = replace(service.primary, status=DeploymentStatus.ACTIVE)
    web.store.put_service(replace(service, deployments=(back, failed)))
    record(web, back)
    record(web, failed)
    shown = described(web)
    assert shown["status"] == "ROLLBACK_IN_PROGRESS"
    assert shown["rollback"] == {
        "reason": "Service deployment rolled back because the circuit breaker threshold was exceeded.",
        "startedAt": 60_000,
        "serviceRevisionArn": good.service_revision_arn,
    }
    web.now_ms = 90_000
    change(web, rollout_state=RolloutState.COMPLETED)
    assert listed(web) == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    assert described(web)["finishedAt"] == 90_000


def test_lists_by_time_and_page(web):
    web.now_ms = 1_000
    web.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    at_s = EPOCH_S + 0.5
    assert len(listed(web, createdAt={"after": at_s})) == 1
    assert len(listed(web, createdAt={"before": at_s})) == 1
    assert len(listed(web, createdAt={"before": "2026-04-01T00:00:05Z"})) == 2
    wrong = {"cluster": "shop", "service": "web", "createdAt": {"before": "soon"}}
    assert web.refused("ListServiceDeployments", **wrong).code == "InvalidParameterException"
    page = web.call("ListServiceDeployments", cluster="shop", service="web", maxResults=1)
    rest = web.call("ListServiceDeployments", cluster="shop", service="web", nextToken=page["nextToken"])
    assert [d["createdAt"] for d in page["serviceDeployments"] + rest["serviceDeployments"]] == [1_000, 0]


def test_a_revision_shows_its_images(web):
    change(web, digests=(("web", "sha256:" + "1" * 64),))
    arn = web.store.services[SERVICE].primary.service_revision_arn
    answer = web.call("DescribeServiceRevisions", serviceRevisionArns=[arn, "arn:aws:ecs:x"])
    shown = answer["serviceRevisions"][0]
    assert shown["containerImages"] == [
        {"containerName": "web", "image": "nginx:1.27", "imageDigest": "sha256:" + "1" * 64}
    ]
    assert (shown["launchType"], shown["platformVersion"]) == ("FARGATE", "1.4.0")
    assert answer["failures"] == [{"arn": "arn:aws:ecs:x", "reason": "MISSING"}]


def test_what_is_not_there(web):
    assert (
        web.refused("ListServiceDeployments", cluster="shop", service="x").code == "ServiceNotFoundException"
    )
    answer = web.call("DescribeServiceDeployments", serviceDeploymentArns=["arn:aws:ecs:x"])
    assert answer == {"serviceDeployments": [], "failures": [{"arn": "arn:aws:ecs:x", "reason": "MISSING"}]}
    wrong = {"cluster": "shop", "service": "web", "status": ["DONE"]}
    assert web.refused("ListServiceDeployments", **wrong).code == "InvalidParameterException"
