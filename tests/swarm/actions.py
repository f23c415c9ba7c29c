"""What a swarm may do: calls of AWS, right and wrong, and verbs of the world. Each is one step.

An action gets the shop and the step's own chance. It may raise `Refused`; that is AWS's good right.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from ecsim.api.ecs import simulated
from ecsim.api.ecs.not_simulated import OPERATIONS as NOT_SIMULATED
from ecsim.api.wire import ecs_model
from tests.swarm.shapes import value_of
from tests.swarm.shop import ACCOUNT, CLUSTERS, PORT, REGION, Refused, Shop

Action = Callable[[Shop, Random], str]
"""Does one thing and says what, in a few words."""

GOOD = ("web:1.0", "web:2.0", "web:3.0", "api:1.0", "web:graceful", "web:graceless", "nginx:1.27")
BAD = (
    "web:broken",
    "web:crash-later",
    "web:bad-health",
    "web:failing",
    "web:hangs",
    "web:leaker",
    "web:stubborn",
    "web:no-curl",
    "web:missing-tag",
    "report:1.0",
    "worker:1.0",
    f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/nothing:1",
)
SLOW = ("web:slow-start", "web:hasty")
MARKED: dict[str, tuple[int, Action]] = {}
"""Every action by name, with its weight."""


def action(weight: int) -> Callable[[Action], Action]:
    """Mark an action of the swarm."""

    def mark(found: Action) -> Action:
        MARKED[found.__name__] = (weight, found)
        return found

    return mark


def some(chance, things, otherwise="nothing"):
    """One of some things; a name of nothing when there is none."""
    things = list(things)
    return chance.choice(things) if things else otherwise


def service_of(shop, chance, *statuses):
    """A service as members of a call; now and then one that is not there, or not by that name."""
    found = some(chance, shop.services(*(statuses or ("ACTIVE",))), None)
    if found is None or chance.random() < 0.03:
        return {
            "cluster": chance.choice([*CLUSTERS, "nowhere"]),
            "service": chance.choice(["no", "web-1", ""]),
        }
    name = chance.choice([found.name, found.arn])
    return {
        "cluster": chance.choice([found.cluster_arn, found.cluster_arn.rsplit("/", 1)[1]]),
        "service": name,
    }


# Task definitions


def container(shop, chance, image):
    """A web container with more or less around it."""
    more = {}
    if chance.random() < 0.3:
        command = chance.choice(
            [
                ["CMD-SHELL", f"curl -f http://localhost:{PORT}/health || exit 1"],
                ["CMD", "true"],
                ["CMD-SHELL", "exit 1"],
                ["CMD", "wget", "-q", f"http://localhost:{PORT}/"],
            ]
        )
        more["healthCheck"] = {
            "command": command,
            "interval": chance.choice([5, 10, 30]),
            "retries": chance.choice([1, 2, 3]),
            "startPeriod": chance.choice([0, 20]),
            "timeout": chance.choice([2, 5]),
        }
    if chance.random() < 0.2:
        more["secrets"] = [
            {"name": "DB", "valueFrom": shop.secret + chance.choice(["", ":password::", ":no::"])}
        ]
    if chance.random() < 0.3:
        more["logConfiguration"] = {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/shop/web",
                "awslogs-region": REGION,
                "awslogs-stream-prefix": "web",
            },
        }
    if chance.random() < 0.3:
        more["stopTimeout"] = chance.choice([2, 5, 120])
    if chance.random() < 0.15:
        more["environment"] = [{"name": "START_DELAY", "value": chance.choice(["10s", "70s", "soon"])}]
    known = image if "/" in image or image.startswith("nginx") else f"public.ecr.aws/ecslab/{image}"
    return {"name": "web", "image": known, "portMappings": [{"containerPort": PORT}], **more}


def define(shop, chance, image):
    """Register a definition around an image, with a second container now and then."""
    containers = [container(shop, chance, image)]
    if chance.random() < 0.25:
        second = {
            "name": "aside",
            "image": f"public.ecr.aws/ecslab/{chance.choice(['sidecar:1.0', 'report:1.0', 'report:failing'])}",
            "essential": chance.random() < 0.3,
        }
        if chance.random() < 0.5:
            condition = chance.choice(["START", "COMPLETE", "SUCCESS", "HEALTHY"])
            containers[0]["dependsOn"] = [{"containerName": "aside", "condition": condition}]
        elif chance.random() < 0.5:
            second["dependsOn"] = [{"containerName": "web", "condition": chance.choice(["START", "HEALTHY"])}]
        if chance.random() < 0.3:
            second["healthCheck"] = {"command": ["CMD", chance.choice(["true", "false"])], "interval": 5}
        containers.append(second)
    return shop.register(chance.choice(["web", "web", "api"]), containers)


def image_of(chance):
    """An image; more often a good one."""
    return chance.choice(GOOD) if chance.random() < 0.5 else chance.choice(BAD + SLOW)


def definition_of(shop, chance):
    """A definition that may be there: an old one, a family, or one of nothing."""
    draw = chance.random()
    if draw < 0.4:
        return define(shop, chance, image_of(chance))
    if draw < 0.9:
        return some(chance, shop.definitions)
    return chance.choice(["web", "api", "nothing", "web:999", "web:1", ""])


@action(6)
def register_definition(shop, chance):
    image = image_of(chance)
    return f"{image} as {define(shop, chance, image).rsplit('/', 1)[1]}"


@action(1)
def register_wrong_definition(shop, chance):
    wrong = container(shop, chance, "web:1.0")
    member, value = chance.choice(
        [
            ("image", ""),
            ("name", "a b"),
            ("cpu", 9999),
            ("memory", 2),
            ("dependsOn", [{"containerName": "x", "condition": "START"}]),
        ]
    )
    wrong[member] = value
    shop.register("web", [wrong])
    return f"{member}={value}"


@action(2)
def deregister_definition(shop, chance):
    wanted = some(chance, shop.definitions)
    shop.ecs("DeregisterTaskDefinition", taskDefinition=wanted)
    return wanted.rsplit("/", 1)[1]


@action(2)
def delete_definitions(shop, chance):
    wanted = [some(chance, shop.definitions) for _ in range(chance.randint(1, 3))]
    shop.ecs("DeleteTaskDefinitions", taskDefinitions=wanted)
    return " ".join(each.rsplit("/", 1)[1] for each in wanted)


# Services


def percents(chance):
    """A pair of percents, right ones as a rule."""
    low, high = chance.choice(
        [(100, 200), (50, 200), (50, 100), (0, 100), (100, 150), (66, 133), (90, 110), (0, 200), (100, 101)]
    )
    return {"minimumHealthyPercent": low, "maximumPercent": high}


def breaker(chance):
    """A circuit breaker's configuration."""
    found = {"enable": chance.random() < 0.7, "rollback": chance.random() < 0.6}
    if chance.random() < 0.3:
        found["thresholdConfiguration"] = {
            "type": chance.choice(["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"]),
            "value": chance.choice([1, 2, 50]),
        }
        found["resetOnHealthyTask"] = chance.random() < 0.5
    return found


def balancers(shop, chance):
    """No target group, or one or two of them, behind the web container."""
    count = chance.choice([0, 1, 1, 1, 2])
    groups = chance.sample(shop.groups, min(count, len(shop.groups)))
    return [{"targetGroupArn": g, "containerName": "web", "containerPort": PORT} for g in groups]


@action(6)
def create_service(shop, chance):
    if len(shop.services("ACTIVE")) >= 3:
        raise Refused("enough services")
    name = f"s{chance.randint(1, 4)}"
    providers = chance.random() < 0.1
    shop.ecs(
        "CreateService",
        cluster=chance.choice(CLUSTERS),
        serviceName=name,
        taskDefinition=definition_of(shop, chance),
        desiredCount=chance.choice([0, 1, 1, 2, 3, 4]),
        networkConfiguration=shop.network(),
        deploymentConfiguration={**percents(chance), "deploymentCircuitBreaker": breaker(chance)},
        loadBalancers=balancers(shop, chance),
        healthCheckGracePeriodSeconds=chance.choice([0, 0, 0, 30, 120]),
        **({} if providers else {"launchType": "FARGATE"}),
        **(
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
            if providers
            else {}
        ),
        propagateTags=chance.choice(["NONE", "SERVICE", "TASK_DEFINITION"]),
        enableECSManagedTags=chance.random() < 0.5,
        tags=[{"key": "team", "value": name}],
    )
    return name


@action(2)
def create_wrong_service(shop, chance):
    wrong = chance.choice(
        [
            {"desiredCount": -1},
            {"desiredCount": None},
            {"launchType": "EC2"},
            {"launchType": "EXTERNAL"},
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-no"]}}},
            {"networkConfiguration": None},
            {"loadBalancers": [{"targetGroupArn": "arn:no", "containerName": "web", "containerPort": 1}]},
            {"loadBalancers": [{"containerName": "web"}]},
            {"schedulingStrategy": "DAEMON"},
            {"deploymentController": {"type": "CODE_DEPLOY"}, "loadBalancers": []},
            {"deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 100}},
            {"cluster": "nowhere"},
            {"taskDefinition": "nothing"},
            {"placementStrategy": [{"type": "spread", "field": "x"}]},
            {"desiredCount": "two"},
            {"desiredCount": 10**9},
        ]
    )
    params = {
        "cluster": "shop",
        "serviceName": "wrong",
        "taskDefinition": some(chance, shop.definitions),
        "desiredCount": 1,
        "launchType": "FARGATE",
        "networkConfiguration": shop.network(),
        **wrong,
    }
    shop.ecs("CreateService", **{member: value for member, value in params.items() if value is not None})
    return str(wrong)


@action(8)
def scale(shop, chance):
    desired = chance.choice([0, 1, 2, 3, 4, 5, 6])
    shop.ecs("UpdateService", **service_of(shop, chance), desiredCount=desired)
    return str(desired)


@action(10)
def roll(shop, chance):
    wanted = definition_of(shop, chance)
    target = service_of(shop, chance)
    shop.ecs("UpdateService", **target, taskDefinition=wanted)
    return f"{target['service']} to {wanted.rsplit('/', 1)[-1]}"


@action(4)
def configure(shop, chance):
    wanted = {**percents(chance), "deploymentCircuitBreaker": breaker(chance)}
    shop.ecs("UpdateService", **service_of(shop, chance), deploymentConfiguration=wanted)
    return str(wanted)


@action(3)
def force(shop, chance):
    shop.ecs("UpdateService", **service_of(shop, chance), forceNewDeployment=True)
    return "a new deployment"


@action(4)
def update_much(shop, chance):
    possible = (
        ("loadBalancers", balancers(shop, chance)),
        ("healthCheckGracePeriodSeconds", chance.choice([0, 60, -1])),
        ("platformVersion", chance.choice(["1.4.0", "LATEST", "0.1"])),
        ("desiredCount", chance.choice([0, 3, -2])),
        ("networkConfiguration", shop.network() if chance.random() < 0.7 else {}),
        ("capacityProviderStrategy", [{"capacityProvider": chance.choice(["FARGATE", "no"]), "weight": 1}]),
        ("enableExecuteCommand", True),
        ("taskDefinition", definition_of(shop, chance)),
    )
    changes = {member: value for member, value in possible if chance.random() < 0.25}
    shop.ecs("UpdateService", **service_of(shop, chance, "ACTIVE", "DRAINING", "INACTIVE"), **changes)
    return " ".join(changes)


@action(2)
def delete_service(shop, chance):
    target = service_of(shop, chance, "ACTIVE", "DRAINING", "INACTIVE")
    shop.ecs("DeleteService", **target)
    return target["service"]


@action(2)
def delete_service_by_force(shop, chance):
    target = service_of(shop, chance)
    shop.ecs("DeleteService", **target, force=True)
    return target["service"]


# Tasks


@action(3)
def run_task(shop, chance):
    if len(shop.live_tasks()) > 30:
        raise Refused("enough tasks")
    answer = shop.ecs(
        "RunTask",
        cluster=chance.choice(CLUSTERS),
        taskDefinition=definition_of(shop, chance),
        count=chance.choice([1, 1, 2, 11, 0]),
        launchType=chance.choice(["FARGATE", "FARGATE", "EC2"]),
        networkConfiguration=shop.network(),
        overrides={"containerOverrides": [{"name": chance.choice(["web", "web", "no"])}]},
    )
    return f"{len(answer['tasks'])} tasks"


@action(4)
def stop_task(shop, chance):
    task = some(chance, shop.cloud.store.tasks.values(), None)
    cluster = task.cluster_arn if task else "shop"
    name = chance.choice([task.arn, task.id]) if task else "0" * 32
    why = {"reason": "because"} if chance.random() < 0.5 else {}
    shop.ecs("StopTask", cluster=cluster, task=name, **why)
    return name[-32:]


# Looking


@action(4)
def look(shop, chance):
    store = shop.cloud.store
    task, target = some(chance, store.tasks.values(), None), service_of(shop, chance)
    cluster, service = target["cluster"], target["service"]
    asked = chance.choice(
        [
            ("DescribeTasks", {"cluster": task.cluster_arn, "tasks": [task.arn, "0" * 32]} if task else {}),
            ("DescribeTasks", {"cluster": cluster, "tasks": [], "include": ["TAGS"]}),
            (
                "ListTasks",
                {"cluster": cluster, "desiredStatus": chance.choice(["RUNNING", "STOPPED", "PENDING"])},
            ),
            (
                "ListTasks",
                {"cluster": cluster, "serviceName": service, "maxResults": chance.choice([0, 1, 100])},
            ),
            ("ListTasks", {"cluster": cluster, "family": "web", "startedBy": "me"}),
            (
                "DescribeClusters",
                {"clusters": [*CLUSTERS, "no"], "include": ["STATISTICS", "TAGS", "SETTINGS"]},
            ),
            ("ListClusters", {"maxResults": 1}),
            ("ListServices", {"cluster": cluster, "launchType": "FARGATE"}),
            ("DescribeServices", {"cluster": cluster, "services": [service, "no"], "include": ["TAGS"]}),
            ("ListServiceDeployments", target),
            (
                "ListServiceDeployments",
                {**target, "status": ["SUCCESSFUL", "ROLLBACK_SUCCESSFUL"], "maxResults": 2},
            ),
            ("DescribeServiceDeployments", {"serviceDeploymentArns": list(shop.cloud.desk.rollouts)[-5:]}),
            ("DescribeServiceRevisions", {"serviceRevisionArns": list(shop.cloud.desk.revisions)[-5:]}),
            (
                "DescribeTaskDefinition",
                {"taskDefinition": some(chance, shop.definitions), "include": ["TAGS"]},
            ),
            ("ListTaskDefinitions", {"status": chance.choice(["ACTIVE", "INACTIVE", "DELETE_IN_PROGRESS"])}),
            ("ListTaskDefinitionFamilies", {"familyPrefix": "w", "status": chance.choice(["ACTIVE", "ALL"])}),
            ("ListContainerInstances", {"cluster": cluster}),
            ("DescribeContainerInstances", {"cluster": cluster, "containerInstances": ["no"]}),
            ("ListAttributes", {"cluster": cluster, "targetType": "container-instance"}),
        ]
    )
    shop.ecs(asked[0], **asked[1])
    return asked[0]


@action(1)
def tag(shop, chance):
    things = [*shop.cloud.store.services, *shop.cloud.store.tasks, *shop.definitions, "arn:aws:ecs:no"]
    arn = chance.choice(things)
    operation = chance.choice(["TagResource", "UntagResource", "ListTagsForResource"])
    more = {
        "TagResource": {"tags": [{"key": "a", "value": "b"}]},
        "UntagResource": {"tagKeys": ["a", "team"]},
    }
    shop.ecs(operation, resourceArn=arn, **more.get(operation, {}))
    return f"{operation} {arn}"


@action(1)
def cluster(shop, chance):
    name = chance.choice([*CLUSTERS, "third"])
    operation = chance.choice(["CreateCluster", "DeleteCluster"])
    if operation == "CreateCluster":
        shop.ecs(operation, clusterName=name)
    else:
        shop.ecs(operation, cluster=name)
    return f"{operation} {name}"


def each_of(shop, asked):
    """Ask one after the other; AWS may refuse any of them. Says what became of each."""
    said = []
    for operation, params in asked:
        try:
            shop.ecs(operation, **params)
            said.append(operation)
        except Refused as refused:
            said.append(f"{operation} ({refused.code})")
    return ", ".join(said)


@action(4)
def anything(shop, chance):
    """Any operations, with values of the right types, most of them names that exist."""
    operations = chance.sample(sorted(set(simulated) - {"CreateService", "RunTask"}), 3)
    store = shop.cloud.store
    words = [
        "web",
        "shop",
        "jobs",
        "s1",
        "s2",
        "FARGATE",
        "FARGATE_SPOT",
        *shop.definitions[-3:],
        *shop.groups[-1:],
    ]
    words += [*list(store.services)[-3:], *list(store.tasks)[-5:], *list(shop.cloud.desk.rollouts)[-3:]]
    shapes = [ecs_model().operation_model(operation).input_shape for operation in operations]
    return each_of(
        shop, [(o, value_of(shape, chance, words)) for o, shape in zip(operations, shapes, strict=True)]
    )


@action(2)
def account(shop, chance):
    """Settings of the account and of clusters, and what nobody else here asks for: calls that are right."""
    setting = {"name": "containerInsights", "value": chance.choice(["enabled", "disabled", "enhanced"])}
    task = some(chance, shop.live_tasks(), None)
    asked = [
        ("PutAccountSetting", setting),
        ("PutAccountSettingDefault", setting),
        ("ListAccountSettings", {"effectiveSettings": True}),
        ("DeleteAccountSetting", {"name": "containerInsights"}),
        ("UpdateCluster", {"cluster": chance.choice(CLUSTERS), "settings": [setting]}),
        ("UpdateClusterSettings", {"cluster": chance.choice(CLUSTERS), "settings": [setting]}),
        ("DescribeCapacityProviders", {}),
        ("DescribeTaskSets", service_of(shop, chance)),
        ("DiscoverPollEndpoint", {}),
        ("ListServicesByNamespace", {"namespace": "inside"}),
    ]
    if task is not None:
        command = {"command": "ls", "interactive": True, "container": "web"}
        asked.append(("ExecuteCommand", {"cluster": task.cluster_arn, "task": task.arn, **command}))
    return each_of(shop, chance.sample(asked, 3))


@action(2)
def protect(shop, chance):
    task = some(chance, [t for t in shop.live_tasks() if t.service_arn], None)
    if task is None:
        raise Refused("no tasks of services")
    minutes = {"expiresInMinutes": chance.choice([1, 5, 120])} if chance.random() < 0.7 else {}
    shop.ecs(
        "UpdateTaskProtection",
        cluster=task.cluster_arn,
        tasks=[task.arn],
        protectionEnabled=chance.random() < 0.8,
        **minutes,
    )
    shop.ecs("GetTaskProtection", cluster=task.cluster_arn, tasks=[task.arn])
    return task.id


@action(2)
def stop_deployment(shop, chance):
    rollout = some(chance, list(shop.cloud.desk.rollouts)[-3:])
    shop.ecs(
        "StopServiceDeployment", serviceDeploymentArn=rollout, stopType=chance.choice(["ROLLBACK", "ABORT"])
    )
    return rollout.rsplit("/", 1)[-1]


@action(1)
def providers(shop, chance):
    strategy = [
        {"capacityProvider": name, "weight": chance.choice([0, 1, 3]), "base": chance.choice([0, 1])}
        for name in chance.sample(["FARGATE", "FARGATE_SPOT"], chance.randint(0, 2))
    ]
    operation, more = chance.choice(
        [
            (
                "PutClusterCapacityProviders",
                {
                    "cluster": "shop",
                    "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
                    "defaultCapacityProviderStrategy": strategy,
                },
            ),
            (
                "UpdateService",
                {
                    **service_of(shop, chance),
                    "capacityProviderStrategy": strategy,
                    "forceNewDeployment": True,
                },
            ),
        ]
    )
    shop.ecs(operation, **more)
    return f"{operation} {strategy}"


@action(1)
def not_simulated(shop, chance):
    """Operations that this cloud does not simulate: refused, whatever they are asked with."""
    said = each_of(
        shop, [(operation, {"cluster": "shop"}) for operation in chance.sample(sorted(NOT_SIMULATED), 4)]
    )
    assert said.count("(") == 4, f"one of {said} is said not to be simulated"
    return said


# What ECS stands on


@action(2)
def group_attributes(shop, chance):
    group, seconds = chance.choice(shop.groups), chance.choice([0, 1, 30, 300, 5000])
    shop.set_delay(group, seconds)
    return f"delay {seconds}"


@action(3)
def group_health_check(shop, chance):
    change = chance.choice(
        [
            {"HealthCheckPath": "/nothing-here"},
            {"HealthCheckPath": "/status/500"},
            {"HealthCheckPath": "/health"},
            {"HealthCheckIntervalSeconds": chance.choice([5, 20, 300])},
            {"UnhealthyThresholdCount": chance.choice([2, 5, 11])},
            {"HealthyThresholdCount": chance.choice([2, 10])},
            {"HealthCheckPort": chance.choice(["traffic-port", "9", "no"])},
            {"Matcher": {"HttpCode": chance.choice(["200", "200-499", "301,302", "abc"])}},
            {"HealthCheckEnabled": False},
        ]
    )
    shop.other("elbv2", "modify_target_group", TargetGroupArn=chance.choice(shop.groups), **change)
    return str(change)


@action(1)
def open_group(shop, chance):
    if sum(1 for group in shop.groups if shop.listener_of(group)) >= 3:
        raise Refused("enough groups")
    return shop.open_group().split("/")[1]


@action(1)
def delete_listener(shop, chance):
    if not shop.listeners:
        raise Refused("no listeners")
    arn = shop.listeners.pop(chance.randrange(len(shop.listeners)))
    shop.other("elbv2", "delete_listener", ListenerArn=arn)
    return arn.split("/", 1)[1]


@action(1)
def delete_group(shop, chance):
    group = chance.choice(shop.groups)
    shop.other("elbv2", "delete_target_group", TargetGroupArn=group)
    return group.split("/")[1]


@action(2)
def register_by_hand(shop, chance):
    tasks = [t for t in shop.cloud.store.tasks.values() if t.eni is not None]
    task = some(chance, tasks, None)
    key = (
        chance.choice(shop.groups),
        task.eni.private_ip if task else "10.0.1.250",
        chance.choice([PORT, PORT, 9]),
    )
    shop.other("elbv2", "register_targets", TargetGroupArn=key[0], Targets=[{"Id": key[1], "Port": key[2]}])
    shop.by_hand.add(key)
    return str(key[1:])


@action(2)
def deregister_by_hand(shop, chance):
    key = some(chance, shop.cloud.store.targets, None)
    if key is None:
        raise Refused("no targets")
    target = {"Id": key.target_id, "Port": key.port}
    shop.other("elbv2", "deregister_targets", TargetGroupArn=key.target_group_arn, Targets=[target])
    return str(target)


@action(2)
def look_at_targets(shop, chance):
    group = chance.choice(shop.groups)
    answer = shop.other("elbv2", "describe_target_health", TargetGroupArn=group)
    states = [each["TargetHealth"]["State"] for each in answer["TargetHealthDescriptions"]]
    return f"{group.split('/')[1]} {' '.join(states)}"


@action(1)
def log_group(shop, chance):
    if chance.random() < 0.5:
        shop.other("logs", "delete_log_group", logGroupName="/shop/web")
        return "deleted"
    shop.restore_log_group()
    return "made"


@action(1)
def read_logs(shop, chance):
    shop.other("logs", "filter_log_events", logGroupName="/shop/web", limit=10)
    return "read"


@action(1)
def secret(shop, chance):
    if chance.random() < 0.5:
        shop.other("secretsmanager", "delete_secret", SecretId=shop.secret, ForceDeleteWithoutRecovery=True)
        return "deleted"
    shop.restore_secret()
    return "made"


# The world


@action(35)
def advance(shop, chance):
    draw = chance.random()
    if draw < 0.2:
        ms = chance.choice([0, 1, 7, 999, 1_000, 1_001])
    elif draw < 0.75:
        ms = chance.randrange(1_000, 20_000)
    elif draw < 0.98:
        ms = chance.randrange(20_000, 180_000)
    else:
        ms = chance.choice([3_600_000, 7_300_001])
    shop.do("advance", duration_ms=ms)
    return f"{ms} ms"


@action(2)
def until_stable(shop, chance):
    answer = shop.do("until_stable", timeout_ms=chance.choice([0, 60_000, 400_000]))
    return str(answer["stable"])


@action(3)
def http(shop, chance):
    path = chance.choice(["", "slow", "crash", "status/503", "health?x=1"])
    url = chance.choice([shop.url, shop.url, shop.url.replace("http://", "http://x."), "ftp://no"])
    return str(shop.do("http", method=chance.choice(["GET", "POST"]), url=url + path)["status"])


@action(2)
def traffic(shop, chance):
    if shop.streams and chance.random() < 0.5:
        stream = shop.streams.pop()
        return str(shop.do("traffic_stop", id=stream)["sent"])
    pattern = chance.choice(
        [
            {"kind": "constant", "per_second": 0.5, "duration_ms": 60_000},
            {"kind": "ramp", "start": 0, "end": 2, "duration_ms": 20_000},
            {"kind": "burst", "requests": 20},
            {"kind": "closed", "clients": 2, "think_ms": 2_000, "duration_ms": 60_000},
        ]
    )
    shop.streams.append(
        shop.do("traffic_start", pattern=pattern, url=shop.url + chance.choice(["", "slow"]))["id"]
    )
    return pattern["kind"]


@action(5)
def fault(shop, chance):
    kind = chance.choice(["crash", "fail_health", "hang", "out_of_memory"])
    task = some(chance, shop.live_tasks(), None)
    name = some(chance, (s.name for s in shop.services()), "s1")
    match = chance.choice([task.id if task else "*", name, "*"])
    value = {"exit_code": chance.choice([0, 1, 139])} if kind == "crash" else {}
    struck = shop.do("fault", kind=kind, match=match, value=value, on=True)["tasks"]
    shop.hits["fault", kind] += 1
    return f"{kind} at {match[:8]}: {len(struck)} tasks"


@action(5)
def heal(shop, chance):
    kind = chance.choice(["crash", "fail_health", "hang", "out_of_memory"])
    return f"{kind}: {shop.do('fault', kind=kind, match='*', on=False)['healed']}"


@action(1)
def push(shop, chance):
    reference = chance.choice(
        ["web:pushed", f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/nothing:1", "public.ecr.aws/ecslab/web:9"]
    )
    stock = chance.choice(["web:1.0", "web:broken"])
    shop.do("push", reference=reference, program={"stock": stock, "name": "x"})
    return f"{reference} is {stock}"


@action(1)
def view(shop, chance):
    name = some(chance, (s.name for s in shop.services()), "s1")
    task = some(chance, shop.cloud.store.tasks.values(), None)
    asked = chance.choice(
        [
            ("map", {}),
            ("cost", {}),
            ("timeline", {"service": name}),
            ("events", {"service": name}),
            ("why", {"subject": chance.choice([name, task.id[:8] if task else "503", "503"])}),
        ]
    )
    shop.do("view", name=asked[0], args=asked[1], lang=chance.choice(["en", "ja"]))
    return asked[0]
