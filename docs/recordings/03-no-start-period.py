"""A service of one task with a slow start and a health check that counts from the first second."""

from ecslab.site.setups import task_definition

SETUP = "shop"
SERVICE = "web"


def record(cloud, recorder):
    ecs, ec2 = cloud.client("ecs"), cloud.client("ec2")
    definition = task_definition("1.0")
    container = definition["containerDefinitions"][0]
    container["environment"] = [{"name": "START_DELAY", "value": "45s"}]
    container["healthCheck"] = {
        "command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"],
        "interval": 10,
        "retries": 3,
    }
    ecs.register_task_definition(**definition)
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]]
    recorder.start()
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
    )
    recorder.mark("created")
    cloud.advance("2m30s")
    recorder.mark_first("running", "task.status", after="created", status="RUNNING")
    recorder.mark_first("unhealthy", "container.health", after="created", health="UNHEALTHY")
    recorder.mark_first("replaced", "task.status", after="unhealthy", status="PROVISIONING")
    recorder.mark_first("rerun", "task.status", after="replaced", status="ACTIVATING")
    recorder.mark_first("again", "container.health", after="rerun", health="UNHEALTHY")
    recorder.end()
