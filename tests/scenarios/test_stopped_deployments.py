"""StopServiceDeployment, and what service deployments tell. Source: ecs-behaviour.md 5.13."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from inline_snapshot import snapshot

from tests.scenarios.story import Story


def deployments(story):
    """The service deployments, newest first, as DescribeServiceDeployments tells them."""
    briefs = story.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
    arns = [brief["serviceDeploymentArn"] for brief in briefs]
    shown = story.ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]
    assert [s["status"] for s in shown] == [b["status"] for b in briefs]
    return shown


def stop(story):
    arn = deployments(story)[0]["serviceDeploymentArn"]
    story.ecs.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")


def test_a_deployment_that_never_becomes_healthy_is_stopped_and_rolled_back():
    """Without a circuit breaker. Source: ECS Developer Guide, stop-service-deployment."""
    with Story() as story:
        story.service(story.definition(), desired=2)
        story.stable().told()
        good = story.now()["deployments"][0]["id"]
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/web:bad-health"))
        story.advance("2m")
        states = [deployments(story)[0]["status"]]
        story.told()
        stop(story)
        states.append(deployments(story)[0]["status"])
        story.advance("2s")
        states.append(deployments(story)[0]["status"])
        story.stable("5m")
        newest = deployments(story)[0]
        states.append(newest["status"])
        assert states == ["IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"]
        assert story.now()["deployments"][0]["id"] == good, "the old deployment comes back with its old id"
        assert (
            newest["rollback"]["serviceRevisionArn"] == deployments(story)[1]["targetServiceRevision"]["arn"]
        )
        assert (
            newest["createdAt"]
            < newest["startedAt"]
            < newest["stoppedAt"]
            <= newest["rollback"]["startedAt"]
            < newest["finishedAt"]
        )
        assert newest["deploymentCircuitBreaker"]["status"] == "DISABLED"
        assert story.told("decision", "service.event", "deployment.state") == snapshot("""\

00:02:21.333 shop/web fail_deployment: stop.requested
00:02:21.333 d2 web:2 PRIMARY FAILED
00:02:21.333 (service web) rolling back to deployment d1.
00:02:21.333 shop/web roll_back: stop.roll_back
00:02:21.333 d1 web:1 PRIMARY IN_PROGRESS
00:02:21.333 d2 web:2 ACTIVE FAILED
00:02:33.999 d2 web:2 INACTIVE FAILED
00:02:33.999 shop/web complete_deployment: rolling.complete
00:02:33.999 d1 web:1 PRIMARY COMPLETED
00:02:33.999 (service web) (deployment d1) deployment completed.
00:02:33.999 (service web) has reached a steady state.
""")


def test_stopping_the_first_deployment_leaves_nothing_to_go_back_to():
    with Story() as story:
        story.service(story.definition("public.ecr.aws/ecslab/web:bad-health"), desired=1)
        story.advance("30s")
        stop(story)
        story.advance("10m")
        assert [d["status"] for d in deployments(story)] == ["STOPPED"]
        assert story.now()["deployments"][0]["rolloutState"] == "FAILED"
        with pytest.raises(ClientError, match="ConflictException"):
            stop(story)


def test_stopping_before_the_scheduler_has_looked():
    with Story() as story:
        story.service(story.definition(), desired=1, balanced=False)
        story.stable()
        first = story.tasks()
        story.update(forceNewDeployment=True)
        assert deployments(story)[0]["status"] == "PENDING"
        stop(story)
        story.stable()
        assert deployments(story)[0]["status"] == "ROLLBACK_SUCCESSFUL"
        assert [t["taskArn"] for t in story.tasks()] == [t["taskArn"] for t in first], "nothing was replaced"


def test_an_update_goes_before_a_stop_that_the_scheduler_has_not_seen():
    with Story() as story:
        story.service(story.definition(), desired=1, balanced=False)
        story.stable()
        story.update(forceNewDeployment=True)
        stop(story)
        story.update(taskDefinition=story.definition())
        assert [d["status"] for d in deployments(story)] == ["PENDING", "STOP_REQUESTED", "SUCCESSFUL"]
        story.stable()
        assert [d["status"] for d in deployments(story)] == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]


def test_the_breakers_numbers_stay_when_the_failed_deployment_is_gone():
    """Source: botocore ServiceDeploymentCircuitBreaker."""
    with Story() as story:
        story.service(story.definition(), desired=7, breaker=True, balanced=False)
        story.stable()
        story.update(taskDefinition=story.definition("public.ecr.aws/ecslab/no-such-image:1.0"))
        assert deployments(story)[0]["deploymentCircuitBreaker"] == {
            "status": "MONITORING",
            "failureCount": 0,
            "threshold": 4,
        }
        story.stable("60m")
        story.update(desiredCount=1)
        story.stable("60m")
        newest = deployments(story)[0]
        assert newest["status"] == "ROLLBACK_SUCCESSFUL"
        breaker = newest["deploymentCircuitBreaker"]
        assert (breaker["status"], breaker["threshold"]) == ("TRIGGERED", 4)
        assert breaker["failureCount"] >= 4
