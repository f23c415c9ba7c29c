"""A task of a service turns unhealthy at 100 / 200: its replacement starts first."""

from ecsim.faults import Fault, FaultKind

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    task = sorted(cloud.client("ecs").list_tasks(cluster="shop", serviceName="web")["taskArns"])[0]
    cloud.inject(Fault(kind=FaultKind.FAIL_HEALTH, match=task.rsplit("/", 1)[1]))
    recorder.mark("failing")
    cloud.advance("90s")
    recorder.mark_first("unhealthy", "target.state", after="failing", state="unhealthy")
    recorder.mark_first("replacement", "task.status", after="failing", status="PROVISIONING")
    recorder.mark_first("healthy", "target.state", after="replacement", state="healthy")
    recorder.mark_first("draining", "target.state", after="replacement", state="draining")
    recorder.mark_first("stopped", "task.status", after="replacement", status="STOPPED")
    recorder.end()
