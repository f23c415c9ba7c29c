"""What a swarm does with traffic shifting, hooks and alarms; and how such services come to rest.

Imported for its actions: see `voyage`.
"""

from __future__ import annotations

from ecsim.model.strategy import HOOK_STAGES, SHIFT_STAGES
from tests.swarm.actions import PORT, action, breaker, definition_of, percents, service_of, some
from tests.swarm.shop import ACCOUNT, CLUSTERS, REGION, Refused

ANSWERS = {
    "yes": {"hookStatus": "SUCCEEDED"},
    "no": {"hookStatus": "FAILED"},
    "later": {"hookStatus": "IN_PROGRESS", "callBackDelay": 90},
    "odd": {"status": "fine"},
    "nothing": None,
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
QUICK = {
    "LINEAR": {"linearConfiguration": {"stepPercent": 50, "stepBakeTimeInMinutes": 1}},
    "CANARY": {"canaryConfiguration": {"canaryPercent": 5.5, "canaryBakeTimeInMinutes": 1}},
    "BLUE_GREEN": {},
}


def raises(event, _context):
    """A function with a mistake in it."""
    return event["nothing of this name"]


def function(shop, chance):
    """The ARN of a function, or of one that is not there."""
    name = chance.choice([*ANSWERS, "raises", "yes", "yes", "gone"])
    if name != "gone" and name not in shop.functions:
        answer = raises if name == "raises" else lambda *_, said=ANSWERS[name]: said
        takes = chance.choice([0, 1_000, 1_000_000])
        shop.do("function", name=name, program=shop.cloud.host.add_function(answer), takes_ms=takes)
        shop.functions.append(name)
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def hook(shop, chance):
    """A lifecycle hook, right or nearly so."""
    stages = chance.sample(HOOK_STAGES, chance.choice([1, 1, 2]))
    found = {"lifecycleStages": [str(stage) for stage in stages]}
    if chance.random() < 0.4:
        found |= {"targetType": "PAUSE"}
        if chance.random() < 0.9:
            found["lifecycleStages"] = [s for s in found["lifecycleStages"] if s not in SHIFT_STAGES]
    else:
        found |= {"hookTargetArn": function(shop, chance), "roleArn": ROLE, "hookDetails": {"n": 1}}
    if chance.random() < 0.7:
        found["timeoutConfiguration"] = {
            "timeoutInMinutes": chance.choice([1, 5, 20]),
            "action": chance.choice(["CONTINUE", "ROLLBACK"]),
        }
    return found


def strategy(shop, chance):
    """A deployment configuration with one of the strategies that shift traffic."""
    wanted = chance.choice(["BLUE_GREEN", "BLUE_GREEN", "LINEAR", "CANARY"])
    return {
        "strategy": wanted,
        "bakeTimeInMinutes": chance.choice([0, 1, 5]),
        "deploymentCircuitBreaker": breaker(chance),
        "lifecycleHooks": [hook(shop, chance) for _ in range(chance.choice([0, 0, 1, 2]))],
        **QUICK[wanted],
    }


def pair(shop):
    """Load balancers with a target group, an alternate one, a production rule and a test rule."""
    number = len(shop.groups)
    groups = [shop.open_group() for _ in range(2)]
    rules = [
        shop.other("elbv2", "describe_rules", ListenerArn=arn)["Rules"][0]["RuleArn"]
        for arn in shop.listeners[-2:]
    ]
    return [
        {
            "targetGroupArn": groups[0],
            "containerName": "web",
            "containerPort": PORT,
            "advancedConfiguration": {
                "alternateTargetGroupArn": groups[1],
                "productionListenerRule": rules[0],
                "testListenerRule": rules[1],
                "roleArn": f"{ROLE}-{number}",
            },
        }
    ]


@action(3)
def create_shifting(shop, chance):
    """A service that shifts traffic; headless now and then."""
    if len(shop.services("ACTIVE")) >= 3:
        raise Refused("enough services")
    name, chosen = f"b{chance.randint(1, 3)}", strategy(shop, chance)
    shop.ecs(
        "CreateService",
        cluster=chance.choice(CLUSTERS),
        serviceName=name,
        taskDefinition=definition_of(shop, chance),
        desiredCount=chance.choice([0, 1, 2, 3]),
        networkConfiguration=shop.network(),
        deploymentConfiguration=chosen,
        loadBalancers=pair(shop) if chance.random() < 0.85 else [],
        launchType="FARGATE",
    )
    return f"{name} {chosen['strategy']}"


@action(3)
def change_strategy(shop, chance):
    """Another strategy, with a deployment or without one."""
    wanted = (
        strategy(shop, chance) if chance.random() < 0.7 else {"strategy": "ROLLING", "lifecycleHooks": []}
    )
    more = {"taskDefinition": definition_of(shop, chance)} if chance.random() < 0.6 else {}
    if chance.random() < 0.2:
        more["loadBalancers"] = pair(shop)
    shop.ecs("UpdateService", **service_of(shop, chance), deploymentConfiguration=wanted, **more)
    return wanted["strategy"]


@action(3)
def continue_deployment(shop, chance):
    """Somebody answers a pause, or something else."""
    store = shop.cloud.store
    waiting = [
        (d.service_deployment_arn, run.id)
        for s in store.services.values()
        for d in s.deployments
        if s.progress is not None and d.id == s.progress.target
        for run in s.progress.hooks
    ]
    arn, run = some(chance, waiting, (some(chance, shop.cloud.desk.rollouts), "ecs-pause-none"))
    shop.ecs(
        "ContinueServiceDeployment",
        serviceDeploymentArn=arn,
        hookId=run,
        action=chance.choice(["CONTINUE", "CONTINUE", "ROLLBACK", "WAIT"]),
    )
    return run


@action(3)
def alarm(shop, chance):
    """An alarm changes its state, or services watch it."""
    if "5xx" not in shop.alarms:
        shop.other(
            "cloudwatch",
            "put_metric_alarm",
            AlarmName="5xx",
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_5XX_Count",
            Period=chance.choice([10, 60, 300]),
            EvaluationPeriods=2,
            Threshold=1,
            Statistic="Sum",
            ComparisonOperator="GreaterThanThreshold",
        )
        shop.alarms.append("5xx")
    if chance.random() < 0.5:
        state = chance.choice(["OK", "ALARM", "INSUFFICIENT_DATA"])
        shop.other("cloudwatch", "set_alarm_state", AlarmName="5xx", StateValue=state, StateReason="chance")
        return state
    watch = {
        "alarmNames": chance.choice([["5xx"], ["5xx", "none"]]),
        "enable": chance.random() < 0.8,
        "rollback": chance.random() < 0.7,
    }
    shop.ecs("UpdateService", **service_of(shop, chance), deploymentConfiguration={"alarms": watch})
    return "watched"


@action(2)
def early_success(shop, chance):
    """A rolling deployment that is done early."""
    criteria = {
        "enable": chance.random() < 0.8,
        "healthyPercent": chance.choice([50, 100, 120]),
        "sourceServiceRevisionCleanup": chance.choice(["BLOCKING", "DEFERRED"]),
    }
    configuration = {**percents(chance), "earlySuccessCriteria": criteria}
    shop.ecs("UpdateService", **service_of(shop, chance), deploymentConfiguration=configuration)
    return str(criteria)


@action(1)
def weigh(shop, chance):
    """Somebody else than ECS changes a listener's weights."""
    if len(shop.groups) < 2 or not shop.listeners:
        raise Refused("nothing to weigh")
    groups = [
        {"TargetGroupArn": arn, "Weight": chance.choice([0, 1, 50])} for arn in chance.sample(shop.groups, 2)
    ]
    shop.other(
        "elbv2",
        "modify_listener",
        ListenerArn=chance.choice(shop.listeners),
        DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
    )
    return str([group["Weight"] for group in groups])


# Coming to rest


def restful(shop, service):
    """The deployment configuration with which a service of any strategy comes to rest soon.

    Without a circuit breaker: one launch that finds no free address in the small subnet trips a threshold of 1, and
    the deployment rightly launches nothing more (ecs-behaviour.md 5.11; seed 764, and the scenario
    `test_one_launch_without_an_address_trips_a_threshold_of_one`).
    """
    kept = str(service.deployment_configuration.strategy)
    calm = {
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "bakeTimeInMinutes": 1,
        "lifecycleHooks": [],
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "alarms": {"alarmNames": [], "enable": False, "rollback": False},
        "earlySuccessCriteria": {"enable": False},
    }
    if kept != "ROLLING" and is_wired(shop, service):
        return calm | QUICK[kept]
    return calm | {"strategy": "ROLLING"}


def is_wired(shop, service):
    """Whether the rules of a service are such that traffic can be shifted."""
    for balancer in service.deployments[0].load_balancers:
        if balancer.advanced is None:
            return False
        groups = (balancer.target_group_arn, balancer.advanced.alternate_target_group_arn)
        production = shop.cloud.balancing.forwards(balancer.advanced.production_listener_rule)
        test = shop.cloud.balancing.forwards(balancer.advanced.test_listener_rule or "")
        if production is None or test is None:
            return False
        if any(shop.cloud.balancing.target_group(arn) is None for arn in groups):
            return False
        if any(arn not in [a for a, _ in (*production, *test)] for arn in groups):
            return False
        serving = [arn for arn, weight in production if weight]
        if len(serving) != 1 or serving[0] not in groups:
            return False
    return True


def check_traffic(shop):
    """At rest, production is where the tasks are."""
    for service in shop.services("ACTIVE"):
        assert service.progress is None, f"{service.name} is at rest and still at {service.progress.stage}"
        primary = service.deployments[0]
        if str(service.deployment_configuration.strategy) == "ROLLING" or not primary.ever_completed:
            continue
        for balancer in primary.load_balancers:
            forwards = shop.cloud.balancing.forwards(balancer.advanced.production_listener_rule) or ()
            serving = [arn for arn, weight in forwards if weight]
            here = balancer.group(alternate=primary.on_alternate)
            assert serving == [here], f"{service.name}: tasks are in {here}, production goes to {serving}"
