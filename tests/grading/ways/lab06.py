"""Lab 06, three ways: the CLI, the load balancer's means and small steps, and everything by ARN and API alone."""

CLI = {
    "answer-1": """
import re
aws = lambda words: get_ipython().run_line_magic("aws", words)
aws("ecs describe-services --cluster shop --services web")
texts = [event["message"] for event in _aws["services"][0]["events"]]
sick = next(text for text in texts if " is unhealthy in " in text)
new = next(text for text in texts if "due to an unhealthy status" in text)
aws("ecs list-tasks --cluster shop --service-name web --desired-status STOPPED")
gone = " ".join(_aws["taskArns"])
aws("ecs describe-tasks --cluster shop --tasks " + gone)
(crashed,) = [one["taskArn"] for one in _aws["tasks"] if one["stopCode"] == "EssentialContainerExited"]
night = {
    "unhealthy": re.search(r"task ([0-9a-f]{32})", sick)[1],
    "replacement": re.search(r"task ([0-9a-f]{32})", new)[1],
    "reason": sick.rsplit("(reason ", 1)[1].removesuffix(").") + ".",
    "crashed": crashed,
}
""",
    "answer-1b": """
aws("ecs list-tasks --cluster shop --service-name web")
first, second, third = [one.rsplit("/", 1)[1] for one in _aws["taskArns"]]
cloud.fault("crash", third)
cloud.advance("4m")
aws("ecs stop-task --cluster shop --task " + first)
aws("ecs wait services-stable --cluster shop --services web")
cloud.advance("2m")
aws("ecs describe-tasks --cluster shop --tasks " + first + " " + third)
codes = {"stopped": _aws["tasks"][0]["stopCode"], "crashed": _aws["tasks"][1]["stopCode"]}
""",
    "answer-2": """
aws("ecs update-service --cluster shop --service api --health-check-grace-period-seconds 300")
aws("ecs wait services-stable --cluster shop --services api")
for _ in range(40):
    aws("elbv2 wait target-in-service --target-group-arn " + cloud.given["api_target_group_arn"])
    cloud.advance("5s")
""",
    "answer-3": """
aws("ecs update-service --cluster shop --service web --desired-count 2")
cloud.advance("5s")
aws("ecs list-tasks --cluster shop --service-name web --desired-status STOPPED")
aws("ecs describe-tasks --cluster shop --tasks " + " ".join(_aws["taskArns"]))
(out,) = [one for one in _aws["tasks"] if one["lastStatus"] != "STOPPED"]
group = cloud.given["target_group_arn"]
aws("elbv2 describe-target-group-attributes --target-group-arn " + group)
(delay,) = [one["Value"] for one in _aws["Attributes"] if one["Key"].startswith("deregistration_delay")]
leaving = {"task": out["taskArn"], "status": out["lastStatus"], "drains_for": delay}
aws("ecs wait services-stable --cluster shop --services web")
""",
    "answer-4": """
def ill(percents):
    aws("ecs update-service --cluster shop --service web --deployment-configuration " + percents)
    aws("ecs list-tasks --cluster shop --service-name web")
    cloud.fault("fail_health", _aws["taskArns"][-1].rsplit("/", 1)[1])
    cloud.advance("1m")
    aws("ecs wait services-stable --cluster shop --services web")
    cloud.advance("5m")
ill("minimumHealthyPercent=0,maximumPercent=100")
ill("minimumHealthyPercent=100,maximumPercent=200")
order = {"with_room": "start", "without_room": "stop", "decided_by": "maximumPercent"}
""",
    "answer-5": """
aws("ecs describe-services --cluster shop --services worker")
most = {1: 200, 2: 150, 3: 134}[_aws["services"][0]["desiredCount"]]
aws(f"ecs update-service --cluster shop --service worker "
    f"--deployment-configuration minimumHealthyPercent=100,maximumPercent={most}")
aws("ecs wait services-stable --cluster shop --services worker")
""",
    "answer-6": """
aws("ecs delete-service --cluster shop --service api --force")
aws("ecs wait services-inactive --cluster shop --services api")
aws("ecs describe-services --cluster shop --services api")
proof = _aws["services"][0]["status"]
""",
}

STEPS = {
    "answer-1b": """
tasks = sorted(ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"])
codes = {}
for name, task in (("stopped", tasks[0]), ("crashed", tasks[1])):
    if name == "stopped":
        ecs.stop_task(cluster="shop", task=task, reason="to see what happens")
    else:
        cloud.fault("crash", task.rsplit("/", 1)[1])
    while True:
        cloud.advance("5s")
        (one,) = ecs.describe_tasks(cluster="shop", tasks=[task])["tasks"]
        if one["lastStatus"] == "STOPPED":
            break
    codes[name] = one["stopCode"]
    while True:
        cloud.advance("10s")
        health = elbv2.describe_target_health(TargetGroupArn=cloud.given["target_group_arn"])
        states = [one["TargetHealth"]["State"] for one in health["TargetHealthDescriptions"]]
        if states == ["healthy"] * 3:
            break
""",
    "answer-2": """
elbv2.modify_target_group(TargetGroupArn=cloud.given["api_target_group_arn"],
    HealthCheckIntervalSeconds=20, UnhealthyThresholdCount=10, HealthyThresholdCount=2)
cloud.until_stable("api", timeout="20m")
""",
    "answer-3": """
group = cloud.given["target_group_arn"]
ecs.update_service(cluster="shop", service="web", desiredCount=2)
def draining():
    found = elbv2.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [one["Target"]["Id"] for one in found if one["TargetHealth"]["State"] == "draining"]
waited = 0
while not draining():
    cloud.advance("1s")
(address,) = draining()
every = ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"]
every += ecs.list_tasks(cluster="shop", serviceName="web", desiredStatus="STOPPED")["taskArns"]
(out,) = [
    one for one in ecs.describe_tasks(cluster="shop", tasks=every)["tasks"]
    if one["containers"][0].get("networkInterfaces", [{}])[0].get("privateIpv4Address") == address
]
while draining():
    cloud.advance("1s")
    waited += 1
leaving = {"task": out["taskArn"].rsplit("/", 1)[1], "status": out["lastStatus"], "drains_for": f"{waited}s"}
cloud.until_stable("web")
""",
    "answer-4": """
def ill(count):
    ecs.update_service(cluster="shop", service="web",
        deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": count})
    (victim, *_) = sorted(ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"], reverse=True)
    cloud.fault("fail_health", victim.rsplit("/", 1)[1])
    for _ in range(30):
        cloud.advance("12s")
ill(149)
ill(150)
order = dict(without_room="stop", with_room="start", decided_by="maximumPercent")
""",
    "answer-5": """
worker = ecs.describe_services(cluster="shop", services=["worker"])["services"][0]
desired = worker["desiredCount"]
for percent in range(100, 201):
    if desired * percent // 100 == desired + 1:
        break
ecs.update_service(cluster="shop", service="worker", forceNewDeployment=True, taskDefinition="worker:2",
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": percent})
cloud.advance("20m")
""",
    "answer-6": """
ecs.update_service(cluster="shop", service="api", desiredCount=0)
ecs.delete_service(cluster="shop", service="api", force=True)
while (proof := ecs.describe_services(cluster="shop", services=["api"])["services"][0]["status"]) != "INACTIVE":
    cloud.advance("7s")
""",
}

ARNS = {
    "answer-1": """
home = ecs.describe_clusters(clusters=["shop"])["clusters"][0]["clusterArn"]
arns = {arn.rsplit("/", 1)[1]: arn for arn in ecs.list_services(cluster=home)["serviceArns"]}
(service,) = ecs.describe_services(cluster=home, services=[arns["web"]])["services"]
night = {}
for event in service["events"]:
    words = event["message"].replace("(", " ").replace(")", " ").split()
    if "unhealthy" in words and "reason" in words:
        night["unhealthy"] = words[words.index("task") + 1]
        night["reason"] = event["message"][event["message"].rindex("(reason ") + 8 : -2]
    elif "replaced" in words:
        night["replacement"] = words[words.index("task") + 1]
pages = ecs.get_paginator("list_tasks").paginate(cluster=home, serviceName="web", desiredStatus="STOPPED")
for page in pages:
    for task in ecs.describe_tasks(cluster=home, tasks=page["taskArns"])["tasks"]:
        if task["stopCode"] == "EssentialContainerExited":
            night["crashed"] = task["taskArn"]
""",
    "answer-2": """
ecs.update_service(cluster=home, service=arns["api"], healthCheckGracePeriodSeconds=60)
cloud.advance("2m")
ecs.update_service(cluster=home, service=arns["api"], healthCheckGracePeriodSeconds=240)
ecs.get_waiter("services_stable").wait(cluster=home, services=[arns["api"]])
elbv2.get_waiter("target_in_service").wait(TargetGroupArn=cloud.given["api_target_group_arn"])
cloud.advance("2m")
""",
    "answer-3": """
web = dict(cluster=home, service=arns["web"])
running = ecs.list_tasks(cluster=home, serviceName="web")["taskArns"]
ecs.update_service(**web, desiredCount=2)
cloud.advance(20)
left = ecs.list_tasks(cluster=home, serviceName="web", desiredStatus="RUNNING")["taskArns"]
(surplus,) = [one for one in running if one not in left]
(task,) = ecs.describe_tasks(cluster=home, tasks=[surplus])["tasks"]
attributes = elbv2.describe_target_group_attributes(TargetGroupArn=cloud.given["target_group_arn"])["Attributes"]
leaving = {"task": surplus, "status": task["lastStatus"], "drains_for": 0}
for one in attributes:
    if one["Key"] == "deregistration_delay.timeout_seconds":
        leaving["drains_for"] = float(one["Value"])
ecs.get_waiter("tasks_stopped").wait(cluster=home, tasks=[surplus])
""",
    "answer-4": """
order = {"with_room": "start", "without_room": "stop", "decided_by": "maximumPercent"}
for settings in ({}, {"minimumHealthyPercent": 50, "maximumPercent": 100}):
    if settings:
        ecs.update_service(**web, deploymentConfiguration=settings)
    victim = ecs.list_tasks(cluster=home, serviceName="web")["taskArns"][1]
    cloud.fault("fail_health", victim.rsplit("/", 1)[1])
    ecs.get_waiter("tasks_stopped").wait(cluster=home, tasks=[victim])
    ecs.get_waiter("services_stable").wait(cluster=home, services=[arns["web"]])
    cloud.advance("2m")
""",
    "answer-5": """
(worker,) = ecs.describe_services(cluster=home, services=[arns["worker"]])["services"]
more = 100 + -(-100 // worker["desiredCount"])
ecs.update_service(cluster=home, service=arns["worker"],
    taskDefinition=ecs.describe_task_definition(taskDefinition="worker")["taskDefinition"]["taskDefinitionArn"],
    deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": more})
ecs.get_waiter("services_stable").wait(cluster=home, services=[arns["worker"]])
""",
    "answer-6": """
try:
    ecs.delete_service(cluster=home, service=arns["api"])
except ecs.exceptions.InvalidParameterException as error:
    print(error)
ecs.update_service(cluster=home, service=arns["api"], desiredCount=0)
ecs.get_waiter("services_stable").wait(cluster=home, services=[arns["api"]])
ecs.delete_service(cluster=home, service=arns["api"])
ecs.get_waiter("services_inactive").wait(cluster=home, services=[arns["api"]])
proof = ecs.describe_services(cluster=home, services=[arns["api"]])["services"][0]["status"]
""",
}

WAYS = {"cli": CLI, "steps": STEPS, "arns": ARNS}
