"""The desired count goes from 3 to 2: one target drains, then its task stops."""

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    cloud.client("ecs").update_service(cluster="shop", service="web", desiredCount=2)
    recorder.mark("update")
    cloud.advance("50s")
    recorder.mark_first("draining", "target.state", after="update", state="draining")
    recorder.mark_first("sigterm", "task.status", after="update", status="STOPPING")
    recorder.mark_first("stopped", "task.status", after="update", status="STOPPED")
    recorder.end()
