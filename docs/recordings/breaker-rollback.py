"""A broken image: tasks fail, the deployment circuit breaker trips at its threshold and rolls back."""

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    cloud.client("ecs").update_service(
        cluster="shop",
        service="web",
        taskDefinition="web:3",
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    recorder.mark("update")
    cloud.advance("40s")
    recorder.mark_first("first-failure", "container.exit", after="update", exit_code=1)
    recorder.mark_first("tripped", "deployment.state", after="update", rollout_state="FAILED")
    recorder.mark_first(
        "rolled-back", "deployment.state", after="tripped", status="PRIMARY", rollout_state="COMPLETED"
    )
    recorder.end()
