"""What the API refuses of strategies, hooks, alarms and load balancers, and the table of stages.

Sources: ECS Developer Guide, troubleshooting-blue-green, pause-lifecycle-hooks, lambda-lifecycle-hooks; botocore ecs
DeploymentConfiguration; ecs-behaviour.md 5.14 ("native strategies").
"""

from __future__ import annotations

import pytest

from ecsim.model.network import TargetGroup
from ecsim.model.strategy import HOOK_STAGES, SHIFT_STAGES, Stage
from tests.api.rig import ACCOUNT, GROUP, MODEL, NETWORK, REGION
from tests.facts.documents import prose

ELB = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}"
GREEN = f"{ELB}:targetgroup/green/0123456789abcdef"
PRODUCTION = f"{ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/9683b2d02a6cabee"
TEST = f"{ELB}:listener-rule/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2/1111b2d02a6cabee"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:check"
BLUE_GREEN = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}


def balancer(**changes):
    advanced = {
        "alternateTargetGroupArn": GREEN,
        "productionListenerRule": PRODUCTION,
        "testListenerRule": TEST,
        "roleArn": ROLE,
    } | changes
    return {
        "targetGroupArn": GROUP,
        "containerName": "web",
        "containerPort": 80,
        "advancedConfiguration": {name: value for name, value in advanced.items() if value is not None},
    }


PLAIN = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}


@pytest.fixture
def shop(rig):
    """A cluster, a definition, two target groups and two rules."""
    rig.cluster()
    rig.definition()
    rig.groups[GREEN] = TargetGroup(arn=GREEN, name="green")
    rig.rules[PRODUCTION] = ((GROUP, 1),)
    rig.rules[TEST] = ((GREEN, 1),)
    return rig


def refused(rig, configuration, balancers=None):
    return rig.refused(
        "CreateService",
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
        deploymentConfiguration=configuration,
        loadBalancers=[balancer()] if balancers is None else balancers,
    )


@pytest.mark.parametrize(
    ("balancers", "text"),
    [
        (
            [balancer(productionListenerRule=f"{ELB}:listener/app/shop/50dc/f2f7")],
            "productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: "
            f"{ELB}:listener/app/shop/50dc/f2f7",
        ),
        (
            [balancer(testListenerRule=PRODUCTION)],
            f"The following rules cannot be used as both production and test listener rules: {PRODUCTION}",
        ),
        (
            [balancer(testListenerRule=None)],
            "For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated "
            "with both targetGroup and alternateTargetGroup",
        ),
        (
            [PLAIN],
            "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy",
        ),
        ([balancer(alternateTargetGroupArn=GROUP)], f"Duplicate targetGroupArn found: {GROUP}"),
    ],
    ids=["listener of an ALB", "one rule for both", "no test rule", "not advanced", "one group for both"],
)
def test_load_balancers_that_traffic_cannot_be_shifted_between(shop, balancers, text):
    """ECS Developer Guide, troubleshooting-blue-green: the texts."""
    error = refused(shop, BLUE_GREEN, balancers)
    assert (error.code, error.message) == ("InvalidParameterException", text)


def test_all_load_balancers_or_none_are_advanced(shop):
    """ECS Developer Guide, troubleshooting-blue-green: the text."""
    other = f"{ELB}:targetgroup/other/0123456789abcdef"
    shop.groups[other] = TargetGroup(arn=other, name="other")
    error = refused(shop, BLUE_GREEN, [balancer(), PLAIN | {"targetGroupArn": other}])
    assert error.message == (
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
    )


@pytest.mark.parametrize(
    ("configuration", "word"),
    [
        ({"strategy": "SOMEHOW"}, "BLUE_GREEN"),
        ({"strategy": "BLUE_GREEN"}, "bakeTimeInMinutes"),
        (BLUE_GREEN | {"bakeTimeInMinutes": 1_441}, "1440"),
        (BLUE_GREEN | {"canaryConfiguration": {"canaryPercent": 5.0}}, "CANARY"),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 2.9}}, "3.0"),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 10.05}}, "0.1"),
        ({"strategy": "LINEAR", "linearConfiguration": {"stepBakeTimeInMinutes": 1_441}}, "1440"),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.0}}, "0.1"),
        ({"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 100.1}}, "100.0"),
        (BLUE_GREEN | {"alarms": {"alarmNames": [], "enable": True, "rollback": True}}, "alarmNames"),
        (BLUE_GREEN | {"earlySuccessCriteria": {"enable": True}}, "ROLLING"),
        ({"earlySuccessCriteria": {"enable": True}}, "healthyPercent"),
        (
            {
                "minimumHealthyPercent": 60,
                "earlySuccessCriteria": {
                    "enable": True,
                    "healthyPercent": 50,
                    "sourceServiceRevisionCleanup": "BLOCKING",
                },
            },
            "60",
        ),
    ],
    ids=str,
)
def test_numbers_and_words_out_of_range(shop, configuration, word):
    """botocore ecs LinearConfiguration, CanaryConfiguration, DeploymentEarlySuccessCriteria: the ranges."""
    error = refused(shop, configuration)
    assert error.code == "InvalidParameterException"
    assert word in error.message


def pause(*stages, **more):
    return {"targetType": "PAUSE", "lifecycleStages": list(stages or ["PRE_SCALE_UP"]), **more}


def function(*stages, **more):
    return {
        "hookTargetArn": FUNCTION,
        "roleArn": ROLE,
        "lifecycleStages": list(stages or ["PRE_SCALE_UP"]),
        **more,
    }


@pytest.mark.parametrize(
    ("hook", "word"),
    [
        (pause(targetType="EMAIL"), "Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE"),
        (pause(hookTargetArn=FUNCTION), "not applicable for PAUSE"),
        (function(hookTargetArn="arn:no"), "ARN of a Lambda function"),
        (function(roleArn=None), "roleArn"),
        (function("BAKE_TIME"), "lifecycleStages should be one of"),
        (pause(lifecycleStages=[]), "lifecycleStages"),
        (pause("TEST_TRAFFIC_SHIFT"), "TEST_TRAFFIC_SHIFT"),
        (pause("PRODUCTION_TRAFFIC_SHIFT"), "PRODUCTION_TRAFFIC_SHIFT"),
        (pause(timeoutConfiguration={"timeoutInMinutes": 20_161}), "20160"),
        (function(timeoutConfiguration={"timeoutInMinutes": 1_441}), "1440"),
        (pause(timeoutConfiguration={"timeoutInMinutes": 0}), "1"),
        (pause(timeoutConfiguration={"action": "WAIT"}), "CONTINUE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hooks_that_are_refused(shop, hook, word):
    """ECS Developer Guide, pause-lifecycle-hooks, lambda-lifecycle-hooks: what is allowed."""
    error = refused(shop, BLUE_GREEN | {"lifecycleHooks": [hook]})
    assert error.code == "InvalidParameterException"
    assert word in error.message


def test_at_most_ten_hooks_of_each_type(shop):
    """ECS Developer Guide, pause-lifecycle-hooks ("a maximum of 10 pause hooks and 10 Lambda hooks")."""
    error = refused(shop, BLUE_GREEN | {"lifecycleHooks": [pause()] * 11})
    assert "10" in error.message


def test_what_is_configured_is_shown(shop):
    hook = function(hookDetails={"bucket": "approvals"})
    made = shop.service(
        cluster="shop",
        deploymentConfiguration=BLUE_GREEN | {"lifecycleHooks": [hook]},
        loadBalancers=[balancer()],
    )
    assert made["loadBalancers"] == [balancer()]
    assert made["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
    assert made["deploymentConfiguration"]["lifecycleHooks"] == [hook]


# The native strategies' stages, ecs-behaviour.md 5.14

TABLE = {
    # stage: whether a Lambda hook and a PAUSE hook are possible
    "RECONCILE_SERVICE": (True, True),
    "PRE_SCALE_UP": (True, True),
    "SCALE_UP": (False, False),
    "POST_SCALE_UP": (True, True),
    "TEST_TRAFFIC_SHIFT": (True, False),
    "POST_TEST_TRAFFIC_SHIFT": (True, True),
    "PRE_PRODUCTION_TRAFFIC_SHIFT": (True, True),
    "PRODUCTION_TRAFFIC_SHIFT": (True, False),
    "POST_PRODUCTION_TRAFFIC_SHIFT": (True, True),
    "BAKE_TIME": (False, False),
    "CLEAN_UP": (False, False),
}


def test_the_stages_and_their_order():
    """ecs-behaviour.md 5.14; ECS Developer Guide, canary-deployment: the table."""
    assert [str(stage) for stage in Stage] == list(TABLE)
    text = prose("ServiceDeployment", "lifecycleStage")
    places = [text.index(f"{stage} ") for stage in TABLE]
    assert len(places) == len(TABLE)


@pytest.mark.parametrize(("stage", "possible"), TABLE.items())
def test_which_hooks_a_stage_may_have(stage, possible):
    """ecs-behaviour.md 5.14 (H and L); botocore ecs DeploymentLifecycleHookStage, DeploymentLifecycleHook."""
    by_lambda, by_pause = possible
    assert (stage in HOOK_STAGES) is by_lambda
    assert (stage in HOOK_STAGES and stage not in SHIFT_STAGES) is by_pause


def test_the_stages_of_hooks_are_botocore_s():
    """botocore ecs DeploymentLifecycleHookStage."""
    assert [str(stage) for stage in HOOK_STAGES] == MODEL.shape_for("DeploymentLifecycleHookStage").enum
