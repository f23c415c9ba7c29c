"""Lab 11, three ways: the CLI, ARNs and waiters with everything in one call, and after first tries that went wrong."""

PROGRAM = """
image = cloud.given["repository_uri"] + ":{tag}"
report = None
@cloud.image(image)
class Checkout(lab.Program):
    def request(self, container, request):
        if request.path == "/health":
            return "ok"
        return lab.Response(body="thank you for your order\\n", takes="2s")

    def signal(self, container, name):
        container.finish()
"""

CLI = {
    "answer-1": """
aws = lambda words: get_ipython().run_line_magic("aws", words)
two = register("public.ecr.aws/ecslab/web:2.0")
customers = cloud.traffic.constant(url, per_second=12)
aws("ecs update-service --cluster shop --service web --task-definition " + two)
aws("ecs wait services-stable --cluster shop --services web")
report = customers.stop()
""",
    "answer-2": """
allowed = {}
for name, one in cloud.given["settings"].items():
    exact = one["desiredCount"] * one["minimumHealthyPercent"] / 100
    floor = int(exact) + (exact > int(exact))
    ceiling = int(one["desiredCount"] * one["maximumPercent"] / 100)
    allowed[name] = [floor, ceiling, not floor == one["desiredCount"] == ceiling]
""",
    "answer-3": """
three = register("public.ecr.aws/ecslab/web:3.0")
aws("ecs update-service --cluster shop --service web --deployment-configuration "
    "minimumHealthyPercent=50,maximumPercent=100")
aws("ecs update-service --cluster shop --service web --task-definition " + three)
aws("ecs wait services-stable --cluster shop --services web")
""",
    "answer-4": """
broken = register("public.ecr.aws/ecslab/web:broken")
switch = ("deploymentCircuitBreaker={enable=true,rollback=true},"
          "minimumHealthyPercent=100,maximumPercent=200")
aws("ecs update-service --cluster shop --service web --deployment-configuration " + switch
    + " --task-definition " + broken)
aws("ecs wait services-stable --cluster shop --services web")
""",
    "answer-4b": "threshold = max(3, (cloud.given['busy_desired_count'] + 1) // 2)",
    "answer-5": """
aws("ecs list-tasks --cluster shop --family web --desired-status STOPPED")
aws("ecs describe-tasks --cluster shop --tasks " + " ".join(_aws["taskArns"]))
(dead, *_) = [one for one in _aws["tasks"] if one["taskDefinitionArn"].endswith("/" + broken)]
group, words = cloud.given["log_group"], "SHOP"
aws("logs filter-log-events --log-group-name " + group + " --filter-pattern SHOP_CATALOG")
print(_aws["events"][0]["message"])
diagnosis = {"exit_code": dead["containers"][0]["exitCode"], "missing": "shop_catalog "}
""",
    "answer-6": PROGRAM.format(tag="4.0")
    + """
group = cloud.given["target_group_arn"]
aws("elbv2 modify-target-group-attributes --target-group-arn " + group
    + " --attributes Key=deregistration_delay.timeout_seconds,Value=60")
mine = register(image)
aws("ecs update-service --cluster shop --service web --task-definition " + mine)
aws("ecs wait services-stable --cluster shop --services web")
customers = cloud.traffic.constant(url, per_second=10)
aws("ecs update-service --cluster shop --service web --force-new-deployment")
aws("ecs wait services-stable --cluster shop --services web")
report = customers.stop()
""",
}

ARNS = {
    "answer-1": """
home = ecs.describe_clusters(clusters=["shop"])["clusters"][0]["clusterArn"]
web = ecs.list_services(cluster=home)["serviceArns"][0]
def definition(image, *, more=()):
    newest = ecs.describe_task_definition(taskDefinition="web", include=["TAGS"])["taskDefinition"]
    (container,) = newest["containerDefinitions"]
    return ecs.register_task_definition(
        family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
        executionRoleArn=newest["executionRoleArn"],
        containerDefinitions=[{**container, "image": image, "environment": [*more]}],
    )["taskDefinition"]["taskDefinitionArn"]
def primary():
    service = ecs.describe_services(cluster=home, services=[web])["services"][0]
    return next(one for one in service["deployments"] if one["status"] == "PRIMARY")
customers = cloud.traffic.constant(url, per_second=20)
ecs.update_service(cluster=home, service=web, taskDefinition=definition("public.ecr.aws/ecslab/web:2.0"))
while primary()["rolloutState"] != "COMPLETED":
    cloud.advance("10s")
report = customers.stop()
""",
    "answer-3": """
ecs.update_service(cluster=home, service=web, taskDefinition=definition("public.ecr.aws/ecslab/web:3.0"),
    deploymentConfiguration={"minimumHealthyPercent": 60, "maximumPercent": 133})
ecs.get_waiter("services_stable").wait(cluster=home, services=[web])
""",
    "answer-4": """
ecs.update_service(cluster=home, service=web, taskDefinition=definition("public.ecr.aws/ecslab/web:broken"),
    deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "maximumPercent": 200, "minimumHealthyPercent": 100})
cloud.advance("20m")
""",
    "answer-4b": "threshold = round(cloud.given['busy_desired_count'] / 2 + 0.01)",
    "answer-5": """
streams = logs.describe_log_streams(logGroupName=cloud.given["log_group"])["logStreams"]
ended = ecs.list_tasks(cluster=home, family="web", desiredStatus="STOPPED")["taskArns"]
for task in ecs.describe_tasks(cluster=home, tasks=ended)["tasks"]:
    if task["stopCode"] == "EssentialContainerExited":
        diagnosis = {"exit_code": task["containers"][0]["exitCode"], "missing": "SHOP_CATALOG", "streams": len(streams)}
""",
    "answer-6": PROGRAM.format(tag="latest")
    + """
elbv2.modify_target_group_attributes(TargetGroupArn=cloud.given["target_group_arn"],
    Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "3"}])
ecs.update_service(cluster=home, service=web, taskDefinition=definition(image))
ecs.get_waiter("services_stable").wait(cluster=home, services=[web])
customers = cloud.traffic.constant(url, per_second=15)
ecs.update_service(cluster=home, service=web, forceNewDeployment=True, taskDefinition="web")
while primary()["rolloutState"] != "COMPLETED":
    cloud.advance("15s")
report = customers.stop()
""",
}

RETRIED = {
    "answer-1": """
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:2.0"))
cloud.until_stable("web")
print("nobody was there: once more, with customers")
ecs.update_service(cluster="shop", service="web", taskDefinition="web:1")
cloud.until_stable("web")
customers = cloud.traffic.constant(url, per_second=10)
ecs.update_service(cluster="shop", service="web", taskDefinition="web")
cloud.until_stable("web")
report = customers.stop()
""",
    "answer-3": """
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:3.0"),
    deploymentConfiguration={"minimumHealthyPercent": 67, "maximumPercent": 100})
cloud.until_stable("web", timeout="5m")
print("stuck: once more, from the start")
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:3.0"),
    deploymentConfiguration={"minimumHealthyPercent": 66, "maximumPercent": 100})
cloud.until_stable("web", timeout="20m")
""",
    "answer-4": """
ecs.update_service(cluster="shop", service="web", deploymentConfiguration={
    "minimumHealthyPercent": 100, "maximumPercent": 200,
    "deploymentCircuitBreaker": {"enable": True, "rollback": False}})
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:broken"))
cloud.until_stable("web", timeout="10m")
ecs.update_service(cluster="shop", service="web", taskDefinition="web:4" if False else register(
    "public.ecr.aws/ecslab/web:3.0"))
cloud.until_stable("web")
ecs.update_service(cluster="shop", service="web", deploymentConfiguration={
    "deploymentCircuitBreaker": {"enable": True, "rollback": True}})
ecs.update_service(cluster="shop", service="web", taskDefinition=register("public.ecr.aws/ecslab/web:broken"))
cloud.until_stable("web", timeout="10m")
""",
    "answer-6": PROGRAM.format(tag="first").replace("container.finish()", "container.exit(143)")
    + """
elbv2.modify_target_group_attributes(TargetGroupArn=cloud.given["target_group_arn"],
    Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "10"}])
ecs.update_service(cluster="shop", service="web", taskDefinition=register(image))
cloud.until_stable("web")
ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
cloud.until_stable("web")
print("exit code 143: a better program")
"""
    + PROGRAM.format(tag="second")
    + """
ecs.update_service(cluster="shop", service="web", taskDefinition=register(image))
cloud.until_stable("web")
customers = cloud.traffic.constant(url, per_second=11)
ecs.update_service(cluster="shop", service="web", forceNewDeployment=True)
cloud.until_stable("web")
report = customers.stop()
""",
}

WAYS = {"cli": CLI, "arns": ARNS, "retried": RETRIED}
