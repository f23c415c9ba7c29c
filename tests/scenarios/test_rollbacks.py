"""What rolls a deployment with traffic shifting back, in each stage. Source: ecs-behaviour.md 5.11-5.14."""

from __future__ import annotations

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from tests.scenarios.blue import BROKEN, CANARY, STAGES, TRAFFIC, V2, V3, BlueStory, alarm, under_way


def test_the_circuit_breaker_trips_while_green_comes_up():
    with under_way(BROKEN, breaker=True) as story:
        story.stable()
        assert story.told(*TRAFFIC) == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:35.333 (service web) registered 1 targets in (target-group green)
00:00:36.333 (service web) registered 1 targets in (target-group green)
00:00:36.333 (service web) deregistered 1 targets in (target-group green)
00:00:36.333 (service web) has begun draining connections on 1 tasks.
00:00:37.333 (service web) deregistered 1 targets in (target-group green)
00:00:37.333 (service web) has begun draining connections on 1 tasks.
00:01:06.333 (service web) has started 2 tasks: (task t5) (task t6).
00:01:20.333 (service web) registered 1 targets in (target-group green)
00:01:21.333 (service web) deregistered 1 targets in (target-group green)
00:01:21.333 (service web) has begun draining connections on 1 tasks.
00:01:21.333 d2 web:2 PRIMARY FAILED
00:01:21.333 (service web) (deployment d2) deployment failed: tasks failed to start.
00:01:21.333 (service web) rolling back to deployment d1.
00:01:21.333 d1 web:1 PRIMARY IN_PROGRESS
00:01:21.333 d2 web:2 ACTIVE FAILED
00:01:21.333 d2 back: SCALE_UP production 0 test 0
00:01:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 0
00:01:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:01:21.333 d2 back: CLEAN_UP production 0 test 0
00:01:21.333 (service web) stopped 1 pending tasks.
00:01:29.333 d2 web:2 INACTIVE FAILED
00:01:29.333 d1 web:1 PRIMARY COMPLETED
00:01:29.333 (service web) (deployment d1) deployment completed.
00:01:29.333 (service web) has reached a steady state.
""")
        described = story.deployment()
        assert described["status"] == "ROLLBACK_SUCCESSFUL"
        assert described["statusReason"] == (  # ecs-behaviour.md 5.11
            "Service deployment rolled back because the circuit breaker threshold was exceeded."
        )
        assert described["deploymentCircuitBreaker"]["status"] == "TRIGGERED"


@pytest.mark.slow
def test_one_launch_without_an_address_trips_a_threshold_of_one():
    """Swarm seed 764: nothing more is launched, also when there are addresses again, until another deployment comes.

    Source: ECS Developer Guide, deployment-circuit-breaker; ecs-behaviour.md 5.11 (COUNT v: v; FAILED, no more launches).
    """
    with BlueStory() as story:
        story.blue().told()
        small = story.small_network()
        filler = story.ecs.run_task(
            cluster="shop",
            taskDefinition=story.definition(family="filler"),
            count=10,
            launchType="FARGATE",
            networkConfiguration=small,
        )["tasks"]
        story.advance("1m").told()
        breaker = {"enable": True, "rollback": False, "thresholdConfiguration": {"type": "COUNT", "value": 1}}
        story.update(
            taskDefinition=story.definition(V2),
            networkConfiguration=small,
            deploymentConfiguration={"deploymentCircuitBreaker": breaker},
        )
        story.advance("1m")
        assert story.told(*TRAFFIC) == snapshot("""\

00:01:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:01:20.333 d1 web:1 ACTIVE COMPLETED
00:01:21.333 d2 PRE_SCALE_UP production 0 test 0
00:01:21.333 d2 SCALE_UP production 0 test 0
00:01:21.333 (service web) has started 2 tasks: (task t13) (task t14).
00:01:28.333 (service web) was unable to place a task. Reason: Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled in subnet 'subnet-ba01019fab72d2afd'.
00:01:28.333 d2 web:2 PRIMARY FAILED
00:01:28.333 (service web) (deployment d2) deployment failed: tasks failed to start.
00:01:28.333 (service web) stopped 1 pending tasks.
""")
        for task in filler:
            story.ecs.stop_task(cluster="shop", task=task["taskArn"])
        story.advance("2h")
        assert story.told(*TRAFFIC) == snapshot("\n")
        assert story.get(story.url)["body"].startswith("web 1.0")
        story.update(taskDefinition=story.definition(V2), forceNewDeployment=True)
        story.stable()
        assert story.get(story.url)["body"].startswith("web 2.0")


def test_stopped_in_the_bake_time():
    with under_way() as story:
        story.advance("2m")
        assert story.deployment()["lifecycleStage"] == "BAKE_TIME"
        story.ecs.stop_service_deployment(
            serviceDeploymentArn=story.deployment()["serviceDeploymentArn"], stopType="ROLLBACK"
        )
        assert story.deployment()["status"] == "ROLLBACK_REQUESTED"
        story.stable()
        assert story.told(*TRAFFIC) == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:35.333 (service web) registered 1 targets in (target-group green)
00:00:36.333 (service web) registered 1 targets in (target-group green)
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:00:39.666 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:00:39.666 d2 BAKE_TIME production 100 test 100
00:02:21.333 d2 web:2 PRIMARY FAILED
00:02:21.333 (service web) rolling back to deployment d1.
00:02:21.333 d1 web:1 PRIMARY IN_PROGRESS
00:02:21.333 d2 web:2 ACTIVE FAILED
00:02:21.333 d2 back: SCALE_UP production 100 test 100
00:02:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:02:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:02:21.333 d2 back: CLEAN_UP production 0 test 0
00:02:21.333 (service web) has stopped 2 running tasks: (task t3) (task t4).
00:02:21.333 (service web) deregistered 2 targets in (target-group green)
00:02:21.333 (service web, taskSet d2) has begun draining connections on 2 tasks.
00:02:59.333 d2 web:2 INACTIVE FAILED
00:02:59.333 d1 web:1 PRIMARY COMPLETED
00:02:59.333 (service web) (deployment d1) deployment completed.
00:02:59.333 (service web) has reached a steady state.
""")
        assert story.deployment()["status"] == "ROLLBACK_SUCCESSFUL"
        assert story.get(story.url)["body"].startswith("web 1.0")


@pytest.mark.slow
@pytest.mark.parametrize(
    "stage",
    [
        "PRE_SCALE_UP",
        "POST_SCALE_UP",
        "POST_TEST_TRAFFIC_SHIFT",
        "PRE_PRODUCTION_TRAFFIC_SHIFT",
        "POST_PRODUCTION_TRAFFIC_SHIFT",
    ],
)
def test_stopped_in_any_stage_production_is_blue_s_again(stage):
    with under_way(pause=stage, **CANARY) as story:
        story.advance("20m")
        if stage == "PRE_PRODUCTION_TRAFFIC_SHIFT":
            story.go_on("CONTINUE")
            story.advance("20m")
        described = story.deployment()
        assert described["lifecycleStage"] == stage
        story.ecs.stop_service_deployment(serviceDeploymentArn=described["serviceDeploymentArn"])
        story.stable()
        assert story.weights(story.production)["web"] in (1, 100)
        assert {story.get(story.url)["body"][:7] for _ in range(20)} == {"web 1.0"}
        assert [d["runningCount"] for d in story.now()["deployments"]] == [2]


@pytest.mark.parametrize("wait", ["0s", "10s"])
def test_a_rolling_deployment_in_the_bake_time_is_stopped(wait):
    """Swarm seed 751: stopped before the scheduler's first look, it is not what shifted traffic that goes back.

    Production is blue's before anything else is decided, and the rejected revision starts no task.
    """
    with under_way() as story:
        story.advance("2m")
        assert story.deployment()["lifecycleStage"] == "BAKE_TIME"
        story.told()
        story.update(taskDefinition=story.definition(V3), deploymentConfiguration={"strategy": "ROLLING"})
        story.update(desiredCount=4)
        story.advance(wait)
        story.ecs.stop_service_deployment(serviceDeploymentArn=story.deployment()["serviceDeploymentArn"])
        story.stable()
        if wait == "0s":
            assert story.told(*TRAFFIC) == snapshot("""\

00:02:20.333 d3 web:3 PRIMARY IN_PROGRESS
00:02:20.333 d2 web:2 ACTIVE IN_PROGRESS
00:02:21.333 d2 BAKE_TIME production 0 test 0
00:02:21.333 d3 web:3 PRIMARY FAILED
00:02:21.333 (service web) rolling back to deployment d1.
00:02:21.333 d1 web:1 PRIMARY IN_PROGRESS
00:02:21.333 d3 web:3 ACTIVE FAILED
00:02:21.333 (service web) has started 2 tasks: (task t5) (task t6).
00:02:21.333 d3 web:3 INACTIVE FAILED
00:02:35.333 (service web) registered 1 targets in (target-group web)
00:02:37.333 (service web) registered 1 targets in (target-group web)
00:02:38.666 (service web) has stopped 1 running tasks: (task t3).
00:02:38.666 (service web) deregistered 1 targets in (target-group green)
00:02:38.666 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:02:40.666 (service web) has stopped 1 running tasks: (task t4).
00:02:40.666 (service web) deregistered 1 targets in (target-group green)
00:02:40.666 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:03:18.666 d2 web:2 INACTIVE IN_PROGRESS
00:03:18.666 d1 web:1 PRIMARY COMPLETED
00:03:18.666 (service web) (deployment d1) deployment completed.
00:03:18.666 (service web) has reached a steady state.
""")
        assert story.weights(story.production) == {"web": 100, "green": 0}
        assert {story.get(story.url)["body"][:7] for _ in range(10)} == {"web 1.0"}
        assert [d["runningCount"] for d in story.now()["deployments"]] == [4]
        assert story.deployment()["status"] == "ROLLBACK_SUCCESSFUL"


def test_an_alarm_in_the_bake_time_rolls_back():
    with BlueStory() as story:
        watched = alarm(story)
        story.blue(alarms=watched).told()
        story.update(taskDefinition=story.definition(V2))
        story.advance("2m")
        assert story.deployment()["alarms"]["status"] == "MONITORING"
        alarm(story, "ALARM")
        story.stable()
        assert story.told(*STAGES, "service.event") == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:21.333 (service web) has started 2 tasks: (task t3) (task t4).
00:00:35.333 (service web) registered 1 targets in (target-group green)
00:00:36.333 (service web) registered 1 targets in (target-group green)
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:00:39.666 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:00:39.666 d2 BAKE_TIME production 100 test 100
00:02:31 (service web) (deployment d2) deployment failed: alarm detected.
00:02:31 (service web) rolling back to deployment d1.
00:02:31 d2 back: SCALE_UP production 100 test 100
00:02:31 d2 back: PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:02:31 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:31 d2 back: TEST_TRAFFIC_SHIFT production 0 test 100
00:02:31 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:02:31 d2 back: CLEAN_UP production 0 test 0
00:02:31 (service web) has stopped 2 running tasks: (task t3) (task t4).
00:02:31 (service web) deregistered 2 targets in (target-group green)
00:02:31 (service web, taskSet d2) has begun draining connections on 2 tasks.
00:03:09 (service web) (deployment d1) deployment completed.
00:03:09 (service web) has reached a steady state.
""")
        described = story.deployment()
        assert described["status"] == "ROLLBACK_SUCCESSFUL"
        assert described["alarms"] == {
            "status": "TRIGGERED",
            "alarmNames": ["5xx"],
            "triggeredAlarmNames": ["5xx"],
        }


def test_green_that_never_becomes_healthy_is_given_up_after_a_day():
    """Source: ECS Developer Guide, canary-deployment (24 hours a stage)."""
    with under_way(BROKEN) as story:
        story.stable("3000m")
        described = story.deployment()
        assert described["status"] == "ROLLBACK_SUCCESSFUL"
        assert described["stoppedAt"] - described["startedAt"] == snapshot(timedelta(days=1))
        assert story.told(*STAGES) == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
24:00:21.333 d2 back: SCALE_UP production 0 test 0
24:00:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 0
24:00:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
24:00:21.333 d2 back: CLEAN_UP production 0 test 0
""")


def test_two_target_groups_that_serve_are_found_when_the_deployment_begins():
    """Source of the text: ECS Developer Guide, troubleshooting-blue-green."""
    with BlueStory() as story:
        story.blue().told()
        story.serve(story.production, {story.target_group: 50, story.green: 50})
        story.update(taskDefinition=story.definition(V2))
        story.stable()
        assert story.deployment()["statusReason"] == (
            "Service deployment rolled back because of invalid networking configuration. productionListenerRule "
            f"{story.production} should have exactly one target group serving traffic but found 2 target groups which "
            "are serving traffic"
        )


def test_a_target_group_that_no_rule_reaches_is_found_when_the_deployment_begins():
    """Source of the text: ECS Developer Guide, troubleshooting-blue-green."""
    with BlueStory() as story:
        story.blue().told()
        for rule in (story.production, story.test):
            story.serve(rule, {story.target_group: 1})
        story.update(taskDefinition=story.definition(V2))
        story.stable()
        assert story.deployment()["statusReason"] == (
            f"Service deployment rolled back because of invalid networking configuration: Target group {story.green} "
            "is not associated with either productionListenerRule or testListenerRule."
        )


def test_a_rule_that_is_deleted_meanwhile_rolls_back():
    with BlueStory() as story:
        rule = story.rule("/shop*", story.target_group)
        story.blue(balancers=story.balancers(productionListenerRule=rule)).told()
        pause = story.hook("POST_TEST_TRAFFIC_SHIFT")
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": [pause]})
        story.advance("2m")
        story.elb.delete_rule(RuleArn=rule)
        story.go_on("CONTINUE")
        story.stable()
        assert story.deployment()["statusReason"] == (
            "Service deployment rolled back because of invalid networking configuration. One or more rules not found"
        )
        assert story.told(*STAGES) == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 back: SCALE_UP production 0 test 100
00:02:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:02:21.333 d2 back: CLEAN_UP production 0 test 0
""")
