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


def test_a_first_deployment_is_pending_then_in_progress_and_then_successful(web):
    """ECS Developer Guide, service-deployment: it starts PENDING."""
    assert listed(web) == ["PENDING"]
    assert "startedAt" not in described(web)
    web.now_ms = 1_000
    assert listed(web) == ["IN_PROGRESS"]
    assert (described(web)["startedAt"], described(web)["updatedAt"]) == (1_000, 1_000)
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
    assert listed(web) == ["PENDING", "STOP_REQUESTED"]
    web.now_ms = 6_000
    assert listed(web) == ["IN_PROGRESS", "STOPPED"]
    assert listed(web, status=["STOPPED"]) == ["STOPPED"]
    old = web.call("ListServiceDeployments", cluster="shop", service="web")["serviceDeployments"][1]
    arns = [old["serviceDeploymentArn"]]
    shown = web.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"][0]
    assert (old["finishedAt"], shown["stoppedAt"], shown["updatedAt"]) == (1_000, 1_000, 1_000)
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


# Stopping


def stop(rig, arn, **more):
    return rig.call("StopServiceDeployment", serviceDeploymentArn=arn, **more)


def newest(rig):
    return rig.store.services[SERVICE].primary.service_deployment_arn


@pytest.mark.parametrize("now_ms", [0, 30_000])
def test_a_pending_or_running_deployment_can_be_stopped(web, now_ms):
    """ECS Developer Guide, stop-service-deployment: PENDING, IN_PROGRESS -> ROLLBACK_REQUESTED."""
    web.now_ms = now_ms
    woken = len(web.woken)
    assert stop(web, newest(web), stopType="ROLLBACK") == {"serviceDeploymentArn": newest(web)}
    assert listed(web) == ["ROLLBACK_REQUESTED"]
    assert web.woken[woken:] == [SERVICE]
    assert stop(web, newest(web)) == {"serviceDeploymentArn": newest(web)}, "the rollback goes on"
    assert web.woken[woken:] == [SERVICE]


def test_one_that_is_being_replaced_goes_on_stopping(web):
    """ECS Developer Guide, stop-service-deployment: STOP_REQUESTED."""
    old = newest(web)
    web.call("UpdateService", cluster="shop", service="web", forceNewDeployment=True)
    stop(web, old)
    assert listed(web) == ["PENDING", "STOP_REQUESTED"]
    assert not web.store.services[SERVICE].primary.rollback_requested
    web.now_ms = 1_000
    assert web.refused("StopServiceDeployment", serviceDeploymentArn=old).code == "ConflictException"


def test_what_cannot_be_stopped(web):
    arn = newest(web)
    error = web.refused("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT")
    assert error.code == "InvalidParameterException", "botocore: the valid values are ROLLBACK"
    error = web.refused("StopServiceDeployment", serviceDeploymentArn=arn + "x")
    assert error.code == "ServiceDeploymentNotFoundException"
    change(web, rollout_state=RolloutState.COMPLETED)
    assert web.refused("StopServiceDeployment", serviceDeploymentArn=arn).code == "ConflictException"


def test_a_deleted_services_deployments_are_gone(web):
    """ECS Developer Guide, service-deployment: ECS deletes the service deployment when you delete a service."""
    arn = newest(web)
    service = web.store.services[SERVICE]
    web.store.put_service(replace(service, status="INACTIVE", desired_count=0))
    answer = web.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])
    assert answer == {"serviceDeployments": [], "failures": [{"arn": arn, "reason": "MISSING"}]}
    error = web.refused("ListServiceDeployments", cluster="shop", service="web")
    assert error.code == "ServiceNotFoundException"
    web.now_ms = 5_000
    web.service()
    assert listed(web) == ["PENDING"], "only those of the new service"
