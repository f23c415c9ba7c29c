"""Lifecycle hooks. Source: ECS Developer Guide, lambda-lifecycle-hooks, pause-lifecycle-hooks."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from tests.scenarios.blue import V2, BlueStory, under_way

HOOKS = ("deployment.stage", "deployment.hook", "function", "service.event")


def deployed(story, *hooks):
    """Deploy web:2.0 with hooks to a blue/green service, and tell how it ended."""
    story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": list(hooks)})
    story.stable("30000m")
    described = story.deployment()
    return described["status"], described.get("statusReason", "")


def test_a_function_that_is_not_done_is_called_again_with_what_it_has_said():
    with BlueStory() as story:
        events = []

        def poll(event, _context):
            events.append(event)
            if len(events) < 3:
                answer = {"hookStatus": "IN_PROGRESS", "hookDetails": {"tries": len(events)}}
                return answer | ({"callBackDelay": 60} if len(events) == 2 else {})
            return {"hookStatus": "SUCCEEDED"}

        arn = story.function("poll", poll)
        story.blue().told()
        hook = story.hook("POST_SCALE_UP", hookTargetArn=arn, hookDetails={"bucket": "approvals"})
        assert deployed(story, hook) == ("SUCCESSFUL", "")
        assert [e.get("hookDetails") for e in events] == [
            {"bucket": "approvals"},
            {"bucket": "approvals", "tries": 1},
            {"bucket": "approvals", "tries": 2},
        ]
        assert story.told("function", "deployment.hook") == snapshot("""\

00:00:39.666 d2 hook AWS_LAMBDA IN_PROGRESS in POST_SCALE_UP (poll)
00:00:39.666 poll answers {'hookStatus': 'IN_PROGRESS', 'hookDetails': {'tries': 1}}
00:01:10.666 poll answers {'hookStatus': 'IN_PROGRESS', 'hookDetails': {'tries': 2}, 'callBackDelay': 60}
00:02:11.666 poll answers {'hookStatus': 'SUCCEEDED'}
00:02:12.666 d2 hook AWS_LAMBDA SUCCEEDED in POST_SCALE_UP (poll)
""")


def test_what_a_function_gets():
    """The payloads of ECS Developer Guide, lambda-lifecycle-hooks."""
    with BlueStory() as story:
        events = []

        def keep(event, _context):
            events.append(event)
            return {"hookStatus": "SUCCEEDED"}

        arn = story.function("keep", keep)
        stages = (
            "PRE_SCALE_UP",
            "TEST_TRAFFIC_SHIFT",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRE_PRODUCTION_TRAFFIC_SHIFT",
            "PRODUCTION_TRAFFIC_SHIFT",
        )
        story.blue()
        assert deployed(story, story.hook(*stages, hookTargetArn=arn)) == ("SUCCESSFUL", "")
        described = story.deployment()
        green = described["targetServiceRevision"]["arn"]
        blue = described["sourceServiceRevisions"][0]["arn"]
        assert [event["lifecycleStage"] for event in events] == list(stages)
        first = events[0]
        assert first.keys() == {"executionId", "lifecycleStage", "resourceArn", "executionDetails"}
        assert first["resourceArn"] == described["serviceDeploymentArn"]
        assert first["executionDetails"] == {
            "serviceArn": described["serviceArn"],
            "targetServiceRevisionArn": green,
            "testTrafficWeights": {},
            "productionTrafficWeights": {},
        }
        weights = [
            (e["executionDetails"]["testTrafficWeights"], e["executionDetails"]["productionTrafficWeights"])
            for e in events[1:]
        ]
        assert weights == [
            ({green: 100, blue: 0}, {}),
            ({}, {}),
            ({}, {green: 0, blue: 100}),
            ({}, {green: 100, blue: 0}),
        ]


def broken(_event, _context):
    raise ValueError("no")


@pytest.mark.parametrize(
    ("answer", "takes_ms", "problem"),
    [
        ({}, 1_000, "ECS was unable to parse the response from {arn} due to HookStatus must not be null"),
        (broken, 1_000, "ECS was unable to parse the response from {arn} due to HookStatus must not be null"),
        (
            {"hookStatus": "SUCCEEDED"},
            1_200_000,
            "ECS was unable to parse the response from {arn} due to HookStatus must not be null",
        ),
        (None, 1_000, "ECS was unable to invoke hook target {arn} due to Function not found: {arn}"),
    ],
    ids=["no hookStatus", "raises", "too slow", "not there"],
)
def test_a_function_that_does_not_answer_as_it_should_rolls_back(answer, takes_ms, problem):
    """Source of the texts: ECS Developer Guide, troubleshooting-blue-green."""
    with BlueStory() as story:
        arn = "arn:aws:lambda:ap-northeast-1:123456789012:function:check"
        if answer is not None:
            assert story.function("check", answer, takes_ms) == arn
        story.blue()
        status, reason = deployed(story, story.hook("PRE_SCALE_UP", hookTargetArn=arn))
        assert status == "ROLLBACK_SUCCESSFUL"
        because = problem.format(arn=arn)
        assert (
            reason
            == f"Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. {because}"
        )


@pytest.mark.parametrize(
    ("action", "status"), [("CONTINUE", "SUCCESSFUL"), ("ROLLBACK", "ROLLBACK_SUCCESSFUL")]
)
def test_a_pause_that_nobody_continues(action, status):
    with BlueStory() as story:
        story.blue().told()
        timeout = {"timeoutInMinutes": 10, "action": action}
        found, _ = deployed(story, story.hook("POST_TEST_TRAFFIC_SHIFT", timeoutConfiguration=timeout))
        assert found == status
        hook = story.deployment()["lifecycleHookDetails"][0]
        assert (hook["status"], hook["timeoutAction"], hook["targetType"]) == ("TIMED_OUT", action, "PAUSE")


def test_all_hooks_of_a_stage_run_at_once_and_all_must_be_done():
    """Source: ECS Developer Guide, pause-lifecycle-hooks (multiple hooks at the same stage)."""
    with BlueStory() as story:
        slow = story.function("slow", {"hookStatus": "SUCCEEDED"}, 60_000)
        quick = story.function("quick", {"hookStatus": "SUCCEEDED"})
        story.blue().told()
        hooks = [
            story.hook("POST_SCALE_UP", hookTargetArn=slow),
            story.hook("POST_SCALE_UP", hookTargetArn=quick),
            story.hook("POST_SCALE_UP"),
        ]
        story.update(taskDefinition=story.definition(V2), deploymentConfiguration={"lifecycleHooks": hooks})
        story.advance("5m")
        story.go_on("CONTINUE")
        story.stable()
        assert story.told("deployment.hook", "function", "deployment.stage") == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 hook AWS_LAMBDA IN_PROGRESS in POST_SCALE_UP (slow)
00:00:39.666 d2 hook AWS_LAMBDA IN_PROGRESS in POST_SCALE_UP (quick)
00:00:39.666 d2 hook PAUSE AWAITING_ACTION in POST_SCALE_UP
00:00:39.666 slow answers {'hookStatus': 'SUCCEEDED'}
00:00:39.666 quick answers {'hookStatus': 'SUCCEEDED'}
00:00:40.666 d2 hook AWS_LAMBDA SUCCEEDED in POST_SCALE_UP (quick)
00:01:39.666 d2 hook AWS_LAMBDA SUCCEEDED in POST_SCALE_UP (slow)
00:05:20.333 d2 hook PAUSE SUCCEEDED in POST_SCALE_UP
00:05:21.333 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:05:21.333 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:05:21.333 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:05:21.333 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:05:21.333 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:05:21.333 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:05:21.333 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:05:21.333 d2 BAKE_TIME production 100 test 100
00:10:21.333 d2 CLEAN_UP production 100 test 100
""")


def test_a_hook_that_fails_in_the_first_deployment_finds_nothing_to_go_back_to():
    """Source of the text: ECS Developer Guide, action-logs-troubleshooting."""
    with BlueStory() as story:
        arn = story.function("check", {"hookStatus": "FAILED"})
        story.create(lifecycleHooks=[story.hook("PRE_SCALE_UP", hookTargetArn=arn)])
        story.advance("10m")
        described = story.deployment()
        assert described["status"] == "ROLLBACK_FAILED"
        assert described["statusReason"] == "No rollback candidate was found to run the rollback."
        assert story.told(*HOOKS) == snapshot("""\

00:00:01 d1 PRE_SCALE_UP production 100 test 0
00:00:01 d1 hook AWS_LAMBDA IN_PROGRESS in PRE_SCALE_UP (check)
00:00:01 check answers {'hookStatus': 'FAILED'}
00:00:02 d1 hook AWS_LAMBDA FAILED in PRE_SCALE_UP (check)
00:00:02 (service web) (deployment d1) deployment failed: Service deployment rolled back because PRE_SCALE_UP lifecycle hook(s) failed. Lifecycle hook target arn:aws:lambda:ap-northeast-1:123456789012:function:check returned FAILED status.
""")


def test_a_hook_of_a_function_needs_the_hook_to_be_waiting_for_an_action():
    with under_way(pause="POST_SCALE_UP") as story:
        story.advance("2m")
        described = story.deployment()
        arn, hook = described["serviceDeploymentArn"], described["lifecycleHookDetails"][0]["hookId"]
        story.ecs.continue_service_deployment(
            serviceDeploymentArn=arn, hookId=hook
        )  # CONTINUE is the default
        for wrong in ({"hookId": hook}, {"hookId": "ecs-pause-none"}, {"hookId": hook, "action": "WAIT"}):
            with pytest.raises(story.ecs.exceptions.InvalidParameterException):
                story.ecs.continue_service_deployment(serviceDeploymentArn=arn, **wrong)
        with pytest.raises(story.ecs.exceptions.ServiceDeploymentNotFoundException):
            story.ecs.continue_service_deployment(serviceDeploymentArn=arn + "x", hookId=hook)
