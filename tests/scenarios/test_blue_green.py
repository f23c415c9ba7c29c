"""BLUE_GREEN, from the first stage to the last and back. Source: ecs-behaviour.md 5.14."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.blue import STAGES, TRAFFIC, V2, V3, BlueStory, under_way


def test_a_blue_green_deployment():
    with under_way() as story:
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
00:05:39.666 d2 CLEAN_UP production 100 test 100
00:05:39.666 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:05:39.666 (service web) deregistered 2 targets in (target-group web)
00:05:39.666 (service web, taskSet d1) has begun draining connections on 2 tasks.
00:06:17.666 d1 web:1 INACTIVE COMPLETED
00:06:17.666 d2 web:2 PRIMARY COMPLETED
00:06:17.666 (service web) (deployment d2) deployment completed.
00:06:17.666 (service web) has reached a steady state.
""")
        assert story.weights(story.production) == {"web": 0, "green": 100}
        assert story.get(story.url)["body"].startswith("web 2.0")


def test_test_traffic_reaches_green_only_and_production_blue_only_before_the_shift():
    with under_way(pause="POST_TEST_TRAFFIC_SHIFT") as story:
        story.advance("2m")
        assert {story.get(story.url)["body"][:7] for _ in range(6)} == {"web 1.0"}
        assert {story.get(story.test_url)["body"][:7] for _ in range(6)} == {"web 2.0"}
        described = story.deployment()
        target, source = described["targetServiceRevision"], described["sourceServiceRevisions"][0]
        assert described["lifecycleStage"] == "POST_TEST_TRAFFIC_SHIFT"
        assert (target["requestedTestTrafficWeight"], source["requestedTestTrafficWeight"]) == (100, 0)
        assert (target["requestedProductionTrafficWeight"], source["requestedProductionTrafficWeight"]) == (
            0,
            100,
        )
        assert target["runningTaskCount"] == source["runningTaskCount"] == 2


def test_the_next_deployment_goes_back_to_the_first_target_group():
    with under_way() as story:
        story.stable().told()
        story.update(taskDefinition=story.definition(V3))
        story.stable()
        assert story.weights(story.production) == {"green": 0, "web": 100}
        assert story.get(story.url)["body"].startswith("web 3.0")


def test_a_function_that_answers_failed_rolls_back():
    with BlueStory() as story:
        arn = story.function("check", {"hookStatus": "FAILED"})
        story.blue().told()
        hook = story.hook("PRODUCTION_TRAFFIC_SHIFT", hookTargetArn=arn)
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": [hook]})
        story.stable()
        assert story.told(*TRAFFIC, "function") == snapshot("""\

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
00:00:39.666 d2 hook AWS_LAMBDA IN_PROGRESS in PRODUCTION_TRAFFIC_SHIFT (check)
00:00:39.666 check answers {'hookStatus': 'FAILED'}
00:00:40.666 d2 hook AWS_LAMBDA FAILED in PRODUCTION_TRAFFIC_SHIFT (check)
00:00:40.666 d2 web:2 PRIMARY FAILED
00:00:40.666 (service web) (deployment d2) deployment failed: Service deployment rolled back because PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:ap-northeast-1:123456789012:function:check returned FAILED status.
00:00:40.666 (service web) rolling back to deployment d1.
00:00:40.666 d1 web:1 PRIMARY IN_PROGRESS
00:00:40.666 d2 web:2 ACTIVE FAILED
00:00:40.666 d2 back: SCALE_UP production 100 test 100
00:00:40.666 d2 back: PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:00:40.666 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:00:40.666 d2 hook AWS_LAMBDA IN_PROGRESS in PRODUCTION_TRAFFIC_SHIFT (check)
00:00:40.666 check answers {'hookStatus': 'FAILED'}
00:00:41.666 d2 hook AWS_LAMBDA FAILED in PRODUCTION_TRAFFIC_SHIFT (check)
00:00:41.666 d2 back: TEST_TRAFFIC_SHIFT production 0 test 100
00:00:41.666 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:00:41.666 d2 back: CLEAN_UP production 0 test 0
00:00:41.666 (service web) has stopped 2 running tasks: (task t3) (task t4).
00:00:41.666 (service web) deregistered 2 targets in (target-group green)
00:00:41.666 (service web, taskSet d2) has begun draining connections on 2 tasks.
00:01:19.666 d2 web:2 INACTIVE FAILED
00:01:19.666 d1 web:1 PRIMARY COMPLETED
00:01:19.666 (service web) (deployment d1) deployment completed.
00:01:19.666 (service web) has reached a steady state.
""")
        described = story.deployment()
        assert described["status"] == "ROLLBACK_SUCCESSFUL"
        assert described["statusReason"] == (  # ECS Developer Guide, troubleshooting-blue-green
            "Service deployment rolled back because PRODUCTION_TRAFFIC_SHIFT lifecycle hook(s) failed. "
            f"Lifecycle hook target {arn} returned FAILED status."
        )
        assert story.weights(story.production) == {"web": 100, "green": 0}


def test_a_pause_that_is_continued_and_one_that_is_rolled_back():
    with BlueStory() as story:
        pause = story.hook("POST_TEST_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT")
        story.blue()
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": [pause]})
        story.advance("2m").told()
        story.go_on("CONTINUE")
        story.advance("2m")
        story.go_on("ROLLBACK")
        story.stable()
        assert story.told(*STAGES, "deployment.hook") == snapshot("""\

00:02:20.333 d2 hook PAUSE SUCCEEDED in POST_TEST_TRAFFIC_SHIFT
00:02:21.333 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:02:21.333 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:02:21.333 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:02:21.333 d2 hook PAUSE AWAITING_ACTION in POST_PRODUCTION_TRAFFIC_SHIFT
00:04:20.333 d2 hook PAUSE FAILED in POST_PRODUCTION_TRAFFIC_SHIFT
00:04:21.333 d2 back: SCALE_UP production 100 test 100
00:04:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:04:21.333 d2 back: PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:04:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 100
00:04:21.333 d2 back: TEST_TRAFFIC_SHIFT production 0 test 0
00:04:21.333 d2 back: CLEAN_UP production 0 test 0
""")
        assert story.get(story.url)["body"].startswith("web 1.0")
