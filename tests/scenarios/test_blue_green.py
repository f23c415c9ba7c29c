"""BLUE_GREEN, from the first stage to the last and back. Source: ecs-behaviour.md 5.14."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.scenarios.blue import STAGES, TRAFFIC, V2, V3, BlueStory


def test_a_blue_green_deployment():
    with BlueStory() as story:
        story.blue().told()
        story.update(taskDefinition=story.definition(V2))
        story.stable()
        assert story.told(*TRAFFIC) == snapshot()
        assert story.weights(story.production) == {"web": 0, "green": 100}
        assert story.get(story.url)["body"].startswith("web 2.0")


def test_test_traffic_reaches_green_only_and_production_blue_only_before_the_shift():
    with BlueStory() as story:
        pause = story.hook("POST_TEST_TRAFFIC_SHIFT")
        story.blue().told()
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": [pause]})
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
    with BlueStory() as story:
        story.blue()
        story.update(taskDefinition=story.definition(V2))
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
        assert story.told(*TRAFFIC, "function") == snapshot()
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
        assert story.told(*STAGES, "deployment.hook") == snapshot()
        assert story.get(story.url)["body"].startswith("web 1.0")
