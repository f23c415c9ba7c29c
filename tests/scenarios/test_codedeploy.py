"""CodeDeploy deploys an ECS service: task sets, listeners, waits, hooks, rollbacks.

Source: CodeDeploy User Guide, deployment-steps-ecs, reference-appspec-file-structure-hooks, troubleshooting-ecs;
botocore codedeploy; ecs-behaviour.md 5.15.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, WaiterError
from inline_snapshot import snapshot

from tests.scenarios.codedeploy import CodeDeployed
from tests.scenarios.test_rollbacks import alarm

SUCCEEDED = {"status": "Succeeded"}
FAILED = {"status": "Failed"}
HOOKS = (
    "BeforeInstall",
    "AfterInstall",
    "AfterAllowTestTraffic",
    "BeforeAllowTraffic",
    "AfterAllowTraffic",
)


def refused(call, **params):
    with pytest.raises(ClientError) as told:
        call(**params)
    return told.value.response["Error"]["Code"], told.value.response["Error"]["Message"]


def test_all_at_once_swaps_the_task_sets_and_ends_blue():
    with CodeDeployed() as story:
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")]
        assert story.now()["deployments"] == []
        first = story.deploy()
        assert story.status(first) == "Created"
        story.advance("40s")
        assert story.status(first) == "InProgress", "blue drains"
        assert story.deployment(first)["instanceTerminationWaitTimeStarted"]
        story.advance("5m")
        assert story.path() == snapshot("""\

  2.00 deployment Created
  2.02 event BeforeInstall InProgress
  2.02 deployment InProgress
  2.02 event BeforeInstall Skipped
  2.02 event Install InProgress
  2.02 traffic 0 0
  2.32 event Install Succeeded
  2.32 event AfterInstall InProgress
  2.32 event AfterInstall Skipped
  2.32 event AllowTestTraffic InProgress
  2.32 traffic 0 100
  2.32 event AllowTestTraffic Succeeded
  2.32 event AfterAllowTestTraffic InProgress
  2.32 event AfterAllowTestTraffic Skipped
  2.32 event BeforeAllowTraffic InProgress
  2.32 event BeforeAllowTraffic Skipped
  2.32 event AllowTraffic InProgress
  2.32 traffic 100 100
  2.32 event AllowTraffic Succeeded
  2.32 event AfterAllowTraffic InProgress
  2.32 event AfterAllowTraffic Skipped
  2.96 deployment Succeeded
""")
        assert story.status(first) == "Succeeded"
        assert story.task_sets() == [("PRIMARY", "web:2", 2, "green")]
        made = story.now()["taskSets"][0]
        assert (made["externalId"], made["startedBy"]) == (first, "CODE_DEPLOY")
        assert story.weights(story.production) == {"web": 0, "green": 100}
        second = story.deploy("public.ecr.aws/ecslab/web:3.0")
        story.advance("5m")
        assert story.status(second) == "Succeeded"
        assert story.task_sets() == [("PRIMARY", "web:3", 2, "web")], "the groups take turns"
        assert story.weights(story.production) == {"green": 0, "web": 100}
        ids = story.codedeploy.list_deployments(applicationName="shop", deploymentGroupName="web")
        assert ids["deployments"] == [second, first]


def test_linear_takes_ten_steps_and_customers_lose_nothing():
    """Linear 10 % every minute: ten steps, the last nine minutes after the first. Source: ecs-behaviour.md 5.15."""
    with CodeDeployed(config="ECSLinear10PercentEvery1Minutes") as story:
        pattern = {"kind": "constant", "per_second": 1}
        traffic = story.world.do("traffic_start", {"url": story.url, "pattern": pattern})["id"]
        deployment = story.deploy()
        story.advance("15m")
        assert story.path("codedeploy.traffic") == snapshot("""\

  2.02 traffic 0 0
  2.32 traffic 0 100
  2.32 traffic 10 100
  3.32 traffic 20 100
  4.32 traffic 30 100
  5.32 traffic 40 100
  6.32 traffic 50 100
  7.32 traffic 60 100
  8.32 traffic 70 100
  9.32 traffic 80 100
 10.32 traffic 90 100
 11.32 traffic 100 100
""")
        assert story.status(deployment) == "Succeeded"
        report = story.world.do("traffic_stop", {"id": traffic})
        assert (report["failed"], report["by_status"].keys()) == (0, {"200"}), report
        assert report["by_revision"].keys() == {"web:1", "web:2"}


def test_a_canary_goes_to_everybody_after_its_interval():
    with CodeDeployed(config="ECSCanary10Percent5Minutes") as story:
        deployment = story.deploy()
        story.advance("3m")
        assert story.weights(story.production) == {"web": 90, "green": 10}
        shown = {t["taskSetLabel"]: t["trafficWeight"] for t in story.target(deployment)["taskSetsInfo"]}
        assert shown == {"Blue": 90.0, "Green": 10.0}
        story.advance("5m")
        assert story.weights(story.production) == {"web": 0, "green": 100}


def test_the_test_listener_sees_green_first_and_somebody_says_go():
    with CodeDeployed(ready=30, termination=60) as story:
        deployment = story.deploy()
        story.advance("2m")
        assert story.status(deployment) == "Ready"
        assert story.weights(story.test) == {"web": 0, "green": 100}
        assert story.weights(story.production) == {"web": 100, "green": 0}
        assert not story.deployment(deployment)["instanceTerminationWaitTimeStarted"]
        go = story.codedeploy.continue_deployment
        code, _ = refused(go, deploymentId=deployment, deploymentWaitType="TERMINATION_WAIT")
        assert code == "InvalidDeploymentWaitTypeException"
        go(deploymentId=deployment, deploymentWaitType="READY_WAIT")
        story.advance("1m")
        assert story.weights(story.production) == {"web": 0, "green": 100}
        assert [sets[0] for sets in story.task_sets()] == ["PRIMARY", "ACTIVE"]
        go(deploymentId=deployment, deploymentWaitType="TERMINATION_WAIT")
        story.advance("1m")
        assert story.status(deployment) == "Succeeded"
        code, _ = refused(go, deploymentId=deployment, deploymentWaitType="READY_WAIT")
        assert code == "DeploymentAlreadyCompletedException"


def test_nobody_says_go():
    with CodeDeployed(ready=30) as story:
        deployment = story.deploy()
        story.advance("35m")
        info = story.deployment(deployment)
        assert (info["status"], info["errorInformation"]) == snapshot(
            (
                "Stopped",
                {
                    "code": "TIMEOUT",
                    "message": "The deployment timed out while waiting for a notification to continue. This time out period is 30 minutes.",
                },
            )
        )
        assert story.task_sets() == [("ACTIVE", "web:2", 2, "green"), ("PRIMARY", "web:1", 2, "web")]
        again = story.deploy("public.ecr.aws/ecslab/web:3.0")
        story.advance("2m")
        assert story.status(again) == "Ready"
        assert [s[:2] for s in story.task_sets()] == [("ACTIVE", "web:3"), ("PRIMARY", "web:1")], (
            "what the first one left behind is gone"
        )


def test_every_hook_is_called_once_in_order():
    with CodeDeployed() as story:
        called = story.function("check", SUCCEEDED, takes_ms=60_000)
        deployment = story.deploy(hooks=dict.fromkeys(HOOKS, "check"))
        story.advance("20m")
        assert story.status(deployment) == "Succeeded"
        assert [event["DeploymentId"] for event in called] == [deployment] * 5
        assert len({event["LifecycleEventHookExecutionId"] for event in called}) == 5
        assert set(story.lifecycle(deployment).values()) == {"Succeeded"}
        assert story.path("codedeploy.event") == snapshot("""\

  2.02 event BeforeInstall InProgress
  3.02 event BeforeInstall Succeeded
  3.02 event Install InProgress
  3.32 event Install Succeeded
  3.32 event AfterInstall InProgress
  4.32 event AfterInstall Succeeded
  4.32 event AllowTestTraffic InProgress
  4.32 event AllowTestTraffic Succeeded
  4.32 event AfterAllowTestTraffic InProgress
  5.32 event AfterAllowTestTraffic Succeeded
  5.32 event BeforeAllowTraffic InProgress
  6.32 event BeforeAllowTraffic Succeeded
  6.32 event AllowTraffic InProgress
  6.32 event AllowTraffic Succeeded
  6.32 event AfterAllowTraffic InProgress
  7.32 event AfterAllowTraffic Succeeded
""")


def test_a_failing_check_of_the_test_traffic_rolls_back_before_customers_see_it():
    with CodeDeployed(rollback=["DEPLOYMENT_FAILURE"]) as story:
        story.function("check", FAILED)
        deployment = story.deploy(hooks={"AfterAllowTestTraffic": "check"})
        story.advance("5m")
        with pytest.raises(WaiterError, match="terminal failure"):
            story.codedeploy.get_waiter("deployment_successful").wait(deploymentId=deployment)
        info = story.deployment(deployment)
        assert info["status"] == "Failed"
        assert info["errorInformation"] == snapshot(
            {
                "code": "HOOK_EXECUTION_FAILURE",
                "message": "The deployment failed because one or more of the lifecycle event validation functions failed.",
            }
        )
        back = story.deployment(info["rollbackInfo"]["rollbackDeploymentId"])
        assert (back["creator"], back["status"]) == ("codeDeployRollback", "Succeeded")
        assert back["rollbackInfo"]["rollbackTriggeringDeploymentId"] == deployment
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")]
        assert story.weights(story.test) == {"web": 100, "green": 0}
        assert story.lifecycle(deployment) == snapshot(
            {
                "BeforeInstall": "Skipped",
                "Install": "Succeeded",
                "AfterInstall": "Skipped",
                "AllowTestTraffic": "Succeeded",
                "AfterAllowTestTraffic": "Failed",
                "BeforeAllowTraffic": "Skipped",
                "AllowTraffic": "Skipped",
                "AfterAllowTraffic": "Skipped",
            }
        )
        assert story.path() == snapshot("""\

  2.00 deployment Created
  2.02 event BeforeInstall InProgress
  2.02 deployment InProgress
  2.02 event BeforeInstall Skipped
  2.02 event Install InProgress
  2.02 traffic 0 0
  2.32 event Install Succeeded
  2.32 event AfterInstall InProgress
  2.32 event AfterInstall Skipped
  2.32 event AllowTestTraffic InProgress
  2.32 traffic 0 100
  2.32 event AllowTestTraffic Succeeded
  2.32 event AfterAllowTestTraffic InProgress
  2.34 event AfterAllowTestTraffic Failed
  2.34 event BeforeAllowTraffic Skipped
  2.34 event AllowTraffic Skipped
  2.34 event AfterAllowTraffic Skipped
  2.34 deployment Failed HOOK_EXECUTION_FAILURE The deployment failed because one or more of the lifecycle event validation functions failed.
  2.34 deployment Created c1
  2.34 event AllowTestTraffic InProgress
  2.34 deployment InProgress c1
  2.34 traffic 0 0
  2.34 event AllowTestTraffic Succeeded
  2.34 event AllowTraffic InProgress
  2.34 traffic 0 0
  2.34 event AllowTraffic Succeeded
  2.97 deployment Succeeded c1
""")


def test_a_function_that_answers_nothing_is_reported_for_by_a_call():
    with CodeDeployed() as story:
        called = story.function("slow", {})
        deployment = story.deploy(hooks={"AfterInstall": "slow"})
        story.advance("10m")
        assert story.lifecycle(deployment)["AfterInstall"] == "InProgress"
        report = story.codedeploy.put_lifecycle_event_hook_execution_status
        execution = called[0]["LifecycleEventHookExecutionId"]
        code, _ = refused(
            report, deploymentId=deployment, lifecycleEventHookExecutionId=execution, status="Skipped"
        )
        assert code == "InvalidLifecycleEventHookExecutionStatusException"
        code, _ = refused(
            report, deploymentId=deployment, lifecycleEventHookExecutionId="none", status="Succeeded"
        )
        assert code == "InvalidLifecycleEventHookExecutionIdException"
        report(deploymentId=deployment, lifecycleEventHookExecutionId=execution, status="Succeeded")
        story.advance("5m")
        assert story.status(deployment) == "Succeeded"
        code, _ = refused(
            report, deploymentId=deployment, lifecycleEventHookExecutionId=execution, status="Succeeded"
        )
        assert code == "LifecycleEventAlreadyCompletedException"


@pytest.mark.parametrize(("hook", "expected"), [("silent", "TIMEOUT"), ("nobody", "HOOK_EXECUTION_FAILURE")])
def test_a_function_that_never_reports_or_is_not_there(hook, expected):
    """One hour. Source: CodeDeploy User Guide, reference-appspec-file-structure-hooks."""
    with CodeDeployed() as story:
        story.function("silent", None)
        deployment = story.deploy(hooks={"BeforeInstall": hook})
        story.advance("59m")
        assert story.status(deployment) == ("InProgress" if hook == "silent" else "Failed")
        story.advance("3m")
        info = story.deployment(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Failed", expected)
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")], "no replacement was created"


def test_green_that_never_becomes_healthy_is_given_up_after_an_hour():
    """Source: CodeDeploy User Guide, troubleshooting-ecs."""
    with CodeDeployed(rollback=["DEPLOYMENT_FAILURE"]) as story:
        deployment = story.deploy("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/missing:1")
        story.advance("59m")
        assert (story.status(deployment), story.lifecycle(deployment)["Install"]) == ("InProgress",) * 2
        story.advance("5m")
        info = story.deployment(deployment)
        assert (info["status"], info["errorInformation"]) == snapshot(
            (
                "Failed",
                {
                    "code": "TIMEOUT",
                    "message": "The deployment timed out while waiting for the replacement task set to become healthy. This time out period is 60 minutes.",
                },
            )
        )
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")]


def test_an_alarm_stops_it_and_traffic_goes_back():
    with CodeDeployed(
        config="ECSCanary10Percent15Minutes", rollback=["DEPLOYMENT_STOP_ON_ALARM"], alarms=["5xx"]
    ) as story:
        alarm(story)
        deployment = story.deploy()
        story.advance("5m")
        assert story.weights(story.production) == {"web": 90, "green": 10}
        alarm(story, "ALARM")
        story.advance("5m")
        info = story.deployment(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Stopped", "ALARM_ACTIVE")
        assert story.weights(story.production) == {"web": 100, "green": 0}
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")]


@pytest.mark.parametrize("back", [True, False])
def test_stop_deployment_rolls_back_if_it_is_told_to(back):
    with CodeDeployed(config="ECSCanary10Percent15Minutes") as story:
        deployment = story.deploy()
        story.advance("5m")
        told = story.codedeploy.stop_deployment(deploymentId=deployment, autoRollbackEnabled=back)
        assert told["status"] == "Pending"
        story.advance("5m")
        assert story.status(deployment) == "Stopped"
        assert story.weights(story.production) == (
            {"web": 100, "green": 0} if back else {"web": 90, "green": 10}
        )
        assert len(story.task_sets()) == (1 if back else 2)
        code, _ = refused(story.codedeploy.stop_deployment, deploymentId=deployment)
        assert code == "DeploymentAlreadyCompletedException"
        again = story.deploy()
        story.advance("2m")
        assert story.weights(story.production) == {"web": 90, "green": 10}
        story.advance("20m")
        assert story.status(again) == "Succeeded"


def test_a_failure_after_the_switch_goes_back_without_new_tasks():
    with CodeDeployed(rollback=["DEPLOYMENT_FAILURE"], termination=5) as story:
        blue = sorted(task["taskArn"] for task in story.tasks())
        story.function("check", FAILED, takes_ms=120_000)
        deployment = story.deploy(hooks={"AfterAllowTraffic": "check"})
        story.advance("90s")
        assert story.weights(story.production) == {"web": 0, "green": 100}
        story.advance("5m")
        assert story.status(deployment) == "Failed"
        assert story.weights(story.production) == {"web": 100, "green": 0}
        assert story.task_sets() == [("PRIMARY", "web:1", 2, "web")]
        assert sorted(task["taskArn"] for task in story.tasks()) == blue


def test_listeners_that_do_not_reach_the_primary_task_set():
    with CodeDeployed() as story:
        story.elb.modify_listener(
            ListenerArn=story.production,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": story.green}],
        )
        deployment = story.deploy()
        story.advance("1m")
        assert story.deployment(deployment)["errorInformation"] == snapshot(
            {
                "code": "ELASTIC_LOAD_BALANCING_INVALID",
                "message": "The ELB could not be updated due to the following error: Primary taskset target group must be behind listener",
            }
        )


def test_path_rules_of_the_production_listener_move_too():
    with CodeDeployed() as story:
        rule = story.elb.create_rule(
            ListenerArn=story.production,
            Priority=5,
            Conditions=[{"Field": "path-pattern", "Values": ["/shop/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": story.target_group}],
        )["Rules"][0]["RuleArn"]
        story.deploy()
        story.advance("5m")
        action = story.elb.describe_rules(RuleArns=[rule])["Rules"][0]["Actions"][0]
        weights = {g["TargetGroupArn"]: g["Weight"] for g in action["ForwardConfig"]["TargetGroups"]}
        assert weights == {story.target_group: 0, story.green: 100}


def test_scaling_during_a_deployment_scales_both_task_sets():
    with CodeDeployed(termination=10) as story:
        deployment = story.deploy()
        story.advance("2m")
        story.update(desiredCount=3)
        story.advance("2m")
        assert [sets[2] for sets in story.task_sets()] == [3, 3]
        story.advance("15m")
        assert story.status(deployment) == "Succeeded"
        assert story.task_sets() == [("PRIMARY", "web:2", 3, "green")]


def test_a_deleted_service_fails_its_deployment():
    with CodeDeployed(ready=60) as story:
        deployment = story.deploy()
        story.advance("2m")
        story.ecs.delete_service(cluster="shop", service="web", force=True)
        story.advance("2m")
        info = story.deployment(deployment)
        assert (info["status"], info["errorInformation"]["code"]) == ("Failed", "INVALID_ECS_SERVICE")


def test_the_same_story_is_the_same_journal():
    def told():
        with CodeDeployed(config="ECSCanary10Percent5Minutes", rollback=["DEPLOYMENT_FAILURE"]) as story:
            story.function("check", FAILED)
            story.deploy(hooks={"AfterAllowTraffic": "check"})
            story.advance("20m")
            return story.cloud.journal.text()

    assert told() == told()


def test_on_to_ecs_own_deployments():
    """Source: ECS Developer Guide, migrate-code-deploy-to-ecs-blue-green."""
    with CodeDeployed() as story:
        story.deploy()
        story.advance("5m")
        rules = {
            name: story.elb.describe_rules(ListenerArn=listener)["Rules"][0]["RuleArn"]
            for name, listener in (("production", story.production), ("test", story.test))
        }
        tasks = sorted(task["taskArn"] for task in story.tasks())
        moved = story.update(
            deploymentController={"type": "ECS"},
            deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 2},
            loadBalancers=[
                {
                    "targetGroupArn": story.green,
                    "containerName": "web",
                    "containerPort": 8080,
                    "advancedConfiguration": {
                        "alternateTargetGroupArn": story.target_group,
                        "productionListenerRule": rules["production"],
                        "testListenerRule": rules["test"],
                        "roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
                    },
                }
            ],
        )
        assert moved["deploymentController"] == {"type": "ECS"}
        story.stable()
        shown = story.now()
        assert [d["rolloutState"] for d in shown["deployments"]] == ["COMPLETED"]
        assert sorted(task["taskArn"] for task in story.tasks()) != tasks
        assert story.weights(story.production) == {"green": 0, "web": 100}
        code, text = refused(
            story.codedeploy.create_deployment,
            applicationName="shop",
            deploymentGroupName="web",
            revision={
                "revisionType": "AppSpecContent",
                "appSpecContent": {"content": story_appspec(story)},
            },
        )
        assert (code, "CODE_DEPLOY" in text) == ("InvalidECSServiceException", True)


def story_appspec(story):
    """An AppSpec of the service's present task definition."""
    from tests.scenarios.codedeploy import APPSPEC

    return APPSPEC.format(definition=story.now()["taskDefinition"])
