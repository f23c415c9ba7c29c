"""A rolling update of three tasks at minimum 50 and maximum 100 percent: no room above, so old ones go first."""

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    cloud.client("ecs").update_service(
        cluster="shop",
        service="web",
        taskDefinition="web:2",
        deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": 100},
    )
    recorder.mark("update")
    cloud.until(
        lambda: (
            cloud.client("ecs", by=None).describe_services(cluster="shop", services=["web"])["services"][0][
                "deployments"
            ][0]["rolloutState"]
            == "COMPLETED"
        ),
        "15m",
    )
    recorder.mark_first("old-draining", "target.state", after="update", state="draining")
    recorder.mark_first("old-stopped", "task.status", after="update", status="STOPPED")
    recorder.mark_first("new-healthy", "target.state", after="update", state="healthy")
    recorder.mark_first(
        "completed", "deployment.state", after="update", status="PRIMARY", rollout_state="COMPLETED"
    )
    cloud.advance("4s")
    recorder.end()
