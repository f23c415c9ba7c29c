"""A rolling update of three tasks at minimum 100 and maximum 200 percent."""

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    cloud.client("ecs").update_service(cluster="shop", service="web", taskDefinition="web:2")
    recorder.mark("update")
    cloud.advance("70s")
    recorder.mark_first("new-running", "task.status", after="update", status="RUNNING", desired="RUNNING")
    recorder.mark_first("new-healthy", "target.state", after="update", state="healthy")
    recorder.mark_first("all-healthy", "target.state", after="update", state="healthy", nth=3)
    recorder.mark_first("drained", "target.state", after="update", state="unused")
    recorder.mark_first(
        "completed", "deployment.state", after="update", status="PRIMARY", rollout_state="COMPLETED"
    )
    recorder.end()
