"""A program of a service ends by itself; the service starts another task."""

from ecsim.faults import Fault, FaultKind

SETUP = "shop-running"
SERVICE = "web"


def record(cloud, recorder):
    recorder.start()
    cloud.advance("4s")
    task = sorted(cloud.client("ecs").list_tasks(cluster="shop", serviceName="web")["taskArns"])[0]
    cloud.inject(Fault(kind=FaultKind.CRASH, match=task.rsplit("/", 1)[1]))
    recorder.mark("crashed")
    cloud.advance("40s")
    recorder.mark_first("replacement", "task.status", after="crashed", status="PROVISIONING")
    recorder.mark_first("gone", "task.status", after="crashed", status="STOPPED")
    recorder.mark_first("running", "task.status", after="replacement", status="RUNNING", desired="RUNNING")
    recorder.mark_first("healthy-again", "target.state", after="crashed", state="healthy")
    recorder.end()
