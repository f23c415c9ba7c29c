"""CANARY and LINEAR, other balancers, and what comes in between. Source: ecs-behaviour.md 5.14."""

from __future__ import annotations

from collections import Counter

import pytest
from inline_snapshot import snapshot

from tests.scenarios.blue import CANARY, LINEAR, STAGES, TRAFFIC, V1, V2, V3, BlueStory, under_way


def versions(story, count):
    """How often each version answers."""
    return Counter(story.get(story.url)["body"][:7] for _ in range(count))


def test_a_canary_gets_its_share_then_all_of_it():
    with under_way(**CANARY) as story:
        story.advance("5m")
        assert story.weights(story.production) == {"web": 90, "green": 10}
        assert 3 <= versions(story, 50)["web 2.0"] <= 7
        target = story.deployment()["targetServiceRevision"]
        assert target["requestedProductionTrafficWeight"] == 10
        story.stable()
        assert story.told(*STAGES) == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:00:39.666 d2 PRODUCTION_TRAFFIC_SHIFT 1/2 production 10 test 100
00:10:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT 2/2 production 10 test 100
00:10:39.666 d2 PRODUCTION_TRAFFIC_SHIFT 2/2 production 10 test 100
00:10:39.666 d2 PRODUCTION_TRAFFIC_SHIFT 2/2 production 100 test 100
00:10:39.666 d2 POST_PRODUCTION_TRAFFIC_SHIFT 2/2 production 100 test 100
00:10:39.666 d2 BAKE_TIME production 100 test 100
00:15:39.666 d2 CLEAN_UP production 100 test 100
""")
        assert story.weights(story.production) == {"web": 0, "green": 100}


def test_a_share_with_tenths_of_a_percent():
    with under_way(
        **CANARY | {"canaryConfiguration": {"canaryPercent": 5.5, "canaryBakeTimeInMinutes": 10}}
    ) as story:
        story.advance("5m")
        assert story.weights(story.production) == {"web": 945, "green": 55}
        assert story.deployment()["sourceServiceRevisions"][0]["requestedProductionTrafficWeight"] == 94.5


def test_a_linear_deployment_pauses_before_each_step():
    """Source: ECS Developer Guide, pause-lifecycle-hooks: each step has a hook of its own."""
    with under_way(pause="PRE_PRODUCTION_TRAFFIC_SHIFT", **LINEAR) as story:
        story.advance("2m")
        assert story.weights(story.production) == {"web": 100, "green": 0}
        story.go_on("CONTINUE")
        story.advance("3m")
        assert story.weights(story.production) == {"web": 50, "green": 50}
        story.go_on("CONTINUE")
        story.stable()
        hooks = story.deployment()["lifecycleHookDetails"]
        assert len({hook["hookId"] for hook in hooks}) == 2
        assert story.told(*STAGES, "deployment.hook") == snapshot("""\

00:00:21.333 d2 PRE_SCALE_UP production 0 test 0
00:00:21.333 d2 SCALE_UP production 0 test 0
00:00:39.666 d2 POST_SCALE_UP production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:00:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:00:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:00:39.666 d2 hook PAUSE AWAITING_ACTION in PRE_PRODUCTION_TRAFFIC_SHIFT
00:02:20.333 d2 hook PAUSE SUCCEEDED in PRE_PRODUCTION_TRAFFIC_SHIFT
00:02:21.333 d2 PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:02:21.333 d2 PRODUCTION_TRAFFIC_SHIFT 1/2 production 50 test 100
00:04:21.333 d2 PRE_PRODUCTION_TRAFFIC_SHIFT 2/2 production 50 test 100
00:04:21.333 d2 hook PAUSE AWAITING_ACTION in PRE_PRODUCTION_TRAFFIC_SHIFT
00:05:20.333 d2 hook PAUSE SUCCEEDED in PRE_PRODUCTION_TRAFFIC_SHIFT
00:05:21.333 d2 PRODUCTION_TRAFFIC_SHIFT 2/2 production 50 test 100
00:05:21.333 d2 PRODUCTION_TRAFFIC_SHIFT 2/2 production 100 test 100
00:05:21.333 d2 POST_PRODUCTION_TRAFFIC_SHIFT 2/2 production 100 test 100
00:05:21.333 d2 BAKE_TIME production 100 test 100
00:10:21.333 d2 CLEAN_UP production 100 test 100
""")


def test_behind_a_network_load_balancer_a_shift_takes_ten_minutes_more():
    """Source: ECS Developer Guide, nlb-resources-for-blue-green: a listener instead of a rule."""
    with BlueStory() as story:
        balancers = story.network_balancers()
        story.blue(balancers=balancers, bakeTimeInMinutes=0).told()
        story.update(taskDefinition=story.definition(V2))
        story.stable()
        assert story.told(*STAGES) == snapshot("""\

00:20:21.333 d2 PRE_SCALE_UP production 0 test 0
00:20:21.333 d2 SCALE_UP production 0 test 0
00:20:39.666 d2 POST_SCALE_UP production 0 test 0
00:20:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:20:39.666 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:30:39.666 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:30:39.666 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:30:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:30:39.666 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:40:39.666 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:40:39.666 d2 BAKE_TIME production 100 test 100
00:40:39.666 d2 CLEAN_UP production 100 test 100
""")
        listener = balancers[0]["advancedConfiguration"]["productionListenerRule"]
        actions = story.elb.describe_listeners(ListenerArns=[listener])["Listeners"][0]["DefaultActions"]
        weights = {
            g["TargetGroupArn"].split("/")[1]: g["Weight"]
            for g in actions[0]["ForwardConfig"]["TargetGroups"]
        }
        assert weights == {"tcp-blue": 0, "tcp-green": 100}


def test_a_headless_service_replaces_its_tasks_in_the_same_stages():
    """Source: ECS Developer Guide, blue-green-deployment-implementation."""
    with under_way(balancers=[]) as story:
        story.stable()
        assert story.told(*TRAFFIC) == snapshot("""\

00:00:59 d2 web:2 PRIMARY IN_PROGRESS
00:00:59 d1 web:1 ACTIVE COMPLETED
00:01:00 d2 PRE_SCALE_UP production 0 test 0
00:01:00 d2 SCALE_UP production 0 test 0
00:01:00 (service web) has started 2 tasks: (task t3) (task t4).
00:01:57 d2 POST_SCALE_UP production 0 test 0
00:01:57 d2 TEST_TRAFFIC_SHIFT production 0 test 0
00:01:57 d2 TEST_TRAFFIC_SHIFT production 0 test 100
00:01:57 d2 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:01:57 d2 PRE_PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:01:57 d2 PRODUCTION_TRAFFIC_SHIFT production 0 test 100
00:01:57 d2 PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:01:57 d2 POST_PRODUCTION_TRAFFIC_SHIFT production 100 test 100
00:01:57 d2 BAKE_TIME production 100 test 100
00:06:57 d2 CLEAN_UP production 100 test 100
00:06:57 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:07:05 d1 web:1 INACTIVE COMPLETED
00:07:05 d2 web:2 PRIMARY COMPLETED
00:07:05 (service web) (deployment d2) deployment completed.
00:07:05 (service web) has reached a steady state.
""")
        assert "requestedProductionTrafficWeight" not in story.deployment()["targetServiceRevision"]


def test_another_deployment_in_the_middle_of_one_reconciles_first():
    """Source: ECS Developer Guide, canary-deployment (RECONCILE_SERVICE)."""
    with under_way(**CANARY) as story:
        story.advance("5m").told()
        story.update(taskDefinition=story.definition(V3))
        story.advance("5m")
        assert story.told(*TRAFFIC) == snapshot("""\

00:05:20.333 d3 web:3 PRIMARY IN_PROGRESS
00:05:20.333 d2 web:2 ACTIVE IN_PROGRESS
00:05:21.333 d3 RECONCILE_SERVICE production 10 test 0
00:05:21.333 d3 RECONCILE_SERVICE production 0 test 0
00:05:21.333 (service web) has stopped 2 running tasks: (task t3) (task t4).
00:05:21.333 (service web) deregistered 2 targets in (target-group green)
00:05:21.333 (service web, taskSet d2) has begun draining connections on 2 tasks.
00:05:59.333 d3 PRE_SCALE_UP production 0 test 0
00:05:59.333 d2 web:2 INACTIVE IN_PROGRESS
00:05:59.333 d3 SCALE_UP production 0 test 0
00:05:59.333 (service web) has started 2 tasks: (task t5) (task t6).
00:06:13.333 (service web) registered 1 targets in (target-group green)
00:06:15.333 (service web) registered 1 targets in (target-group green)
00:06:18.666 d3 POST_SCALE_UP production 0 test 0
00:06:18.666 d3 TEST_TRAFFIC_SHIFT production 0 test 0
00:06:18.666 d3 TEST_TRAFFIC_SHIFT production 0 test 100
00:06:18.666 d3 POST_TEST_TRAFFIC_SHIFT production 0 test 100
00:06:18.666 d3 PRE_PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:06:18.666 d3 PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 100
00:06:18.666 d3 PRODUCTION_TRAFFIC_SHIFT 1/2 production 10 test 100
""")
        assert set(versions(story, 20)) == {"web 1.0", "web 3.0"}
        statuses = story.ecs.list_service_deployments(cluster="shop", service="web")["serviceDeployments"]
        assert [brief["status"] for brief in statuses] == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]


def test_a_rolling_deployment_in_the_middle_of_a_canary_goes_on_where_production_was():
    with under_way(**CANARY) as story:
        story.advance("5m").told()
        story.update(taskDefinition=story.definition(V3), deploymentConfiguration={"strategy": "ROLLING"})
        story.stable()
        assert story.told(*TRAFFIC) == snapshot("""\

00:05:20.333 d3 web:3 PRIMARY IN_PROGRESS
00:05:20.333 d2 web:2 ACTIVE IN_PROGRESS
00:05:21.333 d2 PRODUCTION_TRAFFIC_SHIFT 1/2 production 0 test 0
00:05:21.333 (service web) has stopped 2 running tasks: (task t1) (task t2).
00:05:21.333 (service web) deregistered 2 targets in (target-group web)
00:05:21.333 (service web, taskSet d1) has begun draining connections on 2 tasks.
00:05:59.333 (service web) has started 2 tasks: (task t5) (task t6).
00:05:59.333 d1 web:1 INACTIVE COMPLETED
00:06:13.333 (service web) registered 1 targets in (target-group web)
00:06:15.333 (service web) registered 1 targets in (target-group web)
00:06:16.666 (service web) has stopped 1 running tasks: (task t3).
00:06:16.666 (service web) deregistered 1 targets in (target-group green)
00:06:16.666 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:06:18.666 (service web) has stopped 1 running tasks: (task t4).
00:06:18.666 (service web) deregistered 1 targets in (target-group green)
00:06:18.666 (service web, taskSet d2) has begun draining connections on 1 tasks.
00:06:56.666 d2 web:2 INACTIVE IN_PROGRESS
00:06:56.666 d3 web:3 PRIMARY COMPLETED
00:06:56.666 (service web) (deployment d3) deployment completed.
00:06:56.666 (service web) has reached a steady state.
""")
        assert story.weights(story.production) == {"web": 100, "green": 0}
        assert versions(story, 10) == {"web 3.0": 10}


def test_from_rolling_to_blue_green_and_back():
    with BlueStory() as story:
        story.service(story.definition(V1), desired=2)
        story.stable().told()
        story.update(
            taskDefinition=story.definition(V2),
            loadBalancers=story.balancers(),
            deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1},
        )
        story.stable()
        assert story.weights(story.production) == {"web": 0, "green": 100}
        story.update(taskDefinition=story.definition(V3), deploymentConfiguration={"strategy": "ROLLING"})
        story.stable()
        assert story.weights(story.production) == {"web": 0, "green": 100}
        assert versions(story, 6) == {"web 3.0": 6}
        assert story.told("deployment.state") == snapshot("""\

00:00:20.333 d2 web:2 PRIMARY IN_PROGRESS
00:00:20.333 d1 web:1 ACTIVE COMPLETED
00:02:17.666 d1 web:1 INACTIVE COMPLETED
00:02:17.666 d2 web:2 PRIMARY COMPLETED
00:02:17.666 d3 web:3 PRIMARY IN_PROGRESS
00:02:17.666 d2 web:2 ACTIVE COMPLETED
00:03:15.999 d2 web:2 INACTIVE COMPLETED
00:03:15.999 d3 web:3 PRIMARY COMPLETED
""")


def test_scaling_during_the_bake_time_scales_both():
    with under_way() as story:
        story.advance("2m")
        story.update(desiredCount=3)
        story.advance("1m")
        counts = [d["runningCount"] for d in story.now()["deployments"]]
        assert counts == [3, 3]
        story.stable()
        assert story.now()["runningCount"] == 3


def test_a_task_of_blue_that_dies_in_the_bake_time_is_replaced():
    with under_way() as story:
        story.advance("2m")
        blue = next(t for t in story.tasks() if t["taskDefinitionArn"].endswith(":1"))
        story.ecs.stop_task(cluster="shop", task=blue["taskArn"])
        story.advance("2m")
        assert [d["runningCount"] for d in story.now()["deployments"]] == [2, 2]


@pytest.mark.slow
def test_a_third_target_group_in_the_rule_is_out_of_use_after_a_shift():
    """Swarm seeds 257 and 276: another service's only way in was a rule whose weights ECS sets.

    Source: botocore elbv2 ModifyListener (DefaultActions are replaced as a whole); that ECS names its own two target
    groups alone is this simulation's choice.
    """
    with BlueStory() as story:
        story.blue(bakeTimeInMinutes=0)
        vpc = story.elb.describe_target_groups(TargetGroupArns=[story.green])["TargetGroups"][0]["VpcId"]
        third = story.elb.create_target_group(
            Name="third", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
        )["TargetGroups"][0]["TargetGroupArn"]
        story.serve(story.production, {story.target_group: 100, third: 0})  # in use, without traffic
        mine = story.tasks()[0]["containers"][0]["networkInterfaces"][0]["privateIpv4Address"]
        story.elb.register_targets(TargetGroupArn=third, Targets=[{"Id": mine, "Port": 8080}])
        assert _state(story.advance("2m"), third) == ("healthy", None)
        story.update(taskDefinition=story.definition(V2))
        story.advance("1m")
        assert story.weights(story.production) == {"web": 0, "green": 100}
        assert _state(story, third) == ("unused", "Target.NotInUse")


def _state(story, group):
    health = story.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"][0]
    return health["TargetHealth"]["State"], health["TargetHealth"].get("Reason")


def test_the_same_calls_give_the_same_journal():
    def told():
        with BlueStory(seed=7) as story:
            story.function(
                "check", lambda event, _: {"hookStatus": "SUCCEEDED", "seen": event["lifecycleStage"]}
            )
            hook = story.hook("POST_SCALE_UP", hookTargetArn="arn:aws:lambda:r:1:function:check")
            story.blue(**CANARY, lifecycleHooks=[hook])
            story.update(taskDefinition=story.definition(V2))
            story.stable()
            return story.cloud.journal.text()

    assert told() == told()
