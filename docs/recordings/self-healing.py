"""Somebody stops a task of a service; the service starts another."""

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    ecs = cloud.client("ecs")
    recorder.start()
    cloud.advance("4s")
    task = sorted(ecs.list_tasks(cluster="shop", serviceName="web")["taskArns"])[0]
    ecs.stop_task(cluster="shop", task=task, reason="An engineer stopped it")
    recorder.mark("stopped")
    cloud.advance("70s")
    recorder.mark_first("replacement", "task.status", after="stopped", status="PROVISIONING")
    recorder.mark_first("healthy-again", "target.state", after="stopped", state="healthy")
    recorder.end()
