"""One task of a service from PROVISIONING to STOPPED: started by the service, stopped by a desired count of 0."""

SETUP = "shop"
SERVICE = "web"


def record(cloud, recorder):
    ecs, ec2, elbv2 = cloud.client("ecs"), cloud.client("ec2"), cloud.client("elbv2")
    group = elbv2.describe_target_groups(Names=["web"])["TargetGroups"][0]["TargetGroupArn"]
    only_web = [{"Name": "group-name", "Values": ["web"]}]
    web = ec2.describe_security_groups(Filters=only_web)["SecurityGroups"][0]["GroupId"]
    subnets = sorted(subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"])
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=1,
        launchType="FARGATE",
        loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}],
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": subnets,
                "securityGroups": [web],
                "assignPublicIp": "ENABLED",
            }
        },
    )
    recorder.start()
    cloud.advance("35s")
    ecs.update_service(cluster="shop", service="web", desiredCount=0)
    recorder.mark("scaled-in")
    cloud.advance("50s")
    recorder.mark_first("provisioning", "task.status", status="PROVISIONING")
    recorder.mark_first("pending", "task.status", status="PENDING")
    recorder.mark_first("activating", "task.status", status="ACTIVATING")
    recorder.mark_first("running", "task.status", status="RUNNING")
    recorder.mark_first("healthy", "target.state", state="healthy")
    recorder.mark_first("deactivating", "task.status", status="DEACTIVATING")
    recorder.mark_first("stopping", "task.status", status="STOPPING")
    recorder.mark_first("deprovisioning", "task.status", status="DEPROVISIONING")
    recorder.mark_first("stopped", "task.status", status="STOPPED")
    recorder.end()
